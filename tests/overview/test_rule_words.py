"""Rules read in words: no codes word for word, short tables said, and another province's figure never this city's."""

from __future__ import annotations

import re
from datetime import date

import pytest

from guildhall.city import load
from guildhall.city.ruletext import RuleText
from guildhall.incentives.engine.codes import CODES
from guildhall.overview.engine.rulebooks import RULES
from guildhall.rules.sentences import sentence
from guildhall.web.words import WORDS

DAYS = (date(2024, 7, 1), date(2026, 11, 20))


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("day", DAYS)
def test_no_rule_reads_as_code(name: str, day: date) -> None:
    for part in RuleText(RULES[name], load("chongqing"), day, CODES).parts:
        assert not re.findall(r"[A-Za-z]{4,}|[A-Za-z]+_", part.reading.zh), (part.name, part.reading.zh)
        assert not re.findall(r"\w+_\w+", part.reading.en), (part.name, part.reading.en)


def _sentences(rule: str, day: date) -> dict[str, tuple[str, str]]:
    return {part.name: (part.sentence.zh, part.sentence.en) for part in RuleText(RULES[rule], load("chongqing"), day, CODES).clauses}


def test_the_loan_names_its_limit_and_the_title_its_months() -> None:
    assert "个人：500,000元" in _sentences("loan_interest_subsidy", DAYS[1])["within_limit"][0]
    zh, en = _sentences("title_recognition", DAYS[1])["years"]
    assert "24个月" in zh
    assert "48 months" in en
    assert "120" not in zh + en, "the ten years of another province"


def test_a_case_is_told_the_figure_that_holds_for_it() -> None:
    from guildhall.city import rule_parameters
    from guildhall.rules import decide

    parameters = rule_parameters(load("chongqing"))
    rule = RULES["loan_interest_subsidy"]
    facts = {"place": "cq-500103", "borrowed_on": date(2025, 7, 1), "borrower": "person", "principal": 60_000_000}
    decision = decide(rule, facts, parameters=parameters, on=date(2025, 8, 1))
    told = {one.name: sentence(rule, one, "en", parameters.of(rule.name)) for one in decision.conditions}
    assert told["within_limit"] == "the principal, ¥600,000.00, is within the limit of ¥500,000.00"
    rule = RULES["title_recognition"]
    facts = {"place": "cq-500103", "level": "L2", "kind": "skill_level", "sought": "intermediate", "issued_on": date(2020, 5, 1)}
    decision = decide(rule, {**facts, "applied_on": date(2022, 5, 1)}, parameters=parameters, on=date(2022, 5, 1))
    told = {one.name: sentence(rule, one, "en", parameters.of(rule.name)) for one in decision.conditions}
    assert told["years"] == "36 months have passed since 2020-05-01 by 2022-05-01"


def test_figures_without_a_rule_are_labelled_so() -> None:
    unread = {
        one.name: one.channel for one in load("chongqing").instruments if one.name in ("county_graduate_allowance", "returnee_park_grant")
    }
    assert set(unread.values()) == {"none"}
    assert len(unread) == 2
    assert "none" in WORDS["channel"]
