"""When an employer last asked its staff whether it may know for whom it can claim."""

from __future__ import annotations

from datetime import datetime, timedelta

from guildhall.office.models import AuditEvent
from guildhall.web.viewer import Viewer

EVERY = timedelta(days=180)
"""How often an employer may ask its staff."""


def asked_staff_at(viewer: Viewer) -> datetime | None:
    """The moment in which the viewer's organisation last asked its staff; None where it never did."""
    found = AuditEvent.objects.filter(chain=f"organisation:{viewer.organisation}", action="incentives.ask_staff").order_by("-at")
    return found.values_list("at", flat=True).first()
