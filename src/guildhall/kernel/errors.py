"""Errors a person can act on, kept apart from bugs: each says what happened, why, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class GuildhallError(Exception):
    """Something a user can mend. Shown without a traceback; anything else that escapes is a bug."""

    def __init__(self, what: str, *, why: str = "", next: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next = next

    def __str__(self) -> str:
        parts = [self.what]
        if self.why:
            parts.append(f"Why: {self.why}")
        if self.next:
            parts.append(f"Next: {self.next}")
        return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: where it stands, what it is, and how to put it right.

    `row` counts lines as a spreadsheet does (the header is row 1); 0 means the file as a whole.
    """

    file: str
    row: int
    column: str
    what: str
    next: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.row:
            place += f", row {self.row}"
        if self.column:
            place += f", column {self.column}"
        return f"{place}: {self.what}" + (f" — {self.next}" if self.next else "")


class FaultsFound(GuildhallError):
    """A file or folder has faults; carries all of them, not only the first."""

    def __init__(self, what: str, faults: Iterable[Fault], *, next: str = "") -> None:
        self.faults: Sequence[Fault] = tuple(faults)
        shown = [str(fault) for fault in self.faults[:20]]
        if len(self.faults) > len(shown):
            shown.append(f"… and {len(self.faults) - len(shown)} more")
        super().__init__(what, why="\n  ".join(["", *shown]), next=next)


class NotFound(GuildhallError):
    """The named thing does not exist, or the caller may not know that it does."""


class AlreadyDone(GuildhallError):
    """The request asks for a state that already holds; nothing was written."""
