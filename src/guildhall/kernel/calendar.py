"""The working-day calendar: counts days as statutes do, and says when an answer rests on a year not yet published.

Mon–Fri work and weekends rest, except where a row of the calendar says otherwise. In a year without a published
arrangement only that week pattern is known, so every answer that reaches such a year is marked `provisional`: to be
shown as such, and worked out again when the arrangement arrives.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, NoReturn, TypeVar

from guildhall.kernel.dated import STATUSES, UNSETTLED
from guildhall.kernel.errors import Fault, FaultsFound

T = TypeVar("T")
KINDS = ("holiday", "workday")


class SpecialDay(NamedTuple):
    """A day arranged otherwise than its weekday: a `holiday` (also a day off in lieu), or a make-up `workday`."""

    date: date
    kind: str
    name: str
    source: str
    status: str


class Answer(NamedTuple, Generic[T]):
    """A value, and whether it reaches a year whose arrangement is not published."""

    value: T
    provisional: bool

    def __bool__(self) -> NoReturn:
        raise TypeError("an Answer is neither true nor false: ask for its .value")


class Span(NamedTuple):
    """The days from `start` to the day before `until`, during which a clock stands still.

    A suspension that has not ended has no deadline: ask `WorkCalendar.count` for the days used so far instead.
    """

    start: date
    until: date


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Working days of all time. Make one with `WorkCalendar.of`; `published` are the years whose arrangement is known."""

    published: frozenset[int]
    _first: int
    _last: int
    _days: tuple[int, ...]

    @classmethod
    def of(cls, rows: Iterable[SpecialDay], published: Iterable[int] | None = None) -> WorkCalendar:
        """The calendar these rows describe. Raises FaultsFound where two rows contradict each other or a word is unknown.

        Without `published`, a year counts as published when it has rows and each is of a settled status. Rows of other
        years are used all the same, and answers that reach them stay provisional.
        """
        known = sorted(rows)
        if found := faults([(0, row) for row in known]):
            raise FaultsFound("The working-day calendar has faults", found)
        years = {row.date.year for row in known}
        doubtful = {row.date.year for row in known if row.status in UNSETTLED}
        settled = frozenset(years - doubtful if published is None else published)
        span = years | settled or {1}
        first, last = date(min(span), 1, 1).toordinal(), date(max(span), 12, 31).toordinal()
        off = {row.date.toordinal() for row in known if row.kind == "holiday"}
        on = {row.date.toordinal() for row in known if row.kind == "workday"}
        days = tuple(day for day in range(first, last + 1) if day in on or (_is_weekday(day) and day not in off))
        return cls(settled, first, last, days)

    def is_working(self, day: date) -> Answer[bool]:
        """Whether people work on `day`."""
        place = day.toordinal()
        return Answer(self._rank(place) > self._rank(place - 1), day.year not in self.published)

    def next_working(self, day: date) -> Answer[date]:
        """`day` itself where it is a working day, otherwise the first one after it."""
        return self.natural_deadline(day, 0)

    def add(self, day: date, n: int, suspended: Iterable[Span] = ()) -> Answer[date]:
        """The n-th working day after `day`; the day itself is not counted. Negative n counts backwards, 0 gives `day`.

        Days inside `suspended` do not count. Raises ValueError for suspensions of a clock that runs backwards.
        """
        start = day.toordinal()
        spans = _merged(suspended, start + 1)
        if n == 0:
            return Answer(day, day.year not in self.published)
        if n < 0:
            _refuse_backwards(spans)
            found = self._select(self._rank(start - 1) + n + 1)
            return Answer(date.fromordinal(found), self._unpublished(found, start - 1))
        target = self._rank(start) + n
        for begin, until in spans:
            if begin <= self._select(target):
                target += self._rank(until - 1) - self._rank(begin - 1)
        found = self._select(target)
        return Answer(date.fromordinal(found), self._unpublished(start + 1, found))

    def count(self, start: date, end: date, suspended: Iterable[Span] = ()) -> Answer[int]:
        """Working days used of a clock that started on `start`, up to and including `end`: those after `start`, not suspended.

        The inverse of `add`: `count(d, add(d, n).value).value == n`, and negative where `end` lies before `start`.
        """
        first, last = start.toordinal() + 1, end.toordinal()
        spans = _merged(suspended, first)
        if last < first - 1:
            _refuse_backwards(spans)
            return Answer(self._rank(last - 1) - self._rank(first - 2), self._unpublished(last, first - 2))
        days = self._rank(last) - self._rank(first - 1)
        for begin, until in spans:
            days -= max(0, self._rank(min(until - 1, last)) - self._rank(begin - 1))
        return Answer(days, self._unpublished(first, last))

    def between(self, start: date, until: date) -> Answer[tuple[date, ...]]:
        """The working days from `start` to the day before `until`, in order."""
        first, last = start.toordinal(), until.toordinal() - 1
        ranks = range(self._rank(first - 1) + 1, self._rank(last) + 1)
        return Answer(tuple(date.fromordinal(self._select(rank)) for rank in ranks), self._unpublished(first, last))

    def natural_deadline(self, day: date, n: int, suspended: Iterable[Span] = ()) -> Answer[date]:
        """The last day of a term of `n` calendar days after `day`, moved to the next working day where it falls on a day of rest.

        Days inside `suspended` do not count, and the term does not end on one. Whether a term may move at all is for the
        rule that sets it. Only the years between the unmoved and the moved day matter to `provisional`.
        """
        if n < 0:
            raise ValueError("a term has no negative length")
        spans = _merged(suspended, day.toordinal() + 1)
        last = day.toordinal() + n
        for begin, until in spans:
            if begin <= last:
                last += until - begin
        moved = self._select(self._rank(last - 1) + 1)
        for begin, until in spans:
            if last < begin <= moved:
                moved = max(moved, self._select(self._rank(until - 1) + 1))
        return Answer(date.fromordinal(moved), self._unpublished(last, moved))

    def _unpublished(self, first: int, last: int) -> bool:
        """Whether any day from `first` to `last` lies in a year without a published arrangement."""
        if last < first:
            return False
        years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
        return not self.published.issuperset(years)

    def _rank(self, day: int) -> int:
        """How many working days lie between the start of the table and `day`, both included; zero or less before it."""
        if day < self._first:
            return _weekdays(day) - _weekdays(self._first - 1)
        if day > self._last:
            return len(self._days) + _weekdays(day) - _weekdays(self._last)
        return bisect_right(self._days, day)

    def _select(self, rank: int) -> int:
        """The working day of that rank: the inverse of `_rank`."""
        if rank <= 0:
            return _nth_weekday(rank + _weekdays(self._first - 1))
        if rank > len(self._days):
            return _nth_weekday(rank - len(self._days) + _weekdays(self._last))
        return self._days[rank - 1]


