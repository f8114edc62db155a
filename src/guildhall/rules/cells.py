"""What an expression of a rule becomes over a table: a constant, or a column of an Ibis table with the limits of its values.

Unknown is NULL. Constants are worked out here, before any query: an expression that can be decided without the rows never
reaches the engine. Limits say when whole numbers could leave int64; only then are they carried as decimals of 38 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final, TypeAlias

from guildhall.rules.expressions import Scalar

Sql: TypeAlias = Any
"""An Ibis value; Ibis ships no types."""
INT64 = 2**63 - 1
MOST_PIECES = 6
_TYPES: Final[Mapping[str, str]] = {"flag": "boolean", "whole": "int64", "ratio": "int64", "date": "date", "word": "string"}


@dataclass(frozen=True, slots=True)
class Steady:
    """That a cell is a function of one date which never turns back: `of(day)` only rises with the day, or only falls.

    A comparison with a constant is then one comparison of the date itself. The date lies from `first` to `last` (ordinals).
    """

    column: Sql
    first: int
    last: int
    of: Callable[[date], Any]

    def then(self, step: Callable[[Any], Any]) -> Steady:
        """The same, with a step after it that only rises, or only falls."""
        before = self.of
        return Steady(self.column, self.first, self.last, lambda day: step(before(day)))


@dataclass(frozen=True, slots=True)
class Around:
    """That a date lies from `least` to `most` days after another date: enough to compare most rows without calendar sums."""

    base: Sql
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Months:
    """That a whole number counts the months from one date to another; the days between them tell most comparisons by themselves."""

    start: Sql
    end: Sql
    days: Sql


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A constant (`sql` unset; `value` None is unknown), or a column.

    `low` and `high` bound a whole number, or the ordinal of a date. `per` is the denominator of a ratio, always above zero.
    `strict` are the columns without whose value it is unknown, and known with them all; unset where only it can tell.
    `pieces` are the constants it takes, each with the test of the rows where it does.
    """

    type: str
    sql: Sql = None
    value: Any = None
    low: int = 0
    high: int = 0
    per: Cell | None = None
    strict: tuple[Sql, ...] | None = None
    steady: Steady | None = None
    around: Around | None = None
    months: Months | None = None
    pieces: tuple[tuple[Sql, Cell], ...] = ()

    @property
    def is_constant(self) -> bool:
        return self.sql is None

    @property
    def is_unknown(self) -> bool:
        """Unknown in every row."""
        return self.sql is None and self.value is None

    @property
    def is_sure(self) -> bool:
        """Known in every row."""
        return self.strict == () if self.sql is not None else self.value is not None


def constant(value: Scalar) -> Cell:
    """The cell of a known constant."""
    if isinstance(value, bool):
        return Cell("flag", value=value)
    if isinstance(value, Fraction) and value.denominator != 1:
        return Cell("ratio", value=value)
    if isinstance(value, (int, Fraction)):
        return Cell("whole", value=int(value), low=int(value), high=int(value))
    if isinstance(value, date):
        return Cell("date", value=value, low=value.toordinal(), high=value.toordinal())
    return Cell("word", value=value)


def unknown(type_: str) -> Cell:
    """The cell that is unknown in every row."""
    return Cell(type_)


TRUE, FALSE, UNKNOWN = constant(True), constant(False), unknown("flag")
ONE = constant(1)


def written(cell: Cell) -> Sql:
    """The cell as an Ibis value; a number or date is given its type, so that no engine picks a narrower one."""
    import ibis

    if cell.sql is not None:
        return cell.sql
    if cell.type == "whole" and cell.value is not None and abs(cell.value) > INT64:
        return ibis.literal(str(cell.value)).cast("decimal(38, 0)")
    if cell.type == "whole" and cell.value is not None and abs(cell.value) < 2**31:
        return ibis.literal(cell.value, type="int32").cast("int64")  # written as a cast: a bare number would be of 32 bits
    return ibis.literal(cell.value, type=_TYPES[cell.type])


def plain(cell: Cell) -> Sql:
    """The cell for a comparison, where a bare constant serves."""
    return cell.value if cell.sql is None and cell.value is not None else written(cell)


def sought(sql: Sql, words: Sequence[Scalar]) -> Sql:
    """Whether a value is one of several, NULL where it is. Not `isin`: of that DuckDB makes a join, which costs more than the search.

    Engines differ on whether a list contains NULL, so NULL is not asked for.
    """
    if len(words) <= 2:
        found = sql == words[0]
        return found if len(words) == 1 else found | (sql == words[1])
    import ibis

    return ibis.cases((sql.notnull(), ibis.array(list(words)).contains(sql)))


def strictly(*cells: Cell) -> tuple[Sql, ...] | None:
    """The columns on which all these cells rest; unset where one of them can only tell itself."""
    found: dict[int, Sql] = {}
    for cell in cells:
        if cell.sql is None:
            continue
        if cell.strict is None:
            return None
        found.update((hash(column), column) for column in cell.strict)
    return tuple(found.values())


def is_unknown(cell: Cell) -> Sql | bool:
    """Whether the cell is NULL in a row: True or False where that is the same for all."""
    if cell.sql is None or cell.is_sure:
        return cell.is_unknown
    parts = (cell.sql,) if cell.strict is None else cell.strict
    found = parts[0].isnull()
    for part in parts[1:]:
        found = found | part.isnull()
    return found


