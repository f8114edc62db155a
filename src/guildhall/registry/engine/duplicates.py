"""Records that may be one person: who agrees with whom in what, and how much that says.

People come under keys: a name, a phone, a certificate number or a document number is here only as eight bytes of its keyed hash,
so nothing sealed is opened to find agreements. Identity numbers that were mistyped have hashes that agree in nothing; their
digits are compared, but only inside the pairs of `comparable`, people of one name who also share a month of birth or a phone,
and only those are opened. `duplicates_reference` says the same slowly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from guildhall.kernel.backends import Tables

if TYPE_CHECKING:
    from ibis.expr.types import Table

PEOPLE, NUMBERS, CERTIFICATES = "duplicates.people", "duplicates.numbers", "duplicates.certificates"
"""Keyed tables: people (worker_id, name, phone, birth_month, sex, district); worker_id and number; worker_id and certificate."""
WEIGHTS: Mapping[str, int] = {
    "number_shared": 95,
    "number_old_form": 95,
    "officer": 85,
    "number_near": 85,
    "document_refused": 80,
    "phone_name": 70,
    "phone_birth": 60,
    "certificate_shared": 55,
    "name_birth_district": 45,
    "common_name_birth_district": 20,
}
"""In a hundred, how much each reason says by itself. Our own assumption: an officer decides, the score only orders the queue."""
PROPOSED_FROM = 40
"""A pair below this score is not put before an officer: a common name, a month and a district are not enough."""
RARE_NAME = 30
"""A name more people bear is common: among 30 people, 38 districts and 600 months a pair agrees by chance once in 50 names."""
SHARED_PHONE = 4
"""A phone more people give is an employer's or a broker's; agreeing in it says nothing."""
LARGEST_BLOCK = 50
"""A number that more records share is a placeholder, not evidence."""
OLD_DIGITS, DIGITS, BODY = 15, 18, 17
Pair = tuple[int, int]


@dataclass(frozen=True, order=True)
class Proposal:
    """Two records, the smaller key first, with the reasons (strongest first) and a score from 1 to 99."""

    first: int
    second: int
    reasons: tuple[str, ...]
    score: int


def agreements(tables: Tables) -> Table:
    """Each pair and reason once: `first`, `second`, `reason`. Says nothing of near numbers."""
    people = tables[PEOPLE]
    few = _bearing(people, "phone", SHARED_PHONE)
    found = [
        _pairs(few, ("phone", "name")).mutate(reason=_text("phone_name")),
        _pairs(few, ("phone", "birth_month")).mutate(reason=_text("phone_birth")),
        _pairs(_bearing(tables[NUMBERS], "number", LARGEST_BLOCK), ("number",)).mutate(reason=_text("number_shared")),
        _pairs(_bearing(tables[CERTIFICATES], "certificate", LARGEST_BLOCK), ("certificate",)).mutate(reason=_text("certificate_shared")),
        _namesakes(people),
    ]
    joined = found[0]
    for more in found[1:]:
        joined = joined.union(more)
    result: Table = joined.distinct()
    return result


def comparable(tables: Tables) -> Table:
    """The pairs whose identity numbers are worth opening: one name, and one month of birth or one phone. `first`, `second`."""
    people = tables[PEOPLE]
    few = _bearing(people, "phone", SHARED_PHONE)
    result: Table = _pairs(people, ("name", "birth_month")).union(_pairs(few, ("phone", "name"))).distinct()
    return result


def _namesakes(people: Table) -> Table:
    """People of one name, sex, month of birth and district; whether their name is a common one is part of the reason."""
    bearers = people.filter(people.name.notnull()).group_by("name").agg(bearers=lambda t: t.count())
    told = _pairs(people, ("name", "birth_month", "sex", "district"), keep=("name",)).join(bearers, "name")
    common = told.bearers > RARE_NAME
    result: Table = told.select("first", "second", reason=common.ifelse("common_name_birth_district", "name_birth_district").cast("string"))
    return result


def _bearing(rows: Table, column: str, most: int) -> Table:
    """The rows whose value of a column at least two and at most `most` people share."""
    shared = rows.filter(rows[column].notnull()).group_by(column).agg(people=lambda t: t.worker_id.nunique())
    result: Table = rows.semi_join(shared.filter((shared.people > 1) & (shared.people <= most)), column)
    return result


def _pairs(rows: Table, columns: Sequence[str], keep: Sequence[str] = ()) -> Table:
    """Each two people whose rows agree in all the columns, the smaller key first."""
    some = rows.select("worker_id", *columns).distinct()
    other = some.rename(second="worker_id")
    both = some.join(other, list(columns))
    result: Table = both.filter(both.worker_id < both.second).select(*keep, first="worker_id", second="second").distinct()
    return result


def _text(word: str) -> Any:
    import ibis

    return ibis.literal(word, "string")


def near(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """For each two identity numbers `number_near`, `number_old_form` or nothing: see `duplicates_reference.near`."""
    a, b = _bodies(first), _bodies(second)
    differ = a != b
    one, at = differ.sum(axis=1), differ.argmax(axis=1)
    rows, after = np.arange(len(a)), np.minimum(at + 1, BODY - 1)
    swapped = (one == 2) & differ[rows, after] & (at < BODY - 1) & (a[rows, at] == b[rows, after]) & (a[rows, after] == b[rows, at])
    old = np.array([{len(x), len(y)} == {OLD_DIGITS, DIGITS} for x, y in zip(first, second, strict=True)], dtype=bool)
    readable = (a[:, 0] != 0) & (b[:, 0] != 0) if len(a) else np.zeros(0, dtype=bool)
    found = np.where((one == 0) & old, "number_old_form", np.where((one == 1) | swapped, "number_near", ""))
    return [str(word) for word in np.where(readable, found, "")]


def _bodies(numbers: Sequence[str]) -> npt.NDArray[np.uint8]:
    """The first seventeen digits of each number; zeros where it is none."""
    plain = [body(number) or "\0" * BODY for number in numbers]
    return np.frombuffer("".join(plain).encode(), dtype=np.uint8).reshape(-1, BODY)


def body(number: str) -> str:
    """The digits of a resident identity number before its check digit, those of the old form with the century put in; "" if none.

    The fifteen-digit numbers (until 1999) had two digits for the year and no check digit: GB 11643-1989.
    """
    if len(number) == DIGITS and number.isascii() and number[:BODY].isdigit():
        return number[:BODY]
    return f"{number[:6]}19{number[6:]}" if len(number) == OLD_DIGITS and number.isascii() and number.isdigit() else ""


def new_form(number: str) -> str:
    """The eighteen-digit form of a number in either form; the number itself where it is in neither."""
    digits = body(number)
    return digits + check_digit(digits) if digits and len(number) == OLD_DIGITS else number


def check_digit(digits: str) -> str:
    """The eighteenth character: ISO 7064, MOD 11-2."""
    return "10X98765432"[sum(int(digit) * pow(2, BODY - at, 11) for at, digit in enumerate(digits)) % 11]


def proposals(
    found: Iterable[tuple[int, int, str]], leaders: Mapping[int, int], settled: Iterable[Pair], floor: int = PROPOSED_FROM
) -> list[Proposal]:
    """Pairs of people with their reasons and score, in key order, without those that an officer has settled.

    `leaders` names the record that leads for each merged one: evidence about a merged record speaks of its leader, and so does
    a decision that it is another person than someone.
    """
    closed = {_ordered(leaders.get(a, a), leaders.get(b, b)) for a, b in settled}
    reasons: dict[Pair, set[str]] = {}
    for a, b, reason in found:
        pair = _ordered(leaders.get(a, a), leaders.get(b, b))
        if pair[0] != pair[1] and pair not in closed:
            reasons.setdefault(pair, set()).add(reason)
    scored = ((pair, told, score(told)) for pair, told in sorted(reasons.items()))
    return [Proposal(*pair, strongest_first(told), worth) for pair, told, worth in scored if worth >= floor]


def score(reasons: Iterable[str]) -> int:
    """From 1 to 99: reasons count as independent, so doubts multiply."""
    doubt = 100
    for reason in sorted(set(reasons)):
        doubt = doubt * (100 - WEIGHTS[reason]) // 100
    return min(99, max(1, 100 - doubt))


def strongest_first(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(reasons), key=lambda reason: (-WEIGHTS[reason], reason)))


def _ordered(a: int, b: int) -> Pair:
    return (a, b) if a < b else (b, a)
