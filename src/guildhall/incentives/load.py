"""Tables into rows: what incentives bring to a load."""

from __future__ import annotations

from guildhall.incentives import models, tables
from guildhall.office.bulk import Binding

BINDINGS = (
    Binding(tables.BUSINESSES, models.Business),
    Binding(tables.GRANTS, models.BenefitGrant),
    Binding(tables.COURSES, models.Training),
    Binding(tables.EMPLOYER_YEARS, models.EmployerYear),
    Binding(tables.STATEMENTS, models.Statement),
)
"""In the order in which rows can be added: each table only points to tables before it."""
