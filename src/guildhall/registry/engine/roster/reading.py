"""A workbook into a roster: the header found, then each row read in turn.

Cells that repeat from row to row (levels, places, days) are read once and remembered; the tests hold this against reading every row
afresh. Nothing here looks at a clock or a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any

from guildhall.kernel.tables import Text
from guildhall.kernel.workbooks import Line, SheetRows, Workbook
from guildhall.registry.engine.cells import lists
from guildhall.registry.engine.cells.dates import read_date
from guildhall.registry.engine.cells.header import ColumnNote, Header, choose, column_letters, folded
from guildhall.registry.engine.cells.names import read_name
from guildhall.registry.engine.cells.numbers import (
    CertificateNumber,
    is_credit_code,
    is_like_credit_code,
    read_certificate_number,
    read_identity,
    read_phone,
)
from guildhall.registry.engine.cells.occupations import Occupations
from guildhall.registry.engine.cells.places import Places
from guildhall.registry.engine.cells.problems import Problem, Read, Wrong, problem
from guildhall.registry.engine.cells.text import plain, shown
from guildhall.registry.engine.roster import checks
from guildhall.registry.engine.roster.columns import ROSTER
from guildhall.registry.engine.roster.rows import FIELDS, REQUIRED, CellFault, Reference, Rejected, Repeated, Roster, RosterRow

REMEMBERED = 50_000
"""Distinct cells remembered per column; beyond that a column is no list of words."""
LONGEST_REMARK = 500
_UNIQUE = frozenset({"name", "identity_number", "phone", "certificate_number", "remark"})
"""Columns whose cells hardly ever repeat."""
_DIGESTED = tuple(
    "name identity_number birth sex phone education migrant residence occupation level certificate_number issued_on contract started_on "
    "ended_on remark".split()
)


@dataclass
class OpenRoster:
    """A roster whose header is understood: iterate it for its rows one by one, in the order of the file, with little memory.

    After an iteration `read`, `skipped` (empty rows among the others) and `remarks` say what went by.
    """

    name: str
    sheet: str
    encoding: str
    header_row: int
    header: tuple[str, ...]
    columns: Mapping[str, str]
    column_notes: tuple[ColumnNote, ...]
    _rows: SheetRows
    _reader: RowReader
    read: int = 0
    skipped: int = 0
    remarks: list[Text] = field(default_factory=list)

    def __iter__(self) -> Iterator[RosterRow | Rejected | Repeated]:
        self.read, self.skipped, self.remarks = 0, 0, []
        seen: dict[int, tuple[int, bytes]] = {}
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
            yield _once(self._reader.row(line), seen, self._reader)
        self.remarks += [_strayed(column, rows) for column, rows in sorted(stray.items())]

    def _pass_over(self, line: Line, note: str) -> None:
        if note == "empty":
            self.skipped += 1
        else:
            start = re.split("[:：]", next(cell for cell in line.cells if cell.strip()).strip())[0][:20]  # a signature is not repeated
            zh, en = f"第 {line.number} 行（“{start}”）不是人员，已略过", f"row {line.number} (“{start}”) is no person and was passed over"
            self.remarks.append(Text(zh, en))


def _strayed(column: int, rows: int) -> Text:
    letters = column_letters(column)
    return Text(
        f"{letters} 列没有表头，其中 {rows} 行有内容，没有读", f"column {letters} has no header; its contents in {rows} rows were not read"
    )


def _once(found: RosterRow | Rejected, seen: dict[int, tuple[int, bytes]], reader: RowReader) -> RosterRow | Rejected | Repeated:
    """The row, unless an earlier one speaks of the same person: then it repeats that row, or is rejected because it says otherwise."""
    if isinstance(found, Rejected):
        return found
    key = int(found.identity_number[:17])
    first = seen.setdefault(key, (found.number, found.digest))
    if first[0] == found.number:
        return found
    if first[1] == found.digest:
        return Repeated(found.number, first[0])
    fault = reader.fault("identity_number", found.identity_number, Wrong("repeats", first=first[0]).problem)
    return Rejected(found.number, (fault,), reader.last_cells)


class RowReader:
    """Reads rows under a header: each cell by its field, then what the cells say together."""

    def __init__(self, header: Header, workbook: Workbook, reference: Reference, today: date, digest_key: bytes) -> None:
        self.header, self.workbook, self.reference, self.today, self.key = header, workbook, reference, today, digest_key
        self.places = Places(reference.city, reference.city_names, reference.places)
        self.occupations = Occupations(reference.occupations, reference.occupation_words)
        self.width = len(header.labels)
        self.labels = tuple(folded(label) for label in header.labels)
        self.named = frozenset(note.column for note in header.notes)
        self.unnamed = tuple(column for column, label in enumerate(header.labels) if label not in self.named)
        self.counted = tuple(
            column for column, label in enumerate(header.labels) if label not in {n.column for n in header.notes if n.state == "not_kept"}
        )
        self._known: dict[str, dict[str, tuple[Any, Problem | None, bool]]] = {name: {} for name in FIELDS}
        self._readers = self._by_field()
        self.slots = tuple(
            (name, column, self._readers[name], None if name in _UNIQUE else self._known[name])
            for name, column in header.at.items()
            if name in self._readers
        )
        self.place_slots = tuple(header.at.get(name, -1) for name in ("residence", "district", "township"))
        self._places: dict[tuple[str, str, str], tuple[str | None, Problem | None, bool]] = {}
        self.last_cells: tuple[str, ...] = ()

    def _by_field(self) -> dict[str, Callable[[str], Read[Any]]]:
        made_up = self.reference.made_up
        word = lists.read_word
        return {
            "name": lambda text: Read(read_name(text)),
            "identity_number": lambda text: Read(read_identity(text, made_up=made_up)),
            "sex": lambda text: word("sex", text),
            "birth": self._birth,
            "phone": lambda text: Read(read_phone(text)),
            "education": lambda text: word("education", text),
            "migrant": lambda text: word("migrant", text),
            "occupation": self.occupations.read,
            "occupation_code": self.occupations.code,
            "post": self.occupations.post,
            "level": lambda text: Read(lists.read_level(text)),
            "certificate_number": lambda text: read_certificate_number(text, made_up=made_up),
            "issued_on": self._day,
            "contract": lambda text: word("contract", text),
            "started_on": self._day,
            "ended_on": self._last_day,
            "organisation": self._organisation,
            "remark": self._remark,
        }

    def _day(self, text: str) -> Read[date]:
        return read_date(text, date1904=self.workbook.date1904)

    def _birth(self, text: str) -> Read[tuple[date, bool]]:
        found = self._day(text)
        return Read((found.value, found.note is not None))

    def _last_day(self, text: str) -> Read[date | None]:
        if text in ("至今", "在职", "长期", "present", "current"):
            return Read(None)
        return Read(*self._day(text))

    def _organisation(self, text: str) -> Read[int | None]:
        """The organisation a row names by code; it must be the one whose roster this is."""
        code = text.upper().replace(" ", "")
        if is_like_credit_code(code) and not is_credit_code(code):
            raise Wrong("credit_code")
        key = self.reference.organisations.get(code) or self.reference.organisations.get(text)
        if key is None and self.reference.organisations:
            raise Wrong("organisation_unknown")
        if key is not None and self.reference.organisation not in (None, key):
            raise Wrong("organisation_other")
        return Read(key)

    def _remark(self, text: str) -> Read[str]:
        if len(text) > LONGEST_REMARK:
            raise Wrong("too_long", length=len(text), most=LONGEST_REMARK)
        return Read(text)

    # One row

    def passes_over(self, line: Line) -> str:
        """`empty` for a row with nothing but a running number, `note` for a footer or a header that stands again, else nothing."""
        cells = line.cells
        if line.damage:
            return ""
        number = self.header.at["identity_number"]
        said = cells[number] if number < len(cells) else ""
        if sum(letter.isdigit() for letter in said) >= 6:
            return ""
        first = next((cell for cell in cells if cell.strip()), "").strip()
        if checks.is_note(first) or (said and folded(said) == self.labels[number]):
            return "note"
        anything = any(column < len(cells) and cells[column].strip() for column in self.counted)
        return "" if anything or len(cells) > self.width else "empty"

    def strays(self, line: Line) -> list[int]:
        """Columns without a header in which the row holds something."""
        if len(line.cells) <= self.width and not self.unnamed:
            return []
        columns = (*self.unnamed, *range(self.width, len(line.cells)))
        return [column for column in columns if column < len(line.cells) and line.cells[column].strip()]

    def row(self, line: Line) -> RosterRow | Rejected:
        """The person of one row, or why it cannot be taken."""
        cells = line.cells
        if len(cells) < self.width:
            cells = cells + [""] * (self.width - len(cells))
        self.last_cells = tuple(cells)
        if line.damage:
            return Rejected(line.number, (self.fault("", "", problem(line.damage)),), self.last_cells)
        values: dict[str, Any] = {}
        said: list[tuple[str, Problem, bool]] = []
        for name, column, reader, known in self.slots:
            text = cells[column]
            found = known.get(text) if known is not None else None
            value, told, costs = found or self._cell(name, text, reader, known)
            values[name] = value
            if told is not None:
                said.append((name, told, costs))
        self._place(cells, values, said)
        self._together(values, said)
        if any(costs for _, _, costs in said):
            faults = tuple(self.fault(name, self._text_of(cells, name), told) for name, told, costs in said if costs)
            return Rejected(line.number, faults, self.last_cells)
        notes = tuple(self.fault(name, self._text_of(cells, name), told) for name, told, _ in said) if said else ()
        return self._typed(line.number, values, notes)

    def _cell(
        self, name: str, text: str, reader: Callable[[str], Read[Any]], known: dict[str, tuple[Any, Problem | None, bool]] | None
    ) -> tuple[Any, Problem | None, bool]:
        """What one cell says: its value, and a problem with whether it costs the row."""
        found: tuple[Any, Problem | None, bool]
        try:
            tidy = plain(text) if text else ""
            if tidy:
                value, note = reader(tidy)
                found = value, note, False
            else:
                found = (None, problem("empty"), True) if name in REQUIRED else (None, None, False)
        except Wrong as wrong:
            found = None, wrong.problem, True
        if known is not None:
            if len(known) >= REMEMBERED:
                known.clear()
            known[text] = found
        return found

    def _place(self, cells: list[str], values: dict[str, Any], said: list[tuple[str, Problem, bool]]) -> None:
        """Where the person lives, from an address, a district and a township, whichever the roster gives."""
        residence, district, township = (cells[column] if column >= 0 else "" for column in self.place_slots)
        if not (residence or district or township):
            return
        key = residence, district, township
        found = self._places.get(key)
        if found is None:
            try:
                parts = [plain(part) for part in key]
                place, note = self.places.read(*parts) if any(parts) else Read(None)
                found = place, note, False
            except Wrong as wrong:
                found = None, wrong.problem, True
            if len(self._places) >= REMEMBERED:
                self._places.clear()
            self._places[key] = found
        values["residence"], told, costs = found
        if told is not None:
            name = next(name for name in ("residence", "township", "district") if name in self.header.at)
            said.append((name, told, costs))

    def _together(self, values: dict[str, Any], said: list[tuple[str, Problem, bool]]) -> None:
        def say(name: str, told: Problem | Wrong) -> None:
            said.append((name, told.problem, True) if isinstance(told, Wrong) else (name, told, False))

        if person := values.get("identity_number"):
            checks.check_person(person, values, self.today, say)
        checks.check_dates(values, self.today, say)
        checks.check_certificate(values, say)
        code, name = values.get("occupation_code"), values.get("occupation")
        if code and name and code != name:
            say("occupation_code", Wrong("occupation_two", other=f"{name} {self.reference.occupations.get(name, '')}".strip()))

    def _typed(self, number: int, values: dict[str, Any], notes: tuple[CellFault, ...]) -> RosterRow:
        get = values.get
        person = values["identity_number"]
        certificate: CertificateNumber | None = get("certificate_number")
        row = (
            values["name"],
            person.number,
            person.birth,
            person.sex,
            get("phone"),
            get("education"),
            get("migrant"),
            get("residence"),
            get("occupation_code") or get("occupation") or get("post"),
            get("level"),
            certificate.number if certificate else None,
            get("issued_on"),
            get("contract") or ("apprentice" if get("level") == "L0" else None),
            get("started_on"),
            checks.day_after(get("ended_on")),
            get("remark"),
        )
        said = "\x1f".join(["" if value is None else str(value) for value in row]).encode()
        return RosterRow(number, *row, notes, blake2b(said, digest_size=32, key=self.key).digest())

    def fault(self, name: str, text: str, told: Problem) -> CellFault:
        """A problem with where it stands; of the cell itself no more is repeated than a fault may show."""
        column = self.header.columns.get(name, "")
        return CellFault(name, column, shown(name, text) if text else "", told.code, told.what, told.next)

    def _text_of(self, cells: list[str], name: str) -> str:
        column = self.header.at.get(name)
        return cells[column] if column is not None else ""


def open_roster(
    workbook: Workbook,
    *,
    reference: Reference,
    today: date,
    mapping: Mapping[str, str] | None = None,
    sheet: str = "",
    digest_key: bytes = b"",
) -> OpenRoster:
    """The roster in a workbook, its columns understood. `mapping` ({field: header}) wins over what the headers say.

    `sheet` chooses where several sheets look like rosters. With `digest_key` (up to 64 bytes) digests can only be made by whoever
    holds it. Raises NotATable where no sheet has a header that names the required columns, and says what was found.
    """
    rows, header = choose(workbook, ROSTER, mapping=mapping, sheet=sheet)
    reader = RowReader(header, workbook, reference, today, digest_key)
    return OpenRoster(workbook.name, rows.name, workbook.encoding, header.row, header.labels, header.columns, header.notes, rows, reader)


def read_roster(
    workbook: Workbook,
    *,
    reference: Reference,
    today: date,
    mapping: Mapping[str, str] | None = None,
    sheet: str = "",
    digest_key: bytes = b"",
) -> Roster:
    """The whole roster at once; see `open_roster`."""
    opened = open_roster(workbook, reference=reference, today=today, mapping=mapping, sheet=sheet, digest_key=digest_key)
    rows: list[RosterRow] = []
    rejected: list[Rejected] = []
    repeated: list[Repeated] = []
    for found in opened:
        if isinstance(found, RosterRow):
            rows.append(found)
        elif isinstance(found, Rejected):
            rejected.append(found)
        else:
            repeated.append(found)
    remarks = (*workbook.notes, *opened.remarks)
    return Roster(
        opened.name, opened.sheet, opened.encoding, opened.header_row, opened.header, opened.columns, opened.column_notes,
        rows, rejected, repeated, opened.read, opened.skipped, remarks,
    )  # fmt: skip
