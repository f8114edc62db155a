"""Sheets that a broker fills in on visits, read back: who was visited, what they want, what has changed, what they signed.

Each row carries the number of the leave to act under which the broker came; a name beside it keeps rows from being mixed up. Rows
that only hold what was printed on the sheet are people not visited, and are passed over. Pure: a workbook and lookups in, rows and
faults out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from guildhall.kernel.tables import Text
from guildhall.kernel.workbooks import Line, Workbook
from guildhall.registry.engine import wordbook
from guildhall.registry.engine.cells.dates import read_date
from guildhall.registry.engine.cells.header import Header, Vocabulary, choose
from guildhall.registry.engine.cells.names import read_name
from guildhall.registry.engine.cells.numbers import read_phone
from guildhall.registry.engine.cells.places import Places
from guildhall.registry.engine.cells.problems import Wrong
from guildhall.registry.engine.cells.text import plain, shown
from guildhall.registry.engine.roster.rows import CellFault, Rejected

WISHES = wordbook.WISH
"""What people say they want; numbered from 1 on the sheet, and written there as a number or in words."""
FIELDS: Mapping[str, Text] = {
    "mandate": Text("编号", "No."),
    "name": Text("姓名", "Name"),
    "visited_on": Text("走访日期", "Day of the visit"),
    "phone": Text("新手机号", "New phone"),
    "residence": Text("新住址", "New home"),
    "wishes": Text("愿望", "Wishes"),
    "note": Text("愿望说明", "In their own words"),
    "consents": Text("同意事项", "Agrees to"),
    "until": Text("代办续至", "Leave to act until"),
    "signed": Text("本人签字", "Signed"),
}
"""The columns of the sheet, in order."""
PRINTED = ("mandate", "name")
"""Columns that are filled in before the visit."""
MOST_ROWS = 500
LONGEST_NOTE = 500
OLDEST = timedelta(days=366)
_NAMES = {
    "mandate": ("序号", "授权编号", "number"),
    "name": ("姓名", "name"),
    "visited_on": ("日期", "走访时间", "date"),
    "phone": ("手机号", "电话", "phone"),
    "residence": ("住址", "新地址", "address"),
    "wishes": ("需求", "意愿", "wish"),
    "note": ("说明", "note"),
    "consents": ("同意", "consents"),
    "until": ("续期", "续期至", "until"),
    "signed": ("签字", "签名", "signature"),
}
VOCABULARY = Vocabulary(_NAMES, PRINTED, FIELDS)
_YES = frozenset("是 已签 已签字 签 有 √ ✓ ✔ v y yes 1 true signed".split())
_NO = frozenset("否 未签 未签字 × ✗ x n no 0 false".split())
_BETWEEN = re.compile(r"[\s,，、;；/+和及&]+")


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit: what changed is None where nothing was said. `until` is the first day the leave to act would no longer hold."""

    number: int
    mandate: int
    name: str
    visited_on: date
    phone: str | None = None
    residence: str | None = None
    wishes: tuple[str, ...] = ()
    note: str = ""
    consents: tuple[str, ...] = ()
    until: date | None = None
    signed: bool = False
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Visits:
    """A sheet as read: `skipped` are people on it who were not visited."""

    header: tuple[str, ...]
    columns: Mapping[str, str]
    rows: list[VisitRow]
    rejected: list[Rejected]
    skipped: int

    @property
    def read(self) -> int:
        return len(self.rows) + len(self.rejected)


@dataclass(frozen=True)
class Known:
    """What must be known to read a sheet: the places people live in, the keys of those that are precise enough, and the purposes
    that its letters stand for.
    """

    places: Places
    homes: frozenset[str]
    purposes: Mapping[str, str]
    today: date


def letters(purposes: Sequence[str]) -> dict[str, str]:
    """The letter under which each purpose stands on the sheet: A, B, …"""
    return {chr(ord("A") + at): purpose for at, purpose in enumerate(purposes)}


def read_visits(workbook: Workbook, known: Known) -> Visits:
    """The visits of a filled sheet. Raises FaultsFound (NotATable) for a file that is none."""
    sheet, header = choose(workbook, VOCABULARY)
    reader = _Reader(header, workbook, known)
    rows, rejected, skipped = list[VisitRow](), list[Rejected](), 0
    for line in sheet.rows():
        if line.number <= header.row or reader.is_untouched(line):
            skipped += line.number > header.row
            continue
        found = reader.read(line)
        if isinstance(found, Rejected):
            rejected.append(found)
        else:
            rows.append(found)
    return Visits(header.labels, header.columns, rows, rejected, skipped)


