"""Places, organisations and occupations can be browsed without a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.usefixtures("records")


def _get(browser: Client, address: str, status: int = 200) -> str:
    response = browser.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_places_are_those_of_the_date_asked_for(browser: Client) -> None:
    now, then = _get(browser, "/en/places/"), _get(browser, "/en/places/?on=2024-01-01")
    assert "Into 2 districts and counties" in now
    assert "Into 3 districts and counties" in then
    assert "Ended by this date" in now
    assert "Not yet there on this date" in then


def test_an_ended_place_shows_what_lay_in_it_on_its_last_day(browser: Client) -> None:
    page = _get(browser, "/en/places/tiny-east/")
    assert "What lay in it on <time>2025-06-30</time>?" in page
    assert "Easthill" in page
    assert 'href="/en/places/tiny-harbour/"' in page


def test_organisations_come_a_page_at_a_time_and_every_one_once(browser: Client) -> None:
    seen: list[str] = []
    address = "/en/organisations/"
    while address:
        page = _get(browser, address)
        seen += re.findall(r'<th scope="row"><a href="/en/organisations/(\d+)/"', page)
        found = re.search(r'rel="next" href="\?([^"]+)"', page)
        address = f"/en/organisations/?{found[1].replace('&amp;', '&')}" if found else ""
    assert len(seen) == len(set(seen)) == 64


def test_organisations_are_narrowed_by_kind_and_place(browser: Client) -> None:
    assert "Assessment centre" in _get(browser, "/en/organisations/?kind=assessment_body")
    page = _get(browser, "/en/organisations/?place=tiny-park-1&kind=enterprise")
    assert len(re.findall(r'<th scope="row">', page)) == 30
    assert "Nothing matches" in _get(browser, "/en/organisations/?kind=enterprise&name=无")


def test_an_organisation_names_the_authority_of_today(browser: Client) -> None:
    page = _get(browser, "/en/organisations/2/")
    assert 'href="/en/places/tiny-harbour/"' in page
    assert "made up" in page
    _get(browser, "/en/organisations/99999/", 404)


def test_a_district_shows_what_stands_in_its_townships_and_parks(browser: Client) -> None:
    def shown(place: str) -> set[str]:
        page = _get(browser, f"/en/organisations/?place={place}")
        return set(re.findall(r'<th scope="row"><a href="/en/organisations/(\d+)/"', page))

    park, district = shown("tiny-park-1"), shown("tiny-harbour")
    assert len(park) == 31, "thirty works and the park itself"
    assert park <= district
    assert '<option value="tiny-harbour" selected>' in _get(browser, "/en/organisations/?place=tiny-harbour")


def test_a_merged_district_stands_apart_and_shows_what_stood_in_it(browser: Client) -> None:
    page = _get(browser, "/en/organisations/?place=tiny-east")
    assert re.search(r'<optgroup label="Ended">\s*<option value="tiny-east" selected>East \(until 2025-07-01\)', page)
    current = page[page.index('<optgroup label="Districts and counties">') : page.index('<optgroup label="Ended">')]
    assert "tiny-harbour" in current
    assert "tiny-east" not in current
    assert "Nothing matches" not in page


def test_names_are_searched_in_both_languages_and_ordered_in_the_reader_s(browser: Client) -> None:
    for language in ("en", "zh-hans"):
        for name in ("assess", "Assessment c", "评价"):
            assert 'href="/' + language + '/organisations/300/"' in _get(browser, f"/{language}/organisations/?name={name}")
    shown = re.findall(r'<th scope="row"><a href="[^"]*">([^<]+)</a>', _get(browser, "/en/organisations/?kind=park"))
    assert shown == sorted(shown, key=str.lower)
    assert len(shown) > 1


def test_the_language_switch_begins_a_list_again(browser: Client) -> None:
    page = _get(browser, "/en/organisations/")
    found = re.search(r'rel="next" href="\?([^"]+)"', page)
    assert found
    assert "after" not in re.findall(r'href="(/zh-hans/[^"]*)"', _get(browser, f"/en/organisations/?{found[1]}&kind=enterprise"))[0]


def test_an_organisation_says_in_its_title_what_it_is_and_where(browser: Client) -> None:
    titles = {language: re.search(r"<h1>(.*?)</h1>", _get(browser, f"/{language}/organisations/2/")) for language in ("en", "zh-hans")}
    assert titles["en"]
    assert re.fullmatch(r'<span lang="zh-Hans">第02厂</span>: enterprise in East Industrial Park \([^()]+, small\)', titles["en"][1])
    assert titles["zh-hans"]
    assert "（" in titles["zh-hans"][1]
    park = re.search(r"<h1>(.*?)</h1>", _get(browser, "/en/organisations/101/"))
    assert park
    assert "industrial park in West" in park[1]


def test_a_place_without_a_history_has_no_empty_card(browser: Client) -> None:
    assert "What happened to it?" not in _get(browser, "/en/places/tiny/")
    assert "What happened to it?" in _get(browser, "/en/places/tiny-east/")


def test_occupations_say_how_many_there_are_and_how_to_get_the_rest(browser: Client) -> None:
    page = _get(browser, "/en/occupations/")
    assert "guildhall import occupations FILE" in page
    assert re.search(r"\d+ occupations? (is|are) on record, under \d+ groups", page)
    assert re.search(r'<th scope="row"><a href="/en/occupations/2/">[^<]*[A-Za-z]{3}', page)


def test_occupations_are_a_tree_and_can_be_searched(browser: Client) -> None:
    assert 'href="/en/occupations/2/"' in _get(browser, "/en/occupations/")
    assert 'href="/en/occupations/2-02-38/"' in _get(browser, "/en/occupations/2-02/")
    assert 'href="/en/occupations/2-02-38/"' in _get(browser, "/en/occupations/?search=2-02-3")
    assert "Nothing matches" in _get(browser, "/en/occupations/?search=zzz")


def test_a_cursor_nobody_gave_out_is_refused(browser: Client) -> None:
    _get(browser, "/en/organisations/?after=nonsense", 404)
