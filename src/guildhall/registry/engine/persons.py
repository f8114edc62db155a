"""Numbers that lead to a person: brought into one form, then held against each other and against what else is recorded.

They are tidied once, before they are checked, sealed and hashed, so that a number is found however it was typed. No fault
repeats a number in clear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from guildhall.kernel.errors import Fault
from guildhall.kernel.tables import Table, repeats
from guildhall.registry import tables
from guildhall.registry.engine.identity import check_numbers, is_made_up, masked, normalise_number, normalise_phone

TIDY: dict[str, dict[str, Callable[[str], str | None]]] = {
    tables.IDENTITY.name: {"identity_number": normalise_number, "phone": normalise_phone},
    tables.CERTIFICATE_NUMBERS.name: {"number": normalise_number},
}
UNIQUE = {tables.IDENTITY.name: "identity_number", tables.CERTIFICATE_NUMBERS.name: "number"}
"""Sealed columns in which no two rows may agree. The database knows their hashes only, so its own rule says nothing of the rows."""
SHOWN = 20
"""Rows named for each rule."""
PEOPLE = frozenset({tables.IDENTITY.name, tables.WORKERS.name})
"""The tables that `check_people` holds against each other; it can only read them where they are sound."""


@dataclass(frozen=True)
class IdentityNotes:
    """What the identity numbers of a folder say beside what is recorded, and phones that are none; counts of people."""

    people: int = 0
    other_birth_month: int = 0
    other_sex: int = 0
    made_up_region: int = 0
    phones_left_out: int = 0


def tidied(table: Table, rows: pa.Table) -> pa.Table:
    """The rows with numbers and phones in the one form in which they are kept."""
    for name, tidy in TIDY.get(table.name, {}).items():
        values = [None if value is None else tidy(value) for value in rows.column(name).to_pylist()]
        rows = rows.set_column(rows.column_names.index(name), name, pa.chunked_array([values], rows.schema.field(name).type))
    return rows


def doubled(table: Table, rows: pa.Table) -> Iterator[Fault]:
    """Rows whose number another row has already; `rows` are tidied."""
    if name := UNIQUE.get(table.name):
        values = rows.column(name)
        for row in repeats(rows.select([name]))[:SHOWN]:
            number = values[int(row)].as_py()
            yield Fault(table.name, int(row) + 1, name, f"row {pc.index(values, number).as_py() + 1} has this number too: {masked(number)}")


def check_people(staged: Mapping[str, pa.Table], *, production: bool, synthetic: bool) -> tuple[IdentityNotes, list[Fault]]:
    """Where identity numbers and recorded facts differ, counted; and the numbers that cannot be.

    Numbers under a region that was never assigned belong to made-up people: refused in production. The other way round, a
    made-up person must not carry a number that could be somebody's.
    """
    rows = staged[tables.IDENTITY.name]
    workers = staged[tables.WORKERS.name].select(["worker_id", "birth_month", "sex"])
    known = workers.take(pc.index_in(rows.column("worker_id"), value_set=workers.column("worker_id")))
    found = check_numbers(rows.column("identity_number"), known.column("birth_month"), known.column("sex"))
    notes = IdentityNotes(rows.num_rows, int((~found.birth_agrees).sum()), int((~found.sex_agrees).sum()), int((~found.assigned).sum()))
    wrong = [(~found.valid, "not a resident identity number: length, date of birth or check digit")]
    if production:
        wrong.append((~found.assigned & found.valid, "its region was never assigned: a made-up person"))
    if synthetic:
        wrong.append((found.assigned & found.valid, "a made-up person with a number that could be somebody's"))
    return notes, [fault for mask, what in wrong for fault in _told(tables.IDENTITY, "identity_number", mask.nonzero()[0], what)]


def check_certificate_numbers(rows: pa.Table, *, production: bool, synthetic: bool) -> list[Fault]:
    """Made-up certificates stand under province 99: refused in production, and nothing else is accepted from a synthetic city."""
    made_up = is_made_up(rows.column("number"))
    faults: list[Fault] = []
    if production:
        faults += _told(tables.CERTIFICATE_NUMBERS, "number", made_up.nonzero()[0], "its province is 99: a made-up certificate")
    if synthetic:
        real = (~made_up).nonzero()[0]
        faults += _told(tables.CERTIFICATE_NUMBERS, "number", real, "a made-up certificate with a number that could be somebody's")
    return faults


def _told(table: Table, column: str, rows: Iterable[int], what: str) -> Iterator[Fault]:
    for row in list(rows)[:SHOWN]:
        yield Fault(table.name, int(row) + 1, column, what)
