"""Identity numbers by the column, against python-stdnum as the oracle."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from guildhall.registry.engine.identity import Checked, check_numbers, is_assigned, masked, normalise_number, normalise_phone
from tests.registry.folders import identity_number

BORN = date(1990, 1, 15)


def check(*numbers: str, birth: date = date(1990, 1, 1), sex: str = "male") -> Checked:
    column = pa.chunked_array([pa.array(numbers, pa.string())])
    return check_numbers(column, pa.chunked_array([[birth] * len(numbers)]), pa.chunked_array([[sex] * len(numbers)]))


def oracle(number: str) -> bool:
    """Whether python-stdnum takes check digit and date; its `validate` stumbles over regions of a known province without a county."""
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return False
    return born.year >= 1850 and number[-1] == ric.calc_check_digit(number)


@given(st.dates(date(1900, 1, 1), date(2025, 12, 31)), st.integers(0, 999), st.integers(0, 999_999))
def test_numbers_made_by_the_rule_are_valid(born: date, order: int, region: int) -> None:
    number = identity_number(f"{region:06d}", born, order)
    found = check(number, birth=born.replace(day=1), sex="male" if order % 2 else "female")
    assert found.valid[0]
    assert found.birth_agrees[0]
    assert found.sex_agrees[0]
    assert oracle(number)


@given(st.integers(0, 16), st.integers(0, 9), st.text("0123456789X", min_size=1, max_size=1))
def test_a_changed_number_is_judged_as_stdnum_does(at: int, digit: int, last: str) -> None:
    number = identity_number("500103", BORN, 7)
    changed = number[:at] + str(digit) + number[at + 1 : 17] + last
    assert bool(check(changed).valid[0]) == oracle(changed)


@pytest.mark.parametrize(
    "number", ["", "5", "50010319900115007", "5001031990011500700", "50010319900115007x", "50010319９00115007X", "5O0103199001150070"]
)
def test_other_text_is_no_number(number: str) -> None:
    assert not check(number).valid[0]


@pytest.mark.parametrize("born", ["19900229", "19901301", "19900431", "19900100", "00010101"])
def test_dates_that_never_were(born: str) -> None:
    first = f"500103{born}007"
    number = first + str(identity_number("500103", BORN, 7))[-1]
    assert not any(check(first + digit).valid[0] for digit in "0123456789X"), number


def test_birth_and_sex_are_compared_with_the_record() -> None:
    number = identity_number("500103", BORN, 7)
    assert check(number).birth_agrees[0]
    assert not check(number, birth=date(1990, 2, 1)).birth_agrees[0]
    assert not check(number, sex="female").sex_agrees[0]


def test_regions_ever_assigned_are_known() -> None:
    assert is_assigned("500112")
    assert not is_assigned("990101")
    assert not is_assigned("509900")
    assert list(check(identity_number("500112", BORN, 1), identity_number("990101", BORN, 1)).assigned) == [True, False]


@pytest.mark.parametrize(
    "typed",
    [
        "50010319900115007X",
        "50010319900115007x",
        " 500103 1990-0115 007x ",
        "５００１０３１９９００１１５００７Ｘ",
        "500103\u3000'19900115007ｘ",
        "’500103199001\u2013\u201115007X\ufeff",
        "\u202a50010319900115007X\u202c",
    ],
)
def test_one_number_in_many_hands(typed: str) -> None:
    assert normalise_number(typed) == "50010319900115007X"


PHONES = [
    ("13800000001", "13800000001"),
    ("+86 138-0000-0001", "13800000001"),
    ("0086 13800000001", "13800000001"),
    ("8613800000001", "13800000001"),
    ("１３８　００００　０００１", "13800000001"),
    ("'138 0000 0001", "13800000001"),
    ("（023）8612 3456", "02386123456"),
    ("86123456", "86123456"),
    ("+852 9123 4567", "+85291234567"),
    ("00852 9123 4567", "+85291234567"),
    ("", None),
    (" ", None),
    ("无", None),
    ("—", None),
    ("-", None),
    ("n/a", None),
    ("0", None),
    ("138 0000 0001（妻子）", None),
    ("1380000000١", None),
]


@pytest.mark.parametrize(("typed", "kept"), PHONES)
def test_one_phone_in_many_hands(typed: str, kept: str | None) -> None:
    assert normalise_phone(typed) == kept


@given(st.text("0123456789xXyYsSab -'+()./\u3000０９ｘＸ（）—－\u2010\ufeff无٣"))
def test_what_is_tidied_stays_as_it_is(text: str) -> None:
    number, phone = normalise_number(text), normalise_phone(text)
    assert normalise_number(number) == number
    assert phone is None or normalise_phone(phone) == phone


def test_masked_numbers_cannot_be_used() -> None:
    assert masked("50010319900115007X") == "50***************X"
    assert masked("12345678") == "********"


def test_no_rows_are_no_fault() -> None:
    assert check().valid.size == 0
