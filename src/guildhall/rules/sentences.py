"""Plain words for what a decision says: a condition with its numbers filled in, what is missing, and what would change it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from guildhall.kernel.money import Fen, format_yuan
from guildhall.kernel.tables import Text
from guildhall.rules.decisions import Bad, Condition, Decision, Missing, Near, Operand
from guildhall.rules.expressions import Node, Scalar
from guildhall.rules.parameters import Parameter, Version
from guildhall.rules.phrases import Word, phrase
from guildhall.rules.rulebook import Rule, placeholders

UNITS: Final[Mapping[str, tuple[str, str, str]]] = {
    "months": ("{} 个月", "{} month", "{} months"),
    "days": ("{} 天", "{} day", "{} days"),
    "years": ("{} 年", "{} year", "{} years"),
    "persons": ("{} 人", "{} person", "{} people"),
    "grants": ("{} 次", "{} grant", "{} grants"),
    "kinds": ("{} 种", "{} kind", "{} kinds"),
    "rows": ("{} 条", "{} record", "{} records"),
    "basis points": ("{} 个基点", "{} basis point", "{} basis points"),
}
"""How a number of each unit is said: in Chinese, and in English for one and for more. A unit that is not here is not said."""
NOT_KNOWN: Final = Text("（不明）", "(not known)")
_WHY: Final[Mapping[str, Text]] = {
    "absent": Text("需要：{name}", "needs: {name}"),
    "stale": Text("{name}的数据截至 {as_of}，已过时", "{name}: the data speak of {as_of} and are too old"),
    "stale at": Text("{name}的数据截至 {as_of}，对{at}来说已过时", "{name}: the data speak of {as_of} and are too old for the {at}"),
    "undated": Text("{name}的数据没有日期", "{name}: the data bear no date"),
    "no_parameter": Text("没有找到当日有效的规定：{name}", "no rule found in force: {name}"),
    "unconfirmed": Text("有规定但本市尚未确认：{name}", "a rule is on file, but this city has not confirmed it: {name}"),
    "bad": Text("{name}的数据不可能正确", "{name}: the value cannot be right"),
}
_DETAIL: Final[Mapping[Bad, Text]] = {
    "negative": Text("{name}为负数", "{name} is negative"),
    "too_large": Text("{name}大得不可能", "{name} is larger than it can be"),
    "word": Text("{name}不是可用的词", "{name} is not a word of its list"),
    "date_out_of_range": Text("{name}超出 1900 至 2199 年", "{name} lies outside 1900 to 2199"),
    "before_birth": Text("{name}早于出生", "{name} lies before the birth"),
    "not_born": Text("{name}当日本人尚未出生", "{name}: the person was not yet born on that day"),
    "dead": Text("{name}早于作准的日期", "{name} lies before the day that decides"),
    "contradicted": Text("有关记录互相矛盾：{doc}", "the records contradict each other: {doc}"),
    "no_row": Text("规定没有写明这种情形：{name}", "the rule on file does not cover this case: {name}"),
    "no_result": Text("算不出结果：{name}", "there is no result: {name}"),
    "over_cap": Text("金额高于国家上限，且没有找到依据", "the amount is above the national cap, and no document that allows it is on file"),
}
_BRACKET: Final = re.compile(r"\s*[（(][^（()）]*\{[^（()）]*[)）]")
"""What stands in brackets and has a gap to fill."""


def sentence(rule: Rule, condition: Condition, language: str, parameters: Mapping[str, Parameter] | None = None) -> str:
    """One condition in plain words with the numbers of this case: the rule's own sentence, or one made from the condition."""
    values = {operand.name: said(operand.value, operand.unit, language) for operand in condition.operands if operand.value is not None}
    own = rule.says.get(condition.name)
    if own is not None:
        template = _without_empty_brackets(own.in_(language), values)
        return _filled(template, values, NOT_KNOWN.in_(language))
    return phrase(rule, rule.conditions[condition.name], language, _names(rule, values, language, parameters or {}))


