"""A workbook into a roster: the header found, each row read in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from guildhall.kernel.workbooks import Workbook
from guildhall.registry.engine.roster.rows import ColumnNote, Reference, Rejected, Repeated, Roster, RosterRow


@dataclass(frozen=True)
class OpenRoster:
    """A roster whose header is understood: iterate it for its rows one by one, in the order of the file, with little memory."""

    name: str
    sheet: str
    encoding: str
    header_row: int
    header: tuple[str, ...]
    columns: Mapping[str, str]
    column_notes: tuple[ColumnNote, ...]

    def __iter__(self) -> Iterator[RosterRow | Rejected | Repeated]:
        raise NotImplementedError


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
    holds it. Raises FaultsFound where no sheet has a header that names the required columns, and says what was found.
    """
    raise NotImplementedError


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
    raise NotImplementedError
