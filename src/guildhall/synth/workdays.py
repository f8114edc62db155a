"""The working days of a city's calendar as an array, so that millions of dates can be drawn among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from guildhall.city.model import City
from guildhall.synth.plan import day_number

Days = NDArray[np.int32]
LONGEST_REST = 14
"""No run of days of rest is as long as this: a stretch of so many days has a working day in it."""


@dataclass(frozen=True)
class WorkDays:
    """`days` are the working days in order; `before[d - first]` is how many of them come before day d."""

    first: int
    days: Days
    before: Days

    @classmethod
    def of(cls, city: City, since: date) -> WorkDays:
        """From `since` to the reference date, without make-up working weekends: offices issue no certificates on a Sunday.

        In years whose holidays the pack does not have, every Monday to Friday counts.
        """
        first, last = day_number(since), day_number(city.reference_date)
        found = city.calendar.between(since, date.fromordinal(city.reference_date.toordinal() + 1)).value
        days = np.array([day_number(day) for day in found if day.weekday() < 5], np.int32)
        return cls(first, days, np.searchsorted(days, np.arange(first, last + 2), side="left").astype(np.int32))

    def on_or_after(self, day: Days) -> Days:
        """The next working day; the day itself before the calendar begins, and where none follows before the reference date."""
        at = self.before[np.clip(day - self.first, 0, len(self.before) - 1)]
        known = (day >= self.first) & (at < len(self.days))
        return np.where(known, self.days[np.minimum(at, len(self.days) - 1)], day)

    def draw(self, first: Days, last: Days, part: NDArray[np.uint16]) -> Days:
        """The working day at `part` / 65,536 of the way from first to last; `first` itself where there is none between them."""
        low = self.before[first - self.first]
        count = self.before[last - self.first + 1] - low
        at = low + (np.maximum(count, 1).astype(np.int64) * part >> 16).astype(np.int32)
        return np.where(count > 0, self.days[np.minimum(at, len(self.days) - 1)], first)


def term(years: Fraction) -> int:
    """Days that are at least so many calendar years, whichever leap days fall among them."""
    return -int(-years * 1461 // 4)
