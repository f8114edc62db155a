"""What a page says to those who come in by another way: other methods, unknown hosts, words nobody knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from guildhall.evaluation import tables as evaluation
from guildhall.incentives import tables as incentives
from guildhall.overview import tables as overview
from guildhall.registry import tables as registry
from guildhall.skills import tables as skills

if TYPE_CHECKING:
    from django.test import Client

PATHS = ("/en/", "/en/figures/", "/en/organisations/", "/en/occupations/2/", "/en/places/tiny-east/", "/en/api/", "/healthz")
HEADERS = ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def strict(shown: Path) -> Client:
    """A browser whose forms are checked, as a server checks them; Django's test client leaves the check out."""
    from django.test import Client

    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("method", ["post", "delete", "put", "patch", "options"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_for_reading_and_says_so(strict: Client, path: str, method: str) -> None:
    response = getattr(strict, method)(path, headers={"accept-language": "en"})
    page = response.content.decode()
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert "Demonstration city" in page
    assert "What to do next:" in page
    assert f"This page does not take {method.upper()}" in page


def test_every_page_is_for_reading_or_takes_its_own_form() -> None:
    from django.urls import URLPattern, get_resolver

    doors = [entry for group in get_resolver().url_patterns for entry in getattr(group, "url_patterns", [group])]
    pages = [door.callback for door in doors if isinstance(door, URLPattern) and door.lookup_str.startswith("guildhall.")]
    reading = [page for page in pages if getattr(page, "csrf_exempt", False)]
    forms = [page for page in pages if getattr(page, "takes_form", False)]
    assert len(reading) >= 17
    assert forms
    assert set(reading) ^ set(forms) == set(pages), "a page that is hung neither with read_only nor with with_form"


def test_a_form_from_elsewhere_is_refused_in_the_look_of_the_house(shown: Path) -> None:
    from django.test import RequestFactory
    from django.utils.module_loading import import_string

    from guildhall.project import urls

    assert urls.handler403 == settings.CSRF_FAILURE_VIEW
    request = RequestFactory().post("/en/")
    response = import_string(settings.CSRF_FAILURE_VIEW)(request, reason="no token")
    assert response.status_code == 403
    assert 'class="banner"' in response.content.decode()
    assert "no token" not in response.content.decode()


@pytest.mark.parametrize(("path", "status"), [("/en/", 200), ("/en/nothing/", 404), ("/healthz", 200), ("/api/v1/figures", 200)])
def test_every_answer_carries_the_headers_that_guard_it(browser: Client, path: str, status: int) -> None:
    response = browser.get(path)
    assert response.status_code == status
    assert [name for name in HEADERS if name not in response.headers] == []


@pytest.mark.parametrize("path", ["/en/", "/healthz", "/api/v1/figures"])
def test_an_unknown_host_is_refused_under_the_same_headers(browser: Client, path: str) -> None:
    response = browser.get(path, headers={"host": "elsewhere.example", "accept-language": "en"})
    assert response.status_code == 400
    assert [name for name in HEADERS if name not in response.headers] == []
    assert "elsewhere.example" not in response.content.decode()
    if path.startswith("/api/"):
        assert response.json()["error"]["what"] == "The request could not be understood"
    else:
        assert "The request could not be understood" in response.content.decode()


def test_the_style_sheet_is_for_this_site_alone(db: None, browser: Client) -> None:
    response = browser.get("/static/web/look.css")
    response.close()
    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response.headers
    assert [name for name in HEADERS if name not in response.headers] == []


@pytest.mark.parametrize("query", ["kind=nope", "cluster=nope", "place=nowhere", "place=%00"])
def test_an_organisation_list_nobody_can_ask_for(records: None, browser: Client, query: str) -> None:
    for language in ("en", "zh-hans"):
        response = browser.get(f"/{language}/organisations/?{query}")
        page = response.content.decode()
        assert response.status_code == 404
        assert 'class="banner"' in page
        heading = re.search(r"<h1>(.*?)</h1>", page)
        assert heading
        assert bool(CHINESE.search(heading[1])) is (language == "zh-hans")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("organisations/99999/", 404),
        ("organisations/?after=nonsense", 404),
        ("places/nowhere/", 404),
        ("places/?on=20260130", 400),
        ("occupations/zzz/", 404),
        ("figures/nothing/", 404),
        ("?on=yesterday", 400),
        ("?on=1999-01-01", 404),
        ("?on=0001-01-01", 404),
    ],
)
def test_an_error_speaks_the_language_of_the_reader(records: None, browser: Client, path: str, status: int) -> None:
    said = {}
    for language in ("en", "zh-hans"):
        response = browser.get(f"/{language}/{path}")
        assert response.status_code == status
        main = re.search(r'<main id="main".*?</main>', response.content.decode(), re.DOTALL)
        assert main
        said[language] = re.findall(r"<h1>(.*?)</h1>|</b> (.*?)</p>", main[0])
    assert not any(CHINESE.search(part) for pair in said["en"] for part in pair)
    assert all(any(CHINESE.search(part) for part in pair) for pair in said["zh-hans"])


def test_the_division_before_and_after_every_record(records: None, browser: Client) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        assert browser.get(f"/en/places/?on={day}").status_code == 200


def test_before_the_first_snapshot_the_columns_are_explained_all_the_same(var: Path, computed: Path) -> None:
    from django.test import Client

    index = Client().get("/en/dictionary/").content.decode()
    for domain in (registry, skills, evaluation, incentives, overview):
        name = domain.__name__.split(".")[1]
        page = Client().get(f"/en/dictionary/{name}/").content.decode()
        for table in domain.TABLES:
            assert f'<section class="card gap" id="{table.name}">' in page
            assert f'<li id="{table.name}"><a href="/en/dictionary/{name}/#{table.name}">' in index
        assert "No snapshot yet" in page
    assert "registry.workers" in index


def test_a_broken_snapshot_is_told_in_the_language_of_the_reader(var: Path, computed: Path) -> None:
    from django.test import Client

    (var / "current.json").write_text("{half")
    page = Client().get("/zh-hans/").content.decode()
    assert "Expecting" not in page
    assert "Why" not in page
