"""Tables into rows: what the skills domain brings to a load."""

from __future__ import annotations

from guildhall.office.bulk import Binding
from guildhall.skills import models, tables

BINDINGS = (Binding(tables.OCCUPATIONS, models.Occupation),)
