"""Exact numbers over a table: sums, quotients and roundings that agree with the row reader to the last fen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import lcm

from guildhall.rules.cells import INT64, Cell, Sql, chosen, constant, denominator, fits, numerator, ratio, strictly, unknown, wide, written
from guildhall.rules.expressions import RuleFault

EXACT = 2**52
"""Up to here a division of whole numbers in floating point, cut down, is exact."""
WIDEST = 10**38 - 1


def _whole(low: int, high: int, make: Callable[[Sql, Sql], Sql], left: Cell, right: Cell) -> Cell:
    """The result of a sum on two whole numbers, carried wide enough for its limits."""
    if max(-low, high) > WIDEST:
        raise RuleFault("a number of the rule may grow past 38 digits", next="divide before multiplying, or bound it with least(…)")
    narrow = low >= -INT64 and high <= INT64 and fits(left) and fits(right)
    sql = make(written(left), written(right)) if narrow else make(wide(left), wide(right))
    return Cell("whole", sql, low=low, high=high, strict=strictly(left, right))


def _added(left: Cell, right: Cell, sign: int) -> Cell:
    if left.is_unknown or right.is_unknown:
        return unknown("whole")
    if left.is_constant and right.is_constant:
        return constant(left.value + sign * right.value)
    if right.is_constant and right.value == 0:
        return left
    if left.is_constant and left.value == 0 and sign == 1:
        return right
    low = left.low + (right.low if sign == 1 else -right.high)
    high = left.high + (right.high if sign == 1 else -right.low)
    found = _whole(low, high, lambda a, b: a + b if sign == 1 else a - b, left, right)
    if right.is_constant and left.steady:
        return replace(found, steady=left.steady.then(lambda value: value + sign * right.value))
    if left.is_constant and right.steady:
        return replace(found, steady=right.steady.then(lambda value: left.value + sign * value))
    return found


def multiplied(left: Cell, right: Cell) -> Cell:
    """The product of two whole numbers."""
    if left.is_unknown or right.is_unknown:
        return unknown("whole")
    if left.is_constant and right.is_constant:
        return constant(left.value * right.value)
    if left.is_constant:
        left, right = right, left
    if right.is_constant and right.value == 1:
        return left
    ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    found = _whole(min(ends), max(ends), lambda a, b: a * b, left, right)
    if right.is_constant and left.steady and right.value:
        return replace(found, steady=left.steady.then(lambda value: value * right.value))
    return found


def added(left: Cell, right: Cell, sign: int = 1) -> Cell:
    """Their sum, or with `sign` -1 their difference, exact."""
    below_left, below_right = denominator(left), denominator(right)
    if below_left.is_constant and below_right.is_constant:
        common = lcm(below_left.value, below_right.value)
        tops = [multiplied(numerator(cell), constant(common // denominator(cell).value)) for cell in (left, right)]
        return ratio(_added(tops[0], tops[1], sign), constant(common))
    top = _added(multiplied(numerator(left), below_right), multiplied(numerator(right), below_left), sign)
    return ratio(top, multiplied(below_left, below_right))


def times(left: Cell, right: Cell) -> Cell:
    """Their product, exact."""
    return ratio(multiplied(numerator(left), numerator(right)), multiplied(denominator(left), denominator(right)))


def divided(left: Cell, right: Cell) -> Cell:
    """Their quotient, exact; unknown where the divisor is zero."""
    divisor = numerator(right)
    if divisor.is_constant and not divisor.value:
        return unknown("ratio")
    top, below = multiplied(numerator(left), denominator(right)), multiplied(denominator(left), divisor)
    if below.is_constant:
        return ratio(multiplied(top, constant(-1)), constant(-below.value)) if below.high < 0 else ratio(top, below)
    if below.low > 0:
        return ratio(top, below)
    sign = Cell("whole", (below.sql > 0).ifelse(1, -1).cast("int64"), low=-1, high=1, strict=below.strict)
    size = Cell("whole", below.sql.abs().nullif(0), low=1, high=max(-below.low, below.high, 1))
    return ratio(multiplied(top, sign) if below.low < 0 else top, size)


def cut_down(cell: Cell) -> Cell:
    """The whole number at or below a ratio."""
    top, below = numerator(cell), denominator(cell)
    if top.is_unknown or below.is_unknown:
        return unknown("whole")
    if below.is_constant and below.value == 1:
        return top
    if top.is_constant and below.is_constant:
        return constant(top.value // below.value)
    least = below.low if below.low > 0 else 1
    low, high = min(top.low // least, top.low // below.high), max(top.high // least, top.high // below.high)
    size = max(-top.low, top.high)
    strict = strictly(top, below)
    if size < EXACT and below.high < EXACT:
        found = Cell("whole", written(top) // written(below), low=low, high=high, strict=strict)
    else:
        found = Cell("whole", _divided_wide(top, below, size), low=low, high=high, strict=strict)
    if top.steady and below.is_constant:
        return replace(found, steady=top.steady.then(lambda value: value // below.value))
    return found


def _divided_wide(top: Cell, below: Cell, size: int) -> Sql:
    """A quotient found in floating point and mended by the exact rest until it is one off at most, then settled by whole numbers.

    An engine may round or cut where it makes a whole number of a quotient; either will do.
    """
    large = max(size, below.high) > INT64 // 4
    above, under = (wide(top), wide(below)) if large else (written(top), written(below))
    kind = "decimal(38, 0)" if large else "int64"

    def about(rest: Sql) -> Sql:
        return (rest.cast("float64") / under.cast("float64")).cast(kind)

    found, left = about(above), size
    while left >= EXACT // 4:
        found, left = found + about(above - found * under), left // (EXACT // 4)
    return found + (above >= (found + 1) * under).cast(kind) - (above < found * under).cast(kind)


def remainder(left: Cell, right: Cell) -> Cell:
    """What is left of `left` after taking out whole multiples of `right`, with the sign of `right`; unknown where that is zero."""
    return added(left, times(cut_down(divided(left, right)), right), -1)


def rounded(cell: Cell, rounding: str, step: int) -> Cell:
    """A whole multiple of `step`, by a rounding of kernel.money."""
    top, below = numerator(cell), multiplied(denominator(cell), constant(step))
    if top.is_unknown or below.is_unknown:
        return unknown("whole")
    if below.is_constant and below.value == 1:
        return top
    return multiplied(_ROUNDINGS[rounding](top, below), constant(step))


def _up(top: Cell, below: Cell) -> Cell:
    return _negative(cut_down(ratio(_negative(top), below)))


def _down(top: Cell, below: Cell) -> Cell:
    return cut_down(ratio(top, below))


def _negative(cell: Cell) -> Cell:
    return multiplied(cell, constant(-1))


def _near_up(top: Cell, below: Cell) -> Cell:
    """The nearest, a tie going up."""
    return _down(_added(multiplied(top, constant(2)), below, 1), multiplied(below, constant(2)))


def _near_down(top: Cell, below: Cell) -> Cell:
    """The nearest, a tie going down."""
    return _up(_added(multiplied(top, constant(2)), below, -1), multiplied(below, constant(2)))


def _even(top: Cell, below: Cell) -> Cell:
    """The nearest, a tie going to the even side: where the two nearest differ it is a tie, and the even one of them is meant."""
    high, low = _near_up(top, below), _near_down(top, below)
    if high.is_constant:
        return high if high.value % 2 == 0 else low
    return chosen([(high.sql % 2 == 0, high), (high.sql % 2 != 0, low)], "whole")


def _by_sign(above: Callable[[Cell, Cell], Cell], under: Callable[[Cell, Cell], Cell]) -> Callable[[Cell, Cell], Cell]:
    """One rounding for numbers of zero or more, another for those below."""

    def choose(top: Cell, below: Cell) -> Cell:
        if top.low >= 0:
            return above(top, below)
        if top.high <= 0:
            return under(top, below)
        return chosen([(top.sql >= 0, above(top, below)), (top.sql < 0, under(top, below))], "whole")

    return choose


_ROUNDINGS: Mapping[str, Callable[[Cell, Cell], Cell]] = {
    "floor": _down,
    "ceiling": _up,
    "half_up": _by_sign(_near_up, _near_down),
    "half_down": _by_sign(_near_down, _near_up),
    "half_even": _even,
    "up": _by_sign(_up, _down),
    "down": _by_sign(_down, _up),
}
