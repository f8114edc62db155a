"""Rosters of real employers, however they are laid out, into typed rows, taken one by one: `open_roster`.

Pure: bytes and lookups in, rows and faults out. `rejected_workbook` writes the rows that were not taken back to be corrected.
"""

from __future__ import annotations

from guildhall.registry.engine.cells.findings import CellFault, Rejected, Repeated
from guildhall.registry.engine.cells.header import ColumnNote, NotATable
from guildhall.registry.engine.cells.places import KnownPlace
from guildhall.registry.engine.roster.reading import OpenRoster, open_roster
from guildhall.registry.engine.roster.rejected import neutral, rejected_workbook
from guildhall.registry.engine.roster.rows import (
    FIELDS,
    REQUIRED,
    Reference,
    RosterRow,
)

__all__ = [
    "FIELDS",
    "REQUIRED",
    "CellFault",
    "ColumnNote",
    "KnownPlace",
    "NotATable",
    "OpenRoster",
    "Reference",
    "Rejected",
    "Repeated",
    "RosterRow",
    "neutral",
    "open_roster",
    "rejected_workbook",
]
