"""Proves the audit chain: every event against its chain, every seal against its key, and both against the copy outside."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from guildhall.office import outside
from guildhall.office.bulk import one_state
from guildhall.office.engine.chain import FIELDS, MOMENT, ROWS_DIGEST, SEPARATOR, batch_digest
from guildhall.office.engine.damage import Damage
from guildhall.office.engine.seals import Sealed, first_previous, opened_by, read_lines
from guildhall.office.engine.verification import Pass, Row, name_of
from guildhall.office.models import AuditEvent, Seal

PAGE_ROWS = 2_000
"""Few enough to stay in the processor's cache from the reading to the hashing."""
BEGUN = "office.begin_seal_copy"
"""The event with which a copy outside begins that replaces one that is gone."""
UNSEALED_FOR = timedelta(hours=2)
"""Seals are made every hour: where there is none after this, something keeps them away."""
Progress = Callable[[int, int], None]
"""Called with events seen and events in all."""
BatchProofs = Callable[[int], Iterable[tuple[str, bytes]] | None]
"""Gives subject and row digest of every row of a batch as they are kept now; None where the batch kept none."""
_COLUMNS = {
    # Concatenation keeps what stands behind a null character; printf, which is quicker, would hide it.
    "sqlite": {"at": "CASE length(at) WHEN 19 THEN at || '.000000' ELSE at END", "batch": "COALESCE(batch, '')"},
    "postgresql": {"at": "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')", "batch": "COALESCE(batch::text, '')"},
}
_TOLD = {vendor: f" || '{SEPARATOR}' || ".join(own.get(name, name) for name in FIELDS) for vendor, own in _COLUMNS.items()}
"""An event as `engine.chain.told` tells it, put together by the database."""
_TEXT = {"sqlite": "COALESCE(CAST({} AS blob), x'')", "postgresql": "convert_to({}, 'UTF8')"}
_DIGEST = {"sqlite": _TEXT["sqlite"], "postgresql": "{}"}
"""A column as bytes, also where an owner of a SQLite database has put a value of another type there."""


@dataclass(frozen=True)
class Verification:
    """What one pass over all events found.

    `events` in all, of which `unsealed` came after the last seal; `last` is that seal. `waiting` seals are not in the copy
    outside yet; `batches` counts those whose rows were held against their event. `file` is the copy, `key` the public key.
    """

    events: int
    unsealed: int
    seals: int
    last: Sealed | None
    waiting: int
    batches: int
    damages: tuple[Damage, ...]
    file: Path
    key: str

    @property
    def proven(self) -> bool:
        """Whether everything up to the last seal is as it was written."""
        return not self.damages

    def values(self) -> dict[str, Any]:
        """The same as plain values."""
        last = {"seal": self.last.seal, "at": self.last.at, "last_event": self.last.last_event} if self.last else None
        counts = {"events": self.events, "sealed": self.events - self.unsealed, "not_yet_sealed": self.unsealed, "seals": self.seals}
        told = {"batches": self.batches, "waiting_for_copy": self.waiting, "copy": str(self.file), "key": self.key}
        return {"proven": self.proven, **counts, "last_seal": last, **told, "damages": [damage.values() for damage in self.damages]}


def sealed_rows() -> list[Sealed]:
    """The seals in the database, in order."""
    return [sealed(row) for row in Seal.objects.order_by("seal_id")]


def sealed(row: Seal) -> Sealed:
    """A row as the values that are signed."""
    root, previous, digest, signature, heads = (bytes(part) for part in (row.root, row.previous, row.digest, row.signature, row.heads))
    return Sealed(row.seal_id, row.at.strftime(MOMENT), row.last_event, row.events, root, previous, digest, signature, heads)


def is_unsealed_for_long(now: datetime) -> bool:
    """Whether the first event of all is older than it may be without a seal."""
    first = AuditEvent.objects.order_by("event_id").first()
    return first is not None and first.at < now - UNSEALED_FOR


def verify(
    *, seals: Path | None = None, batch_proofs: BatchProofs | None = None, progress: Progress | None = None, now: datetime | None = None
) -> Verification:
    """One pass over every event. `seals` names a copy of the seals to believe instead of the one in the settings.

    The copy is believed before the database; within either, what the city's key has signed. `now` asks as well whether anything was
    sealed in time. Nothing is written.
    """
    file = seals or outside.path()
    with one_state():
        agreed = _Agreed(sealed_rows(), outside.lines(file))
        if now:
            agreed.ask_whether_sealed(now)
        done = Pass()
        _walk(done, agreed, _progress(progress))
        done.finish(_fetched(_heads(connection.vendor), []))
        counted = _check_batches(done, batch_proofs) if batch_proofs else 0
    unsealed = done.events - agreed.covered
    damages = tuple([*agreed.damages, *done.damages])
    return Verification(
        done.events, unsealed, len(agreed.seals), agreed.last, agreed.waiting, counted, damages, file, outside.signer().public.hex()
    )


