"""Expressions as plain phrases in Chinese and English: what is read where a rule gives a condition no sentence of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from guildhall.kernel.tables import Text
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
    Shifted,
    Total,
    YearOf,
)
from guildhall.rules.formulas import constant
from guildhall.rules.rulebook import Rule

Word = Callable[[str, object], str]
"""What a constant is called that stands beside an input, field or parameter of that name."""
_ORDERS: Final[Mapping[str, Text]] = {
    "eq": Text("{a}为{b}", "{a} is {b}"),
    "ne": Text("{a}不为{b}", "{a} is not {b}"),
    "lt": Text("{a}小于{b}", "{a} is less than {b}"),
    "le": Text("{a}不超过{b}", "{a} is at most {b}"),
    "gt": Text("{a}大于{b}", "{a} is more than {b}"),
    "ge": Text("{a}不少于{b}", "{a} is at least {b}"),
}
_DATES: Final[Mapping[str, Text]] = {
    "eq": Text("{a}为{b}", "{a} is {b}"),
    "ne": Text("{a}不为{b}", "{a} is not {b}"),
    "lt": Text("{a}早于{b}", "{a} is before {b}"),
    "le": Text("{a}不晚于{b}", "{a} is not after {b}"),
    "gt": Text("{a}晚于{b}", "{a} is after {b}"),
    "ge": Text("{a}不早于{b}", "{a} is not before {b}"),
}
_SUMS: Final[Mapping[str, str]] = {
    "add": "{a} + {b}",
    "sub": "{a} − {b}",
    "mul": "{a} × {b}",
    "div": "{a} ÷ {b}",
    "floordiv": "{a} ÷ {b}",
    "mod": "{a} mod {b}",
}
_WORDS: Final[Mapping[str, Text]] = {
    "and": Text("，且", ", and "),
    "or": Text("，或", ", or "),
    "not": Text("并非“{a}”", "it is not so that {a}"),
    "when": Text("{a}时为{b}，否则为{c}", "{b} where {a}, otherwise {c}"),
    "least": Text("{parts}中最小的", "the least of {parts}"),
    "greatest": Text("{parts}中最大的", "the greatest of {parts}"),
    "in": Text("{a}属于{parts}", "{a} is one of {parts}"),
    "empty": Text("{a}：{b}", "{a}: {b}"),
    "months": Text("自{a}至{b}的整月数", "whole months from {a} to {b}"),
    "days": Text("自{a}至{b}的天数", "days from {a} to {b}"),
    "later": Text("{a}后{b}", "{b} after {a}"),
    "year": Text("{a}所在年度", "the year of {a}"),
    "exists": Text("{a}中有满足“{b}”的", "in {a} there is one for which {b}"),
    "total": Text("{a}中满足“{c}”的{b}合计", "the total of {b} in {a} for which {c}"),
    "count": Text("{a}中满足“{c}”的条数", "the number of {a} for which {c}"),
    "every": Text("{a}的条数", "the number of {a}"),
    "all": Text("{a}的{b}合计", "the total of {b} in {a}"),
    "by": Text("{a}（按{parts}）", "{a} (by {parts})"),
    "on": Text("{b}当日的{a}", "{a} on {b}"),
    "rate": Text("{a}按{b}所在档", "the row of {b} that {a} falls in"),
}


_SPANS: Final[Mapping[str, Text]] = {"months": Text("{} 个月", "{} months"), "days": Text("{} 天", "{} days")}


@dataclass(frozen=True, slots=True)
class _Writer:
    rule: Rule
    language: str
    names: Mapping[str, str]
    word: Word

    def words(self, key: str, **parts: str) -> str:
        return _WORDS[key].in_(self.language).format(**parts)

    def say(self, node: Node) -> str:
        return _WRITERS[type(node)](self, node)

    def list(self, parts: tuple[Node, ...]) -> str:
        return self.joined(self.say(part) for part in parts)

    def joined(self, parts: Iterable[str]) -> str:
        return ("、" if self.language.lower().startswith("zh") else ", ").join(parts)

    def literal(self, node: Literal) -> str:
        if isinstance(node.value, bool):
            return {True: Text("是", "yes"), False: Text("否", "no")}[node.value].in_(self.language)
        return self.word("", node.value) if isinstance(node.value, str) else constant(node.value)

    def parameter(self, node: ParameterRef) -> str:
        text = self.names.get(node.name, node.name)
        if node.keys:
            text = self.words("by", a=text, parts=self.list(node.keys))
        return text if node.at is None else self.words("on", a=text, b=self.say(node.at))

    def comparison(self, node: Comparison) -> str:
        dated = any(_is_date(self.rule, side) for side in (node.left, node.right))
        a, b = self.beside(node.left, node.right), self.beside(node.right, node.left)
        return (_DATES if dated else _ORDERS)[node.order].in_(self.language).format(a=a, b=b)

    def beside(self, node: Node, other: Node) -> str:
        """One side of a comparison; a word of a list in the language, as what it is compared with has it."""
        if isinstance(node, Literal) and isinstance(node.value, str):
            return self.word(_name(other), node.value)
        return self.say(node)

    def code(self, of: Node, value: object) -> str:
        """A constant of a list or a table, as what it is looked for in has it."""
        if isinstance(value, bool):
            return self.literal(Literal(value))
        return self.word(_name(of), value) if isinstance(value, str) else constant(value)

    def arithmetic(self, node: Arithmetic) -> str:
        """A sum with its parts in brackets where they would run together; a factor of one only turns a unit and is not said."""
        if node.op in ("mul", "div", "floordiv") and isinstance(node.right, Literal) and node.right.value == 1:
            return self.say(node.left)
        return _SUMS[node.op].format(a=self.enclosed(node.left), b=self.enclosed(node.right))

    def enclosed(self, node: Node) -> str:
        text = self.say(node)
        if not isinstance(node, (Arithmetic, Choice, Extreme, Rounded)) or not any(sign in text for sign in " 、"):
            return text
        return f"（{text}）" if self.language.lower().startswith("zh") else f"({text})"

    def logic(self, node: Logic) -> str:
        return self.words(node.op).join(self.nested(part) for part in node.parts)

    def nested(self, node: Node) -> str:
        text = self.say(node)
        if not isinstance(node, Logic):
            return text
        return f"（{text}）" if self.language.lower().startswith("zh") else f"({text})"

    def membership(self, node: Membership) -> str:
        if isinstance(node.members, ParameterRef):
            parts = self.say(node.members)
        else:
            parts = self.joined(self.code(node.value, member) for member in node.members)
        return self.words("in", a=self.say(node.value), parts=parts)

    def span(self, node: Shifted) -> str:
        """How much later; a bare number with its unit."""
        by = self.say(node.by)
        return _SPANS[node.unit].in_(self.language).format(by) if isinstance(node.by, Literal) else by

    def emptiness(self, node: IsEmpty) -> str:
        meaning = self.rule.inputs[node.value.name].origin.empty if isinstance(node.value, InputRef) else None
        return self.words("empty", a=self.say(node.value), b=meaning.in_(self.language) if meaning else "—")

    def field(self, node: FieldRef) -> str:
        part = next(each for each in self.rule.inputs[node.group].fields if each.name == node.name)
        return part.doc.in_(self.language)

    def total(self, node: Total) -> str:
        group, value = self.say(node.group), self.say(node.value)
        counts = isinstance(node.value, Literal)
        if isinstance(node.test, Literal):
            return self.words("every" if counts else "all", a=group, b=value)
        return self.words("count" if counts else "total", a=group, b=value, c=self.say(node.test))

    def lookup(self, node: Lookup) -> str:
        chinese = self.language.lower().startswith("zh")
        told = [(self.code(node.key, key), constant(value)) for key, value in node.rows]
        rows = [f"{key}为{value}" if chinese else f"{value} for {key}" for key, value in told]
        if node.otherwise is not None:
            rows.append(f"其他为{constant(node.otherwise)}" if chinese else f"otherwise {constant(node.otherwise)}")
        return self.words("by", a=("，" if chinese else ", ").join(rows), parts=self.say(node.key))

    def bracket(self, node: Bracket) -> str:
        scale = self.say(node.scale) if isinstance(node.scale, ParameterRef) else "; ".join(f"{a}: {constant(b)}" for a, b in node.scale)
        return self.words("rate", a=self.say(node.value), b=scale)


def phrase(rule: Rule, node: Node, language: str, names: Mapping[str, str], word: Word | None = None) -> str:
    """The expression in plain words, inputs and parameters called by `names`, the words of an input's list by `word`."""
    return _Writer(rule, language, names, word or _as_it_is).say(node)


