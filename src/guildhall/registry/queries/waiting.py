"""What waits for a viewer in the registry, counted by the door behind which it waits."""

from __future__ import annotations

from datetime import date

from guildhall.kernel.errors import NotFound
from guildhall.registry.queries import corrections, duplicates
from guildhall.web.navigation import Waiting
from guildhall.web.viewer import Viewer


def waiting(viewer: Viewer, today: date) -> dict[str, Waiting]:
    """Correction requests to answer and pairs to decide, for whoever keeps records; nothing for others."""
    try:
        asked, pairs = corrections.queue(viewer, today, size=1), duplicates.queue(viewer, today, size=1)
    except NotFound:
        return {}
    return {"corrections": Waiting(asked.open, asked.overdue), "duplicates": Waiting(pairs.waiting)}
