"""What claims said of certificates, hires and businesses: made up for some, so that rules can decide what only documents show."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guildhall.incentives import tables
from guildhall.incentives.tables.sources import SUBJECTS
from guildhall.synth import arrow
from guildhall.synth.integers import below, happens, stream
from guildhall.synth.plan import day_number
from guildhall.synth.records import City, Write

Ints = NDArray[np.int64]
Days = NDArray[np.int32]
Flags = NDArray[np.bool_]
YEAR, FEN = 365, 100
TAXES = ("vat_due", "construction_due", "education_due", "local_education_due", "income_tax_due")


class Said:
    """Writes what was said of the subjects of one stretch: one fact at a time, of those of them it concerns."""

    def __init__(self, city: City, subject: str, keys: Ints, persons: Ints, days: Days, write: Write) -> None:
        self.today = day_number(city.plan.city.reference_date)
        self.subject, self.keys, self.persons, self.days, self.write = subject, keys, persons, days, write

    def __call__(self, fact: str, values: pa.Array, which: Flags | None = None) -> None:
        """Said a month after the day of each, and not after the reference date."""
        at = np.arange(len(self.keys)) if which is None else np.flatnonzero(which)
        n = len(at)
        columns = [
            arrow.codes(np.full(n, SUBJECTS.index(self.subject)), SUBJECTS), arrow.keys(self.keys[at]),
            arrow.names(np.zeros(n, np.int32), [fact]), values.take(pa.array(at)), arrow.keys(self.persons[at] + 1),
            arrow.days(np.minimum(self.days[at] + 30, self.today)),
        ]  # fmt: skip
        self.write(pa.Table.from_arrays(columns, schema=tables.STATEMENTS.schema))


def _stated(city: City, chance: np.random.Generator, days: Days) -> NDArray[np.intp]:
    """Those of recent years of which a claim said anything."""
    first = day_number(date(int(_share(city, "first_statements_year")), 1, 1))
    return np.flatnonzero((days >= first) & happens(chance, _share(city, "stated_share"), len(days)))


def of_certificates(city: City, a: int, keys: Ints, persons: Ints, days: Days, write: Write) -> None:
    """Whether contributions are paid in full, whether the occupation is short of people, and what the tax deduction asks about."""
    chance = stream(city.plan.seed, "statements", "certificates", a)
    at = _stated(city, chance, days)
    say, n = Said(city, "certificate", keys[at], persons[at], days[at], write), len(at)
    say("paid_in_full", _flags(happens(chance, _share(city, "paid_in_full_share"), n)))
    say("listed_qualification", _flags(happens(chance, _share(city, "listed_share"), n)))
    say("deducted_already", _flags(happens(chance, _share(city, "deducted_share"), n)))
    for fact in ("very_short_shown", "urgent_shown"):  # no list of such occupations is on file, so claims show either
        say(fact, _flags(happens(stream(city.plan.seed, fact, "certificates", a), _share(city, "shortage_share"), n)))


def of_hires(city: City, a: int, keys: Ints, persons: Ints, days: Days, write: Write) -> None:
    """Contract, household, contributions; for key groups what taxes are payable."""
    chance = stream(city.plan.seed, "statements", "hires", a)
    at = _stated(city, chance, days)
    say, n, start = Said(city, "spell", keys[at], persons[at], days[at], write), len(at), days[at]
    open_ended = happens(chance, _share(city, "open_ended_share"), n)
    say("contract_from", _dates(start))
    say("open_ended", _flags(open_ended))
    say("contract_until", _dates(start + (1 + below(chance, 3, n)) * YEAR + 1), ~open_ended)
    say("local_household", _flags(happens(chance, _share(city, "local_household_share"), n)))
    paid = happens(chance, _share(city, "contributions_share"), n)
    say("contribution_months", _numbers(np.full(n, 4)), paid)
    say("individual_contributions", _numbers((1_300 + below(chance, 2_000, n)) * FEN), paid)
    _taxes(say, chance, happens(chance, _share(city, "key_group_share"), n), 9_000)


def of_businesses(city: City, persons: Ints, days: Days, lent: Flags, write: Write) -> None:
    """Groups the owner belongs to, loan and taxes."""
    chance, n = stream(city.plan.seed, "statements", "businesses"), len(persons)
    say = Said(city, "business", np.arange(1, n + 1), persons, days, write)
    stated = happens(chance, _share(city, "business_stated_share"), n)
    for fact in ("local_household", "returning_migrant", "rural_entrepreneur", "listed_group"):
        say(fact, _flags(happens(chance, _share(city, f"{fact}_share"), n)), stated)
    say("legal_representative", _flags(np.ones(n, np.bool_)), stated)
    say("retires_on", _dates(days + YEAR * (5 + below(chance, 25, n))), stated)
    say("local_project", _flags(np.ones(n, np.bool_)), stated & lent)
    say("other_loans", _flags(happens(chance, _share(city, "other_loans_share"), n)), stated & lent)
    say("interest_paid", _numbers((1_000 + below(chance, 9_000, n)) * FEN), stated & lent)
    say("guarantee_fee", _numbers((100 + below(chance, 900, n)) * FEN), stated & lent)
    say("fee_months", _numbers(np.full(n, 12)), stated & lent)
    _taxes(say, chance, stated & happens(chance, _share(city, "key_group_share"), n), 24_000)


def _taxes(say: Said, chance: np.random.Generator, which: Flags, most: int) -> None:
    """Members of a key group, with what is payable of each tax: up to `most` yuan of the first, less of those reckoned from it."""
    n = len(which)
    say("key_group", _flags(which), which)
    say("months_before", _numbers(np.zeros(n, np.int64)), which)
    first = below(chance, most, n).astype(np.int64) * FEN
    for fact, part in zip(TAXES, (first, first * 7 // 100, first * 3 // 100, first * 2 // 100, first // 3), strict=True):
        say(fact, _numbers(part), which)


def _share(city: City, row: str) -> Fraction:
    return city.plan.book.one("grants", row)


def _flags(values: Flags) -> pa.Array:
    return pa.array(np.array(["false", "true"])[values.astype(np.intp)], pa.string())


def _dates(days: Days) -> pa.Array:
    return pa.array(days.astype("datetime64[D]").astype(str), pa.string())


def _numbers(values: NDArray[np.integer]) -> pa.Array:
    return pa.array(values.astype(np.int64)).cast(pa.string())
