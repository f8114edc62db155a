"""Specs of the rules language: a small table of inputs and what must come out, run on every evaluator there is.

A spec is one expression, or one whole rule, and an ASCII table. Each column is an input, `name:type` with whole numbers where
no type is given; `-` is an unknown value. The last columns say what must come out, `?` being unknown:

    a | b | gives            for an expression: its value
    1 | - | ?

    months | outcome      | value | failed  | unknown      for a rule: its decision
    9      | refused      | -     | insured | -

A cell of a group of rows, `name:rows(field,field)`, lists them as `2024,100; 2025,-`, and `none` where there are none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa

from guildhall.kernel.tables import COUNT, DATE, FLAG, KEY, NAME, Column, Table, Text
from guildhall.rules import Node, Origin, Parameter, Parameters, Result, Rule, all_of, attest, records, rows_of, rule

TODAY = date(2024, 9, 1)
"""The day the specs ask on."""
LIFT = 10**6
"""Added to numbers that must come out, because no input may be negative."""
_TYPES = {"whole": COUNT, "flag": FLAG, "date": DATE, "word": NAME}
_OUTCOMES = ("outcome", "value", "failed", "unknown")
_GROUP = re.compile(r"rows\((.*)\)")


class Answer(NamedTuple):
    """What an evaluator says of one row."""

    outcome: str
    value: int | None
    failed: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Spec:
    """An expression, and its value for each row of the table. `gives` is the type of what comes out."""

    title: str
    expression: Callable[[Any, Any], Any]
    table: str
    gives: str = "whole"
    unit: str = ""
    parameters: Sequence[Parameter] = ()


@dataclass(frozen=True)
class RuleSpec:
    """A whole rule, and its decision for each row of the table."""

    title: str
    written: Callable[[Any, Any], Result]
    table: str
    parameters: Parameters = field(default_factory=lambda: Parameters({}))
    about: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True)
class Trial:
    """A spec made ready for an evaluator: ask `rule` of `rows` and compare with `expected`."""

    title: str
    rule: Rule
    facts: Table
    parameters: Parameters
    rows: Sequence[Mapping[str, object]]
    expected: Sequence[Answer]


def trial(spec: Spec | RuleSpec) -> Trial:
    """The rule a spec describes, with its rows and what must come out."""
    return _of_expression(spec) if isinstance(spec, Spec) else _of_rule(spec)


def _of_expression(spec: Spec) -> Trial:
    names, cells = _cells(spec.table)
    inputs = {name: type_ for name, type_ in names.items() if name != "gives"}
    column = {"whole": spec.unit or "whole", "date": "date", "word": "word"}.get(spec.gives)
    table = _table({**inputs, **({"gives": column} if column else {}), "asked": "date"})

    def written(p: Any, c: Any) -> Result:
        found: Node = spec.expression(p, c)
        if spec.gives == "whole":
            found = found + LIFT == p.gives
        return attest(all_of(it=found == p.gives if spec.gives in ("date", "word") else found))

    made = rule("spec", facts=table, inputs=_all_inputs(table, {}), governed_by="asked", **_ABOUT)(written)
    rows, expected = [], []
    for line in cells:
        row: dict[str, object] = {name: _value(type_, line[name]) for name, type_ in inputs.items()}
        rows.append({**row, "asked": TODAY, **({"gives": _given(spec.gives, line["gives"])} if column else {})})
        expected.append(_expected(spec.gives, line["gives"]))
    return Trial(spec.title, made, table, Parameters({"spec": {each.name: each for each in spec.parameters}}), rows, expected)


def _expected(type_: str, cell: str) -> Answer:
    if cell == "?":
        return Answer("undetermined", None, (), ("it",))
    holds = type_ != "flag" or cell == "yes"
    return Answer("entitled", None, (), ()) if holds else Answer("refused", None, ("it",), ())


def _given(type_: str, cell: str) -> object:
    if cell == "?":
        return {"whole": LIFT, "date": TODAY, "word": "no word"}[type_]
    return int(cell) + LIFT if type_ == "whole" else _value(type_, cell)


def _of_rule(spec: RuleSpec) -> Trial:
    names, cells = _cells(spec.table)
    inputs = {name: type_ for name, type_ in names.items() if name not in _OUTCOMES}
    table = _table(inputs)
    about = {**_ABOUT, **spec.about}
    made = rule("spec", facts=table, inputs=_all_inputs(table, spec.inputs), **about)(spec.written)
    rows = [{name: _value(type_, line[name]) for name, type_ in inputs.items()} for line in cells]
    expected = [Answer(line["outcome"], _value("whole", line["value"]), *(_list(line[name]) for name in _OUTCOMES[2:])) for line in cells]  # type: ignore[arg-type]
    return Trial(spec.title, made, table, spec.parameters, rows, expected)


_ABOUT: dict[str, Any] = {"unit": "fen", "channel": "claim", "title": Text("规格", "a spec"), "basis": ("spec",)}


def _all_inputs(table: Table, special: Mapping[str, Origin]) -> dict[str, Origin]:
    usual = records(empty=Text("没有", "there is none"))
    return {column.name: special.get(column.name, usual) for column in table.columns[1:]}


def _table(types: Mapping[str, str]) -> Table:
    columns = [Column(name, _arrow(type_), Text(name, name), unit=_unit(type_), nullable=True) for name, type_ in types.items()]
    return Table("spec.facts", Text("规格", "a spec"), (Column("id", KEY, Text("键", "key")), *columns), key=("id",))


def _arrow(type_: str) -> pa.DataType:
    if found := _GROUP.fullmatch(type_):
        return rows_of(*(Column(name, COUNT, Text(name, name), nullable=True) for name in found[1].split(",")))
    return _TYPES.get(type_, COUNT)


def _unit(type_: str) -> str:
    return "" if type_ in _TYPES or _GROUP.fullmatch(type_) else type_


def _cells(table: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines() if line.strip() and set(line) - set(" -|")]
    heads = [head.partition(":") for head in lines[0]]
    names = {name: type_ or "whole" for name, _, type_ in heads}
    return names, [dict(zip(names, line, strict=True)) for line in lines[1:]]


def _value(type_: str, cell: str) -> object:
    if cell == "-":
        return None
    if type_ == "flag":
        return {"yes": True, "no": False}[cell]
    if type_ == "date":
        return date.fromisoformat(cell)
    if type_ == "word":
        return cell
    if found := _GROUP.fullmatch(type_):
        parts = [] if cell == "none" else cell.split(";")
        return [
            {name: _value("whole", each.strip()) for name, each in zip(found[1].split(","), part.split(","), strict=True)} for part in parts
        ]
    return int(cell)


def _list(cell: str) -> tuple[str, ...]:
    return () if cell == "-" else tuple(cell.split())
