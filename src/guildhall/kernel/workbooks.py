"""Spreadsheets people bring, .xlsx, .xls and .csv, opened so that no file can harm: every cell as text, bounded memory and time.

The file is opened in a process of its own (`kernel.opening`), which may take so much memory and time and no more. What it reads is
kept as it came, some 250 bytes a row, and handed out row by row. Nothing is repaired: a number that lost digits comes as
`5.00112199001011E+17`, a formula without a value as `=…`, an error value as `#N/A`, damage to a row is told beside the row.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.hazards import NOTES, REFUSALS, Words, filled
from guildhall.kernel.opening import SECONDS
from guildhall.kernel.tables import Text

LARGEST_FILE = 100 << 20
"""Bytes. 200,000 rows of 15 columns are 18 MB as .xlsx and 40 MB as .csv."""
PATIENCE = 2 * SECONDS
"""Seconds to wait for the process that opens the file, however busy the machine is."""
_COMMAND = ("-m", "guildhall.kernel.opening")
_OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGKILL)
_LATE, _BROKE_OFF = "late", "broke off"
_ROWS = b'["rows",'


class Refused(GuildhallError):
    """A file that is not read: `hazard` names why; `said(language)` gives what happened, why, and what to do next."""

    def __init__(self, hazard: str, name: str, **values: str | int) -> None:
        self.words: Words = REFUSALS[hazard].filled(name=name, **values)
        super().__init__(self.words.what.en, why=self.words.why.en, next=self.words.next.en)
        self.hazard = hazard

    def said(self, language: str) -> tuple[str, str, str]:
        """What happened, why, and what to do next, in a language."""
        return self.words.what.in_(language), self.words.why.in_(language), self.words.next.in_(language)


class Line(NamedTuple):
    """A row that holds anything: its number as the spreadsheet shows it, its cells from column A on, and damage to the row, if any.

    `damage` is `encoding` (bytes of another encoding than the rest), `bytes` (bytes of none), `quotation` (a quotation mark that is
    not closed) or `long` (a cell of more characters than a spreadsheet keeps, cut here).
    """

    number: int
    cells: list[str]
    damage: str = ""


@dataclass(frozen=True)
class SheetRows:
    """One sheet. Iterate `rows()` as often as needed; rows without any content are left out, and the numbers go on past them.

    `merged` are (first row, first column, last row, last column), counted from 1.
    """

    name: str
    hidden: bool
    count: int
    merged: tuple[tuple[int, int, int, int], ...] = ()
    chunks: tuple[bytes, ...] = field(default=(), repr=False)

    def rows(self) -> Iterator[Line]:
        """The rows in the order of the sheet."""
        for chunk in self.chunks:
            for number, damage, *cells in json.loads(chunk):
                yield Line(number, cells, damage)


@dataclass(frozen=True)
class Workbook:
    """A file opened: `kind` is xlsx, xls or csv by its content, `encoding` that of a CSV, `notes` what was odd but not refused.

    `date1904` says whether bare numbers count days from 1904; None where that is not known.
    """

    name: str
    kind: str
    encoding: str
    date1904: bool | None
    sheets: tuple[SheetRows, ...]
    notes: tuple[Text, ...] = ()


def read(content: bytes | Path, name: str = "") -> Workbook:
    """The sheets of a file with every cell as text. Raises Refused, with one `hazard` for each way in which a file can be unfit."""
    name = name or (content.name if isinstance(content, Path) else "")
    size = content.stat().st_size if isinstance(content, Path) else len(content)
    if size > LARGEST_FILE:
        raise Refused("large", name, megabytes=size >> 20, most=LARGEST_FILE >> 20)
    whole = content.read_bytes() if isinstance(content, Path) else content
    gathered = _Gathered(name)
    ended = _opened(whole, gathered)
    if gathered.done:
        return gathered.workbook()
    if ended == _LATE:
        raise Refused("time", name, most=SECONDS)
    raise _diagnosed(whole, name)


class _Gathered:
    """What the opening process has said so far; rows stay the bytes they came as."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done = False
        self.kind, self.encoding = "", ""
        self.date1904: bool | None = False
        self.sheets: list[tuple[str, bool, list[list[int]]]] = []
        self.chunks: list[list[bytes]] = []
        self.counts: list[int] = []
        self.notes: list[Text] = []

    def take(self, line: bytes) -> None:
        """One frame of the process. Raises Refused where it says the file is unfit."""
        if line.startswith(_ROWS):
            count, _, rows = line[len(_ROWS) :].partition(b",")
            self.counts[-1] += int(count)
            self.chunks[-1].append(rows.rstrip()[:-1])
            return
        frame = json.loads(line)
        match frame:
            case ["kind", kind, encoding, date1904]:
                self.kind, self.encoding, self.date1904 = kind, encoding, date1904
            case ["sheet", name, hidden, merged]:
                self.sheets.append((name, hidden, merged))
                self.chunks.append([])
                self.counts.append(0)
            case ["note", note, values]:
                self.notes.append(filled(NOTES[note], **values))
            case ["refused", hazard, values]:
                raise Refused(hazard, self.name, **values)
            case _:
                self.done = True

    def workbook(self) -> Workbook:
        named = self.name.rpartition(".")[2].lower()
        if named in ("xlsx", "xls", "csv", "xlsm") and named != self.kind:
            self.notes.append(filled(NOTES["name"], named=f".{named}", kind=f".{self.kind}"))
        sheets = (
            SheetRows(name, hidden, count, tuple((a, b, c, d) for a, b, c, d in merged), tuple(chunks))
            for (name, hidden, merged), chunks, count in zip(self.sheets, self.chunks, self.counts, strict=True)
        )
        return Workbook(self.name, self.kind, self.encoding, self.date1904, tuple(sheets), tuple(self.notes))


def _opened(content: bytes, gathered: _Gathered, *arguments: str) -> str:
    """Lets a process open the file and gathers what it says; how it ended. Raises Refused, and RuntimeError where the process is wrong."""
    command = [sys.executable, "-I", *_COMMAND, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        watch = threading.Timer(PATIENCE, process.kill)
        watch.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            with suppress(BrokenPipeError):
                process.stdin.write(content)
                process.stdin.close()
            for line in process.stdout:
                gathered.take(line)
            said, code = process.stderr.read(), process.wait()
        finally:
            watch.cancel()
            process.kill()
    if code == 1:
        raise RuntimeError(f"the process that opens files broke: {said.decode(errors='replace')[-2_000:]}")
    return _LATE if code in _OUT_OF_TIME else _BROKE_OFF if code else ""


def _diagnosed(content: bytes, name: str) -> Refused:
    """Why a file of lawful form could not be opened: the process broke off because it wanted more memory than it may take."""
    try:
        _opened(content, _Gathered(name), "diagnose")
    except Refused as refused:
        return refused
    return Refused("memory", name)
