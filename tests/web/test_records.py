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
    assert "What lay in it on 2025-06-30?" in page
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


def test_occupations_are_a_tree_and_can_be_searched(browser: Client) -> None:
    assert 'href="/en/occupations/2/"' in _get(browser, "/en/occupations/")
    assert 'href="/en/occupations/2-02-38/"' in _get(browser, "/en/occupations/2-02/")
    assert 'href="/en/occupations/2-02-38/"' in _get(browser, "/en/occupations/?search=2-02-3")
    assert "Nothing matches" in _get(browser, "/en/occupations/?search=zzz")


def test_a_cursor_nobody_gave_out_is_refused(browser: Client) -> None:
    _get(browser, "/en/organisations/?after=nonsense", 404)