class _Reader:
    """Reads rows under a header, each cell by its field."""

    def __init__(self, header: Header, workbook: Workbook, known: Known) -> None:
        self.header, self.known = header, known
        self.date1904 = workbook.date1904
        self.seen: dict[int, int] = {}

    def is_untouched(self, line: Line) -> bool:
        """Whether a row holds no more than what was printed on the sheet."""
        filled = [at for at, cell in enumerate(line.cells) if cell.strip()]
        printed = {self.header.at[name] for name in PRINTED}
        return all(at in printed for at in filled)

    def read(self, line: Line) -> VisitRow | Rejected:
        """The visit that a row tells of, or everything that is wrong with it."""
        values, faults = dict[str, Any](), list[CellFault]()
        for name, at in self.header.at.items():
            raw = line.cells[at] if at < len(line.cells) else ""
            try:
                values[name] = self._value(name, plain(raw))
            except Wrong as wrong:
                faults.append(self.fault(name, raw, wrong))
        if not faults:
            faults = list(self._together(line, values))
        cells = tuple(line.cells[: len(self.header.labels)])
        if faults:
            return Rejected(line.number, tuple(faults), cells)
        return VisitRow(line.number, **values, cells=cells)

    def fault(self, name: str, raw: str, wrong: Wrong) -> CellFault:
        problem = wrong.problem
        return CellFault(name, self.header.columns.get(name, ""), shown(name, raw), problem.code, problem.what, problem.next)

    def _value(self, name: str, text: str) -> Any:
        if name in (*PRINTED, "visited_on") and not text:
            raise Wrong("empty")
        match name:
            case "mandate":
                return self._number(text)
            case "name":
                return read_name(text)
            case "phone":
                return read_phone(text) if text else None
            case "residence":
                return self._home(text) if text else None
            case "wishes":
                return tuple(self._wish(word) for word in _BETWEEN.split(text) if word)
            case "consents":
                return tuple(self._purpose(word) for word in _BETWEEN.split(text) if word)
            case "note":
                return self._note(text)
            case "signed":
                return self._signed(text)
        return self._day(name, text)

    def _number(self, text: str) -> int:
        bare = text.removesuffix(".0")
        if not re.fullmatch("[0-9]{1,18}", bare):
            raise Wrong("visit_number")
        return int(bare)

    def _home(self, text: str) -> str:
        found = self.known.places.read(text).value
        if found not in self.known.homes:
            raise Wrong("visit_home", example=self.known.places.example)
        return str(found)

    def _wish(self, word: str) -> str:
        for number, (code, words) in enumerate(WISHES.items(), 1):
            if word.lower() in (str(number), code, words.zh, words.en):
                return code
        raise Wrong("not_in_list", allowed=f"1–{len(WISHES)}")

    def _purpose(self, word: str) -> str:
        if word.upper() not in self.known.purposes:
            raise Wrong("not_in_list", allowed=", ".join(self.known.purposes))
        return self.known.purposes[word.upper()]

    def _note(self, text: str) -> str:
        if len(text) > LONGEST_NOTE:
            raise Wrong("too_long", length=len(text), most=LONGEST_NOTE)
        return text

    def _signed(self, text: str) -> bool:
        low = text.lower()
        if low and low not in _YES | _NO:
            raise Wrong("not_in_list", allowed="是, 否, yes, no")
        return low in _YES

    def _day(self, name: str, text: str) -> date | None:
        if not text:
            return None
        day = read_date(text, date1904=self.date1904).value
        if name == "until":
            return day + timedelta(days=1)
        if not self.known.today - OLDEST <= day <= self.known.today:
            raise Wrong("visit_day")
        return day

    def _together(self, line: Line, values: Mapping[str, Any]) -> list[CellFault]:
        """What is wrong between the cells of a row, or with a row that stands twice."""
        faults = []
        if first := self.seen.setdefault(values["mandate"], line.number) != line.number and self.seen[values["mandate"]]:
            faults.append(self.fault("mandate", str(values["mandate"]), Wrong("visit_twice", first=first)))
        if "visited_on" not in values:
            faults.append(self.fault("visited_on", "", Wrong("empty")))
        if (values.get("consents") or values.get("until")) and not values.get("signed"):
            faults.append(self.fault("signed", "", Wrong("visit_unsigned")))
        if values.get("note") and not values.get("wishes"):
            faults.append(self.fault("wishes", "", Wrong("visit_no_wish")))
        return faults
