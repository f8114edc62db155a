"""Insured months of one person up to a day: each month counts once, however many spells cover it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


def insured_months(spells: Iterable[tuple[date, date | None]], until: date) -> int:
    """How many months the spells cover up to and including the month of `until`.

    A spell begins on the first day of its first insured month and ends on the first day of the first month not insured (half open).
    """
    after = _month(until) + 1
    return len({month for start, end in spells for month in range(_month(start), min(_month(end), after) if end else after)})


def _month(day: date) -> int:
    return day.year * 12 + day.month
