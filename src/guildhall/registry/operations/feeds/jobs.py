"""Large files in the background: what the queue calls, and who asked for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone

from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.kernel.workbooks import Refused
from guildhall.office.models import Job
from guildhall.office.operations import work
from guildhall.registry.engine.roster import NotATable
from guildhall.registry.models import ImportBatch
from guildhall.registry.operations.feeds.applying import apply
from guildhall.registry.operations.feeds.bringing import note_broken, refuse_older, stage
from guildhall.registry.operations.feeds.foreseeing import foresee
from guildhall.registry.operations.feeds.reconciling import refuse_many, unsaid_now
from guildhall.registry.operations.imports.batches import confirm, lease, let_go
from guildhall.registry.operations.imports.staging import Progress
from guildhall.registry.queries.imports import Occupations, may_bring
from guildhall.web.viewer import Viewer

KIND = "feed"
AT_ONCE = 2_000
"""Rows that are applied while the person waits."""
AT_ONCE_BYTES = 400_000
"""A file of more bytes is read in the background."""


def check_later(*, batch: ImportBatch, by: Viewer, now: datetime) -> Job:
    """Queues the reading of a large file."""
    return work.enqueue(kind=KIND, key=f"check {batch.pk}", arguments={"step": "check", "batch": batch.pk, "by": _told(by)}, now=now)


def apply_later(*, batch: ImportBatch, by: Viewer, now: datetime, ends: int | None = None) -> Job:
    """Confirms a large file and queues its applying; `ends` as in `apply`. Raises as `apply` and `confirm` do.

    What would end goes by the comparison that was shown, unless the record has moved since.
    """
    may_bring(by, batch, timezone.localdate(now))
    assert batch.as_of is not None
    refuse_older(batch.kind, batch.as_of, correction=bool(batch.mapping.get("correction")))
    stands = batch.forecast.get("unsaid") == unsaid_now(batch)
    refuse_many(batch.forecast if stands else foresee(batch=batch, by=by, now=now), ends)
    confirm(batch=batch, by=by, now=now)
    return work.enqueue(kind=KIND, key=f"apply {batch.pk}", arguments={"step": "apply", "batch": batch.pk, "by": _told(by)}, now=now)


def run(
    *, arguments: Mapping[str, Any], by: Viewer, clock: Callable[[], datetime], progress: Progress, occupations: Callable[[], Occupations]
) -> None:
    """A job of KIND: reads or applies the file in the name of whoever asked, whose rights are looked at again."""
    batch = ImportBatch.objects.get(pk=arguments["batch"])
    asker = Viewer(**{**arguments["by"], "scopes": frozenset(arguments["by"]["scopes"])})
    try:
        if arguments["step"] == "check":
            read(batch=batch, occupations=occupations, by=asker, now=clock(), progress=progress)
        else:
            apply(batch=batch, by=asker, now=clock(), progress=progress)
    except AlreadyDone:
        pass  # the job was begun twice, and the other one ended first
    except (NotATable, Refused):
        pass  # the feed says that it is broken, and why


def read(
    *, batch: ImportBatch, occupations: Callable[[], Occupations], by: Viewer, now: datetime, progress: Progress | None = None
) -> ImportBatch:
    """A received file staged and compared. One that cannot be taken is discarded; where it cannot be read, its feed is broken."""
    token = lease(batch)
    try:
        staged = stage(batch=batch, occupations=occupations, by=by, now=now, progress=progress, token=token)
    except GuildhallError as error:
        if isinstance(error, AlreadyDone):
            raise
        let_go(batch, token)
        if isinstance(error, Refused | NotATable):
            note_broken(kind=batch.kind, error=error, now=now)
        raise
    foresee(batch=staged, by=by, now=now)
    return staged


def _told(by: Viewer) -> dict[str, Any]:
    return {**asdict(by), "scopes": sorted(by.scopes)}
