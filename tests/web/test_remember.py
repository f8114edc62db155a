"""Pages kept in memory: one entry for each page there is, whatever is written behind its address."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import pytest

from guildhall.web import remember

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> OrderedDict[tuple[str, ...], tuple[bytes, str]]:
    """The memory of this process, empty."""
    pages: OrderedDict[tuple[str, ...], tuple[bytes, str]] = OrderedDict()
    monkeypatch.setattr(remember, "_pages", pages)
    return pages


def test_words_that_no_page_reads_cost_nothing(browser: Client, kept: OrderedDict[tuple[str, ...], object]) -> None:
    plain = browser.get("/en/").content
    for number in range(1_000):
        assert browser.get(f"/en/?x{number}={number}&measure=").content == plain
    assert len(kept) == 1


def test_what_a_page_reads_makes_a_page_of_its_own(browser: Client, kept: OrderedDict[tuple[str, ...], object]) -> None:
    addresses = ["/en/", "/en/?measure=high_share", "/en/?measure=high_share&on=2024-12-31", "/zh-hans/", "/en/parks/"]
    pages = {browser.get(address).content for address in addresses}
    assert len(pages) == len(kept) == len(addresses)
    assert browser.get("/en/?on=2024-12-31&y=1&measure=high_share").content in pages
    assert len(kept) == len(addresses)


def test_the_switch_of_language_drops_what_no_page_reads(browser: Client, kept: OrderedDict[tuple[str, ...], object]) -> None:
    page = browser.get("/en/?evil=1&measure=high_share").content.decode()
    assert 'href="/zh-hans/?measure=high_share"' in page
    assert "evil" not in page


def test_only_what_can_be_shown_is_kept(browser: Client, kept: OrderedDict[tuple[str, ...], object]) -> None:
    for address in ("/en/?on=yesterday", "/en/?measure=happiness", "/en/districts/nowhere/"):
        assert browser.get(address).status_code >= 400
    assert not kept