def faults(rows: Sequence[tuple[int, SpecialDay]], *, file: str = "holidays.csv") -> list[Fault]:
    """Every fault of a calendar: unknown words, no source, a day named twice, a row that changes nothing, a year left out.

    Each special day comes with its row number in `file`.
    """
    found: list[Fault] = []
    seen: dict[date, int] = {}
    for number, row in rows:
        found.extend(_faults_of_one(file, number, row))
        if row.date in seen:
            found.append(Fault(file, number, "date", f"{row.date} already stands in row {seen[row.date]}", "keep one row for each day"))
        seen.setdefault(row.date, number)
    years = {day.year for day in seen}
    for year in range(min(years, default=1), max(years, default=0) + 1):
        if year not in years:
            found.append(Fault(file, 0, "date", f"no day of {year}, though years before and after are here", "add its arrangement"))
    return found


def _faults_of_one(file: str, number: int, row: SpecialDay) -> Iterator[Fault]:
    if row.kind not in KINDS:
        yield Fault(file, number, "kind", f"unknown kind {row.kind!r}", f"one of {', '.join(KINDS)}")
    elif _is_weekday(row.date.toordinal()) == (row.kind == "workday"):
        usual = "a working weekday" if row.kind == "workday" else "a weekend day"
        yield Fault(file, number, "date", f"{row.date} is {usual} anyway", "correct the date, or remove the row")
    if row.status not in STATUSES:
        yield Fault(file, number, "status", f"unknown status {row.status!r}", f"one of {', '.join(STATUSES)}")
    if not row.source:
        yield Fault(file, number, "source", "no source is named", "give the id of its source")


def _merged(spans: Iterable[Span], earliest: int) -> list[tuple[int, int]]:
    """The spans as ordered, disjoint, non-empty ordinals from `earliest` on. Raises ValueError for a reversed span."""
    merged: list[tuple[int, int]] = []
    for start, until in sorted(spans):
        if until < start:
            raise ValueError(f"a suspension from {start} cannot end on {until}")
        begin, end = max(start.toordinal(), earliest), until.toordinal()
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        elif begin < end:
            merged.append((begin, end))
    return merged


def _refuse_backwards(spans: list[tuple[int, int]]) -> None:
    if spans:
        raise ValueError("a clock that runs backwards cannot be suspended")


def _is_weekday(day: int) -> bool:
    """Monday to Friday; ordinal 1 was a Monday."""
    return (day - 1) % 7 < 5


def _weekdays(day: int) -> int:
    """How many Mondays to Fridays there are from ordinal 1 up to and including `day`."""
    weeks, rest = divmod(day, 7)
    return 5 * weeks + min(rest, 5)


def _nth_weekday(n: int) -> int:
    """The n-th Monday to Friday since ordinal 1: the inverse of `_weekdays`."""
    weeks, rest = divmod(n - 1, 5)
    return 7 * weeks + rest + 1
