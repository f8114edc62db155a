"""Insurance as it stands on record: spells that contradict each other, and data held against the day of application."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from guildhall.incentives.engine import RULEBOOK
from guildhall.rules import Missing, decide
from guildhall.rules.sentences import needs
from tests.incentives.golden import chongqing
from tests.incentives.registers import asked, of_certificate, one_by_one, together
from tests.incentives.test_facts import ON, certificate, insured, job, register

JUNE, OPEN = (date(2024, 1, 1), date(2024, 7, 1)), (date(2024, 6, 1), None)
RECORDS: list[tuple[str, list[dict[str, Any]], bool, bool]] = [
    ("one", [insured(1, *JUNE)], False, False),
    ("two that meet", [insured(1, *JUNE), insured(2, date(2024, 7, 1))], False, False),
    ("two that overlap", [insured(1, *JUNE), insured(2, *OPEN)], True, True),
    ("one inside the other", [insured(1, date(2024, 1, 1)), insured(2, date(2024, 3, 1), date(2024, 4, 1))], True, True),
    ("the same twice", [insured(1, *JUNE), insured(2, *JUNE)], False, False),
    ("of two employers", [insured(1, *JUNE), insured(2, *OPEN, organisation_id=2)], False, False),
    ("of another employer", [insured(1, *JUNE, organisation_id=2), insured(2, *OPEN, organisation_id=2)], True, False),
    ("of nobody known", [insured(1, *JUNE, organisation_id=None), insured(2, *OPEN, organisation_id=None)], False, False),
    ("of a merged record", [insured(1, *JUNE), insured(2, *OPEN, worker_id=2)], True, True),
    ("the first and the third of three", [insured(1, *JUNE), insured(2, *OPEN, organisation_id=2), insured(3, *OPEN)], True, True),
    ("not before the feed speaks of it", [insured(1, date(2024, 1, 1)), insured(2, date(2026, 3, 1))], False, False),
]


QUICK = ("two that meet", "two that overlap", "of a merged record")
"""Records that are also asked of the engine for everybody in the quick suite; all of them in the slow one."""
CASES = [pytest.param(*row[1:], id=row[0]) for row in RECORDS]
SAME = [pytest.param(*row[1:], id=row[0], marks=() if row[0] in QUICK else pytest.mark.slow) for row in RECORDS]


def contradicting(spells: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"certificates": [certificate(1, date(2024, 1, 9))], "employment_spells": [job(7, date(2024, 1, 9))]}
    return register(**given, insurance_spells=spells, aliases=[{"worker_id": 2, "merged_into_id": 1}])


def told(found: Any) -> list[Any]:
    return [found[f"incentives.{name}_facts"][key,]["insurance_contradicts"] for name, key in (("certificate", 1), ("hire", 7))]


@pytest.mark.parametrize(("spells", "person", "employer"), CASES)
def test_spells_with_one_employer_that_overlap_contradict_each_other(spells: Any, person: bool, employer: bool) -> None:
    assert told(one_by_one(contradicting(spells), ON)) == [person, employer]


@pytest.mark.parametrize(("spells", "person", "employer"), SAME)
def test_so_they_do_for_everybody(spells: Any, person: bool, employer: bool) -> None:
    both = ("incentives.certificate_facts", "incentives.hire_facts")
    assert told(together(contradicting(spells), ON, both)) == [person, employer]


def test_a_record_that_contradicts_itself_leaves_the_benefit_open_and_says_why() -> None:
    spells = [insured(1, *JUNE), insured(2, *OPEN)]
    rows = one_by_one(register(certificates=[certificate(1, date(2026, 1, 9))], insurance_spells=spells), ON)
    rule, facts = RULEBOOK["skill_upgrade_subsidy"], rows["incentives.certificate_facts"][1,]
    facts = {name: value for name, value in facts.items() if name in rule.inputs}
    found = decide(rule, facts, parameters=chongqing(), on=ON)
    assert (found.outcome, "insured" in found.unknown) == ("undetermined", True)
    doubt = Missing("insurance_contradicts", "bad", "contradicted")
    assert found.missing.count(doubt) == 1
    assert needs(rule, doubt, "en") == (
        "the records contradict each other: two spells of insurance with one employer overlap; "
        "the counter asks the social insurance agency which is right"
    )
    assert doubt not in decide(rule, {**facts, "insurance_contradicts": False}, parameters=chongqing(), on=ON).missing


@pytest.mark.parametrize(("feed", "stale"), [(date(2026, 2, 14), False), (date(2026, 2, 13), True), (date(2026, 7, 1), False)])
def test_data_are_held_against_the_day_of_application_however_late_the_claim_is_decided(feed: date, stale: bool) -> None:
    tables = register(
        certificates=[certificate(1, date(2025, 6, 9))], insurance_spells=[insured(1, date(2024, 1, 1))],
        feeds=[{"kind": "insurance", "as_of": feed}],
    )  # fmt: skip
    rule, applied = RULEBOOK["skill_upgrade_subsidy"], date(2026, 3, 31)
    for late in (0, 100):
        on = applied + timedelta(late)
        facts = of_certificate(tables, 1, asked(tables, on, applied))
        found = decide(rule, {name: value for name, value in facts.items() if name in rule.inputs}, parameters=chongqing(), on=on)
        assert ("insured" in found.unknown) == stale
        assert {missing.name for missing in found.missing if missing.why == "stale"} == ({"insured", "insured_months"} if stale else set())
