"""Large files in the background: what the queue calls, and who asked for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone

from guildhall.kernel.errors import AlreadyDone
from guildhall.kernel.workbooks import Refused
from guildhall.office.models import Job
from guildhall.office.operations import work
from guildhall.registry.engine.roster import NotATable
from guildhall.registry.models import ImportBatch
from guildhall.registry.operations.imports.applying import apply
from guildhall.registry.operations.imports.batches import confirm
from guildhall.registry.operations.imports.foreseeing import foresee
from guildhall.registry.operations.imports.staging import Progress, stage
from guildhall.registry.queries.imports import Occupations, owner
from guildhall.web.viewer import Viewer

KIND = "import"
AT_ONCE = 2_000
"""Rows that are read or applied while the person waits."""


def check_later(*, batch: ImportBatch, by: Viewer, now: datetime) -> Job:
    """Queues the reading of a large file."""
    return work.enqueue(kind=KIND, key=f"check {batch.pk}", arguments={"step": "check", "batch": batch.pk, "by": _told(by)}, now=now)


def apply_later(*, batch: ImportBatch, by: Viewer, now: datetime) -> Job:
    """Confirms a large file and queues its applying, anew where that stopped. Raises as `confirm` does for one that is finished."""
    owner(by, batch.organisation_id or 0, timezone.localdate(now))
    if not ImportBatch.objects.filter(pk=batch.pk, state="applying").exists():
        confirm(batch=batch, by=by, now=now)
    return work.enqueue(kind=KIND, key=f"apply {batch.pk}", arguments={"step": "apply", "batch": batch.pk, "by": _told(by)}, now=now)


def run(
    *, arguments: Mapping[str, Any], by: Viewer, clock: Callable[[], datetime], progress: Progress, occupations: Callable[[], Occupations]
) -> None:
    """A job of KIND: reads or applies the file in the name of whoever asked, whose rights are looked at again."""
    batch, asker = ImportBatch.objects.get(pk=arguments["batch"]), _asker(arguments["by"])
    try:
        if arguments["step"] == "check":
            checked = stage(batch=batch, occupations=occupations, by=asker, now=clock(), progress=progress)
            foresee(batch=checked, by=asker, now=clock(), progress=progress)
        else:
            apply(batch=batch, by=asker, now=clock(), progress=progress)
    except AlreadyDone:
        pass  # the job was begun twice, and the other one ended first
    except (NotATable, Refused) as unfit:
        said = {language: " ".join(unfit.said(language)) for language in ("zh", "en")}
        ImportBatch.objects.filter(pk=batch.pk, state="received").update(failure=json.dumps(said, ensure_ascii=False))


def _told(by: Viewer) -> dict[str, Any]:
    return {**asdict(by), "scopes": sorted(by.scopes)}


def _asker(told: Mapping[str, Any]) -> Viewer:
    return Viewer(**{**told, "scopes": frozenset(told["scopes"])})
