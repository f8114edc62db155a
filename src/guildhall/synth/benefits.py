"""What was granted before, courses, premiums of employers and businesses: made up, so that rules find every outcome.

Tables `grants`, `courses`, `premiums` and `businesses` of the pack give shares and amounts; all are assumptions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guildhall.incentives import tables
from guildhall.incentives.tables.businesses import BORROWERS, BUSINESS_KINDS
from guildhall.incentives.tables.certificates import TRAININGS
from guildhall.incentives.tables.sources import GRANT_SOURCES
from guildhall.registry.tables import CERTIFIED
from guildhall.synth import arrow, statements
from guildhall.synth.integers import below, happens, spin, stream, wheel
from guildhall.synth.ladder import NEVER
from guildhall.synth.people import STUDENT
from guildhall.synth.plan import day_number
from guildhall.synth.records import ROWS, City, Write, insured_spells, nodes
from guildhall.synth.work import NOBODY, OPEN

PAID_LEVELS = 3
"""L5, L4 and L3: what the skill-upgrade subsidy is granted for."""
YEAR = 365
FEN = 100
Ints = NDArray[np.int64]
Days = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Held:
    """Certificates of one stretch: key, person, level, day of issue."""

    key: Ints
    person: Ints
    level: Ints
    day: Days


@dataclass
class Counter:
    """The last key given out: grants and courses are numbered across the stretches."""

    last: int = 0

    def keys(self, n: int) -> pa.Array:
        self.last += n
        return arrow.keys(np.arange(self.last - n + 1, self.last + 1))


def certificates(city: City) -> Iterator[tuple[int, Held]]:
    """Every skill-level certificate under the key it is written with, stretch by stretch."""
    done = 0
    for a in range(0, len(city.ladder.person), ROWS):
        issued = city.ladder.issued[a : a + ROWS]
        row, level = np.nonzero(issued != NEVER)
        person = city.ladder.person[a : a + ROWS][row]
        yield a, Held(np.arange(done + 1, done + len(row) + 1), person.astype(np.int64), level, issued[row, level])
        done += len(row)


def write_grants(city: City, grant: Write, course: Write, said: Write) -> None:
    """Grants for certificates, hires and businesses, the courses before certificates, and what claims said of all of them."""
    grants, courses = Counter(), Counter()
    for a, held in certificates(city):
        _course_rows(city, a, held, courses, course)
        _upgrade_rows(city, a, held, grants, grant)
        statements.of_certificates(city, a, held.key, held.person, held.day, said)
    _hiring_rows(city, grants, grant, said)
    _startup_rows(city, grants, grant)
    found = businesses(city)
    statements.of_businesses(city, found.person, found.start, found.loan, said)


def _grants(city: City, row: str, column: str = "") -> Fraction:
    return city.plan.book.one("grants", row, column)


def _today(city: City) -> int:
    return day_number(city.plan.city.reference_date)


def _since(city: City, day: Days, row: str) -> Flags:
    found: Flags = day >= day_number(date(int(_grants(city, row)), 1, 1))
    return found


def _rows_of_grants(counter: Counter, benefit: str, day: Days, amount: Ints, **found: pa.Array) -> pa.Table:
    """Rows of `incentives.grants`, recorded from before; columns that are not given stay empty."""
    n = len(day)
    given: dict[str, pa.Array] = {
        "grant_id": counter.keys(n), "benefit": arrow.names(np.zeros(n, np.int32), [benefit]), "amount": arrow.keys(amount),
        "granted_on": arrow.days(day), "source": arrow.same_code(GRANT_SOURCES[1], n), **found,
    }  # fmt: skip
    schema = tables.GRANTS.schema
    return pa.Table.from_arrays([given.get(field.name, pa.nulls(n, field.type)) for field in schema], schema=schema)


def _upgrade_rows(city: City, a: int, held: Held, counter: Counter, write: Write) -> None:
    """Skill-upgrade subsidies granted for some of the certificates of L5, L4 and L3 since the year the records begin."""
    chance = stream(city.plan.seed, "grants", a)
    hit = (held.level < PAID_LEVELS) & (city.work.employer[held.person] != NOBODY) & _since(city, held.day, "first_grants_year")
    hit &= happens(chance, _grants(city, "claimed_share"), len(held.key))
    day = held.day + 20 + below(chance, 300, len(held.key))
    at = np.flatnonzero(hit & (day <= _today(city)))
    amounts = np.array([int(_grants(city, "amount", level)) * FEN for level in CERTIFIED[:PAID_LEVELS]])
    person, level = held.person[at], held.level[at]
    known = happens(chance, _grants(city, "certificate_known_share"), len(at))
    write(_rows_of_grants(
        counter, "skill_upgrade_subsidy", day[at], amounts[level], worker_id=arrow.keys(person + 1),
        certificate_id=pa.array(held.key[at], mask=~known), occupation=arrow.names(city.occupation[person], city.occupations),
        level=arrow.codes(level, CERTIFIED), shortage=pa.array(happens(chance, _grants(city, "shortage_share"), len(at))),
    ))  # fmt: skip


def _course_rows(city: City, a: int, held: Held, counter: Counter, write: Write) -> None:
    """Rows of `incentives.trainings`: courses before some certificates; some were paid for from public money."""
    chance, book = stream(city.plan.seed, "courses", a), city.plan.book
    at = np.flatnonzero(_since(city, held.day, "first_grants_year") & happens(chance, book.one("courses", "trained_share"), len(held.key)))
    n, issued = len(at), held.day[at]
    wheels = wheel([book.one("courses", kind) for kind in TRAININGS])[None, :]
    kind = spin(wheels, np.zeros(n, np.int64), chance)
    days = 5 + below(chance, 26, n)
    paid = issued + 30 + below(chance, 180, n)
    never = ~happens(chance, book.one("courses", "subsidised_share"), n) | (paid > _today(city))
    cost = (500 + below(chance, 3000, n).astype(np.int64)) * FEN
    columns = [
        counter.keys(n), arrow.keys(held.person[at] + 1), arrow.keys(held.key[at]), arrow.codes(kind, TRAININGS),
        arrow.days(issued - days - 15 - below(chance, 60, n)), arrow.keys(days),
        pa.array(cost, mask=kind != TRAININGS.index("catalogue")), arrow.days(paid, never),
    ]  # fmt: skip
    write(pa.Table.from_arrays(columns, schema=tables.COURSES.schema))


def _hiring_rows(city: City, counter: Counter, grant: Write, said: Write) -> None:
    """Hiring subsidies already granted, and what employers said of the contracts of recent hires."""
    spells, today = city.work.spells, _today(city)
    for a in range(0, len(spells.person), ROWS):
        chance = stream(city.plan.seed, "hires", a)
        start, n = spells.start[a : a + ROWS], len(spells.start[a : a + ROWS])
        person = spells.person[a : a + ROWS].astype(np.int64)
        recent = _since(city, start, "first_statements_year")
        paid = start + 190 + below(chance, 200, n)
        done = np.flatnonzero(recent & happens(chance, _grants(city, "hired_share"), n) & (paid <= today))
        keys = np.arange(a + 1, a + n + 1)
        grant(_rows_of_grants(
            counter, "hiring_subsidy", paid[done], np.full(len(done), int(_grants(city, "hiring_amount")) * FEN),
            worker_id=arrow.keys(person[done] + 1), spell_id=arrow.keys(keys[done]),
            organisation_id=arrow.keys(spells.enterprise[a : a + ROWS][done] + city.organisations.first_enterprise),
        ))  # fmt: skip
        statements.of_hires(city, a, keys, person, start, said)


@dataclass(frozen=True)
class Businesses:
    """One element per business, by owner: person, first day, day after the last (OPEN: exists), household, and whether it has a loan."""

    person: Ints
    start: Days
    end: Days
    household: Ints
    loan: Flags


def businesses(city: City) -> Businesses:
    """Who founded a business, and when; some households have two."""
    chance, book, today = stream(city.plan.seed, "businesses"), city.plan.book, _today(city)
    able = np.flatnonzero((city.work.employer == NOBODY) & (city.people.group != STUDENT))
    person = able[happens(chance, book.one("businesses", "owner_share"), len(able))].astype(np.int64)
    first, n = day_number(date(int(book.one("businesses", "first_year")), 1, 1)), len(person)
    start = first + below(chance, today - first, n)
    length = 60 + below(chance, 4 * YEAR, n)
    end = np.where(happens(chance, book.one("businesses", "closed_share"), n) & (start + length <= today), start + length, OPEN)
    number = np.arange(n)
    second = happens(chance, book.one("businesses", "second_share"), n) & (number > 0)
    household = np.where(second, number, number + 1).astype(np.int64)
    return Businesses(
        person, start.astype(np.int32), end.astype(np.int32), household, happens(chance, book.one("businesses", "loan_share"), n)
    )


def write_businesses(city: City, write: Write) -> None:
    """Rows of `incentives.businesses`."""
    found, book, today = businesses(city), city.plan.book, _today(city)
    chance, n = stream(city.plan.seed, "business rows"), len(found.person)
    kind = spin(wheel([book.one("businesses", name) for name in BUSINESS_KINDS])[None, :], np.zeros(n, np.int64), chance)
    place, places = nodes(city.land, city.people)[found.person], city.land.places
    unknown = ~happens(chance, book.one("businesses", "household_known_share"), n)
    borrowed = np.minimum(found.start + 30 + below(chance, 200, n), today)
    bare = ~found.loan
    columns = [
        arrow.keys(np.arange(1, n + 1)), arrow.keys(found.person + 1), pa.nulls(n, pa.int64()), arrow.names(place, places),
        arrow.codes(kind, BUSINESS_KINDS), arrow.days(found.start), arrow.days(found.end, found.end == OPEN),
        pa.array(happens(chance, book.one("businesses", "first_share"), n)), arrow.keys(below(chance, 8, n)),
        pa.array(found.household, mask=unknown), pa.array(found.loan),
        pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int8), mask=bare), pa.array(BORROWERS, pa.string())),
        pa.array(np.ones(n, np.int64), mask=bare), arrow.days(borrowed, bare),
        arrow.days(borrowed + (1 + below(chance, 3, n)) * YEAR, bare),
        pa.array((50_000 + below(chance, 45, n).astype(np.int64) * 10_000) * FEN, mask=bare),
        pa.array(300 + below(chance, 51, n).astype(np.int64), mask=bare),
    ]  # fmt: skip
    for a in range(0, n, ROWS):
        write(pa.Table.from_arrays([column[a : a + ROWS] for column in columns], schema=tables.BUSINESSES.schema))


def _startup_rows(city: City, counter: Counter, write: Write) -> None:
    """Start-up grants that some of the businesses of more than a year were given."""
    found, chance = businesses(city), stream(city.plan.seed, "start-ups")
    day = found.start + YEAR + below(chance, YEAR, len(found.person))
    hit = happens(chance, city.plan.book.one("businesses", "granted_share"), len(found.person))
    at = np.flatnonzero(hit & (day <= np.minimum(_today(city), found.end)))
    amount = np.full(len(at), int(_grants(city, "startup_amount")) * FEN)
    write(_rows_of_grants(
        counter, "startup_grant", day[at], amount, worker_id=arrow.keys(found.person[at] + 1), business_id=arrow.keys(at + 1)
    ))  # fmt: skip


def write_employer_years(city: City, write: Write) -> None:
    """Rows of `incentives.employer_years`: every employer with anybody insured at the end of a year."""
    insured, start, end = insured_spells(city)
    firm, count = city.work.spells.enterprise[insured], len(city.work.enterprises)
    book, last = city.plan.book, city.plan.city.reference_date.year
    began = np.full(count, OPEN, np.int32)
    np.minimum.at(began, firm, start)
    for year in range(int(book.one("premiums", "first_year")), last):
        close = day_number(date(year, 12, 31))
        people = np.bincount(firm[(start <= close) & (end > close)], minlength=count)
        at = np.flatnonzero(people)
        write(_employer_year(city, year, at, people[at], close - began[at]))


def _employer_year(city: City, year: int, firm: NDArray[np.intp], people: Ints, since: Days) -> pa.Table:
    chance, book, n = stream(city.plan.seed, "premiums", year), city.plan.book, len(firm)
    base = int(book.one("premiums", "monthly_base")) * FEN + below(chance, int(book.one("premiums", "base_spread")) * FEN, n)
    rate = book.one("premiums", "rate")
    premiums = people.astype(np.int64) * base * 12 * rate.numerator // rate.denominator
    cut = happens(chance, book.one("premiums", "layoff_share"), n)
    laid_off = np.where(cut, 1 + people * below(chance, 12, n) // 100, 0)
    months = since // 30 - np.where(happens(chance, book.one("premiums", "arrears_share"), n), below(chance, 12, n), 0)
    columns = [
        arrow.keys(firm + city.organisations.first_enterprise), arrow.keys(np.full(n, year)), arrow.keys(premiums), arrow.keys(people),
        arrow.keys(laid_off), arrow.keys(np.maximum(months, 0)), arrow.days(np.full(n, _today(city))),
    ]  # fmt: skip
    return pa.Table.from_arrays(columns, schema=tables.EMPLOYER_YEARS.schema)
