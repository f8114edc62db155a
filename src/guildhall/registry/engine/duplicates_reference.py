"""Duplicates written the slow, obvious way: every two people are held against each other. What `duplicates` must agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from guildhall.registry.engine.duplicates import BODY, DIGITS, LARGEST_BLOCK, OLD_DIGITS, RARE_NAME, SHARED_PHONE

Row = Mapping[str, Any]
Found = set[tuple[int, int, str]]


def agreements(people: Sequence[Row], numbers: Sequence[Row], certificates: Sequence[Row]) -> Found:
    """Every pair and reason, near numbers apart."""
    found: Found = set()
    for first, second in _pairs(people):
        pair = (first["worker_id"], second["worker_id"])
        if _personal_phone(people, first, second):
            found |= {(*pair, "phone_name")} if _agree(first, second, "name") else set()
            found |= {(*pair, "phone_birth")} if _agree(first, second, "birth_month") else set()
        if _agree(first, second, "name", "birth_month", "sex", "district"):
            bearers = sum(person["name"] == first["name"] for person in people)
            found.add((*pair, "common_name_birth_district" if bearers > RARE_NAME else "name_birth_district"))
    return found | _shared(numbers, "number", "number_shared") | _shared(certificates, "certificate", "certificate_shared")


def comparable(people: Sequence[Row]) -> set[tuple[int, int]]:
    """The pairs whose identity numbers are worth opening."""

    def worth(first: Row, second: Row) -> bool:
        alike = _agree(first, second, "birth_month") or _personal_phone(people, first, second)
        return _agree(first, second, "name") and alike

    return {(first["worker_id"], second["worker_id"]) for first, second in _pairs(people) if worth(first, second)}


def near(first: str, second: str) -> str:
    """`number_old_form` where one is the fifteen-digit form of the other; `number_near` where they differ by one digit or by two
    neighbours that changed places; "" otherwise. The check digit does not count: a mistyped number was given a new one.
    """
    one, other = _body(first), _body(second)
    if not one or not other:
        return ""
    if one == other:
        return "number_old_form" if len(first) != len(second) else ""
    differ = [at for at in range(BODY) if one[at] != other[at]]
    if len(differ) == 1:
        return "number_near"
    at, after = differ[0], differ[-1]
    swapped = len(differ) == 2 and after == at + 1 and one[at] == other[after] and one[after] == other[at]
    return "number_near" if swapped else ""


def _body(number: str) -> str:
    if not number.isascii():
        return ""
    if len(number) == DIGITS and number[:BODY].isdigit():
        return number[:BODY]
    if len(number) == OLD_DIGITS and number.isdigit():
        return number[:6] + "19" + number[6:]
    return ""


def _pairs(rows: Iterable[Row]) -> Iterable[tuple[Row, Row]]:
    return combinations(sorted(rows, key=lambda row: row["worker_id"]), 2)


def _agree(first: Row, second: Row, *columns: str) -> bool:
    return all(first[column] is not None and first[column] == second[column] for column in columns)


def _personal_phone(people: Sequence[Row], first: Row, second: Row) -> bool:
    return _agree(first, second, "phone") and sum(person["phone"] == first["phone"] for person in people) <= SHARED_PHONE


def _shared(rows: Sequence[Row], column: str, reason: str) -> Found:
    def sharers(value: object) -> set[int]:
        return {row["worker_id"] for row in rows if row[column] == value}

    few: Callable[[object], bool] = lambda value: 1 < len(sharers(value)) <= LARGEST_BLOCK  # noqa: E731
    values = {row[column] for row in rows if row[column] is not None}
    return {(*pair, reason) for value in values if few(value) for pair in combinations(sorted(sharers(value)), 2)}
