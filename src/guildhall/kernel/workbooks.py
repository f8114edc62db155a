"""Spreadsheets people bring, .xlsx, .xls and .csv, opened so that no file can harm: every cell as text, bounded memory and time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.tables import Text


class Refused(GuildhallError):
    """A file that is not read: `hazard` names why; `said(language)` gives what happened, why, and what to do next."""

    def __init__(self, hazard: str, what: Text, why: Text, next: Text) -> None:
        super().__init__(what.en, why=why.en, next=next.en)
        self.hazard = hazard
        self.words = (what, why, next)

    def said(self, language: str) -> tuple[str, str, str]:
        """What happened, why, and what to do next, in a language."""
        what, why, next = (text.in_(language) for text in self.words)
        return what, why, next


class Line(NamedTuple):
    """A row that holds anything: its number as the spreadsheet shows it, its cells from column A on, and damage to the row, if any."""

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

    def rows(self) -> Iterator[Line]:
        """The rows in the order of the sheet."""
        raise NotImplementedError


@dataclass(frozen=True)
class Workbook:
    """A file opened: `kind` is xlsx, xls or csv by its content, `encoding` that of a CSV, `notes` what was odd but not refused."""

    name: str
    kind: str
    encoding: str
    date1904: bool
    sheets: tuple[SheetRows, ...]
    notes: tuple[Text, ...] = ()


def read(content: bytes, name: str) -> Workbook:
    """The sheets of a file with every cell as text. Raises Refused, with one `hazard` for each way in which a file can be unfit."""
    raise NotImplementedError
