"""The audit chain: one event beside every write and every reveal, in the same transaction; seals over all of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.office import outside
from guildhall.office.engine.chain import START, canonical, chained, plain, told
from guildhall.office.engine.seals import Sealed, first_previous, opening
from guildhall.office.models import AuditCheck, AuditEvent, ChainHead, Seal
from guildhall.office.operations.reasons import no_personal_data
from guildhall.office.queries.verification import BEGUN, Verification, is_unsealed_for_long, sealed
from guildhall.web.viewer import Viewer

WRITERS = 0x6775696C64
"""The advisory lock on PostgreSQL that every writer of events shares until it commits, and that a seal holds alone."""
MOST_KEPT = 200
"""Damages that a check writes down; more are counted."""


def record(
    *,
    subject: str,
    action: str,
    by: Viewer,
    now: datetime,
    reason: str = "",
    details: Mapping[str, object] | None = None,
    batch: int | None = None,
) -> AuditEvent:
    """Adds an event to the chain of `subject`: `worker:17`, `organisation:5`, `account:3`, `registry`. Call it beside the write.

    `action` is `domain.verb`, such as `registry.reveal`. `details` holds no personal data: keys, counts, names of columns. Where
    someone acts for a person, the event names both, and the mandate among the details.
    `batch` names the import that brought the subject in: give it with the first event of a subject's own chain, so that the
    chain leads back to the one event of that import; a bulk event gives its own import.

    The head of the chain stays locked until the caller's transaction ends, so events of one chain are written one at a time.
    """
    with transaction.atomic():
        _among_writers()
        head = _locked_head(subject)
        fields: dict[str, Any] = {
            "chain": subject,
            "position": head.position + 1,
            "at": now,
            "actor": by.name,
            "role": by.role,
            "on_behalf": by.on_behalf,
            "action": action,
            "reason": plain(reason),
            "details": canonical({**({"mandate": by.mandate} if by.mandate else {}), **(details or {})}),
            "batch": batch,
        }
        previous = bytes(head.digest)
        digest = chained(previous, told(**fields))
        event = AuditEvent.objects.create(previous=previous, digest=digest, **fields)
        ChainHead.objects.filter(chain=subject).update(position=event.position, digest=digest)
    return event


def wait_in_line(by: Viewer) -> None:
    """Locks the actor's own chain until the caller's transaction ends: call it before counting what somebody may do so often.

    Many requests at once are then counted one after the other. It comes before any other chain is written to.
    """
    _among_writers()
    _locked_head(by.name)


def _among_writers() -> None:
    """Holds off seals until this transaction ends. On SQLite a transaction that writes is alone in any case.

    PostgreSQL gives out keys of events before they are committed: a seal must not pass over one that is still on its way.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [WRITERS])


def _locked_head(subject: str) -> ChainHead:
    """The head of a chain, locked; a new chain begins at 0. Of two that begin one at once, the second waits for the first."""
    heads = ChainHead.objects.select_for_update()
    head = heads.filter(chain=subject).first()
    if head is None:
        ChainHead.objects.bulk_create([ChainHead(chain=subject, position=0, digest=START)], ignore_conflicts=True)
        head = heads.get(chain=subject)
    return head


def seal(*, now: datetime) -> Seal:
    """A seal over every event up to now: in the database, and when that is committed, in the copy outside it.

    Whatever a crash kept from the copy is added to it first. The first seal of all begins the copy. Raises AlreadyDone where nothing
    was recorded since the last seal, GuildhallError where the copy holds seals that the database does not know, or is gone.
    """
    made = _seal(now)
    transaction.on_commit(bring_outside)
    if made is None:
        raise AlreadyDone("Nothing was recorded since the last seal")
    return made


def begin_copy(*, reason: str, by: Viewer, now: datetime) -> Seal:
    """A new copy outside in the place of one that is gone, and a seal over all up to now: why that was done is an event.

    The first line of the file names that event; the auditor compares what follows with the copies taken away before. Raises
    GuildhallError without a reason, and AlreadyDone where the copy is there.
    """
    if not reason.strip():
        raise GuildhallError("There is no reason given", next="say in a few words why the copy of the seals is begun anew")
    no_personal_data(reason)
    with transaction.atomic():
        _alone_among_writers()
        if _newest_outside():
            raise AlreadyDone(f"The copy of the seals is there: {outside.path()}", next="where it has to go, move it aside first")
        details = {"seals": Seal.objects.count()}
        event = record(subject="audit", action=BEGUN, by=by, now=now, reason=reason.strip(), details=details)
        made = _seal(now, begun=True)
        assert made
        transaction.on_commit(partial(bring_outside, begun=event))
    return made


