"""Whom the last search found: for the person, for the employer as far as it may know, and by place for those who reach out.

What other authorities know of its people an employer is given as a count and no name, and that in steps of ten; a name only where the
answer rests on what it put on record itself, or where the person agreed. Whoever reaches out is given nobody by hardship or
unemployment who did not agree to that.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from guildhall.incentives.engine.candidates import LIKELY, NEAR, claimant
from guildhall.incentives.engine.states import LIVE
from guildhall.incentives.engine.subjects import CLAIMED_HERE
from guildhall.incentives.models import BenefitGrant, Candidate, CandidateRun, Claim
from guildhall.incentives.queries import benefits
from guildhall.kernel.disclosure import THRESHOLD, Sum, hidden
from guildhall.kernel.errors import NotFound
from guildhall.kernel.tables import Text
from guildhall.kernel.territory import Territory
from guildhall.office.queries.mandates import CLAIMS
from guildhall.office.vault import vault
from guildhall.registry.queries import scope, territory
from guildhall.registry.queries.consents import agreed
from guildhall.registry.queries.merged import one_person
from guildhall.registry.queries.standing import kept
from guildhall.registry.queries.vouched import confirmed_among, known_among
from guildhall.web.pack import city
from guildhall.web.viewer import PUBLIC, Viewer

COLUMN = ("incentives.candidates", "why")
CELL = "{}:{}:{}"
EMPLOYER_MAY_KNOW = "employer_hires"
"""The purpose by which a person lets the employer know that it may claim a benefit for having hired them."""
HELP = "hardship_help"
"""The purpose by which a person lets officers come to them because of hardship or unemployment on record."""
MOST_OUTREACH = 500


@dataclass(frozen=True)
class Why:
    """The names of the conditions that hold, that a claim would have to show, and that do not hold."""

    holds: tuple[str, ...]
    open: tuple[str, ...]
    fails: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """How many people could claim a benefit and have not, in one place; None where the count is withheld."""

    benefit: str
    place: str
    count: int | None


@dataclass(frozen=True)
class Unclaimed:
    """What is open and not claimed by place and benefit, as of the last search; `totals` are over all places shown."""

    on: date
    places: tuple[tuple[str, Text], ...]
    benefits: tuple[str, ...]
    cells: Mapping[tuple[str, str], int | None]
    totals: Mapping[str, int | None]


def latest() -> CandidateRun | None:
    """The last search that has ended."""
    return CandidateRun.objects.exclude(finished_at=None).order_by("-on", "-pk").first()


def cell_of(row: Candidate) -> tuple[int, int, str]:
    """What a row is for, within its kind: key, year and benefit."""
    return row.key, row.year, row.benefit


def why(row: Candidate) -> Why:
    """The reasons kept with a row, for those who may see it."""
    told = json.loads(vault().open(*COLUMN, CELL.format(*cell_of(row)), row.why_sealed)) if row.why_sealed else {}
    return Why(*(tuple(told.get(part, ())) for part in ("holds", "open", "fails")))


def candidates_of(viewer: Viewer) -> list[Candidate]:
    """What the last search found for the viewer's own person, what can be claimed first: their own benefits, not those of employers.

    Nothing for other roles.
    """
    run = latest()
    if run is None or not _is_own(viewer):
        return []
    rows = run.rows.filter(worker_id__in=one_person(viewer.worker or 0), organisation=None)
    return sorted(rows, key=lambda row: ((LIKELY, NEAR).index(row.state) if row.state in (LIKELY, NEAR) else 2, row.benefit, row.key))


def of_employer(viewer: Viewer) -> QuerySet[Candidate]:
    """What the last search found for the viewer's organisation, names and all: for counting. Raises NotFound for other roles."""
    if viewer.role != "employer" or not viewer.organisation or not viewer.may(CLAIMS):
        raise no_such_list()
    run = latest()
    return run.rows.filter(organisation_id=viewer.organisation) if run else Candidate.objects.none()


