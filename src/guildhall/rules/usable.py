"""The inputs of a table as far as rules may use them: bad and stale values count as unknown, and bad ones are pointed out.

The same tests as for one row (`rules.validity`), left out wherever the extents of the table already answer them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from typing import Any, TypeAlias

from guildhall.rules.cells import Cell, Sql, Steady, both, sought, unknown
from guildhall.rules.inputs import LARGEST, Input, Origin
from guildhall.rules.months import FIRST, LAST
from guildhall.rules.rulebook import Rule
from guildhall.rules.stages import Stages
from guildhall.rules.versions import Groups


@dataclass(frozen=True, slots=True)
class Extent:
    """What is known of a column without reading its rows: the least and greatest value, whether any is empty, or all are, its words."""

    low: Any = None
    high: Any = None
    empty: bool = True
    words: frozenset[str] | None = None
    void: bool = False

    def within(self, low: Any, high: Any) -> bool:
        """Whether every value is known to lie there."""
        return self.low is not None and self.high is not None and bool(low <= self.low and self.high <= high)


Extents: TypeAlias = Mapping[str, Extent]
"""By column. A column that is not named may hold anything."""
ANYTHING = Extent()


class Usable:
    """The inputs that rules on one facts table read, and the stages that hold what has to be worked out once per row."""

    def __init__(self, facts: Sql, rules: Sequence[Rule], on: date, extents: Extents) -> None:
        self.on = on
        self.extents = extents
        self.stages = Stages(facts)
        self.inputs: Mapping[str, Input] = {name: rule.inputs[name] for rule in rules for name in rule.reads}
        self.numbers: dict[tuple[str, Groups], Sql] = {}
        """Columns that number groups of places or editions: rules of one table share them, as they share those two inputs."""
        self._born = next((rule.born for rule in rules if rule.born), ())
        self._dating = frozenset[str]().union(*(rule.dating for rule in rules))
        self._doubting = frozenset[str]().union(*(rule.doubting for rule in rules))
        self._bad: dict[str, Sql] = {}
        for name in self.inputs:
            self._keep_bad(name, self._bad_test(name))
        for died, event in sorted({(rule.died, rule.governed_by) for rule in rules if rule.died}):
            if not self._is_void(died):
                self._keep_bad(_death(died, event), (self.column(died) < self.column(event)).fill_null(False))
        self._cells: dict[str, Cell] = {}

    def column(self, name: str) -> Sql:
        """A column of the facts as it stands."""
        return self.stages.column(name)

    def once(self, sql: Sql, name: str = "") -> Sql:
        """A column that holds an expression, worked out once per row."""
        return self.stages.add(sql, name)

    def raw(self, name: str) -> Cell:
        """The input as it stands."""
        return self._cell(name, self.column(name))

    def usable(self, name: str) -> Cell:
        """The input, unknown where it is bad or stale."""
        if name not in self._cells:
            test = None if self._is_void(name) else self._test(name)
            sql = self.column(name) if test is None else self.once(_where(test, self.column(name)), f"{name}: usable")
            self._cells[name] = self._cell(name, sql)
        return self._cells[name]

    def _is_void(self, name: str) -> bool:
        """Whether no row is known to hold any value."""
        return self.inputs[name].type != "rows" and self.extents.get(name, ANYTHING).void

    def _keep_bad(self, name: str, test: Sql | None) -> None:
        if test is not None:
            self._bad[name] = self.once(test, f"{name}: bad")

    def field(self, group: str, name: str, row: Sql) -> Cell:
        """A column of a related row."""
        given = next(part for part in self.inputs[group].fields if part.name == name)
        return _limited(given, row[name], ANYTHING)

    def words(self, name: str) -> frozenset[str] | None:
        """The words that stand in a column, where they are known."""
        return self.extents.get(name, ANYTHING).words

    def bad(self, name: str, rule: Rule) -> Cell:
        """Whether the input is bad in a row of a rule."""
        names = (name, _death(name, rule.governed_by)) if name == rule.died else (name,)
        return both([Cell("flag", self._bad[each], strict=()) for each in names if each in self._bad], "or")

    def _cell(self, name: str, column: Sql) -> Cell:
        if self._is_void(name):
            return unknown(self.inputs[name].type)
        extent = self.extents.get(name, ANYTHING)
        cell = _limited(self.inputs[name], column, extent)
        return replace(cell, strict=()) if not extent.empty and column is self.column(name) else cell

    def _test(self, name: str) -> Sql | None:
        """Whether a value may be used; None where every one may."""
        origin = self.inputs[name].origin
        tests = [~self._bad[each] for each in (name, origin.contradicted) if each in self._bad]
        if origin.as_of and not self._is_fresh(origin):
            tests.append(self._fresh(origin))
        return reduce(lambda a, b: a & b, tests) if tests else None

    def _is_fresh(self, origin: Origin) -> bool:
        """Whether no row is known to hold data too old for the day they are asked for."""
        as_of, at = self.extents.get(origin.as_of, ANYTHING), self.extents.get(origin.at, ANYTHING)
        if as_of.empty or as_of.low is None or (origin.at and at.high is None):
            return False
        latest = max(at.high or self.on, self.on) if at.empty else at.high
        return bool((latest - as_of.low).days <= origin.days)

    def _fresh(self, origin: Origin) -> Sql:
        """Whether the data are not too old for the day they are asked for."""
        as_of = self.column(origin.as_of)
        if not origin.at:
            return as_of >= self.on - timedelta(days=origin.days)
        asked = self.column(origin.at)
        if self.extents.get(origin.at, ANYTHING).empty:
            asked = asked.fill_null(self.on)
        return self.once(asked.delta(as_of, unit="day") <= origin.days, f"{origin.as_of}: within {origin.days} days of {origin.at}")

    def _bad_test(self, name: str) -> Sql | None:
        if self._is_void(name):
            return None
        given, column = self.inputs[name], self.column(name)
        tests = list(_wrong(given, column, self.extents.get(name, ANYTHING)))
        if name in self._doubting and self.extents.get(name, ANYTHING).high is not False:
            tests.append(column)
        if given.type == "date" and name not in self._born and name not in self._dating:
            tests += [column < self.column(born) for born in self._born if not self._is_void(born) and not self._after(name, born)]
        return reduce(lambda a, b: a | b, (test.fill_null(False) for test in tests)) if tests else None

    def _after(self, name: str, born: str) -> bool:
        """Whether every date of the column is known to lie on or after every birth."""
        latest = self.extents.get(born, ANYTHING).high
        return latest is not None and self.extents.get(name, ANYTHING).within(latest, date.max)


def _wrong(given: Input, column: Sql, extent: Extent) -> Iterator[Sql]:
    """What makes a value of the column bad, apart from the row it stands in."""
    if given.type == "whole" and not extent.within(0, LARGEST):
        yield (column < 0) | (column > LARGEST)
    elif given.type == "word" and given.values and not (extent.words is not None and extent.words <= set(given.values)):
        yield ~sought(column, given.values)
    elif given.type == "date" and not extent.within(FIRST, LAST):
        yield (column < FIRST) | (column > LAST)
    elif given.type == "rows":
        for part in given.fields:
            if part.type in ("whole", "date") or part.values:
                yield column.map(lambda row, part=part: _any(list(_wrong(part, row[part.name], ANYTHING)))).anys()


def _any(tests: Sequence[Sql]) -> Sql:
    return reduce(lambda a, b: a | b, (test.fill_null(False) for test in tests))


def _limited(given: Input, column: Sql, extent: Extent) -> Cell:
    if given.type == "whole":
        low, high = extent.low if extent.within(0, LARGEST) else 0, extent.high if extent.within(0, LARGEST) else LARGEST
        wide = column if column.type().is_int64() else column.cast("int64")
        return Cell("whole", wide, low=low, high=high, strict=(column,))
    if given.type == "date":
        first, last = (extent.low, extent.high) if extent.within(FIRST, LAST) else (FIRST, LAST)
        low, high = first.toordinal(), last.toordinal()
        return Cell("date", column, low=low, high=high, strict=(column,), steady=Steady(column, low, high, lambda day: day))
    return Cell(given.type, column, strict=(column,))


def _where(test: Sql, column: Sql) -> Sql:
    import ibis

    return ibis.cases((test, column))


def _death(died: str, event: str) -> str:
    return f"{died} before {event}"
