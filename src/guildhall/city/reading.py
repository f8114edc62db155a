"""Reads a pack's files into records, noting the row and column of everything that cannot be read."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from guildhall.city.columns import Column, File, Unreadable
from guildhall.kernel.errors import Fault

T = TypeVar("T")


@dataclass
class Sheet(Generic[T]):
    """One file as read: its records with their rows, the keys of all rows (readable or not), and raw references."""

    file: File[T]
    rows: list[tuple[int, T]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    references: list[tuple[int, Column, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    stands: bool = False
    """Whether the file is there and has its columns, whatever its rows hold."""

    @property
    def records(self) -> tuple[T, ...]:
        return tuple(record for _, record in self.rows)

    @property
    def sound(self) -> list[tuple[int, T]]:
        """The rows in which nothing is wrong."""
        wrong = {fault.row for fault in self.faults}
        return [(row, record) for row, record in self.rows if row not in wrong]

    def fault(self, row: int, column: str, what: str, next: str = "") -> None:
        self.faults.append(Fault(self.file.name, row, column, what, next))


def read_sheet(folder: Path, file: File[T]) -> Sheet[T]:
    """Every record of a file; what could not be read stands in `faults`. A missing file is a fault of its own."""
    sheet = Sheet(file)
    try:
        data = (folder / file.name).read_bytes()
    except FileNotFoundError:
        sheet.fault(0, "", "the file is missing", f"add it with the header {','.join(file.headers)}")
        return sheet
    except OSError as error:
        sheet.faults.append(unopened(file.name, error))
        return sheet
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sheet.faults.append(bad_byte(file.name, data, error))
        return sheet
    try:
        _read_rows(sheet, numbered(text))
    except BrokenRow as error:
        sheet.stands = False  # the rows after it are not known
        sheet.fault(error.row, "", f"the row cannot be read: {error}", "look for a quotation mark that is never closed, or an endless cell")
    return sheet


class BrokenRow(ValueError):
    """A row that is no CSV; `row` is its number."""

    def __init__(self, row: int, what: str) -> None:
        super().__init__(what)
        self.row = row


def _read_rows(sheet: Sheet[Any], lines: Iterator[tuple[int, list[str]]]) -> None:
    header = next(lines, (1, []))
    sheet.stands = _header_stands(sheet, *header)
    if sheet.stands:
        for row, cells in lines:
            _read_row(sheet, header[1], row, cells)


def unopened(name: str, error: OSError) -> Fault:
    """A fault for a file that is there and cannot be read: a folder of that name, or one kept from us."""
    return Fault(name, 0, "", f"it cannot be read: {error.strerror or error}", "put a file there that this account may read")


def bad_byte(name: str, data: bytes, error: UnicodeDecodeError) -> Fault:
    """A fault that points at the first byte that is not UTF-8."""
    before = data[: error.start]
    line = before[before.rfind(b"\n") + 1 :]
    lines = data.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    header = next((text for text in lines if text.strip() and not text.startswith("#")), "").split(",")
    place = line.count(b",")
    column = header[place] if name.endswith(".csv") and place < len(header) else ""
    return Fault(
        name,
        before.count(b"\n") + 1,
        column,
        f"byte 0x{data[error.start]:02x} at position {error.start} is not UTF-8",
        "save the file as UTF-8 (spreadsheets often write GBK)",
    )


def numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV text with the numbers a spreadsheet shows; blank rows and rows beginning with # are passed over.

    Raises BrokenRow at the first that is no CSV.
    """
    row, reader = 0, csv.reader(io.StringIO(text, newline=""))
    try:
        for row, cells in enumerate(reader, start=1):
            stripped = [cell.strip() for cell in cells]
            if any(stripped) and not stripped[0].startswith("#"):
                yield row, stripped
    except csv.Error as error:
        raise BrokenRow(row + 1, str(error)) from None


