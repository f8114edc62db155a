"""Shapes of document numbers, and what an identity number says."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from guildhall.registry.engine.documents import Said, is_identity_number, reads, said_by
from tests.registry.folders import identity_number


@pytest.mark.parametrize(
    ("kind", "given", "fits"),
    [
        ("passport", "E12345678", True),
        ("passport", "EA1234567", True),
        ("passport", "PASSPORT", False),
        ("passport", "E1", False),
        ("hk_macau_permit", "H12345678", True),
        ("hk_macau_permit", "H1234567801", True),
        ("hk_macau_permit", "K12345678", False),
        ("taiwan_permit", "12345678", True),
        ("taiwan_permit", "1234567", False),
        ("permanent_residence", "USA110123456789", True),
        ("permanent_residence", "911002199001012345", True),
        ("permanent_residence", "110123456789", False),
        ("earlier_identity_number", "990101730404501", True),
        ("earlier_identity_number", "990101731304501", False),
        ("earlier_identity_number", "99010117304045019", False),
    ],
)
def test_a_number_must_have_the_shape_of_its_document(kind: str, given: str, fits: bool) -> None:
    assert reads(kind, given, made_up=True) == fits


def test_what_a_number_says() -> None:
    assert said_by(identity_number("990101", date(1990, 1, 5), 123)) == Said(date(1990, 1, 5), "male")
    assert said_by("990101900105124") == Said(date(1990, 1, 5), "female")
    assert said_by("990101900230124") is None
    assert said_by("E12345678") is None
    assert not is_identity_number("990101900105124", made_up=True), "the form of fifteen digits is an earlier number only"


def test_a_region_nobody_has_is_for_the_demonstration_only() -> None:
    made_up = identity_number("990101", date(1990, 1, 5), 123)
    assert is_identity_number(made_up, made_up=True)
    assert not is_identity_number(made_up)
    assert is_identity_number(identity_number("500103", date(1990, 1, 5), 123))


@given(st.dates(date(1900, 1, 1), date(2025, 12, 31)), st.integers(0, 999), st.sampled_from("0123456789X"))
def test_stdnum_agrees(born: date, order: int, last: str) -> None:
    number = identity_number("500103", born, order)[:17] + last
    assert is_identity_number(number) == (ric.calc_check_digit(number) == last)
