"""Reads a table of worked cases and decides each: what the facts are, what the rule must say, and which source says so.

A table has a row for each case. `source` is the document of the instrument's file in the city pack that the case follows, or `-`
where it tries our data and not a text; the six worked cases have their number in `case`. Then come facts that differ from the
base, under the names of their columns; then `outcome`, `yuan` and `because`. A cell left empty keeps the base, `?` is not known,
money is in yuan. `because` names the conditions that fail, or of an undetermined case what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa
import pytest

from guildhall.city import City, load, rule_parameters
from guildhall.kernel.tables import Table
from guildhall.rules import Rule
from guildhall.rules.decisions import Decision
from guildhall.rules.parameters import Mode, Parameters
from guildhall.rules.rows import decide

Facts = dict[str, Any]
PLACES = ("CN", "50")
_ABOUT = ("source", "case", "outcome", "yuan", "because", "on")


@dataclass(frozen=True)
class Case:
    """One row of a table."""

    about: Mapping[str, str]
    facts: Facts

    @property
    def name(self) -> str:
        return f"{self.about['source']} {self.about['case']}".strip()


@cache
def city() -> City:
    """The Chongqing pack."""
    return load("chongqing")


@cache
def chongqing(mode: Mode = "demonstration") -> Parameters:
    """Its parameters; in demonstration all of them decide, confirmed or not."""
    return rule_parameters(city(), mode=mode)


@cache
def sources(rule: str) -> Mapping[str, str]:
    """The documents of an instrument's file, by their names there, as a decision cites them."""
    documents = next(one for one in city().instruments if one.name == rule).documents
    return {name: document.cited for name, document in documents.items()}


def rests_on(rule: Rule, facts: Facts, decision: Decision) -> set[str]:
    """The documents a decision rests on: of the figures its conditions show, and of those the rule read on a day the case gives."""
    held = chongqing().of(rule.name)
    days = {facts[rule.governed_by], *(value for value in facts.values() if isinstance(value, date))}
    read = (version for name in rule.parameters for version in held[name].versions if any(version.holds_on(day) for day in days))
    shown = {operand.document for condition in decision.conditions for operand in condition.operands}
    return shown | {version.document for version in read if version.jurisdiction in (*PLACES, facts.get("place"))}


def cases(text: str, table: Table) -> list[Case]:
    """The rows of a table of cases."""
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if line.strip()]
    return [_case(dict(zip(head, row, strict=True)), table) for row in rows]


def decided(rule: Rule, base: Facts, case: Case, parameters: Parameters | None = None) -> Decision:
    """What the rule says of a case: asked on the day of application, with feeds of that day, unless the case says otherwise."""
    source, documents = case.about["source"], sources(rule.name)
    assert source in {"-", *documents}, f"{source} is no document of {rule.name}"
    facts = base | case.facts
    asked = rule.governed_by if "applied_on" not in rule.columns else "applied_on"
    on = date.fromisoformat(case.about["on"]) if case.about.get("on") else facts[asked]
    fresh = {given.origin.as_of: on for given in rule.inputs.values() if given.origin.as_of}
    granted = {"granted_on": facts["applied_on"]} if "granted_on" in rule.columns else {}
    decision = decide(rule, fresh | granted | facts, parameters=parameters or chongqing(), on=on)
    if source != "-" and parameters is None:
        assert documents[source] in rests_on(rule, granted | facts, decision), f"{case.name}: the decision does not rest on it"
    return decision


def each(text: str, table: Table) -> pytest.MarkDecorator:
    """Runs a test once for each case of a table."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases(text, table)])


def agrees(decision: Decision, case: Case) -> None:
    """Outcome, amount and reasons are those of the table."""
    expected = case.about
    because = set(expected["because"].split())
    yuan = None if decision.value is None else f"{decision.value / 100:,.2f}".removesuffix(".00")
    told = (decision.outcome, yuan or "", *decision.failed, *(str(missing) for missing in decision.missing))
    assert (decision.outcome, yuan or "") == (expected["outcome"], expected.get("yuan", "")), told
    if decision.outcome == "refused":
        assert set(decision.failed) == because, told
    if decision.outcome == "undetermined":
        assert because, "an undetermined case says what is missing"
        assert because <= {missing.name for missing in decision.missing}, told


def _case(row: Mapping[str, str], table: Table) -> Case:
    types = {column.name: (column.type, column.unit) for column in table.columns}
    facts = {name: _value(cell, *types[name]) for name, cell in row.items() if name not in _ABOUT and cell}
    return Case({name: row[name] for name in _ABOUT if name in row}, facts)


def _value(cell: str, type_: pa.DataType, unit: str) -> object:
    if cell == "?":
        return None
    if pa.types.is_boolean(type_):
        return {"yes": True, "no": False}[cell]
    if pa.types.is_date(type_):
        return date.fromisoformat(cell)
    if pa.types.is_integer(type_):
        return int(cell) * 100 if unit == "fen" else int(cell)
    return cell
