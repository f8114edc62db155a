"""Rows under a header, each cell read by its field: what rosters and feeds have in common.

Cells that repeat from row to row (levels, places, days) are read once and remembered; the tests hold this against reading every row
afresh.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any, Generic, Protocol, TypeVar

from guildhall.kernel.tables import Text
from guildhall.kernel.workbooks import Line, SheetRows, Workbook
from guildhall.registry.engine.cells.asof import day_said
from guildhall.registry.engine.cells.dates import read_date
from guildhall.registry.engine.cells.findings import CellFault, Rejected, Repeated
from guildhall.registry.engine.cells.header import ColumnNote, Header, column_letters, folded
from guildhall.registry.engine.cells.problems import Problem, Read, Wrong, problem
from guildhall.registry.engine.cells.text import plain, shown

REMEMBERED = 50_000
"""Distinct cells remembered per column; beyond that a column is no list of words."""
Reader = Callable[[str], Read[Any]]
Found = tuple[Any, Problem | None, bool]
"""What a cell says: a value, a problem or none, and whether the problem costs the row."""
Said = list[tuple[str, Problem, bool]]
_FOOTER = re.compile(
    r"(?:注|备注|说明|日期|单位负责人|负责人|联系人|填表人?|制表人?|填报人?|制单人?|审核人?|复核人?|经办人?|单位盖章|盖章)\s*[:：]"
    r"|注\s*[0-9]|合计|总计|小计|共计|共\s*[0-9]+|第\s*[0-9]+\s*页|total\b|notes?\b|\(?盖章",
    re.IGNORECASE,
)


class Typed(Protocol):
    """A row that was taken."""

    @property
    def number(self) -> int: ...
    @property
    def digest(self) -> bytes: ...


R = TypeVar("R", bound=Typed)


def is_note(text: str) -> bool:
    """Whether a row without an identity number begins like a footer: a total, a note, a signature, a page number."""
    return bool(_FOOTER.match(text))


class TableReader(Generic[R]):
    """Reads rows under a header: each cell by its field, then what the cells say together.

    `unique` are the columns whose cells hardly ever repeat, `filled` those in which no cell may be empty.
    """

    def __init__(
        self, header: Header, workbook: Workbook, readers: Mapping[str, Reader], unique: frozenset[str], filled: Iterable[str]
    ) -> None:
        self.header, self.date1904 = header, workbook.date1904
        self.width = len(header.labels)
        self.filled = frozenset(filled)
        self.labels = tuple(folded(label) for label in header.labels)
        named = {note.column: note.state for note in header.notes}
        self.unnamed = tuple(column for column, label in enumerate(header.labels) if label not in named)
        self.counted = tuple(column for column, label in enumerate(header.labels) if named.get(label) != "not_kept")
        self.slots: tuple[tuple[str, int, Reader, dict[str, Found] | None], ...] = tuple(
            (name, column, readers[name], None if name in unique else {}) for name, column in header.at.items() if name in readers
        )
        self.columns = header.columns

    @abstractmethod
    def take(self, number: int, cells: list[str], values: dict[str, Any], said: Said) -> Callable[[tuple[CellFault, ...]], R]:
        """Checks what the cells say together, adding to `said`; how to make the typed row, given its notes."""

    @abstractmethod
    def key(self, row: R) -> object:
        """What two rows share when they speak of the same thing."""

    def repeats(self, row: R) -> tuple[str, str]:
        """The field and the cell to name where a row says otherwise than an earlier one."""
        return "identity_number", getattr(row, "identity_number", "")

    # The parts of readers that take many kinds of cells

    def day(self, text: str) -> Read[date]:
        """A day, by the count of days this file uses."""
        return read_date(text, date1904=self.date1904)

    # One row

    def passes_over(self, line: Line) -> str:
        """`empty` for a row with nothing but a running number, `note` for a footer or a header that stands again, else nothing."""
        cells = line.cells
        if line.damage:
            return ""
        number = self.header.at["identity_number"]
        said = cells[number] if number < len(cells) else ""
        if (len(said) >= 6 and said[:6].isdigit()) or sum(letter.isdigit() for letter in said) >= 6:
            return ""
        first = next((cell for cell in cells if cell.strip()), "").strip()
        if is_note(first) or (said and folded(said) == self.labels[number]):
            return "note"
        anything = any(column < len(cells) and cells[column].strip() for column in self.counted)
        return "" if anything or len(cells) > self.width else "empty"

    def strays(self, line: Line) -> list[int]:
        """Columns without a header in which the row holds something."""
        if len(line.cells) <= self.width and not self.unnamed:
            return []
        columns = (*self.unnamed, *range(self.width, len(line.cells)))
        return [column for column in columns if column < len(line.cells) and line.cells[column].strip()]

    def row(self, line: Line) -> R | Rejected:
        """The row typed, or why it cannot be taken."""
        cells = line.cells
        if len(cells) < self.width:
            cells = cells + [""] * (self.width - len(cells))
        if line.damage:
            return Rejected(line.number, (self.fault("", "", problem(line.damage)),), tuple(cells))
        values: dict[str, Any] = {}
        said: Said = []
        for name, column, reader, known in self.slots:
            text = cells[column]
            if not text and name not in self.filled:
                values[name] = None
                continue
            found = known.get(text) if known is not None else None
            value, told, costs = found or self._cell(name, text, reader, known)
            values[name] = value
            if told is not None:
                said.append((name, told, costs))
        make = self.take(line.number, cells, values, said)
        if any(costs for _, _, costs in said):
            faults = tuple(self.fault(name, self.text_of(cells, name), told) for name, told, costs in said if costs)
            return Rejected(line.number, faults, tuple(cells))
        return make(tuple(self.fault(name, self.text_of(cells, name), told) for name, told, _ in said) if said else ())

    def _cell(self, name: str, text: str, reader: Reader, known: dict[str, Found] | None) -> Found:
        found: Found
        try:
            tidy = plain(text) if text else ""
            if tidy:
                value, note = reader(tidy)
                found = value, note, False
            else:
                found = (None, problem("empty"), True) if name in self.filled else (None, None, False)
        except Wrong as wrong:
            found = None, wrong.problem, True
        if known is not None:
            if len(known) >= REMEMBERED:
                known.clear()
            known[text] = found
        return found

    def fault(self, name: str, text: str, told: Problem) -> CellFault:
        """A problem with where it stands; of the cell itself no more is repeated than a fault may show."""
        return CellFault(name, self.columns.get(name, ""), shown(name, text) if text else "", told.code, told.what, told.next)

    def text_of(self, cells: list[str], name: str) -> str:
        """The cell of a field, as it stands."""
        column = self.header.at.get(name)
        return cells[column] if column is not None else ""


def teller(said: Said) -> Callable[[str, Problem | Wrong], None]:
    """Takes a field with a Problem, which is noted, or a Wrong, which costs the row."""

    def say(name: str, told: Problem | Wrong) -> None:
        said.append((name, told.problem, True) if isinstance(told, Wrong) else (name, told, False))

    return say


def digest(values: Iterable[object], key: bytes) -> bytes:
    """A digest over typed values, equal where they are: what keys a row's history and proves a batch."""
    said = "\x1f".join(["" if value is None else str(value) for value in values]).encode()
    return blake2b(said, digest_size=32, key=key).digest()


