"""The row evaluator and the fold to tables give the same answer for the same person, whatever the rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from guildhall.kernel.backends import open_arrow
from guildhall.kernel.tables import Table
from guildhall.rules import Parameters, Rule, RuleFault, decide
from guildhall.rules.fold import fold
from guildhall.rules.rows import _read  # what would be given should the open conditions hold, which no decision tells
from guildhall.rules.validity import unusable
from tests.rules.extents import of_table
from tests.rules.generated import ON, PEOPLE, laws, people, rules


def by_table(
    rule: Rule, parameters: Parameters, facts: Table, rows: Sequence[Mapping[str, object]], on: date, *, extents: bool = False
) -> list[dict[str, object]]:
    """What the fold adds to each row, in the order of the key; with `extents` it is told beforehand what the table holds."""
    with open_arrow({"facts": facts.build({column.name: [row.get(column.name) for row in rows] for column in facts.columns})}) as tables:
        known = of_table(tables, tables["facts"], [rule]) if extents else None
        found = fold(rule, parameters, on, extents=known, keep=facts.key)(tables["facts"])
        return tables.rows(found.order_by(*facts.key).select("outcome", "value", "amount", "failed", "unknown", "bad"))


def by_row(rule: Rule, parameters: Parameters, row: Mapping[str, object], on: date) -> dict[str, object]:
    """The same from the row evaluator."""
    inputs = {name: value for name, value in row.items() if name in rule.inputs}
    found = decide(rule, inputs, parameters=parameters, on=on)
    names = list(rule.conditions)
    bad = {missing.name for missing in unusable(rule, inputs, on).values() if missing.why == "bad"}
    _, _, amount, _ = _read(rule, inputs, parameters, on)
    return {
        "outcome": found.outcome,
        "value": found.value,
        "amount": None if found.outcome == "refused" or bad else amount.value,
        "failed": sum(1 << names.index(name) for name in found.failed),
        "unknown": sum(1 << names.index(name) for name in found.unknown),
        "bad": sum(1 << rule.reads.index(name) for name in bad),
    }


def differences(rule: Rule, parameters: Parameters, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Rows on which the two disagree, with both answers."""
    expected = [by_row(rule, parameters, row, ON) for row in rows]
    wrong: list[str] = []
    for extents in (False, True):
        found = by_table(rule, parameters, PEOPLE, rows, ON, extents=extents)
        pairs = zip(rows, found, expected, strict=True)
        wrong += [f"{row}\n  table {one} {'with extents' * extents}\n  row   {two}" for row, one, two in pairs if one != two]
    return wrong


def agree(rule: Rule, parameters: Parameters, rows: Sequence[Mapping[str, object]]) -> None:
    try:
        wrong = differences(rule, parameters, rows)
    except RuleFault as fault:
        if "38 digits" not in fault.what:
            raise
        reject()
    said = {name: rule.wording(node) for name, node in rule.conditions.items()}
    said["value"] = rule.wording(rule.result.value) if rule.result.value is not None else ""
    assert not wrong, "\n".join([f"{len(wrong)} rows differ", *wrong[:3], *(f"{name}: {text}" for name, text in said.items())])


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
@given(rules(conditions=5, depth=2), laws(), st.integers(0, 10_000))
def test_generated_rules_agree(rule: Rule, parameters: Parameters, seed: int) -> None:
    agree(rule, parameters, people(seed, 40, doubtful=seed % 2 / 50))


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
@given(rules(conditions=5, depth=2), laws(), st.integers(0, 10_000))
def test_generated_rules_agree_where_whole_columns_are_empty(rule: Rule, parameters: Parameters, seed: int) -> None:
    void = dict.fromkeys(Random(seed).sample(sorted(rule.reads), len(rule.reads) // 2))
    agree(rule, parameters, [{**row, **void} for row in people(seed, 40, doubtful=seed % 2 / 50)])


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
@given(rules(conditions=8, depth=4), laws(), st.integers(0, 1_000_000))
def test_many_generated_rules_agree(rule: Rule, parameters: Parameters, seed: int) -> None:
    agree(rule, parameters, people(seed, 60, doubtful=seed % 2 / 50))
