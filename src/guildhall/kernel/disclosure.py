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
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from guildhall.kernel.errors import GuildhallError

THRESHOLD = 10
"""People. The least count that is shown."""
PRIME = 2_147_483_629
"""Linear dependence is decided in whole numbers modulo this prime: sums of ±1 do not vanish in it by chance."""

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
        """Hidden cells of one connected group of sums that can be worked out exactly or, where none can, nearly."""
        unknown = sorted({key for relation in group for key in relation.members if key in found}, key=repr)
        determined = _determined(_matrix(group, unknown))
        if determined.size:
            return [unknown[int(at)] for at in determined]
        return [key for key, low, high in self._ranges(group, unknown) if high - low < self.threshold]

    def _ranges(self, group: Sequence[Sum[K]], unknown: Sequence[K]) -> Iterator[tuple[K, int, int]]:
        """What each hidden cell may be, as far as sum after sum narrows it; counts are never negative."""
        ceiling = sum(self.cells[key] for key in unknown) + self.threshold
        bounds = {key: (0, ceiling) for key in unknown}
        for _ in range(len(unknown) + 1):
            before = dict(bounds)
            for relation in group:
                self._narrow(relation, bounds)
            if bounds == before:
                break
        for key in unknown:
            yield key, *bounds[key]

    def _narrow(self, relation: Sum[K], bounds: dict[K, tuple[int, int]]) -> None:
        low_parts = sum(self._bound(part, bounds)[0] for part in relation.parts)
        high_parts = sum(self._bound(part, bounds)[1] for part in relation.parts)
        low_total, high_total = self._bound(relation.total, bounds)
        if relation.total in bounds:
            bounds[relation.total] = max(low_total, low_parts), min(high_total, high_parts)
        for part in relation.parts:
            if part in bounds:
                low, high = bounds[part]
                bounds[part] = max(low, low_total - (high_parts - high)), min(high, high_total - (low_parts - low))

    def _bound(self, key: K, bounds: Mapping[K, tuple[int, int]]) -> tuple[int, int]:
        return bounds.get(key) or (self.cells[key], self.cells[key])


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


def _matrix(group: Sequence[Sum[K]], unknown: Sequence[K]) -> npt.NDArray[np.int64]:
    """One row per sum, one column per hidden cell: parts 1, the total −1."""
    column = {key: at for at, key in enumerate(unknown)}
    rows = np.zeros((len(group), len(unknown)), dtype=np.int64)
    for at, relation in enumerate(group):
        for part in relation.parts:
            if part in column:
                rows[at, column[part]] += 1
        if relation.total in column:
            rows[at, column[relation.total]] -= 1
    return rows % PRIME


def _determined(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """Columns that the rows determine: those whose unit vector lies in the row space (reduced echelon form modulo PRIME)."""
    rows, at = rows.copy(), 0
    for column in range(rows.shape[1]):
        pivots = np.flatnonzero(rows[at:, column])
        if not pivots.size:
            continue
        rows[[at, at + pivots[0]]] = rows[[at + pivots[0], at]]
        rows[at] = rows[at] * pow(int(rows[at, column]), -1, PRIME) % PRIME
        others = np.flatnonzero(rows[:, column])
        others = others[others != at]
        rows[others] = (rows[others] - rows[others, column : column + 1] * rows[at] % PRIME) % PRIME
        at += 1
        if at == rows.shape[0]:
            break
    single = np.count_nonzero(rows, axis=1) == 1
    found: npt.NDArray[np.intp] = np.argmax(rows[single] != 0, axis=1)
    return found
