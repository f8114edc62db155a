"""The inputs of a table as far as rules may use them: bad and stale values count as unknown, and bad ones are pointed out.

The same tests as for one row (`rules.validity`), left out wherever the extents of the table already answer them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from typing import Any, TypeAlias

from guildhall.rules.cells import Cell, Sql, Steady
from guildhall.rules.inputs import LARGEST, Input
from guildhall.rules.months import FIRST, LAST
from guildhall.rules.rulebook import Rule


@dataclass(frozen=True, slots=True)
class Extent:
    """What is known of a column without reading its rows: the least and greatest value, whether any is empty, and its words."""

    low: Any = None
    high: Any = None
    empty: bool = True
    words: frozenset[str] | None = None

    def within(self, low: Any, high: Any) -> bool:
        """Whether every value is known to lie there."""
        return self.low is not None and self.high is not None and bool(low <= self.low and self.high <= high)


Extents: TypeAlias = Mapping[str, Extent]
"""By column. A column that is not named may hold anything."""
ANYTHING = Extent()


class Usable:
    """The inputs that rules on one facts table read; `table` is the facts with what had to be worked out once per row."""

    def __init__(self, facts: Sql, rules: Sequence[Rule], on: date, extents: Extents) -> None:
        self.on = on
        self.extents = extents
        self.inputs: Mapping[str, Input] = {name: rule.inputs[name] for rule in rules for name in rule.reads}
        self._born = next((rule.born for rule in rules if rule.born), ())
        self._dating = frozenset[str]().union(*(rule.dating for rule in rules))
        self._facts = facts
        tests = {name: test for name in self.inputs if (test := self._bad(name)) is not None}
        dead = {(rule.died, rule.governed_by) for rule in rules if rule.died}
        tests |= {f"{died} {event}": (facts[died] < facts[event]).fill_null(False) for died, event in dead}
        tested = facts.mutate(**{_bad_name(name): test for name, test in tests.items()}) if tests else facts
        self.bad = frozenset(tests)
        changed = {name: test for name in self.inputs if (test := self._test(name, tested)) is not None}
        usable = {_usable_name(name): _where(test, tested[name]) for name, test in changed.items()}
        self.changed = frozenset(changed)
        self.table = tested.mutate(**usable) if usable else tested
        self._cells: dict[str, Cell] = {}

    def raw(self, name: str) -> Cell:
        """The input as it stands."""
        return self._cell(name, self.table[name])

    def usable(self, name: str) -> Cell:
        """The input, unknown where it is bad or stale."""
        if name not in self._cells:
            self._cells[name] = self._cell(name, self.table[_usable_name(name) if name in self.changed else name])
        return self._cells[name]

    def field(self, group: str, name: str, row: Sql) -> Cell:
        """A column of a related row."""
        given = next(part for part in self.inputs[group].fields if part.name == name)
        return _limited(given, row[name], ANYTHING)

    def words(self, name: str) -> frozenset[str] | None:
        """The words that stand in a column, where they are known."""
        return self.extents.get(name, ANYTHING).words

    def bad_test(self, name: str, rule: Rule) -> Sql | None:
        """Whether the input is bad in a row; None where it is in none."""
        names = [name] if name != rule.died else [name, f"{name} {rule.governed_by}"]
        tests = [self.table[_bad_name(each)] for each in names if each in self.bad]
        return reduce(lambda a, b: a | b, tests) if tests else None

    def _cell(self, name: str, column: Sql) -> Cell:
        extent = self.extents.get(name, ANYTHING)
        cell = _limited(self.inputs[name], column, extent)
        return cell if extent.empty or name in self.changed else _sure(cell)

    def _test(self, name: str, tested: Sql) -> Sql | None:
        """Whether a value may be used; None where every one may."""
        tests = [~tested[_bad_name(name)]] if name in self.bad else []
        origin = self.inputs[name].origin
        if origin.as_of:
            oldest = self.on - timedelta(days=origin.days)
            extent = self.extents.get(origin.as_of, ANYTHING)
            if extent.empty or not extent.within(oldest, date.max):
                tests.append(tested[origin.as_of] >= oldest)
        return reduce(lambda a, b: a & b, tests) if tests else None

    def _bad(self, name: str) -> Sql | None:
        given, column = self.inputs[name], self._facts[name]
        tests = list(_wrong(given, column, self.extents.get(name, ANYTHING)))
        if given.type == "date" and name not in self._born and name not in self._dating:
            tests += [column < self._facts[born] for born in self._born if not self._after(name, born)]
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
        yield ~column.isin(given.values)
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


def _sure(cell: Cell) -> Cell:
    return Cell(cell.type, cell.sql, low=cell.low, high=cell.high, strict=(), steady=cell.steady)


def _where(test: Sql, column: Sql) -> Sql:
    import ibis

    return ibis.cases((test, column))


def _bad_name(name: str) -> str:
    return f"{name}: bad"


def _usable_name(name: str) -> str:
    return f"{name}: usable"
