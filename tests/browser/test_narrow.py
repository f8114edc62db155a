"""On a phone: names of any length, and the navigation on one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Open = Callable[..., Page]

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["organisations/", "organisations/1/", "places/", "occupations/", "places/tiny-east/"])
def test_a_name_of_any_length_stays_within_a_phone(open_page: Open, path: str) -> None:
    page = open_page(f"/en/{path}", size=PHONE, scripts=True)
    page.evaluate("document.querySelectorAll('main h1, main th, main td, main li a').forEach(e => { e.textContent = 'w'.repeat(270) })")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_navigation_is_one_line_on_a_phone(open_page: Open, language: str) -> None:
    page = open_page(f"/{language}/", size=PHONE, scripts=True)
    tops = page.evaluate("[...document.querySelectorAll('header nav a')].map(e => Math.round(e.getBoundingClientRect().top))")
    assert len(set(tops)) == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", ["", "figures/"])
def test_the_figures_of_a_large_city_stay_within_a_small_phone(open_page: Open, path: str, language: str) -> None:
    page = open_page(f"/{language}/{path}", size={"width": 320, "height": 640}, scripts=True)
    page.evaluate("document.querySelectorAll('table.compact [data-value]').forEach(e => { e.textContent = '> 56,800,000' })")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
