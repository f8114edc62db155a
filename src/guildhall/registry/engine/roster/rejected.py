"""Rows that were not taken, as a spreadsheet to correct and bring again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from guildhall.registry.engine.roster.rows import Rejected


def rejected_workbook(rows: Iterable[Rejected], header: Sequence[str], *, language: str = "zh") -> bytes:
    """An .xlsx of exactly these rows: their cells under the original headers, and a column that says what to correct.

    Every cell is text, so no number loses digits and no formula comes to life. The file can be brought again as it is.
    """
    raise NotImplementedError