def named_to_employer(viewer: Viewer) -> list[Candidate]:
    """Those rows of the viewer's organisation that it may see by name: resting on what it put on record itself, or agreed to."""
    return _by_name(of_employer(viewer))


def _by_name(rows: QuerySet[Candidate]) -> list[Candidate]:
    may_know = Q(state=LIKELY) & agreed(EMPLOYER_MAY_KNOW, person="worker_id")
    listed = list(rows.filter(kind="spell").filter(Q(open_to_employer=True) | may_know).order_by("benefit", "key"))
    sure = confirmed_among({row.key for row in listed})
    return [row for row in listed if row.key in sure]


def shown_to_employers(viewer: Viewer, today: date) -> list[Candidate]:
    """Of the viewer's own person, what an employer of today may see by name: that it can, or nearly can, claim a benefit for the hire.

    `open_to_employer` says that the employer put on record all that it rests on; the others are seen by consent. Nothing for other roles.
    """
    run = latest()
    if run is None or not _is_own(viewer):
        return []
    own = one_person(viewer.worker or 0)
    rows = _by_name(run.rows.filter(worker_id__in=own, state__in=(LIKELY, NEAR)).exclude(organisation=None))
    here = {employer for employer in {row.organisation_id for row in rows} if employer and known_among(employer, own, today)}
    return [row for row in rows if row.organisation_id in here]


def _is_own(viewer: Viewer) -> bool:
    return bool(viewer.worker) and (viewer.role == "worker" or viewer.mandate is not None) and viewer.may(CLAIMS)


def told(count: int, among: int) -> int | None:
    """How many of a group an employer is told of: at least so many, in tens; 0 says fewer than ten, None says that nothing is told.

    Of a group under twenty nothing is told, and never so many that fewer than ten are left of whom it is not true: that would
    tell of each.
    """
    if among < 2 * THRESHOLD:
        return None
    return min(count, among - THRESHOLD) // THRESHOLD * THRESHOLD


def counts_for_staff(viewer: Viewer, staff: int) -> dict[str, int | None]:
    """For each benefit of workers, how many of an employer's staff could claim it and have not, as far as that is told.

    `staff` is how many work there without doubt.
    """
    run = latest()
    if viewer.role != "employer" or not viewer.organisation or not viewer.may(CLAIMS):
        raise no_such_list()
    if run is None:
        return {}
    own = [rule.name for rule in benefits.rulebook().values() if claimant(rule) == "worker" and rule.channel in CLAIMED_HERE]
    people = scope.people(viewer, run.on)
    rows = run.rows.filter(state=LIKELY, organisation=None, benefit__in=own, worker__in=people)
    found = {benefit: n for benefit, n in rows.values_list("benefit").annotate(n=Count("worker", distinct=True)).order_by()}
    return {benefit: told(found.get(benefit, 0), staff) for benefit in own}


def taken(kind: str, cells: Collection[tuple[int, int, str]]) -> set[tuple[int, int, str]]:
    """Those of some things for which a live claim stands or a benefit was granted."""
    subjects = {f"{key}-{year}" if year else str(key): (key, year) for key, year, _benefit in cells}
    claims = Claim.objects.filter(kind=kind, subject__in=subjects, state__in=LIVE).values_list("subject", "benefit")
    found = {(*subjects[subject], benefit) for subject, benefit in claims}
    column = {"certificate": "certificate_id", "spell": "spell_id", "business": "business_id", "year": "organisation_id"}[kind]
    keys = {key for key, _year, _benefit in cells}
    grants = BenefitGrant.objects.filter(**{f"{column}__in": keys}, revoked_on=None).values_list(column, "year", "benefit")
    granted = {(key, (year or 0) if kind == "year" else 0, benefit) for key, year, benefit in grants}
    return (found | granted) & {*cells}


