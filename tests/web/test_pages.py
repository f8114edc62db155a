"""Every page: in both languages, without script, without anything from outside, and honest about being a demonstration."""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

SHOWN = (
    "",
    "?measure=high_share&on=2024-12-31",
    "figures/",
    "figures/skilled.count/",
    "figures/evaluations.count/",
    "figures/target.high_share.2025/",
    "districts/tiny-harbour/",
    "districts/tiny-east/",
    "parks/",
    "parks/tiny-park-1/",
    "assumptions/",
    "sources/",
    "dictionary/",
    "dictionary/registry/",
    "dictionary/skills/",
    "dictionary/evaluation/",
    "dictionary/incentives/",
    "dictionary/overview/",
    "api/",
    "api/overview/",
    "api/registry/",
    "api/skills/",
)
RECORDED = (
    "places/",
    "places/?on=2024-01-01",
    "places/tiny-east/",
    "organisations/",
    "organisations/?kind=academy",
    "organisations/2/",
    "occupations/",
    "occupations/?search=2-02",
    "occupations/2-02/",
)
LANGUAGES = ("zh-hans", "en")
LARGEST = 120_000
"""Bytes of a page before it is packed: the columns of the largest domain, which nobody reads from end to end."""
BANNER = {"zh-hans": "演示城市，合成人员，1 : 100 模型", "en": "Demonstration city, synthetic people, 1 : 100 model"}


