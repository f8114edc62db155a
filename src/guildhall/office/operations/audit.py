"""The audit chain: one event beside every write and every reveal, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from guildhall.office.engine.chain import START, canonical, chained, plain, told
from guildhall.office.models import AuditEvent, ChainHead
from guildhall.web.viewer import Viewer

WRITERS = 0x6775696C64
"""The advisory lock on PostgreSQL that every writer of events shares until it commits, and that a seal holds alone."""


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

    `action` is `domain.verb`, such as `registry.reveal`. `details` holds no personal data: keys, counts, names of columns.
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
            "details": canonical(details or {}),
            "batch": batch,
        }
        previous = bytes(head.digest)
        digest = chained(previous, told(**fields))
        event = AuditEvent.objects.create(previous=previous, digest=digest, **fields)
        ChainHead.objects.filter(chain=subject).update(position=event.position, digest=digest)
    return event


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
