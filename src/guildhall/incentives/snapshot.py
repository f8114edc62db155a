"""Rows into tables: what incentives publish of their own rows. Facts are worked out from a snapshot and stand in none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from guildhall.incentives import models, tables
from guildhall.incentives.models.sources import STATED, cell_of
from guildhall.kernel.tables import Table
from guildhall.office import bulk
from guildhall.office.bulk import Binding
from guildhall.office.vault import vault


def _opened(columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """What was said in some statements, which the database keeps sealed."""
    cells = zip(*(columns[name] for name in (*tables.STATEMENTS.key, "value")), strict=True)
    return [vault().open(*STATED, cell_of(subject, key, fact), sealed) for subject, key, fact, sealed in cells]


_BINDINGS = {
    binding.table.name: binding
    for binding in (
        Binding(tables.BUSINESSES, models.Business),
        Binding(tables.GRANTS, models.BenefitGrant),
        Binding(tables.COURSES, models.Training),
        Binding(tables.EMPLOYER_YEARS, models.EmployerYear),
        Binding(tables.STATEMENTS, models.Statement, opens={"value": _opened}),
    )
}
TABLES: tuple[Table, ...] = tuple(binding.table for binding in _BINDINGS.values())


def read(table: Table) -> Iterator[pa.Table]:
    """The rows of one published table, in key order and in parts."""
    return bulk.read(_BINDINGS[table.name])