def left_open(cell: Cell) -> Cell:
    """The same as a flag, known in every row."""
    test = is_unknown(cell)
    return constant(test) if isinstance(test, bool) else Cell("flag", test, strict=())


def chosen(branches: Sequence[tuple[Sql, Cell]], type_: str) -> Cell:
    """The cell of the first branch whose test is true; unknown where none is. Tests are Ibis values."""
    kept = [(test, cell) for test, cell in branches if not cell.is_unknown]
    if not kept:
        return unknown(type_)
    if any(cell.type == "ratio" or cell.per is not None for _, cell in kept):
        return _chosen_ratio(kept)
    cells = of_one_width([cell for _, cell in kept])
    import ibis

    sql = ibis.cases(*((test, written(cell)) for (test, _), cell in zip(kept, cells, strict=True)))
    return Cell(cells[0].type, sql, low=min(cell.low for cell in cells), high=max(cell.high for cell in cells))


def pieces_of(branches: Sequence[tuple[Sql, Cell]]) -> tuple[tuple[Sql, Cell], ...]:
    """The constants that a choice takes, with the rows where it does; none where it takes anything else, or more than MOST_PIECES."""
    found: list[tuple[Sql, Cell]] = []
    for test, cell in branches:
        if cell.is_constant:
            found += [] if cell.is_unknown else [(test, cell)]
        elif cell.pieces:
            found += [(test & inner, piece) for inner, piece in cell.pieces]
        else:
            return ()
    return tuple(found) if len(found) <= MOST_PIECES else ()


def _chosen_ratio(branches: Sequence[tuple[Sql, Cell]]) -> Cell:
    tops = [(test, numerator(cell)) for test, cell in branches]
    lows = [(test, denominator(cell)) for test, cell in branches]
    if len({cell.value for _, cell in lows if cell.is_constant}) == 1 and all(cell.is_constant for _, cell in lows):
        return ratio(chosen(tops, "whole"), lows[0][1])
    return ratio(chosen(tops, "whole"), chosen(lows, "whole"))


def numerator(cell: Cell) -> Cell:
    """The whole number above the line."""
    if cell.type != "ratio":
        return cell
    if cell.is_constant:
        return unknown("whole") if cell.value is None else constant(Fraction(cell.value).numerator)
    return replace(cell, type="whole", per=None)


def denominator(cell: Cell) -> Cell:
    """The whole number below the line: 1 of a whole number."""
    if cell.is_constant and isinstance(cell.value, Fraction):
        return constant(cell.value.denominator)
    return cell.per or ONE


def ratio(top: Cell, below: Cell) -> Cell:
    """Their quotient, unrounded; `below` is never zero or less. A whole number where it is 1."""
    if top.is_unknown or below.is_unknown:
        return unknown("ratio")
    if below.is_constant and below.value == 1:
        return top
    if top.is_constant and below.is_constant:
        return constant(Fraction(top.value, below.value))
    return Cell("ratio", written(top), low=top.low, high=top.high, per=below, strict=strictly(top, below))


def of_one_width(cells: Sequence[Cell]) -> list[Cell]:
    """The same cells, all carried as decimals if one must be: CASE gives one type."""
    if cells[0].type != "whole" or all(fits(cell) for cell in cells):
        return list(cells)
    return [replace(cell, sql=wide(cell)) for cell in cells]


def fits(cell: Cell) -> bool:
    return cell.low >= -INT64 and cell.high <= INT64


def wide(cell: Cell) -> Sql:
    return written(cell).cast("decimal(38, 0)")


def both(parts: Iterable[Cell], op: str) -> Cell:
    """All parts (`and`) or any (`or`), by Kleene's logic, which is that of SQL."""
    decides = op == "or"
    kept: list[Cell] = []
    for part in parts:
        if part.is_constant and part.value is decides:
            return part
        if not (part.is_constant and part.value is (not decides)):
            kept.append(part)
    if not kept:
        return constant(not decides)
    if all(part.is_unknown for part in kept):
        return UNKNOWN
    if len(kept) == 1:
        return kept[0]
    sql = _flag(kept[0])
    for part in kept[1:]:
        sql = sql | _flag(part) if decides else sql & _flag(part)
    return Cell("flag", sql, strict=() if all(part.is_sure for part in kept) else None)


def _flag(part: Cell) -> Sql:
    return written(UNKNOWN if part.is_unknown else part)


def negated(part: Cell) -> Cell:
    """The opposite. Written `= false`: of NOT, Ibis makes `NOT x IS NULL` where `(NOT x) IS NULL` is asked."""
    if part.is_constant:
        return UNKNOWN if part.value is None else constant(not part.value)
    import ibis

    return Cell("flag", part.sql == ibis.literal(False), strict=part.strict)


def known_with(value: bool, *cells: Cell) -> Cell:
    """A flag of one value wherever all these cells are known."""
    strict = strictly(*cells)
    if strict == ():
        return constant(value)
    tests = tuple(cell.sql for cell in cells if cell.sql is not None) if strict is None else strict
    known = tests[0].notnull()
    for test in tests[1:]:
        known = known & test.notnull()
    import ibis

    return Cell("flag", ibis.cases((known, ibis.literal(value))), strict=strict)