def unclaimed(viewer: Viewer, today: date) -> Unclaimed | None:
    """What is open and not claimed, by district: all for a planner, those of the jurisdiction for a claims officer; small counts withheld.

    None where no search has ended yet. Raises NotFound for other roles.
    """
    if viewer.role not in ("planner", "claims_officer") or viewer.mandate:
        raise no_such_list()
    run = latest()
    if run is None:
        return None
    counts = _counts(_open(run, viewer, today), today)
    places = sorted({place for place, _benefit in counts})
    rules = [rule.name for rule in benefits.rulebook().values() if any(benefit == rule.name for _place, benefit in counts)]
    cells = {(place, benefit): counts.get((place, benefit), 0) for place in places for benefit in rules}
    totals = {("", benefit): sum(cells[place, benefit] for place in places) for benefit in rules}
    sums = [Sum(("", benefit), tuple((place, benefit) for place in places)) for benefit in rules]
    secret = hidden({**cells, **totals}, sums)
    shown: dict[tuple[str, str], int | None] = {cell: None if cell in secret else n for cell, n in {**cells, **totals}.items()}
    return Unclaimed(
        run.on,
        tuple((place, _named(place)) for place in places),
        tuple(rules),
        {cell: n for cell, n in shown.items() if cell[0]},
        {benefit: shown["", benefit] for benefit in rules},
    )


def outreach(viewer: Viewer, today: date) -> list[Candidate]:
    """Whom a claims officer may tell of a benefit: people of the jurisdiction, for what they claim themselves here, the longest first.

    Nobody by what other authorities report of hardship or unemployment who did not agree to that. Raises NotFound for other roles.
    """
    if viewer.role != "claims_officer" or viewer.mandate:
        raise no_such_list()
    run = latest()
    if run is None:
        return []
    own = [rule.name for rule in benefits.rulebook().values() if claimant(rule) == "worker" and rule.channel == "claim"]
    rows = _open(run, viewer, today).filter(benefit__in=own, worker__in=scope.people(viewer, today))
    rows = rows.filter(Q(rests_on_reports=False) | agreed(HELP, person="worker_id"))
    return list(rows.order_by("since", "pk")[:MOST_OUTREACH])


def _open(run: CandidateRun, viewer: Viewer, today: date) -> QuerySet[Candidate]:
    """Rows of what can be claimed here and is not, within the jurisdiction of a claims officer."""
    here = [rule.name for rule in benefits.rulebook().values() if rule.channel in CLAIMED_HERE]
    rows = run.rows.filter(state=LIKELY, benefit__in=here)
    if viewer.role == "planner":
        return rows
    places = scope.jurisdiction(viewer, today)
    return rows if places is None else rows.filter(place_id__in=places)


def _counts(rows: QuerySet[Candidate], today: date) -> dict[tuple[str, str], int]:
    """How many people, or organisations where it is for none, by the unit that answers for their place today."""
    people = rows.exclude(worker=None).values_list("place_id", "benefit").annotate(n=Count("worker", distinct=True))
    employers = rows.filter(worker=None).values_list("place_id", "benefit").annotate(n=Count("organisation", distinct=True))
    found: dict[tuple[str, str], int] = {}
    tree = _tree()
    for part in (people.order_by(), employers.order_by()):
        for place, benefit, n in part:
            unit = tree.unit_of(place, today) or place
            found[unit, benefit] = found.get((unit, benefit), 0) + n
    return found


def _tree() -> Territory:
    return kept(("territory",), lambda: territory(PUBLIC))


def _named(place: str) -> Text:
    known = city().place.get(place)
    return known.name if known else Text(place, place)


def conditions(benefit: str, names: Sequence[str]) -> list[str]:
    """Those names that are conditions of the rule today, in its own order."""
    rule = benefits.rulebook().get(benefit)
    return [name for name in rule.conditions if name in names] if rule else []


def no_such_list() -> NotFound:
    """What is said of a list that the viewer may not see."""
    return NotFound(_("There is no such page"), why=_("or it is not one for the role you are in"), next=_("go back to your desk"))
