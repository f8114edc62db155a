"""The API keeps what its own document says, and errors have one shape."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

ROUTES = ("snapshot", "figures", "ladder", "measures", "clusters", "series", "parks")
RECORDED = ("places", "organisations", "occupations")


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_answers(browser: Client, route: str) -> None:
    assert browser.get(f"/api/v1/{route}").status_code == 200


@pytest.mark.parametrize("route", RECORDED)
def test_a_route_over_records_answers(records: None, browser: Client, route: str) -> None:
    assert browser.get(f"/api/v1/{route}").json()["items"]


def test_a_figure_carries_its_formula_and_the_digests_of_its_tables(browser: Client) -> None:
    found = browser.get("/api/v1/figures/skilled.count").json()
    assert (found["published"], found["expected"], found["computed"]) == (4000, 40, 40)
    assert found["calibrated"] is True
    assert found["formula"]["zh"]
    assert all(len(digest) == 64 for digest in found["tables"].values())
    assert "industrial.count" in found["rivals"]


@pytest.mark.parametrize("route", ["figures", "parks", "clusters", "ladder", "measures", "series"])
def test_small_pages_give_every_row_once(browser: Client, route: str) -> None:
    whole = browser.get(f"/api/v1/{route}?size=200").json()
    assert whole["next"] == ""
    _compare(browser, route, whole["items"])


@pytest.mark.parametrize("route", RECORDED)
def test_small_pages_of_records_give_every_row_once(records: None, browser: Client, route: str) -> None:
    _compare(browser, route, browser.get(f"/api/v1/{route}?size=200").json()["items"][:40])


def _compare(browser: Client, route: str, expected: list[Any]) -> None:
    assert expected, "nothing to compare: the comparison would prove nothing"
    rows: list[Any] = []
    after = ""
    while len(rows) < len(expected):
        page = browser.get(f"/api/v1/{route}?size=3&after={after}").json()
        rows += page["items"]
        after = page["next"]
        if not after:
            break
    assert rows[: len(expected)] == expected


@pytest.mark.parametrize(
    ("address", "en", "zh"),
    [
        ("figures?size=0", "size: 1 is the least", "size：最小为 1"),
        ("figures?size=201", "size: 200 is the most", "size：最大为 200"),
        ("figures?size=many", "size: write a whole number", "size：请写整数"),
        ("measures?measure=people&on=yesterday", "on: write it as year-month-day", "on：请按 年-月-日 书写"),
        ("places?kind=planet", "kind: choose one of city, district", "kind：请从以下各项中选择：city, district"),
        ("parks/a%20b", "park_id: holds a character that it may not hold", "park_id：含有不允许的字符"),
        ("organisations/0", "organisation_id: 1 is the least", "organisation_id：最小为 1"),
    ],
)
def test_a_refused_parameter_is_explained_in_plain_words(browser: Client, address: str, en: str, zh: str) -> None:
    for language, expected in (("en", en), ("zh-CN", zh)):
        response = browser.get(f"/api/v1/{address}", headers={"accept-language": language})
        assert response.status_code == 422
        assert expected in response.json()["error"]["why"]
        assert "/api/" in response.json()["error"]["next"]


@pytest.mark.parametrize("address", ["figures/nothing", "organisations/99999", "places/nowhere", "occupations/zzz", "nothing"])
def test_an_error_speaks_the_language_asked_for(records: None, browser: Client, address: str) -> None:
    for language, chinese in (("en", False), ("zh-CN", True)):
        response = browser.get(f"/api/v1/{address}", headers={"accept-language": language})
        assert response.status_code == 404
        found = response.json()["error"]
        assert all(bool(re.search(r"[\u4e00-\u9fff]", found[part])) is chinese for part in ("what", "next"))


def test_organisations_of_a_district_are_those_of_all_that_lies_in_it(records: None, browser: Client) -> None:
    def keys(query: str) -> set[int]:
        return {row["organisation_id"] for row in browser.get(f"/api/v1/organisations?size=200&{query}").json()["items"]}

    assert keys("place=tiny-harbour") == keys("place=tiny-harbour&on=2026-01-30") > keys("place=tiny-harbour&on=2024-01-01") == set()
    assert keys("place=tiny-east") == keys("place=tiny-east&on=2026-01-30")
    assert keys("place=tiny-east&on=2026-01-30") == keys("place=tiny-east&on=2024-01-01")


@pytest.mark.parametrize("place", ["tiny-harbour", "tiny-east"])
def test_page_and_api_name_the_same_organisations_of_a_place(records: None, browser: Client, place: str) -> None:
    page = browser.get(f"/en/organisations/?place={place}").content.decode()
    items = browser.get(f"/api/v1/organisations?place={place}&size=200").json()["items"]
    assert items
    assert int(re.search(r"<h1>[^<]* (\d+)</h1>", page)[1]) == len(items)  # type: ignore[index]


@pytest.mark.parametrize("address", ["en/organisations/?place=nowhere", "api/v1/organisations?place=nowhere"])
def test_organisations_of_an_unknown_place_are_not_found(records: None, browser: Client, address: str) -> None:
    assert browser.get(f"/{address}").status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("nothing", 404),
        ("figures/nothing", 404),
        ("figures?after=nothing", 404),
        ("figures?size=0", 422),
        ("figures?size=many", 422),
        ("measures?measure=happiness", 422),
        ("measures?on=yesterday", 422),
        ("measures?on=1999-01-01", 404),
        ("parks/a%20b", 422),
    ],
)
def test_an_error_has_the_one_shape(browser: Client, address: str, status: int) -> None:
    response = browser.get(f"/api/v1/{address}")
    assert response.status_code == status
    assert set(response.json()["error"]) == {"what", "why", "next"}
    assert response.json()["error"]["what"]


def test_a_method_nobody_offers_is_refused_in_the_same_shape(browser: Client) -> None:
    response = browser.post("/api/v1/figures")
    assert response.status_code == 405
    assert response.json()["error"]["what"]
    assert "GET" in response.headers["Allow"]


def test_before_the_first_snapshot_the_api_says_what_to_run(var: Path) -> None:
    from django.test import Client

    response = Client().get("/api/v1/figures")
    assert response.status_code == 503
    assert "make demo" in response.json()["error"]["next"]


def test_every_operation_declares_every_error(browser: Client) -> None:
    paths = browser.get("/api/v1/openapi.json").json()["paths"]
    assert len(paths) >= 18
    for methods in paths.values():
        for operation in methods.values():
            assert {"200", "400", "401", "404", "405", "422", "429", "503"} <= operation["responses"].keys()
            assert operation["summary"]


def test_the_documentation_page_names_every_route(browser: Client) -> None:
    paths = browser.get("/api/v1/openapi.json").json()["paths"]
    for language in ("en", "zh-hans"):
        page = browser.get(f"/{language}/api/").content.decode()
        assert all(path in page for path in paths)
