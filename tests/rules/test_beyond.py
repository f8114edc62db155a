"""Over a table it is told whether an answer waits for more than certain inputs: never where the row evaluator misses nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from guildhall.incentives.engine import RULEBOOK
from guildhall.kernel.backends import open_arrow
from guildhall.rules import Parameter, Parameters, Result, Rule, RuleFault, Version, all_of, any_of, decide, pay, rule, when
from guildhall.rules.fold import BEYOND, column, fold_all
from guildhall.rules.near import may_turn
from tests.rules.generated import INPUTS, ON, PEOPLE, laws, people, rules

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
Rows = Sequence[Mapping[str, object]]


def beyond(rule: Rule, parameters: Parameters, rows: Rows, apart: Collection[str]) -> list[bool]:
    facts = PEOPLE.build({each.name: [row.get(each.name) for row in rows] for each in PEOPLE.columns})
    with open_arrow({"facts": facts}) as tables:
        found = fold_all([rule], parameters, ON, keep=PEOPLE.key, apart=apart)(tables["facts"])
        return [row[column(rule, BEYOND)] for row in tables.rows(found.order_by(*PEOPLE.key))]


def is_beyond(rule: Rule, parameters: Parameters, row: Mapping[str, object], apart: Collection[str]) -> bool:
    """The same by what the row evaluator misses."""
    found = decide(rule, {name: value for name, value in row.items() if name in rule.inputs}, parameters=parameters, on=ON)
    return any(missing.why != "absent" or missing.name.partition(".")[0] not in apart for missing in found.missing)


def agree(rule: Rule, parameters: Parameters, seed: int) -> None:
    rows = people(seed, 40, doubtful=0)
    apart = frozenset(Random(seed).sample(sorted(rule.reads), len(rule.reads) // 2))
    try:
        found = beyond(rule, parameters, rows, apart)
    except RuleFault as fault:
        if "38 digits" not in fault.what:
            raise
        reject()
    decisions = [decide(rule, {n: v for n, v in row.items() if n in rule.inputs}, parameters=parameters, on=ON) for row in rows]
    open_ = [row for row, one, decision in zip(rows, found, decisions, strict=True) if one and decision.outcome != "refused"]
    assert all(is_beyond(rule, parameters, row, apart) for row in open_)


@settings(max_examples=5, suppress_health_check=QUIET)
@given(rules(conditions=5, depth=2), laws(), st.integers(0, 10_000))
def test_more_is_said_to_be_missing_only_where_it_is(rule: Rule, parameters: Parameters, seed: int) -> None:
    agree(rule, parameters, seed)


@pytest.mark.slow
@settings(max_examples=50, suppress_health_check=QUIET)
@given(rules(conditions=8, depth=4), laws(), st.integers(0, 1_000_000))
def test_more_is_said_to_be_missing_only_where_it_is_of_many_rules(rule: Rule, parameters: Parameters, seed: int) -> None:
    agree(rule, parameters, seed)


def _years(value: int, year: int) -> Version:
    return Version(value, date(year, 1, 1), date(year + 1, 1, 1), "CN", "document", "1", "official")


LAW = Parameters({"made": {"least": Parameter("least", "", "scalar", (_years(12, 2024),))}})
NO, YES = date(2023, 5, 1), date(2024, 5, 1)
"""Days on which the figure is not in force, and is."""


@pytest.mark.parametrize(
    ("on", "shown", "so_far", "expected"),
    [
        (YES, None, 3, False),  # nothing but what is shown
        (NO, None, 3, True),  # the figure as well
        (YES, None, None, True),  # the number as well
        (YES, True, None, False),  # nothing at all
        (NO, True, None, False),
        (NO, None, 20, True),
    ],
)
def test_what_else_is_missing_is_seen_through_alternatives_and_choices(
    on: date, shown: bool | None, so_far: int | None, expected: bool
) -> None:
    def written(p: Any, c: Any) -> Result:
        return pay(all_of(known=any_of(p.f, p.a >= c.least)), when(p.f, 100, 50))

    made = rule(
        "made", facts=PEOPLE, inputs=INPUTS, governed_by="on", place="place", unit="", channel="claim", title=PEOPLE.doc, basis=("a text",)
    )(written)
    row = {**people(1, 1, doubtful=0)[0], "on": on, "f": shown, "a": so_far, "died_on": None, "place": "50"}
    assert is_beyond(made, LAW, row, {"f"}) is expected
    assert beyond(made, LAW, [row], {"f"}) == [expected]


def test_only_what_grows_can_turn_by_waiting() -> None:
    turning = {name: [condition for condition in each.conditions if may_turn(each, condition)] for name, each in RULEBOOK.items()}
    assert turning["skill_upgrade_subsidy"] == ["in_time", "insured"]
    assert turning["hiring_subsidy"] == ["insured"]
    assert turning["job_expansion_subsidy"] == []
    assert turning["startup_grant"] == ["long_enough"]
