"""The working-day calendar: what statutes count, what is not yet published, and faults; the packs' own rows day by day."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

import guildhall.city
from guildhall.kernel.calendar import Answer, Span, SpecialDay, WorkCalendar, faults
from guildhall.kernel.errors import FaultsFound

PACKS = Path(guildhall.city.__file__).parent / "packs"


def special_days(pack: str) -> list[SpecialDay]:
    with (PACKS / pack / "holidays.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["date", "kind", "name", "source", "status"]
    return [SpecialDay(date.fromisoformat(on), *words) for on, *words in rows]


CHINA = WorkCalendar.of(special_days("chongqing"))
PLAIN = WorkCalendar.of([])
DAYS = st.dates(date(2003, 1, 1), date(2028, 12, 31))
SPANS = st.lists(st.tuples(DAYS, st.integers(0, 90)).map(lambda pair: Span(pair[0], pair[0] + timedelta(pair[1]))), max_size=5)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "n", "deadline", "provisional"),
    [
        ("2026-02-12", 5, "2026-02-26", False),
        ("2026-09-29", 5, "2026-10-12", False),
        ("2026-01-05", 60, "2026-04-03", False),
        ("2026-01-05", 5, "2026-01-12", False),
        ("2026-01-05", 90, "2026-05-20", False),
        ("2026-11-20", 60, "2027-02-12", True),
        ("2026-12-31", 1, "2027-01-01", True),
        ("2026-12-30", 1, "2026-12-31", False),
        ("2003-12-31", 1, "2004-01-02", False),
    ],
)
def test_adds_working_days_as_statutes_count_them(start: str, n: int, deadline: str, provisional: bool) -> None:
    assert CHINA.add(day(start), n) == (day(deadline), provisional)


def test_an_extension_counts_on_from_the_first_deadline() -> None:
    assert CHINA.add(CHINA.add(day("2026-01-05"), 60).value, 30).value == day("2026-05-20")


@pytest.mark.parametrize(
    ("start", "n", "deadline"),
    [
        ("2026-01-05", 45, "2026-02-24"),  # day 45 is 19 February, in the Spring Festival
        ("2026-01-05", 60, "2026-03-06"),  # a working day: not moved
        ("2025-05-31", 0, "2025-06-03"),  # the last day of a year's term falls in the Dragon Boat holiday
        ("2026-02-12", 2, "2026-02-14"),  # a make-up Saturday is a working day
    ],
)
def test_terms_in_calendar_days_move_to_the_next_working_day(start: str, n: int, deadline: str) -> None:
    assert CHINA.natural_deadline(day(start), n) == (day(deadline), False)


def test_a_term_that_ends_in_an_unpublished_year_is_provisional() -> None:
    assert CHINA.natural_deadline(day("2026-12-01"), 45) == (day("2027-01-15"), True)
    assert CHINA.next_working(day("2027-01-02")) == (day("2027-01-04"), True)


def test_outside_the_published_years_only_the_week_is_known_and_said_to_be() -> None:
    assert CHINA.published == frozenset(range(2004, 2027))
    assert CHINA.is_working(day("2027-02-06")) == (False, True)
    assert CHINA.is_working(day("2027-02-08")) == (True, True)
    assert CHINA.is_working(day("2003-10-01")) == (True, True)
    assert CHINA.is_working(day("2026-10-10")) == (True, False)


def test_an_answer_is_not_mistaken_for_a_yes() -> None:
    with pytest.raises(TypeError, match="value"):
        bool(CHINA.is_working(day("2026-10-01")))


def test_counts_from_the_day_after_and_lists_half_open() -> None:
    assert CHINA.count(day("2026-02-12"), day("2026-02-26")) == (5, False)
    assert CHINA.count(day("2026-02-12"), day("2026-02-12")) == (0, False)
    assert CHINA.count(day("2026-12-31"), day("2027-01-31")) == (21, True)
    listed = CHINA.between(day("2026-02-13"), day("2026-02-26"))
    assert listed == ((day("2026-02-13"), day("2026-02-14"), day("2026-02-24"), day("2026-02-25")), False)
    assert CHINA.between(day("2026-02-13"), day("2026-02-13")) == ((), False)


def test_zero_days_is_the_day_itself_and_backwards_finds_the_latest_start() -> None:
    assert CHINA.add(day("2026-10-03"), 0) == (day("2026-10-03"), False)
    assert CHINA.add(day("2026-10-12"), -5) == (day("2026-09-29"), False)
    assert CHINA.add(day("2027-01-04"), -1) == (day("2027-01-01"), True)


def test_a_suspended_clock_stands_still() -> None:
    fortnight = Span(day("2026-03-02"), day("2026-03-16"))
    assert CHINA.add(day("2026-02-26"), 5, [fortnight]).value == day("2026-03-18")  # 27, 28 February (make-up), 16, 17, 18 March
    assert CHINA.count(day("2026-02-26"), day("2026-03-18"), [fortnight]).value == 5
    assert CHINA.count(day("2026-02-26"), day("2026-03-06"), [fortnight]).value == 2
    assert CHINA.add(day("2026-02-26"), 5, [fortnight, Span(day("2026-03-10"), day("2026-03-18"))]).value == day("2026-03-20")


def test_a_suspended_term_in_calendar_days_runs_on_after_and_does_not_end_inside() -> None:
    week = Span(day("2026-03-02"), day("2026-03-09"))
    assert CHINA.natural_deadline(day("2026-02-27"), 3, [week]).value == day("2026-03-09")  # 28 February, 1 March, then 9 March
    assert CHINA.natural_deadline(day("2026-02-27"), 2, [week]).value == day("2026-03-09")  # 1 March is a Sunday, Monday stands still
    assert CHINA.natural_deadline(day("2026-02-27"), 1, [week]).value == day("2026-02-28")


def test_a_suspension_into_an_unpublished_year_makes_the_deadline_provisional() -> None:
    assert CHINA.add(day("2026-12-01"), 5).provisional is False
    assert CHINA.add(day("2026-12-01"), 5, [Span(day("2026-12-02"), day("2027-01-11"))]).provisional is True


def test_impossible_clocks_are_refused() -> None:
    span = Span(day("2026-03-02"), day("2026-03-09"))
    with pytest.raises(ValueError, match="backwards"):
        CHINA.add(day("2026-02-26"), -5, [Span(day("2026-03-02"), day("2026-03-16"))])
    with pytest.raises(ValueError, match="backwards"):
        CHINA.count(day("2026-02-26"), day("2026-01-26"), [span])
    with pytest.raises(ValueError, match="cannot end"):
        CHINA.add(day("2026-02-26"), 5, [Span(span.until, span.start)])
    with pytest.raises(ValueError, match="negative"):
        CHINA.natural_deadline(day("2026-02-26"), -1)


class Slow:
    """The same calendar, one day at a time: slow and readable."""

    def __init__(self, rows: list[SpecialDay]) -> None:
        self.special = {row.date: row.kind == "workday" for row in rows}

    def works(self, on: date, suspended: list[Span]) -> bool:
        return self.special.get(on, on.weekday() < 5) and not self.still(on, suspended)

    @staticmethod
    def still(on: date, suspended: list[Span]) -> bool:
        return any(span.start <= on < span.until for span in suspended)

    def add(self, start: date, n: int, suspended: list[Span]) -> date:
        on, step = start, timedelta(1 if n > 0 else -1)
        left = abs(n)
        while left:
            on += step
            left -= self.works(on, suspended)
        return on

    def natural_deadline(self, start: date, n: int, suspended: list[Span]) -> date:
        on = start
        while n:
            on += timedelta(1)
            n -= not self.still(on, suspended)
        after = [Span(max(span.start, start + timedelta(1)), span.until) for span in suspended]
        while not self.works(on, after):
            on += timedelta(1)
        return on


SLOW = Slow(special_days("chongqing"))


@given(DAYS, st.integers(-300, 300), SPANS)
def test_agrees_with_counting_one_day_at_a_time(start: date, n: int, suspended: list[Span]) -> None:
    spans = suspended if n > 0 else []
    answer = CHINA.add(start, n, spans)
    assert answer.value == SLOW.add(start, n, spans)
    assert CHINA.count(start, answer.value, spans).value == n
    if n >= 0:
        assert CHINA.natural_deadline(start, n, spans).value == SLOW.natural_deadline(start, n, spans)


@given(DAYS, st.integers(1, 400))
def test_a_deadline_is_provisional_exactly_when_a_day_it_counts_is_unpublished(start: date, n: int) -> None:
    answer = CHINA.add(start, n)
    counted = (start + timedelta(1 + i) for i in range((answer.value - start).days))
    assert answer.provisional == any(not 2004 <= each.year <= 2026 for each in counted)


@given(DAYS, DAYS, DAYS)
def test_counts_add_up(a: date, b: date, c: date) -> None:
    a, b, c = sorted((a, b, c))
    assert CHINA.count(a, b).value + CHINA.count(b, c).value == CHINA.count(a, c).value
    assert len(CHINA.between(a, b).value) + len(CHINA.between(b, c).value) == len(CHINA.between(a, c).value)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.integers(-4000, 4000))
def test_without_any_rows_the_week_alone_counts_and_everything_is_provisional(start: date, n: int) -> None:
    answer = PLAIN.add(start, n)
    assert answer.provisional
    assert PLAIN.count(start, answer.value).value == n
    assert PLAIN.is_working(start) == Answer(start.weekday() < 5, True)


def a_row(text: str, kind: str = "holiday", status: str = "official", source: str = "notice") -> SpecialDay:
    return SpecialDay(day(text), kind, "", source, status)


def test_a_year_known_only_by_guess_is_used_but_stays_provisional() -> None:
    calendar = WorkCalendar.of([a_row("2026-10-01"), a_row("2027-10-01", status="assumed")])
    assert calendar.published == {2026}
    assert calendar.is_working(day("2027-10-01")) == (False, True)
    assert WorkCalendar.of([a_row("2026-10-01")], published=[2025, 2026]).is_working(day("2025-10-01")) == (True, False)


def test_every_fault_of_a_calendar_is_named_by_row() -> None:
    rows = [
        a_row("2024-10-01"),
        a_row("2024-10-01", kind="feast"),
        a_row("2024-10-05"),
        a_row("2024-10-08", kind="workday"),
        a_row("2026-10-01", status="certain", source=""),
    ]
    found = faults(list(enumerate(rows, start=2)))
    assert [(fault.row, fault.column) for fault in found] == [
        (3, "kind"),
        (3, "date"),
        (4, "date"),
        (5, "date"),
        (6, "status"),
        (6, "source"),
        (0, "date"),
    ]
    assert "already stands in row 2" in found[1].what
    assert "2025" in found[-1].what
    with pytest.raises(FaultsFound):
        WorkCalendar.of(rows)


def disagreements(calendar: WorkCalendar, years: range) -> list[date]:
    """Every day of `years` on which the calendar and the public table differ, or the calendar is unsure.

    To bring the calendar up to date when a year is published: raise the version of chinesecalendar, widen the years in
    the test below, and write a row for each day this names.
    """
    days = (date(years[0], 1, 1) + timedelta(i) for i in range((date(years[-1], 12, 31) - date(years[0], 1, 1)).days + 1))
    return [day for day in days if calendar.is_working(day) != (chinese_calendar.is_workday(day), False)]


@pytest.mark.parametrize(("pack", "years"), [("chongqing", range(2004, 2027)), ("tiny", range(2025, 2027))])
def test_every_day_agrees_with_the_public_table(pack: str, years: range) -> None:
    calendar = WorkCalendar.of(special_days(pack))
    assert calendar.published == set(years)
    assert disagreements(calendar, years) == []


@pytest.mark.parametrize("pack", ["chongqing", "tiny"])
def test_rows_stand_in_order_and_say_where_they_come_from(pack: str) -> None:
    rows = special_days(pack)
    assert rows == sorted(rows)
    assert {(row.source, row.status) for row in rows} == {("state-council-holidays", "repository")}
    assert all(row.name for row in rows)
