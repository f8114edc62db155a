"""Keys with which programs act: one role of one account, some of its tasks, until a day. Only a hash of a key is kept."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.demonstration import may_sign_in
from guildhall.office.models import Account, ApiToken
from guildhall.office.operations.audit import record
from guildhall.office.queries.tokens import offered
from guildhall.office.viewers import live_grants, viewer_in
from guildhall.web.viewer import Viewer

PREFIX = "gh_"
"""What every key begins with, so that one that stands where it should not is found by a search."""
BYTES = 32
LONGEST = timedelta(days=366)
MOST = 20
LONGEST_NAME = 60


def issue_token(*, name: str, scopes: Collection[str], until: date, by: Viewer, now: datetime) -> tuple[ApiToken, str]:
    """A new key for the role `by` is in, and the key itself, which is shown now and never again.

    `until` is the first day it no longer holds, a year ahead at most. Raises NotFound for a role without keys or one that acts for
    somebody, and GuildhallError for no name, no task, a task the role has not, a day that cannot be, and too many keys.
    """
    today = timezone.localdate(now)
    _check(name, scopes, until, today, by)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=by.account or 0)
        grant = live_grants(account.pk, today).filter(pk=by.grant or 0).first()
        if grant is None:
            raise _no_such_token()
        if ApiToken.objects.filter(account=account, revoked_at=None, expires_on__gt=today).count() >= MOST:
            raise GuildhallError(_("The account has %(n)s keys already") % {"n": MOST}, next=_("revoke one that is not needed"))
        key = PREFIX + secrets.token_urlsafe(BYTES)
        token = ApiToken.objects.create(
            account=account, grant=grant, name=name.strip(), token_hash=_hash(key), created_at=now, expires_on=until,
            scopes=" ".join(scope for scope in offered(by) if scope in scopes),
        )  # fmt: skip
        details = {"token": token.pk, "grant": grant.pk, "role": grant.role, "scopes": token.scopes, "until": str(until)}
        record(subject=f"account:{account.pk}", action="office.issue_token", by=by, now=now, details=details)
    return token, key


def _check(name: str, scopes: Collection[str], until: date, today: date, by: Viewer) -> None:
    if by.mandate or not offered(by):
        raise _no_such_token()
    if not name.strip() or len(name) > LONGEST_NAME:
        raise GuildhallError(_("The key needs a short name"), next=_("say which program uses it, in up to 60 characters"))
    if not scopes or set(scopes) - set(offered(by)):
        raise GuildhallError(_("No task was chosen"), next=_("choose at least one from the list"))
    if until <= today:
        raise GuildhallError(_("That day is past"), next=_("choose a later one"))
    if until > today + LONGEST:
        raise GuildhallError(_("That is too far ahead"), why=_("a key lasts a year at most"), next=_("choose an earlier day"))


def revoke_token(*, token_id: int, by: Viewer, now: datetime) -> ApiToken:
    """A key that opens nothing from now on. Raises NotFound for a key of another account, AlreadyDone for one that is revoked."""
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().filter(pk=token_id, account_id=by.account or 0).first()
        if token is None or by.mandate:
            raise _no_such_token()
        if token.revoked_at:
            raise AlreadyDone(_("The key is revoked already"))
        _revoke(token, by, now)
    return token


def revoke_all(*, account: Account, by: Viewer, now: datetime) -> int:
    """Every key of an account, over at once, each with its event; how many there were.

    Whoever held the account before its owner got it back may have made keys: they end where passwords and second factors do. For an
    administrator, who may manage the account, and the system. Raises NotFound for others.
    """
    if by.role not in ("administrator", "system") or by.mandate:
        raise _no_such_token()
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # a key that is being issued is waited for
        found = list(ApiToken.objects.select_for_update().filter(account=account, revoked_at=None).order_by("pk"))
        for token in found:
            _revoke(token, by, now)
    return len(found)


def _revoke(token: ApiToken, by: Viewer, now: datetime) -> None:
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    record(subject=f"account:{token.account_id}", action="office.revoke_token", by=by, now=now, details={"token": token.pk})


def viewer_with(key: str, now: datetime) -> tuple[ApiToken, Viewer] | None:
    """The key's row and whom it stands for; None for a key that never was, is over, or whose account or role is.

    Notes the day of its use, once a day.
    """
    today = timezone.localdate(now)
    rows = ApiToken.objects.select_related("account").filter(revoked_at=None, expires_on__gt=today)
    token = rows.filter(token_hash=_hash(key)).first() if key.startswith(PREFIX) else None
    if token is None or not may_sign_in(token.account):
        return None
    grant = live_grants(token.account_id, today).filter(pk=token.grant_id).first()
    if grant is None:
        return None
    whole = viewer_in(grant)
    scopes = frozenset(scope for scope in token.scopes.split() if whole.may(scope))
    if not scopes:  # none would mean all
        return None
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token, Viewer(whole.name, whole.role, whole.account, whole.grant, whole.worker, whole.organisation, whole.place, scopes)


def _hash(key: str) -> bytes:
    """A key has 256 random bits: no salt and no slow hash could make it harder to guess."""
    return sha256(key.encode()).digest()


def _no_such_token() -> NotFound:
    return NotFound(_("There is no such key"), next=_("see the list of your keys"))
