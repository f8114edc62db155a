"""Workbooks as the kernel would have opened them, without a file and without its process: engines are tested on these."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from guildhall.kernel.opening import as_text
from guildhall.kernel.workbooks import SheetRows, Workbook


def workbook(*sheets: Sequence[Sequence[Any]], name: str = "f.xlsx", kind: str = "xlsx") -> Workbook:
    """A workbook of these rows; numbers and days become the text that a spreadsheet would give."""
    return Workbook(name, kind, "", False, tuple(_sheet(f"Sheet{at}", rows) for at, rows in enumerate(sheets, 1)))


def _sheet(name: str, rows: Sequence[Sequence[Any]]) -> SheetRows:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = [cell if isinstance(cell, str) else as_text(cell) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            lines.append([number, "", *cells])
    return SheetRows(name, False, len(lines), (), (json.dumps(lines).encode(),) if lines else ())
