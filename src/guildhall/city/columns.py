"""Columns of a pack's files: each is described once, and the description reads, checks and documents it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from guildhall.kernel.dated import STATUS_NAMES
from guildhall.kernel.tables import Text

T = TypeVar("T")

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_WHOLE = re.compile(r"-?\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Unreadable(ValueError):
    """A cell that is not what its column holds; `next` says how it is written."""

    def __init__(self, what: str, next: str) -> None:
        super().__init__(what)
        self.next = next


def words(cell: str) -> str:
    return cell


def number(cell: str) -> Decimal:
    """An exact decimal. No thousands separators, no exponent, no percent sign."""
    if not _NUMBER.fullmatch(cell):
        raise Unreadable(f"{cell!r} is not a number", "write digits with an optional decimal point, such as 89.05")
    return Decimal(cell)


def whole(cell: str) -> int:
    if not _WHOLE.fullmatch(cell):
        raise Unreadable(f"{cell!r} is not a whole number", "write digits only, such as 5680000")
    return int(cell)


def fen(cell: str) -> int:
    """Yuan with at most two decimals, as integer fen."""
    amount = number(cell) * 100
    if amount != amount.to_integral_value():
        raise Unreadable(f"{cell!r} is finer than one fen", "write yuan with at most two decimals")
    return int(amount)


def day(cell: str) -> date:
    if not _DATE.fullmatch(cell):
        raise Unreadable(f"{cell!r} is not a date", "write YYYY-MM-DD, such as 2026-01-30")
    try:
        return date.fromisoformat(cell)
    except ValueError as error:
        raise Unreadable(f"{cell!r} is not a date: {error}", "write a day that exists") from None


def flag(cell: str) -> bool:
    if cell not in ("yes", "no"):
        raise Unreadable(f"{cell!r} is neither yes nor no", "write yes or no")
    return cell == "yes"


def identifier(cell: str) -> str:
    if not _ID.fullmatch(cell):
        raise Unreadable(f"{cell!r} is not an identifier", "use letters, digits, dots, hyphens and underscores")
    return cell


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file. `values` closes the list of words; `ref` names the file whose key it must be found in.

    A bilingual column stands as two in the file, `name_zh` and `name_en`, and is read into one `Text`. `into` names the
    field of the record where it differs from the column.
    """

    name: str
    doc: str
    read: Callable[[str], Any] = words
    required: bool = True
    values: tuple[str, ...] = ()
    ref: str = ""
    bilingual: bool = False
    into: str = ""

    @property
    def field(self) -> str:
        return self.into or self.name

    @property
    def headers(self) -> tuple[str, ...]:
        return (f"{self.name}_zh", f"{self.name}_en") if self.bilingual else (self.name,)

    def value(self, cells: Mapping[str, str]) -> Any:
        """The value of this column in a row of non-empty, stripped cells; None where the cell is empty."""
        if self.bilingual:
            pair = [cells.get(header, "") for header in self.headers]
            return Text(*pair) if any(pair) else None
        cell = cells.get(self.name, "")
        return self.read(cell) if cell else None


@dataclass(frozen=True)
class File(Generic[T]):
    """A CSV file of a pack: its columns, the record each row becomes, and the fields no two rows may share."""

    name: str
    doc: str
    make: type[T]
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(header for column in self.columns for header in column.headers)


def sourced(*columns: Column, date_required: bool = False) -> tuple[Column, ...]:
    """The columns given, and those every row ends with: source, status, date, remark."""
    return (
        *columns,
        Column("source", "identifier of the document in sources.csv", identifier, ref="sources.csv"),
        Column("status", "how well the row is known", values=tuple(STATUS_NAMES)),
        Column("date", "day the source states it for, or was published", day, required=date_required),
        Column("remark", "for maintainers of the pack; not shown to readers", required=False),
    )
