"""Looking at what a person's certificates are worth, which leaves a trace with that person."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from guildhall.office.operations.looks import note_look
from guildhall.registry.queries.merged import leader
from guildhall.web.viewer import Viewer

OPENED = "evaluation.open_recognition"


def note_recognition(*, worker_id: int, by: Viewer, now: datetime) -> None:
    """Records, once a day, that an officer looked at which titles a person may apply for. Call it once the person was seen."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    note_look(subject=f"worker:{leader(worker_id)}", action=OPENED, by=by, now=now, since=midnight)
