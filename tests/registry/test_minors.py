"""Under 18: the exact day on which someone may consent, be employed, and is of age."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.registry.engine.cells.numbers import Person
from guildhall.registry.engine.minors import (
    Band,
    age_on,
    band_of,
    band_of_month,
    birthday,
    born_in,
    of_age_group,
)
from guildhall.registry.engine.roster.checks import check_person

DAYS = st.dates(date(1950, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("age", "before", "from_then"), [(14, "under_14", "under_16"), (16, "under_16", "protected"), (18, "protected", "adult")]
)
@pytest.mark.parametrize("born", [date(2010, 1, 1), date(2010, 6, 15), date(2010, 12, 31), date(2010, 3, 1)])
def test_an_age_is_completed_on_the_birthday_and_not_the_day_before(born: date, age: int, before: Band, from_then: Band) -> None:
    day = date(born.year + age, born.month, born.day)
    assert band_of(born, day - timedelta(days=1)) == before
    assert band_of(born, day) == from_then


def test_someone_born_on_29_february_completes_a_year_on_the_last_day_of_february() -> None:
    born = date(2012, 2, 29)
    assert birthday(born, 14) == date(2026, 2, 28)
    assert birthday(born, 16) == date(2028, 2, 29)
    assert (age_on(born, date(2026, 2, 27)), age_on(born, date(2026, 2, 28))) == (13, 14)
    assert (age_on(born, date(2028, 2, 28)), age_on(born, date(2028, 2, 29))) == (15, 16)


def told_of(found: Any) -> str:
    """The kind of a note or a fault."""
    return str(getattr(found, "problem", found).code)


def test_a_roster_may_name_a_person_from_the_sixteenth_birthday_on() -> None:
    said: list[tuple[str, str]] = []

    def refused(born: date, on: date) -> bool:
        said.clear()
        check_person(Person("", born, "female"), {}, on, lambda field, found: said.append((field, told_of(found))))
        return ("identity_number", "too_young") in said

    assert refused(date(2010, 11, 21), date(2026, 11, 20))
    assert not refused(date(2010, 11, 20), date(2026, 11, 20))
    assert said == [("identity_number", "minor")], "16 and 17 are marked"
    assert refused(date(2020, 1, 1), date(2026, 11, 20))


def test_what_is_said_of_the_young_names_the_article() -> None:
    told = [of_age_group(age) for age in (13, 14, 15, 16, 17, 18)]
    assert told[5] is None
    for said, article in zip(told[:5], ("31", "15", "15", "58", "58"), strict=True):
        assert said
        assert article in said.en


@given(born=DAYS, on=DAYS)
def test_a_month_of_birth_says_the_same_as_the_day_or_nothing(born: date, on: date) -> None:
    assert band_of_month(born, on) in (band_of(born, on), "undetermined")


def test_a_month_of_birth_decides_nothing_in_the_month_itself() -> None:
    assert band_of_month(date(2010, 11, 1), date(2026, 10, 31)) == "under_16"
    assert band_of_month(date(2010, 11, 1), date(2026, 11, 1)) == "undetermined"
    assert band_of_month(date(2010, 11, 1), date(2026, 11, 29)) == "undetermined"
    assert band_of_month(date(2010, 11, 1), date(2026, 11, 30)) == "protected"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("110101201001011234", date(2010, 1, 1)),
        ("110101201002301234", None),
        ("1101012010", None),
        ("11010120100101123X", date(2010, 1, 1)),
    ],
)
def test_the_date_of_birth_stands_in_the_number(number: str, expected: date | None) -> None:
    assert born_in(number) == expected
