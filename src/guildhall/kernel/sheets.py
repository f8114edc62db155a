"""Tables people bring as CSV: bytes into rows, with every fault by row and column, and the report of an import.

Encoding rule: a byte-order mark or clean UTF-8 means UTF-8. Otherwise the lines that are not plain ASCII vote: where at least
half of them are UTF-8 the file is UTF-8 with damaged rows, else it is GB18030 (text in GB18030 is almost never UTF-8 by chance).
A damaged byte costs its row, not the file. Rows are counted as a spreadsheet does: the header is row 1, an empty line is a row,
a cell that runs over several lines is still in one row.

Quotation rule: only a mark at the very beginning of a cell opens a quotation; any other is a character like the rest (5" pipe).
A quotation must close where its cell ends. Where it does not, that line is a fault and reading goes on with the next line.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from guildhall.kernel.errors import Fault, FaultsFound

LONGEST_CELL_LINES = 50
"""A cell that runs over more lines than this is taken for a quotation mark that was never closed."""
LONGEST_CELL = 32_767
"""Characters that a spreadsheet keeps in one cell; more is taken for damage."""
NOT_CSV = {
    b"PK\x03\x04": "it is a spreadsheet (xlsx) or an archive, whatever its name says",
    b"\xd0\xcf\x11\xe0": "it is a spreadsheet of the old kind (xls), whatever its name says",
    codecs.BOM_UTF16_LE: "its text is in UTF-16",
    codecs.BOM_UTF16_BE: "its text is in UTF-16",
}
"""First bytes of files that people take for CSV, and what they are."""
SEPARATORS = (",", "\t", ";")
"""Marks between cells: a comma in CSV proper, a tab in what spreadsheets call Unicode text, a semicolon where commas stand in numbers."""
_CELL = {
    mark: re.compile(rf"""(?:"(?P<quoted>(?:[^"]|"")*+)"{blank}*|(?P<plain>(?:[^"{mark}\n][^{mark}\n]*)?))(?=[{mark}\n]|\Z)""")
    for mark, blank in ((",", "[ \t\u3000]"), ("\t", "[ \u3000]"), (";", "[ \t\u3000]"))
}
_DAMAGE = re.compile("[\ufffd\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number and its cells by column, trimmed."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """What could be read of a file, how many rows it had, and what was wrong with the others."""

    name: str
    encoding: str
    read: int
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """What an import did with each row read; faults cost a row, notes do not. The four outcomes add up to `read`."""

    name: str
    encoding: str
    by: str
    at: datetime
    read: int
    accepted: int
    changed: int
    unchanged: int
    rejected: int
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    remarks: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        assert self.read == self.accepted + self.changed + self.unchanged + self.rejected, "the outcomes of an import must add up"

    def lines(self) -> list[str]:
        """Every fault and note by row, then what the file as a whole did."""
        marked = [(fault.row, f"rejected  {fault}") for fault in self.faults] + [(note.row, f"note      {note}") for note in self.notes]
        return [line for _, line in sorted(marked, key=lambda pair: pair[0])] + list(self.remarks)

    def summary(self) -> str:
        """One line of counts."""
        return (
            f"{self.read} read: {self.accepted} accepted, {self.changed} changed, {self.unchanged} unchanged, "
            f"{self.rejected} rejected ({self.name}, {self.encoding})"
        )


def read_csv(content: bytes, name: str, *, required: Sequence[str], optional: Sequence[str] = ()) -> Sheet:
    """The rows of a CSV file whose header names every `required` column.

    Raises FaultsFound where the file is empty or no CSV, lacks a required column or names one twice; lacking an optional
    column is told in `missing`.
    """
    _refuse_other_files(content, name)
    text, encoding = decode(content)
    lines = records(text)
    header = _header(lines, name, required)
    rows: list[Row] = []
    faults = []
    read = 0
    for number, cells, damage in lines:
        read += 1
        found = damage or _damage(cells, header)
        if found:
            column, what = found if isinstance(found, tuple) else ("", found)
            faults.append(Fault(name, number, column, what, "correct the row and import again"))
        else:
            rows.append(Row(number, {column: _tidy(cell) for column, cell in zip(header, cells, strict=True)}))
    missing = tuple(column for column in optional if column not in header)
    return Sheet(name, encoding, read, tuple(rows), tuple(faults), missing)


def _refuse_other_files(content: bytes, name: str) -> None:
    found = "it is empty" if not content.removeprefix(codecs.BOM_UTF8).strip() else ""
    found = found or next((what for mark, what in NOT_CSV.items() if content.startswith(mark)), "")
    if found:
        raise _unreadable(name, [Fault(name, 0, "", found)], "save the table as CSV (UTF-8) and import that")


def _unreadable(name: str, faults: list[Fault], next: str) -> FaultsFound:
    return FaultsFound(f"{name} cannot be read as a table", faults, next=f"nothing was loaded; {next}")


def _header(lines: Iterator[tuple[int, list[str], str]], name: str, required: Sequence[str]) -> list[str]:
    """The names in the first row that holds anything."""
    number, cells, damage = next(lines)
    header = [_tidy(cell) for cell in cells]
    faults = [Fault(name, number, "", damage)] if damage else []
    doubled = sorted({column for column in header if column and header.count(column) > 1})
    faults += [Fault(name, number, column, "two columns have this name", "keep one of them") for column in doubled]
    if not damage:
        told = f"the header is: {', '.join(header)[:500]}"
        faults += [Fault(name, number, column, "column is missing", told) for column in required if column not in header]
    if faults:
        raise _unreadable(name, faults, "correct the header and import again")
    return header


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding; bytes that fit neither become U+FFFD."""
    if content.startswith(codecs.BOM_UTF8):
        return content[len(codecs.BOM_UTF8) :].decode("utf-8", "replace"), "UTF-8 with byte-order mark"
    voters = [line for line in content.split(b"\n") if not line.isascii()]
    utf8 = sum(_is_utf8(line) for line in voters)
    if 2 * utf8 >= len(voters):
        return content.decode("utf-8", "replace"), "UTF-8"
    return content.decode("gb18030", "replace"), "GB18030"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def records(text: str, separator: str = ",") -> Iterator[tuple[int, list[str], str]]:
    """Each record as (row, cells, damage); a quotation mark left open spoils its own line and no other."""
    lines = re.split("\r\n|\n|\r", text)
    number = at = 0
    while at < len(lines):
        line, number = lines[at], number + 1
        if not line.strip():
            at += 1
            continue
        if '"' not in line:
            found: tuple[list[str], int] | None = (line.split(separator), 1)
        else:
            found = _cells(line, separator) or _cells("\n".join(lines[at : at + LONGEST_CELL_LINES]), separator)
        if found is None:
            at += 1
            yield number, line.split(separator), "a quotation mark is not closed where its cell ends"
        else:
            at += found[1]
            yield number, found[0], ""


