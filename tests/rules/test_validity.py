"""What is wrong with a row is said, each thing with its own words, naming file, row and rule."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from guildhall.kernel.errors import FaultsFound
from guildhall.rules import Missing, Origin, Parameters, all_of, decide, pay, rule
from guildhall.rules.validity import faults
from tests.rules.sample import ABOUT, INPUTS, LAW, TODAY, WORKER, sample

BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "negative money": ({"fee": -100}, "fee", "-100 is negative"),
    "money too large": ({"fee": 10**13 + 1}, "fee", "is larger than any such number can be"),
    "a word of no list": ({"level": "L9"}, "level", "'L9' is not a word of this column"),
    "a date before birth": ({"applied_on": date(1980, 1, 1)}, "applied_on", "1980-01-01 lies before the birth on 1990-02-01"),
    "a date long gone": ({"applied_on": date(1880, 1, 1)}, "applied_on", "lies outside 1900-01-01 to 2199-12-31"),
    "not yet born at the event": ({"issued_on": date(1990, 1, 31)}, "issued_on", "was not yet born on 1990-01-31, which decides"),
    "dead at the event": ({"died_on": date(2024, 5, 9)}, "died_on", "died on 2024-05-09, before 2024-05-10, which decides"),
    "a row of a group": ({"grants": [{"year": -1}]}, "grants", "a row of it is negative"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_value_that_cannot_be_right_has_its_words_and_leaves_the_row_open(bad: str) -> None:
    changes, column, said = BAD[bad]
    facts = {**WORKER, **changes}
    (fault,) = faults(sample, facts, file="person.json", row=3)
    assert (fault.file, fault.row, fault.column) == ("person.json", 3, column)
    assert said in fault.what
    assert "(rule sample_subsidy)" in fault.what
    assert fault.next
    found = decide(sample, facts, parameters=LAW, on=TODAY)
    assert (found.outcome, found.value) == ("undetermined", None)
    assert (column, "bad") in {(each.name, each.why) for each in found.missing}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"insured_month": 3}, "person.json, row 3, column insured_month: unknown field"),
        ({"insured_months": "14"}, "column insured_months: '14' is text — give a whole number"),
        ({"insured_months": True}, "true is a yes or no — give a whole number"),
        ({"insured_months": 1.5}, "1.5 is a number with decimals — give a whole number"),
        ({"shortage": 1}, "1 is a whole number — give true or false"),
        ({"issued_on": "2024-05-10"}, "is text — give a day, YYYY-MM-DD"),
        ({"issued_on": datetime(2024, 5, 10)}, "is a moment — give a day, YYYY-MM-DD"),  # noqa: DTZ001
        ({"grants": 3}, "3 is a whole number — give a list of rows"),
        ({"grants": [3]}, "3 is a whole number — give rows of year"),
        ({"grants": [{"month": 3}]}, "column grants.month: unknown field — one of year"),
        ({"grants": [{"year": "x"}]}, "column grants.year: 'x' is text — give a whole number"),
    ],
)
def test_an_unknown_field_or_a_wrong_type_is_a_mistake_of_the_caller(changes: dict[str, Any], said: str) -> None:
    facts = {**WORKER, **{name: value for name, value in changes.items()}}
    assert any(said in str(fault) for fault in faults(sample, facts, file="person.json", row=3))
    with pytest.raises(FaultsFound, match="The facts given to the rule sample_subsidy do not fit"):
        decide(sample, facts, parameters=LAW, on=TODAY)


def test_records_that_contradict_each_other_are_said_once_under_their_own_name() -> None:
    inputs = {**INPUTS, "insured_months": Origin("records", contradicted="shortage"), "fee": Origin("claim", contradicted="shortage")}
    doubted = rule("doubted", **{**ABOUT, "inputs": inputs})(lambda p, c: pay(all_of(insured=p.insured_months > 0, paid=p.fee > 0), 1))
    facts = {**WORKER, "shortage": True, "level": "L5"}
    (fault,) = faults(doubted, facts, file="person.json", row=3)
    assert str(fault).startswith(
        "person.json, row 3, column shortage: the records contradict each other: occupation in shortage (rule doubted)"
    )
    found = decide(doubted, facts, parameters=LAW, on=TODAY)
    assert (found.outcome, found.missing) == ("undetermined", (Missing("shortage", "bad", "contradicted"),))
    assert decide(doubted, {**facts, "shortage": False}, parameters=LAW, on=TODAY).outcome == "entitled"


def test_a_good_row_has_no_faults_and_neither_has_one_that_says_little() -> None:
    assert faults(sample, WORKER, file="person.json") == []
    assert faults(sample, {}, file="person.json") == []
    assert decide(sample, {}, parameters=Parameters({}), on=TODAY).outcome == "undetermined"


def test_the_month_of_birth_itself_and_the_day_of_death_itself_are_lived() -> None:
    assert faults(sample, {**WORKER, "issued_on": date(1990, 2, 1)}, file="f") == []
    assert faults(sample, {**WORKER, "died_on": date(2024, 5, 10)}, file="f") == []
