"""Types and units of expressions: what is checked when a rule is imported, and again when its parameters are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
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
    RuleFault,
    Scalar,
    Shifted,
    Total,
    YearOf,
    walk,
)
from guildhall.rules.inputs import Input
from guildhall.rules.parameters import Parameter


@dataclass(frozen=True, slots=True)
class Kind:
    """Type and unit of an expression. Type `any` is a parameter not yet read; unit None fits every unit, "" is a plain number."""

    type: str
    unit: str | None = ""

    @property
    def is_number(self) -> bool:
        return self.type in ("whole", "ratio", "any")


FLAG: Final = Kind("flag", None)
DATE: Final = Kind("date", None)
WORD: Final = Kind("word", None)


class Typing:
    """Finds the kind of each expression of one rule. Without parameters, theirs are taken to fit."""

    def __init__(self, inputs: Mapping[str, Input], parameters: Mapping[str, Parameter] | None = None) -> None:
        self.inputs = inputs
        self.parameters = parameters

    def kind(self, node: Node) -> Kind:
        """Type and unit of an expression. Raises RuleFault where its parts do not fit together."""
        find: Callable[[Typing, Any], Kind] | None = _KINDS.get(type(node))
        if find is None:
            raise RuleFault(f"{type(node).__name__} is no expression of the language")
        return find(self, node)

    def expect(self, node: Node, *types: str, what: str) -> Kind:
        """The kind of `node`, which must be of one of these types."""
        found = self.kind(node)
        if found.type not in types and found.type != "any":
            raise RuleFault(f"{what} is a {found.type}, not a {' or '.join(types)}")
        return found

    def literal(self, node: Literal) -> Kind:
        return kind_of_value(node.value, node.unit)

    def input(self, node: InputRef) -> Kind:
        given = self.inputs[node.name]
        return Kind(given.type, given.unit if given.type == "whole" else None)

    def row_field(self, node: FieldRef) -> Kind:
        given = next(part for part in self.inputs[node.group].fields if part.name == node.name)
        return Kind(given.type, given.unit if given.type == "whole" else None)

    def group(self, node: GroupRef) -> Kind:
        return Kind("rows", None)

    def parameter(self, node: ParameterRef) -> Kind:
        for key in node.keys:
            self.expect(key, "word", "flag", "whole", what=f"a key of {node.name}")
        if node.at is not None:
            self.expect(node.at, "date", what=f"the date of {node.name}")
        known = (self.parameters or {}).get(node.name)
        if known is None:
            return Kind("any", None)
        found = parameter_kind(known, bool(node.keys))
        self._check_keys(node, known)
        return found

    def _check_keys(self, node: ParameterRef, parameter: Parameter) -> None:
        """Every key of a table is of the type of what it is looked up by."""
        kinds = [self.kind(key).type for key in node.keys]
        for keys in (row[0] for version in parameter.versions if isinstance(version.value, tuple) for row in version.value if node.keys):
            if not isinstance(keys, tuple) or len(keys) != len(kinds):
                raise RuleFault(f"the table {parameter.name} is read with {len(kinds)} keys, its rows have {keys!r}")
            for type_, value in zip(kinds, keys, strict=True):
                if type_ not in ("any", kind_of_value(value).type):
                    raise RuleFault(f"the table {parameter.name} has the key {value!r} where a {type_} is looked up")

    def comparison(self, node: Comparison) -> Kind:
        left, right = self.kind(node.left), self.kind(node.right)
        both = {left.type, right.type} - {"any"}
        if "rows" in both or (len(both) == 2 and both != {"whole", "ratio"}):
            raise RuleFault(f"a {left.type} is compared with a {right.type}")
        if node.order not in ("eq", "ne") and both & {"word", "flag"}:
            raise RuleFault(f"{' and '.join(sorted(both))} have no order", next="compare them with == or !=, or with is_in")
        _same_unit(left, right, "compared with")
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(other, Literal):
                self._known_word(one, other.value)
        return FLAG

    def arithmetic(self, node: Arithmetic) -> Kind:
        left, right = self._number(node.left), self._number(node.right)
        exact = "ratio" if "ratio" in (left.type, right.type) or node.op == "div" else "whole"
        exact = "any" if "any" in (left.type, right.type) and exact == "whole" else exact
        if node.op in ("add", "sub"):
            return Kind(exact, _same_unit(left, right, "added to" if node.op == "add" else "taken from"))
        if node.op == "mul":
            return Kind(exact, _product(left, right))
        unit = _quotient(left, right)
        return Kind("whole" if node.op == "floordiv" else exact, left.unit if node.op == "mod" else unit)

    def rounding(self, node: Rounded) -> Kind:
        return Kind("whole", self._number(node.value).unit)

    def logic(self, node: Logic | Negation) -> Kind:
        for part in node.parts if isinstance(node, Logic) else (node.part,):
            self.expect(part, "flag", what="a condition")
        return FLAG

    def choice(self, node: Choice) -> Kind:
        self.expect(node.test, "flag", what="the test of when")
        return self._common((node.then, node.otherwise), "the two answers of when")

    def extreme(self, node: Extreme) -> Kind:
        found = self._common(node.parts, f"the parts of {node.op}")
        if found.type in ("word", "flag"):
            raise RuleFault(f"{node.op} of a {found.type}")
        return found

    def lookup(self, node: Lookup) -> Kind:
        self.expect(node.key, "word", "flag", "whole", what="the key of lookup")
        for word, _ in node.rows:
            self._known_word(node.key, word)
        values = [value for _, value in node.rows] + ([] if node.otherwise is None else [node.otherwise])
        found = kind_of_value(values[0])
        for value in values:
            found = _joined(found, kind_of_value(value), "the values of lookup")
        return Kind(found.type, None)

    def bracket(self, node: Bracket) -> Kind:
        value = self._number(node.value)
        if isinstance(node.scale, ParameterRef):
            self.parameter(node.scale)
            found = self.parameter(node.scale)
        else:
            found = Kind("ratio" if any(isinstance(rate, Fraction) for _, rate in node.scale) else "whole", None)
        return Kind("ratio" if found.type == "ratio" else "any", value.unit) if node.marginal else found

    def elapsed(self, node: Elapsed) -> Kind:
        self.expect(node.start, "date", what="the start")
        self.expect(node.end, "date", what="the end")
        return Kind("whole", node.unit)

    def shifted(self, node: Shifted) -> Kind:
        self.expect(node.start, "date", what="the date to move")
        by = self.expect(node.by, "whole", what="the time to add")
        _same_unit(by, Kind("whole", None if by.unit == "" else node.unit), "added to a date as")
        return DATE

    def year(self, node: YearOf) -> Kind:
        self.expect(node.date, "date", what="the date whose year is asked")
        return Kind("whole", None)

    def membership(self, node: Membership) -> Kind:
        value = self.kind(node.value)
        if isinstance(node.members, ParameterRef):
            self.parameter(node.members)
            known = (self.parameters or {}).get(node.members.name)
            if known is not None and known.kind != "list" and any(version.value is not None for version in known.versions):
                raise RuleFault(f"the parameter {known.name} is a {known.kind}, not a list to be in")
            return FLAG
        for member in node.members:
            if {value.type, kind_of_value(member).type} - {"any", value.type}:
                raise RuleFault(f"a {value.type} is sought among {member!r}")
            self._known_word(node.value, member)
        return FLAG

    def emptiness(self, node: IsEmpty) -> Kind:
        given = self.inputs[node.value.group if isinstance(node.value, FieldRef) else node.value.name]
        if given.origin.empty is None:
            raise RuleFault(
                f"nothing says what an empty {node.value.name} means",
                why="it may only be unknown",
                next="declare `empty` where it is an input",
            )
        if given.origin.as_of:
            raise RuleFault(
                f"whether {node.value.name} is empty may not be asked",
                why="it comes from a feed, and where the feed is old an empty value is not known to be empty",
                next="ask for a value, or let the facts say what an empty one stands for",
            )
        self.kind(node.value)
        return FLAG

    def existence(self, node: Exists) -> Kind:
        self.expect(node.test, "flag", what="the test of exists")
        return FLAG

    def sum_of_rows(self, node: Total) -> Kind:
        self.expect(node.test, "flag", what="the test of total")
        found = self.expect(node.value, "whole", what="the value of total")
        return Kind("whole", found.unit)

    def _number(self, node: Node) -> Kind:
        return self.expect(node, "whole", "ratio", what="a number is worked with that")

    def _common(self, parts: tuple[Node, ...], what: str) -> Kind:
        found = self.kind(parts[0])
        for part in parts[1:]:
            found = _joined(found, self.kind(part), what)
        return found

    def _known_word(self, value: Node, word: Scalar) -> None:
        allowed = self.inputs[value.name].values if isinstance(value, InputRef) else ()
        if allowed and word not in allowed:
            raise RuleFault(f"{word!r} is none of the words of {value.name}", next=f"one of {', '.join(allowed)}")  # type: ignore[attr-defined]


def unheard_words(trees: Iterable[Node], inputs: Mapping[str, Input], parameters: Mapping[str, Parameter]) -> Iterator[str]:
    """Words of parameters that can never occur in the input they are held against, each with the parameter's name: most often a slip."""
    for node in (each for tree in trees for each in walk(tree)):
        if isinstance(node, ParameterRef) and node.name in parameters:
            for place, key in enumerate(node.keys):
                yield from _unheard(key, inputs, node.name, [row[0][place] for row in _rows(parameters[node.name])])
        elif isinstance(node, Membership) and isinstance(node.members, ParameterRef) and node.members.name in parameters:
            yield from _unheard(node.value, inputs, node.members.name, _rows(parameters[node.members.name]))


