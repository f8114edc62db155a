"""The level a person holds on a date: always computed from certificates, never a stored column.

Source: the eight-level sequence of 人社部发〔2022〕14号. Certificates of a skill level do not lapse; appointments as
special-grade or chief technician end with the post and so carry `valid_until`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from guildhall.kernel.backends import Tables
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.figures import Context

if TYPE_CHECKING:
    from ibis.expr.types import BooleanColumn, Table

PARAMETER = "levels"
"""Name in `Context.parameters`: {level: {"ordinal": int, "skilled": bool, "high": bool}}."""


@dataclass(frozen=True)
class Scale:
    """The ladder as numbers: the ordinal of each level, and from which ordinal on a person counts."""

    ordinals: dict[str, int]
    skilled_from: int
    high_from: int

    @classmethod
    def of(cls, context: Context) -> Scale:
        levels: dict[str, Any] = context.parameters[PARAMETER]
        return cls(
            {name: int(level["ordinal"]) for name, level in levels.items()},
            min(int(level["ordinal"]) for level in levels.values() if level["skilled"]),
            min(int(level["ordinal"]) for level in levels.values() if level["high"]),
        )


@dataclass(frozen=True)
class Held:
    """What a person held on each date of a context, packed into one integer per person.

    One integer instead of a column per date halves the cost of the widest aggregate and of every join after it. A date of
    the history takes two bits (skilled, highly skilled); the reference date and the day a year before take a bit for each
    ordinal, so that the rung itself can be told. Bits of several certificates are joined by `or`.
    """

    scale: Scale
    shifts: dict[date, int]
    full: frozenset[date]
    type: str

    @classmethod
    def of(cls, context: Context) -> Held:
        scale, full = Scale.of(context), frozenset({context.on, context.year_before})
        width = max(scale.ordinals.values()) + 1
        shifts, used = {}, 0
        for day in context.dates:
            shifts[day] = used
            used += width if day in full else 2
        if used > 63:
            raise GuildhallError(
                f"{len(context.dates)} dates are too many for one pass", why=f"they need {used} bits of 63", next="ask for fewer dates"
            )
        return cls(scale, shifts, full, "int32" if used <= 31 else "int64")

    def patterns(self, level: Any) -> tuple[Any, Any]:
        """What a certificate of `level` sets at a date told in full, and at a date of the history, before shifting."""
        full = [(name, 1 << ordinal) for name, ordinal in self.scale.ordinals.items()]
        thin = [(name, (n >= self.scale.skilled_from) | (n >= self.scale.high_from) << 1) for name, n in self.scale.ordinals.items()]
        return level.cases(*full, else_=0).cast(self.type), level.cases(*thin, else_=0).cast(self.type)

    def bits(self, full: Any, thin: Any, day: date) -> Any:
        """The pattern at the place of `day`."""
        return ((full if day in self.full else thin) << self.shifts[day]).cast(self.type)

    def skilled(self, held: Any, day: date) -> Any:
        """Whether the person held any counted level on the day; null where they never held anything."""
        return self._any(held, day, self.scale.skilled_from, 0)

    def high(self, held: Any, day: date) -> Any:
        return self._any(held, day, self.scale.high_from, 1)

    def _any(self, held: Any, day: date, ordinal: int, bit: int) -> Any:
        if day in self.full:
            return self.above(held, day, ordinal)
        return (held & (1 << bit << self.shifts[day])) != 0

    def rung(self, held: Any, day: date, ordinal: int) -> Any:
        """Whether the highest ordinal on the day is this one; the day must be the reference date or a year before it."""
        lowest = 1 << ordinal << self.shifts[day]
        return (held & (self._from(ordinal) << self.shifts[day])) == lowest

    def above(self, held: Any, day: date, ordinal: int) -> Any:
        """Whether the highest ordinal on the day is this one or more; same days."""
        return (held & (self._from(ordinal) << self.shifts[day])) != 0

    def _from(self, ordinal: int) -> int:
        return sum(1 << n for n in range(ordinal, max(self.scale.ordinals.values()) + 1))


def in_force(start: Any, end: Any, on: date) -> BooleanColumn:
    """Whether the half-open interval [start, end) holds on a date; an empty end is open."""
    result: BooleanColumn = (start <= on) & (end.isnull() | (end > on))
    return result


def levels_at(tables: Tables, context: Context) -> Table:
    """One row per certificate holder: worker_id and `held`, to be read through `Held.of(context)`."""
    return tables.once("registry.levels_at", lambda found: _levels_at(found, context))


def _levels_at(tables: Tables, context: Context) -> Table:
    held, certificates = Held.of(context), tables["registry.certificates"]
    # The patterns are worked out once per certificate, not once per date.
    full, thin = held.patterns(certificates.level)
    marked = certificates.select("worker_id", "issued_on", "valid_until", full=full, thin=thin)
    bits = (
        in_force(marked.issued_on, marked.valid_until, day).ifelse(held.bits(marked.full, marked.thin, day), 0) for day in context.dates
    )
    result: Table = marked.group_by("worker_id").agg(held=reduce(or_, bits).bit_or())
    return result


def count_where(condition: Any) -> Any:
    """How many rows meet a condition, as int64 on every engine (0 for no rows)."""
    return condition.cast("int64").sum().fill_null(0).cast("int64")
