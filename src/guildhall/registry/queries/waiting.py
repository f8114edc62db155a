"""What waits for a viewer in the registry, counted by the door behind which it waits."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

from guildhall.kernel.errors import NotFound
from guildhall.office.queries.accounts import MANAGERS, roles_asked
from guildhall.registry.queries import corrections, duplicates
from guildhall.registry.queries.scope import jurisdiction
from guildhall.web.navigation import Waiting
from guildhall.web.viewer import Viewer


def waiting(viewer: Viewer, today: date) -> dict[str, Waiting]:
    """Correction requests to answer and pairs to decide, for whoever keeps records; roles to confirm, for administrators."""
    if viewer.role in MANAGERS:
        morning = datetime.combine(today, time(), timezone.get_current_timezone())
        roles = roles_asked(viewer, jurisdiction(viewer, today), morning)
        return {"accounts": Waiting(sum(one.asked_by_id != viewer.account for one in roles))}
    try:
        asked, pairs = corrections.queue(viewer, today, size=1), duplicates.queue(viewer, today, size=1)
    except NotFound:
        return {}
    return {"corrections": Waiting(asked.open, asked.overdue), "duplicates": Waiting(pairs.waiting)}
