"""Numbers as people read them: grouped digits, exact percentages, and round words for headings."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guildhall.kernel.disclosure import THRESHOLD as FEW
from guildhall.kernel.disclosure import Withheld

Number = int | Decimal | Fraction
MISSING = "—"
HIDDEN = "∗"
"""A count of a few people, or one that would give such a count away."""


def rounded(value: Number, places: int) -> Decimal:
    """`value` to so many decimals, halves away from zero, from the exact fraction and never through a float."""
    exact = Fraction(value)
    scaled = abs(exact) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return (Decimal(whole if exact >= 0 else -whole) / Decimal(10**places)).quantize(Decimal(1).scaleb(-places))


def grouped(value: Number | Withheld | None, places: int | None = None) -> str:
    """5,680,000 or 0.05: grouped by thousands; without `places`, as many decimals as the value has, two at most."""
    if value is None:
        return MISSING
    if isinstance(value, Withheld):
        return HIDDEN
    if places is None:
        places = decimals(value)
    text = f"{rounded(value, places):,f}"
    return text.replace("-", "−")


def decimals(value: Number) -> int:
    """Decimals needed to write a value, two at most."""
    exact = Fraction(value)
    for places in (0, 1):
        if (exact * 10**places).denominator == 1:
            return places
    return 2


def percent(value: Number | Withheld | None, places: int = 1) -> str:
    """A share as a percentage: Fraction(8, 25) → 32.0 %."""
    if isinstance(value, Withheld):
        return HIDDEN
    return MISSING if value is None else f"{grouped(Fraction(value) * 100, places)} %"


def with_unit(value: Number | None, unit: str, qualifier: str = "", places: int | None = None) -> str:
    """A value with its qualifier, and its unit where that is a sign: > 3,300, +42 %; a plus stands at what has grown alone."""
    if value is None:
        return MISSING
    text = f"{grouped(value, places)} %" if unit == "percent" else grouped(value, places)
    if qualifier == "+":
        return f"+{text}" if value > 0 else text
    return f"{qualifier} {text}" if qualifier else text


def in_words(value: Number | None, unit: str, qualifier: str = "", language: str = "en") -> str:
    """A value with the words of its unit: 9,000 people, 124.007 billion yuan or 1,240.07 亿元."""
    if value is None:
        return MISSING
    if unit == "yuan_100m" and not language.startswith("zh"):
        text = f"{rounded(Fraction(value) / 10, 3):,f}".rstrip("0").rstrip(".")
        return f"{qualifier} {text} billion yuan".strip()
    text = with_unit(value, unit, qualifier)
    return text if unit == "percent" else f"{text} {unit_word(unit)}".strip()


def counted(value: Number | Withheld | None, scale: Fraction) -> str:
    """A count of people in a model; what a sample holds fewer than ten of is chance, and is shown as no more than that."""
    if value is not None and not isinstance(value, Withheld) and scale < 1 and value < FEW:
        return f"< {FEW}"
    return grouped(value)


def short(value: Number | None, unit: str = "", language: str = "en") -> str:
    """A value in round words for a heading: 568 万 or 5.68 million; exact digits where it is small."""
    if value is None:
        return MISSING
    if unit == "percent":
        return f"{grouped(value)} %"
    steps: tuple[tuple[int, str], ...] = (
        ((10**8, "亿"), (10**4, "万")) if language.startswith("zh") else ((10**9, "billion"), (10**6, "million"))
    )
    for step, word in steps:
        if abs(Fraction(value)) >= step:
            return f"{trimmed(Fraction(value) / step)} {word}"
    return grouped(value)


def trimmed(value: Fraction) -> str:
    """Two decimals without closing zeros: 568, 5.68, 0.5."""
    text = str(rounded(value, 2).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return text.rstrip("0").rstrip(".")


def unit_word(unit: str) -> str:
    """The unit in the reader's language."""
    words = {
        "persons": pgettext("unit", "people"),
        "percent": pgettext("unit", "per cent"),
        "count": pgettext("unit", "in number"),
        "participant_times": pgettext("unit", "participations"),
        "participant_hours": pgettext("unit", "participant hours"),
        "programmes": pgettext("unit", "programmes"),
        "bases": pgettext("unit", "bases"),
        "yuan": pgettext("unit", "yuan"),
        "yuan_100m": pgettext("unit", "100 million yuan"),
        "km2": pgettext("unit", "km²"),
        "townships": pgettext("unit", "townships"),
        "weight": pgettext("unit", "relative weight"),
        "organisations": pgettext("unit", "organisations"),
        "year": pgettext("unit", "year"),
        "unit": "",
        "years": pgettext("unit", "years"),
        "households": pgettext("unit", "households"),
        "fen": pgettext("unit", "fen"),
        "share": pgettext("unit", "share"),
        "degrees, WGS-84": pgettext("unit", "degrees, WGS-84"),
        "days": pgettext("unit", "days"),
        "months": pgettext("unit", "months"),
        "grants": pgettext("unit", "grants"),
        "cases": pgettext("unit", "cases"),
        "basis points": pgettext("unit", "basis points"),
    }
    return words.get(unit, unit)


def yes_no(value: bool | None) -> str:
    """Yes, no, or not known."""
    return _("not known") if value is None else _("yes") if value else _("no")


def kind_of_column(name: str) -> str:
    """The kind of values a column holds, in the reader's language."""
    kinds = {
        "text": _("text"),
        "whole": _("whole number"),
        "flag": _("yes or no"),
        "date": pgettext("kind", "date"),
        "decimal": _("decimal number"),
    }
    return kinds.get(name, name)
