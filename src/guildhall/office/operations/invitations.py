"""Invitations: a link by which someone sets their own password, once. Nobody else ever knows it."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.office.models import Account
from guildhall.office.operations.audit import record
from guildhall.office.operations.sessions import end_all, itself
from guildhall.web.viewer import Viewer

SALT = "guildhall.office.invitation"


class NotInvited(GuildhallError):
    """The link was used, has run out, was replaced, or never was one; which of these is not told."""


def invite(*, account: Account, by: Viewer, now: datetime) -> str:
    """The token of a link that lets the owner of a staff account set a password: `invitation` with it is the address to hand over.

    It holds for INVITATION_DAYS and until a password is set. For an administrator or the system; raises NotFound for others, and
    for an account that is closed or none of the staff.
    """
    if by.role not in ("administrator", "system") or account.kind != "staff" or not account.is_active:
        raise NotFound(_("There is no such account"), next=_("invite the owner of an open staff account"))
    record(subject=f"account:{account.pk}", action="office.invite", by=by, now=now)
    return signing.dumps({"account": account.pk, "state": _state(account), "at": int(now.timestamp())}, salt=SALT)


def invited(token: str, now: datetime) -> Account:
    """The account that a token invites. Raises NotInvited."""
    try:
        told = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise _no_invitation() from None
    account = Account.objects.filter(pk=told["account"], kind="staff", is_active=True).first()
    until = datetime.fromtimestamp(told["at"], now.tzinfo) + timedelta(days=settings.INVITATION_DAYS)
    if account is None or told["state"] != _state(account) or now >= until:
        raise _no_invitation()
    return account


def accept(*, token: str, password: str, now: datetime) -> Account:
    """Sets the password of the account that a token invites, which ends its sessions and every other invitation to it.

    Raises NotInvited, and Django's ValidationError for a password that the rules do not take.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=invited(token, now).pk)
        invited(token, now)  # once more behind the lock: of two who use the link at once, one is first
        validate_password(password, account)
        account.set_password(password)
        account.save(update_fields=["password"])
        end_all(account=account, by=itself(account), now=now)
        record(subject=f"account:{account.pk}", action="office.set_password", by=itself(account), now=now)
    return account


def _state(account: Account) -> str:
    """Changes with the password, so that an invitation serves once."""
    return sha256(account.password.encode()).hexdigest()[:16]


def _no_invitation() -> NotInvited:
    return NotInvited(
        _("This link does not work any more"),
        why=_("it serves once, and for a few days"),
        next=_("ask your administrator for a new one"),
    )
