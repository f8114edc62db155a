"""Who works where: everyone at work gets an enterprise of their sector, near home, and a job begun at a plausible date."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from guildhall.registry.tables import KNOWN_CONTRACTS, SECTORS
from guildhall.synth.enterprises import Enterprises, enterprises
from guildhall.synth.integers import below, happens, nearest, stream, u16
from guildhall.synth.jobs import Demand, commutes
from guildhall.synth.land import Land
from guildhall.synth.people import GROUPS, SEEKER, People, school_end
from guildhall.synth.plan import UNCERTIFIED, Plan, day_number, month_number, month_starts

Days = NDArray[np.int32]
OPEN = np.int32(2**31 - 1)
"""The end of a spell that still lasts."""
NOBODY = -1


@dataclass(frozen=True)
class Spells:
    """Spells of work ordered by person: person, enterprise, contract (position in KNOWN_CONTRACTS), first day, day after the last."""

    person: NDArray[np.int32]
    enterprise: NDArray[np.int32]
    contract: NDArray[np.int8]
    start: Days
    end: Days


@dataclass(frozen=True)
class Work:
    """The enterprises, the enterprise and the first day of everyone now at work (NOBODY, 0 for others), and all spells."""

    enterprises: Enterprises
    employer: NDArray[np.int32]
    since: Days
    spells: Spells


def first_days(plan: Plan) -> tuple[int, Days]:
    """The earliest month the model knows (since January 1900) and the day number of each month's first day from there on."""
    first = month_number(plan.city.reference_date) - 90 * 12
    return first, np.array(month_starts(range(first, first + 130 * 12)), np.int32)


def birthday(plan: Plan, people: People, at: NDArray[np.intp], years: int | NDArray[np.int32]) -> Days:
    """The first day of the month after which everyone born in the birth month has completed `years`."""
    first, days = first_days(plan)
    found: Days = days[people.birth_month[at].astype(np.int32) - first + 1 + 12 * np.asarray(years, np.int32)]
    return found


def work(plan: Plan, land: Land, people: People, wanted: Demand) -> Work:
    """Employs people: park quotas are met exactly, staff by enterprise adds up, apprentices are young and without certificate."""
    apprentice = apprentices(plan, people)
    at_work = (people.group < len(GROUPS)) & (
        happens(stream(plan.seed, "at work"), plan.book.model("employed_share"), len(people)) | apprentice
    )
    sectors = len(SECTORS)
    persons = np.flatnonzero(at_work)
    home = people.unit[persons].astype(np.uint16) * np.uint16(sectors) + people.sector[persons]
    supply = np.bincount(home, minlength=len(land.units) * sectors).reshape(-1, sectors)
    cells = commutes(plan, land, supply, wanted)
    by_home = persons[np.argsort(home, kind="stable")]
    firms = enterprises(plan, cells.sum(axis=0))
    employer = np.full(len(people), NOBODY, np.int32)
    by_work, slots = _slots(plan, cells, by_home, firms)
    employer[by_work] = slots
    since = _since(plan, people, persons, apprentice)
    spells = _spells(plan, people, by_home, employer, since, apprentice)
    return Work(firms, employer, since, spells)


