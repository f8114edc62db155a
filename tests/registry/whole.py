"""A table taken row by row to its end, as imports take it: what came out, side by side."""

from __future__ import annotations

from typing import Any

from guildhall.registry.engine.cells.findings import Rejected, Repeated
from guildhall.registry.engine.cells.table import OpenTable


class Whole:
    """The rows of an open table by what became of them; everything else as the table says it."""

    def __init__(self, opened: OpenTable[Any]) -> None:
        found = list(opened)
        self.opened = opened
        self.rejected = [row for row in found if isinstance(row, Rejected)]
        self.repeated = [row for row in found if isinstance(row, Repeated)]
        self.rows: list[Any] = [row for row in found if not isinstance(row, Rejected | Repeated)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.opened, name)
