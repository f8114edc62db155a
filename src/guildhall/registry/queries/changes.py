"""What the record of a person said before: every change of a recorded value, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from guildhall.registry.engine.identity import masked
from guildhall.registry.models import Superseded, vault
from guildhall.registry.queries import scope
from guildhall.registry.queries.merged import leader, one_person
from guildhall.registry.queries.records import no_such_person
from guildhall.web.viewer import Viewer

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


def of_worker(viewer: Viewer, worker_id: int, today: date, size: int = SIZE) -> list[Change]:
    """The latest changes of a person's record, over all records that are the same person. Raises NotFound for whom the viewer may
    not see.
    """
    if not scope.people(viewer, today).filter(pk=leader(worker_id)).exists():
        raise no_such_person()
    return of_records(one_person(worker_id), size)


def of_records(records: Sequence[int], size: int = SIZE) -> list[Change]:
    """The same for the records of a person whom the viewer was found to see already."""
    rows = Superseded.objects.filter(worker_id__in=records).order_by("-until", "-pk")[:size]
    return [Change(row.table, row.row, row.column, said(row), row.until, row.batch_id) for row in rows]


def said(row: Superseded) -> str | None:
    """What the column said, as a page may show it: numbers masked."""
    if row.value_sealed is None:
        value: str | None = row.value
        return value
    opened = vault().open(row.table, row.column, row.row, row.value_sealed)
    return opened if row.column in IN_FULL else masked(opened)
