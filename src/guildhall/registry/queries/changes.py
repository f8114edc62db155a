"""What the record of a person said before: every change of a recorded value, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from guildhall.registry.engine.identity import masked
from guildhall.registry.models import Superseded, vault

SIZE = 200
IN_FULL = frozenset({"name"})
"""Sealed columns that are shown as they are; numbers and phones are masked."""


@dataclass(frozen=True)
class Change:
    """One column of one row said `said` until a moment; None where it was empty. `batch` is the import that changed it, if one did."""

    table: str
    row: int
    column: str
    said: str | None
    until: datetime
    batch: int | None


def of_records(records: Sequence[int], size: int = SIZE) -> list[Change]:
    """The latest changes over all records that are the same person, whom the viewer was found to see already."""
    rows = Superseded.objects.filter(worker_id__in=records).order_by("-until", "-pk")[:size]
    return [Change(row.table, row.row, row.column, said(row), row.until, row.batch_id) for row in rows]


def said(row: Superseded) -> str | None:
    """What the column said, as a page may show it: numbers masked."""
    if row.value_sealed is None:
        value: str | None = row.value
        return value
    opened = vault().open(row.table, row.column, row.row, row.value_sealed)
    return opened if row.column in IN_FULL else masked(opened)
