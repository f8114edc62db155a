"""Sessions: that one began, that an attempt failed, and ending them. What was typed or shown is kept nowhere."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, NotFound
from guildhall.office.models import Account
from guildhall.office.operations.audit import record
from guildhall.office.operations.tokens import revoke_all
from guildhall.web.viewer import Viewer


def began(*, account: Account, ways: list[str], now: datetime) -> None:
    """Writes down that a session of the account began, and by which ways: `password`, `mfa`, `code`, `identity`, `demonstration`."""
    record(subject=f"account:{account.pk}", action="office.sign_in", by=itself(account), now=now, details={"ways": ways})


def refused(*, username: str, now: datetime) -> None:
    """Writes down that the password of an account was wrong; nothing for a name that no account has."""
    account = Account.objects.filter(username=username).first()
    if account:
        record(subject=f"account:{account.pk}", action="office.sign_in_refused", by=Viewer(), now=now)


def ended(*, account: Account, now: datetime) -> None:
    """Writes down that someone signed out."""
    record(subject=f"account:{account.pk}", action="office.sign_out", by=itself(account), now=now)


def end_all(*, account: Account, by: Viewer, now: datetime, but: str = "") -> int:
    """Ends the sessions of an account, all but the one under the key `but`, and gives their number.

    The account itself may do so, an administrator for it, and the system. Raises NotFound for anybody else.
    """
    _allow(account, by)
    return cut(account=account, by=by, now=now, but=but)


def cut(*, account: Account, by: Viewer, now: datetime, but: str = "") -> int:
    """Ends sessions as `end_all` does, for a verb that has looked itself whether `by` may."""
    with transaction.atomic():
        keys = list(UserSession.objects.filter(user=account).exclude(session_key=but).values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()
        record(subject=f"account:{account.pk}", action="office.end_sessions", by=by, now=now, details={"sessions": len(keys)})
    return len(keys)


def end_one(*, account: Account, session: int, by: Viewer, now: datetime) -> None:
    """Ends one session of an account. Raises NotFound where it is none of its sessions."""
    _allow(account, by)
    with transaction.atomic():
        found = UserSession.objects.filter(user=account, pk=session).first()
        if not found:
            raise NotFound(_("There is no such session"), why=_("it may have ended already"))
        Session.objects.filter(session_key=found.session_key).delete()
        found.delete()
        record(subject=f"account:{account.pk}", action="office.end_sessions", by=by, now=now, details={"sessions": 1})


def factor_added(*, account: Account, kind: str, now: datetime) -> None:
    """Writes down that an account has a second factor more: `totp` or `webauthn`."""
    record(subject=f"account:{account.pk}", action="office.add_factor", by=itself(account), now=now, details={"kind": kind})


def factor_removed(*, account: Account, kind: str, now: datetime) -> None:
    """Writes down that an account has a second factor less."""
    record(subject=f"account:{account.pk}", action="office.remove_factor", by=itself(account), now=now, details={"kind": kind})


def forget_factors(*, account: Account, by: Viewer, now: datetime) -> None:
    """Takes every second factor from an account whose owner lost them, and ends its sessions and keys: a new one is set up at the next
    sign-in.

    For an administrator or the system, who have seen who asks. Raises AlreadyDone where there is none to forget.
    """
    if by.role not in ("administrator", "system"):
        raise NotFound(_("There is no such account"))
    with transaction.atomic():
        removed = Authenticator.objects.filter(user=account).delete()[0]
        if not removed:
            raise AlreadyDone(_("This account has no second factor"), next=_("its owner sets one up at the next sign-in"))
        record(subject=f"account:{account.pk}", action="office.forget_factors", by=by, now=now)
        end_all(account=account, by=by, now=now)
        revoke_all(account=account, by=by, now=now)


def _allow(account: Account, by: Viewer) -> None:
    if by.account != account.pk and by.role not in ("administrator", "system"):
        raise NotFound(_("There is no such account"))


def itself(account: Account) -> Viewer:
    """The account as the one who acts, before it has chosen a role."""
    return Viewer(name=f"account:{account.pk}", role="none", account=account.pk)
