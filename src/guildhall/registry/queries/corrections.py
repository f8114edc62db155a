"""Correction requests as those see them who may: the worker the own ones, officers those of their jurisdiction, deadline first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.office.queries.mandates import CERTIFICATES, CONTACT, EMPLOYMENT, INSURANCE, WHOLE
from guildhall.registry import tables
from guildhall.registry.engine import corrections as engine
from guildhall.registry.engine import wordbook
from guildhall.registry.engine.corrections import DENIAL, NOTE, PARTS, Part, Subject
from guildhall.registry.engine.identity import masked
from guildhall.registry.models import (
    Certificate,
    CorrectionRequest,
    EmploymentSpell,
    Identity,
    InsuranceSpell,
    NumberChange,
    Place,
    Worker,
    vault,
)
from guildhall.registry.queries import scope
from guildhall.registry.queries.merged import leader, one_person
from guildhall.registry.queries.records import is_registrar
from guildhall.web.pack import city
from guildhall.web.viewer import Viewer

CORRECTIONS = "registry.corrections"
SEALED = {"name": "name_sealed", "identity_number": "number_sealed", "phone": "phone_sealed"}
ROWS: dict[str, type[Worker | Identity | EmploymentSpell | Certificate | InsuranceSpell]] = {
    tables.IDENTITY.name: Identity,
    tables.WORKERS.name: Worker,
    tables.EMPLOYMENT.name: EmploymentSpell,
    tables.CERTIFICATES.name: Certificate,
    tables.INSURANCE.name: InsuranceSpell,
}
"""The models behind the tables a request may be about."""
_TASKS = {tables.EMPLOYMENT.name: EMPLOYMENT, tables.CERTIFICATES.name: CERTIFICATES, tables.INSURANCE.name: INSURANCE}


@dataclass(frozen=True)
class Item:
    """Something recorded that a worker may say is wrong: where it stands, in which group, and what it says (masked where it must be)."""

    subject: Subject
    group: str
    said: str


@dataclass(frozen=True)
class Wanted:
    """What a request asks for: the value as it would be written (empty: nothing), and why; `was` is what was on record when it was
    lodged, None where that was not kept.
    """

    value: str
    why: str
    was: str | None = None


@dataclass(frozen=True)
class Asked:
    """A request as a page shows it: `said` is what was on record when it was lodged, `says` what is there now. `waiting` is a number
    that a second officer has still to confirm.
    """

    row: CorrectionRequest
    part: Part
    group: str
    said: str
    says: str
    wanted: str
    why: str
    name: str
    leader: int
    days_left: int
    provisional: bool
    waiting: NumberChange | None = None

    @property
    def overdue(self) -> bool:
        return self.row.state == "open" and self.days_left < 0

    @property
    def days_over(self) -> int:
        """Working days since the deadline."""
        return max(0, -self.days_left)


@dataclass(frozen=True)
class Queue:
    """A page of requests, deadline first; how many wait in all, how many are overdue; the cursor of the next page."""

    rows: tuple[Asked, ...]
    open: int
    overdue: int
    next: str


def correctable(viewer: Viewer) -> list[Item]:
    """All that is recorded of the viewer's own person and may be put right, in the order in which it is shown. Raises NotFound."""
    return [item for item in _items(_own(viewer)) if may_be_about(viewer, item.subject)]


def may_be_about(viewer: Viewer, about: Subject | None) -> bool:
    """Whether whoever acts for a person in one matter may see and ask for this; the person themselves may anything."""
    task = _TASKS.get(about.part.table, WHOLE) if about else WHOLE
    return viewer.may(CONTACT if about and about.part.column in ("phone", "residence") else task)


def correctable_item(viewer: Viewer, text: str) -> Item:
    """One of them. Raises NotFound for what is not the viewer's own, or is no such thing."""
    for found in correctable(viewer):
        if str(found.subject) == text:
            return found
    raise NotFound(_("There is nothing like this on record about you"), next=_("choose from the list what is wrong"))


