"""The audit chain: one event beside every write and every reveal, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from guildhall.office.engine.chain import START, canonical, event_digest
from guildhall.office.models import AuditEvent, ChainHead
from guildhall.web.viewer import Viewer


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

    `action` is `domain.verb`, such as `registry.reveal_identity`. `details` holds no personal data: keys, counts, names of columns.
    """
    with transaction.atomic():
        head, _ = ChainHead.objects.get_or_create(chain=subject, defaults={"position": 0, "digest": START})
        head = ChainHead.objects.select_for_update().get(chain=subject)
        fields: dict[str, Any] = {
            "chain": subject,
            "position": head.position + 1,
            "at": now,
            "actor": by.name,
            "role": by.role,
            "on_behalf": by.on_behalf,
            "action": action,
            "reason": reason,
            "details": canonical(details or {}),
            "batch": batch,
            "previous": bytes(head.digest),
        }
        digest = event_digest(**fields)
        event = AuditEvent.objects.create(digest=digest, **fields)
        ChainHead.objects.filter(chain=subject).update(position=head.position + 1, digest=digest)
    return event
