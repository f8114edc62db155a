"""Rules: what the decorator makes of a function that reads like the law, and the book that holds several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from string import Formatter
from typing import Literal, Required, TypeAlias, TypedDict, Unpack

from guildhall.kernel.tables import Table, Text
from guildhall.rules.expressions import (
    FieldRef,
    GroupRef,
    InputRef,
    Logic,
    Node,
    ParameterRef,
    RuleFault,
    all_of,
    as_node,
    walk,
)
from guildhall.rules.formulas import formula
from guildhall.rules.inputs import Input, Origin, read_inputs
from guildhall.rules.kinds import Kind, Typing, unheard_words
from guildhall.rules.parameters import Parameter

Channel: TypeAlias = Literal["claim", "automatic", "tax", "bank", "attestation"]
"""Claimed here; paid here without asking (免申即享); declared to the tax authority; asked of bank and finance bureau; only attested."""
CHANNELS: tuple[str, ...] = ("claim", "automatic", "tax", "bank", "attestation")
BORN = ("born_on", "birth_month")
"""Columns of a facts table that say when a person was born; a month is its first day."""
_ROLES = {"governed_by": "date", "place": "word", "edition": "word"}
DIED = "died_on"
"""The column that says when a person died; empty for the living."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule says: money paid, a sum deducted from income (never shown as money), or a fact attested; under which conditions.

    `cap` is the most another jurisdiction allows. An amount above it stands only where the parameter that sets it names an uplift.
    """

    kind: Literal["pay", "deduct", "attest"]
    conditions: Logic
    value: Node | None = None
    cap: Node | None = None


def pay(conditions: Node, value: object, *, cap: object = None) -> Result:
    """Pays `value` where every condition holds."""
    return Result("pay", _named(conditions), as_node(value), None if cap is None else as_node(cap))


def deduct(conditions: Node, value: object, *, cap: object = None) -> Result:
    """Takes `value` off taxable income where every condition holds: a deduction, not money."""
    return Result("deduct", _named(conditions), as_node(value), None if cap is None else as_node(cap))


def attest(conditions: Node) -> Result:
    """States that every condition holds; carries no value."""
    return Result("attest", _named(conditions))


def _named(conditions: Node) -> Logic:
    if isinstance(conditions, Logic) and conditions.op == "and" and conditions.names:
        return conditions
    raise RuleFault("the conditions of a rule have no names", next="all_of(insured=…, in_time=…): each name is a reason code")


class Facts:
    """Stands for the row while a rule is read: its attributes are the inputs."""

    def __init__(self, inputs: Mapping[str, Input], table: str) -> None:
        self._inputs = inputs
        self._table = table

    def __getattr__(self, name: str) -> Node:
        if name.startswith("__"):
            raise AttributeError(name)
        given = self._inputs.get(name)
        if given is None:
            near = get_close_matches(name, self._inputs, n=1)
            why = f"the inputs of {self._table} are {', '.join(self._inputs)}"
            raise RuleFault(f"there is no input called {name}", why=why, next=f"did you mean {near[0]}?" if near else "")
        if given.type == "rows":
            return GroupRef(name, tuple(part.name for part in given.fields))
        return InputRef(name)


class Law:
    """Stands for the parameters while a rule is read. `c.at(p.applied_on).name` reads one on another date than the governing one."""

    def __init__(self, at: Node | None = None) -> None:
        self._at = at

    def at(self, day: object) -> Law:
        """The parameters in force on another date."""
        return Law(as_node(day))

    def __getattr__(self, name: str) -> ParameterRef:
        if name.startswith("__"):
            raise AttributeError(name)
        return ParameterRef(name, (), self._at)


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule as data: everything that deciding and explaining it needs, apart from its parameters.

    `columns` are all those of the facts table: a row may hold them, though the rule may read its inputs only.
    """

    name: str
    title: Text
    facts: str
    inputs: Mapping[str, Input]
    governed_by: str
    unit: str
    channel: Channel
    basis: tuple[str, ...]
    result: Result
    place: str = ""
    edition: str = ""
    born: tuple[str, ...] = ()
    died: str = ""
    says: Mapping[str, Text] = field(default_factory=dict)
    excludes: tuple[str, ...] = ()
    doc: str = ""
    columns: frozenset[str] = frozenset()
    _wordings: dict[Node, str] = field(default_factory=dict, init=False, repr=False)

    def wording(self, node: Node) -> str:
        """An expression of this rule written as a formula: `add_months(issued_on, window_months)`."""
        if node not in self._wordings:
            self._wordings[node] = formula(node)
        return self._wordings[node]

    @cached_property
    def conditions(self) -> Mapping[str, Node]:
        """The named conditions, in the order of the rule; the position of one is its bit in a mask."""
        return dict(zip(self.result.conditions.names, self.result.conditions.parts, strict=True))

    @property
    def trees(self) -> tuple[Node, ...]:
        """Every expression of the rule: its conditions, its value, its cap."""
        return (*self.result.conditions.parts, *(part for part in (self.result.value, self.result.cap) if part is not None))

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The inputs that a decision can depend on, sorted; with what dates or doubts them, selects a parameter, or tells a bad row."""
        names = {self.governed_by, self.place, self.edition, self.died, *self.born}
        for tree in self.trees:
            for node in walk(tree):
                if isinstance(node, (InputRef, GroupRef)):
                    names.add(node.name)
                elif isinstance(node, FieldRef):
                    names.add(node.group)
        names |= {beside for name in names if name in self.inputs for beside in self.inputs[name].origin.beside}
        return tuple(sorted(names - {""}))

    @cached_property
    def dating(self) -> frozenset[str]:
        """The columns that date what comes from feeds."""
        return frozenset(given.origin.as_of for given in self.inputs.values()) - {""}

    @cached_property
    def doubting(self) -> frozenset[str]:
        """The flags that say that records contradict each other."""
        return frozenset(given.origin.contradicted for given in self.inputs.values()) - {""}

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters it reads, in order of first use."""
        found = (node.name for tree in self.trees for node in walk(tree) if isinstance(node, ParameterRef))
        return tuple(dict.fromkeys(found))

    def check(self, parameters: Mapping[str, Parameter] | None = None) -> Mapping[str, Kind]:
        """Type and unit of each condition, of `value` and of `cap`. Raises RuleFault naming the rule where something does not fit."""
        typing = Typing(self.inputs, parameters)
        found: dict[str, Kind] = {}
        for name, node in self.conditions.items():
            with _naming(f"{self.name}, condition {name}"):
                found[name] = typing.expect(node, "flag", what="the condition")
        for name, value in (("value", self.result.value), ("cap", self.result.cap)):
            if value is not None:
                with _naming(f"{self.name}, {name}"):
                    found[name] = _amount(typing, value, self.unit)
        return found

    def unheard(self, parameters: Mapping[str, Parameter]) -> tuple[str, ...]:
        """What is odd about the parameters: words that the inputs they are held against never take, one sentence each."""
        return tuple(dict.fromkeys(unheard_words(self.trees, self.inputs, parameters)))


