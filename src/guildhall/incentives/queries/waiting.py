"""What waits for a claims officer, counted by the door behind which it waits."""

from __future__ import annotations

from datetime import date

from guildhall.incentives.queries import claims, payments
from guildhall.kernel.errors import NotFound
from guildhall.web.navigation import Waiting
from guildhall.web.viewer import Viewer


def waiting(viewer: Viewer, today: date) -> dict[str, Waiting]:
    """Claims to review, to confirm and objected to, and claims to be paid, for a claims officer; nothing for others."""
    if viewer.role != "claims_officer":
        return {}
    try:
        counts = [claims.queue(viewer, today, work=work, size=1) for work in claims.WORKS]
        money = payments.waiting(viewer, today)
    except NotFound:
        return {}
    return {
        "claims_queue": Waiting(sum(found.waiting for found in counts), sum(found.overdue for found in counts)),
        "payments": Waiting(*money),
    }
