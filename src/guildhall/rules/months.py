"""Months as the law counts them: what every reader of a rule is held to."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
"""The days a rule may speak of; a date worked out beyond them is unknown."""


def add_months(day: date, months: int) -> date | None:
    """The same day of the month so many months later, or the last day of a month too short for it; None outside FIRST to LAST."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not FIRST.year <= year <= LAST.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date | None:
    """The date so many days later; None outside FIRST to LAST."""
    ordinal = day.toordinal() + days
    return day + timedelta(days) if FIRST.toordinal() <= ordinal <= LAST.toordinal() else None


def months_between(start: date, end: date) -> int:
    """The most months that can be added to `start` without passing `end`; negative where `end` lies before `start`."""
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    is_month_end = end.day == monthrange(end.year, end.month)[1]
    return months - (end.day < start.day and not is_month_end)
