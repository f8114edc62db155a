"""Events as auditors read them: who did what to which record, when and why. No query here opens personal data."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, TruncDate
from django.utils import timezone
from django.utils.translation import get_language

from guildhall.office import outside
from guildhall.office.engine import merkle
from guildhall.office.engine.chain import MOMENT
from guildhall.office.engine.machinery import machinery
from guildhall.office.engine.seals import Sealed, unpacked
from guildhall.office.models import Account, AuditCheck, AuditEvent, Grant, Seal
from guildhall.office.queries.verification import sealed
from guildhall.web.viewer import Viewer

EXPORTED = ("event_id", "chain", "position", "at", "actor", "role", "on_behalf", "action", "reason", "details", "batch")
PAGE_ROWS = 2_000


@dataclass(frozen=True)
class Asked:
    """What events are asked for: a chain (`worker:17`), who acted (`account:3`, or the name a member of staff signs in with), an
    action (`registry.reveal`), a day of the city. Empty asks for all."""

    subject: str = ""
    actor: str = ""
    action: str = ""
    day: date | None = None

    def values(self) -> dict[str, str]:
        """The same as words, without what is empty."""
        told = {"subject": self.subject, "actor": self.actor, "action": self.action, "day": str(self.day or "")}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True)
class Event:
    """One event, whether a seal stands over it, and what staff are called who acted."""

    row: AuditEvent
    is_sealed: bool
    name: str


@dataclass(frozen=True)
class Events:
    """A page of events, newest first; `next` is where to go on, 0 at the end."""

    rows: tuple[Event, ...]
    next: int


@dataclass(frozen=True)
class State:
    """How far the record is sealed, and what the last verification found."""

    last: Seal | None
    unsealed: int
    check: AuditCheck | None


def state() -> State:
    """The last seal, the events after it, the last verification."""
    last = Seal.objects.order_by("-seal_id").first()
    unsealed = AuditEvent.objects.filter(event_id__gt=last.last_event if last else 0).count()
    return State(last, unsealed, AuditCheck.objects.order_by("-pk").first())


def events(viewer: Viewer, asked: Asked, *, places: Collection[str] | None, before: int = 0, size: int = 50) -> Events:
    """A page of the events that a viewer may see; `places` are those of the jurisdiction, None for the whole city.

    The city's auditor sees every event. That of a district sees what staff did in a role of the jurisdiction while they held it:
    an auditor oversees officers, not the people whose records they open.
    """
    rows = _asked(_seen(viewer, places), asked).order_by("-event_id")
    found = list((rows.filter(event_id__lt=before) if before else rows)[: size + 1])
    last = Seal.objects.order_by("-seal_id").values_list("last_event", flat=True).first() or 0
    names = _names({row.actor for row in found})
    shown = tuple(Event(row, row.event_id <= last, names.get(row.actor, "")) for row in found[:size])
    return Events(shown, shown[-1].row.event_id if len(found) > size else 0)


def _seen(viewer: Viewer, places: Collection[str] | None) -> QuerySet[AuditEvent]:
    every = AuditEvent.objects.all()
    if viewer.role not in ("auditor", "system"):
        return every.none()
    if viewer.role == "system" or places is None:
        return every
    named = Concat(Value("account:"), Cast("account_id", TextField()), output_field=TextField())
    grants = Grant.objects.filter(place__in=places).annotate(named=named)
    held = grants.filter(Q(valid_until=None) | Q(valid_until__gt=OuterRef("day")), valid_from__lte=OuterRef("day"))
    actors = list(grants.values_list("named", flat=True).distinct())
    within = every.filter(actor__in=actors).annotate(day=TruncDate("at"))
    return within.filter(Exists(held.filter(named=OuterRef("actor"), role=OuterRef("role"))))


def _asked(rows: QuerySet[AuditEvent], asked: Asked) -> QuerySet[AuditEvent]:
    if asked.subject:
        rows = rows.filter(chain=asked.subject)
    if asked.actor:
        rows = rows.filter(actor=_actor(asked.actor))
    if asked.action:
        rows = rows.filter(action=asked.action)
    if asked.day:
        begin = timezone.make_aware(datetime.combine(asked.day, time.min))
        rows = rows.filter(at__gte=begin, at__lt=begin + timedelta(days=1))
    return rows


def _actor(named: str) -> str:
    """The actor that is meant: staff may be named as they sign in."""
    account = Account.objects.filter(username=named, kind="staff").first()
    return f"account:{account.pk}" if account else named


def _names(actors: Collection[str]) -> Mapping[str, str]:
    """What staff and the city's machinery are called, by actor; nobody else has a name here."""
    keys = [int(actor.removeprefix("account:")) for actor in actors if actor.removeprefix("account:").isdecimal()]
    staff = Account.objects.filter(pk__in=keys, kind="staff").values_list("pk", "name", "username")
    language = get_language() or "zh-hans"
    own = {actor: words.in_(language) for actor in actors if (words := machinery(actor))}
    return own | {f"account:{key}": name or username for key, name, username in staff}


def exported(viewer: Viewer, asked: Asked, *, places: Collection[str] | None) -> Iterator[dict[str, Any]]:
    """Every event asked for in the order of writing, with what is needed to compute its digest again."""
    rows = _asked(_seen(viewer, places), asked).order_by("event_id")
    after = 0
    while page := list(rows.filter(event_id__gt=after)[:PAGE_ROWS]):
        for row in page:
            values = {name: getattr(row, name) for name in EXPORTED}
            digests = {"previous": bytes(row.previous).hex(), "digest": bytes(row.digest).hex()}
            yield {**values, "at": row.at.strftime(MOMENT), **digests}
        after = page[-1].event_id


def proof(subject: str) -> dict[str, Any] | None:
    """What ties a chain to the last seal over it: the seal, and the path from its last sealed event to the root.

    Whoever has the city's public key can hold the events of this chain against it and needs no other event. None where no event of
    the chain is sealed, or where the list of the ends is damaged.
    """
    last = Seal.objects.order_by("-seal_id").first()
    end = AuditEvent.objects.filter(chain=subject, event_id__lte=last.last_event if last else 0).order_by("-position").first()
    over = Seal.objects.filter(last_event__gte=end.event_id).order_by("seal_id").first() if end else None
    heads = unpacked(bytes(over.heads)) if over else None
    if end is None or over is None or heads is None or subject not in heads:
        return None
    digests, at = [digest for _, digest in heads.values()], list(heads).index(subject)
    path = [[digest.hex() for digest in others] for others in merkle.path(digests, at)]
    return {"seal": _told(sealed(over)), "event": end.event_id, "at": at, "of": len(digests), "path": path, "key": _key()}


def _told(seal: Sealed) -> dict[str, Any]:
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in vars(seal).items() if name != "heads"}


def _key() -> str:
    return outside.signer().public.hex()
