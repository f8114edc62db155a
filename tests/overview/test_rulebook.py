"""The rulebook for everyone: every rule on a day, each condition beside its source, what is not found said as such."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from guildhall.office.queries.parameters import live
from guildhall.overview.engine import rulebooks, rulechecks
from guildhall.overview.engine.rulebooks import BOOKS, RULES
from guildhall.overview.engine.subjects import TITLES
from tests.house.tree import HOUSE

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/en/rules/skill_upgrade_subsidy/?on=2024-06-03"


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_every_rule_stands_in_the_list_with_what_is_on_file(browser: Client) -> None:
    shown = browser.get("/en/rules/?on=2024-06-03").content.decode()
    assert all(f"/en/rules/{name}/?on=2024-06-03" in shown for name in RULES)
    assert all(rule.title.en in plain(shown) for rule in RULES.values())


def test_a_day_without_instruments_says_nothing_found(browser: Client) -> None:
    shown = plain(browser.get("/en/rules/?on=2015-01-01").content.decode())
    assert f"On 2015-01-01: 0 wholly on file, 0 in part, {len(RULES)} not found" in shown


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_of_a_rule_shows_every_condition(browser: Client, name: str, language: str) -> None:
    shown = browser.get(f"/{language}/rules/{name}/?on=2024-06-03").content.decode()
    assert all(f'id="condition-{condition}"' in shown for condition in RULES[name].conditions)
    assert all(f'id="{parameter}"' in shown for parameter in RULES[name].parameters)


def test_a_condition_stands_beside_its_figure_and_how_well_it_is_known(browser: Client) -> None:
    shown = browser.get(PAGE).content.decode()
    row = plain(shown.split('id="condition-in_time"')[1].split("</tr>")[0])
    for part in ("Applied for within 12 months of issue", "day of issue", "our records", "12 months", "Made up for tests", "made up"):
        assert part in row
    assert "not confirmed by this city" in row


def test_what_the_city_confirmed_is_marked_without_saying_by_whom(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from guildhall.overview.queries import rulebook
    from guildhall.web import pack

    entry = next(pack.city().instrument["skill_upgrade_subsidy"].of("window_months"))
    monkeypatch.setattr(rulebook, "confirmations", lambda: {entry.digest: None})
    assert not live().exists()
    row = browser.get(PAGE).content.decode().split('id="condition-in_time"')[1].split("</tr>")[0]
    assert "✓ confirmed by this city" in plain(row)


def test_exclusions_are_told_on_both_pages(browser: Client) -> None:
    assert "/en/rules/training_subsidy/" in browser.get(PAGE).content.decode()
    assert "/en/rules/skill_upgrade_subsidy/" in browser.get("/en/rules/training_subsidy/").content.decode()


@pytest.mark.parametrize("address", ["/en/rules/no_such_rule/", "/en/rules/skill_upgrade_subsidy/more/"])
def test_there_is_no_page_for_what_is_no_rule(browser: Client, address: str) -> None:
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("on", ["2024-02-30", "yesterday", "20240603"])
def test_a_day_that_is_none_is_refused_in_words(browser: Client, on: str) -> None:
    answer = browser.get(f"/en/rules/?on={on}")
    assert answer.status_code == 400
    assert "is not a date" in answer.content.decode()


@pytest.mark.parametrize("on", ["0001-01-01", "1900-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_answered(browser: Client, on: str) -> None:
    assert browser.get(f"/en/rules/skill_upgrade_subsidy/?on={on}").status_code == 200


def test_programs_read_the_same(browser: Client) -> None:
    listed = browser.get("/api/v1/rules?on=2024-06-03&size=200").json()
    assert {item["rule"] for item in listed["items"]} == RULES.keys()
    one = browser.get("/api/v1/rules/skill_upgrade_subsidy?on=2024-06-03").json()
    assert [part["name"] for part in one["conditions"]] == [*RULES["skill_upgrade_subsidy"].conditions, "value", "cap"]
    held = [version for version in one["parameters"]["window_months"] if version["holds"]]
    assert [(version["values"][0]["en"], version["valid_until"], version["confirmed"]) for version in held] == [
        ("12 months", "2026-01-01", False)
    ]
    assert browser.get("/api/v1/rules/no_such_rule").status_code == 404


def test_every_rulebook_of_a_domain_is_collected() -> None:
    written = {
        folder.name for folder in HOUSE.domains for path in (folder / "engine").glob("__init__.py") if "RULEBOOK =" in path.read_text()
    }
    assert written == set(BOOKS)
    assert {rule.facts for rule in rulebooks.RULES.values()} <= set(TITLES) & set(rulechecks.TABLES)
