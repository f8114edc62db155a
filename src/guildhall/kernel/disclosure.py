"""Which cells of a published table stay hidden, so that no count of a few people can be read or worked out.

A count from 1 to threshold − 1 is hidden (primary). What can be worked out from totals is hidden with another cell beside it
(complementary suppression; Hundepool et al., Statistical Disclosure Control, 2012, chapter 4): every total must leave at least
two hidden cells that come to `threshold` or more together, no hidden cell may follow from any combination of totals, and none
may be pinned to a range narrower than `threshold`. Zeros are shown: nobody is in them.

One rule for downloads, maps and pages: it is asked once, over everything that is published together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from guildhall.kernel.errors import GuildhallError

THRESHOLD = 10
"""People. The least count that is shown."""
ROOM = 1_000_000.0
"""People. What no total bounds might be anything; the solver is given a bound far above the threshold."""

K = TypeVar("K", bound=Hashable)


class Withheld(Enum):
    """What stands in the place of a count that is hidden."""

    WITHHELD = "withheld"


WITHHELD = Withheld.WITHHELD


@dataclass(frozen=True)
class Sum(Generic[K]):
    """`total` is the sum of `parts`, and whoever reads the tables knows it. Parts that are not published count as hidden."""

    total: K
    parts: tuple[K, ...]

    @property
    def members(self) -> tuple[K, ...]:
        return (self.total, *self.parts)


def hidden(
    cells: Mapping[K, int], sums: Iterable[Sum[K]], *, threshold: int = THRESHOLD, open_cells: frozenset[K] = frozenset()
) -> frozenset[K]:
    """The cells to hide; `open_cells` are known anyhow (published elsewhere) and stay shown, however small.

    What follows from open cells alone cannot be protected: everything else is hidden then. Every member of a sum must be in
    `cells`. Raises GuildhallError where a sum does not hold.
    """
    release = _Release(dict(cells), tuple(sums), threshold, open_cells)
    release.check()
    found = {key for key, value in cells.items() if 0 < value < threshold and key not in open_cells}
    while more := release.wanting(found):
        found |= more
    return frozenset(found)


@dataclass(frozen=True)
class _Release(Generic[K]):
    """Tables published together."""

    cells: dict[K, int]
    sums: tuple[Sum[K], ...]
    threshold: int
    open_cells: frozenset[K]

    def check(self) -> None:
        for relation in self.sums:
            if self.cells[relation.total] != sum(self.cells[part] for part in relation.parts):
                raise GuildhallError(f"{relation.total} is not the sum of its parts", why="cells published together must agree")

    def wanting(self, found: set[K]) -> set[K]:
        """Cells to hide beside those found, or none where they are safe: the cheap questions first."""
        more = set[K]()
        for relation in self.sums:
            if self._is_thin(relation, found | more):
                more |= self._companion([relation], found | more)
        if not more:
            for group in _components(self.sums, found):
                for exposed in self._exposed(group, found):
                    near = [relation for relation in group if exposed in relation.members]
                    if more.isdisjoint(key for relation in near for key in relation.members):  # else it may be safe by now
                        more |= self._companion(near, found | more) or self._companion(group, found | more)
        return more

    def _is_thin(self, relation: Sum[K], found: set[K]) -> bool:
        """Whether a sum gives away what little it hides: one cell, or cells that come to less than the threshold."""
        members = [key for key in relation.members if key in found]
        if not members:
            return False
        if len(members) == 1:
            return True
        if relation.total in found:
            return False
        together = sum(self.cells[key] for key in members)
        return together < self.threshold

    def _companion(self, sums: Iterable[Sum[K]], found: set[K]) -> set[K]:
        """The one cell whose hiding costs least, or none where all is hidden or open.

        The smallest part that has people in it; else the smallest total; else a part that is nil.
        """
        parts = {part for relation in sums for part in relation.parts} - found - self.open_cells
        totals = {relation.total for relation in sums} - found - self.open_cells
        filled = {key for key in parts if self.cells[key]}
        best = filled or totals or parts
        return {min(best, key=lambda key: (self.cells[key], repr(key)))} if best else set()

    def _exposed(self, group: Sequence[Sum[K]], found: set[K]) -> list[K]:
        """Hidden cells of one connected group of sums that can be worked out exactly or nearly."""
        unknown = sorted({key for relation in group for key in relation.members if key in found}, key=repr)
        ranges = _ranges(_matrix(group, unknown), self._shown(group, found))
        return [key for key, (low, high) in zip(unknown, ranges, strict=True) if high - low < self.threshold]

    def _shown(self, group: Sequence[Sum[K]], found: set[K]) -> list[int]:
        """For each sum, what its hidden parts less its hidden total come to: anybody can work that out from what is shown."""
        return [
            (0 if relation.total in found else self.cells[relation.total])
            - sum(self.cells[part] for part in relation.parts if part not in found)
            for relation in group
        ]


def _components(sums: Sequence[Sum[K]], found: set[K]) -> Iterator[list[Sum[K]]]:
    """Groups of sums that share hidden cells: what one group says nothing of, another need not be asked."""
    holders: dict[K, list[int]] = defaultdict(list)
    for at, relation in enumerate(sums):
        for key in relation.members:
            if key in found:
                holders[key].append(at)
    leader = list(range(len(sums)))

    def top(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    for places in holders.values():
        for at in places[1:]:
            leader[top(at)] = top(places[0])
    groups: dict[int, list[Sum[K]]] = defaultdict(list)
    for at in sorted({at for places in holders.values() for at in places}):
        groups[top(at)].append(sums[at])
    yield from groups.values()


def _matrix(group: Sequence[Sum[K]], unknown: Sequence[K]) -> npt.NDArray[np.float64]:
    """One row per sum, one column per hidden cell: parts 1, the total −1."""
    column = {key: at for at, key in enumerate(unknown)}
    rows = np.zeros((len(group), len(unknown)))
    for at, relation in enumerate(group):
        for part in relation.parts:
            if part in column:
                rows[at, column[part]] += 1
        if relation.total in column:
            rows[at, column[relation.total]] -= 1
    return rows


def _ranges(rows: npt.NDArray[np.float64], shown: Sequence[int]) -> Iterator[tuple[float, float]]:
    """The least and the most that each hidden cell can be, by linear programming over all sums at once; no count is negative."""
    from highspy import Highs, ObjSense  # read on first use: a page that hides nothing needs no solver

    solver = Highs()  # type: ignore[no-untyped-call]  # it ships no types
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    count, ceiling = rows.shape[1], float(np.abs(shown).sum()) + ROOM
    for _ in range(count):
        solver.addVar(0.0, ceiling)
    for row, known in zip(rows, shown, strict=True):
        at = np.flatnonzero(row).astype(np.int32)
        solver.addRow(float(known), float(known), len(at), at, row[at])
    for column in range(count):
        solver.changeColCost(column, 1.0)
        yield _optimum(solver, ObjSense.kMinimize), _optimum(solver, ObjSense.kMaximize)
        solver.changeColCost(column, 0.0)


def _optimum(solver: Any, sense: Any) -> float:
    solver.changeObjectiveSense(sense)
    solver.run()
    return round(float(solver.getInfo().objective_function_value), 6)