def _get(browser: Client, address: str, status: int = 200) -> str:
    response = browser.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def _check(page: str, language: str) -> None:
    assert BANNER[language] in page
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}">' in page
    assert "<h1" in page
    assert 'class="skip"' in page
    assert not re.search(r"<script|\sstyle=|\son[a-z]+=|javascript:", page), "nothing inline, nothing scripted"
    outside = re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', page)
    assert not outside, outside
    assert len(page.encode()) < LARGEST


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", SHOWN)
def test_a_page_over_the_results(browser: Client, path: str, language: str) -> None:
    _check(_get(browser, f"/{language}/{path}"), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", RECORDED)
def test_a_page_over_the_records(records: None, browser: Client, path: str, language: str) -> None:
    _check(_get(browser, f"/{language}/{path}"), language)


@pytest.mark.parametrize("path", ["", "figures/skilled.count/", "districts/tiny-east/", "?measure=high_share"])
def test_the_language_switch_leads_to_the_same_page(browser: Client, path: str) -> None:
    assert f'href="/zh-hans/{path}"' in _get(browser, f"/en/{path}")
    assert f'href="/en/{path}"' in _get(browser, f"/zh-hans/{path}")


FOREIGN = re.compile(
    r'<(head|code|svg|option)\b.*?</\1>|<(\w+)[^>]*\b(?:lang="en"|translate="no"|href="[^"]*/sources/#).*?</\2>'
    r"|<[^>]+>|\b[0-9a-f]{8,}\b|[\w-]+\.(?:json|[0-9]+)|`[^`]*`|“next”",
    re.DOTALL,
)
"""What may be in another language on a Chinese page: names of columns and files, what says that it is English, digests."""
LATIN = {"WGS", "API", "JSON", "Apache", "Guildhall", "English", "sha256", "GET"}


def _no_english(page: str, path: str) -> None:
    left = set(re.findall(r"[A-Za-z]{3,}[0-9]*", FOREIGN.sub(" ", page))) - LATIN
    assert not left, (path, left)


@pytest.mark.parametrize("path", SHOWN)
def test_no_english_is_left_on_a_chinese_page(browser: Client, path: str) -> None:
    _no_english(_get(browser, f"/zh-hans/{path}"), path)


@pytest.mark.parametrize("path", RECORDED)
def test_no_english_is_left_on_a_chinese_page_of_records(records: None, browser: Client, path: str) -> None:
    _no_english(_get(browser, f"/zh-hans/{path}"), path)


@pytest.mark.parametrize(
    ("accepts", "language"), [("en-GB,en;q=0.9", "en"), ("zh-CN,zh;q=0.9", "zh-hans"), ("fr", "zh-hans"), ("", "zh-hans")]
)
def test_the_root_leads_to_the_language_asked_for(browser: Client, accepts: str, language: str) -> None:
    response = browser.get("/", headers={"accept-language": accepts})
    assert (response.status_code, response.headers["Location"]) == (302, f"/{language}/")


def test_each_headline_leads_to_how_it_was_computed(browser: Client) -> None:
    page = _get(browser, "/en/")
    links = re.findall(r'<a class="big" href="([^"]+)"', page)
    assert {f"/en/figures/{id}/" for id in ("skilled.count", "skilled.high_share", "ladder.top_growth", "parks.workers")} <= set(links)
    for address in set(links):
        assert address.split("/")[3] in _get(browser, address)


def test_published_expected_and_computed_stand_together(browser: Client) -> None:
    page = _get(browser, "/en/figures/skilled.count/")
    shown = dict(re.findall(r'data-figure="skilled.count" data-value="(\w+)">\s*([^<]+?)\s*<', page))
    assert shown == {"published": "4,000", "expected": "40", "computed": "40"}
    assert "by construction" in page
    assert re.search(r"sha256 [0-9a-f]{64}", page)


def test_what_is_not_built_yet_says_so(browser: Client) -> None:
    page = _get(browser, "/en/figures/evaluations.count/")
    assert "not built yet" in page
    assert re.search(r'data-value="computed">\s*—', page)


def test_a_chart_names_itself_and_has_its_numbers_behind_it(browser: Client) -> None:
    page = _get(browser, "/en/")
    for chart in re.findall(r'<svg class="chart (?:pyramid|lines|cartogram).*?</svg>', page, re.DOTALL):
        named = re.search(r'role="(?:img|group)" aria-labelledby="([\w-]+) ([\w-]+)"', chart)
        assert named
        assert f'<title id="{named[1]}">' in chart
        assert f'<desc id="{named[2]}">' in chart
    assert page.count("The numbers behind this chart") == 4


def test_headers_keep_a_page_to_itself(browser: Client) -> None:
    policy = browser.get("/en/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_browser_that_has_the_page_is_not_sent_it_again(browser: Client) -> None:
    first = browser.get("/en/")
    again = browser.get("/en/", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = browser.get("/zh-hans/", headers={"if-none-match": first.headers["ETag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing/", 404),
        ("figures/nothing/", 404),
        ("districts/nowhere/", 404),
        ("parks/nowhere/", 404),
        ("dictionary/nothing/", 404),
        ("api/nothing/", 404),
        ("?measure=happiness", 404),
        ("?on=yesterday", 400),
        ("?on=1999-01-01", 404),
    ],
)
def test_an_error_says_what_to_do_next(browser: Client, path: str, status: int) -> None:
    page = _get(browser, f"/en/{path}", status)
    assert "What to do next:" in page
    assert BANNER["en"] in page


def test_before_the_first_snapshot_the_page_says_what_to_run(var: Path, computed: Path) -> None:
    from django.test import Client

    for language in LANGUAGES:
        page = _get(Client(), f"/{language}/", 503)
        assert "make demo" in page
        assert BANNER[language] not in page
    for path in ("figures/", "places/", "organisations/", "occupations/"):
        assert "make demo" in _get(Client(), f"/en/{path}", 503)


def test_a_broken_pointer_is_no_bug(var: Path) -> None:
    from django.test import Client

    (var / "current.json").write_text("{half")
    assert "guildhall demo" in _get(Client(), "/en/", 503)


def test_a_bug_is_owned_up_to(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from guildhall.overview import queries
    from guildhall.web import remember

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(queries, "parks", broken)
    monkeypatch.setattr(remember, "_pages", OrderedDict())
    browser.raise_request_exception = False
    assert "fault of the program" in _get(browser, "/en/parks/", 500)


def test_health_names_version_and_snapshot(browser: Client) -> None:
    found = browser.get("/healthz").json()
    assert found["ok"] is True
    assert found["snapshot"] == "small"


def test_the_style_sheet_is_served_and_asks_for_nothing_from_outside(browser: Client) -> None:
    from django.contrib.staticfiles import finders

    for name in ("web/look.css", "web/mark.svg"):
        file = finders.find(name)
        assert file
        text = Path(str(file)).read_text(encoding="utf-8")
        assert "url(" not in text
        assert "@import" not in text
