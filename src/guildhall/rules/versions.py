"""Which version of a parameter decides each row, as a choice over only those that can apply.

The answer of `Parameters.select` is asked here for every stretch of days, place and edition that it can tell apart, so that
a table and a single row cannot differ. What is the same for all rows becomes a constant, and the query never hears of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeAlias

from guildhall.rules.cells import Cell, Sql, chosen, pieces_of, sought, strictly, unknown
from guildhall.rules.parameters import NATION, Found, Parameters, Value, Version

Leaf: TypeAlias = "tuple[Value, str | None] | None"
"""What a version says: its value and its uplift; None where nothing decides."""
Tree: TypeAlias = "Leaf | Split"
OTHER = "\0"
"""Stands for every place, or edition, that no version and no link names."""
Groups: TypeAlias = tuple[tuple[str, ...], ...]
FEW = 8
"""So many words are sought one after another; more, in a map."""


@dataclass(frozen=True, slots=True)
class Split:
    """What decides depends on the place, or on the edition: of these words, of any other word, and of none known."""

    by: str
    words: tuple[tuple[str, Tree], ...]
    rest: Tree
    none: Tree


@dataclass(frozen=True, slots=True)
class Selectors:
    """The place of a row and the edition of the standard, where the rule names them; and the only places there are, if that is known."""

    place: Cell | None = None
    edition: Cell | None = None
    places: frozenset[str] | None = None
    once: Callable[[Sql], Sql] = lambda sql: sql
    """Makes a column of what is worked out once per row."""
    numbers: dict[tuple[str, Groups], Sql] = field(default_factory=dict)
    """The columns that number the groups of words, by selector and groups."""


@dataclass
class Choice:
    """Builds the cell of one parameter of one rule: `build` makes one of each version that decides somewhere."""

    rule: str
    name: str
    parameters: Parameters
    by: Selectors
    build: Callable[[Found], Cell]
    type: str = "whole"
    _found: dict[Leaf, Found] = field(default_factory=dict)
    _cells: dict[Tree, Cell] = field(default_factory=dict)

    @property
    def versions(self) -> tuple[Version, ...]:
        parameter = self.parameters.of(self.rule).get(self.name)
        return parameter.versions if parameter else ()

    def cell(self, day: Cell) -> Cell:
        """The value in force on the day of each row; unknown where no version decides."""
        if day.is_unknown:
            return unknown(self.type)
        stretches = list(self._stretches(day.low, day.high))
        branches: list[tuple[Sql, Cell]] = []
        for first, end, tree in stretches:
            test, held = _within(day, first, end), self._cell(tree)
            if test is None:
                return held
            branches.append((self.by.once(test), held))
        found = chosen(branches, self.type)
        cells = [cell for _, cell in branches]
        if found.is_unknown or any(cell.is_unknown or (not cell.is_constant and cell.strict is None) for cell in cells):
            strict = None
        else:
            strict = strictly(day, *cells)
        return found if found.is_unknown else replace(found, strict=strict, pieces=pieces_of(branches))

    def _stretches(self, low: int, high: int) -> Iterator[tuple[int, int, Tree]]:
        """Stretches of days [first, end) on which one thing decides, in order, from `low` to `high`."""
        days = {day for version in self.versions for day in (version.valid_from, version.valid_until)}
        if any(version.jurisdiction != NATION for version in self.versions):
            days |= {day for link in self.parameters.links for day in (link.valid_from, link.valid_until)}
        edges = sorted(day.toordinal() for day in days if day and low < day.toordinal() <= high)
        first, tree = low, self._tree(date.fromordinal(low))
        for edge in edges:
            following = self._tree(date.fromordinal(edge))
            if following != tree:
                yield first, edge, tree
                first, tree = edge, following
        yield first, high + 1, tree

    def _tree(self, day: date) -> Tree:
        """What decides on a day: by place where a version of some jurisdiction is in force, then by edition."""
        held = [version for version in self.versions if version.holds_on(day)]
        editions = sorted({version.edition for version in held if version.edition is not None})
        local = {version.jurisdiction for version in held} - {NATION}
        nowhere = self._by_edition(day, None, editions)
        if not local or self.by.place is None:
            return nowhere
        found = self._by_place(day, local, editions)
        rest = found.pop(OTHER)
        if self.by.places is not None and found:
            rest = Counter(found.values()).most_common(1)[0][0]
        return _simple(Split("place", tuple((place, tree) for place, tree in found.items() if tree != rest), rest, nowhere))

    def _by_place(self, day: date, local: set[str], editions: Sequence[str]) -> dict[str, Tree]:
        """What decides at each place: one question for each way in which chains of places meet the jurisdictions named."""
        named = local | {place for link in self.parameters.links for place in (link.place, link.above)}
        met: dict[tuple[str, ...], Tree] = {}
        found: dict[str, Tree] = {}
        for place in (*sorted(named if self.by.places is None else self.by.places), OTHER):
            way = tuple(step for step in self.parameters.chain(place, day) if step in local)
            if way not in met:
                met[way] = self._by_edition(day, place, editions)
            found[place] = met[way]
        return found

    def _by_edition(self, day: date, place: str | None, editions: Sequence[str]) -> Tree:
        none = self._leaf(day, place, None)
        if not editions or self.by.edition is None:
            return none
        rest = self._leaf(day, place, OTHER)
        words = ((edition, self._leaf(day, place, edition)) for edition in editions)
        return _simple(Split("edition", tuple(pair for pair in words if pair[1] != rest), rest, none))

    def _leaf(self, day: date, place: str | None, edition: str | None) -> Leaf:
        found = self.parameters.select(self.rule, self.name, on=day, place=place, edition=edition)
        if not isinstance(found, Found):
            return None
        leaf = (found.version.value, found.version.uplift)
        self._found.setdefault(leaf, found)
        return leaf

    def _cell(self, tree: Tree) -> Cell:
        if tree not in self._cells:
            self._cells[tree] = self._built(tree)
        return self._cells[tree]

    def _built(self, tree: Tree) -> Cell:
        if tree is None:
            return unknown(self.type)
        if not isinstance(tree, Split):
            return self.build(self._found[tree])
        on = self.by.place if tree.by == "place" else self.by.edition
        assert on is not None
        if on.is_constant:
            return self._cell(tree.none if on.value is None else dict(tree.words).get(on.value, tree.rest))
        if not tree.words and on.is_sure:
            return self._cell(tree.rest)
        branches, rest = list(self._branches(tree, on.sql)), self._cell(tree.rest)
        found = chosen(branches, self.type)
        if found.is_unknown:
            return found
        sure = not tree.words and tree.none is None and strictly(rest) is not None
        return replace(found, strict=strictly(on, rest) if sure else None, pieces=pieces_of(branches))

    def _branches(self, tree: Split, on: Sql) -> Iterator[tuple[Sql, Cell]]:
        trees = list(dict.fromkeys(found for _, found in tree.words))
        groups = tuple(tuple(word for word, found in tree.words if found == each) for each in trees)
        if len(tree.words) <= FEW:
            tests, others = [sought(on, words) for words in groups], on.notnull()
            for test in tests:
                others = others & ~test
        else:
            number = self._number(tree.by, groups, on)
            tests, others = [number == at for at in range(len(groups))], on.notnull() & number.isnull()
        for test, each in zip(tests, trees, strict=True):
            yield test, self._cell(each)
        yield others, self._cell(tree.rest)
        if tree.none is not None:
            yield on.isnull(), self._cell(tree.none)

    def _number(self, by: str, groups: Groups, on: Sql) -> Sql:
        if (by, groups) not in self.by.numbers:
            self.by.numbers[by, groups] = self.by.once(_map(groups).get(on))
        return self.by.numbers[by, groups]


def _simple(split: Split) -> Tree:
    """What is the same whatever the word, known or not, depends on none."""
    return split.rest if not split.words and split.none == split.rest else split


def _map(groups: Groups) -> Any:
    """A map from each word to the number of its group."""
    import ibis

    return ibis.literal({word: at for at, group in enumerate(groups) for word in group}, type="map<string, int64>")


def _within(day: Cell, first: int, end: int) -> Sql | None:
    """Whether the day lies in the stretch; None where every row's does."""
    after, before = day.low >= first, day.high < end
    if after and before:
        return None if day.is_sure else day.sql.notnull()
    start, stop = date.fromordinal(first), date.fromordinal(end)
    if after:
        return day.sql < stop
    return day.sql >= start if before else (day.sql >= start) & (day.sql < stop)
