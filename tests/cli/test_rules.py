"""`guildhall rules parameters`: what rules decide by, what nobody has confirmed, and for which days nothing was found."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Command

pytestmark = pytest.mark.django_db


def test_every_version_is_listed_with_what_is_known_of_it(guildhall: Command) -> None:
    ran = guildhall("rules", "parameters")
    assert ran.code == 0
    assert "skill_upgrade_subsidy: Skill-upgrade subsidy · 技能提升补贴" in ran.out
    assert "[not confirmed] window_months: 12 months · 2020-01-01 to 2025-12-31 · CN (为测试编造, generated)" in ran.out
    assert "[nothing found] amount: nothing for 2026, as in life · from 2026-01-01" in ran.out
    assert "not confirmed" in ran.err


def test_what_waits_is_listed_for_programs(guildhall: Command) -> None:
    ran = guildhall("rules", "parameters", "--unconfirmed", "--json")
    found = json.loads(ran.out)
    assert {one["state"] for one in found} == {"waiting"}
    months = next(one for one in found if one["parameter"] == "window_months")
    assert (months["value"], months["until"], len(months["digest"])) == (["12 months"], "2026-01-01", 64)
