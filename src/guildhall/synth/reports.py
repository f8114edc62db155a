"""What other authorities say of the made-up people: registered unemployment, hardship groups and graduations, and up to which day.

Table `reports` of the pack gives the shares, `hardship` the share of people in each group; all are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guildhall.registry import tables
from guildhall.registry.engine.feeds import HARDSHIPS
from guildhall.registry.tables import KNOWN_EDUCATIONS, REPORTS
from guildhall.synth import arrow
from guildhall.synth.integers import below, happens, stream, u16
from guildhall.synth.people import SEEKER, STUDENT, school_end
from guildhall.synth.plan import day_number
from guildhall.synth.records import ROWS, City, Write
from guildhall.synth.work import OPEN, birthday

HIGHER = ("college", "bachelor")
LONGEST = 500
"""Days before a hire in which somebody can have registered as unemployed."""
DETAILS = ("", *HARDSHIPS, *HIGHER)
Days = NDArray[np.int32]


@dataclass(frozen=True)
class Reports:
    """One element per report: person, kind and detail by position, school (0: none), first day, day after the last (OPEN: lasts)."""

    person: NDArray[np.int64]
    kind: NDArray[np.int8]
    detail: NDArray[np.int32]
    school: NDArray[np.int64]
    start: Days
    end: Days


def write_reports(city: City, write: Write) -> None:
    """Rows of `registry.reported_facts`, by person."""
    unemployed, today = _unemployed(city), day_number(city.plan.city.reference_date)
    for a in range(0, len(city.people), ROWS):
        b = min(a + ROWS, len(city.people))
        here = unemployed.person.searchsorted([a, b])
        parts = [_part(unemployed, *here), *_hardships(city, a, b), _graduates(city, a, b)]
        columns = [np.concatenate([getattr(part, name) for part in parts]) for name in Reports.__annotations__]
        found = Reports(*(column[np.lexsort((columns[4], columns[2], columns[1], columns[0]))] for column in columns))
        write(pa.Table.from_arrays([
            arrow.keys(found.person + 1), arrow.codes(found.kind, REPORTS), arrow.names(found.detail, DETAILS),
            pa.array(found.school, mask=found.school == 0), arrow.days(found.start), arrow.days(found.end, found.end == OPEN),
            arrow.days(np.full(len(found.person), today)),
        ], schema=tables.REPORTED.schema))  # fmt: skip


def feed_days(city: City) -> pa.Table:
    """Rows of `registry.feeds`: every feed speaks of the reference date."""
    day = city.plan.city.reference_date
    return tables.FEED_DAYS.build({"kind": sorted(tables.FEEDS), "as_of": [day] * len(tables.FEEDS)})


def _part(found: Reports, a: int, b: int) -> Reports:
    return Reports(*(getattr(found, name)[a:b] for name in Reports.__annotations__))


def _of(kind: str, detail: str | NDArray[np.int32], person: NDArray[np.integer], start: Days, end: Days) -> Reports:
    n = len(person)
    details = np.full(n, DETAILS.index(detail), np.int32) if isinstance(detail, str) else detail
    kinds = np.full(n, REPORTS.index(kind), np.int8)
    return Reports(person.astype(np.int64), kinds, details, np.zeros(n, np.int64), start.astype(np.int32), end.astype(np.int32))


def _unemployed(city: City) -> Reports:
    """Job-seekers who registered since their last job, and people hired out of registered unemployment; by person."""
    spells, book, today = city.work.spells, city.plan.book, day_number(city.plan.city.reference_date)
    last = np.full(len(city.people), today - LONGEST, np.int32)
    over = spells.end != OPEN
    np.maximum.at(last, spells.person[over], spells.end[over])
    chance = stream(city.plan.seed, "reports", "seekers")
    seekers = np.flatnonzero(city.people.group == SEEKER)
    seekers = seekers[happens(chance, book.one("reports", "seeker_registered_share"), len(seekers))]
    since = last[seekers] + below(chance, np.maximum(today - last[seekers], 1), len(seekers))
    lasting = _of("unemployed", "", seekers, since, np.full(len(seekers), OPEN, np.int32))
    hired = _hired(city)
    person = np.concatenate([lasting.person, hired.person])
    order = np.argsort(person, kind="stable")
    return Reports(*(np.concatenate([getattr(lasting, n), getattr(hired, n)])[order] for n in Reports.__annotations__))


def _hired(city: City) -> Reports:
    """Registrations that ended with a hire since the year the data begin; each began after the job before, and after school."""
    spells, people, book = city.work.spells, city.people, city.plan.book
    first = day_number(date(int(book.one("reports", "first_unemployment_year")), 1, 1))
    chance = stream(city.plan.seed, "reports", "hired")
    hit = happens(chance, book.one("reports", "hired_unemployed_share"), len(spells.person)) & (spells.start >= first)
    at = np.flatnonzero(hit & (people.group[spells.person] != SEEKER))
    person = spells.person[at]
    free = birthday(city.plan, people, person.astype(np.intp), np.array(school_end(book), np.int32)[people.education[person]])
    again = (at > 0) & (spells.person[at - 1] == person)
    free = np.where(again, np.maximum(free, spells.end[at - 1]), free)
    room = spells.start[at] - np.maximum(free, spells.start[at] - LONGEST)
    keep = np.flatnonzero(room > 1)
    at, room = at[keep], room[keep]
    start = spells.start[at] - 1 - below(chance, room - 1, len(at))
    return _of("unemployed", "", spells.person[at], start, spells.start[at])


def _hardships(city: City, a: int, b: int) -> list[Reports]:
    """People in each hardship group, recognised within ten years; some are in it no longer."""
    today, found = day_number(city.plan.city.reference_date), []
    over = city.plan.book.one("reports", "hardship_ended_share")
    for group in HARDSHIPS:
        chance = stream(city.plan.seed, "reports", group, a)
        person = a + np.flatnonzero(happens(chance, city.plan.book.one("hardship", group), b - a))
        start = today - 1 - below(chance, 3650, len(person))
        length = 1 + below(chance, np.maximum(today - start, 1), len(person))
        end = np.where(happens(chance, over, len(person)), start + length, OPEN)
        found.append(_of("hardship", group, person, start, end))
    return found


def _graduates(city: City, a: int, b: int) -> Reports:
    """Graduations from higher education at the end of June, since the year the data begin."""
    plan, people = city.plan, city.people
    chance = stream(plan.seed, "reports", "graduates", a)
    higher = np.isin(people.education[a:b], [KNOWN_EDUCATIONS.index(name) for name in HIGHER]) & (people.group[a:b] != STUDENT)
    person = a + np.flatnonzero(higher & happens(chance, plan.book.one("reports", "graduate_reported_share"), b - a))
    education = people.education[person]
    able = birthday(plan, people, person, np.array(school_end(plan.book), np.int32)[education])
    year = able.astype("datetime64[D]").astype("datetime64[Y]")
    day = (year.astype("datetime64[M]") + 5).astype("datetime64[D]").astype(np.int32) + 29
    first = day_number(date(int(plan.book.one("reports", "first_graduates_year")), 1, 1))
    keep = np.flatnonzero((day >= first) & (day <= day_number(plan.city.reference_date)))
    person, day, education = person[keep], day[keep], education[keep]
    details = np.full(len(KNOWN_EDUCATIONS), 0, np.int32)
    for name in HIGHER:
        details[KNOWN_EDUCATIONS.index(name)] = DETAILS.index(name)
    found = _of("graduate", details[education], person, day, np.full(len(person), OPEN, np.int32))
    schools = _colleges(city)
    if len(schools):
        found.school[:] = schools[u16(chance, len(person)) % np.uint16(len(schools))]
    return found


def _colleges(city: City) -> NDArray[np.int64]:
    """Keys of the colleges, from the few organisations that stand before the enterprises."""
    fixed = city.organisations.table.slice(0, city.organisations.first_enterprise - 1)
    kinds = fixed.column("kind").cast(pa.string()).to_pylist()
    return np.array([n + 1 for n, kind in enumerate(kinds) if kind == "college"], np.int64)
