"""Who may be the same person: the fast engine says what the slow reference says, on cases drawn up by hand and at random."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guildhall.kernel.backends import open_arrow
from guildhall.registry.engine import duplicates, duplicates_reference
from guildhall.registry.engine.duplicates import CERTIFICATES, NUMBERS, PEOPLE, Proposal
from tests.registry.folders import check_digit

PEOPLE_SCHEMA = pa.schema(
    [
        ("worker_id", pa.int64()),
        ("name", pa.int64()),
        ("phone", pa.int64()),
        ("birth_month", pa.date32()),
        ("sex", pa.string()),
        ("district", pa.string()),
    ]
)
MONTHS = (date(1990, 1, 1), date(1990, 2, 1))


def tables(people: list[dict[str, Any]], numbers: list[dict[str, Any]], certificates: list[dict[str, Any]]) -> dict[str, pa.Table]:
    number = pa.schema([("worker_id", pa.int64()), ("number", pa.int64())])
    certificate = pa.schema([("worker_id", pa.int64()), ("certificate", pa.int64())])
    return {
        PEOPLE: pa.Table.from_pylist(people, PEOPLE_SCHEMA),
        NUMBERS: pa.Table.from_pylist(numbers, number),
        CERTIFICATES: pa.Table.from_pylist(certificates, certificate),
    }


def found(people: list[dict[str, Any]], numbers: Any = (), certificates: Any = ()) -> tuple[set[Any], set[Any]]:
    with open_arrow(tables(people, list(numbers), list(certificates))) as opened:
        agreements = opened.rows(duplicates.agreements(opened))
        pairs = opened.rows(duplicates.comparable(opened))
    told = [(row["first"], row["second"], row["reason"]) for row in agreements]
    assert len(told) == len(set(told)), "each pair and reason once"
    return set(told), {(row["first"], row["second"]) for row in pairs}


def person(key: int, name: int | None = None, phone: int | None = None, month: int = 0, district: str = "a") -> dict[str, Any]:
    return {"worker_id": key, "name": name, "phone": phone, "birth_month": MONTHS[month], "sex": "male", "district": district}


def test_what_agrees_is_told_with_its_reason() -> None:
    people = [person(1, 7, 5), person(2, 7, 5), person(3, 7, None, 1), person(4, 8, 5), person(5, 7, None, 0, "b")]
    agreements, comparable = found(people)
    assert agreements == {
        (1, 2, "phone_name"),
        (1, 2, "phone_birth"),
        (1, 2, "name_birth_district"),
        (1, 4, "phone_birth"),
        (2, 4, "phone_birth"),
    }
    assert comparable == {(1, 2), (1, 5), (2, 5)}, "numbers are opened for people of one name and one month or phone only"


def test_a_phone_of_many_and_a_name_of_many_say_little() -> None:
    same_phone = [person(n, n, 5) for n in range(1, 6)]
    assert found(same_phone)[0] == set()
    namesakes = [person(n, 7, None, 0, f"district {n // 2}") for n in range(1, 34)]
    assert {reason for *_, reason in found(namesakes)[0]} == {"common_name_birth_district"}
    assert duplicates.proposals(found(namesakes)[0], {}, ()) == []


def test_one_number_on_two_records_and_one_certificate_claimed_twice() -> None:
    people = [person(n) for n in (1, 2, 3)]
    numbers = [{"worker_id": 1, "number": 9}, {"worker_id": 3, "number": 9}, {"worker_id": 3, "number": 9}, {"worker_id": 2, "number": 8}]
    claims = [{"worker_id": 2, "certificate": 4}, {"worker_id": 3, "certificate": 4}, {"worker_id": 1, "certificate": None}]
    assert found(people, numbers, claims)[0] == {(1, 3, "number_shared"), (2, 3, "certificate_shared")}


keys = st.integers(1, 12)
few = st.one_of(st.none(), st.integers(1, 3))
persons = st.lists(
    st.builds(person, keys, few, few, st.integers(0, 1), st.sampled_from("ab")),
    max_size=12,
    unique_by=lambda row: row["worker_id"],
)


anybody = given(
    persons,
    st.lists(st.fixed_dictionaries({"worker_id": keys, "number": few}), max_size=8),
    st.lists(st.fixed_dictionaries({"worker_id": keys, "certificate": few}), max_size=8),
)


@settings(max_examples=6)
@anybody
def test_fast_and_slow_agree(people: Any, numbers: Any, certificates: Any) -> None:
    agree(people, numbers, certificates)


@pytest.mark.slow
@settings(max_examples=60)
@anybody
def test_fast_and_slow_agree_on_many(people: Any, numbers: Any, certificates: Any) -> None:
    agree(people, numbers, certificates)


def agree(people: Any, numbers: Any, certificates: Any) -> None:
    agreements, comparable = found(people, numbers, certificates)
    assert agreements == duplicates_reference.agreements(people, numbers, certificates)
    assert comparable == duplicates_reference.comparable(people)


def whole(digits: str) -> str:
    return digits + check_digit(digits)


BASE = "99010119900105123"
NEAR = [
    pytest.param(whole(BASE), whole("99010119900105124"), "number_near", id="one digit"),
    pytest.param(whole(BASE), whole("99010119900105132"), "number_near", id="two neighbours swapped"),
    pytest.param(whole(BASE), whole("89010119900105123"), "number_near", id="the first digit"),
    pytest.param(whole(BASE), whole("99010119900105321"), "", id="two digits that are no neighbours swapped"),
    pytest.param(whole(BASE), whole("99010119900105145"), "", id="two digits"),
    pytest.param(whole(BASE), "990101900105123", "number_old_form", id="the fifteen-digit form"),
    pytest.param("990101900105123", whole(BASE), "number_old_form", id="the other way round"),
    pytest.param("990101900105124", whole(BASE), "number_near", id="near the old form"),
    pytest.param(whole(BASE), whole("99010120900105123"), "", id="two digits of the year"),
    pytest.param(whole(BASE), whole(BASE), "", id="the same number is shared, not near"),
    pytest.param("E12345678", whole(BASE), "", id="a passport"),
    pytest.param("", "", "", id="nothing"),
    pytest.param("９９０１０１１９９００１０５１２３Ｘ", whole(BASE), "", id="full-width digits were never kept"),
]


@pytest.mark.parametrize(("first", "second", "expected"), NEAR)
def test_numbers_that_were_mistyped(first: str, second: str, expected: str) -> None:
    assert duplicates_reference.near(first, second) == expected
    assert duplicates.near([first], [second]) == [expected]


digits = st.text("012", min_size=17, max_size=17)


@given(st.lists(st.tuples(digits, digits), max_size=30), st.booleans())
def test_fast_and_slow_agree_on_numbers(pairs: list[tuple[str, str]], old: bool) -> None:
    first = [whole(a) for a, _ in pairs]
    second = [f"{b[:6]}{b[8:]}" if old else whole(b) for _, b in pairs]
    assert duplicates.near(first, second) == [duplicates_reference.near(a, b) for a, b in zip(first, second, strict=True)]


def test_the_old_form_of_a_number_becomes_the_new_one() -> None:
    assert duplicates.new_form("990101900105123") == whole(BASE)
    assert duplicates.new_form(whole(BASE)) == whole(BASE)
    assert duplicates.new_form("E12345678") == "E12345678"


def test_doubts_multiply_and_certainty_is_never_reached() -> None:
    assert duplicates.score(["phone_birth"]) == 60
    assert duplicates.score(["phone_birth", "name_birth_district"]) == 78
    assert duplicates.score(duplicates.WEIGHTS) == 99


def test_merged_records_speak_for_their_leader_and_settled_pairs_stay_settled() -> None:
    evidence = [(1, 2, "phone_name"), (3, 4, "phone_name"), (1, 5, "number_near"), (1, 5, "phone_birth")]
    leaders = {4: 2}
    assert duplicates.proposals(evidence, leaders, ()) == [
        Proposal(1, 2, ("phone_name",), 70),
        Proposal(1, 5, ("number_near", "phone_birth"), 94),
        Proposal(2, 3, ("phone_name",), 70),
    ]
    assert [(p.first, p.second) for p in duplicates.proposals(evidence, leaders, [(3, 4), (5, 1)])] == [(1, 2)]
    assert duplicates.proposals([(1, 2, "phone_name")], {2: 1}, ()) == []
