"""Money as whole fen (1/100 yuan) in ordinary integers, with every rounding named and every division accounted for.

`Fen` is `int` with a name for the type checker: sums, comparisons and int64 columns work as for any integer, and no
function here takes or returns a float. A rate is a `fractions.Fraction` (or an int), never a decimal approximation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, NewType

from guildhall.kernel.errors import GuildhallError

Fen = NewType("Fen", int)
YUAN = Fen(100)
LARGEST = Fen(2**63 - 1)
"""The most a column of int64 holds; parsing refuses more."""

Rounding = Literal["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"]
"""To the nearest whole, a tie going away from zero (half_up), to the even side (half_even) or towards zero (half_down);
or always away from zero (up), towards zero (down), towards +∞ (ceiling), towards −∞ (floor)."""

_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: " ", 0x00A0: " ", 0x202F: " ", 0xFFE5: "¥", 0x2212: "-"}
_AMOUNT = re.compile(r"(?P<sign>[+-]?)¥?(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<part>[0-9]{1,2}))?元?")


class NotMoney(GuildhallError):
    """A text that cannot be read as an amount of yuan without guessing."""


def rounded(number: Fraction | int, rounding: Rounding) -> int:
    """The whole number that `rounding` picks for an exact one."""
    _refuse_floats(number)
    floor, rest = divmod(Fraction(number), 1)
    if rest == 0:
        return floor
    if rounding.startswith("half") and rest != Fraction(1, 2):
        return floor + (rest > Fraction(1, 2))
    above = {
        "half_up": number > 0,
        "half_even": floor % 2 == 1,
        "half_down": number < 0,
        "up": number > 0,
        "down": number < 0,
        "ceiling": True,
        "floor": False,
    }[rounding]
    return floor + above


def times(amount: Fen, factor: Fraction | int, rounding: Rounding) -> Fen:
    """`amount` multiplied by an exact factor, rounded once to whole fen."""
    _refuse_floats(amount, factor)
    return Fen(rounded(Fraction(factor) * amount, rounding))


def to_step(amount: Fen, step: Fen, rounding: Rounding) -> Fen:
    """`amount` rounded to a multiple of `step`, such as `YUAN` for rules that pay whole yuan. `step` is positive."""
    _refuse_floats(amount, step)
    return Fen(rounded(Fraction(amount, step), rounding) * step)


def allocate(total: Fen, weights: Sequence[Fraction | int]) -> list[Fen]:
    """`total` shared in proportion to `weights`: the shares add up to it exactly, and none is a fen or more off its exact part.

    Each share is first cut towards zero; the fen left over go to the largest remainders, the earlier weight first where
    they tie. Raises ValueError for a negative weight, or when the weights add up to nothing.
    """
    _refuse_floats(total, *weights)
    whole = sum(Fraction(weight) for weight in weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be zero or more, and not all zero")
    sign = -1 if total < 0 else 1
    exact = [Fraction(weight) * abs(total) / whole for weight in weights]
    shares = [int(part) for part in exact]
    left = abs(total) - sum(shares)
    for place in sorted(range(len(shares)), key=lambda place: shares[place] - exact[place])[:left]:
        shares[place] += 1
    return [Fen(sign * share) for share in shares]


def parse_yuan(text: str) -> Fen:
    """The amount a person wrote in yuan: `1,234.50`, `¥1234.5`, `１，２３４．５０元`, `-3`.

    Raises NotMoney for anything else: empty text, more than two decimals, groups that are not of three digits, words
    such as 万, and other scripts' digits.
    """
    shown = text.translate(_FULL_WIDTH).strip()
    found = _AMOUNT.fullmatch(shown.replace("¥ ", "¥").replace(" 元", "元"))
    if found is None:
        raise NotMoney(
            f"{text!r} is not an amount in yuan", why=_why_not(shown), next="write digits with at most two decimals, such as 1,234.50"
        )
    fen = int(found["whole"].replace(",", "")) * YUAN + int((found["part"] or "").ljust(2, "0"))
    if fen > LARGEST:
        raise NotMoney(f"{text!r} is more than an amount can be", why=f"the largest is {format_yuan(LARGEST, 'en')}", next="check the unit")
    return Fen(-fen if found["sign"] == "-" else fen)


def plain_yuan(amount: Fen) -> str:
    """`1234.50`: always two decimals and no grouping, for files and JSON; `parse_yuan` reads it back."""
    _refuse_floats(amount)
    yuan, fen = divmod(abs(amount), YUAN)
    return f"{'-' if amount < 0 else ''}{yuan}.{fen:02d}"


def format_yuan(amount: Fen, language: str) -> str:
    """`1,234.50元` for any `zh…` language, `¥1,234.50` otherwise; `parse_yuan` reads both back."""
    _refuse_floats(amount)
    yuan, fen = divmod(abs(amount), YUAN)
    sign, digits = "-" if amount < 0 else "", f"{yuan:,}.{fen:02d}"
    return f"{sign}{digits}元" if language.lower().startswith("zh") else f"{sign}¥{digits}"


def _why_not(shown: str) -> str:
    if not shown:
        return "it is empty"
    if re.search(r"\.[0-9]{3,}", shown):
        return "it has more than two decimals, and rounding must be decided by a person"
    if "万" in shown or "亿" in shown:
        return "it counts in 万 or 亿"
    if "," in shown:
        return "its commas do not part groups of three digits"
    return "it holds something other than digits, a point, commas, a sign, ¥ or 元"


def _refuse_floats(*numbers: object) -> None:
    """Money arithmetic on a float is a bug, whoever silenced the type checker."""
    for number in numbers:
        if not isinstance(number, (int, Fraction)):
            raise TypeError(f"money and rates are int or Fraction, not {type(number).__name__}")
