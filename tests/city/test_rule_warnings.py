"""Likely slips in figures that can be read: told with file and line, and no rule is stopped by them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from guildhall.city import check, load, loader
from guildhall.city.rulewarnings import rule_warnings

TODAY = date(2026, 11, 20)
FILE = "skill_upgrade_subsidy"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(loader.folder_of("chongqing"), tmp_path / "mine"))


def changed(pack: Path, before: str, after: str) -> None:
    path = pack / "rules" / f"{FILE}.toml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def told(pack: Path) -> list[str]:
    assert not list(check(str(pack)))
    return [str(fault) for fault in rule_warnings(load(str(pack)), TODAY)]


def test_the_packs_of_the_house_warn_of_nothing() -> None:
    for name in ("chongqing", "tiny"):
        assert not list(rule_warnings(load(name), TODAY))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("checked_on = 2026-11-20", "checked_on = 2027-11-20", "column checked_on: 2027-11-20 is yet to come"),
        ("published = 2025-04-22", "published = 2052-04-22", "2052-04-22 is yet to come"),
        ("from = 2017-01-01", "from = 1017-01-01", "1017-01-01 is an unlikely day"),
    ],
)
def test_days_that_are_a_slip_are_told(pack: Path, before: str, after: str, said: str) -> None:
    changed(pack, before, after)
    (warning,) = told(pack)
    assert warning.startswith(f"rules/{FILE}.toml")
    assert said in warning


def test_a_value_ten_times_the_one_before_is_told(pack: Path) -> None:
    text = (pack / "rules" / f"{FILE}.toml").read_text(encoding="utf-8")
    start = text.index("[parameter.amount]")
    row = next(line for line in text[start:].splitlines() if "value = 150000" in line)
    changed(pack, row, row.replace("150000", "1500000"))
    assert any(
        "1500000 where the version before has 150000" in one or "150000 where the version before has 1500000" in one for one in told(pack)
    )


@pytest.mark.parametrize("day", ["2026-07-32", "2026-02-30", "2026-13-01"])
def test_a_day_that_does_not_exist_is_told_with_file_and_line(pack: Path, day: str) -> None:
    changed(pack, "checked_on = 2026-11-20", f"checked_on = {day}")
    (fault,) = check(str(pack))
    assert (fault.file, fault.column) == (f"rules/{FILE}.toml", "checked_on")
    assert fault.row > 0
    assert f"{day} is a day that does not exist" in fault.what


def test_a_place_nobody_knows_is_told_as_such(pack: Path) -> None:
    changed(pack, 'jurisdiction = "50"', 'jurisdiction = "99"')
    assert any("unknown place '99'" in fault.what for fault in check(str(pack)))