def _amount(typing: Typing, value: Node, unit: str) -> Kind:
    found = typing.expect(value, "whole", what="the amount")
    if found.unit not in (None, unit):
        raise RuleFault(f"the amount is in {found.unit or 'plain numbers'}, the rule is in {unit}")
    return found


Written: TypeAlias = Callable[..., Result]


class About(TypedDict, total=False):
    """What a rule says of itself beside its facts and inputs; `place`, `edition`, `says` and `excludes` may be left out."""

    title: Required[Text]
    governed_by: Required[str]
    unit: Required[str]
    channel: Required[Channel]
    basis: Required[tuple[str, ...]]
    place: str
    edition: str
    says: Mapping[str, Text]
    excludes: tuple[str, ...]


def rule(name: str, *, facts: Table, inputs: Mapping[str, Origin], **about: Unpack[About]) -> Callable[[Written], Rule]:
    """Makes a Rule of a function of (p, c) by running it once on symbols.

    `facts` is the table a row of which it decides on; `inputs` names the columns it may read and where each comes from;
    `governed_by` is the input whose date selects the parameters, `place` and `edition` those that select further; `says`
    gives a condition its sentence, with `{operand}` for the value of an input or parameter; `excludes` names rules that
    may not be granted for the same row. Raises RuleFault, naming the rule, for anything that does not fit together.
    """

    def make(written: Written) -> Rule:
        with _naming(name):
            offered = _with_row_checks(facts, inputs)
            _check_roles(offered, {role: str(about.get(role, "")) for role in _ROLES}, facts.name)
            if about["channel"] not in CHANNELS:
                raise RuleFault(f"there is no channel called {about['channel']}", next=f"one of {', '.join(CHANNELS)}")
            result = written(Facts(offered, facts.name), Law())
            if not isinstance(result, Result):
                raise RuleFault("the function gives no result", next="end it with return pay(…), deduct(…) or attest(…)")
        made = Rule(
            name=name,
            facts=facts.name,
            inputs=offered,
            result=result,
            born=tuple(column for column in BORN if column in offered),
            died=DIED if DIED in offered else "",
            doc=(written.__doc__ or "").strip(),
            columns=frozenset(column.name for column in facts.columns),
            **about,
        )
        _check_names(made)
        _check_says(made)
        made.check()
        return made

    return make