def own(viewer: Viewer, today: date) -> list[Asked]:
    """The viewer's own requests, the latest first. Raises NotFound for whoever is no worker."""
    every = CorrectionRequest.objects.filter(worker__in=one_person(_own(viewer))).order_by("-lodged_at", "-pk")
    rows = [row for row in every if may_be_about(viewer, engine.subject(row.subject))]
    return _shown(rows, today, viewer)


def queue(viewer: Viewer, today: date, *, state: str = "open", after: str = "", size: int = 50) -> Queue:
    """The requests for which the viewer's authority answers today, by deadline. Raises NotFound for whoever keeps no records."""
    mine = _within(viewer, today)
    rows = mine.filter(state="open") if state == "open" else mine.exclude(state="open")
    if after:
        day, key = _cursor(after)
        rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=key))
    found = list(rows.order_by("due_on", "pk").select_related("place")[: size + 1])
    waiting = mine.filter(state="open")
    next = f"{found[size - 1].due_on.isoformat()}.{found[size - 1].pk}" if len(found) > size else ""
    return Queue(tuple(_shown(found[:size], today, viewer)), waiting.count(), waiting.filter(due_on__lt=today).count(), next)


def request(viewer: Viewer, correction_id: int, today: date) -> Asked:
    """One request, for an officer whose authority answers for it today. Raises NotFound."""
    row = _within(viewer, today).filter(pk=correction_id).select_related("place").first()
    if row is None:
        raise no_such_request()
    return _shown([row], today, viewer)[0]


def no_such_request() -> NotFound:
    """What is said of a request that does not exist, or that the viewer may not see."""
    return NotFound(
        _("There is no such request"), why=_("or it is not one for the role you are in"), next=_("see the queue of corrections")
    )


def wanted(row: CorrectionRequest) -> Wanted:
    """What a request asks for, opened."""
    if not row.wanted_sealed:  # emptied on schedule, years after it was answered
        return Wanted("", "")
    told = json.loads(vault().open(CORRECTIONS, "wanted", row.pk, row.wanted_sealed))
    return Wanted(told["value"], told["why"], told.get("was"))


def target(row: CorrectionRequest) -> tuple[Part, Any]:
    """The part a request is about, and the row it stands in; who someone is stands in the record that leads. Raises NotFound."""
    about = engine.subject(row.subject)
    found = None
    if about is not None:
        person = one_person(row.worker_id)
        key = person[0] if about.part.table in (tables.WORKERS.name, tables.IDENTITY.name) else about.row
        found = ROWS[about.part.table]._default_manager.filter(pk=key, **_of(about.part.table, person)).first()
    if about is None or found is None:
        raise NotFound(_("What the request is about is no longer on record"), next=_("refuse the request and say why"))
    return about.part, found


def shown_value(part: Part, value: Any) -> str:
    """A value in the reader's language, as a page may show it: words for codes, names of places, numbers masked, ends by their last day."""
    if value in (None, ""):
        return ""
    if part.end:
        value = engine.last(part, date.fromisoformat(str(value)))
    if part.kind in ("phone", "number"):
        return masked(str(value))
    if part.kind == "word":
        word = part.words.get(str(value)) or wordbook.UNKNOWN
        return word.in_(get_language() or "zh-hans")
    return _place_name(str(value)) if part.kind == "place" else str(value)[: 7 if part.kind == "month" else None]


def recorded(part: Part, row: Any) -> Any:
    """What a row says in a part: plain, opened where it is sealed. A note or a denial is about the row as a whole."""
    if part.kind in (NOTE, DENIAL):
        return None
    if part.table != tables.IDENTITY.name:
        return row.residence_id if part.kind == "place" else getattr(row, part.column)
    sealed = getattr(row, SEALED[part.column])
    return None if sealed is None else vault().open(part.table, part.column, row.pk, sealed)


def _own(viewer: Viewer) -> int:
    if viewer.worker is None or (viewer.role != "worker" and not viewer.mandate):
        raise no_such_request()
    return leader(viewer.worker)


def _within(viewer: Viewer, today: date) -> QuerySet[CorrectionRequest]:
    """The requests for which the viewer's authority answers: by the place, through the successor table, as of today."""
    if not is_registrar(viewer):
        raise no_such_request()
    places = scope.jurisdiction(viewer, today)
    every = CorrectionRequest.objects.all()
    return every if places is None else every.filter(place_id__in=places)