def _as_it_is(_name: str, value: object) -> str:
    return constant(value)


def _name(node: Node) -> str:
    """Of which input, field or parameter a value is; empty for what is worked out."""
    return node.name if isinstance(node, (InputRef, FieldRef, ParameterRef)) else ""


def _is_date(rule: Rule, node: Node) -> bool:
    if isinstance(node, InputRef):
        return rule.inputs[node.name].type == "date"
    return isinstance(node, Shifted)


_WRITERS: Final[Mapping[type[Node], Callable[[_Writer, Any], str]]] = {
    Literal: _Writer.literal,
    InputRef: lambda writer, node: writer.names.get(node.name, node.name),
    GroupRef: lambda writer, node: writer.names.get(node.name, node.name),
    FieldRef: _Writer.field,
    ParameterRef: _Writer.parameter,
    Comparison: _Writer.comparison,
    Arithmetic: _Writer.arithmetic,
    Rounded: lambda writer, node: writer.say(node.value),
    Logic: _Writer.logic,
    Negation: lambda writer, node: writer.words("not", a=writer.say(node.part)),
    Choice: lambda writer, node: writer.words("when", a=writer.say(node.test), b=writer.say(node.then), c=writer.say(node.otherwise)),
    Extreme: lambda writer, node: writer.words(node.op, parts=writer.list(node.parts)),
    Lookup: _Writer.lookup,
    Bracket: _Writer.bracket,
    Elapsed: lambda writer, node: writer.words(node.unit, a=writer.say(node.start), b=writer.say(node.end)),
    Shifted: lambda writer, node: writer.words("later", a=writer.say(node.start), b=writer.span(node)),
    YearOf: lambda writer, node: writer.words("year", a=writer.say(node.date)),
    Membership: _Writer.membership,
    IsEmpty: _Writer.emptiness,
    Exists: lambda writer, node: writer.words("exists", a=writer.say(node.group), b=writer.say(node.test)),
    Total: _Writer.total,
}
