"""Made-up identities: well formed, unique, and such as no one can ever have been given."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
from stdnum.cn import ric

from guildhall.registry import tables
from tests.synth.cities import Made

CERTIFICATE = re.compile(r"[YS]0000(\d{2})\d{6}(\d{2})([1-5]|(?<=^Y.{14})T)\d{6}")


def test_identity_numbers_are_unique_and_agree_with_birth_and_sex(made: Made) -> None:
    numbers = made.words(tables.IDENTITY, "identity_number")
    assert len(set(numbers.tolist())) == len(numbers)
    born = made.table(tables.WORKERS).column("birth_month").to_pylist()
    sex = made.words(tables.WORKERS, "sex")
    for number, month, which in zip(numbers, born, sex, strict=True):
        assert number[6:12] == f"{month:%Y%m}"
        assert int(number[16]) % 2 == (which == "male")


def test_check_digits_agree_with_an_independent_library(made: Made) -> None:
    numbers = made.words(tables.IDENTITY, "identity_number")
    assert all(ric.calc_check_digit(number) == number[-1] for number in numbers[:: max(len(numbers) // 2000, 1)])
    assert all(ric.get_birth_date(number) for number in numbers[:: max(len(numbers) // 2000, 1)])


def test_regions_were_never_assigned_to_anyone(made: Made) -> None:
    """GB/T 2260 provinces are 11–65, 71 and 81–83; a foreign resident's number is 9 and then such a province."""
    provinces = {str(n) for n in (*range(11, 66), 71, 81, 82, 83)}
    for region in {number[:6] for number in made.words(tables.IDENTITY, "identity_number")}:
        assert region.startswith("99")
        assert region[:2] not in provinces
        assert region[1:3] not in provinces


def test_birthdays_fall_on_every_day_of_the_month(chongqing: Made) -> None:
    days = np.bincount([int(number[12:14]) for number in chongqing.words(tables.IDENTITY, "identity_number")], minlength=32)
    assert days[1:29].min() > 0.8 * days[1:29].max()


def test_phones_are_unique_and_belong_to_no_network(made: Made) -> None:
    phones = made.words(tables.IDENTITY, "phone")
    assert len(set(phones.tolist())) == len(phones)
    assert all(re.fullmatch(r"100[234]\d{7}", phone) for phone in phones)


def test_names_are_two_or_three_characters(made: Made) -> None:
    names = made.words(tables.IDENTITY, "name")
    assert {len(name) for name in names} == {2, 3}
    assert len({name[0] for name in names}) > 60
    assert all(re.fullmatch(r"[\u4e00-\u9fff]+", name) for name in set(names.tolist()))


def test_certificate_numbers_are_unique_and_say_what_the_certificate_says(made: Made) -> None:
    """22 characters under a province that was never assigned: no filed body, so nothing else keeps them apart from real ones."""
    numbers = made.words(tables.CERTIFICATE_NUMBERS, "number")
    assert len(set(numbers.tolist())) == len(numbers)
    held = made.table(tables.CERTIFICATES)
    at = made.numbers(tables.CERTIFICATE_NUMBERS, "certificate_id") - 1
    issued = held.column("issued_on").to_pylist()
    level, source = made.words(tables.CERTIFICATES, "level"), made.words(tables.CERTIFICATES, "source")
    for number, n in zip(numbers, at, strict=True):
        assert (found := CERTIFICATE.fullmatch(number)), number
        assert found.groups() == ("99", f"{issued[n]:%y}", level[n][1])
        assert number[0] == {"employer": "Y", "public_body": "S"}[source[n]]


def test_a_post_without_certificate_has_no_number(made: Made) -> None:
    level = made.words(tables.CERTIFICATES, "level")
    numbered = np.isin(made.numbers(tables.CERTIFICATES, "certificate_id"), made.numbers(tables.CERTIFICATE_NUMBERS, "certificate_id"))
    assert set(level[~numbered].tolist()) == {"LS"}
    assert set(level[numbered].tolist()) == {"L5", "L4", "L3", "L2", "L1", "LT"}


def test_identity_stands_in_private_tables_only(made: Made) -> None:
    for table in tables.TABLES:
        if not table.private:
            assert not {"name", "identity_number", "phone", "number"} & {column.name for column in table.columns}
    assert pa.types.is_string(made.table(tables.IDENTITY).schema.field("name").type)
