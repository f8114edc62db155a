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


def bears_out(paid: Iterable[tuple[str, str | None]], start: str, end: str | None, on: str) -> bool:
    """Whether insurance that an employer `paid` bears out a spell with it, as known on a day: that of a spell which lasts must last on
    that day too, that of one which is over must overlap it. Days in ISO.
    """
    lasts = end is None or end > on
    for begun, over in paid:
        overlaps = (end is None or begun < end) and (over is None or over > start)
        if overlaps and (not lasts or (begun <= on and (over is None or over > on))):
            return True
    return False
