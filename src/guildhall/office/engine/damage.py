"""What can be wrong with the audit chain, in words that name the chain, the position, the event and the seal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from guildhall.kernel.tables import Text

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
    "never_sealed": "nothing was ever sealed, though event {event} was written more than two hours ago",
    "batch": "the rows of a batch were changed: event {event}, {place}, vouches for others",
}
"""The kinds of damage, and how each is told."""
WORDS = {
    "changed": Text("有事件被修改", "An event was changed"),
    "deleted": Text("有事件被删除", "An event was deleted"),
    "inserted": Text("有事件被插入", "An event was inserted"),
    "reordered": Text("事件次序被打乱", "Events were put out of order"),
    "truncated": Text("一条链的末尾被截断", "The end of a chain was cut off"),
    "cut": Text("整个记录的末尾被截断", "The end of the whole record was cut off"),
    "removed": Text("一条链被整条删除", "A chain was removed whole"),
    "rewritten": Text("事件被改写", "Events were written anew"),
    "head": Text("链头被修改", "The head of a chain was changed"),
    "seal": Text("封印被修改", "A seal was changed"),
    "seal_missing": Text("封印被删除", "A seal was removed"),
    "seal_rewritten": Text("封印被改写", "A seal was written anew"),
    "unsealed": Text("封印与事件不符", "A seal does not fit its events"),
    "outside": Text("封印的库外副本被修改", "The copy of the seals was changed"),
    "outside_missing": Text("封印的库外副本不见了", "The copy of the seals is missing"),
    "never_sealed": Text("从未封印", "Nothing was ever sealed"),
    "batch": Text("一次导入的行被修改", "The rows of an import were changed"),
}
"""The same in a few words, for auditors, in both languages."""


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
