"""What is asked: at which day, what feeds had said by then, and in which territory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guildhall.kernel.territory import Territory

HIGHER = ("college", "bachelor")
"""Schooling that counts as higher education."""


@dataclass(frozen=True)
class Asked:
    """Facts `on` a day, for a claim first lodged on the day `applied`; where there is none, both are the day asked about.

    `feeds` holds the day that the data of each feed speak of; a feed that has never come is not in it.
    """

    on: date
    applied: date
    feeds: Mapping[str, date]
    territory: Territory

    def as_of(self, feed: str) -> date | None:
        """The day up to which a feed is known, never after the day of application."""
        day = self.feeds.get(feed)
        return min(day, self.applied) if day else None

    def unit(self, place: str | None, day: date) -> str | None:
        """The place of statistics: the district or county a place counts towards on the day of the event."""
        return unit_on(self.territory, place, day) if place else None


def unit_on(tree: Territory, place: str, day: date) -> str | None:
    """The reporting unit of a place on a day; the place itself where it lies above the units.

    A place that did not exist yet counts towards what its first parent counts towards; one that ended without an heir, towards none.
    """
    node = tree.node(place)
    if node.valid_from and day < node.valid_from:
        above = tree.parents_ever(place)
        return unit_on(tree, above[0].parent_id, day) if above else None
    return tree.unit_of(place, day) or (place if tree.exists(place, day) else None)


def month(day: date) -> int:
    """Months since the year 0, so that the next month is one more."""
    return day.year * 12 + day.month
