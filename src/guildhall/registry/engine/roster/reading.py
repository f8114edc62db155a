"""A workbook into a roster: the header found, then each row read in turn. Nothing here looks at a clock or a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from guildhall.kernel.workbooks import Workbook
from guildhall.registry.engine.cells import lists
from guildhall.registry.engine.cells.findings import CellFault
from guildhall.registry.engine.cells.header import Header, choose
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
from guildhall.registry.engine.cells.problems import Read, Wrong, problem
from guildhall.registry.engine.cells.table import REMEMBERED, Found, OpenTable, Reader, Said, TableReader, digest, teller
from guildhall.registry.engine.cells.text import plain
from guildhall.registry.engine.roster import checks
from guildhall.registry.engine.roster.columns import ROSTER
from guildhall.registry.engine.roster.rows import REQUIRED, Reference, RosterRow

UNIQUE = frozenset({"name", "identity_number", "phone", "certificate_number"})
LASTING = ("至今", "在职", "长期", "present", "current")
OpenRoster = OpenTable[RosterRow]
"""A roster whose header is understood, to be taken row by row."""


class RowReader(TableReader[RosterRow]):
    """Reads the rows of one roster."""

    def __init__(self, header: Header, workbook: Workbook, reference: Reference, today: date, digest_key: bytes) -> None:
        self.reference, self.today, self.digest_key = reference, today, digest_key
        self.places = Places(reference.city, reference.city_names, reference.places)
        self.occupations = Occupations(reference.occupations, reference.occupation_words)
        super().__init__(header, workbook, self._readers(), UNIQUE, REQUIRED)
        self.place_slots = tuple(header.at.get(name, -1) for name in ("residence", "district", "township"))
        self._places: dict[tuple[str, str, str], Found] = {}

    def _readers(self) -> dict[str, Reader]:
        made_up = self.reference.made_up
        words: dict[str, Reader] = {
            name: lambda text, name=name: lists.read_word(name, text)  # type: ignore[misc]
            for name in ("sex", "education", "migrant", "contract")
        }
        return words | {
            "name": lambda text: Read(read_name(text)),
            "identity_number": lambda text: Read(read_identity(text, made_up=made_up)),
            "birth": self._birth,
            "phone": lambda text: Read(read_phone(text)),
            "occupation": self.occupations.read,
            "occupation_code": self.occupations.code,
            "post": self.occupations.post,
            "level": lambda text: Read(lists.read_level(text)),
            "certificate_number": lambda text: read_certificate_number(text, made_up=made_up),
            "issued_on": self.day,
            "started_on": self.day,
            "ended_on": lambda text: Read(None) if text in LASTING else self.day(text),
            "organisation": self._organisation,
        }

    def _birth(self, text: str) -> Read[tuple[date, bool]]:
        found = self.day(text)
        return Read((found.value, found.note is not None))

    def _organisation(self, text: str) -> Read[int | None]:
        """The organisation a row names by code; it must be the one whose roster this is.

        A unified credit code that nobody on record has may well be its own: it is noted.
        """
        code = text.upper().replace(" ", "")
        if is_credit_code(code) and code not in self.reference.organisations:
            return Read(self.reference.organisation, problem("credit_code_new"))
        key = organisation(text, self.reference)
        if key is not None and self.reference.organisation not in (None, key):
            raise Wrong("organisation_other")
        return Read(key)

    def take(self, number: int, cells: list[str], values: dict[str, Any], said: Said) -> Callable[[tuple[CellFault, ...]], RosterRow]:
        """The person of a row, with what the cells say of them together."""
        self._place(cells, values, said)
        say = teller(said)
        if person := values.get("identity_number"):
            checks.check_person(person, values, self.today, say)
        checks.check_dates(values, self.today, say)
        checks.check_certificate(values, say)
        code, name = values.get("occupation_code"), values.get("occupation")
        if code and name and code != name:
            say("occupation_code", Wrong("occupation_two", other=f"{name} {self.reference.occupations.get(name, '')}".strip()))
        return lambda notes: self._typed(number, values, notes)

    def key(self, row: RosterRow) -> object:
        return int(row.identity_number[:17])

    def _place(self, cells: list[str], values: dict[str, Any], said: Said) -> None:
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
        )
        return RosterRow(number, *row, notes, digest(row, self.digest_key))


def organisation(text: str, reference: Reference) -> int | None:
    """The organisation of a code, ours or the unified credit code; None where none are on record to compare. Raises Wrong."""
    code = text.upper().replace(" ", "")
    if is_like_credit_code(code) and not is_credit_code(code):
        raise Wrong("credit_code")
    key = reference.organisations.get(code) or reference.organisations.get(text)
    if key is None and reference.organisations:
        raise Wrong("organisation_unknown")
    return key


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
    return OpenRoster(
        workbook.name, rows.name, workbook.encoding, header.row, header.labels, header.columns, header.notes, rows, reader,
        notes=workbook.notes,
    )  # fmt: skip
