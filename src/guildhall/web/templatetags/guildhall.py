"""Template filters of the house: two-language text, numbers, units and statuses."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from guildhall.kernel.money import Fen, format_yuan
from guildhall.kernel.tables import Text
from guildhall.web import addresses, folding, numbers, words
from guildhall.web.dates import WRITTEN
from guildhall.web.tongues import marked

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
def dates(value: object) -> SafeString:
    """The words, or the date, with every date in a <time>, which stays on one line."""
    return mark_safe(WRITTEN.sub(r"<time>\g<0></time>", conditional_escape(value if isinstance(value, str) else str(value))))  # noqa: S308 — the words are escaped


@register.filter
def last_day(until: date | None) -> str:
    """The last day something holds, of the first on which it no longer does; empty where there is no end."""
    return (until - timedelta(days=1)).isoformat() if until else ""


@register.filter
def number(value: numbers.Number | None) -> str:
    return numbers.grouped(value)


@register.filter
def amount(value: numbers.Number | None, unit: str) -> str:
    """A value with its unit where that is a sign (32 %), otherwise the digits alone."""
    return numbers.with_unit(value, unit)


@register.filter
def stated(figure: Any) -> str:
    """The value that was published, with its sign: > 3,000,000."""
    return numbers.with_unit(figure.value, figure.unit, figure.qualifier)


@register.filter
def expects(figure: Any) -> str:
    """What the model should show, with the sign of what was published: > 30,000."""
    return numbers.with_unit(figure.expected, figure.unit, figure.qualifier)


@register.filter
def computes(figure: Any) -> str:
    """What the records give, with the decimals that were published, so that the two compare by eye; growth keeps its plus."""
    return numbers.with_unit(figure.computed, figure.unit, "+" if figure.qualifier == "+" else "", places=figure.places)


@register.filter
def headline(figure: Any) -> str:
    """The published value in round words: > 3 million."""
    words = numbers.short(figure.value, figure.unit, get_language() or "zh-hans")
    return words if not figure.qualifier else f"+{words}" if figure.qualifier == "+" else f"{figure.qualifier} {words}"


@register.filter
def measured(fact: Any) -> str:
    """A published fact with its sign and the words of its unit, unless they would repeat what is measured."""
    if fact.unit == fact.measure:
        return numbers.with_unit(fact.value, fact.unit, fact.qualifier)
    return numbers.in_words(fact.value, fact.unit, fact.qualifier, get_language() or "zh-hans")


@register.filter
def yuan(fen: int | None) -> str:
    """An amount of fen in yuan, in the reader's language."""
    return numbers.MISSING if fen is None else format_yuan(Fen(fen), get_language() or "zh-hans")


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
def table_address(name: str) -> str:
    """The address that says what the columns of a table mean."""
    return addresses.table(name)


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


class _Folds(template.Node):
    def __init__(self, label: FilterExpression, kind: FilterExpression | None, inner: NodeList) -> None:
        self.label, self.kind, self.nodelist = label, kind, inner

    def render(self, context: Context) -> SafeString:
        kind = self.kind.resolve(context) if self.kind else "stack"
        return folding.folded(self.nodelist.render(context), str(self.label.resolve(context)), str(kind))


FOLD = re.compile(r"(<details\b.*?)(</details>)", re.DOTALL)


class _Noting(template.Node):
    """What is inside, and a note wherever a hidden count is shown: below it all, or within the fold in which it stands."""

    def __init__(self, note: FilterExpression, inner: NodeList) -> None:
        self.note, self.inner = note, inner

    def render(self, context: Context) -> SafeString:
        shown = self.inner.render(context)
        if numbers.HIDDEN not in shown or context.template is None:
            return shown
        note = context.template.engine.get_template(self.note.resolve(context)).render(context)
        folded = FOLD.sub(lambda fold: fold[1] + note + fold[2] if numbers.HIDDEN in fold[1] else fold[0], shown)
        below = note if numbers.HIDDEN in FOLD.sub("", shown) else ""
        return mark_safe(folded + below)  # noqa: S308 — both are rendered templates


class _Tongue(template.Node):
    """What stands within, with Chinese marked as such where the page is in another language."""

    def __init__(self, inner: NodeList) -> None:
        self.inner = inner

    def render(self, context: Context) -> SafeString:
        html = self.inner.render(context)
        return html if (get_language() or "zh").startswith("zh") else mark_safe(marked(html))  # noqa: S308 — escaped within


@register.tag
def tongue(parser: Parser, token: Token) -> _Tongue:
    """`{% tongue %}…{% endtongue %}`: on an English page, Chinese names and numbers of documents say that they are Chinese."""
    inner = parser.parse(("endtongue",))
    parser.delete_first_token()
    return _Tongue(inner)


@register.tag
def noting(parser: Parser, token: Token) -> _Noting:
    """`{% noting "the/note.html" %}…{% endnoting %}`: the note on hidden counts stands below where there is one, and only there."""
    _name, note = token.split_contents()
    inner = parser.parse(("endnoting",))
    parser.delete_first_token()
    return _Noting(parser.compile_filter(note), inner)


@register.tag
def folds(parser: Parser, token: Token) -> _Folds:
    """`{% folds label "stack" %}<thead>…<tbody>…{% endfolds %}`: a table that is read as one also where a phone folds its rows."""
    _name, label, *kind = token.split_contents()
    inner = parser.parse(("endfolds",))
    parser.delete_first_token()
    return _Folds(parser.compile_filter(label), parser.compile_filter(kind[0]) if kind else None, inner)
