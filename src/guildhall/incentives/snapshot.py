"""Rows into tables: what incentives publish of their own rows. Facts are worked out from a snapshot and stand in none."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from guildhall.incentives import models, tables
from guildhall.kernel.tables import Table
from guildhall.office import bulk
from guildhall.office.bulk import Binding

_BINDINGS = {
    binding.table.name: binding
    for binding in (
        Binding(tables.BUSINESSES, models.Business),
        Binding(tables.GRANTS, models.BenefitGrant),
        Binding(tables.COURSES, models.Training),
        Binding(tables.EMPLOYER_YEARS, models.EmployerYear),
        Binding(tables.STATEMENTS, models.Statement),
    )
}
TABLES: tuple[Table, ...] = tuple(binding.table for binding in _BINDINGS.values())


def read(table: Table) -> Iterator[pa.Table]:
    """The rows of one published table, in key order and in parts."""
    return bulk.read(_BINDINGS[table.name])
