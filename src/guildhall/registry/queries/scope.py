"""Which people a viewer may see: the one place that decides it, for every list, page, export and route.

An officer sees a person through a residence, a workplace or an application in the jurisdiction, whichever the role's purpose
covers. A jurisdiction is a place and everything whose responsible authority **today** is that place, so that no record is
orphaned by a merger of districts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from guildhall.registry.models import (
    Alias,
    CorrectionRequest,
    EmploymentSpell,
    Organisation,
    Place,
    Worker,
)
from guildhall.registry.queries import territory, within
from guildhall.registry.queries.merged import one_person
from guildhall.registry.queries.standing import kept
from guildhall.registry.queries.vouched import CONFIRMED, UNDENIED
from guildhall.web.viewer import PUBLIC, Viewer

THROUGH = {
    "assessor": ("residence", "workplace", "application"),
    "claims_officer": ("residence", "workplace", "application"),
    "arrears_officer": ("workplace", "application"),
}
"""What leads an officer to a person, by role. Planners see figures, administrators accounts, auditors events: no person."""


def jurisdiction(viewer: Viewer, today: date) -> frozenset[str] | None:
    """Keys of the places for which the viewer's authority answers today; None for the whole city; empty for nobody's."""
    if viewer.role == "system":
        return None
    if not viewer.place:
        return frozenset()
    return _answered_by(viewer.place, today)


def _answered_by(place_id: str, today: date) -> frozenset[str] | None:
    found = kept(("answered", place_id, today), lambda: _read_answered_by(place_id, today))
    return None if found is None else frozenset(found)


def _read_answered_by(place_id: str, today: date) -> frozenset[str] | None:
    top = Place.objects.filter(pk=place_id).first()
    if top is None:
        return frozenset()
    if top.kind == "city":
        return None
    return territory(PUBLIC).answered_by(place_id, today)


def places_within(viewer: Viewer, place_id: str, today: date) -> tuple[str, ...]:
    """Keys of all that counts towards a place today, in order (`queries.within`), read once. Raises NotFound."""
    found: tuple[str, ...] = kept(("within", place_id, today), lambda: tuple(sorted(within(viewer, place_id, today))))
    return found


def people(viewer: Viewer, today: date) -> QuerySet[Worker]:
    """The people a viewer may see, each by the record that leads; a record merged into it leads to them as well.

    Whose identity was erased on schedule is nobody's to see: the record is a stub that figures count.
    """
    seen = _seen(viewer, today)
    every = Worker.objects.filter(alias=None, identity__isnull=False)
    if seen is None:
        return every
    # Asked for each person anew, so that it costs nothing for the many who are one record, and no set is gathered beforehand.
    merged = Exists(Alias.objects.filter(merged_into=OuterRef("pk"), worker__in=Worker.objects.filter(seen)))
    return every.filter(seen | Q(merged))


@dataclass(frozen=True)
class Reach:
    """What leads a viewer to people, as conditions on any row that has a `worker_id`: one after another, each along an index.

    `people` joins the same conditions with "or", which PostgreSQL answers for a few people at a time; a list that goes through many
    asks for each way by itself. Empty `ways` lead to nobody, unless to `everyone`.
    """

    everyone: bool
    ways: tuple[Exists | Q, ...] = ()
    homes: frozenset[str] = frozenset()
    employer: int | None = None

    def covers(self, places: Collection[str]) -> bool:
        """Whether the viewer sees everybody who lives in these places."""
        return self.everyone or self.homes.issuperset(places)


def reach(viewer: Viewer, today: date) -> Reach:
    """What leads the viewer to people."""
    if viewer.role == "system":
        return Reach(True)
    if viewer.role == "worker" or viewer.mandate:
        return Reach(False, (Q(worker_id__in=one_person(viewer.worker)),)) if viewer.worker else Reach(False)
    if viewer.role == "employer":
        return Reach(False, (_at_work(_own(viewer), today),), employer=viewer.organisation)
    if viewer.role not in THROUGH:
        return Reach(False)
    places = jurisdiction(viewer, today)
    if places is None:
        return Reach(True)
    ways = {
        "residence": Exists(Worker.objects.filter(pk=OuterRef("worker_id"), residence_id__in=places)),
        "workplace": _at_work(CONFIRMED & Q(organisation__place_id__in=places), today),
    }
    through = THROUGH[viewer.role]
    led: list[Exists | Q] = [ways[way] for way in through if way in ways]
    if "application" in through:
        led += _having_applied(places)
    return Reach(False, tuple(led), places if "residence" in through else frozenset())


def seen_among(viewer: Viewer, records: Collection[int], today: date) -> set[int]:
    """Those of the records that lead the viewer to people; each way is asked by itself, along an index."""
    found, every = reach(viewer, today), sorted(records)
    if found.everyone:
        return {*every}
    parts = [Worker.objects.filter(pk__in=every[at : at + FEW]) for at in range(0, len(every), FEW)]
    return {key for rows in parts for way in found.ways for key in rows.filter(way).values_list("pk", flat=True)}


def _own(viewer: Viewer) -> Q:
    """The employment that an employer lists: all that stands with it, also by its own word alone (`fields.shown_of` says how much)."""
    return UNDENIED & Q(organisation_id=viewer.organisation or 0)


def _having_applied(places: Collection[str]) -> tuple[Exists | Q, ...]:
    """The people with an open application, by key: they are few, and often none."""
    open_ones = CorrectionRequest.objects.filter(place_id__in=places, state="open")
    people = sorted(set(open_ones.values_list("worker_id", flat=True)[: FEW + 1]))
    if len(people) > FEW:
        return (Exists(open_ones.filter(worker_id=OuterRef("worker_id"))),)
    return (Q(worker_id__in=people),) if people else ()


FEW = 500


def _at_work(employer: Q, today: date) -> Exists:
    lasting = Q(ended_on=None) | Q(ended_on__gt=today)
    return Exists(EmploymentSpell.objects.filter(employer, lasting, worker_id=OuterRef("worker_id"), started_on__lte=today))


def records(viewer: Viewer, today: date) -> QuerySet[Worker]:
    """The records that lead a viewer to people, those merged into another one included: what is decided about is a record."""
    seen = _seen(viewer, today)
    return Worker.objects.all() if seen is None else Worker.objects.filter(seen)


def _seen(viewer: Viewer, today: date) -> Q | None:
    """What must be so of a record for the viewer to see it; None where every one is seen."""
    nobody = Q(pk__in=())
    if viewer.role == "system":
        return None
    if viewer.role == "worker" or viewer.mandate:
        return Q(pk__in=one_person(viewer.worker)) if viewer.worker else nobody
    if viewer.role == "employer":
        return employed_by(_own(viewer), today)
    if viewer.role not in THROUGH:
        return nobody
    places = jurisdiction(viewer, today)
    return None if places is None else _led_to(THROUGH[viewer.role], places, today)


def _led_to(through: tuple[str, ...], places: frozenset[str], today: date) -> Q:
    ways = {
        "residence": Q(residence_id__in=places),
        "workplace": employed_by(CONFIRMED & Q(organisation__in=Organisation.objects.filter(place_id__in=places)), today),
        "application": Q(Exists(CorrectionRequest.objects.filter(worker=OuterRef("pk"), place_id__in=places, state="open"))),
    }
    return reduce(or_, (ways[way] for way in through))


def employed_by(employer: Q, today: date) -> Q:
    """Workers with a spell of employment that lasts today and whose employer meets the condition."""
    lasting = Q(ended_on=None) | Q(ended_on__gt=today)
    return Q(Exists(EmploymentSpell.objects.filter(employer, lasting, worker=OuterRef("pk"), started_on__lte=today)))


def organisations_of(viewer: Viewer, today: date) -> QuerySet[Organisation]:
    """The organisations whose people and imports a viewer may handle: the viewer's own, or those in the jurisdiction."""
    every = Organisation.objects.all()
    if viewer.role == "system":
        return every
    if viewer.role in ("employer", "college"):
        return every.filter(pk=viewer.organisation or 0)
    if viewer.role not in THROUGH:
        return every.none()
    places = jurisdiction(viewer, today)
    return every if places is None else every.filter(place_id__in=places)
