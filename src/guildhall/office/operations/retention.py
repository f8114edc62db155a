"""What the office erases on schedule, rule by rule: which rows are due on a day, and what becomes of them.

Erasing is done in chunks by `overview.operations.retention`, each in a transaction of its own with one event; a run that was killed is
taken up by the next, because what is due is read from the rows themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from guildhall.kernel.retention import Rule
from guildhall.office import strongroom
from guildhall.office.engine.retention import RULES
from guildhall.office.models import STAFF, Account, ApiToken, Attachment, Grant, Mandate, Notice, SmsCode

BY_KEY: Mapping[str, Rule] = {rule.key: rule for rule in RULES}
ORPHANS_AFTER = timedelta(days=1)
ERASED = "erased-"
"""What the name of an emptied account begins with."""


@dataclass(frozen=True)
class Eraser:
    """One rule at work: the rows that are due on a day, and what is done with some of them, given by key; gives how many it was.

    `due` must no longer give a row once it has been dealt with. `chunk` rows go in one transaction: others wait for the lock no longer
    than half a second.
    """

    rule: str
    due: Callable[[date], QuerySet[Any]]
    erase: Callable[[Sequence[Any], datetime], int]
    chunk: int = 500


def cut(rule: Rule, on: date) -> date:
    """The day before which the clock of a row must have started for the row to be due."""
    assert rule.period is not None, f"{rule.key} has no period, so nothing is ever due"
    return rule.period.before(on)


def moment(day: date) -> datetime:
    """The first moment of a day in the city."""
    return timezone.make_aware(datetime.combine(day, time.min))


def past(rules: Mapping[str, Rule], key: str, on: date) -> datetime:
    """The moment before which the clock of a row must have started for the row to be due."""
    return moment(cut(rules[key], on))


def deleted(rows: QuerySet[Any]) -> int:
    """Removes rows; how many of them there were, without those that went with them."""
    return rows.delete()[1].get(rows.model._meta.label, 0)


def _sms_codes(on: date) -> QuerySet[SmsCode]:
    return SmsCode.objects.filter(sent_at__lt=past(BY_KEY, "office.sms_code", on))


def _sessions(on: date) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=moment(on))


def _seen_sessions(on: date) -> QuerySet[UserSession]:
    found: QuerySet[UserSession] = UserSession.objects.filter(last_seen_at__lt=past(BY_KEY, "office.session", on))
    return found


def _tokens(on: date) -> QuerySet[ApiToken]:
    before = cut(BY_KEY["office.token"], on)
    return ApiToken.objects.filter(Q(expires_on__lt=before) | Q(revoked_at__lt=moment(before)))


def _mandates(on: date) -> QuerySet[Mandate]:
    before = cut(BY_KEY["office.mandate"], on)
    return Mandate.objects.filter(Q(valid_until__lt=before) | Q(revoked_at__lt=moment(before))).exclude(consent_note="")


def _notices(on: date) -> QuerySet[Notice]:
    """Read in the house, or done with outside it."""
    before = past(BY_KEY, "office.notice", on)
    outside = Q(channel__in=("sms", "mail")) & (Q(sent_at__lt=before) | Q(state__in=("failed", "cancelled"), created_at__lt=before))
    return Notice.objects.filter(Q(read_at__lt=before) | outside)


def _unread(on: date) -> QuerySet[Notice]:
    return Notice.objects.filter(created_at__lt=past(BY_KEY, "office.notice_unread", on))


def _attachments(on: date) -> QuerySet[Attachment]:
    rows = Attachment.objects.filter(removed_at=None, added_at__lt=past(BY_KEY, "office.attachment", on))
    return rows.exclude(subject__startswith="correction:")


def _unused(on: date) -> QuerySet[Account]:
    rows = Account.objects.filter(kind="public", last_login=None, created_at__lt=past(BY_KEY, "office.account_unused", on))
    granted, acting = Grant.objects.filter(account=OuterRef("pk")), Mandate.objects.filter(agent=OuterRef("pk"))
    return rows.exclude(Exists(granted)).exclude(Exists(acting))


def _left(on: date, rule: str, staff: bool) -> QuerySet[Account]:
    """Accounts whose last role ended, and which were last signed in with, before the day that the rule gives."""
    before = cut(BY_KEY[rule], on)
    live = Q(valid_until=None, revoked_at=None) | Q(valid_until__gte=before, revoked_at=None) | Q(revoked_at__gte=moment(before))
    held = Grant.objects.filter(account=OuterRef("pk"))
    ever_staff = Exists(held.filter(role__in=STAFF))
    rows = Account.objects.filter(Exists(held), ever_staff if staff else ~ever_staff).exclude(Exists(held.filter(live)))
    return rows.filter(Q(last_login=None) | Q(last_login__lt=moment(before))).exclude(username__startswith=ERASED)


def _remove(model: type[Any]) -> Callable[[Sequence[Any], datetime], int]:
    return lambda keys, now: deleted(model._default_manager.filter(pk__in=keys))


def _empty_mandates(keys: Sequence[Any], now: datetime) -> int:
    return Mandate.objects.filter(pk__in=keys).update(consent_note="")


def destroy_papers(keys: Sequence[Any], now: datetime) -> int:
    """The files go once it is certain that the rows say so."""
    rows = Attachment.objects.filter(pk__in=keys, removed_at=None)
    files = list(rows.values_list("file", flat=True))
    for name in files:
        transaction.on_commit(partial(strongroom.remove, name))
    return rows.update(removed_at=now, title="")


def _remove_accounts(keys: Sequence[Any], now: datetime) -> int:
    Notice.objects.filter(account__in=keys).delete()
    return deleted(Account.objects.filter(pk__in=keys))


def _empty_accounts(keys: Sequence[Any], now: datetime) -> int:
    """An account is kept as the name of an actor in events; nothing in it says whose it was, and nobody signs in with it."""
    for model in (EmailAddress, Authenticator, SocialAccount, UserSession):
        model.objects.filter(user__in=keys).delete()
    rows = Account.objects.filter(pk__in=keys)
    rows.update(name="", email="", phone_sealed=None, phone_hash=None, is_active=False, password=make_password(None))
    for key in keys:
        Account.objects.filter(pk=key).update(username=f"{ERASED}{key}")
    return len(keys)


ERASERS: tuple[Eraser, ...] = (
    Eraser("office.sms_code", _sms_codes, _remove(SmsCode)),
    Eraser("office.session", _sessions, _remove(Session)),
    Eraser("office.session", _seen_sessions, _remove(UserSession)),
    Eraser("office.token", _tokens, _remove(ApiToken)),
    Eraser("office.mandate", _mandates, _empty_mandates),
    Eraser("office.notice", _notices, _remove(Notice)),
    Eraser("office.notice_unread", _unread, _remove(Notice)),
    Eraser("office.attachment", _attachments, destroy_papers),
    Eraser("office.account_unused", _unused, _remove_accounts),
    Eraser("office.account", lambda on: _left(on, "office.account", staff=False), _empty_accounts),
    Eraser("office.account_staff", lambda on: _left(on, "office.account_staff", staff=True), _empty_accounts),
)
"""In the order in which they run."""


def sweep_files(*, now: datetime) -> int:
    """Removes files that no row speaks of: what a power cut left between a file and its row. Gives how many."""
    before = (now - ORPHANS_AFTER).timestamp()
    old = [name for name, written in strongroom.names() if written < before]
    known = set(Attachment.objects.filter(removed_at=None).values_list("file", flat=True))
    lost = [name for name in old if name not in known]
    for name in lost:
        strongroom.drop(name)
    return len(lost)
