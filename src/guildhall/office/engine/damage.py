"""What can be wrong with the audit chain, in words that name the chain, the position, the event and the seal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

KINDS = {
    "changed": "event {event}, {place}, was changed after it was written",
    "deleted": "{place} was deleted: event {event} comes after it and the chain has no other at that place",
    "inserted": "event {event}, {place}, was inserted",
    "reordered": "event {event}, {place}, was put out of order",
    "truncated": "the end was cut off: {place} is missing",
    "rewritten": "event {event}, {place}, was written anew",
    "cut": "the end of the whole record was cut off after event {event}",
    "removed": "the chain {chain} was removed whole",
    "head": "the head of {place} was changed",
    "seal": "seal {seal} was changed",
    "seal_missing": "seal {seal} was removed from the database",
    "seal_rewritten": "seal {seal} was written anew",
    "unsealed": "seal {seal} does not fit the events it stands for",
    "outside": "the copy outside the database was changed",
    "outside_missing": "the copy outside the database is missing",
    "batch": "the rows of a batch were changed: event {event}, {place}, vouches for others",
}
"""The kinds of damage, and how each is told."""


@dataclass(frozen=True)
class Damage:
    """One thing wrong. `event` is a key of the events table, `position` a place in the chain, 0 where there is none to name."""

    kind: str
    chain: str = ""
    position: int = 0
    event: int = 0
    seal: int = 0
    why: str = ""

    @property
    def place(self) -> str:
        """`worker:17 #3`."""
        return f"{self.chain} #{self.position}" if self.position else self.chain

    def __str__(self) -> str:
        told = KINDS[self.kind].format(event=self.event, place=self.place, chain=self.chain, seal=self.seal)
        return f"{told} ({self.why})" if self.why else told

    def values(self) -> dict[str, Any]:
        """Everything it names, and the words."""
        return {**asdict(self), "what": str(self)}
