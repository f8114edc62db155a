"""Looks at somebody's record, written down: once a day for one who looks, however often the page is opened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from guildhall.office.models import AuditEvent
from guildhall.office.operations.audit import record
from guildhall.web.viewer import Viewer

VIEW = "registry.view"
"""What the registry calls a look at a record: whoever acts for the person looks as any officer does."""


def note_look(
    *, subject: str, action: str, by: Viewer, now: datetime, since: datetime, details: Mapping[str, object] | None = None
) -> bool:
    """Records that `by` looked, unless that is on record since `since` already; whether it was recorded.

    Looks in two roles, or for two people under mandates, are two looks. Of two that come at once both may be written: a look too
    many is no harm, a look that is missing would be.
    """
    same = AuditEvent.objects.filter(chain=subject, action=action, actor=by.name, role=by.role, on_behalf=by.on_behalf, at__gte=since)
    if same.exists():
        return False
    with transaction.atomic():
        record(subject=subject, action=action, by=by, now=now, details=details)
    return True


def note_acting(*, by: Viewer, now: datetime) -> bool:
    """Records, once a day, that somebody who acts under a mandate had the person's own pages on the screen."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return note_look(subject=by.on_behalf, action=VIEW, by=by, now=now, since=midnight)


def times(*, action: str, by: Viewer, since: datetime, most: int) -> int:
    """How often `by` has done something since a moment, counted up to `most`."""
    recent = AuditEvent.objects.filter(actor=by.name, action=action, at__gte=since)
    return recent.order_by("-event_id")[:most].count()
