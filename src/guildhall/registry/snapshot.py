"""Rows into tables: the registry's part of a snapshot. Tables of identity are not among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from guildhall.kernel.tables import Table
from guildhall.office import bulk
from guildhall.office.bulk import Binding
from guildhall.registry import models, tables

_BINDINGS = {
    binding.table.name: binding
    for binding in (
        Binding(tables.PLACES, models.Place),
        Binding(tables.PLACE_PARENTS, models.PlaceParent),
        Binding(tables.PLACE_SUCCESSORS, models.PlaceSuccessor),
        Binding(tables.ORGANISATIONS, models.Organisation),
        Binding(tables.WORKERS, models.Worker),
        Binding(tables.CERTIFICATES, models.Certificate),
        # What a roster alone says of somebody it was the first to name opens nothing; who says it is not so was not employed.
        Binding(tables.EMPLOYMENT, models.EmploymentSpell, unless=("denied_at", "doubtful")),
        Binding(tables.INSURANCE, models.InsuranceSpell),
        Binding(tables.REPORTED, models.ReportedFact),
        Binding(tables.ALIASES, models.Alias),
    )
}
TABLES: tuple[Table, ...] = (*(binding.table for binding in _BINDINGS.values()), tables.FEED_DAYS)


def read(table: Table) -> Iterator[pa.Table]:
    """The rows of one published table, in key order and in parts."""
    return iter((_feed_days(),)) if table is tables.FEED_DAYS else bulk.read(_BINDINGS[table.name])


def _feed_days() -> pa.Table:
    """The day each feed speaks of: worked out from files and loads, stored nowhere."""
    days = {kind: day for kind, day in sorted(models.days_of_feeds().items()) if day}
    return tables.FEED_DAYS.build({"kind": list(days), "as_of": list(days.values())})


def origin() -> dict[str, Any]:
    """The manifest the records came with, empty where they came one by one. Raises GuildhallError while a load is unfinished."""
    models.refuse_unfinished()
    latest = models.LoadBatch.objects.order_by("-started_at", "-pk").first()
    return dict(latest.manifest) if latest else {}
