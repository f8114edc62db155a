"""Columns of a pack's files: each is described once, and the description reads, checks and documents it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from guildhall.kernel.dated import STATUS_NAMES
from guildhall.kernel.money import NotMoney, parse_yuan
from guildhall.kernel.tables import Text

T = TypeVar("T")

# Digits are 0 to 9 alone: \d would also take those of other scripts. Eighteen of them fit in a column of int64.
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CODE = re.compile(r"[0-9]{6}([0-9]{3}([0-9]{3})?)?")
_TIER = re.compile(r"[1-9]")
MOST: Mapping[str, int] = {"percent": 100, "share": 1}
"""The most a value in a unit can be, except growth. No value is below nothing, whatever its unit."""
GROWTH = "+"
"""The qualifier of a value that tells by how much something grew."""


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
    """Yuan with at most two decimals, as integer fen. Files hold plain numbers: none of the other ways people write money."""
    number(cell)
    try:
        return parse_yuan(cell)
    except NotMoney as error:
        raise Unreadable(error.what, f"{error.why}; {error.next}") from None


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


def official_code(cell: str) -> str:
    if not _CODE.fullmatch(cell):
        raise Unreadable(f"{cell!r} is not an official code", "write 6 digits (9 for a township, 12 for a village), or leave it empty")
    return cell


def wage_tier(cell: str) -> str:
    if not _TIER.fullmatch(cell):
        raise Unreadable(f"{cell!r} is not a tier", "write 1 for the tier of the highest wage, 2 for the next, and so on")
    return cell


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file. `values` closes the list of words; `ref` names the file whose key it must be found in.

    `least` and `most` bound a number, both inclusive; `unit_in` names the column with its unit, which bounds it too (`MOST`).
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
    least: int | None = None
    most: int | None = None
    unit_in: str = ""

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

    def out_of_range(self, value: Any, cells: Mapping[str, str]) -> str:
        """Which bound a value breaks, in words; empty where it breaks none."""
        most, unit = self.most, cells.get(self.unit_in, "")
        if unit in MOST and cells.get("qualifier") != GROWTH:
            most = MOST[unit]
        if self.least is not None and value < self.least:
            return f"is below {self.least}"
        if most is not None and value > most:
            return f"is above {most}{f', the most of unit {unit}' if unit else ''}"
        return ""

    @property
    def range(self) -> str:
        """The bounds in words, for those who fill the file in."""
        words = [f"at least {self.least}"] if self.least is not None else []
        words += [f"at most {self.most}"] if self.most is not None else []
        if self.unit_in:
            words += [f"at most {most} in {unit}" for unit, most in MOST.items()] + [f"unless the qualifier is {GROWTH}"]
        return ", ".join(words)


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
