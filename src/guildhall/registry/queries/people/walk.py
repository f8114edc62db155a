"""From a leading criterion to people: sifted by everything else that is asked, and by what the viewer may see.

A list is gone along stretch by stretch. What else is asked is asked of the records of one stretch, each way that leads to a person by
itself, so that every question runs along indexes. The few records that are one person with others are then looked at as a person:
told at the first of their records in the order of the list, whichever of them meets what is asked. What one page may cost is
bounded: a list that finds too little gives what it has, and goes on from there when asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import product

from django.db.models import Exists, OuterRef, Q

from guildhall.registry import tables
from guildhall.registry.engine.asking import begins
from guildhall.registry.models import Alias, Certificate, EmploymentSpell, FormerName, Identity, Worker, vault
from guildhall.registry.queries import scope
from guildhall.registry.queries.people.criteria import Criterion, Employed, Living, Position, Rows, Stretch, in_force, keys
from guildhall.registry.queries.vouched import UNDENIED
from guildhall.web.viewer import Viewer

NARROWEST, WIDEST = 750, 5_000
"""Rows of the first stretch and of the longest, where not everybody passes."""
PAGE_BUDGET = 40_000
"""Records looked at for one page at most."""
COUNT_BUDGET = 3_000
"""Records looked at beyond the page, to tell how many there are."""
ORDINALS = {level: ordinal for ordinal, level in enumerate(tables.LEVELS)}
Families = Mapping[int, tuple[int, ...]]
"""The records of each person, under the one that leads; that one first."""
Condition = Exists | Q
Step = tuple[int, Position]
"""A person of a list, and where."""


@dataclass(frozen=True)
class Sieve:
    """Everything that is asked of a person beside the leading criterion. `typed` is compared with opened names, with former ones where
    the viewer is shown them.
    """

    viewer: Viewer
    today: date
    criteria: tuple[Criterion, ...] = ()
    level: str = ""
    standing: str = ""
    typed: str = ""
    former: bool = True

    @cached_property
    def reach(self) -> scope.Reach:
        return scope.reach(self.viewer, self.today)

    @cached_property
    def knows_kin(self) -> bool:
        """Whether any records are merged at all."""
        return Alias.objects.exists()

    def is_open(self, lead: Criterion) -> bool:
        """Whether everybody passes whom the leading criterion gives."""
        return not (self.criteria or self.level or self.standing or self.typed) and self._all_seen(lead)

    def passing(self, rows: Rows, lead: Criterion) -> set[int]:
        """The records of rows that pass: every way in which they may is asked by itself, in one go."""
        rows = rows.order_by().filter(*_at_level(self.level, self.today), *_standing(self.standing))
        ways = [criterion.holds() for criterion in self.criteria]
        if not self._all_seen(lead):
            ways.append(self.reach.ways)
        first, *others = [keys(rows.filter(*way)) for way in product(*ways)] or [rows.none()]
        return {*(first.union(*others) if others else first)}

    def _all_seen(self, lead: Criterion) -> bool:
        """Whether the leading criterion gives nobody whom the viewer may not see, so that asking would tell nothing."""
        if isinstance(lead, Employed) and lead.organisation == self.reach.employer:
            return True
        return self.reach.everyone or isinstance(lead, Living) and self.reach.covers(lead.places)

    def keeps(self, families: Families) -> set[int]:
        """The people who pass, by the record that leads: for a few who are looked at one by one."""
        left = {**families}
        for alternatives in [criterion.holds() for criterion in self.criteria] + ([] if self.reach.everyone else [self.reach.ways]):
            met = _meeting([record for records in left.values() for record in records], alternatives)
            left = {leader: records for leader, records in left.items() if not met.isdisjoint(records)}
        if self.standing:
            standing = {*Worker.objects.filter(pk__in=list(left), standing=self.standing).values_list("pk", flat=True)}
            left = {leader: records for leader, records in left.items() if leader in standing}
        held = levels(left, self.today) if self.level and left else {}
        return {leader for leader in left if not self.level or held.get(leader) == self.level}


def _at_level(level: str, today: date) -> tuple[Condition, ...]:
    """What is so of a record of this level: a certificate that holds, and none that is higher; for apprentices none at all."""
    if not level:
        return ()
    held = Certificate.objects.filter(in_force(today, "issued_on", "valid_until"), worker_id=OuterRef("worker_id"))
    if level == tables.LEVELS[0]:
        spells = EmploymentSpell.objects.filter(in_force(today, "started_on", "ended_on"), UNDENIED, worker_id=OuterRef("worker_id"))
        return Exists(spells.filter(contract="apprentice")), ~Q(Exists(held))
    higher = tables.LEVELS[ORDINALS[level] + 1 :]
    return Exists(held.filter(level=level)), ~Q(Exists(held.filter(level__in=higher)))


def _standing(standing: str) -> tuple[Condition, ...]:
    return (Exists(Worker.objects.filter(pk=OuterRef("worker_id"), standing=standing)),) if standing else ()


def _meeting(records: Sequence[int], alternatives: Iterable[Condition]) -> set[int]:
    """Those of the records that meet one of the conditions."""
    rows = Worker.objects.filter(pk__in=records)
    return {record for condition in alternatives for record in keys(rows.filter(condition))}


@dataclass
class Walk:
    """How far a list has been gone along: the people found, each with the position they were found at."""

    found: list[Step] = field(default_factory=list)
    position: Position | None = None
    ended: bool = False
    looked_at: int = 0

    def go_on(self, lead: Criterion, sieve: Sieve, *, wanted: int, budget: int) -> None:
        """Adds people until `wanted` are found, the list ends, or `budget` records have been looked at."""
        stop = self.looked_at + budget
        passes = sieve.is_open(lead)
        while len(self.found) < wanted and not self.ended and self.looked_at < stop:
            width = wanted - len(self.found) if passes else min(self._width(wanted), stop - self.looked_at)
            stretch = lead.stretch(self.position, width)
            self.found += people_of(stretch, lead, sieve)
            self.looked_at += stretch.length
            self.position, self.ended = stretch.end, stretch.end is None

    def _width(self, wanted: int) -> int:
        """How long a stretch will probably give the people still wanted, judged by those gone along so far."""
        if not self.looked_at:
            return NARROWEST
        return min(WIDEST, max(NARROWEST, 5 * (wanted - len(self.found)) * self.looked_at // (4 * (len(self.found) + 1))))


def people_of(stretch: Stretch, lead: Criterion, sieve: Sieve) -> list[Step]:
    """The people of a stretch who pass, in its order."""
    kin = _kin(stretch.rows) if sieve.knows_kin else set[int]()
    simple = (sieve.passing(stretch.rows, lead) if stretch.rows is not None else set()) - kin
    apart = (stretch.odd | kin) - simple
    together = families({*leaders_of(apart).values()}) if apart else {}
    found = {record: record for record in simple}
    for leader in sieve.keeps(together) if together else ():
        found |= {record: leader for record in together[leader] if record in apart and lead.first(together[leader]) == record}
    people = {leader: together.get(leader, (leader,)) for leader in found.values()}
    if sieve.typed and people:
        people = {leader: people[leader] for leader in _named_so(people, sieve)}
    places = stretch.positions([record for record, leader in found.items() if leader in people])
    return [(found[record], position) for record, position in places.items()]


def _kin(rows: Rows | None) -> set[int]:
    """Records that are one person with others."""
    if rows is None:
        return set()
    records = rows.order_by().values("worker_id")
    merged = Alias.objects.filter(worker_id__in=records).values_list("worker_id", flat=True)
    return {*merged, *Alias.objects.filter(merged_into_id__in=records).values_list("merged_into_id", flat=True)}


def leaders_of(records: Collection[int]) -> dict[int, int]:
    """For each record the one that leads."""
    merged = dict(Alias.objects.filter(pk__in=records).values_list("worker_id", "merged_into_id"))
    return {record: merged.get(record, record) for record in records}


def families(leaders: Collection[int]) -> dict[int, tuple[int, ...]]:
    """All records of some people, given the records that lead, in the order given."""
    more: defaultdict[int, list[int]] = defaultdict(list)
    merged = Alias.objects.filter(merged_into__in=leaders).order_by("worker_id")
    for leader, record in merged.values_list("merged_into_id", "worker_id"):
        more[leader].append(record)
    return {leader: (leader, *more.get(leader, ())) for leader in leaders}


def levels(families: Families, today: date) -> dict[int, str]:
    """The level of each person today: the highest of the certificates that hold; L0 for apprentices who hold none."""
    leader_of = {record: leader for leader, records in families.items() for record in records}
    best: dict[int, str] = {}
    held = Certificate.objects.filter(in_force(today, "issued_on", "valid_until"), worker_id__in=list(leader_of))
    for record, level in held.values_list("worker_id", "level"):
        leader = leader_of[record]
        if leader not in best or ORDINALS[level] > ORDINALS[best[leader]]:
            best[leader] = level
    bare = [record for record, leader in leader_of.items() if leader not in best]
    spells = EmploymentSpell.objects.filter(in_force(today, "started_on", "ended_on"), UNDENIED, contract="apprentice")
    apprenticed = spells.filter(worker_id__in=bare)
    return best | {leader_of[record]: tables.LEVELS[0] for record in keys(apprenticed)}


def _named_so(families: Families, sieve: Sieve) -> list[int]:
    """People with a name on any record that begins as typed; the names are opened for it."""
    leader_of = {record: leader for leader, records in families.items() for record in records}
    found, held = set[int](), vault()
    for model in (Identity, FormerName) if sieve.former else (Identity,):
        for record, name in model._default_manager.filter(worker_id__in=list(leader_of)).values_list("worker_id", "name_sealed"):
            if begins(held.open("registry.identity", "name", record, name), sieve.typed):
                found.add(leader_of[record])
    return [leader for leader in families if leader in found]
