"""A whole city into the database: every domain's tables, from one folder, in one order."""

from __future__ import annotations

from datetime import datetime

from guildhall.incentives import operations as incentives
from guildhall.kernel.runs import Folder
from guildhall.office import bulk
from guildhall.registry import operations as registry
from guildhall.registry.operations import LoadReport, Progress
from guildhall.skills import operations as skills
from guildhall.web.viewer import Viewer

BINDINGS = (*skills.BINDINGS, *registry.BINDINGS, *incentives.BINDINGS)


def load_city(
    folder: Folder, *, mode: str, by: Viewer, now: datetime, progress: Progress | None = None, replace: bool = False
) -> LoadReport:
    """Loads a city build; `mode` is `demonstration` or `production`, `replace` (demonstration only) clears first."""
    report = registry.load_folder(folder, BINDINGS, mode=mode, by=by, now=now, progress=progress, replace=replace)
    bulk.gather_statistics()
    return report


def abandon_city(*, by: Viewer, now: datetime) -> int:
    """Removes the rows of a load that was not finished; their number, 0 where every load is finished."""
    return registry.abandon_load(BINDINGS, by=by, now=now)