def _of(table: str, person: Iterable[int]) -> dict[str, Any]:
    return {"worker_id__in": tuple(person)}


def _items(worker_id: int) -> Iterable[Item]:
    person = one_person(worker_id)
    for table, model in ROWS.items():
        keys = person[:1] if table in (tables.WORKERS.name, tables.IDENTITY.name) else person
        rows = model._default_manager.filter(**_of(table, keys)).order_by("pk")
        for row in rows.select_related(*_RELATED.get(table, ())):
            for part in PARTS:
                if part.table == table:
                    yield Item(Subject(part, row.pk), _group(table, row), shown_value(part, recorded(part, row)))


_RELATED = {tables.EMPLOYMENT.name: ("organisation",), tables.CERTIFICATES.name: ("issuer",), tables.INSURANCE.name: ("organisation",)}


def _group(table: str, row: Any) -> str:
    """What a row is about, in a few words: the heading under which its columns stand."""
    if table == tables.EMPLOYMENT.name:
        return _("Work at %(name)s, from %(day)s") % {"name": _name(row.organisation), "day": row.started_on.isoformat()}
    if table == tables.CERTIFICATES.name:
        return _("Certificate %(level)s, %(name)s") % {"level": _level(row.level), "name": _name(row.issuer)}
    if table == tables.INSURANCE.name:
        return _("Insurance from %(month)s") % {"month": row.started_on.isoformat()[:7]}
    return _("Identity") if table == tables.IDENTITY.name else _("General facts")


def _level(code: str) -> str:
    """The name of a level in the city's pack; the code where it has none."""
    return next((row.name.in_(get_language() or "zh-hans") for row in city().levels if row.code == code), code)


def _name(row: Any) -> str:
    english = (get_language() or "zh").startswith("en")
    return str((row.name_en if english else row.name_zh) or row.name_zh)


def _place_name(place_id: str) -> str:
    found = Place.objects.filter(pk=place_id).first()
    return _name(found) if found else place_id


def _shown(rows: Iterable[CorrectionRequest], today: date, viewer: Viewer) -> list[Asked]:
    listed = list(rows)
    names = _names({row.worker_id for row in listed})
    changes = {row.worker_id: row for row in NumberChange.objects.filter(state="proposed", worker__in=names)}
    return [_asked(row, today, names.get(row.worker_id, ""), changes.get(row.worker_id)) for row in listed]


def _asked(row: CorrectionRequest, today: date, name: str, waiting: NumberChange | None) -> Asked:
    told, calendar = wanted(row), city().calendar
    try:
        part, held = target(row)
        group, says = _group(part.table, held), shown_value(part, recorded(part, held))
    except NotFound:
        about = engine.subject(row.subject)
        part, group, says = about.part if about else PARTS[0], _("no longer on record"), ""
    left = calendar.count(today, row.due_on).value
    provisional = engine.due(calendar, local_day(row.lodged_at)).provisional
    number = waiting if part.kind == "number" and row.state == "open" else None
    said, value = says if told.was is None else shown_value(part, told.was), shown_value(part, told.value)
    return Asked(row, part, group, said, says, value, told.why, name, leader(row.worker_id), left, provisional, number)


def local_day(moment: datetime) -> date:
    """The day of the city on which a moment falls."""
    return timezone.localdate(moment)


def _names(keys: set[int]) -> dict[int, str]:
    leading = {key: leader(key) for key in keys}
    sealed = dict(Identity.objects.filter(pk__in=leading.values()).values_list("pk", "name_sealed"))
    opened = {key: vault().open(tables.IDENTITY.name, "name", key, value) for key, value in sealed.items()}
    return {key: opened.get(first, "") for key, first in leading.items()}


def _cursor(text: str) -> tuple[date, int]:
    day, _dot, key = text.partition(".")
    try:
        return date.fromisoformat(day), int(key[:18])
    except ValueError:
        raise NotFound(_("The page asked for is not one this list gave out"), next=_("start again at the first page")) from None
