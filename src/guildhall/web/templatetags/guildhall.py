"""Template filters of the house: two-language text, numbers, units and statuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from guildhall.kernel.tables import Text
from guildhall.web import numbers, words

register = template.Library()


@register.filter
def text(value: Text | str | None) -> str:
    """The words in the reader's language; the other language where one is empty."""
    if value is None or isinstance(value, str) and not isinstance(value, Text):
        return value or ""
    return value.in_(get_language() or "zh-hans") or value.zh or value.en


@register.filter
def other_text(value: Text) -> str:
    """The words in the language that is not the reader's."""
    return value.en if (get_language() or "zh").startswith("zh") else value.zh


@register.filter
def number(value: numbers.Number | None) -> str:
    return numbers.grouped(value)


@register.filter
def amount(value: numbers.Number | None, unit: str) -> str:
    """A value with its unit where that is a sign (32 %), otherwise the digits alone."""
    return numbers.with_unit(value, unit)


@register.filter
def like(value: numbers.Number | None, figure: Any) -> str:
    """A value of a figure with the decimals of that figure, so that published and computed compare by eye."""
    return numbers.with_unit(value, figure.unit, places=figure.places)


@register.filter
def exact(value: Decimal) -> str:
    """Every digit of a decimal, grouped by thousands."""
    return f"{value.normalize():,f}"


@register.filter
def share(value: numbers.Number | None) -> str:
    return numbers.percent(value)


@register.filter
def short(value: numbers.Number | None, unit: str = "") -> str:
    return numbers.short(value, unit, get_language() or "zh-hans")


@register.filter
def unit(value: str) -> str:
    return numbers.unit_word(value)


@register.filter
def word(value: str, of: str) -> str:
    """A word of a closed list, such as a kind of place, in the reader's language."""
    return words.word(of, value)


@register.filter
def known(value: str) -> SafeString:
    """How well something is known, as a small tag."""
    tone = {"assumed": "wait", "generated": "wait", "unverified": "wait", "unknown": "stop", "official": "ok", "statute": "ok"}.get(
        value, ""
    )
    return format_html('<span class="tag {}">{}</span>', tone, words.word("status", value)) if value else format_html("")


@register.filter
def yes(value: bool | None) -> str:
    return numbers.yes_no(value)


@register.filter
def arrow(value: object) -> str:
    """The type of a column in plain words."""
    name = str(value)
    if name.startswith("dictionary"):
        return numbers.kind_of_column("text")
    return numbers.kind_of_column(
        {"string": "text", "int64": "whole", "bool": "flag", "date32[day]": "date", "double": "decimal"}.get(name, name)
    )


@register.filter
def name(row: Any) -> str:
    """The name of a record in the reader's language; the Chinese one where there is no other."""
    english = (get_language() or "zh").startswith("en")
    return (row.name_en if english else row.name_zh) or row.name_zh or row.name_en or ""


@register.filter
def other_name(row: Any) -> str:
    """The name of a record in the language that is not the reader's."""
    return (row.name_zh if (get_language() or "zh").startswith("en") else row.name_en) or ""


@register.filter
def at(mapping: Any, key: object) -> Any:
    """The value under a key, or None."""
    return mapping.get(key)