def clause(rule: Rule, name: str, language: str, parameters: Mapping[str, Parameter] | None = None, on: date | None = None) -> str:
    """One condition for nobody in particular: the rule's own sentence, `…` for what differs from row to row, or `reading` of it."""
    own = rule.says.get(name)
    if own is None:
        return reading(rule, name, language, parameters, on)
    values = _in_force(rule, language, parameters or {}, on)
    return _filled(_without_empty_brackets(own.in_(language), values), values, "…")


def _filled(template: str, values: Mapping[str, str], otherwise: str) -> str:
    """A sentence with its gaps filled: each by the first of its names that has a value."""
    known = {gap: next((values[name] for name in gap.split("|") if name in values), otherwise) for gap in placeholders(template)}
    return template.format(**known)


def _without_empty_brackets(template: str, values: Mapping[str, str]) -> str:
    """A sentence without its brackets of which no value is known, such as “(so far {insured_months})”."""
    known = [name for name in values if name]
    return _BRACKET.sub(lambda found: found[0] if any(name in re.split(r"[{}|]", found[0]) for name in known) else "", template)


def reading(rule: Rule, name: str, language: str, parameters: Mapping[str, Parameter] | None = None, on: date | None = None) -> str:
    """What a condition says word for word, made from the condition itself; parameters with their values on `on`, as in `clause`."""
    return phrased(rule, rule.conditions[name], language, parameters, on)


def phrased(
    rule: Rule,
    node: Node,
    language: str,
    parameters: Mapping[str, Parameter] | None = None,
    on: date | None = None,
    word: Word | None = None,
) -> str:
    """Any expression of a rule in words, such as its amount; parameters with their values on `on`, as in `clause`.

    `word` says the words of lists.
    """
    known = parameters or {}
    return phrase(rule, node, language, _names(rule, _in_force(rule, language, known, on), language, known), word)


def _in_force(rule: Rule, language: str, parameters: Mapping[str, Parameter], on: date | None) -> Mapping[str, str]:
    """Parameters with the value on that day, where just one holds for every place and edition."""
    return {
        each: said(version.value, parameters[each].unit, language)
        for each in rule.parameters
        if each in parameters and on is not None and (version := _only(parameters[each], on)) is not None
    }


def needs(rule: Rule, missing: Missing, language: str, parameters: Mapping[str, Parameter] | None = None) -> str:
    """One thing that is missing, in plain words: what it is and why it is not known."""
    given, names = rule.inputs.get(missing.name), parameters or {}
    at, doc = (given.origin.at, given.doc.in_(language)) if given else ("", "")
    key: str = missing.why
    if key == "stale":
        key = "undated" if missing.as_of is None else "stale at" if at else key
    words, name = _DETAIL.get(missing.detail, _WHY[key]).in_(language), name_of(rule, missing.name, language, names)
    return words.format(name=name, as_of=missing.as_of, at=name_of(rule, at, language, names), doc=doc)


def nearly(rule: Rule, near: Near, language: str) -> str:
    """What would have to change, what it would give, and from when: "3 months more of … would give ¥1,500.00; from 2024-12-01"."""
    chinese = language.lower().startswith("zh")
    by, name = said(near.by, near.unit, language), name_of(rule, near.input, language, {})
    if rule.inputs[near.input].type == "date":
        text = f"再过 {by}" if chinese else f"{by} later"
    else:
        text = f"{name}再多 {by}" if chinese else f"{by} more ({name})"
    if near.value is not None:
        text += _would_give(rule, near.value, language)
    if near.turns_on is not None:
        text += f"，最早 {near.turns_on}" if chinese else f", from {near.turns_on} at the earliest"
    return text


