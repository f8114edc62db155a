"""Reasons hold no number of anybody, however it is written; days and short numbers are no such thing."""

from __future__ import annotations

import pytest

from guildhall.office.engine.free_text import holds_number

NUMBERS = (
    "call 13800138000",
    "138 0013 8000",
    "138-0013-8000",
    "\uff11\uff13\uff18００１３８０００",
    "99010119860501999X",
    "990101 1986 0501 999x",
    "1380.013",
)
WORDS = ("", "came on 2026-11-20", "since 2026年1月30日, and 2027-02-01", "room 312, window 4", "two of three", "12 people, 15000 yuan")


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_of_somebody_is_found(text: str) -> None:
    assert holds_number(text)


@pytest.mark.parametrize("text", WORDS)
def test_other_words_are_let_be(text: str) -> None:
    assert not holds_number(text)