def _progress(progress: Progress | None) -> Callable[[int], None]:
    total = AuditEvent.objects.count() if progress else 0
    return lambda done: progress(min(done, total), total) if progress else None


class _Agreed:
    """The seals to believe, each in its place, and what is wrong with the others."""

    def __init__(self, inside: list[Sealed], lines: list[str] | None) -> None:
        self.damages: list[Damage] = []
        self._inside = {seal.seal: seal for seal in inside}
        self._outside, odd = read_lines(lines or [])
        self._checker = outside.checker()
        if inside and not self._outside:
            said = "" if lines is None else "the file holds no seal; "
            self._tell("outside_missing", why=f"{said}without it nobody can see whether the end of the record was cut off")
        self._check_opening(lines or [])
        for line in odd:
            self._tell("outside", why=f"line {line} is not a seal of this chain")
        self.seals = [seal for number in range(1, self._newest() + 1) if (seal := self._choose(number))]
        self.waiting = sum(number not in self._outside for number in self._inside) if lines is not None else 0
        self.covered = 0
        self.last = self.seals[-1] if self.seals else None
        self._chain()

    def _tell(self, kind: str, seal: Sealed | None = None, why: str = "") -> None:
        self.damages.append(Damage(kind, event=seal.last_event if seal else 0, seal=seal.seal if seal else 0, why=why))

    def _check_opening(self, lines: list[str]) -> None:
        """A copy that was begun anew stands on an event that says why."""
        named = opened_by(lines[0]) if lines else None
        if named and not AuditEvent.objects.filter(pk=named[0], digest=named[1], action=BEGUN).exists():
            self._tell("outside", why=f"event {named[0]}, with which it says that it began, is not on record")

    def ask_whether_sealed(self, now: datetime) -> None:
        """Tells where nothing was ever sealed, though there was time: the seals of both places may have been removed."""
        if not self.seals and is_unsealed_for_long(now):
            first = AuditEvent.objects.order_by("event_id").values_list("event_id", flat=True).first() or 0
            self.damages.append(Damage("never_sealed", event=first))

    def _newest(self) -> int:
        return max([*self._inside, *self._outside], default=0)

    def kept(self, number: int) -> list[bytes]:
        """The lists of heads kept beside a seal, in either place."""
        return [seal.heads for seal in (self._outside.get(number), self._inside.get(number)) if seal]

    def _is_lost(self, seal: Sealed) -> bool:
        """Whether a seal stands outside only, after every one that stands in the database."""
        return seal.seal > max(self._inside, default=0)

    def close(self, done: Pass, seal: Sealed) -> None:
        """Closes a seal over what was taken; one that does not hold by itself only says where the next one begins."""
        if self._checker.fault(seal):
            done.skip()
            return
        if self._is_lost(seal) and not any(damage.kind == "cut" for damage in self.damages):
            self._tell_lost(done, seal)
        done.close(seal, self.kept(seal.seal))

    def _tell_lost(self, done: Pass, first: Sealed) -> None:
        """The database knows nothing of the newest seals: they were removed, or it was put back to an earlier state."""
        lost = [seal for seal in self.seals if seal.seal >= first.seal]
        told = f"seals {first.seal} to {lost[-1].seal} stand" if len(lost) > 1 else f"seal {first.seal} stands"
        if done.fits(first) and len(lost) == 1:
            self._tell("seal_missing", first, "it stands in the copy outside")
        else:
            why = f"{told} in the copy outside only, for {sum(seal.events for seal in lost)} events up to event {lost[-1].last_event}"
            self.damages.append(Damage("cut", event=done.last_event, seal=first.seal, why=why))

    def _choose(self, number: int) -> Sealed | None:
        """The seal of a number: that of the copy if it holds by itself, otherwise that of the database."""
        ours, copy = self._inside.get(number), self._outside.get(number)
        if ours is None and copy is None:
            self.damages.append(Damage("seal_missing", seal=number, why="nor does it stand in the copy outside"))
            return None
        chosen = copy if copy and not self._checker.fault(copy) else ours or copy
        assert chosen
        if fault := self._checker.fault(chosen):
            self._tell("seal", chosen, fault)
        elif ours and copy and ours != copy and chosen is copy:
            self._tell("seal_rewritten", ours, f"the copy outside holds another, {self._checker.fault(ours) or 'both of them signed'}")
        elif ours and copy and ours != copy:
            self._tell("outside", copy, f"seal {number} differs from the database: {self._checker.fault(copy)}")
        elif ours is None and not self._is_lost(chosen):
            self._tell("seal_missing", chosen, "it stands in the copy outside")
        elif copy is None and number < max(self._outside, default=0):
            self._tell("outside", chosen, f"seal {number} was removed from it")
        return chosen

    def _chain(self) -> None:
        """Holds each seal against the one before it."""
        before, event = first_previous(), 0
        for seal in self.seals:
            if seal.previous != before and not any(damage.seal == seal.seal for damage in self.damages):
                self._tell("seal_rewritten", seal, f"it does not follow seal {seal.seal - 1}")
            if seal.last_event < event and not any(damage.seal == seal.seal for damage in self.damages):
                self._tell("seal", seal, "it ends before the seal before it")
            before, event = seal.digest, max(event, seal.last_event)