def apprentices(plan: Plan, people: People) -> NDArray[np.bool_]:
    """Uncertified workers young enough, evenly picked: the assumed share of all uncertified workers."""
    oldest = int(plan.book.model("apprentice_oldest"))
    born_after = month_number(plan.city.reference_date) - 12 * (oldest + 1)
    able = np.flatnonzero((people.group == GROUPS.index(UNCERTIFIED)) & (people.birth_month > born_after))
    wanted = min(nearest(plan.book.model("apprentice_share") * plan.uncertified), len(able))
    chosen = np.zeros(len(people), np.bool_)
    chosen[able[np.arange(wanted) * len(able) // max(wanted, 1)]] = True
    return chosen


def _slots(
    plan: Plan, cells: NDArray[np.int64], by_home: NDArray[np.intp], firms: Enterprises
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """People by workplace and sector, and beside each their enterprise. Inside a home block people stand in no order."""
    units, places, sectors = cells.shape
    place = np.repeat(np.tile(np.arange(places, dtype=np.uint16), units * sectors), cells.transpose(0, 2, 1).ravel())
    sector = np.repeat(np.tile(np.arange(sectors, dtype=np.uint16), units), cells.sum(axis=1).ravel())
    by_work = by_home[np.argsort(place * np.uint16(sectors) + sector, kind="stable")]
    slots = np.repeat(np.arange(len(firms), dtype=np.int32), firms.staff)
    chance, start = stream(plan.seed, "slots"), 0
    for staff in cells.sum(axis=0).ravel():
        chance.shuffle(slots[start : start + int(staff)])
        start += int(staff)
    return by_work, slots


def _since(plan: Plan, people: People, persons: NDArray[np.intp], apprentice: NDArray[np.bool_]) -> Days:
    """First day of the present job: short stays are common, long ones rare, none begins before schooling ends.

    Days are even between that limit and the reference date but for the leaning to the recent past, so no day stands out.
    """
    today = day_number(plan.city.reference_date)
    limit = np.int32(today - int(plan.book.model("longest_job_years") * 365))
    earliest = np.maximum(_school_end(plan, people, persons), limit)
    young = apprentice[persons]
    earliest[young] = np.maximum(earliest[young], today - 2 * 365)
    chance = stream(plan.seed, "job starts")
    span = np.minimum(u16(chance, len(persons)), u16(chance, len(persons))).astype(np.int64)
    since = np.zeros(len(people), np.int32)
    since[persons] = today - ((today - earliest + 1) * span >> 16).astype(np.int32)
    return since


def _school_end(plan: Plan, people: People, persons: NDArray[np.intp]) -> Days:
    """When people can have begun to work: once their schooling was completed, never after the reference date (see `people._births`)."""
    ages = np.array(school_end(plan.book), np.int32)
    return birthday(plan, people, persons, ages[people.education[persons]])


def _spells(
    plan: Plan, people: People, by_home: NDArray[np.intp], employer: NDArray[np.int32], since: Days, apprentice: NDArray[np.bool_]
) -> Spells:
    """Present jobs, and one earlier job for some of those at work and for most job-seekers."""
    today = np.int32(day_number(plan.city.reference_date))
    persons = np.flatnonzero(employer != NOBODY).astype(np.int32)
    chance = stream(plan.seed, "contracts")
    contract = happens(chance, plan.book.model("dispatched_share"), len(persons)).astype(np.int8) * KNOWN_CONTRACTS.index("dispatched")
    contract[apprentice[persons]] = KNOWN_CONTRACTS.index("apprentice")
    now = Spells(persons, employer[persons], contract, since[persons], np.full(len(persons), OPEN, np.int32))
    neighbour = np.full(len(people), NOBODY, np.int32)
    neighbour[by_home] = employer[np.roll(by_home, -1)]
    moved = _earlier(plan, people, persons, since[persons], neighbour[persons], plan.book.model("earlier_job_share"), "moved")
    seekers = np.flatnonzero(people.group == SEEKER).astype(np.int32)
    lost = _earlier(plan, people, seekers, np.full(len(seekers), today, np.int32), _anyone(plan, people, by_home, employer, seekers),
                    plan.book.model("seeker_worked_share"), "lost")  # fmt: skip
    parts = (moved, now, lost)
    order = np.argsort(np.concatenate([part.person for part in parts]), kind="stable")
    columns = [
        np.concatenate([getattr(part, name) for part in parts])[order] for name in ("person", "enterprise", "contract", "start", "end")
    ]
    return Spells(*columns)


def _earlier(
    plan: Plan, people: People, persons: NDArray[np.int32], before: Days, enterprise: NDArray[np.int32], share: Fraction, what: str
) -> Spells:
    """A job that ended up to three months before `before` and lasted at least two, where life leaves room for one."""
    chance = stream(plan.seed, "earlier jobs", what)
    yes = happens(chance, share, len(persons)) & (enterprise != NOBODY)
    persons, before, enterprise = persons[yes], before[yes], enterprise[yes]
    end = before - below(chance, 90, len(persons))
    first = np.maximum(_school_end(plan, people, persons.astype(np.intp)), end - int(plan.book.model("longest_job_years") * 365))
    room = end - first > 60
    persons, enterprise, end, first = persons[room], enterprise[room], end[room], first[room]
    room_left = (end - first - 59).astype(np.int32)
    # Most stayed for much of the time there was: otherwise earlier years would look as if hardly anyone had worked.
    start = end - 60 - np.maximum(below(chance, room_left, len(persons)), below(chance, room_left, len(persons)))
    return Spells(persons, enterprise, np.zeros(len(persons), np.int8), start, end)


def _anyone(
    plan: Plan, people: People, by_home: NDArray[np.intp], employer: NDArray[np.int32], persons: NDArray[np.int32]
) -> NDArray[np.int32]:
    """For each person, the employer of someone who lives in the same unit."""
    ends = np.searchsorted(people.unit[by_home], np.arange(len(people.starts)))
    unit = people.unit[persons]
    size = (ends[1:] - ends[:-1]).astype(np.int32)[unit]
    pick = ends[:-1][unit] + below(stream(plan.seed, "last employers"), np.maximum(size, 1), len(persons))
    found = employer[by_home[np.minimum(pick, len(by_home) - 1)]]
    return np.where(size > 0, found, np.int32(NOBODY))
