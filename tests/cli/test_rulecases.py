"""`guildhall rules explain|replay`: samples of the guide, mistakes in a file, and decisions made again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from guildhall.incentives.models import Rulebook
from guildhall.overview.engine.subjects import TITLES
from tests.cli.conftest import Command
from tests.house.tree import REPOSITORY
from tests.incentives.desk import FACTS, Desk, desk

__all__ = ["desk"]

SAMPLES = REPOSITORY / "docs" / "guide" / "samples"
TRIED = {
    "certificate": ("skill_upgrade_subsidy", "2024-06-03", "not met", "3 months more"),
    "hire": ("hiring_subsidy", "2025-01-20", "met: ¥2,000.00", "official"),
    "employer": ("job_stabilisation_refund", "2024-06-03", "met: ¥60,000.00", "200 people"),
    "business": ("startup_grant", "2024-06-11", "met: ¥8,000.00", "official"),
}
"""By sample: the rule to try it on, the day, and what comes of it in Chongqing."""


@pytest.fixture(autouse=True)
def chongqing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUILDHALL_CITY", "chongqing")


@pytest.mark.parametrize("sample", TRIED)
def test_each_sample_of_the_guide_is_decided(guildhall: Command, sample: str) -> None:
    rule, on, outcome, says = TRIED[sample]
    ran = guildhall("rules", "explain", rule, "--person", SAMPLES / f"{sample}.json", "--on", on)
    assert ran.code == 0, ran.err
    assert f"asked on {on}: {outcome}" in ran.out
    assert says in ran.out


def test_there_is_a_sample_for_each_subject_and_no_other() -> None:
    assert {path.stem for path in SAMPLES.iterdir()} == set(TRIED)
    assert len([table for table in TITLES if table.startswith("incentives.")]) == len(TRIED)


def facts(**changed: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((SAMPLES / "certificate.json").read_text(encoding="utf-8"))
    return said | changed


@pytest.fixture
def explain(guildhall: Command, tmp_path: Path) -> Any:
    """Explains the skill-upgrade subsidy for facts written to a file."""

    def run(content: Any, *options: str | Path, on: str = "2024-06-03") -> Any:
        path = tmp_path / "case.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return guildhall("rules", "explain", "skill_upgrade_subsidy", "--person", path, "--on", on, *options)

    return run


MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown field": ({"insured_month": 3}, "insured_month", "unknown field (rule skill_upgrade_subsidy) — did you mean insured_months?"),
    "unknown field, far off": ({"shoe_size": 42}, "shoe_size", "`guildhall rules show` lists what the rule asks"),
    "ended before it began": ({"valid_until": "2024-05-10"}, "valid_until", "2024-05-10 is not after issued_on, 2024-05-10"),
    "wrong type": ({"insured_months": "eight"}, "insured_months", "'eight' is text (rule skill_upgrade_subsidy)"),
    "money with a point": ({"insured_months": 8.5}, "insured_months", "8.5 is a number with decimals"),
    "no such day": ({"issued_on": "2024-02-30"}, "issued_on", "'2024-02-30' is no day"),
    "before birth": ({"applied_on": "1980-01-01"}, "applied_on", "1980-01-01 lies before the birth on 1990-03-01"),
    "not yet born": ({"birth_month": "2024-06-01"}, "issued_on", "was not yet born on 2024-05-10"),
    "negative": ({"insured_months": -5}, "insured_months", "-5 is negative"),
    "dead": ({"died_on": "2024-05-09"}, "died_on", "the person died on 2024-05-09, before 2024-05-10"),
    "a word outside its list": ({"level": "L17"}, "level", "'L17' is not a word"),
    "overlap": (
        {"insurance_spells": [{"from": "2023-01-01", "until": "2023-06-01"}, {"from": "2023-05-01"}]},
        "insurance_spells[2]",
        "begins on 2023-05-01, while spell 1 holds from 2023-01-01 until before 2023-06-01",
    ),
    "backwards": ({"insurance_spells": [{"from": "2023-06-01", "until": "2023-06-01"}]}, "insurance_spells[1]", "not after it begins"),
    "before life": ({"insurance_spells": [{"from": "1985-06-01"}]}, "insurance_spells[1]", "before the birth on 1990-03-01"),
    "no spell": ({"insurance_spells": [7]}, "insurance_spells[1]", "is 7"),
    "no list": ({"insurance_spells": "all of 2023"}, "insurance_spells", "is text"),
    "more months than spells": ({"insured_months": 11}, "insured_months", "says 11, but the spells cover 10"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_names_file_row_column_and_rule(explain: Any, mistake: str) -> None:
    changed, column, says = MISTAKES[mistake]
    ran = explain([facts(), facts(**changed)])
    assert ran.code == 1
    assert f"case.json, row 2, column {column}: " in ran.err
    assert says in ran.err
    assert "(rule skill_upgrade_subsidy)" in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("content", ["", "{", "[]", "7", "[1]", "[[]]", '{"level": "L4", "level": "L5"}', "[" * 100_000])
def test_what_is_no_file_of_facts_is_refused_in_words(explain: Any, content: str) -> None:
    ran = explain(content)
    assert ran.code == 1
    assert "skill_upgrade_subsidy" in ran.err


def test_another_day_of_application_than_the_day_asked_about_is_said(explain: Any) -> None:
    ran = explain(facts(applied_on="2024-05-20"), on="2024-06-03")
    assert ran.code == 0
    assert "applied_on is 2024-05-20, --on is 2024-06-03" in ran.err
    assert "applied_on is" not in explain(facts(applied_on="2024-06-03"), on="2024-06-03").err


def test_every_mistake_is_told_at_once(explain: Any) -> None:
    ran = explain(facts(insured_months=-1, grants_in_year=-2))
    assert "insured_months" in ran.err
    assert "grants_in_year" in ran.err


def test_what_is_left_out_is_not_known_and_never_a_no(explain: Any) -> None:
    said = facts()
    del said["employer_here"], said["insured_months"]
    out = explain(said).out
    assert "cannot be said" in out
    assert "? who: " in out


def test_the_answer_for_programs_holds_decision_and_words(explain: Any) -> None:
    found = json.loads(explain(facts(insured_months=10), "--json").out)
    assert found[0]["decision"]["outcome"] == "refused"
    assert found[0]["decision"]["near"]["by"] == 2
    assert "参保满 12 个月" in found[0]["words"]["zh"]["conditions"]["insured"]
    assert found[0]["words"]["en"]["outcome"] == "not met"


def test_a_kept_decision_is_made_again_to_the_byte(
    explain: Any, guildhall: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept.json"
    explain([facts(), facts(level="L3")], "--keep", kept)
    monkeypatch.setenv("GUILDHALL_CITY", "tiny")
    ran = guildhall("rules", "replay", kept)
    assert (ran.code, ran.out.count("the same")) == (0, 2)


def test_a_kept_decision_that_was_changed_is_caught(explain: Any, guildhall: Command, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    explain(facts(), "--keep", kept)
    rows = json.loads(kept.read_text(encoding="utf-8"))
    rows[0]["decision"] = rows[0]["decision"].replace('"outcome":"refused"', '"outcome":"entitled"')
    kept.write_text(json.dumps(rows), encoding="utf-8")
    ran = guildhall("rules", "replay", kept)
    assert ran.code == 1
    assert "row 1: DIFFERS in outcome" in ran.out
    assert "1990" not in ran.out


def test_a_file_without_stored_decisions_is_refused(guildhall: Command, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"on": "2024-06-03"}', encoding="utf-8")
    ran = guildhall("rules", "replay", tmp_path / "other.json")
    assert ran.code == 1
    assert "holds no stored decisions" in ran.err
    assert guildhall("rules", "replay", tmp_path / "nothing.json").code == 1


@pytest.mark.django_db
def test_a_claim_without_checks_has_nothing_to_replay(guildhall: Command) -> None:
    ran = guildhall("rules", "replay", "17")
    assert ran.code == 1
    assert "No check of a claim 17" in ran.err


def test_every_check_of_a_claim_is_made_again_and_one_that_was_changed_is_caught(guildhall: Command, desk: Desk) -> None:
    claim = desk.accepted()
    row = desk.check(claim)
    ran = guildhall("rules", "replay", str(claim.pk))
    assert ran.code == 0
    assert f"claim {claim.pk}, check {row.number} of {row.on}: the same, entitled" in ran.out
    assert str(FACTS["insured_months"]) not in ran.out.split(": ", 1)[1]
    Rulebook.objects.filter(pk=row.rulebook_id).update(content="{}")
    ran = guildhall("rules", "replay", str(claim.pk))
    assert ran.code == 1
    assert "has been changed" in ran.out
