"""Every expression of the language as a cell over a table: the one place where a node meets Ibis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import reduce
from typing import Any, Final, Protocol, cast

from guildhall.rules import comparing, sums
from guildhall.rules.cells import (
    FALSE,
    INT64,
    TRUE,
    UNKNOWN,
    Around,
    Cell,
    Months,
    Sql,
    Steady,
    both,
    chosen,
    constant,
    known_with,
    negated,
    numerator,
    sought,
    strictly,
    unknown,
    written,
)
from guildhall.rules.expressions import (
    Arithmetic,
    Bracket,
    Choice,
    Comparison,
    Elapsed,
    Exists,
    Extreme,
    FieldRef,
    GroupRef,
    InputRef,
    IsEmpty,
    Literal,
    Logic,
    Lookup,
    Membership,
    Negation,
    Node,
    ParameterRef,
    Rounded,
    RuleFault,
    Scalar,
    Shifted,
    Total,
    YearOf,
    children,
    walk,
)
from guildhall.rules.months import FIRST, LAST, add_days, add_months, months_between
from guildhall.rules.parameters import Found, Parameters, Row
from guildhall.rules.rulebook import Rule
from guildhall.rules.versions import Choice as VersionChoice
from guildhall.rules.versions import Groups, Selectors

MOST_ROWS = 100_000
"""More rows than any group has: what a total of them is bounded by."""
LONG = 12
"""An expression of more words than these is worked out once, as a column, before it is written several times."""
MOST_MONTHS = 12 * (LAST.year - FIRST.year + 1)


class Columns(Protocol):
    """The inputs of a row: as they stand, and as far as they may be used; and a place for what is worked out once per row."""

    numbers: dict[tuple[str, Groups], Sql]

    def once(self, sql: Sql) -> Sql: ...

    def usable(self, name: str) -> Cell: ...

    def raw(self, name: str) -> Cell: ...

    def field(self, group: str, name: str, row: Sql) -> Cell: ...

    def words(self, name: str) -> frozenset[str] | None: ...


@dataclass
class Translation:
    """One rule over one table: `cell` gives what an expression becomes."""

    rule: Rule
    parameters: Parameters
    columns: Columns

    def __post_init__(self) -> None:
        self._row: Sql = None
        self._known: dict[Node, Cell] = {}
        self._weights: dict[Any, int] = {}

    def cell(self, node: Node) -> Cell:
        """What the expression becomes; the same one for the same node, outside groups of rows."""
        if self._row is not None:
            return _CELLS[type(node)](self, node)
        if node not in self._known:
            self._known[node] = _CELLS[type(node)](self, node)
        return self._known[node]

    def light(self, node: Node) -> Cell:
        """The cell of a part that is going to be written several times: a long one becomes a column of its own first."""
        return self._lightened(self.cell(node))

    def _lightened(self, cell: Cell) -> Cell:
        if cell.sql is None:
            return cell
        per = cell.per if cell.per is None else self._lightened(cell.per)
        return replace(cell, sql=self._short(cell.sql), per=per)

    def _short(self, sql: Sql) -> Sql:
        return self.columns.once(sql) if self._row is None and self._weight(sql.op()) > LONG else sql

    def _weight(self, node: Any) -> int:
        """How many words of a query an expression is, with everything it repeats."""
        if node not in self._weights:
            inner = () if hasattr(node, "rel") else node.__children__
            self._weights[node] = 1 + sum(self._weight(child) for child in inner)
        return self._weights[node]

    def literal(self, node: Literal) -> Cell:
        return constant(node.value)

    def input(self, node: InputRef) -> Cell:
        return self.columns.usable(node.name)

    def row_field(self, node: FieldRef) -> Cell:
        return self.columns.field(node.group, node.name, self._row)

    def parameter(self, node: ParameterRef) -> Cell:
        keys = [self._side(key) for key in node.keys]

        def build(found: Found) -> Cell:
            if node.keys:
                return looked_up(cast("tuple[Row, ...]", found.version.value), keys)
            return constant(cast(Scalar, found.version.value))

        return self.in_force(node, build)

    def in_force(self, node: ParameterRef, build: Callable[[Found], Cell], type_: str = "whole") -> Cell:
        """What `build` makes of the version that decides in each row."""
        day = self.columns.usable(self.rule.governed_by) if node.at is None else self.light(node.at)
        return VersionChoice(self.rule.name, node.name, self.parameters, self._selectors(), build, type_).cell(day)

    def _selectors(self) -> Selectors:
        place, edition = (self.columns.usable(name) if name else None for name in (self.rule.place, self.rule.edition))
        words = self.columns.words(self.rule.place) if self.rule.place else None
        return Selectors(place, edition, words, self.columns.once, self.columns.numbers)

    def comparison(self, node: Comparison) -> Cell:
        return comparing.compared(node.order, self._side(node.left), self._side(node.right))

    def _side(self, node: Node) -> Cell:
        """A side of a comparison. What may be told without working out the calendar stays where it is, to be worked out where it is not."""
        cell = self.cell(node)
        return cell if cell.steady or cell.around or cell.months or cell.pieces else self._lightened(cell)

    def arithmetic(self, node: Arithmetic) -> Cell:
        left, right = self.light(node.left), self.light(node.right)
        if left.is_unknown or right.is_unknown:
            return unknown("whole")
        return _SUMS[node.op](left, right)

    def rounding(self, node: Rounded) -> Cell:
        return sums.rounded(self.light(node.value), node.rounding, node.step)

    def logic(self, node: Logic) -> Cell:
        return both((self.cell(part) for part in node.parts), node.op)

    def negation(self, node: Negation) -> Cell:
        return negated(self.cell(node.part))

    def choice(self, node: Choice) -> Cell:
        return comparing.either(self.light(node.test), self.cell(node.then), self.cell(node.otherwise))

    def extreme(self, node: Extreme) -> Cell:
        return comparing.extreme(node.op, [self.light(part) for part in node.parts])

    def lookup(self, node: Lookup) -> Cell:
        key = self.light(node.key)
        rows = tuple(((word,), value) for word, value in node.rows)
        if node.otherwise is None or key.is_unknown:
            return looked_up(rows, [key])
        if key.is_constant:
            return constant(dict(node.rows).get(key.value, node.otherwise))
        others = both((negated(_among(key, (word,))) for word, _ in node.rows), "and")
        return chosen([*_rows_by_key(rows, [key]), (others.sql, constant(node.otherwise))], "whole")

    def bracket(self, node: Bracket) -> Cell:
        value = self.light(node.value)
        make = marginal if node.marginal else in_bracket
        if isinstance(node.scale, ParameterRef):
            return self.in_force(node.scale, lambda found: make(value, cast(Any, found.version.value)))
        return make(value, node.scale)

    def elapsed(self, node: Elapsed) -> Cell:
        found = elapsed(node.unit, self.light(node.start), self.light(node.end))
        if found.months is not None and self._row is None:
            return replace(found, months=replace(found.months, days=self.columns.once(found.months.days)))
        return found

    def shifted(self, node: Shifted) -> Cell:
        return shifted(node.unit, self.light(node.start), self.light(node.by))

    def year(self, node: YearOf) -> Cell:
        day = self.cell(node.date)
        if day.is_constant:
            return unknown("whole") if day.value is None else constant(day.value.year)
        low, high = date.fromordinal(day.low).year, date.fromordinal(day.high).year
        if low == high and day.is_sure:
            return constant(low)
        steady = day.steady.then(lambda value: value.year) if day.steady else None
        return Cell("whole", day.sql.year().cast("int64"), low=low, high=high, strict=day.strict, steady=steady)

    def membership(self, node: Membership) -> Cell:
        value = self.cell(node.value)
        if isinstance(node.members, ParameterRef):
            return self.in_force(node.members, lambda found: _among(value, cast("tuple[Scalar, ...]", found.version.value)), "flag")
        return _among(value, node.members)

    def emptiness(self, node: IsEmpty) -> Cell:
        if isinstance(node.value, FieldRef):
            return Cell("flag", self._row[node.value.name].isnull(), strict=())
        raw, usable = self.columns.raw(node.value.name), self.columns.usable(node.value.name)
        if raw.is_constant:
            return TRUE
        if raw.is_sure or raw.sql is usable.sql:
            return known_with(False, usable) if raw.is_sure else Cell("flag", raw.sql.isnull(), strict=())
        return chosen([(raw.sql.isnull(), TRUE), (usable.sql.notnull(), FALSE)], "flag")

    def group(self, node: GroupRef) -> Cell:
        return self.columns.usable(node.name)

    def existence(self, node: Exists) -> Cell:
        rows = self.columns.usable(node.group.name)
        tests = _of_each(rows.sql, lambda row: self._in_row(row, node.test))
        if not isinstance(tests, Cell):
            states = tests.map(lambda test: _state(Cell("flag", test))).maxs()
            return chosen([(states == 2, TRUE), ((states == 0) | (rows.sql.length() == 0), FALSE)], "flag")
        return comparing.either(Cell("flag", rows.sql.length() > 0, strict=rows.strict), tests, FALSE)

    def sum_of_rows(self, node: Total) -> Cell:
        rows = self.columns.usable(node.group.name)
        limits: list[Cell] = []

        def value(row: Sql) -> Cell:
            limits.append(comparing.either(self._in_row(row, node.test), self._in_row(row, node.value), constant(0)))
            return limits[-1]

        values = _of_each(rows.sql, value)
        low, high = min(0, limits[0].low) * MOST_ROWS, max(0, limits[0].high) * MOST_ROWS
        if isinstance(values, Cell):
            number = Cell("whole", rows.sql.length().cast("int64"), high=MOST_ROWS, strict=rows.strict)
            each = sums.multiplied(number, values)
            return either_empty(rows.sql, each) if values.is_unknown else each
        if max(-low, high) > sums.WIDEST:
            raise RuleFault(f"a total over {node.group.name} may grow past 38 digits")
        known = rows.sql.notnull() & (values.filter(lambda value: value.isnull()).length() == 0)
        import ibis

        kind = "int64" if max(-low, high) <= INT64 else "decimal(38, 0)"
        return Cell("whole", ibis.cases((known, ibis.coalesce(_sum(values, kind), 0))), low=low, high=high)

    def _in_row(self, row: Sql, node: Node) -> Cell:
        outer, self._row = self._row, row
        try:
            return self.cell(node)
        finally:
            self._row = outer

    def uplift(self, node: Node) -> Cell:
        """Whether a parameter that the value rests on names an uplift; only what is read in a row counts there."""
        held = self.parameters.of(self.rule.name)
        read = {part.name for part in walk(node) if isinstance(part, ParameterRef)}
        if not any(version.uplift for name in read & set(held) for version in held[name].versions):
            return FALSE
        if isinstance(node, (Exists, Total)):
            raise RuleFault(f"the rule {self.rule.name}: a parameter read for each row of a group names an uplift", next="read it outside")
        found: list[Cell] = []
        reference = node.members if isinstance(node, Membership) else node.scale if isinstance(node, Bracket) else node
        if isinstance(reference, ParameterRef):
            found.append(self.in_force(reference, lambda version: constant(bool(version.version.uplift)), "flag"))
        if isinstance(node, Choice):
            test, then, otherwise = (self.uplift(part) for part in (node.test, node.then, node.otherwise))
            return any_known((test, comparing.either(self.cell(node.test), then, otherwise)))
        return any_known((*found, *(self.uplift(part) for part in children(node))))


def _of_each(rows: Sql, make: Callable[[Sql], Cell]) -> Sql | Cell:
    """What is made of each related row, as a list; or the one constant it is for all, because no engine maps to a constant."""
    made: list[Cell] = []

    def of(row: Sql) -> Sql:
        made.append(make(row))
        return written(made[-1])

    values = rows.map(of)
    return made[0] if made[0].is_constant else values


def _sum(values: Sql, kind: str) -> Sql:
    """The sum of a list. Cast twice: Ibis takes it for int64 and would leave out a single cast, DuckDB makes 128 bits of it."""
    return values.sums().cast("decimal(38, 0)").cast(kind)


def either_empty(rows: Sql, otherwise: Cell) -> Cell:
    """Nothing where there are no rows."""
    return chosen([(rows.length() == 0, constant(0)), (rows.length() > 0, otherwise)], "whole")


def any_known(parts: Iterable[Cell]) -> Cell:
    """Whether any part is known to be true."""
    kept = [part for part in parts if not (part.is_constant and not part.value)]
    if any(part.is_constant for part in kept):
        return TRUE
    tests = [part.sql if part.is_sure else part.sql.fill_null(False) for part in kept]
    return Cell("flag", reduce(lambda a, b: a | b, tests), strict=()) if tests else FALSE


def _state(test: Cell) -> Sql:
    """2 where a test is true, 0 where it is false, 1 where it is not known."""
    import ibis

    sql = written(UNKNOWN if test.is_unknown else test)
    return ibis.cases((sql, ibis.literal(2, type="int64")), (~sql, ibis.literal(0, type="int64")), else_=ibis.literal(1, type="int64"))


# --- tables and lists ------------------------------------------------------------------------------------------------


def looked_up(rows: Sequence[Row], keys: Sequence[Cell]) -> Cell:
    """The value in the row under the keys; unknown where there is none."""
    if not keys:
        return constant(rows[0][1]) if rows else unknown("whole")
    if keys[0].is_unknown or not rows:
        return unknown("whole")
    if keys[0].pieces:
        return chosen([(test, looked_up(rows, [piece, *keys[1:]])) for test, piece in keys[0].pieces], "whole")
    if keys[0].is_constant:
        return looked_up([(key[1:], value) for key, value in rows if key[0] == keys[0].value], keys[1:])
    return chosen(_rows_by_key(rows, keys), "whole")


def _rows_by_key(rows: Sequence[Row], keys: Sequence[Cell]) -> list[tuple[Sql, Cell]]:
    """The first keys of a table, those that lead to the same put together, each with what is under it."""
    under: dict[Scalar, list[Row]] = {}
    for key, value in rows:
        under.setdefault(key[0], []).append((key[1:], value))
    same: dict[tuple[Row, ...], list[Scalar]] = {}
    for word, rest in under.items():
        same.setdefault(tuple(rest), []).append(word)
    return [(_among(keys[0], words).sql, looked_up(rest, keys[1:])) for rest, words in same.items()]


def _among(value: Cell, members: Sequence[Scalar]) -> Cell:
    """Whether the value is one of the words."""
    if value.is_unknown:
        return UNKNOWN
    if value.is_constant:
        return constant(value.value in members)
    if not members:
        return known_with(False, value)
    if value.type == "flag":
        return known_with(True, value) if len(set(members)) == 2 else value if members[0] else negated(value)
    if value.type in ("date", "ratio") or any(not isinstance(word, (str, int)) for word in members):
        return both((comparing.compared("eq", value, constant(word)) for word in members), "or")
    return Cell("flag", sought(value.sql, members), strict=value.strict)


def in_bracket(value: Cell, scale: Sequence[tuple[int, int | Fraction]]) -> Cell:
    """The rate of the row the value falls in; unknown below the first."""
    if value.is_unknown:
        return unknown("whole")
    found: list[tuple[Cell, Cell]] = [(comparing.compared("ge", value, constant(start)), constant(rate)) for start, rate in reversed(scale)]
    if value.is_constant:
        return next((rate for test, rate in found if test.value), unknown("whole"))
    return chosen([(written(test), rate) for test, rate in found], "whole")


def marginal(value: Cell, scale: Sequence[tuple[int, int | Fraction]]) -> Cell:
    """Each part of the value times the rate of its row, added up; unknown below the first row."""
    ends = [*(start for start, _ in scale[1:]), None]
    found = constant(0)
    for (start, rate), end in zip(scale, ends, strict=True):
        upper = value if end is None else comparing.extreme("least", [value, constant(end)])
        part = comparing.extreme("greatest", [constant(0), sums.added(upper, constant(start), -1)])
        found = sums.added(found, sums.times(part, constant(rate)))
    return comparing.either(comparing.compared("ge", value, constant(scale[0][0])), found, unknown("whole"))


# --- dates -----------------------------------------------------------------------------------------------------------


def elapsed(unit: str, start: Cell, end: Cell) -> Cell:
    """Whole months or days from one date to another."""
    if start.is_unknown or end.is_unknown:
        return unknown("whole")
    count = months_between if unit == "months" else _days
    if start.is_constant and end.is_constant:
        return constant(count(start.value, end.value))
    low, high = (count(*(date.fromordinal(day) for day in pair)) for pair in ((start.high, end.low), (start.low, end.high)))
    sql = _months(start, end) if unit == "months" else written(end).delta(written(start), unit="day").cast("int64")
    steady: Steady | None = None
    if start.is_constant and end.steady:
        steady = end.steady.then(lambda day: count(start.value, day))
    elif end.is_constant and start.steady:
        steady = start.steady.then(lambda day: count(day, end.value))
    first, second = written(start), written(end)
    months = Months(first, second, second.delta(first, unit="day")) if unit == "months" else None
    return Cell("whole", sql, low=low, high=high, strict=strictly(start, end), steady=steady, months=months)


def _days(start: date, end: date) -> int:
    return (end - start).days


def _months(start: Cell, end: Cell) -> Sql:
    first, second = written(start), written(end)
    if start.high <= end.low:
        return _months_forward(first, second)
    import ibis

    earlier = second < first
    return ibis.cases((earlier, -_months_forward(second, first)), (~earlier, _months_forward(first, second)))


def _months_forward(start: Sql, end: Sql) -> Sql:
    """Months by the calendar, less one where the day of the month is not reached, unless the month has no such day."""
    import ibis

    months = (end.year() * 12 + end.month() - start.year() * 12 - start.month()).cast("int64")
    short = (end.day() < start.day()) & ~((end.day() >= 28) & (end.day() == _last_day(end)))
    return months - ibis.cases((short, ibis.literal(1, type="int64")), else_=ibis.literal(0, type="int64"))


def _last_day(day: Sql) -> Sql:
    return _length(day.year(), day.month())


def _length(year: Sql, month: Sql) -> Sql:
    """Days in a month."""
    import ibis

    short = (month == 4) | (month == 6) | (month == 9) | (month == 11)
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    return ibis.cases((month == 2, ibis.cases((leap, 29), else_=28)), (short, 30), else_=31)


def shifted(unit: str, start: Cell, by: Cell) -> Cell:
    """A date so many months or days later; unknown outside the days a rule may speak of."""
    if start.is_unknown or by.is_unknown:
        return unknown("date")
    if by.is_constant:
        return _shifted_evenly(unit, start, by.value)
    if by.pieces:
        pieces = tuple((test, shifted(unit, start, piece)) for test, piece in by.pieces)
        return replace(chosen(pieces, "date"), pieces=pieces)
    return _shifted_each(unit, start, by)


def _shifted_evenly(unit: str, start: Cell, by: int) -> Cell:
    move = add_months if unit == "months" else add_days
    if start.is_constant:
        found = move(start.value, by)
        return unknown("date") if found is None else constant(found)
    limits = _room(unit, start, by)
    if limits is None:
        return unknown("date")
    first, last = limits
    import ibis

    sql = (start.sql + (ibis.interval(months=by) if unit == "months" else ibis.interval(days=by))).cast("date")
    low, high = (move(date.fromordinal(day), by).toordinal() for day in limits)  # type: ignore[union-attr]
    if (first, last) != (start.low, start.high):
        inside = (start.sql >= date.fromordinal(first)) & (start.sql <= date.fromordinal(last))
        return Cell("date", ibis.cases((inside, sql)), low=low, high=high)
    least, most = comparing.span(by) if unit == "months" else (by, by)
    steady = start.steady.then(lambda day: move(day, by)) if start.steady else None
    return Cell("date", sql, low=low, high=high, strict=start.strict, steady=steady, around=Around(start.sql, least, most))


def _room(unit: str, start: Cell, by: int) -> tuple[int, int] | None:
    """The first and last day of `start` from which the move stays within the days a rule may speak of; None where there is none."""
    if unit == "days":
        first, last = FIRST.toordinal() - by, LAST.toordinal() - by
    else:
        first, last = _month_begins(FIRST.year * 12 - by), _month_begins((LAST.year + 1) * 12 - by) - 1
    first, last = max(first, start.low), min(last, start.high)
    return (first, last) if first <= last else None


def _month_begins(number: int) -> int:
    """The ordinal of the first day of a month counted from year 0; of the first or last day there is, beyond those."""
    year, month = divmod(number, 12)
    return date(year, month + 1, 1).toordinal() if 1 <= year <= 9999 else 0 if year < 1 else date.max.toordinal() + 1


def _shifted_each(unit: str, start: Cell, by: Cell) -> Cell:
    """A move of a length that differs from row to row, worked out as a sum on the calendar."""
    import ibis

    amount = numerator(by)
    day, number = written(start), written(amount)
    if unit == "days":
        number = _inside(number, LAST.toordinal() - FIRST.toordinal())
        return _within_days(Cell("date", (day + number.cast("int32").as_interval("D")).cast("date")))
    count = day.year() * 12 + day.month() - 1 + _inside(number, MOST_MONTHS)
    count = ibis.cases(((count >= FIRST.year * 12) & (count < (LAST.year + 1) * 12), count))
    year, month = count // 12, count % 12 + 1
    found = ibis.date(year, month, ibis.least(day.day(), _length(year, month)))
    return Cell("date", ibis.cases((count.notnull(), found)), low=FIRST.toordinal(), high=LAST.toordinal())


def _inside(number: Sql, most: int) -> Sql:
    import ibis

    return ibis.cases(((number >= -most) & (number <= most), number)).cast("int64")


def _within_days(cell: Cell) -> Cell:
    import ibis

    sql = ibis.cases(((cell.sql >= FIRST) & (cell.sql <= LAST), cell.sql))
    return Cell("date", sql, low=FIRST.toordinal(), high=LAST.toordinal())


def _modulo(left: Cell, right: Cell) -> Cell:
    return sums.remainder(left, right)


_SUMS: Final[Mapping[str, Callable[[Cell, Cell], Cell]]] = {
    "add": sums.added,
    "sub": lambda left, right: sums.added(left, right, -1),
    "mul": sums.times,
    "div": sums.divided,
    "floordiv": lambda left, right: sums.cut_down(sums.divided(left, right)),
    "mod": _modulo,
}
_CELLS: Final[Mapping[type[Node], Callable[[Translation, Any], Cell]]] = {
    Literal: Translation.literal,
    InputRef: Translation.input,
    FieldRef: Translation.row_field,
    GroupRef: Translation.group,
    ParameterRef: Translation.parameter,
    Comparison: Translation.comparison,
    Arithmetic: Translation.arithmetic,
    Rounded: Translation.rounding,
    Logic: Translation.logic,
    Negation: Translation.negation,
    Choice: Translation.choice,
    Extreme: Translation.extreme,
    Lookup: Translation.lookup,
    Bracket: Translation.bracket,
    Elapsed: Translation.elapsed,
    Shifted: Translation.shifted,
    YearOf: Translation.year,
    Membership: Translation.membership,
    IsEmpty: Translation.emptiness,
    Exists: Translation.existence,
    Total: Translation.sum_of_rows,
}