def _rows(parameter: Parameter) -> list[Any]:
    return [row for version in parameter.versions if isinstance(version.value, tuple) for row in version.value]


def _unheard(node: Node, inputs: Mapping[str, Input], parameter: str, words: Iterable[object]) -> Iterator[str]:
    allowed = inputs[node.name].values if isinstance(node, InputRef) else ()
    for word in dict.fromkeys(words):
        if allowed and word not in allowed:
            yield f"{parameter} names {word!r}, which {node.name} never is"  # type: ignore[attr-defined]


_KINDS: Mapping[type[Node], Callable[[Typing, Any], Kind]] = {
    Literal: Typing.literal,
    InputRef: Typing.input,
    FieldRef: Typing.row_field,
    GroupRef: Typing.group,
    ParameterRef: Typing.parameter,
    Comparison: Typing.comparison,
    Arithmetic: Typing.arithmetic,
    Rounded: Typing.rounding,
    Logic: Typing.logic,
    Negation: Typing.logic,
    Choice: Typing.choice,
    Extreme: Typing.extreme,
    Lookup: Typing.lookup,
    Bracket: Typing.bracket,
    Elapsed: Typing.elapsed,
    Shifted: Typing.shifted,
    YearOf: Typing.year,
    Membership: Typing.membership,
    IsEmpty: Typing.emptiness,
    Exists: Typing.existence,
    Total: Typing.sum_of_rows,
}


