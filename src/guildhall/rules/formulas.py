"""Expressions written as formulae, the names of inputs and parameters as they are: what a trace calls something worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

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

SIGNS: Final[Mapping[str, str]] = {
    "eq": "=",
    "ne": "≠",
    "lt": "<",
    "le": "≤",
    "gt": ">",
    "ge": "≥",
    "add": "+",
    "sub": "−",
    "mul": "×",
    "div": "÷",
    "floordiv": "//",
    "mod": "mod",
}


def formula(node: Node) -> str:
    """The expression as one line of text."""
    return _WRITERS[type(node)](node)


def constant(value: object) -> str:
    """A constant as it is written: words as they are, dates as YYYY-MM-DD, fractions as n/d, flags as yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    return str(value)


def _inner(node: Node) -> str:
    text = formula(node)
    return f"({text})" if isinstance(node, (Arithmetic, Comparison, Logic, Choice)) else text


def _binary(node: Comparison | Arithmetic) -> str:
    sign = SIGNS[node.order if isinstance(node, Comparison) else node.op]
    return f"{_inner(node.left)} {sign} {_inner(node.right)}"


def _parameter(node: ParameterRef) -> str:
    keys = f"[{', '.join(formula(key) for key in node.keys)}]" if node.keys else ""
    return f"{node.name}{keys}" + (f" on {formula(node.at)}" if node.at is not None else "")


def _call(name: str, *parts: str) -> str:
    return f"{name}({', '.join(parts)})"


def _bracket(node: Bracket) -> str:
    scale = formula(node.scale) if isinstance(node.scale, ParameterRef) else "; ".join(f"{a}: {constant(b)}" for a, b in node.scale)
    return _call("marginal" if node.marginal else "bracket", formula(node.value), scale)


def _members(node: Membership) -> str:
    members = formula(node.members) if isinstance(node.members, ParameterRef) else ", ".join(constant(each) for each in node.members)
    return _call("is_in", formula(node.value), members)


def _lookup(node: Lookup) -> str:
    rows = [f"{constant(key)}: {constant(value)}" for key, value in node.rows]
    return _call("lookup", formula(node.key), *rows, *([] if node.otherwise is None else [constant(node.otherwise)]))


_WRITERS: Final[Mapping[type[Node], Callable[[Any], str]]] = {
    Literal: lambda node: constant(node.value),
    InputRef: lambda node: str(node.name),
    GroupRef: lambda node: str(node.name),
    FieldRef: lambda node: f"{node.group}.{node.name}",
    ParameterRef: _parameter,
    Comparison: _binary,
    Arithmetic: _binary,
    Rounded: lambda node: _call("rounded", formula(node.value), node.rounding, *([str(node.step)] if node.step != 1 else [])),
    Logic: lambda node: f" {node.op} ".join(_inner(part) for part in node.parts),
    Negation: lambda node: f"not {_inner(node.part)}",
    Choice: lambda node: f"{_inner(node.then)} if {_inner(node.test)} else {_inner(node.otherwise)}",
    Extreme: lambda node: _call(node.op, *(formula(part) for part in node.parts)),
    Lookup: _lookup,
    Bracket: _bracket,
    Elapsed: lambda node: _call(f"{node.unit}_between", formula(node.start), formula(node.end)),
    Shifted: lambda node: _call(f"add_{node.unit}", formula(node.start), formula(node.by)),
    YearOf: lambda node: _call("year_of", formula(node.date)),
    Membership: _members,
    IsEmpty: lambda node: _call("is_empty", formula(node.value)),
    Exists: lambda node: _call("exists", formula(node.group), formula(node.test)),
    Total: lambda node: _call("total", formula(node.group), formula(node.value), formula(node.test)),
}
