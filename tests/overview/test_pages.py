"""What the overview's pages say beside their numbers: which figure, how well known, and what not to read into them."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guildhall.city import load

if TYPE_CHECKING:
    from django.test import Client

PAGES = (
    "",
    "?measure=employed&on=2024-12-31",
    "?measure=high_share",
    "districts/tiny-harbour/",
    "districts/tiny-east/",
    "districts/tiny-west/",
    "parks/",
    "parks/tiny-park-1/",
)
VOID = {"meta", "link", "rect", "circle", "line", "input", "br"}
PROSE = {"h1", "h2", "h3", "p", "summary", "option", "th", "time", "title", "desc", "small", "dt", "code", "form"}
ASIDE = {"key", "reasons", "plain", "tag", "axis", "note", "facts"}
"""Words, dates, legends and axes: numbers in them are no values of figures."""


class Unnamed(HTMLParser):
    """Collects numbers on cards that stand in no element with data-figure or data-fact."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str]]] = []
        self.found: list[str] = []
        self.named: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if "data-figure" in held:
            self.named.append(held["data-figure"])
        if tag not in VOID:
            self.open.append((tag, held))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        classes = {word for _tag, held in self.open for word in held.get("class", "").split()}
        tags = {tag for tag, _held in self.open}
        marked = any("data-figure" in held or "data-fact" in held for _tag, held in self.open)
        in_words = self.open and self.open[-1][0] == "td" and "n" not in self.open[-1][1].get("class", "").split()
        if re.search(r"\d", data) and "card" in classes and not (marked or in_words or tags & PROSE or classes & ASIDE):
            self.found.append(data.strip())


