"""From the city to how a number was computed, in two languages, on a phone, by keyboard, on paper, and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Open = Callable[..., Page]

pytestmark = pytest.mark.browser

PATHS = (
    "",
    "figures/",
    "figures/skilled.count/",
    "districts/tiny-harbour/",
    "districts/tiny-east/",
    "parks/",
    "parks/tiny-park-1/",
    "places/",
    "places/tiny-east/",
    "organisations/",
    "occupations/",
    "assumptions/",
    "sources/",
    "dictionary/",
    "dictionary/incentives/",
    "api/",
    "api/registry/",
)
WIDTHS = (1280, 1024, 800, 390, 375, 360, 320)
"""Of desks, tablets and phones, in CSS pixels."""


def test_from_the_city_to_how_a_number_was_computed_and_back_in_the_other_language(open_page: Open) -> None:
    page = open_page("/")
    assert page.url.endswith("/en/")
    assert page.locator(".banner").inner_text() == "Demonstration city, synthetic people, 1 : 1 model"

    page.get_by_role("link", name=re.compile("^Harbour")).first.click()
    assert "/en/districts/tiny-harbour/" in page.url
    assert "skilled workers in the model" in page.locator("h1").inner_text()
    assert page.get_by_text("took over from East").count()

    page.get_by_role("link", name="East Industrial Park").click()
    assert "/en/parks/tiny-park-1/" in page.url
    page.get_by_role("link", name="How this was computed").click()
    assert "/en/figures/parks.workers/" in page.url
    shown = {kind: page.locator(f'[data-figure="parks.workers"][data-value="{kind}"]').inner_text() for kind in ("published", "computed")}
    assert all(re.search(r"\d", value) for value in shown.values())
    assert page.get_by_text(re.compile("sha256 [0-9a-f]{64}")).count()

    page.get_by_role("link", name="中文").click()
    assert "/zh-hans/figures/parks.workers/" in page.url
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert "是怎样算出的" in page.locator("h1").inner_text()
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    assert page.locator('[data-value="computed"]').first.is_visible()


def test_the_language_of_the_browser_decides_at_the_door(open_page: Open) -> None:
    assert open_page("/", languages="zh-CN").url.endswith("/zh-hans/")
    assert open_page("/", languages="en-GB").url.endswith("/en/")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_wider_than_its_screen(open_page: Open, path: str, language: str) -> None:
    page = open_page(f"/{language}/{path}", scripts=True)  # scripts only for the ruler of this test
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, width


@pytest.mark.parametrize("path", PATHS)
def test_no_word_of_a_table_is_cut_on_a_desk(open_page: Open, path: str) -> None:
    page = open_page(f"/en/{path}", scripts=True)
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    for width in (1280, 1024):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(CUT) == [], width


def test_districts_can_be_coloured_without_a_script(open_page: Open) -> None:
    page = open_page("/en/")
    page.get_by_label("Colour by").select_option("high_share")
    page.locator("select[name=on]").select_option("2024-12-31")
    page.get_by_role("button", name="Show").click()
    assert "measure=high_share" in page.url
    assert page.locator(".cartogram a").count() == 3
    assert "%" in (page.locator(".cartogram").text_content() or "")
    page.get_by_role("link", name="中文").click()
    assert "measure=high_share" in page.url


def test_everything_is_reached_by_keyboard(open_page: Open) -> None:
    page = open_page("/en/", scripts=True)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.reload()
    stops = page.evaluate(STOPS)
    walked = []
    for _ in range(len(stops)):
        page.keyboard.press("Tab")
        walked.append(page.evaluate("[...document.querySelectorAll('a, button, select, input, summary')].indexOf(document.activeElement)"))
        assert page.evaluate(SEEN), "the focus cannot be seen"
    assert walked == stops


CUT = """(() => {
    const cut = [], texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT), range = document.createRange();
    while (texts.nextNode()) {
        const text = texts.currentNode;
        if (!text.parentElement.closest('table')) continue;
        for (const word of text.data.matchAll(/[A-Za-z0-9_]{2,40}/g)) {
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1) cut.push(word[0]);
        }
    }
    return cut;
})()"""
"""Words of tables that stand on two lines; longer ones are digests and addresses."""
STOPS = """[...document.querySelectorAll('a, button, select, input, summary')]
    .map((e, n) => [e, n]).filter(([e]) => e.checkVisibility({contentVisibilityAuto: true})).map(([, n]) => n)"""
"""What a keyboard must reach, in the order of the page."""
SEEN = """(() => {
    const here = document.activeElement, tile = here.querySelector('rect');
    const shown = e => getComputedStyle(e).outlineStyle !== 'none' || getComputedStyle(e).strokeWidth === '3px';
    return shown(tile && here.closest('.cartogram') ? tile : here);
})()"""
TARGETS = """[...document.querySelectorAll('a, button, select, input, summary')]
    .filter(e => e.checkVisibility({contentVisibilityAuto: true}))
    .filter(e => !e.closest('p:not(.more), small, dd, .crumbs, .skip'))
    .map(e => {
        const wide = getComputedStyle(e, '::after').position === 'absolute' ? e.closest('tr, li, .fig') : e;
        return [e.textContent.trim().slice(0, 40), Math.round(wide.getBoundingClientRect().height)];
    })"""
"""Everything that stands alone and can be touched, with its height; links inside a sentence are as high as its lines."""


@pytest.mark.parametrize("path", ["", "figures/", "figures/skilled.count/", "parks/", "parks/tiny-park-1/", "districts/tiny-harbour/"])
def test_targets_on_a_phone_are_large_enough(open_page: Open, path: str) -> None:
    found = open_page(f"/en/{path}", size=PHONE, scripts=True).evaluate(TARGETS)
    assert len(found) > 8
    assert [one for one in found if one[1] < 44] == []


def test_a_page_prints_with_its_numbers(open_page: Open) -> None:
    page = open_page("/en/")
    page.emulate_media(media="print")
    assert not page.locator("header nav").is_visible()
    assert not page.get_by_role("button", name="Show").is_visible()
    assert page.locator(".banner").is_visible()
    assert page.locator(".pyramid").is_visible()
    assert page.locator(".cartogram").is_visible()
    assert not page.locator(".narrow").is_visible()
    skilled = page.locator('details.behind td[data-measure="skilled"]').first
    assert skilled.is_visible()
    assert re.search(r"\d", skilled.inner_text())
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) <= 5


def test_a_phone_lists_districts_in_their_order(open_page: Open) -> None:
    page = open_page("/en/", size=PHONE)
    assert not page.locator(".cartogram").is_visible()
    listed = [int(text.replace(",", "")) for text in page.locator(".narrow b").all_inner_texts()]
    assert listed == sorted(listed, reverse=True)
    assert len(listed) == 2


def test_words_in_charts_do_not_overlap(open_page: Open) -> None:
    """Labels of the ladder keep apart from the bars and the bars from the numbers, also at phone width and in the longer language."""
    for size in (PHONE, None):
        page = open_page("/en/", size=size, scripts=True)
        boxes = page.evaluate(
            "[...document.querySelectorAll('.pyramid text, .pyramid rect')].map(e => e.getBoundingClientRect()).map(b => [b.left, b.right])"
        )
        assert len(boxes) == 24
        for label, bar, number in zip(boxes[::3], boxes[1::3], boxes[2::3], strict=True):
            assert label[1] <= bar[0]
            assert bar[1] <= number[0]


def test_names_of_lines_stay_on_the_page(open_page: Open) -> None:
    page = open_page("/en/districts/tiny-harbour/", size=PHONE, scripts=True)
    assert page.locator(".lines .rule").count() == 1
    boxes = page.evaluate("[...document.querySelectorAll('.lines text.name')].map(e => e.getBoundingClientRect().right)")
    assert boxes
    assert max(boxes) <= PHONE["width"]


def test_places_and_organisations_are_browsed(open_page: Open) -> None:
    page = open_page("/en/places/")
    page.get_by_role("link", name="East", exact=True).click()
    assert "where does it belong" in page.locator("h1").inner_text()
    page.get_by_role("link", name="Organisations here").click()
    page.get_by_label("Kind").select_option("academy")
    page.get_by_role("button", name="Show").click()
    assert "kind=academy" in page.url
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Occupations").click()
    page.get_by_label("Code or name").fill("2-02")
    page.get_by_role("button", name="Search").click()
    assert page.locator('th a[href="/en/occupations/2-02/"]').count()