def _with_row_checks(table: Table, origins: Mapping[str, Origin]) -> dict[str, Input]:
    """The inputs, with the columns that date or doubt them and those that say when a person lived, which need no naming."""
    names = {column.name for column in table.columns}
    wanted = {beside for origin in origins.values() for beside in origin.beside} | ({*BORN, DIED} & names)
    return read_inputs(table, {**{name: Origin("records") for name in sorted(wanted - set(origins))}, **origins})


def _check_roles(inputs: Mapping[str, Input], roles: Mapping[str, str], table: str) -> None:
    for role, column in roles.items():
        if not column and role != "governed_by":
            continue
        if column not in inputs:
            raise RuleFault(f"{role} names {column!r}, which is no input of {table}", why=f"the inputs are {', '.join(inputs)}")
        if inputs[column].type != _ROLES[role]:
            raise RuleFault(f"{role} names {column}, a {inputs[column].type}", why=f"it must be a {_ROLES[role]}")


def placeholders(template: str) -> list[str]:
    """The names in braces of a sentence; `a|b` stands for the one of them that a case reads."""
    return [name for _, name, _, _ in Formatter().parse(template) if name]


def _check_names(made: Rule) -> None:
    """No figure is called what an input is called: a sentence or a trace that names one would be taken for the other."""
    for name in made.parameters:
        if name in made.inputs:
            raise RuleFault(f"the rule {made.name}: {name} is an input and a parameter", next="give the parameter another name")


def _check_says(made: Rule) -> None:
    """A sentence belongs to a condition, and names only what the condition rests on."""
    for name, text in made.says.items():
        if name not in made.conditions:
            raise RuleFault(f"the rule {made.name}: a sentence is given for {name}, which is no condition of it")
        known = names_in(made.conditions[name])
        for wrong in (each for words in text for gap in placeholders(words) for each in gap.split("|") if each not in known):
            why = f"it reads {', '.join(sorted(known))}"
            raise RuleFault(f"the rule {made.name}: the sentence of {name} speaks of {wrong}, which the condition does not read", why=why)


def names_in(node: Node) -> frozenset[str]:
    """The inputs and parameters an expression reads."""
    return frozenset(each.name for each in walk(node) if isinstance(each, (InputRef, GroupRef, ParameterRef)))


class _naming:
    """Puts the name of the rule before whatever is wrong inside."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, RuleFault) and not error.what.startswith("the rule "):
            raise RuleFault(f"the rule {self.name}: {error.what}", why=error.why, next=error.next) from error


class Rulebook(Mapping[str, Rule]):
    """Rules by name. Raises RuleFault where two have one name."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[str, Rule] = {}
        for each in rules:
            if each.name in self._rules:
                raise RuleFault(f"two rules are called {each.name}")
            self._rules[each.name] = each

    def __getitem__(self, name: str) -> Rule:
        return self._rules[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)


__all__ = ["Facts", "Law", "Result", "Rule", "Rulebook", "all_of", "attest", "deduct", "pay", "rule"]
