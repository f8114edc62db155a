"""Whom a demonstration is about: two neighbouring districts, and a worker, an employer and a college in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from math import cos, hypot, radians

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.registry.models import Alias, Certificate, EmploymentSpell, InsuranceSpell, Organisation, Place, ReportedFact, Worker
from guildhall.registry.queries import territory
from guildhall.registry.queries.vouched import CONFIRMED
from guildhall.web.viewer import PUBLIC

LEAST_CERTIFICATES = (2, 1, 0)
"""How many certificates the worker should have; fewer where a small city has nobody like that."""


@dataclass(frozen=True)
class Cast:
    """Keys of places, people and organisations."""

    city: str
    district: str
    neighbour: str
    worker: int
    employer: int
    neighbours_worker: int
    college: int


def cast(today: date) -> Cast:
    """The first that fit, so that the same records give the same cast. Raises NotFound for a registry without people at work."""
    units = list(_units(today))
    for least in LEAST_CERTIFICATES:
        found = [(unit, at) for unit in units if (at := _at_work(unit, least, today))]
        for unit, (worker, employer) in found:
            near = min((one for one in found if one[0] != unit), key=lambda one: _apart(unit, one[0]), default=None)
            if near:
                return Cast(_city(), unit.pk, near[0].pk, worker, employer, near[1][0], _college(unit, today))
    raise NotFound(
        _("Nobody in two districts is at work"), why=_("the demonstration needs people"), next=_("build a larger city: --scale 0.001")
    )


def _units(today: date) -> Iterator[Place]:
    """Districts that stand today, those with the most residents first."""
    standing = Q(valid_until=None) | Q(valid_until__gt=today)
    peopled = dict(Worker.objects.values_list("residence").annotate(n=Count("pk")))
    tree = territory(PUBLIC)
    rows = Place.objects.filter(standing, kind__in=("district", "county"))
    yield from sorted(rows, key=lambda row: (-sum(peopled.get(key, 0) for key in tree.answered_by(row.pk, today)), row.pk))


def _at_work(unit: Place, least: int, today: date) -> tuple[int, int] | None:
    """A worker who lives and works in a district with at least so many certificates, and the employer."""
    places = territory(PUBLIC).answered_by(unit.pk, today)
    held = Certificate.objects.filter(worker=OuterRef("worker"), issued_on__lte=today)
    rows = EmploymentSpell.objects.filter(
        ~Exists(Alias.objects.filter(worker=OuterRef("worker"))),
        *([Exists(held)] if least else []),
        Q(ended_on=None) | Q(ended_on__gt=today),
        started_on__lte=today,
        organisation__place_id__in=places,
        organisation__kind="enterprise",
        worker__residence_id__in=places,
    ).order_by("worker_id", "spell_id")
    for worker, employer in rows.values_list("worker_id", "organisation_id")[:1000]:
        if least < 2 or Certificate.objects.filter(worker_id=worker, issued_on__lte=today).count() >= least:
            return worker, employer
    return None


def _apart(one: Place, other: Place) -> float:
    """How far apart two places lie, in degrees of latitude; last where it is not known."""
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return 360.0
    assert one.latitude is not None  # said by the line above, which the types cannot read
    assert one.longitude is not None
    assert other.latitude is not None
    assert other.longitude is not None
    return hypot(one.latitude - other.latitude, (one.longitude - other.longitude) * cos(radians(one.latitude)))


def _city() -> str:
    return Place.objects.filter(kind="city").order_by("pk").values_list("pk", flat=True)[0]


def _college(unit: Place, today: date) -> int:
    """A college or academy of the district, or the first of the city; 0 where it has none."""
    colleges = Organisation.objects.filter(kind__in=("college", "academy")).order_by("-kind", "pk")
    near = colleges.filter(place_id__in=territory(PUBLIC).answered_by(unit.pk, today))
    return near.values_list("pk", flat=True).first() or colleges.values_list("pk", flat=True).first() or 0


BORN = (date(1998, 1, 1), date(2007, 1, 1))
"""Born from the first day to before the second: of an age to have completed college in 2025."""
HIRED = (date(2025, 1, 1), date(2026, 1, 1))


@dataclass(frozen=True)
class Hire:
    """One employment: its key, the person and the employer."""

    spell: int
    worker: int
    employer: int


def young_hires(district: str, today: date) -> list[Hire]:
    """People of an age to have just completed college whom small employers of a district hired in 2025 and still employ, by key."""
    small = Q(organisation__size__in=("micro", "small"))
    return _hires(small & Q(worker__birth_month__gte=BORN[0], worker__birth_month__lt=BORN[1]), HIRED, district, today)


def hard_hires(district: str, today: date) -> list[Hire]:
    """People reported as hard to employ whom employers of a district hired since the middle of 2023 and still employ, by key."""
    then = Q(started_on__lte=OuterRef("started_on")) & (Q(ended_on=None) | Q(ended_on__gt=OuterRef("started_on")))
    listed = ReportedFact.objects.filter(then, worker=OuterRef("worker"), kind="hardship", detail="hard_to_employ")
    return _hires(Q(Exists(listed)), (date(2023, 8, 1), HIRED[1]), district, today)


def _hires(which: Q, hired: tuple[date, date], district: str, today: date) -> list[Hire]:
    """Hires of a span that last. Of employers that have changed their district, only those that this one answers for today as of then."""
    tree = territory(PUBLIC)
    places = tree.answered_by(district, today)
    rows = EmploymentSpell.objects.filter(
        ~Exists(Alias.objects.filter(worker=OuterRef("worker"))),
        which,
        started_on__gte=hired[0],
        started_on__lt=hired[1],
        ended_on=None,
        organisation__kind="enterprise",
        organisation__place_id__in=places,
    )
    columns = ("spell_id", "worker_id", "organisation_id", "organisation__place_id", "started_on")
    found = rows.order_by("spell_id").values_list(*columns)
    return [Hire(*row) for *row, place, day in found if (tree.unit_of(place, day) or place) in places]


def hirer(hires: Iterable[Hire]) -> int:
    """The employer that made most of them, the first of equals; 0 where there are none."""
    counted = Counter(hire.employer for hire in hires)
    return min(counted, key=lambda key: (-counted[key], key), default=0)


def skill_certificates(
    issued: tuple[date, date], *, places: Collection[str] | None = None, levels: Collection[str] | None = None
) -> list[tuple[int, int]]:
    """Key and holder of each certificate of a skill level issued in a span, by key; only of holders in `places`, or of these levels.

    Of people whose record was merged into another, none.
    """
    rows = Certificate.objects.filter(
        ~Exists(Alias.objects.filter(worker=OuterRef("worker"))), kind="skill_level", issued_on__gte=issued[0], issued_on__lt=issued[1]
    )
    if places is not None:
        rows = rows.filter(worker__residence_id__in=places)
    if levels is not None:
        rows = rows.filter(level__in=levels)
    return list(rows.order_by("certificate_id").values_list("certificate_id", "worker_id"))


def employer_of(worker: int, today: date) -> int:
    """The enterprise that somebody works for today, without doubt; 0 where there is none."""
    lasting = Q(ended_on=None) | Q(ended_on__gt=today)
    rows = EmploymentSpell.objects.filter(CONFIRMED, lasting, worker=worker, started_on__lte=today, organisation__kind="enterprise")
    return rows.order_by("spell_id").values_list("organisation_id", flat=True).first() or 0


def latest_certificate(worker: int) -> int:
    """The key of somebody's latest certificate of a skill level; 0 where there is none."""
    rows = Certificate.objects.filter(worker=worker, kind="skill_level").order_by("-issued_on", "-certificate_id")
    return rows.values_list("certificate_id", flat=True).first() or 0


def insurance(workers: Collection[int]) -> Iterator[tuple[int, date, date | None]]:
    """Person, first day and end of each spell of insurance of theirs."""
    yield from InsuranceSpell.objects.filter(worker__in=workers).values_list("worker_id", "started_on", "ended_on")
