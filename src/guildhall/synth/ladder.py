"""When people climbed the ladder: issue dates that reproduce the published stocks to the person and never precede age or level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from guildhall.kernel.errors import GuildhallError
from guildhall.synth.integers import happens, stream, u16
from guildhall.synth.people import People
from guildhall.synth.plan import HIGH, LOW, Plan, day_number
from guildhall.synth.work import NOBODY, Work, birthday
from guildhall.synth.workdays import LONGEST_REST, WorkDays, term

Days = NDArray[np.int32]
NEVER = np.int32(0)
STEPS = (*LOW, *HIGH)
L5, L4, L3, L2, L1 = range(5)


@dataclass(frozen=True)
class Appointments:
    """Appointments ordered by person: level (0 special-grade, 1 chief), first day, day after the last (0: open)."""

    person: NDArray[np.int64]
    level: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


@dataclass(frozen=True)
class Ladder:
    """Certificate holders (ascending) and the issue day of each of their levels L5 … L1; NEVER where they do not hold it."""

    person: NDArray[np.intp]
    issued: Days
    appointments: Appointments


def ladder(plan: Plan, people: People, work: Work) -> Ladder:
    """Issue dates of every certificate and appointment."""
    person = np.flatnonzero(people.group < len(STEPS))
    level = people.group[person]
    issued = np.zeros((len(person), len(STEPS)), np.int32)
    rungs = _Rungs(plan, people)
    high = np.flatnonzero(level >= L3)
    chosen = _pilots(plan, rungs, person[level == L1], work)
    _climb_high(plan, rungs, person, level, high, chosen, issued)
    first = np.where(issued[high, L4] > NEVER, issued[high, L4], issued[high, L3])
    low = np.flatnonzero(level < L3)
    _climb_low(plan, rungs, person, level, low, issued, rungs.counts("skilled") - rungs.by_interval(first))
    return Ladder(person, issued, appoint(plan, rungs, chosen))


class _Rungs:
    """The intervals between the published stocks, and the ages and waits of the ladder. Dates are working days of the calendar.

    `wait` is in days, never fewer than the years of the ladder, and `room` longer by a run of days of rest: between a date
    and another `room` days later lies a working day that satisfies the wait.
    """

    def __init__(self, plan: Plan, people: People) -> None:
        self.plan, self.people = plan, people
        self.ends = np.array([day_number(stock.on) for stock in plan.stocks], np.int32)
        self.today = int(self.ends[-1])
        openings = [
            date(int(plan.book.model("first_certificates_year")), 1, 1),
            date(int(plan.book.model("first_appointments_year")), 7, 1),
        ]
        self.work_days = WorkDays.of(plan.city, min(openings))
        self.opening, self.appointing = self.work_days.on_or_after(np.array([day_number(day) for day in openings], np.int32)).tolist()
        self.wait = [0, *(term(plan.book.one("ladder", name, "years")) for name in STEPS[1:])]
        self.room = [days + LONGEST_REST for days in self.wait]

    def counts(self, which: str) -> NDArray[np.int64]:
        """How many joined the stock in each interval."""
        stocks = np.array([0, *(getattr(stock, which) for stock in self.plan.stocks)], np.int64)
        return stocks[1:] - stocks[:-1]

    def by_interval(self, days: Days) -> NDArray[np.int64]:
        return np.bincount(np.searchsorted(self.ends, days), minlength=len(self.ends))

    def old_enough(self, person: NDArray[np.intp], level: int) -> Days:
        """The first working day on which someone is old enough for a level."""
        return self.work_days.on_or_after(birthday(self.plan, self.people, person, int(self.plan.book.one("ladder", STEPS[level], "age"))))

    def within(self, first: Days, last: Days, purpose: str, *, lean: int = 0) -> Days:
        """A working day from first to last: evenly, or leaning to the first (-1) or the last (1)."""
        chance = stream(self.plan.seed, "ladder", purpose)
        part = u16(chance, len(first))
        if lean:
            part = (np.maximum if lean > 0 else np.minimum)(part, u16(chance, len(first)))
        return self.work_days.draw(first, last, part)

    def spread(self, able: Days, counts: NDArray[np.int64], purpose: str) -> Days:
        """A day for each person, not before they are `able`, with exactly `counts` people in each interval."""
        interval = assign_intervals(able, self.ends, counts, u16(stream(self.plan.seed, "intervals", purpose), len(able)))
        begin = np.concatenate([[self.opening], self.ends[:-1] + 1]).astype(np.int32)[interval]
        last = self.ends[interval]
        first = np.minimum(np.maximum(able, begin), last)
        days = self.within(first, last, purpose)
        early = np.flatnonzero(interval == 0)
        days[early] = self.within(first[early], last[early], purpose + " early", lean=1)
        return days


def _climb_high(
    plan: Plan,
    rungs: _Rungs,
    person: NDArray[np.intp],
    level: NDArray[np.uint8],
    high: NDArray[np.intp],
    appointed: NDArray[np.int64],
    issued: Days,
) -> None:
    """L3 dates of the highly skilled, the levels above for those who hold them, and L4 before for some."""
    holder, top = person[high], level[high]
    able = rungs.old_enough(holder, L3)
    third = np.zeros(len(high), np.int32)
    above = np.flatnonzero(top > L3)
    third[above] = _climb_above(rungs, holder[above], top[above], able[above], appointed, high[above], issued)
    at = np.flatnonzero(top == L3)
    third[at] = rungs.spread(able[at], rungs.counts("high") - rungs.by_interval(third[above]), "L3")
    issued[high, L3] = third
    earliest, latest = np.maximum(rungs.old_enough(holder, L4), rungs.opening), third - rungs.wait[L3]
    had = np.flatnonzero(
        happens(stream(plan.seed, "L4 before L3"), plan.book.one("ladder", "L4", "held_before"), len(high)) & (earliest <= latest)
    )
    issued[high[had], L4] = rungs.within(earliest[had], latest[had], "L4 before L3", lean=1)


def _climb_above(
    rungs: _Rungs,
    holder: NDArray[np.intp],
    top: NDArray[np.uint8],
    able: Days,
    appointed: NDArray[np.int64],
    row: NDArray[np.intp],
    issued: Days,
) -> Days:
    """L2 and L1 dates, and the L3 dates they need: inside the first interval wherever age allows, before any appointment."""
    end = np.where(np.isin(holder, appointed), rungs.appointing, rungs.today).astype(np.int32)
    before_first = end - np.where(top == L1, rungs.room[L1], 0).astype(np.int32)
    limit = before_first - np.int32(rungs.room[L2])
    first = np.maximum(able, rungs.opening)
    if np.any(first > limit):
        raise GuildhallError(
            f"{int((first > limit).sum())} people cannot have climbed to the level they hold",
            why=f"{STEPS[L2]} and {STEPS[L1]} come years after {STEPS[L3]}, and that not before an age (table ladder)",
            next="set the weights of the young age bands to 0 in table level_age, or lower the waits in ladder, or first_certificates_year",
        )
    last = np.minimum(limit, np.maximum(rungs.ends[0], able))
    third = rungs.within(first, np.maximum(first, last), "L3 of those above")
    second = rungs.within(third + rungs.wait[L2], before_first, "L2", lean=-1)
    issued[row, L2] = second
    senior = np.flatnonzero(top == L1)
    issued[row[senior], L1] = rungs.within(second[senior] + rungs.wait[L1], end[senior], "L1", lean=-1)
    return third


def _climb_low(
    plan: Plan,
    rungs: _Rungs,
    person: NDArray[np.intp],
    level: NDArray[np.uint8],
    low: NDArray[np.intp],
    issued: Days,
    counts: NDArray[np.int64],
) -> None:
    """First certificates of holders of L5 and L4; some of the latter began with L5."""
    holder, top = person[low], level[low]
    able = np.where(top == L5, rungs.old_enough(holder, L5), rungs.old_enough(holder, L4))
    first = rungs.spread(able, counts, "first")
    issued[low[top == L5], L5] = first[top == L5]
    fourth = np.flatnonzero(top == L4)
    began = (first[fourth] + rungs.room[L4] <= rungs.today) & happens(
        stream(plan.seed, "L5 before L4"), plan.book.one("ladder", "L5", "held_before"), len(fourth)
    )
    issued[low[fourth], L4] = first[fourth]
    early = fourth[began]
    issued[low[early], L5] = first[early]
    issued[low[early], L4] = rungs.within(first[early] + rungs.wait[L4], np.full(len(early), rungs.today, np.int32), "L4 after L5", lean=-1)


def assign_intervals(able: Days, ends: Days, counts: NDArray[np.int64], noise: NDArray[np.uint16]) -> NDArray[np.intp]:
    """An interval for each person so that interval j has exactly counts[j] people, all able before its end.

    People are ranked by the day they are able plus a random wait; the wait is halved until every interval can be filled
    with people who are able. Exact: if those able by the end of j number at least counts[0..j], so do those ranked there.
    """
    sums = np.cumsum(counts)
    if counts.min() < 0 or sums[-1] != len(able):
        raise GuildhallError(
            "The certificates do not add up to the published stocks",
            why=f"{len(able)} people for intervals of {counts.tolist()}",
            next="look at series.csv, and at the assumed ladder table",
        )
    wait = 30 * 365
    while True:
        rank = able + (
            noise.astype(np.int32) * np.int32(wait) >> 16 if wait < 1 << 15 else (noise.astype(np.int64) * wait >> 16).astype(np.int32)
        )
        lowest = int(rank.min()) if len(rank) else 0
        up_to = np.cumsum(np.bincount(rank - lowest))
        reached = up_to[np.clip(ends - lowest, 0, len(up_to) - 1)] * (ends >= lowest)
        if np.all(reached[:-1] >= sums[:-1]) and (not len(able) or int(able.max()) <= int(ends[-1])):
            return _cut(rank - lowest, up_to, sums)
        if wait == 0:
            raise GuildhallError("Too few people were old enough for the published stocks", next="look at tables age, level_age and ladder")
        wait //= 2


def _cut(rank: Days, up_to: NDArray[np.int64], sums: NDArray[np.int64]) -> NDArray[np.intp]:
    """Cuts people in order of rank at the running sums; equal ranks go in order of position."""
    below = np.concatenate([[0], up_to[:-1]])
    interval = np.searchsorted(sums, below, side="right")[rank]
    split = np.flatnonzero(np.searchsorted(sums, below, side="right") != np.searchsorted(sums, up_to - 1, side="right"))
    for value in split:
        tied = np.flatnonzero(rank == value)
        interval[tied] = np.searchsorted(sums, below[value] + np.arange(len(tied)), side="right")
    return interval


def appoint(plan: Plan, rungs: _Rungs, chosen: NDArray[np.int64]) -> Appointments:
    """Appoints holders of L1 to the two highest levels, so that the published stocks of both hold on their dates.

    Whoever is chief technician was special-grade technician before, and among the first.
    """
    ends = np.array([day_number(stock.on) for stock in plan.top_stocks])
    today = int(ends[-1])
    chance = stream(plan.seed, "appointments")
    start = _dates(chance, rungs, ends, np.diff([0, *(stock.both for stock in plan.top_stocks)]))
    chiefs = plan.levels["LS"]
    since = _dates(chance, rungs, ends, np.diff([0, *(stock.chiefs for stock in plan.top_stocks)]))
    halfway = rungs.appointing + (np.minimum(start[:chiefs], since) - rungs.appointing) // 2
    start[:chiefs] = rungs.work_days.on_or_after(halfway.astype(np.int32))
    lasts = term(plan.book.model("appointment_years"))
    end = np.where((start + lasts > today) & (chance.integers(0, 3, len(start)) > 0), start + lasts, 0)
    end[:chiefs] = since
    people, grade = np.concatenate([chosen, chosen[:chiefs]]), np.repeat([0, 1], [len(chosen), chiefs])
    first, last = np.concatenate([start, since]), np.concatenate([end, np.zeros(chiefs, np.int64)])
    order = np.argsort(people, kind="stable")
    return Appointments(people[order], grade[order], first[order], last[order])


def _dates(chance: np.random.Generator, rungs: _Rungs, ends: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Working days evenly inside each interval, counts[j] of them in interval j; the first weeks are left free for an earlier step."""
    if rungs.appointing + 2 * LONGEST_REST > ends[0]:
        raise GuildhallError(
            "Appointments begin after the first published number of those appointed",
            why="first_appointments_year counts from 1 July",
            next="lower first_appointments_year in table model of assumptions.csv, or correct series.csv",
        )
    begin = np.repeat(np.concatenate([[rungs.appointing + 2 * LONGEST_REST], ends[:-1] + 1]), counts).astype(np.int32)
    days = rungs.work_days.draw(begin, np.repeat(ends, counts).astype(np.int32), u16(chance, len(begin)))
    return days.astype(np.int64)