def _cells(text: str, separator: str) -> tuple[list[str], int] | None:
    """The cells of the record that `text` begins with and the lines it takes, or None where a quotation does not close."""
    cells: list[str] = []
    cell, at = _CELL[separator], 0
    while found := cell.match(text, at):
        quoted = found["quoted"]
        cells.append(found["plain"] if quoted is None else quoted.replace('""', '"'))
        at = found.end()
        if text[at : at + 1] != separator:
            return cells, text.count("\n", 0, at) + 1
        at += 1
    return None


def _damage(cells: list[str], header: list[str]) -> str | tuple[str, str]:
    if len(cells) != len(header):
        return f"{len(cells)} cells, the header has {len(header)}"
    for column, cell in zip(header, cells, strict=True):
        if len(cell) > LONGEST_CELL:
            return column, f"a cell of {len(cell):,} characters, {LONGEST_CELL:,} at most"
        if _DAMAGE.search(cell):
            return column, "a damaged byte"
    return ""


def _tidy(cell: str) -> str:
    """A cell without the marks spreadsheets leave: outer spaces (also the wide one), a leading apostrophe."""
    return cell.replace("\u3000", " ").strip().removeprefix("'").strip()


def plain_code(cell: str) -> str:
    """A code as typed anywhere: wide digits and dashes become plain ones."""
    return unicodedata.normalize("NFKC", cell).replace("－", "-").replace("—", "-").replace("–", "-").strip()