def kind_of_value(value: object, unit: str = "") -> Kind:
    """The kind of a plain value; a number without a unit fits any."""
    if isinstance(value, bool):
        return FLAG
    if isinstance(value, int):
        return Kind("whole", unit or None)
    if isinstance(value, Fraction):
        return Kind("ratio", unit or None)
    if isinstance(value, date):
        return DATE
    return WORD


def parameter_kind(parameter: Parameter, keyed: bool = False) -> Kind:
    """What reading a parameter gives. Raises RuleFault where a table is read without its keys, or something else with some."""
    if keyed != (parameter.kind == "table"):
        raise RuleFault(f"the parameter {parameter.name} is a {parameter.kind}, read {'with' if keyed else 'without'} keys")
    types = {kind_of_value(value).type for value in _values(parameter)}
    if types == {"whole", "ratio"}:
        types = {"ratio"}
    if len(types) > 1:
        raise RuleFault(f"the values of {parameter.name} are of several types: {', '.join(sorted(types))}")
    type_ = types.pop() if types else "any"
    return Kind(type_, parameter.unit if type_ in ("whole", "ratio", "any") else None)


def _values(parameter: Parameter) -> list[object]:
    found: list[object] = []
    for version in parameter.versions:
        if version.value is None:
            continue
        if isinstance(version.value, tuple):
            found += [row[1] if isinstance(row, tuple) else row for row in version.value]
        else:
            found.append(version.value)
    return found


def _joined(left: Kind, right: Kind, what: str) -> Kind:
    types = {left.type, right.type} - {"any"}
    if types == {"whole", "ratio"}:
        types = {"ratio"}
    if len(types) > 1:
        raise RuleFault(f"{what} are a {left.type} and a {right.type}")
    return Kind(types.pop() if types else "any", _same_unit(left, right, "put beside"))


def _same_unit(left: Kind, right: Kind, how: str) -> str | None:
    if left.unit is not None and right.unit is not None and left.unit != right.unit:
        raise RuleFault(f"units clash: {left.unit or 'a plain number'} {how} {right.unit or 'a plain number'}")
    return right.unit if left.unit is None else left.unit


def _product(left: Kind, right: Kind) -> str | None:
    if left.unit and right.unit:
        raise RuleFault(f"units clash: {left.unit} times {right.unit}")
    if left.unit is None and right.unit is None:
        return None
    return left.unit or right.unit or (None if None in (left.unit, right.unit) else "")


def _quotient(left: Kind, right: Kind) -> str | None:
    if left.unit is None or right.unit is None:
        return None if left.unit is None or not right.unit else left.unit if right.unit == "" else None
    if left.unit == right.unit:
        return ""
    if right.unit:
        raise RuleFault(f"units clash: {left.unit or 'a plain number'} divided by {right.unit}")
    return left.unit