@transaction.atomic
def _seal(now: datetime, *, begun: bool = False) -> Seal | None:
    _alone_among_writers()
    last = Seal.objects.order_by("-seal_id").first()
    if not begun:
        _refuse_without_the_copy(last, now)
    _refuse_behind_the_copy()
    heads, events, last_event = _grown(last.last_event if last else 0)
    if not events:
        return None
    previous = bytes(last.digest) if last else first_previous()
    number = last.seal_id + 1 if last else 1
    made = outside.signer().seal(number=number, at=now, last_event=last_event, events=events, heads=heads, previous=previous)
    parts = {"root": made.root, "heads": made.heads, "previous": previous, "digest": made.digest, "signature": made.signature}
    return Seal.objects.create(seal_id=number, at=now, last_event=last_event, events=events, **parts)


def _alone_among_writers() -> None:
    """Waits until every transaction that wrote events has ended, and keeps others waiting until this one has."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS])


def _grown(after: int) -> tuple[dict[str, tuple[int, bytes]], int, int]:
    """The ends of the chains that grew after an event, the number of their new events, and the last one's key."""
    heads: dict[str, tuple[int, bytes]] = {}
    events = 0
    rows = AuditEvent.objects.filter(event_id__gt=after).order_by("event_id").values_list("event_id", "chain", "position", "digest")
    for event, chain, position, digest in rows.iterator(chunk_size=10_000):
        heads[chain] = (position, bytes(digest))
        events, after = events + 1, event
    return heads, events, after


def _refuse_without_the_copy(last: Seal | None, now: datetime) -> None:
    """A copy that is gone is not made again in silence: whoever cuts the record off would only have to remove it.

    Where nothing was ever sealed the copy is begun, an empty file before the first seal is committed, so that a crash between the two
    is no loss. In production that is soon after the first event.
    """
    if last is None and (settings.DEMONSTRATION or not is_unsealed_for_long(now)):
        with outside.opened():
            return
    if _newest_outside() or last and _is_just_begun(last):
        return
    raise GuildhallError(
        "The copy of the seals outside the database is gone",
        why=f"{outside.path()} holds no seal, and the record was begun before; whoever cuts its end off would remove the copy too",
        next="look for it and put it back; otherwise `guildhall audit seal --new-copy REASON` begins a new one, which is an event",
    )


def _is_just_begun(last: Seal) -> bool:
    """Whether a crash may have kept the very first seal from its file."""
    return last.seal_id == 1 and outside.path().exists() and not outside.path().stat().st_size


def _newest_outside() -> Sealed | None:
    if not outside.path().exists():
        return None
    with outside.opened() as copy:
        return copy.last()


def _refuse_behind_the_copy() -> None:
    """A database that was put back, or in which seals were written anew, is not sealed as if nothing had happened."""
    newest = _newest_outside()
    if newest and not Seal.objects.filter(seal_id=newest.seal, digest=newest.digest).exists():
        raise GuildhallError(
            f"The copy of the seals holds a seal {newest.seal} that the database does not know",
            why=f"the end of the database was cut off or written anew, or a backup was put back; the copy is {outside.path()}",
            next="run `guildhall audit verify`; if a backup was put back on purpose, keep the copy, move it aside, and begin a new one "
            "with `guildhall audit seal --new-copy REASON`",
        )


def bring_outside(*, begun: AuditEvent | None = None) -> int:
    """Adds to the copy outside every seal of the database that it lacks, and gives their number; `begun` is why it is a new copy.

    The database must be on the disk before: a copy that is ahead of it would look like an end cut off.
    """
    _keep_committed()
    with outside.opened() as copy:
        newest = copy.last()
        missing = Seal.objects.filter(seal_id__gt=newest.seal if newest else 0).order_by("seal_id")
        found = [sealed(row) for row in missing]
        if found:
            copy.append(found, opening(begun.pk, bytes(begun.digest)) if begun else "")
    return len(found)


def _keep_committed() -> None:
    """Lets everything committed so far survive a power cut. PostgreSQL has seen to that by itself.

    With `synchronous=NORMAL` SQLite leaves its log to the operating system; a sync of that file is all that FULL would add.
    """
    if connection.vendor == "sqlite":
        log = Path(f"{connection.settings_dict['NAME']}-wal")
        if log.exists():
            with log.open("rb") as file:
                os.fsync(file.fileno())


def note_check(*, found: Verification, by: Viewer, now: datetime, seconds: float) -> AuditCheck:
    """Keeps what a verification found, for the auditor's page. That is no event: a check leaves the chain as it is."""
    return AuditCheck.objects.create(
        at=now,
        by=by.name,
        events=found.events,
        unsealed=found.unsealed,
        last_seal=found.last.seal if found.last else 0,
        sealed_at=found.last.moment if found.last else None,
        damages=[damage.values() for damage in found.damages[:MOST_KEPT]],
        seconds=seconds,
    )


def note_export(*, asked: Mapping[str, str], by: Viewer, now: datetime) -> AuditEvent:
    """The event of a download of events; it stands in a chain of its own and holds what was asked for."""
    return record(subject="audit", action="office.export_events", by=by, now=now, details=asked)