def _pilots(plan: Plan, rungs: _Rungs, senior: NDArray[np.intp], work: Work) -> NDArray[np.int64]:
    """Who is appointed: those at work in the pilot enterprises first, each enterprise in turn, whoever could be L1 in time."""
    in_time = rungs.old_enough(senior, L3) + rungs.room[L2] + rungs.room[L1] < rungs.appointing
    able = senior[in_time & (work.employer[senior] != NOBODY)]
    if len(able) < plan.top:
        raise GuildhallError(
            f"Only {len(able)} people could hold the {plan.top} highest appointments",
            why="they need an employer and a senior technician's certificate from before the appointments began",
            next="choose a larger scale, or lower the waits in table ladder",
        )
    employer = work.employer[able]
    firms, index, numbers = np.unique(employer, return_inverse=True, return_counts=True)
    ranking = np.empty(len(firms), np.int64)
    ranking[np.lexsort((firms, -work.enterprises.staff[firms], -numbers))] = np.arange(len(firms))
    rank = ranking[index]
    by_firm = np.argsort(rank, kind="stable")
    starts = np.searchsorted(rank[by_firm], np.arange(len(firms)))
    turn = np.empty(len(able), np.int64)
    turn[by_firm] = np.arange(len(able)) - starts[rank[by_firm]]
    pilot = rank >= int(plan.book.one("pilot", "enterprises"))
    chosen: NDArray[np.int64] = able[np.lexsort((rank, turn, pilot))[: plan.top]].astype(np.int64)
    return chosen
