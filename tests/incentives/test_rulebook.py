"""The book of instruments as a whole: sentences, exclusions, sources of facts; and every worked case read by table as by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.tables import FACTS, TABLES, businesses, certificates, employers, hires
from guildhall.kernel.backends import open_arrow
from guildhall.kernel.tables import Table
from guildhall.registry.engine.feeds.contracts import CONTRACTS
from guildhall.rules import Rule
from guildhall.rules.fold import fold
from guildhall.rules.rows import decide
from guildhall.rules.sentences import sentence
from guildhall.rules.usable import Extent
from tests.incentives import (
    test_hiring_subsidies,
    test_job_stabilisation_refund,
    test_skill_upgrade_subsidy,
    test_starting_a_business,
    test_taxes,
    test_training_subsidy,
)
from tests.incentives.golden import Case, Facts, cases, chongqing, decided

METHOD = Path(__file__).parents[2] / "docs" / "method" / "incentives.md"
BY_NAME = {table.name: table for table in TABLES}
ON = date(2027, 6, 30)

hiring, refund, skill, start, taxes, training = (
    test_hiring_subsidies,
    test_job_stabilisation_refund,
    test_skill_upgrade_subsidy,
    test_starting_a_business,
    test_taxes,
    test_training_subsidy,
)
TRIED: Mapping[str, tuple[Facts, tuple[str, ...]]] = {
    "skill_upgrade_subsidy": (skill.BASE, (skill.WORKED, skill.WINDOW, skill.INSURED, skill.LIMITS, skill.MERGER)),
    "training_subsidy": (training.NOBODY, (training.GROUPS, training.AMOUNTS)),
    "trainee_living_allowance": (training.OF_2021, (training.ALLOWANCES,)),
    "continuing_education_deduction": (taxes.LEARNER, (taxes.CERTIFICATES,)),
    "degree_study_deduction": (taxes.LEARNER, (taxes.DEGREES,)),
    "hiring_subsidy": (hiring.BASE, (hiring.GROUPS, hiring.LEAP, hiring.AGES, hiring.TERMS)),
    "job_expansion_subsidy": (hiring.OF_2025, (hiring.JOBS,)),
    "social_insurance_subsidy": (hiring.OF_2025, (hiring.SHARES,)),
    "small_firm_graduate_subsidy": (hiring.OF_2025, (hiring.SMALL_FIRMS,)),
    "key_group_hiring_relief": (taxes.HIRE, (taxes.HIRES,)),
    "job_stabilisation_refund": (refund.BASE, (refund.CASES,)),
    "self_employed_relief": (taxes.SHOP, (taxes.SHOPS,)),
    "loan_interest_subsidy": (start.LOAN, (start.LOANS,)),
    "guarantee_fee_subsidy": (start.LOAN, (start.FEES,)),
    "startup_grant": (start.SHOP, (start.GRANTS,)),
}
"""Each rule with the base and the tables of cases that try it."""
SHOWN = set(
    "worker_id organisation_id source contract left_on tax_year granted_on "
    "monitored hard_to_employ hardship_as_of veteran graduated_on".split()
)
"""What no rule reads and pages show beside an answer: who and when, and what else may put an owner in a group the rules list."""
OPEN = ("training_subsidy", "small_firm_graduate_subsidy")
"""What nobody is entitled to by the texts on file: each leaves something open for everybody."""
every_rule = pytest.mark.parametrize("rule", list(RULEBOOK.values()), ids=list(RULEBOOK))


@every_rule
def test_every_case_is_answered_by_table_as_by_row(rule: Rule) -> None:
    base, texts = TRIED[rule.name]
    table = BY_NAME[rule.facts]
    rows = [_row(rule, table, base, case, number) for number, case in enumerate(one for text in texts for one in cases(text, table))]
    found = _by_table(rule, table, rows)
    assert {answer["outcome"] for answer in found} >= {"refused"} | ({"undetermined"} if rule.name in OPEN else {"entitled"})
    for row, answer in zip(rows, found, strict=True):
        assert answer == _by_row(rule, row), row


def _row(rule: Rule, table: Table, base: Facts, case: Case, number: int) -> dict[str, Any]:
    """The facts of a case, with feeds fresh on the one day everybody is asked about."""
    facts = base | case.facts
    fresh = {given.origin.as_of: ON for given in rule.inputs.values() if given.origin.as_of}
    return {"granted_on": facts["applied_on"]} | facts | fresh | {table.key[0]: number}


def _by_table(rule: Rule, table: Table, rows: Sequence[Facts]) -> list[dict[str, Any]]:
    facts = table.build({column.name: [row.get(column.name) for row in rows] for column in table.columns})
    known = {"place": Extent(words=frozenset(row["place"] for row in rows))}
    with open_arrow({"facts": facts}) as tables:
        found = fold(rule, chongqing(), ON, extents=known)(tables["facts"])
        return tables.rows(found.order_by(table.key[0]).select("outcome", "value", "failed", "unknown"))


def _by_row(rule: Rule, row: Facts) -> dict[str, Any]:
    found = decide(rule, {name: value for name, value in row.items() if name in rule.inputs}, parameters=chongqing(), on=ON)
    bits = {name: 1 << place for place, name in enumerate(rule.conditions)}
    failed, unknown = (sum(bits[name] for name in names) for names in (found.failed, found.unknown))
    return {"outcome": found.outcome, "value": found.value, "failed": failed, "unknown": unknown}


@every_rule
def test_every_condition_has_a_sentence_without_gaps(rule: Rule) -> None:
    base, texts = TRIED[rule.name]
    first = cases(texts[0], BY_NAME[rule.facts])[0]
    decision = decided(rule, base, first)
    assert set(rule.says) == set(rule.conditions)
    for language in ("zh", "en"):
        for condition in decision.conditions:
            said = sentence(rule, condition, language)
            assert said, condition.name
            assert "None" not in said
            assert "{" not in said


@every_rule
def test_what_excludes_is_excluded_in_turn(rule: Rule) -> None:
    for other in rule.excludes:
        assert rule.name in RULEBOOK[other].excludes


@every_rule
def test_the_method_page_names_the_rule(rule: Rule) -> None:
    assert f"`{rule.name}`" in METHOD.read_text(encoding="utf-8")


@every_rule
def test_production_decides_on_nothing_that_the_city_has_not_confirmed(rule: Rule) -> None:
    base, texts = TRIED[rule.name]
    for text in texts:
        for case in cases(text, BY_NAME[rule.facts]):
            assert decided(rule, base, case, chongqing("production")).outcome != "entitled", case.name


def test_facts_are_stale_when_the_contract_of_their_feed_says_so() -> None:
    feeds = {"insured_as_of": "insurance", "unemployed_as_of": "unemployment", "hardship_as_of": "hardship", "graduates_as_of": "graduates"}
    for facts in FACTS.values():
        for fact in facts:
            if fact.origin.as_of in feeds:
                assert fact.origin.days == CONTRACTS[feeds[fact.origin.as_of]].stale_after, fact.name


def test_every_fact_is_declared_once_and_a_rule_reads_it() -> None:
    read = {table.name: set[str]() for table in TABLES}
    for rule in RULEBOOK.values():
        read[rule.facts] |= set(rule.reads)
    for module in (certificates, hires, employers, businesses):
        names = [fact.name for fact in module.FACTS]
        assert len(names) == len(set(names))
    for name, facts in FACTS.items():
        assert {fact.name for fact in facts} - read[name] - set(BY_NAME[name].key) <= SHOWN, name
