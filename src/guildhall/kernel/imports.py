"""What every import of a CSV file says of its rows: why one cannot be accepted, and the report at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from guildhall.kernel.errors import Fault
from guildhall.kernel.sheets import ImportReport, Row, Sheet

LONGEST_NAME = 200
"""Characters. A longer name is a column gone astray, and more than an index of PostgreSQL is sure to hold."""


class Odd(Exception):  # noqa: N818  # an oddity of a row, not an error of the program
    """A row that cannot be accepted: the column, the reason and what to do."""

    def __init__(self, column: str, what: str, next: str = "") -> None:
        super().__init__(what)
        self.column, self.what, self.next = column, what, next

    def fault(self, sheet: Sheet, row: Row) -> Fault:
        return Fault(sheet.name, row.number, self.column, self.what, self.next)


def name_in(row: Row, column: str = "name") -> str:
    """The name a row gives. Raises Odd where it gives none, or something too long to be one."""
    name = row.cells[column]
    if not name:
        raise Odd(column, "no name")
    if len(name) > LONGEST_NAME:
        raise Odd(column, f"{len(name)} characters are too many for a name", f"{LONGEST_NAME} at most")
    return name


def report(
    sheet: Sheet,
    outcomes: Mapping[str, int],
    *,
    by: str,
    now: datetime,
    repeated: int,
    faults: tuple[Fault, ...],
    notes: Iterable[Fault],
    remarks: Iterable[str],
) -> ImportReport:
    """What an import did; `outcomes` counts rows `accepted`, `changed` and `unchanged`, and `repeated` rows count as unchanged."""
    return ImportReport(
        name=sheet.name,
        encoding=sheet.encoding,
        by=by,
        at=now,
        read=sheet.read,
        accepted=outcomes.get("accepted", 0),
        changed=outcomes.get("changed", 0),
        unchanged=outcomes.get("unchanged", 0) + repeated,
        rejected=len(faults),
        faults=faults,
        notes=tuple(notes),
        remarks=tuple(remarks),
    )
