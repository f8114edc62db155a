"""Rows that were not taken, as a spreadsheet to correct and bring again."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from guildhall.kernel.tables import Text
from guildhall.registry.engine.cells.findings import Rejected

WHAT_TO_CORRECT = Text("需要更正的内容", "what to correct")
ROW_IN_FILE = Text("原行号", "row in the file")
LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What a spreadsheet may take for the beginning of a formula when the file is saved as CSV and opened again."""
LONGEST_CELL = 32_000
WRITTEN = datetime(2000, 1, 1)  # noqa: DTZ001  # xlsxwriter takes it as it is
"""The same rows make the same file, whenever it is written."""


def rejected_workbook(rows: Iterable[Rejected], header: Sequence[str], *, language: str = "zh") -> bytes:
    """An .xlsx of exactly these rows: their cells under the original headers, a column that says what to correct, the row they had.

    Every cell is text, so no number loses digits; a cell that could come to life as a formula gets an apostrophe before it. The
    cells in question are coloured. The file can be brought again as it is: the two added columns are known and not read.
    """
    import xlsxwriter  # only when there is something to correct

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    plain, bold, wrong, words = (
        book.add_format(style)
        for style in (
            {"num_format": "@"},
            {"num_format": "@", "bold": True, "bottom": 1},
            {"num_format": "@", "bg_color": "#F6D8CE"},
            {"num_format": "@", "text_wrap": True},
        )
    )
    book.set_properties({"created": WRITTEN})
    sheet = book.add_worksheet("需要更正" if language.startswith("zh") else "to correct")
    labels = [*header, WHAT_TO_CORRECT.in_(language), ROW_IN_FILE.in_(language)]
    sheet.set_column(0, len(header) - 1, 16, plain)
    sheet.set_column(len(header), len(header), 60, words)
    sheet.freeze_panes(1, 0)
    for column, label in enumerate(labels):
        sheet.write_string(0, column, neutral(label), bold)
    for number, row in enumerate(rows, 1):
        named = {fault.column for fault in row.faults}
        for column, cell in enumerate(row.cells[: len(header)]):
            if cell or header[column] in named:
                sheet.write_string(number, column, neutral(cell), wrong if header[column] in named else plain)
        sheet.write_string(number, len(header), neutral(corrections(row, language)), words)
        sheet.write_string(number, len(header) + 1, str(row.number), plain)
    book.close()
    return content.getvalue()


def corrections(row: Rejected, language: str) -> str:
    """What is wrong with a row and what to do, a line for each fault."""
    lines = []
    for fault in row.faults:
        what, next = fault.what.in_(language), fault.next.in_(language)
        if language.startswith("zh"):
            lines.append(f"{fault.column}：{what}。{next}" if fault.column else f"{what}。{next}")
        else:
            lines.append(f"{fault.column}: {what}. {next}".strip() if fault.column else f"{what}. {next}".strip())
    return "\n".join(lines)


def neutral(cell: str) -> str:
    """A cell that no program takes for a formula; the reader takes the apostrophe off again."""
    return f"'{cell}"[:LONGEST_CELL] if cell.startswith(LIVE) else cell[:LONGEST_CELL]
