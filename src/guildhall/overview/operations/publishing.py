"""Makes computed figures the ones that pages and API show: nothing else is shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from guildhall.kernel.errors import AlreadyDone
from guildhall.kernel.runs import Folder, Run, write_text
from guildhall.office.operations.audit import record
from guildhall.overview.operations import CURRENT, shown
from guildhall.web.viewer import Viewer


def publish(*, var: Path, snapshot: Folder, figures: Run, by: Viewer, now: datetime) -> None:
    """Makes this snapshot and run the ones that are shown, in one step. Raises AlreadyDone where they are.

    The event comes first: a kill between the two leaves it to be done again, never a figure that nobody published.
    """
    file, wanted = var / CURRENT, shown(snapshot=snapshot, figures=figures)
    if file.exists() and file.read_text(encoding="utf-8") == wanted:
        raise AlreadyDone("These figures are already shown")
    details = {"snapshot": snapshot.manifest.id, "run": figures.id}
    record(subject="figures", action="overview.publish", by=by, now=now, details=details)
    write_text(file, wanted)
