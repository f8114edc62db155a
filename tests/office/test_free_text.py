"""Reasons hold no number of anybody, however it is written; days, amounts, numbers of documents and keys of ours are no such thing."""

from __future__ import annotations

import pytest

from guildhall.office.engine.free_text import holds_number, holds_persons_number

PHONES = (
    "call 13800138000",
    "138 0013 8000",
    "138-0013-8000",
    "138；0013；8000",
    "138+0013+8000",
    "138|0013|8000",
    "138~0013=8000",
    "138【0013】8000",
    "138 \u200b0013\u00a0\u301c8000",
    "138〔0013〕8000号",
    "\uff11\uff13\uff18００１３８０００",
    "\u0661\u0663\u0668\u0660\u0660\u0661\u0663\u0668\u0660\u0660\u0660",
    "139 2015-01-01 0000",
    "139,2015/1/1,0000",
    "1382015-1-1 00",
    "138 2015.01.01",
    "139〔2015〕0101",
    "13,800,138,000 yuan",
    "99010119860501999X",
    "990101 1986 0501 999x",
    "500105-1990-01-01-1234",
    "5001051990-01-01+123X",
    "tel:13800138000",
    "correction:13800138000",
)
SHORTER = ("1380.013", "23;456;789", "1380013 yuan", "file:1234567")
"""Shorter than a phone: too long for a reason, but a number a document may have."""
OTHERS = (
    "",
    "came on 2026-11-20",
    "came on 2026-11-20 14:30",
    "since 2026年1月30日, and 2027-02-01",
    "2026-01-13, 2026-02-20, 2026-03-01",
    "from 2026-01-13/2026-02-20",
    "room 312, window 4",
    "two of three",
    "12 people, 15000 yuan",
    "15,000.00 元，另 1,234,567.50 元",
    "2026-11-20: 15000.00元",
    "渝府办发〔2023〕57号",
    "渝人社发[2023]1157号, 2023-05-06",
    "(2024) 第 12 号",
    "correction:1234567",
    "see worker:12345678, 2026-01-01",
)


@pytest.mark.parametrize("text", [*PHONES, *SHORTER])
def test_a_number_of_somebody_is_found(text: str) -> None:
    assert holds_number(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_words_are_let_be(text: str) -> None:
    assert not holds_number(text)


@pytest.mark.parametrize("text", PHONES)
def test_no_number_of_a_document_is_as_long_as_a_phone(text: str) -> None:
    assert holds_persons_number(text)


@pytest.mark.parametrize("text", [*OTHERS, *SHORTER])
def test_a_document_may_have_a_number(text: str) -> None:
    assert not holds_persons_number(text)