def _header_stands(sheet: Sheet[Any], row: int, header: list[str]) -> bool:
    required = {name for column in sheet.file.columns if column.required for name in column.headers}
    for name in sorted(required - set(header)):
        sheet.fault(row, name, "the column is missing", f"add it to the header: {','.join(sheet.file.headers)}")
    for name in header:
        if name not in sheet.file.headers:
            sheet.fault(row, name, "unknown column", f"the columns are {','.join(sheet.file.headers)}")
        elif header.count(name) > 1:
            sheet.fault(row, name, "the column stands twice")
    return not sheet.faults


def _read_row(sheet: Sheet[Any], header: list[str], row: int, cells: list[str]) -> None:
    if len(cells) != len(header):
        sheet.fault(row, "", f"{len(cells)} cells where the header has {len(header)}", "quote cells that contain a comma")
        return
    named = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
    sheet.keys.add(named.get(sheet.file.key[0], ""))
    values = {column.field: value for column in sheet.file.columns if (value := _read_cell(sheet, column, row, named)) is not None}
    if all(column.field in values for column in sheet.file.columns if column.required):
        sheet.rows.append((row, sheet.file.make(**values)))


def _read_cell(sheet: Sheet[Any], column: Column, row: int, named: Mapping[str, str]) -> Any:
    if column.required:
        for name in (name for name in column.headers if name not in named):
            sheet.fault(row, name, _missing(name), column.doc)
    try:
        value = column.value(named)
    except Unreadable as error:
        sheet.fault(row, column.name, str(error), error.next)
        return None
    if value is not None and (what := column.out_of_range(value, named)):
        sheet.fault(row, column.name, f"{named[column.name]} {what}", column.range)
    if column.values and value is not None and value not in column.values:
        kind = "status" if column.name.endswith("status") else "word"
        sheet.fault(row, column.name, f"unknown {kind} {value!r}", f"one of {', '.join(filter(None, column.values))}")
    elif column.ref and value is not None:
        sheet.references.append((row, column, value))
    return value


def _missing(name: str) -> str:
    return "no source is named" if name == "source" else "the cell is empty"


def read_settings(path: Path) -> tuple[Mapping[str, Any], list[Fault]]:
    """The settings in a pack's TOML file, or the fault that makes it unreadable."""
    name = path.name
    try:
        data = path.read_bytes()
        return tomllib.loads(data.decode("utf-8-sig")), []
    except FileNotFoundError:
        return {}, [Fault(name, 0, "", "the file is missing", "see `guildhall city new` for one that loads")]
    except OSError as error:
        return {}, [unopened(name, error)]
    except UnicodeDecodeError as error:
        return {}, [bad_byte(name, data, error)]
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is one; so is a number of thousands of digits
        at = re.search(r"line ([0-9]+)", str(error))
        row = int(at[1]) if at else 0
        return {}, [_no_day(name, data.decode("utf-8-sig"), row) or Fault(name, row, "", f"not TOML: {error}")]


def _no_day(name: str, text: str, row: int) -> Fault | None:
    """A fault for a line that cannot be read because the calendar has no such day."""
    lines = text.splitlines()
    found = re.search(r"([\w-]+)\s*=\s*([0-9]{4}-[0-9]{2}-[0-9]{2})\b", lines[row - 1]) if 0 < row <= len(lines) else None
    if found is None:
        return None
    try:
        date.fromisoformat(found[2])
    except ValueError:
        return Fault(name, row, found[1], f"{found[2]} is a day that does not exist", "correct the date: YYYY-MM-DD, without quotes")
    return None


def row_of_key(path: Path, key: str, after: int = 0) -> int:
    """The line on which a key or a [table] of a TOML file first stands after a line; 0 where it does not."""
    pattern = re.compile(rf"\s*(\[+\s*)?{re.escape(key)}\s*(=|\])")
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 0
    return next((number for number, line in enumerate(lines, start=1) if number > after and pattern.match(line)), 0)
