"""Comparisons over a table, answered from limits, turning days and day counts before any calendar is worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

from guildhall.rules.cells import (
    UNKNOWN,
    Cell,
    both,
    chosen,
    constant,
    denominator,
    known_with,
    negated,
    numerator,
    of_one_width,
    plain,
    strictly,
    unknown,
    written,
)
from guildhall.rules.expressions import Order
from guildhall.rules.sums import multiplied

_SQL: Mapping[Order, Callable[[Any, Any], Any]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}
_MIRRORED: Mapping[Order, Order] = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


def compared(order: Order, left: Cell, right: Cell) -> Cell:
    """Whether they stand in that order; unknown where either is."""
    if left.is_unknown or right.is_unknown:
        return UNKNOWN
    if left.is_constant and right.is_constant:
        return constant(bool(_SQL[order](left.value, right.value)))
    if left.is_constant:
        return compared(_MIRRORED[order], right, left)
    if "ratio" in (left.type, right.type):
        return _compared_ratios(order, left, right)
    if left.type in ("whole", "date") and (told := _told_by_limits(order, left, right)) is not None:
        return known_with(told, left, right)
    short = _compared_shortly(order, left, right)
    return short or Cell("flag", _SQL[order](left.sql, plain(right)), strict=strictly(left, right))


def _compared_shortly(order: Order, left: Cell, right: Cell) -> Cell | None:
    """The comparison where something shorter than the two sides tells it."""
    if right.is_constant and left.steady is not None:
        return _compared_steadily(order, left, right)
    for one, other, way in ((left, right, order), (right, left, _MIRRORED[order])):
        if other.around is not None:
            return _compared_around(way, one, other)
        if other.pieces and (one.is_constant or one.months or any(piece.around or piece.steady for _, piece in other.pieces)):
            return chosen([(test, compared(way, one, piece)) for test, piece in other.pieces], "flag")
    return _compared_months(order, left, right.value) if left.months is not None and right.is_constant else None


def _compared_ratios(order: Order, left: Cell, right: Cell) -> Cell:
    """Across: a/b against c/d is a·d against c·b, denominators being above zero; a constant on the right shrinks to a whole number."""
    if right.is_constant and denominator(left).is_constant:
        bound = Fraction(right.value) * denominator(left).value
        if bound.denominator != 1:
            return _against_fraction(order, numerator(left), bound)
        return compared(order, numerator(left), constant(bound))
    return compared(order, multiplied(numerator(left), denominator(right)), multiplied(numerator(right), denominator(left)))


def _against_fraction(order: Order, left: Cell, bound: Fraction) -> Cell:
    if order in ("eq", "ne"):
        return known_with(order == "ne", left)
    return compared("le" if order in ("lt", "le") else "ge", left, constant(floor(bound) if order in ("lt", "le") else ceil(bound)))


def _told_by_limits(order: Order, left: Cell, right: Cell) -> bool | None:
    """The answer where the limits of both sides leave no other."""
    if left.high < right.low:
        return order in ("lt", "le", "ne")
    if left.low > right.high:
        return order in ("gt", "ge", "ne")
    if left.high == right.low and order in ("le", "gt"):
        return order == "le"
    if left.low == right.high and order in ("ge", "lt"):
        return order == "ge"
    return None


def _compared_steadily(order: Order, left: Cell, right: Cell) -> Cell:
    """One comparison of the date itself with the day on which the answer turns."""
    if order == "eq":
        return replace(both([compared("ge", left, right), compared("le", left, right)], "and"), strict=left.strict)
    if order == "ne":
        return negated(compared("eq", left, right))
    steady = left.steady
    assert steady is not None
    test, bound = _SQL[order], right.value
    begins = test(steady.of(date.fromordinal(steady.first)), bound)
    if begins == test(steady.of(date.fromordinal(steady.last)), bound):
        return known_with(bool(begins), left)
    low, high = steady.first, steady.last
    while high - low > 1:
        middle = (low + high) // 2
        if test(steady.of(date.fromordinal(middle)), bound) == begins:
            low = middle
        else:
            high = middle
    turn = date.fromordinal(high)
    return Cell("flag", steady.column < turn if begins else steady.column >= turn, strict=left.strict)


def _compared_around(order: Order, left: Cell, right: Cell) -> Cell:
    """Days tell for all but the rows within a few days of the edge; only those work out the calendar."""
    import ibis

    around = right.around
    assert around is not None
    days = written(left).delta(around.base, unit="day")
    if around.least == around.most:
        return Cell("flag", _SQL[order](days, around.least), strict=strictly(left, right))
    sooner, later = order in ("lt", "le", "ne"), order in ("gt", "ge", "ne")
    exact = _SQL[order](written(left), right.sql)
    sql = ibis.cases((days < around.least, ibis.literal(sooner)), (days > around.most, ibis.literal(later)), else_=exact)
    return Cell("flag", sql, strict=strictly(left, right))


def _compared_months(order: Order, left: Cell, number: int) -> Cell:
    """Days tell whether so many months are full for all but the rows within a few days of it."""
    if order in ("eq", "ne"):
        found = both([_compared_months("ge", left, number), _compared_months("le", left, number)], "and")
        found = replace(found, strict=left.strict)
        return negated(found) if order == "ne" else found
    if order in ("gt", "le"):
        number, order = number + 1, "ge" if order == "gt" else "lt"
    least, most = span(number if number > 0 else number - 1)[0], span(number)[1]
    full = order == "ge"
    import ibis

    between = left.months
    assert between is not None
    days, exact = between.days, _SQL[order](left.sql, number)
    if number > 0:  # so many months are full from the day that they lead to
        exact = _SQL[order](between.end, between.start + ibis.interval(months=number))
    sql = ibis.cases((days < least, ibis.literal(not full)), (days > most, ibis.literal(full)), else_=exact)
    return Cell("flag", sql, strict=left.strict)


def span(months: int) -> tuple[int, int]:
    """Bounds of the days that so many months can be: fewer, and more, than any such months have."""
    return months * 146_097 // 4800 - 4, -(-months * 146_097 // 4800) + 4


def either(test: Cell, then: Cell, otherwise: Cell) -> Cell:
    """`then` where the test is true, `otherwise` where it is false, unknown where it is unknown."""
    if test.is_constant:
        return unknown(then.type) if test.value is None else then if test.value else otherwise
    if then.is_constant and otherwise.is_constant and then.type == otherwise.type == "flag" and None not in (then.value, otherwise.value):
        if then.value is otherwise.value:
            return known_with(bool(then.value), test)
        return test if then.value else negated(test)
    branches = ((test.sql, then), (~test.sql, otherwise))
    found = chosen(branches, then.type)
    if then.is_constant and otherwise.is_constant and not found.is_unknown:
        found = replace(found, pieces=branches, strict=None if then.is_unknown or otherwise.is_unknown else test.strict)
    return replace(found, strict=()) if test.is_sure and then.is_sure and otherwise.is_sure else found


def extreme(op: str, parts: Sequence[Cell]) -> Cell:
    """The least or greatest; unknown where any is, which is not what SQL's own functions say."""
    if any(part.is_unknown for part in parts):
        return unknown(parts[0].type)
    constants = [part for part in parts if part.is_constant]
    columns = [part for part in parts if not part.is_constant]
    if constants:
        pick = min if op == "least" else max
        columns.append(constant(pick(part.value for part in constants)))
    found = columns[0]
    for part in columns[1:]:
        found = _extreme(op, found, part)
    return found


def _extreme(op: str, left: Cell, right: Cell) -> Cell:
    if "ratio" in (left.type, right.type):
        first = compared("le" if op == "least" else "ge", left, right)
        return either(first, left, right)
    pick = min if op == "least" else max
    low, high = pick(left.low, right.low), pick(left.high, right.high)
    if left.type == "whole":
        left, right = of_one_width([left, right])
    import ibis

    function = ibis.least if op == "least" else ibis.greatest
    sql = function(written(left), written(right))
    strict = strictly(left, right)
    if strict is None:
        known = left.sql.notnull() & right.sql.notnull() if right.sql is not None else left.sql.notnull()
        return Cell(left.type, ibis.cases((known, sql)), low=low, high=high)
    for column in strict:
        sql = ibis.cases((column.notnull(), sql))
    return Cell(left.type, sql, low=low, high=high, strict=strict)