def _would_give(rule: Rule, value: int, language: str) -> str:
    amount = said(value, rule.unit, language)
    if rule.result.kind == "deduct":
        return f"，可扣除 {amount}" if language.lower().startswith("zh") else f" would allow a deduction of {amount}"
    return f"，可得 {amount}" if language.lower().startswith("zh") else f" would give {amount}"


def outcome(decision: Decision, language: str) -> str:
    """The outcome in a few words, with the amount; a deduction is called one and never money."""
    chinese = language.lower().startswith("zh")
    if decision.outcome == "refused":
        return "不符合" if chinese else "not met"
    if decision.outcome == "undetermined":
        return "尚不能判断" if chinese else "cannot be said"
    amount = "" if decision.value is None else said(decision.value, decision.unit, language)
    if decision.kind == "deduct":
        return f"可从应纳税所得额中扣除 {amount}" if chinese else f"{amount} may be deducted from taxable income"
    return f"{'符合' if chinese else 'met'}{'：' if chinese and amount else ': ' if amount else ''}{amount}"


def said(value: object, unit: str, language: str) -> str:
    """A value as a person reads it: money in yuan, numbers with their unit, shares in percent, yes and no, dates as YYYY-MM-DD."""
    chinese = language.lower().startswith("zh")
    if value is None:
        return NOT_KNOWN.in_(language)
    if isinstance(value, bool):
        return ("是" if value else "否") if chinese else ("yes" if value else "no")
    if isinstance(value, Fraction):
        return share(value)
    if isinstance(value, int):
        if unit == "fen":
            return format_yuan(Fen(value), language)
        patterns = UNITS.get(unit, ("{}", "{}", "{}"))
        return patterns[0 if chinese else 1 if value == 1 else 2].format(value)
    if isinstance(value, tuple):
        return ("、" if chinese else ", ").join(str(each) for each in value)
    return str(value)


def share(value: Fraction) -> str:
    """A fraction in percent where that is exact within four decimals, else as n/d."""
    hundredths = value * 1_000_000
    if hundredths.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    whole, rest = divmod(abs(int(hundredths)), 10_000)
    decimals = f"{rest:04d}".rstrip("0")
    return f"{'-' if value < 0 else ''}{whole}{'.' if decimals else ''}{decimals}%"


def source(operand: Operand, language: str) -> str:
    """Where a parameter comes from: document, article, and the days it holds."""
    chinese = language.lower().startswith("zh")
    where = " ".join(part for part in (operand.document, operand.article) if part)
    start, until = operand.valid_from, operand.valid_until
    if chinese:
        return f"{where}（{f'{start} 起' if start else '起始不限'}，{f'{until} 前有效' if until else '长期有效'}）"
    return f"{where} (from {start or 'the beginning'}, until {f'before {until}' if until else 'further notice'})"


def name_of(rule: Rule, name: str, language: str, parameters: Mapping[str, Parameter]) -> str:
    """What an input or parameter is called in plain words: of a column's description what stands before the first colon or semicolon."""
    base = name.partition(".")[0]
    if base in rule.inputs:
        return re.split("[；：;:]", rule.inputs[base].doc.in_(language))[0].strip()
    title = parameters[name].title if name in parameters else None
    return title.in_(language) if title else name


def _names(rule: Rule, values: Mapping[str, str], language: str, parameters: Mapping[str, Parameter]) -> Mapping[str, str]:
    """Each input and parameter by its plain name, with its value beside it."""
    open_, close = ("（", "）") if language.lower().startswith("zh") else (" (", ")")
    names = {name: name_of(rule, name, language, parameters) for name in (*rule.reads, *rule.parameters)}
    return {name: f"{words}{open_}{values[name]}{close}" if name in values else words for name, words in names.items()}


def _only(parameter: Parameter, on: date) -> Version | None:
    """The version on that day, where one holds for every place and edition, and it is a single value."""
    held = [version for version in parameter.versions if version.holds_on(on)]
    return held[0] if len(held) == 1 and isinstance(held[0].value, Scalar) else None