def _walk(done: Pass, agreed: _Agreed, tell: Callable[[int], None]) -> None:
    """Takes all events, closing each seal where it ends."""
    pages = _Pages()
    for seal in agreed.seals:
        for rows in pages.up_to(seal.last_event):
            done.take(rows)
            tell(done.events)
        agreed.close(done, seal)
    agreed.covered = done.events
    for rows in pages.up_to(None):
        done.take(rows)
        tell(done.events)


def _events(vendor: str) -> str:
    """The statement that reads a page of events."""
    text, digest = _TEXT[vendor].format, _DIGEST[vendor].format
    columns = ["event_id", text("chain"), "CAST(position AS bigint)", text(_TOLD[vendor]), digest("previous"), digest("digest")]
    return f"SELECT {', '.join(columns)} FROM office_auditevent WHERE event_id > %s ORDER BY event_id LIMIT %s"  # noqa: S608  # our own names


def _heads(vendor: str) -> str:
    """The statement that reads the end of every chain, as the writers keep it."""
    columns = [_TEXT[vendor].format("chain"), "CAST(position AS bigint)", _DIGEST[vendor].format("digest")]
    return f"SELECT {', '.join(columns)} FROM office_chainhead"  # noqa: S608  # our own names


class _Pages:
    """Events in the order of their keys, a page at a time."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._after = -(2**63)

    def up_to(self, last: int | None) -> Iterator[list[Row]]:
        """The events not given yet, as far as the key `last`, or all of them."""
        while rows := self._rows or self._next():
            cut = len(rows) if last is None or rows[-1][0] <= last else bisect_right(rows, last, key=lambda row: row[0])
            self._rows = rows[cut:]
            if cut:
                yield rows[:cut] if self._rows else rows
            if self._rows:
                return

    def _next(self) -> list[Row]:
        found: list[Row] = _fetched(_events(connection.vendor), [self._after, PAGE_ROWS])
        self._after = found[-1][0] if found else self._after
        return found


def _fetched(statement: str, values: list[int]) -> list[Any]:
    """Rows with every text in UTF-8. SQLite gives it so, which also spares it the question whether it is text at all."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        before, connection.connection.text_factory = connection.connection.text_factory, bytes
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            rows: list[Any] = cursor.fetchall()
    finally:
        if connection.vendor == "sqlite":
            connection.connection.text_factory = before
    return rows


def _check_batches(done: Pass, proofs: BatchProofs) -> int:
    """Holds the rows of each batch against the event that vouches for them; the number of batches that keep any."""
    counted = 0
    for event, chain, position, told in done.batches:
        fields = told.decode(errors="replace").split(SEPARATOR)
        details, batch = fields[FIELDS.index("details")], fields[FIELDS.index("batch")]
        rows = proofs(int(batch)) if batch.isdecimal() else None
        if rows is not None:
            counted += 1
            if batch_digest(rows).hex() != _vouched(details):
                done.damages.append(Damage("batch", name_of(chain), position, event, why=f"batch {batch}"))
    return counted


def _vouched(details: str) -> str:
    """The digest over its rows that an event holds."""
    try:
        return str(json.loads(details)[ROWS_DIGEST])
    except (ValueError, KeyError, TypeError):
        return ""
