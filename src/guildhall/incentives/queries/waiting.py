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
        counts = claims.counts(viewer, today)
        money = payments.waiting(viewer, today)
    except NotFound:
        return {}
    return {
        "claims_queue": Waiting(sum(n for n, _late in counts.values()), sum(late for _n, late in counts.values())),
        "payments": Waiting(*money),
    }
