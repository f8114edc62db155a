"""The minimum wage at a place and a date: published values, places that merged, and what production mode refuses."""

from __future__ import annotations

from datetime import date

import pytest

from guildhall.city import City, load, minimum_wage
from guildhall.kernel.dated import Dated, Missing, Unsettled
from guildhall.kernel.errors import NotFound

AFTER = date(2026, 6, 1)


@pytest.fixture(scope="module")
def city() -> City:
    return load("chongqing")


@pytest.mark.parametrize(
    ("place", "on", "monthly", "hourly"),
    [
        ("cq-500233", date(2024, 6, 1), 2000_00, 20_00),  # Zhong County, tier 2
        ("cq-500101", date(2022, 4, 1), 2100_00, 21_00),
        ("cq-500101", date(2022, 3, 31), 1800_00, None),
        ("cq-500233", date(2024, 12, 31), 2000_00, 20_00),
        ("cq-500112133", date(2024, 6, 1), 2100_00, 21_00),  # a town, by its district
        ("cq-park-13", date(2024, 6, 1), 2100_00, 21_00),
        ("cq-zone-liangjiang", date(2024, 6, 1), 2100_00, 21_00),
        ("cq-zone-wansheng", date(2024, 6, 1), 2100_00, 21_00),
    ],
)
def test_settled_wages_are_the_published_ones(city: City, place: str, on: date, monthly: int, hourly: int | None) -> None:
    found = minimum_wage(city, place, on, settled_only=True)
    assert isinstance(found, Dated)
    assert (found.value.monthly_fen, found.value.hourly_fen, found.status) == (monthly, hourly, "press")
    assert found.holds_on(on)
    assert found == minimum_wage(city, place, on, settled_only=False)


@pytest.mark.parametrize(("place", "monthly"), [("cq-500101", 2330_00), ("cq-500233", 2200_00)])
def test_wages_nobody_verified_are_refused_where_only_settled_ones_will_do(city: City, place: str, monthly: int) -> None:
    refused = minimum_wage(city, place, date(2025, 1, 1), settled_only=True)
    assert isinstance(refused, Unsettled)
    assert (refused.status, refused.source, bool(refused)) == ("unverified", "recalled", False)
    assert "not verified" in str(refused)
    shown = minimum_wage(city, place, date(2025, 1, 1), settled_only=False)
    assert isinstance(shown, Dated)
    assert (shown.value.monthly_fen, shown.status) == (monthly, "unverified")


@pytest.mark.parametrize("place", ["cq-liangjiang", "cq-500105", "cq-500112", "cq-500112-rest", "cq-park-13", "cq-zone-liangjiang"])
def test_the_merged_district_and_all_it_was_made_from_are_tier_1(city: City, place: str) -> None:
    found = minimum_wage(city, place, AFTER, settled_only=False)
    assert isinstance(found, Dated)
    assert found.value.tier == "1"


def test_an_answer_holds_no_longer_than_the_tier_does(city: City) -> None:
    found = minimum_wage(city, "cq-500105", date(2025, 6, 1), settled_only=False)
    assert isinstance(found, Dated)
    assert (found.valid_from, found.valid_until) == (date(2025, 1, 1), date(2026, 1, 25))


def test_what_is_not_known_is_missing(city: City) -> None:
    assert minimum_wage(city, "cq-500101", date(2015, 12, 31), settled_only=True) == Missing(
        "minimum wage of tier 1", date(2015, 12, 31), "before"
    )
    assert isinstance(minimum_wage(city, "cq", AFTER, settled_only=False), Missing), "the city as a whole has no tier"
    assert isinstance(minimum_wage(city, "cq-liangjiang", date(2024, 6, 1), settled_only=False), Missing), "it had not begun"
    with pytest.raises(NotFound):
        minimum_wage(city, "cq-nowhere", AFTER, settled_only=False)


def test_the_worse_status_of_wage_and_tier_counts() -> None:
    found = minimum_wage(load("tiny"), "tiny-west", AFTER, settled_only=True)
    assert isinstance(found, Unsettled)
    assert found.status == "generated"
