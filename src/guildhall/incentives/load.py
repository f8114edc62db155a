"""Tables into rows: what incentives bring to a load."""

from __future__ import annotations

import pyarrow as pa

from guildhall.incentives import models, tables
from guildhall.incentives.models.sources import STATED, cell_of
from guildhall.office.bulk import Binding
from guildhall.office.vault import vault


def _sealed(rows: pa.Table) -> pa.Table:
    """Statements as the database keeps them: what was said is sealed."""
    cells = [cell_of(*cell) for cell in zip(*(rows[name].to_pylist() for name in tables.STATEMENTS.key), strict=True)]
    sealed = vault().seal_column(*STATED, cells, rows["value"].to_pylist())
    return rows.drop_columns(["value"]).append_column("value_sealed", pa.array(sealed, pa.binary()))


BINDINGS = (
    Binding(tables.BUSINESSES, models.Business),
    Binding(tables.GRANTS, models.BenefitGrant),
    Binding(tables.COURSES, models.Training),
    Binding(tables.EMPLOYER_YEARS, models.EmployerYear),
    Binding(tables.STATEMENTS, models.Statement, _sealed),
)
"""In the order in which rows can be added: each table only points to tables before it."""
