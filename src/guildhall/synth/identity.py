"""Names, identity numbers and phones of people who do not exist.

Identity numbers follow GB 11643 in form, birth date, sex and check digit, but begin with 99: no province ever had that
prefix (GB/T 2260 uses 11–65, 71, 81–83), and a foreign resident's number is 9 followed by a province code, which 9x is not.
Phones are eleven digits from 10020000000: mobile numbers begin with 13–19, and 10000, 10010, 10086 and 10099 lie outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guildhall.kernel.errors import GuildhallError
from guildhall.synth import names
from guildhall.synth.arrow import cut_text, digits, fixed_text, text
from guildhall.synth.integers import happens, spin, stream, u16, wheel
from guildhall.synth.people import People
from guildhall.synth.plan import Plan, month_starts

REGION = "99"
PHONES = 30_000_000
PHONE_BASE = 20_000_000
_STEP, _SHIFT = 18_372_461, 7_654_321  # any step without a factor of 2, 3 or 5 reaches each of the 30 million numbers once
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = text("10X98765432")
_FEMALE = 0


@dataclass(frozen=True)
class Births:
    """The day of birth (0 is the first of the month), the sequence 0 … 499 and the overflow of each person.

    Unit, month, sex, day, sequence and overflow together belong to one person only.
    """

    day: NDArray[np.uint8]
    sequence: NDArray[np.uint16]
    overflow: NDArray[np.uint8]


def births(plan: Plan, people: People) -> Births:
    """People of one unit, month and sex take the days of the month and then the sequence in turn, from a start left to chance."""
    first = int(people.birth_month.min())
    months = int(people.birth_month.max()) - first + 1
    length = np.diff(np.array(month_starts(range(first, first + months + 1)))).astype(np.uint32)
    found = Births(np.empty(len(people), np.uint8), np.empty(len(people), np.uint16), np.empty(len(people), np.uint8))
    for unit, (a, b) in enumerate(zip(people.starts, people.starts[1:], strict=False)):
        month = (people.birth_month[a:b] - first).astype(np.uint16)
        key = month * np.uint16(2) + people.sex[a:b]
        rank = _rank(key, 2 * months)
        days = length[month]
        shift = u16(stream(plan.seed, "births", unit), 2 * months).astype(np.uint32)[key]
        turn = rank // days
        # 11 shares no factor with 28 … 31, so each day of the month comes up once before any comes up again.
        found.day[a:b] = (rank % days * np.uint32(11) + shift) % days
        found.sequence[a:b] = (turn + shift) % np.uint32(500)
        if int(turn.max(initial=0)) >= 10 * 500:
            raise GuildhallError("There are more people than made-up identity numbers", next="choose a smaller scale")
        found.overflow[a:b] = turn // np.uint32(500)
    return found


def _rank(key: NDArray[np.uint16], kinds: int) -> NDArray[np.uint32]:
    """How many earlier people have the same key."""
    order = np.argsort(key, kind="stable")
    numbers = np.bincount(key, minlength=kinds)
    opening = (np.cumsum(numbers) - numbers).astype(np.uint32)
    rank = np.empty(len(key), np.uint32)
    rank[order] = np.arange(len(key), dtype=np.uint32) - np.repeat(opening, numbers)
    return rank


class IdentityMaker:
    """Makes the columns of the identity table for any stretch of people, always the same for the same person."""

    def __init__(self, plan: Plan, people: People) -> None:
        if len(people) > PHONES or len(people.starts) > 1000:
            raise GuildhallError(
                "There are more people than made-up phones, or more units than made-up regions", next="choose a smaller scale"
            )
        self.plan, self.people, self.births = plan, people, births(plan, people)
        self.first = int(people.birth_month.min())
        self._tables()

    def _tables(self) -> None:
        months = int(self.people.birth_month.max()) - self.first + 1
        numbers = np.arange(self.first, self.first + months)
        year, month = 1900 + numbers // 12, numbers % 12 + 1
        self.dates = np.concatenate([digits(1900, 400, 4)[year - 1900].repeat(31, axis=0), digits(0, 13, 2)[month].repeat(31, axis=0),
                                     np.tile(digits(1, 31, 2), (months, 1))], axis=1)  # fmt: skip
        self.regions = np.concatenate([np.tile(text(REGION), (10_000, 1)), digits(0, 10_000, 4)], axis=1)
        self.turns = digits(0, 1000, 3)
        self.sums = [self._sum(self.regions, 0), self._sum(self.dates, 6), self._sum(self.turns, 14)]
        self.surnames = _characters("".join(names.SURNAMES))
        self.given = [_characters(c) for c in (names.FEMALE_FIRST, names.FEMALE_LAST, names.MALE_FIRST, names.MALE_LAST)]
        self.surname_wheel = wheel(list(names.SURNAMES.values()))[None, :]

    def _sum(self, table: NDArray[np.uint8], at: int) -> NDArray[np.uint8]:
        """The part of the check sum (mod 11) that each row of a table of digits adds at a position."""
        weights = np.array(_WEIGHTS[at : at + table.shape[1]], np.int64)
        sums: NDArray[np.int64] = ((table.astype(np.int64) - ord("0")) * weights).sum(axis=1)
        return (sums % 11).astype(np.uint8)

    def columns(self, a: int, b: int) -> list[pa.Array]:
        """Name, identity number and phone of people a … b-1."""
        return [self.names(a, b), self.numbers(a, b), self.phones(a, b)]

    def names(self, a: int, b: int) -> pa.StringArray:
        n, chance = b - a, stream(self.plan.seed, "names", a)
        letters = np.empty((n, 9), np.uint8)
        letters[:, :3] = self.surnames[spin(self.surname_wheel, np.zeros(n, np.int32), chance)]
        sex = self.people.sex[a:b].astype(np.intp)
        for column, (female, male) in ((3, (0, 2)), (6, (1, 3))):
            table = np.concatenate([self.given[female], self.given[male]])
            sizes = np.array([len(self.given[female]), len(self.given[male])], np.uint32)[sex]
            pick = (u16(chance, n).astype(np.uint32) * sizes) >> np.uint32(16)
            letters[:, column : column + 3] = table[pick + sex * len(self.given[female])]
        short = happens(chance, self.plan.book.model("short_name_share"), n)
        letters[short, 3:6] = letters[short, 6:9]
        return cut_text(letters, np.where(short, np.uint8(6), np.uint8(9)))

    def numbers(self, a: int, b: int) -> pa.StringArray:
        unit = self.people.unit[a:b].astype(np.int32)
        region = self.births.overflow[a:b].astype(np.int32) * 1000 + unit + 1
        date = (self.people.birth_month[a:b] - self.first).astype(np.int32) * 31 + self.births.day[a:b]
        sequence = self.births.sequence[a:b].astype(np.int32) * 2 + (self.people.sex[a:b] != _FEMALE)
        letters = np.empty((b - a, 18), np.uint8)
        letters[:, :6], letters[:, 6:14], letters[:, 14:17] = self.regions[region], self.dates[date], self.turns[sequence]
        letters[:, 17] = _CHECK[(self.sums[0][region] + self.sums[1][date] + self.sums[2][sequence]) % 11]
        return fixed_text(letters)

    def phones(self, a: int, b: int) -> pa.StringArray:
        number = (np.arange(a, b, dtype=np.int64) * _STEP + _SHIFT) % PHONES + PHONE_BASE
        letters = np.empty((b - a, 11), np.uint8)
        letters[:, :3] = text("100")
        four = digits(0, 10_000, 4)
        letters[:, 3:7], letters[:, 7:] = four[number // 10_000], four[number % 10_000]
        return fixed_text(letters)


def _characters(word: str) -> NDArray[np.uint8]:
    """Each character of a word as a row of its three bytes."""
    return np.frombuffer(word.encode(), np.uint8).reshape(-1, 3)