@dataclass
class OpenTable(Generic[R]):
    """A table whose header is understood: iterate it for its rows one by one, in the order of the file, with little memory.

    After an iteration `read`, `skipped` (empty rows among the others) and `remarks` say what went by; `notes` are on the file itself.
    """

    name: str
    sheet: str
    encoding: str
    header_row: int
    header: tuple[str, ...]
    columns: Mapping[str, str]
    column_notes: tuple[ColumnNote, ...]
    _rows: SheetRows = field(repr=False)
    _reader: TableReader[R] = field(repr=False)
    read: int = 0
    skipped: int = 0
    remarks: list[Text] = field(default_factory=list)
    notes: Sequence[Text] = ()

    @property
    def days(self) -> tuple[date, ...]:
        """The day the table speaks of as written above its header; several where it names several."""
        return day_said(self._rows, self.header_row)

    def __iter__(self) -> Iterator[R | Rejected | Repeated]:
        self.read, self.skipped, self.remarks = 0, 0, [*self.notes]
        seen: dict[object, tuple[int, bytes]] = {}
        last = self.header_row
        stray: dict[int, int] = {}
        for line in self._rows.rows():
            if line.number <= self.header_row:
                continue
            self.skipped += line.number - last - 1
            last = line.number
            if note := self._reader.passes_over(line):
                self._pass_over(line, note)
                continue
            self.read += 1
            for column in self._reader.strays(line):
                stray[column] = stray.get(column, 0) + 1
            found = self._reader.row(line)
            yield found if isinstance(found, Rejected) else self._once(found, line, seen)
        self.remarks += [_strayed(column, rows) for column, rows in sorted(stray.items())]

    def _pass_over(self, line: Line, note: str) -> None:
        if note == "empty":
            self.skipped += 1
            return
        start = re.split("[:：]", next(cell for cell in line.cells if cell.strip()).strip())[0][:20]  # a signature is not repeated
        zh, en = f"第 {line.number} 行（“{start}”）不是人员，已略过", f"row {line.number} (“{start}”) is no person and was passed over"
        self.remarks.append(Text(zh, en))

    def _once(self, found: R, line: Line, seen: dict[object, tuple[int, bytes]]) -> R | Rejected | Repeated:
        """The row, unless an earlier one speaks of the same: then it repeats that row, or is rejected because it says otherwise."""
        first = seen.setdefault(self._reader.key(found), (found.number, found.digest))
        if first[0] == found.number:
            return found
        if first[1] == found.digest:
            return Repeated(found.number, first[0])
        name, text = self._reader.repeats(found)
        cells = (*line.cells, *[""] * (len(self.header) - len(line.cells)))
        return Rejected(found.number, (self._reader.fault(name, text, problem("repeats", first=first[0])),), cells)


def _strayed(column: int, rows: int) -> Text:
    letters = column_letters(column)
    en = "1 row" if rows == 1 else f"{rows} rows"
    return Text(
        f"{letters} 列没有表头，其中 {rows} 行有内容，没有读", f"column {letters} has no header; its contents in {en} were not read"
    )
