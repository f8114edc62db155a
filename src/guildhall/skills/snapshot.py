"""Rows into tables: the skills domain's part of a snapshot."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from guildhall.kernel.tables import Table
from guildhall.office import bulk
from guildhall.skills import models, tables

TABLES: tuple[Table, ...] = (tables.OCCUPATIONS,)


def read(table: Table) -> Iterator[pa.Table]:
    """The rows of one published table, in key order and in parts."""
    assert table is tables.OCCUPATIONS
    return bulk.read(bulk.Binding(table, models.Occupation))