def _get(browser: Client, path: str) -> str:
    response = browser.get(f"/en/{path}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_every_number_names_its_figure(browser: Client, path: str) -> None:
    from guildhall.overview import queries, tables
    from guildhall.web.viewer import PUBLIC

    parser = Unnamed()
    parser.feed(_get(browser, path))
    assert parser.found == []
    known = {figure.id for figure in queries.figures(PUBLIC)} | {table.name for table in tables.TABLES}
    assert set(parser.named) <= known
    assert parser.named


def test_the_check_of_numbers_finds_one_without_a_figure() -> None:
    parser = Unnamed()
    parser.feed('<div class="card"><td class="n">12</td><td class="n" data-figure="a">13</td><p>14</p></div>')
    assert parser.found == ["12"]


@pytest.mark.parametrize("path", PAGES)
def test_each_chart_and_table_of_numbers_leads_to_how_it_was_computed(browser: Client, path: str) -> None:
    page = _get(browser, path)
    for card in re.findall(
        r'<div class="card"[^>]*>(?:(?!<div class="card").)*?<svg class="chart (?:pyramid|lines|cartogram|bar-svg).*?</details>',
        page,
        re.DOTALL,
    ):
        assert "How this was computed" in card


def test_a_row_of_figures_has_one_link(browser: Client) -> None:
    for path in ("", "figures/"):
        for table in re.findall(r'<table class="stack compact".*?</table>', _get(browser, path), re.DOTALL):
            rows = re.findall(r"<tr\b.*?</tr>", table.partition("</thead>")[2], re.DOTALL)
            assert rows
            assert all(row.count("<a ") == 1 for row in rows)


def test_a_calibrated_value_says_so_on_card_table_figure_and_park_list(browser: Client) -> None:
    city = _get(browser, "")
    card = re.search(r'<div class="card fig">(?:(?!</dl>).)*data-figure="skilled.count" data-value="computed".*?</dl>', city, re.DOTALL)
    assert card
    assert "calibrated" in card[0]
    row = re.search(r'<td[^>]*class="n main"><span><span data-figure="skilled.count".*?</td>', city, re.DOTALL)
    assert row
    assert "calibrated" in row[0]
    assert "calibrated" in _get(browser, "figures/skilled.count/")
    assert "made-up" not in city
    assert len(re.findall(r'<p class="src"><span translate="no">[^<]+</span>[^<]*<time>2026-01-30</time>', city)) == 5


def test_a_chart_of_the_years_is_calibrated_only_where_lines_meet_points(
    browser: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    fitted, apart = "The model was calibrated to these points", "The lines do not meet all of the points"
    missed = _get(browser, "")
    assert (fitted in missed, apart in missed) == (False, True)
    copy = tmp_path / "met"
    shutil.copytree(load("tiny").folder, copy)
    points = {"skilled": (2000, 4000, 4000), "highskilled": (800, 1600, 1600)}
    days = ("2022-12-31", "2024-12-31", "2026-01-30")
    rows = [
        f"{name}.count,{value},,made-up,generated,{day}," for name, held in points.items() for day, value in zip(days, held, strict=True)
    ]
    (copy / "series.csv").write_text("\n".join(["figure,value,qualifier,source,status,date,remark", *rows]) + "\n", encoding="utf-8")
    monkeypatch.setattr(settings, "CITY", str(copy))
    met = _get(browser, "")
    assert (fitted in met, apart in met) == (True, False)


def test_what_stands_behind_the_ladder_is_one_sentence(browser: Client) -> None:
    page = " ".join(_get(browser, "").split())
    sentence = (
        "The 40 skilled people on record stand for 3,604 of the city: the 4 on the rungs kept whole for themselves alone, "
        "the others for about 100 each."
    )
    assert sentence in page


@pytest.mark.parametrize(
    ("measure", "question"),
    [("skilled", "Where do they live?"), ("employed", "Where do they work?"), ("park_workers", "Where do they work?")],
)
def test_the_heading_asks_what_is_counted(browser: Client, measure: str, question: str) -> None:
    page = _get(browser, f"?measure={measure}")
    assert f"<h2>{question}</h2>" in page
    assert ("do not read this as growth" in page) == (question == "Where do they work?")


def test_the_api_says_where_each_measure_counts(browser: Client) -> None:
    paths = browser.get("/api/v1/openapi.json").json()["paths"]
    said = paths["/api/v1/measures"]["get"]["description"]
    assert "where they work" in said
    assert said in _get(browser, "api/overview/")


def test_a_handful_is_hidden_and_the_page_says_why(browser: Client) -> None:
    page = _get(browser, "districts/tiny-west/")
    assert re.search(r'data-measure="L3"[^>]*>∗<', page)
    assert "fewer than ten people" in page
    assert re.search(r'class="v"[^>]*data-measure="LS">1<', _get(browser, ""))


def test_the_highest_rung_of_a_district_holds_all_above(browser: Client) -> None:
    assert "senior technician and above" in _get(browser, "districts/tiny-harbour/")


def test_a_merger_names_the_units_that_went_in_whole(browser: Client) -> None:
    assert "all of South" in _get(browser, "districts/tiny-harbour/")
    assert "all of South" in _get(browser, "districts/tiny-south/")


def test_what_is_not_on_record_is_not_called_always(browser: Client) -> None:
    page = _get(browser, "parks/tiny-park-1/")
    assert "start not on record" in page
    assert "at all times" not in page


def test_the_title_of_the_parks_answers_and_the_sums_are_explained(wider: Client) -> None:
    page = _get(wider, "parks/")
    assert re.search(r"<h1>40 people in the model work in 2 industrial parks</h1>", page)
    assert "The assumed numbers add up to 2,000; the model scales them, so that together they stand for the &gt; 2,100" in page


@pytest.mark.parametrize(
    "path",
    [*PAGES, "figures/", "figures/skilled.count/", "sources/", "dictionary/", "dictionary/skills/", "assumptions/", "api/", "api/skills/"],
)
def test_every_table_has_a_name_and_a_folded_one_keeps_its_roles(browser: Client, path: str) -> None:
    for table in re.findall(r"<table\b.*?</table>", _get(browser, path), re.DOTALL):
        opening = table.partition(">")[0]
        assert re.search(r'aria-label(?:ledby)?="[^"]+"', opening), opening
        if 'class="stack' in opening:
            assert 'role="table"' in opening
            assert all('role="' in tag for tag in re.findall(r"<(?:thead|tbody|tr|th|td)\b[^>]*>", table))


@pytest.mark.parametrize("path", ["", "districts/tiny-east/", "figures/skilled.count/", "figures/parks.workers/", "open-data/"])
def test_what_leads_to_the_columns_of_a_table_finds_them(browser: Client, path: str) -> None:
    found = set(re.findall(r'href="/en/(dictionary/\w+/)#([\w.]+)"', _get(browser, path)))
    assert found or path
    for address, anchor in found:
        assert f'id="{anchor}"' in _get(browser, address), anchor


def test_a_narrow_screen_gets_a_list_of_districts(browser: Client) -> None:
    page = _get(browser, "")
    narrow = page.partition('<div class="narrow">')[2].partition("</div>")[0]
    wide = page.partition('<div class="wide">')[2].partition("</div>")[0]
    assert set(re.findall(r'href="(/en/districts/[^"]+)"', narrow)) == set(re.findall(r'href="(/en/districts/[^"]+)"', wide))


@pytest.mark.parametrize(("language", "said"), [("en", "is not measured on"), ("zh-hans", "没有")])
def test_a_measure_not_held_on_the_date_asked_for_is_shown_on_its_newest(browser: Client, language: str, said: str) -> None:
    page = browser.get(f"/{language}/?measure=people&on=2024-12-31")
    assert page.status_code == 200
    notice = re.findall(r'<p class="notice" role="status">(.*?)</p>', page.content.decode())
    assert len(notice) == 1
    assert said in notice[0]
    assert re.findall(r"<time>(.*?)</time>", notice[0]) == ["2024-12-31", "2026-01-30"]
    assert '<option value="people" selected>' in page.content.decode()
    assert "<option selected>2026-01-30" in page.content.decode()
    assert 'role="status"' not in browser.get(f"/{language}/?measure=skilled&on=2024-12-31").content.decode()


@pytest.mark.parametrize("asked", ["measure=happiness", "measure=happiness&on=2024-12-31", "measure=people&on=1999-01-01"])
def test_a_measure_or_date_nobody_declared_is_not_found(browser: Client, asked: str) -> None:
    assert browser.get(f"/en/?{asked}").status_code == 404


def test_what_is_not_measured_is_said_in_words(browser: Client) -> None:
    assert "skilled workers (skilled), highly skilled workers (high_skilled)" in browser.get("/en/?measure=happiness").content.decode()
    error = browser.get("/api/v1/measures?measure=people&on=2024-12-31", headers={"accept-language": "en"}).json()["error"]
    assert error["what"].startswith("“people on record” is not measured on 2024-12-31")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "path", ["places/", "places/tiny-east/", "districts/tiny-east/", "districts/tiny-harbour/", "parks/tiny-park-1/", "?on=1999-01-01"]
)
def test_a_date_in_a_heading_stays_on_one_line(records: None, browser: Client, language: str, path: str) -> None:
    headings = " ".join(re.findall(r"<h[12].*?</h[12]>", browser.get(f"/{language}/{path}").content.decode(), re.DOTALL))
    found = re.findall(r"[^>]{6}[0-9]{4}-[0-9]{2}-[0-9]{2}|<time>[0-9-]{10}(?=</time>)", headings)
    assert found
    assert all(one.startswith("<time>") for one in found), found
