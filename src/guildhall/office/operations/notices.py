"""Notices: written in the same transaction as the deed they speak of, shown at once within the house, carried outside later.

A message that goes outside is leased, handed to its carrier, and marked as sent. Whoever is killed in between leaves a lease that
runs out; the message then goes out again under the same key, so that a carrier that knows the key drops it. What is read within
the house is one row, which nothing delivers and nothing can double.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office import carriers
from guildhall.office.carriers import Carrier, NotSent
from guildhall.office.engine.notices import TEMPLATES, WAITS, Fact, faults, filled, outside, sendable, wait_after
from guildhall.office.models import Account, Grant, Notice
from guildhall.office.models.papers import CHANNELS
from guildhall.office.operations.work import enqueue
from guildhall.office.phones import phone_of
from guildhall.office.queries.notices import facts_of, mine, sealed_facts
from guildhall.office.vault import vault
from guildhall.web.viewer import Viewer

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = len(WAITS) + 1
ALSO_TO = ("office.notice", "to")


@dataclass(frozen=True)
class Told:
    """One of many notices of the same template: its key, to whom, the facts, the channels, and `phones` as `notify` takes them."""

    key: str
    worker_id: int
    facts: Mapping[str, Fact]
    channels: Sequence[str] = ("app",)
    phones: Collection[str] = ()


def notify_each(*, template: str, told: Sequence[Told], now: datetime) -> None:
    """Writes notices to many people on record at once, as `notify` does to one."""
    for one in told:
        _check(template, one.facts, one.channels)
    rows = [_row(one.key, channel, template, one.facts, now, None, one.worker_id) for one in told for channel in one.channels]
    rows += [row for one in told for row in _also_to(one.phones, one.key, template, one.facts, now, one.worker_id)]
    with transaction.atomic():
        Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        _deliver_later(rows, now)


def notify(
    *,
    key: str,
    template: str,
    facts: Mapping[str, Fact],
    now: datetime,
    account: int | None = None,
    worker_id: int | None = None,
    channels: Sequence[str] = ("app",),
    phones: Collection[str] = (),
) -> list[Notice]:
    """Writes a notice to an account or to a person on record, one per channel; call it in the transaction of the deed.

    `key` names what is told, such as `correction:12:accepted`. The same key again tells nobody anything twice: what stands is given
    back. `facts` fill the gaps of the template (engine.notices.TEMPLATES); a Text is shown in the reader's language. They are sealed.
    `phones` get a text message as well: where what is told may be that somebody else's phone came on record.
    Raises ValueError for a template, facts or channels that do not exist: a fault of the caller, found before anything is written.
    """
    _check(template, facts, channels)
    rows = [_row(key, channel, template, facts, now, account, worker_id) for channel in channels]
    rows += _also_to(phones, key, template, facts, now, worker_id)
    with transaction.atomic():
        Notice.objects.bulk_create(rows, ignore_conflicts=True)
        _deliver_later(rows, now)
        return list(Notice.objects.filter(key=key, channel__in=channels).order_by("channel"))


def _check(template: str, facts: Mapping[str, Fact], channels: Sequence[str]) -> None:
    if wrong := faults(template, facts) or ", ".join(f"there is no channel {channel}" for channel in channels if channel not in CHANNELS):
        raise ValueError(wrong)


def _row(
    key: str, channel: str, template: str, facts: Mapping[str, Fact], now: datetime, account: int | None, worker_id: int | None
) -> Notice:
    return Notice(
        key=key,
        channel=channel,
        account_id=account,
        worker_id=worker_id,
        template=template,
        facts_sealed=sealed_facts(key, channel, dict(facts)),
        state="sent" if channel == "app" else "waiting",
        created_at=now,
        send_after=now if channel == "app" else _first_moment(channel, template, now),
        sent_at=now if channel == "app" else None,
    )


def _also_to(
    phones: Collection[str], key: str, template: str, facts: Mapping[str, Fact], now: datetime, worker_id: int | None
) -> list[Notice]:
    """One text message to each of some phones, under keys of their own."""
    rows = []
    for n, phone in enumerate(sorted(set(phones)), start=1):
        row = _row(f"{key}:also:{n}", "sms", template, facts, now, None, worker_id)
        row.to_sealed = vault().seal(*ALSO_TO, row.key, phone)
        rows.append(row)
    return rows


def _deliver_later(rows: Sequence[Notice], now: datetime) -> None:
    """Queues the delivery of what goes outside the house."""
    if due := [row.send_after for row in rows if row.state == "waiting"]:
        enqueue(kind="deliver", key=f"{min(due):%Y-%m-%dT%H:%M}", arguments={}, now=now, run_after=min(due))


def _first_moment(channel: str, template: str, now: datetime) -> datetime:
    """Text messages wait until the quiet hours are over; a phone lies by the bed."""
    if channel != "sms" or TEMPLATES[template].urgent:
        return now
    return sendable(timezone.localtime(now), settings.QUIET_HOURS)


def mark_read(*, notice: int | None, by: Viewer, now: datetime) -> int:
    """Marks one notice of the viewer's as read, or all of them where none is named; gives how many were.

    Reading is noted on the row and is no event: nothing about anybody changes. Raises NotFound for a notice of somebody else, and
    AlreadyDone where nothing is unread.
    """
    rows = mine(by)
    if notice is not None:
        rows = rows.filter(pk=notice)
        if not rows.exists():
            raise NotFound("There is no such notice", next="see the list of your notices")
    marked = rows.filter(read_at=None).update(read_at=now)
    if not marked:
        raise AlreadyDone("Nothing is unread", next="see the list of your notices")
    return marked


@dataclass(frozen=True)
class Delivery:
    """What one round of delivery did."""

    sent: int = 0
    failed: int = 0
    later: int = 0


def deliver(
    *,
    clock: Callable[[], datetime],
    text_messages: Carrier | None = None,
    mail: Carrier | None = None,
    most: int = 500,
    progress: Callable[[int, int], None] | None = None,
) -> Delivery:
    """Hands over every message whose time has come, at most `most`, and says how many went out, failed for good, or wait.

    A killed delivery loses nothing: what it had leased is taken up again when the lease has run out.
    """
    ways = {"sms": text_messages or carriers.text_messages(), "mail": mail or carriers.mail()}
    counts = {"sent": 0, "failed": 0, "later": 0}
    for n in range(most):
        found = _lease(clock())
        if found is None:
            break
        counts[_deliver(found, ways[found.channel], clock)] += 1
        if progress:
            progress(n + 1, n + 1)
    return Delivery(**counts)


def _lease(now: datetime) -> Notice | None:
    """The next message to go out, leased; None where there is none."""
    with transaction.atomic():
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        rows = Notice.objects.filter(free, state="waiting", send_after__lte=now).order_by("send_after", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        found = rows.first()
        if found:
            found.leased_until = now + LEASE
            found.attempts += 1
            found.save(update_fields=["leased_until", "attempts"])
    return found


def _deliver(notice: Notice, carrier: Carrier, clock: Callable[[], datetime]) -> str:
    """Sends one leased message outside any transaction and notes how it went."""
    try:
        if notice.attempts > MOST_ATTEMPTS:  # whoever took it up was killed each time
            raise NotSent("given up", final=True)
        to, language = _address(notice)
        message = filled(notice.template, facts_of(notice), language)
        body = outside(notice.template, message, language)
        carrier.send(to=to, subject=message.subject, body=body, key=f"{notice.key}/{notice.channel}")
    except NotSent as problem:
        return _note_failure(notice, problem, clock())
    except GuildhallError as error:  # sealed under another key, or damaged: its words name a cell and no person
        return _note_failure(notice, NotSent(error.what, final=True), clock())
    _note(notice, state="sent", sent_at=clock(), leased_until=None, error="")
    return "sent"


def _note_failure(notice: Notice, problem: NotSent, now: datetime) -> str:
    wait = None if problem.final else wait_after(notice.attempts)
    if wait is None:
        _note(notice, state="failed", leased_until=None, error=str(problem))
        return "failed"
    _note(notice, send_after=now + wait, leased_until=None, error=str(problem))
    return "later"


def _note(notice: Notice, **fields: object) -> None:
    """Writes how a delivery went, unless another worker has taken the message over since."""
    Notice.objects.filter(pk=notice.pk, attempts=notice.attempts, state="waiting").update(**fields)


def _address(notice: Notice) -> tuple[str, str]:
    """Where a message goes and in which language. Raises NotSent where nobody can be reached."""
    if notice.to_sealed is not None:
        return vault().open(*ALSO_TO, notice.key, notice.to_sealed), settings.LANGUAGE_CODE
    account = notice.account or _account_of(notice.worker_id)
    language = account.language if account else settings.LANGUAGE_CODE
    if notice.channel == "mail":
        found = account.email if account else ""
    else:
        found = (phone_of(account) if account else "") or _phone_on_record(notice.worker_id)
    if not found:
        raise NotSent("no mailbox is on record" if notice.channel == "mail" else "no phone is on record", final=True)
    return found, language


def _account_of(worker_id: int | None) -> Account | None:
    """The account with which a person reads their own record."""
    grant = Grant.objects.filter(worker_id=worker_id, role="worker", revoked_at=None).select_related("account").first()
    return grant.account if grant and grant.account.is_active else None


def _phone_on_record(worker_id: int | None) -> str:
    """The office stands below the registry and asks it for a person's phone by the name in the settings."""
    return str(import_string(settings.OFFICE_PHONES)(worker_id)) if worker_id else ""
