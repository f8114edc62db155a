"""From a leading criterion to people: sifted by everything else that is asked, and by what the viewer may see.

Records come in batches along one index. Each batch is brought together into people (records that were merged are one person,
told at the first of their records in the order of the list), and sifted by questions about those few. What one page may cost is
bounded: a list that finds too little gives what it has, and goes on from there when asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from guildhall.registry import tables
from guildhall.registry.engine.asking import begins
from guildhall.registry.models import Alias, Certificate, EmploymentSpell, FormerName, Identity, Worker, vault
from guildhall.registry.queries import scope
from guildhall.registry.queries.people.criteria import Criterion, Living, Position, Step, in_force
from guildhall.web.viewer import Viewer

LARGEST_BATCH = 2_000
PAGE_BUDGET = 40_000
"""Records looked at for one page at most."""
COUNT_BUDGET = 6_000
"""Records looked at beyond the page, to tell how many there are."""
ORDINALS = {level: ordinal for ordinal, level in enumerate(tables.LEVELS)}
Families = Mapping[int, tuple[int, ...]]
"""The records of each person, under the one that leads; that one first."""


@dataclass(frozen=True)
class Sieve:
    """Everything that is asked of a person beside the leading criterion. `typed` is compared with opened names."""

    viewer: Viewer
    today: date
    criteria: tuple[Criterion, ...] = ()
    level: str = ""
    standing: str = ""
    typed: str = ""

    def keeps(self, families: Families, lead: Criterion) -> set[int]:
        """The people who pass, by the record that leads."""
        left = {**families}
        for criterion in self.criteria:
            met = criterion.among([key for keys in left.values() for key in keys])
            left = {leader: keys for leader, keys in left.items() if not met.isdisjoint(keys)}
        if self.level and left:
            held = levels(left, self.today)
            left = {leader: keys for leader, keys in left.items() if held.get(leader) == self.level}
        if left and not self._all_seen(lead):
            seen = {*scope.people(self.viewer, self.today).filter(pk__in=list(left)).values_list("pk", flat=True)}
            left = {leader: keys for leader, keys in left.items() if leader in seen}
        if self.standing and left:
            left = _kept(left, Worker.objects.filter(pk__in=list(left), standing=self.standing).values_list("pk", flat=True))
        return {*(_named_so(left, self.typed) if self.typed and left else left)}

    @property
    def is_open(self) -> bool:
        """Whether everybody passes."""
        nothing_asked = not (self.criteria or self.level or self.standing or self.typed)
        return nothing_asked and scope.sees_everyone(self.viewer, self.today)

    def _all_seen(self, lead: Criterion) -> bool:
        """Whether the leading criterion gives nobody whom the viewer may not see, so that asking for each would tell nothing."""
        if scope.sees_everyone(self.viewer, self.today):
            return True
        return isinstance(lead, Living) and scope.leads_by_residence(self.viewer, self.today, lead.places)


def _kept(families: Families, leaders: Iterable[int]) -> dict[int, tuple[int, ...]]:
    return {leader: families[leader] for leader in leaders}


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
        limit = max(1, wanted - len(self.found)) if sieve.is_open else 4 * wanted
        while len(self.found) < wanted and not self.ended and self.looked_at < stop:
            limit = min(limit, LARGEST_BATCH, stop - self.looked_at)
            batch = lead.page(self.position, limit)
            self.found += people_of(batch, lead, sieve)
            self.looked_at += len(batch)
            self.ended = len(batch) < limit
            self.position = batch[-1][1] if batch else self.position
            limit *= 3


def people_of(batch: Sequence[Step], lead: Criterion, sieve: Sieve) -> list[Step]:
    """The people of a batch of records who pass, in its order."""
    families, leader_of = _families([record for record, _ in batch])
    kept = families.keys() if sieve.is_open else sieve.keeps(families, lead)
    found = []
    for record, position in batch:
        leader = leader_of[record]
        if leader in kept and (len(families[leader]) == 1 or lead.first(families[leader]) == record):
            found.append((leader, position))
    return found


def _families(records: Collection[int]) -> tuple[dict[int, tuple[int, ...]], dict[int, int]]:
    """The people whom some records belong to, with all their records; and for each of the records the one that leads."""
    merged = dict(Alias.objects.filter(pk__in=records).values_list("worker_id", "merged_into_id"))
    leader_of = {record: merged.get(record, record) for record in records}
    more: defaultdict[int, list[int]] = defaultdict(list)
    for leader, record in Alias.objects.filter(merged_into__in={*leader_of.values()}).values_list("merged_into_id", "worker_id"):
        more[leader].append(record)
    return {leader: (leader, *more.get(leader, ())) for leader in leader_of.values()}, leader_of


def families(leaders: Collection[int]) -> dict[int, tuple[int, ...]]:
    """All records of some people, given the records that lead."""
    return _families(leaders)[0]


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
    apprenticed = EmploymentSpell.objects.filter(in_force(today, "started_on", "ended_on"), worker_id__in=bare, contract="apprentice")
    return best | {leader_of[record]: tables.LEVELS[0] for record in apprenticed.values_list("worker_id", flat=True)}


def _named_so(families: Families, typed: str) -> list[int]:
    """People with a present or former name on any record that begins as typed; the names are opened for it."""
    leader_of = {record: leader for leader, records in families.items() for record in records}
    found, held = set[int](), vault()
    for rows in (Identity.objects, FormerName.objects):
        for record, name in rows.filter(worker_id__in=list(leader_of)).values_list("worker_id", "name_sealed"):
            if begins(held.open("registry.identity", "name", record, name), typed):
                found.add(leader_of[record])
    return [leader for leader in families if leader in found]
