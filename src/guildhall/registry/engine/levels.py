"""The level a person holds on a date: always computed from certificates, never a stored column.

Source: the eight-level sequence of 人社部发〔2022〕14号. Certificates of a skill level do not lapse; appointments as
special-grade or chief technician end with the post and so carry `valid_until`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from guildhall.kernel.backends import Tables
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


def at(on: date) -> str:
    """Column that holds the ordinal on a date, such as `at_20260130`."""
    return f"at_{on:%Y%m%d}"


def in_force(start: Any, end: Any, on: date) -> BooleanColumn:
    """Whether the half-open interval [start, end) holds on a date; an empty end is open."""
    result: BooleanColumn = (start <= on) & (end.isnull() | (end > on))
    return result


def levels_at(tables: Tables, context: Context) -> Table:
    """One row per certificate holder: worker_id and, for each date of the context, the highest ordinal held (0: none)."""
    return tables.once("registry.levels_at", lambda found: _levels_at(found, context))


def _levels_at(tables: Tables, context: Context) -> Table:
    ordinals = Scale.of(context).ordinals
    # The ordinal is worked out once per certificate, not once per date: a third of the whole cost.
    certificates = tables["registry.certificates"].select(
        "worker_id", "issued_on", "valid_until", ordinal=lambda t: t.level.cases(*ordinals.items(), else_=0).cast("int8")
    )
    held = {
        at(day): in_force(certificates.issued_on, certificates.valid_until, day).ifelse(certificates.ordinal, 0).max().cast("int8")
        for day in context.dates
    }
    result: Table = certificates.group_by("worker_id").agg(**held)
    return result


def count_where(condition: Any) -> Any:
    """How many rows meet a condition, as int64 on every engine (0 for no rows)."""
    return condition.cast("int64").sum().fill_null(0).cast("int64")
