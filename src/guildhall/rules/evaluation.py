"""The reference reader: evaluates the expressions of a rule for one row in plain Python, noting what each answer rests on."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final, TypeAlias, cast

from guildhall.kernel.money import rounded
from guildhall.rules.decisions import Missing, Operand, of_version
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
    Scalar,
    Shifted,
    Total,
    YearOf,
)
from guildhall.rules.months import add_days, add_months, months_between
from guildhall.rules.parameters import Found, NotInForce, Parameters
from guildhall.rules.rulebook import Rule

Answer: TypeAlias = Scalar | None
Row: TypeAlias = Mapping[str, Any]

_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


class Evaluation:
    """One row of one rule: its inputs, the parameters in force, and the trace of what is being evaluated.

    `unusable` says of inputs that may not be used why not: they count as unknown.
    """

    def __init__(self, rule: Rule, facts: Row, parameters: Parameters, unusable: Mapping[str, Missing]) -> None:
        self.rule = rule
        self.facts = facts
        self.parameters = parameters
        self.unusable = unusable
        self.operands: list[Operand] = []
        self.missing: list[Missing] = []
        self.uplifts: list[str] = []
        self._found: dict[tuple[str, date | None], Found | NotInForce] = {}
        self._row: Row = {}

    def begin(self) -> None:
        """Starts a fresh trace."""
        self.operands, self.missing, self.uplifts = [], [], []

    def value(self, node: Node) -> Answer:
        """The value of an expression, None where it is not known; what is missing is noted only where that is the reason."""
        before = len(self.missing)
        found: Answer = _READERS[type(node)](self, node)
        if found is not None:
            del self.missing[before:]
        return found

    def usable(self, name: str) -> Any:
        """The value of an input, None with the reason noted where it is absent or may not be used."""
        if (reason := self.unusable.get(name)) is not None:
            self.missing.append(reason)
            return None
        found = self.facts.get(name)
        if found is None:
            self.missing.append(Missing(name, "absent"))
        return found

    def literal(self, node: Literal) -> Answer:
        return node.value

    def input(self, node: InputRef) -> Answer:
        given = self.rule.inputs[node.name]
        found = self.usable(node.name)
        as_of = self.facts.get(given.origin.as_of) if given.origin.as_of else None
        self.operands.append(Operand("input", node.name, found, given.unit, origin=given.origin.source, as_of=as_of))
        return cast(Answer, found)

    def row_field(self, node: FieldRef) -> Answer:
        found = self._row.get(node.name)
        if found is None:
            self.missing.append(Missing(f"{node.group}.{node.name}", "absent"))
        return cast(Answer, found)

    def parameter(self, node: ParameterRef) -> Answer:
        keys = tuple(self.value(key) for key in node.keys)
        found = self.in_force(node)
        if found is None or None in keys:
            return None
        sought = cast(tuple[Scalar, ...], keys)
        value = found.parameter.tables[found.place].get(sought) if node.keys else cast(Scalar, found.version.value)
        self.operands.append(of_version(node.name, value, found.parameter.unit, found.version, sought))
        if value is None:
            self.missing.append(Missing(node.name, "no_parameter", "no_row"))
        elif found.version.uplift:
            self.uplifts.append(found.version.uplift)
        return value

    def in_force(self, node: ParameterRef) -> Found | None:
        """The version that decides, None with the reason noted."""
        day = self._governing() if node.at is None else self.value(node.at)
        if day is None:
            return None
        key = (node.name, cast(date, day))
        if key not in self._found:
            self._found[key] = self._select(*key)
        found = self._found[key]
        if isinstance(found, Found):
            return found
        needs = {"place": self.rule.place, "edition": self.rule.edition}.get(found.needs)
        self.missing.append(self.unusable.get(needs) or Missing(needs, "absent") if needs else Missing(node.name, _why(found)))
        if found.version is not None:
            self.operands.append(of_version(node.name, None, "", found.version))
        return None

    def _governing(self) -> Answer:
        return cast(Answer, self.usable(self.rule.governed_by))

    def _select(self, name: str, on: date | None) -> Found | NotInForce:
        place, edition = (self._selector(given) for given in (self.rule.place, self.rule.edition))
        return self.parameters.select(self.rule.name, name, on=on, place=place, edition=edition)

    def _selector(self, name: str) -> str | None:
        return None if not name or name in self.unusable else self.facts.get(name)

    def comparison(self, node: Comparison) -> Answer:
        left, right = self._side(node.left), self._side(node.right)
        if left is None or right is None:
            return None
        return _ORDERS[node.order](left, right)

    def _side(self, node: Node) -> Answer:
        """A side of a comparison; what is worked out is noted as well as what it is worked out from."""
        found = self.value(node)
        if not isinstance(node, (Literal, InputRef, FieldRef, ParameterRef)):
            self.operands.append(Operand("computed", self.rule.wording(node), found))
        return found

    def arithmetic(self, node: Arithmetic) -> Answer:
        left, right = cast("int | Fraction | None", self.value(node.left)), cast("int | Fraction | None", self.value(node.right))
        if left is None or right is None:
            return None
        if node.op == "add":
            return left + right
        if node.op == "sub":
            return left - right
        if node.op == "mul":
            return left * right
        return self._divided(node.op, left, right)

    def _divided(self, op: str, left: int | Fraction, right: int | Fraction) -> Answer:
        if right == 0:
            self.missing.append(Missing("division by zero", "bad", "no_result"))
            return None
        if op == "div":
            return Fraction(left) / right
        return left // right if op == "floordiv" else left % right

    def rounding(self, node: Rounded) -> Answer:
        found = self.value(node.value)
        return None if found is None else rounded(Fraction(cast("int | Fraction", found)) / node.step, node.rounding) * node.step

    def logic(self, node: Logic) -> Answer:
        return _kleene(node.op, [self.value(part) for part in node.parts])

    def negation(self, node: Negation) -> Answer:
        found = self.value(node.part)
        return None if found is None else not found

    def choice(self, node: Choice) -> Answer:
        test = self.value(node.test)
        if test is None:
            return None
        return self.value(node.then if test else node.otherwise)

    def extreme(self, node: Extreme) -> Answer:
        found: list[Any] = [self.value(part) for part in node.parts]
        if None in found:
            return None
        return cast(Answer, min(found) if node.op == "least" else max(found))

    def lookup(self, node: Lookup) -> Answer:
        key = self.value(node.key)
        if key is None:
            return None
        found = next((value for word, value in node.rows if word == key), node.otherwise)
        if found is None:
            self.missing.append(Missing(self.rule.wording(node), "no_parameter", "no_row"))
        return found

    def bracket(self, node: Bracket) -> Answer:
        number = cast("int | Fraction | None", self.value(node.value))
        scale = self._scale(node)
        if number is None or scale is None:
            return None
        if number < scale[0][0]:
            self.missing.append(Missing(self.rule.wording(node), "no_parameter", "no_row"))
            return None
        if not node.marginal:
            return next(rate for start, rate in reversed(scale) if start <= number)
        ends = [*(start for start, _ in scale[1:]), None]
        parts = zip(scale, ends, strict=True)
        return sum((max(0, (number if end is None else min(number, end)) - start) * rate for (start, rate), end in parts), Fraction(0))

    def _scale(self, node: Bracket) -> tuple[tuple[int, int | Fraction], ...] | None:
        if not isinstance(node.scale, ParameterRef):
            return node.scale
        found = self.in_force(node.scale)
        if found is None:
            return None
        self._note(found)
        return cast("tuple[tuple[int, int | Fraction], ...]", found.version.value)

    def _note(self, found: Found) -> None:
        self.operands.append(of_version(found.parameter.name, None, found.parameter.unit, found.version))
        if found.version.uplift:
            self.uplifts.append(found.version.uplift)

    def elapsed(self, node: Elapsed) -> Answer:
        start, end = cast("date | None", self.value(node.start)), cast("date | None", self.value(node.end))
        if start is None or end is None:
            return None
        return months_between(start, end) if node.unit == "months" else (end - start).days

    def shifted(self, node: Shifted) -> Answer:
        start, by = cast("date | None", self.value(node.start)), cast("int | None", self.value(node.by))
        if start is None or by is None:
            return None
        found = add_months(start, by) if node.unit == "months" else add_days(start, by)
        if found is None:
            self.missing.append(Missing(self.rule.wording(node), "bad", "date_out_of_range"))
        return found

    def year(self, node: YearOf) -> Answer:
        found = cast("date | None", self.value(node.date))
        return None if found is None else found.year

    def membership(self, node: Membership) -> Answer:
        value = self.value(node.value)
        members: tuple[Scalar, ...] | None
        if isinstance(node.members, ParameterRef):
            found = self.in_force(node.members)
            if found is not None:
                self._note(found)
            members = None if found is None else cast("tuple[Scalar, ...]", found.version.value)
        else:
            members = node.members
        return None if value is None or members is None else value in members

    def emptiness(self, node: IsEmpty) -> Answer:
        if isinstance(node.value, FieldRef):
            return self._row.get(node.value.name) is None
        if (reason := self.unusable.get(node.value.name)) is not None:
            self.missing.append(reason)
            return None
        return self.facts.get(node.value.name) is None

    def group(self, node: GroupRef) -> list[Row] | None:
        """The related rows, None with the reason noted where they are not known."""
        found = self.usable(node.name)
        origin = self.rule.inputs[node.name].origin
        size = None if found is None else len(found)
        self.operands.append(Operand("input", node.name, size, "rows", origin=origin.source))
        return None if found is None else list(found)

    def existence(self, node: Exists) -> Answer:
        rows = self.group(node.group)
        return None if rows is None else _kleene("or", [self._in_row(row, node.test) for row in rows])

    def sum_of_rows(self, node: Total) -> Answer:
        rows = self.group(node.group)
        if rows is None:
            return None
        counted: list[Any] = []
        for row in rows:
            test = self._in_row(row, node.test)
            if test is not False:
                counted.append(None if test is None else self._in_row(row, node.value))
        return None if None in counted else sum(counted)

    def _in_row(self, row: Row, node: Node) -> Any:
        outer, self._row = self._row, row
        found = self.value(node)
        self._row = outer
        return found


def _kleene(op: str, states: list[Any]) -> bool | None:
    decided = op == "or"
    if decided in states:
        return decided
    return None if None in states else not decided


def _why(found: NotInForce) -> Any:
    return found.why


_READERS: Final[Mapping[type[Node], Callable[[Evaluation, Any], Any]]] = {
    Literal: Evaluation.literal,
    InputRef: Evaluation.input,
    FieldRef: Evaluation.row_field,
    ParameterRef: Evaluation.parameter,
    Comparison: Evaluation.comparison,
    Arithmetic: Evaluation.arithmetic,
    Rounded: Evaluation.rounding,
    Logic: Evaluation.logic,
    Negation: Evaluation.negation,
    Choice: Evaluation.choice,
    Extreme: Evaluation.extreme,
    Lookup: Evaluation.lookup,
    Bracket: Evaluation.bracket,
    Elapsed: Evaluation.elapsed,
    Shifted: Evaluation.shifted,
    YearOf: Evaluation.year,
    Membership: Evaluation.membership,
    IsEmpty: Evaluation.emptiness,
    Exists: Evaluation.existence,
    Total: Evaluation.sum_of_rows,
}
