"""What a figure is: an identifier, a formula in words, the tables it reads, and the expression that computes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from guildhall.kernel.backends import Tables
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.tables import Text

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
"""Dates a snapshot may speak of."""


def refuse_far(on: date) -> None:
    """Raises GuildhallError for a date that no snapshot can speak of."""
    if not EARLIEST <= on <= LATEST:
        raise GuildhallError(
            f"No snapshot can speak of {on}", why=f"dates run from {EARLIEST} to {LATEST}", next="give a date between them"
        )


def year_before(day: date) -> date:
    """The same day a year earlier; 28 February for 29 February."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


@dataclass(frozen=True)
class Context:
    """What a computation may depend on beside its tables: the date it speaks of, and parameters by name.

    `history` holds the earlier dates at which stocks are also taken; `parameters` are plain JSON values, so that they
    enter a run's identity as they stand.
    """

    on: date
    history: tuple[date, ...]
    parameters: Mapping[str, Any]

    @property
    def year_before(self) -> date:
        """The day a year before the reference date."""
        return year_before(self.on)

    @property
    def dates(self) -> tuple[date, ...]:
        """Every date at which stocks are taken, oldest first, ending with the reference date."""
        return tuple(sorted({*self.history, self.year_before, self.on}))


@dataclass(frozen=True)
class Figure:
    """A figure that a domain computes from records, never from the published value.

    `compute` returns one Ibis scalar for a count, or a pair (numerator, denominator) so that a ratio stays exact.
    `parameters` names the entries of `Context.parameters` it reads.
    """

    id: str
    unit: str
    formula: Text
    tables: tuple[str, ...]
    compute: Callable[[Tables, Context], Any]
    parameters: tuple[str, ...] = ()
