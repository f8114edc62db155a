"""The day a file says it speaks of: written above its header, the way that forms and exports write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from guildhall.kernel.workbooks import SheetRows
from guildhall.registry.engine.cells.dates import read_date
from guildhall.registry.engine.cells.problems import Wrong

_DAY = r"[^0-9]{0,6}([0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}|[0-9]{8}(?![0-9]))"
SPEAKS_OF = re.compile(rf"(?:截至|截止|数据日期|统计日期|数据截止日期|截止日期|as of|as-of){_DAY}", re.IGNORECASE)
"""Words for the day that data speak of."""
FILLED_IN = re.compile(rf"(?:填报|填表|制表|上报|报送)(?:日期|时间){_DAY}", re.IGNORECASE)
"""Words for the day a form was filled in; it speaks of that day where no other is named."""


def days_above(rows: SheetRows, header_row: int, words: re.Pattern[str] = SPEAKS_OF) -> Iterator[date]:
    """The days that such words name in the rows above a header; what is no day is passed over."""
    for line in rows.rows():
        if line.number >= header_row:
            return
        for match in words.finditer(" ".join(line.cells)):
            try:
                yield read_date(next(filter(None, match.groups()))).value
            except Wrong:
                continue


def day_said(rows: SheetRows, header_row: int) -> tuple[date, ...]:
    """The day a file speaks of, else the day it was filled in; several where it names several, none where it names none."""
    return tuple(sorted(set(days_above(rows, header_row)) or set(days_above(rows, header_row, FILLED_IN))))
