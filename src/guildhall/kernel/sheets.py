"""Tables people bring as CSV: bytes into rows, with every fault by row and column, and the report of an import.

Encoding rule: a byte-order mark or clean UTF-8 means UTF-8. Otherwise the lines that are not plain ASCII vote: where at least
half of them are UTF-8 the file is UTF-8 with damaged rows, else it is GB18030 (text in GB18030 is almost never UTF-8 by chance).
A damaged byte costs its row, not the file. Rows are counted as a spreadsheet does: the header is row 1.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from guildhall.kernel.errors import Fault, FaultsFound

LONGEST_CELL_LINES = 50
"""A cell that runs over more lines than this is taken for a quotation mark that was never closed."""
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

    Raises FaultsFound where the file is empty or lacks one; lacking an optional column is told in `missing`.
    """
    text, encoding = decode(content)
    records = _records(text)
    header = [_tidy(cell) for cell in next(records, (0, [], ""))[1]]
    if absent := [column for column in required if column not in header]:
        faults = [Fault(name, 1, column, "column is missing", f"the header is: {', '.join(header) or 'empty'}") for column in absent]
        raise FaultsFound(f"{name} cannot be read as a table", faults, next="nothing was loaded; add the columns and import again")
    rows: list[Row] = []
    faults = []
    read = 0
    for number, cells, damage in records:
        read += 1
        found = damage or _damage(cells, header)
        if found:
            column, what = found if isinstance(found, tuple) else ("", found)
            faults.append(Fault(name, number, column, what, "correct the row and import again"))
        else:
            rows.append(Row(number, {column: _tidy(cell) for column, cell in zip(header, cells, strict=True)}))
    missing = tuple(column for column in optional if column not in header)
    return Sheet(name, encoding, read, tuple(rows), tuple(faults), missing)


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


def _records(text: str) -> Iterator[tuple[int, list[str], str]]:
    """Each record as (row, cells, damage); a quotation mark left open spoils its own line and no other."""
    lines = re.split("\r\n|\n|\r", text)
    number = at = 0
    while at < len(lines):
        start, at = at, at + 1
        if not lines[start].strip():
            continue
        number += 1
        end = _closing(lines, start)
        if end is None:
            yield number, [], "a quotation mark is not closed"
            continue
        at = end + 1
        yield number, _parsed(lines[start:at]), ""


def _closing(lines: list[str], start: int) -> int | None:
    """The line on which the record that begins at `start` ends, or None where its quotation marks never pair up."""
    marks = 0
    for at in range(start, min(start + LONGEST_CELL_LINES, len(lines))):
        marks += lines[at].count('"')
        if marks % 2 == 0:
            return at
    return None


def _parsed(lines: list[str]) -> list[str]:
    return next(csv.reader([f"{line}\n" for line in lines]))


def _damage(cells: list[str], header: list[str]) -> str | tuple[str, str]:
    if len(cells) != len(header):
        return f"{len(cells)} cells, the header has {len(header)}"
    for column, cell in zip(header, cells, strict=True):
        if _DAMAGE.search(cell):
            return column, "a damaged byte"
    return ""


def _tidy(cell: str) -> str:
    """A cell without the marks spreadsheets leave: outer spaces (also the wide one), a leading apostrophe."""
    return cell.replace("\u3000", " ").strip().removeprefix("'").strip()


def plain_code(cell: str) -> str:
    """A code as typed anywhere: wide digits and dashes become plain ones."""
    return unicodedata.normalize("NFKC", cell).replace("－", "-").replace("—", "-").replace("–", "-").strip()
