"""`guildhall rules list|show|check|docs`: what rules say, and a pack with a slip in it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from guildhall.city import loader
from guildhall.overview.engine.rulebooks import RULES
from tests.cli.conftest import Command


def test_every_rule_is_listed_with_what_is_on_file_for_a_day(guildhall: Command) -> None:
    ran = guildhall("rules", "list", "--on", "2024-06-03")
    assert ran.code == 0
    assert "skill_upgrade_subsidy: Skill-upgrade subsidy · 技能提升补贴" in ran.out
    assert "incentives, incentives.certificate_facts, claim · on file on 2024-06-03" in ran.out
    assert f"{len(RULES)} rules" in ran.err


def test_the_list_for_programs_tells_a_year_without_instruments(guildhall: Command) -> None:
    found = {one["rule"]: one for one in json.loads(guildhall("rules", "list", "--on", "2030-01-01", "--json").out)}
    assert found.keys() == RULES.keys()
    assert found["skill_upgrade_subsidy"]["on_file"] == "none"
    assert found["skill_upgrade_subsidy"]["statuses"] == {}


@pytest.mark.parametrize(("language", "says"), [("en", "insured for at least 12 months"), ("zh", "参保满 12 个月")])
def test_a_rule_is_shown_with_the_figures_of_the_day(guildhall: Command, language: str, says: str) -> None:
    ran = guildhall("rules", "show", "skill_upgrade_subsidy", "--on", "2024-06-03", "--language", language)
    assert says in ran.out
    assert "issued_on" in ran.out
    assert "2020-01-01" in ran.out
    assert "training_subsidy" in ran.out


def test_a_day_without_a_figure_names_it_in_brackets(guildhall: Command) -> None:
    out = guildhall("rules", "show", "skill_upgrade_subsidy", "--on", "2030-01-01").out
    assert "applied for within [" in out
    assert "nothing found" in out


def test_an_unknown_rule_is_answered_with_the_nearest(guildhall: Command) -> None:
    ran = guildhall("rules", "show", "skill_upgrade_subsidi")
    assert ran.code == 1
    assert "did you mean skill_upgrade_subsidy?" in ran.err


@pytest.mark.parametrize("pack", ["tiny", "chongqing"])
def test_the_built_in_packs_have_no_fault(guildhall: Command, monkeypatch: pytest.MonkeyPatch, pack: str) -> None:
    monkeypatch.setenv("GUILDHALL_CITY", pack)
    ran = guildhall("rules", "check")
    assert (ran.code, ran.out) == (0, "")


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tiny pack that the commands read; the file of one rule."""
    folder = tmp_path / "mine"
    shutil.copytree(loader.folder_of("tiny"), folder)
    monkeypatch.setenv("GUILDHALL_CITY", str(folder))
    return folder / "rules" / "skill_upgrade_subsidy.toml"


SLIPS = {
    "a wrong date": (
        "value = 12\nfrom = 2020-01-01\nuntil = 2026-01-01",
        "value = 12\nfrom = 2020-01-01\nuntil = 2025-06-01",
        "nothing from 2025-06-01",
    ),
    "a figure under another name": ("parameter.window_months", "parameter.windows", "is missing: the rule skill_upgrade_subsidy reads it"),
    "a unit that clashes": ('unit = "months"', 'unit = "days"', "units clash"),
    "another channel": ('channel = "claim"', 'channel = "tax"', "the rule skill_upgrade_subsidy says claim"),
    "a figure that nothing reads": ("unread = {", "note = {", "is read by nothing: the rule skill_upgrade_subsidy decides without it"),
    "a word that never occurs": ('"L5"', '"L9"', "L9"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_planted_in_a_file_is_found_and_placed(guildhall: Command, copied: Path, slip: str) -> None:
    good, bad, says = SLIPS[slip]
    text = copied.read_text(encoding="utf-8")
    assert good in text
    copied.write_text(text.replace(good, bad), encoding="utf-8")
    ran = guildhall("rules", "check")
    assert ran.code == 1
    assert says in ran.out
    assert "rules/skill_upgrade_subsidy.toml" in ran.out
    assert re.search(r"^1 fault found|^[2-9][0-9]* faults found", ran.err, re.M)
    found = json.loads(guildhall("rules", "check", "--json").out)
    assert {"level", "file", "row", "column", "what", "next"} == set(found[0])


def test_what_is_likely_a_slip_is_a_warning_and_no_fault(guildhall: Command, copied: Path) -> None:
    text = copied.read_text(encoding="utf-8")
    assert "checked_on = 2026-11-20" in text
    copied.write_text(text.replace("checked_on = 2026-11-20", "checked_on = 2199-11-20"), encoding="utf-8")
    ran = guildhall("rules", "check")
    assert ran.code == 0
    assert "warning: rules/skill_upgrade_subsidy.toml, column checked_on: 2199-11-20 is yet to come" in ran.out
    assert "; 1 warning" in ran.err
    assert [row["level"] for row in json.loads(guildhall("rules", "check", "--json").out)] == ["warning"]


def test_a_missing_file_is_told_with_what_reads_it(guildhall: Command, copied: Path) -> None:
    copied.unlink()
    ran = guildhall("rules", "check")
    assert ran.code == 1
    assert "rules/skill_upgrade_subsidy.toml: is missing: the rule skill_upgrade_subsidy reads open, levels" in ran.out


def test_the_rulebook_is_written_as_pages(guildhall: Command, tmp_path: Path) -> None:
    ran = guildhall("rules", "docs", "--out", tmp_path / "book")
    assert ran.code == 0
    assert {path.stem for path in (tmp_path / "book").iterdir()} == {"README", *RULES}
    page = (tmp_path / "book" / "skill_upgrade_subsidy.md").read_text(encoding="utf-8")
    for part in (
        "# 技能提升补贴 · Skill-upgrade subsidy",
        "(training_subsidy.md)",
        '<a id="window_months"></a>',
        "nothing for 2026",
    ):
        assert part in page
