"""Staged rows of a feed into the registry, chunk by chunk with the checkpoint in each; then what the file no longer says ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone
from guildhall.office import bulk
from guildhall.office.engine.chain import ROWS_DIGEST, batch_digest
from guildhall.office.operations import audit
from guildhall.office.operations.work import enqueue
from guildhall.registry.engine.cells.findings import Rejected
from guildhall.registry.engine.feeds.decisions import Rules, StagedRow
from guildhall.registry.models import Certificate, Feed, ImportBatch, ImportChunk, RejectedRow, refuse_unfinished
from guildhall.registry.models.staged import open_columns, pack
from guildhall.registry.operations.doubts import confirm_by_insurance
from guildhall.registry.operations.feeds.bringing import refuse_older
from guildhall.registry.operations.feeds.deciding import Hashed, planned, recorded, rules_of, write
from guildhall.registry.operations.feeds.foreseeing import foresee
from guildhall.registry.operations.feeds.reconciling import end_unsaid, ends_unsaid, reconciled, refuse_many
from guildhall.registry.operations.imports.applying import another, attempts, move, waiting
from guildhall.registry.operations.imports.batches import confirm, subject
from guildhall.registry.operations.imports.staging import Progress, rejected_row
from guildhall.registry.queries.feeds import Cells
from guildhall.registry.queries.imports import batch_proof, may_bring
from guildhall.web.viewer import Viewer


@dataclass(frozen=True)
class Applying:
    """A file while it is applied, and all that holds for each of its chunks."""

    batch: ImportBatch
    rules: Rules
    cells: Cells
    by: Viewer
    now: datetime


def apply(*, batch: ImportBatch, by: Viewer, now: datetime, ends: int | None = None, progress: Progress | None = None) -> ImportBatch:
    """Applies a staged file of another authority, or goes on with one that was stopped; the batch as it then stands.

    `ends` confirms how much on record ends because the file no longer says it. Raises NotFound where `by` may not bring such files,
    AlreadyDone where it is finished, ManyEnd where much would end and `ends` is not that number, GuildhallError where a newer file came
    in since it was staged, or another worker is applying it.
    """
    refuse_unfinished()
    may_bring(by, batch, timezone.localdate(now))
    batch.refresh_from_db()
    if batch.state in ("done", "abandoned"):
        raise AlreadyDone(_("This import is finished"))
    if batch.state != "applying":
        assert batch.as_of is not None
        refuse_older(batch.kind, batch.as_of, correction=bool(batch.mapping.get("correction")))
        if ends is not None or ends_unsaid(batch, older=rules_of(batch).older):
            refuse_many(foresee(batch=batch, by=by, now=now), ends)
        batch = confirm(batch=batch, by=by, now=now)
    work = Applying(batch, rules_of(batch), Cells(batch), by, now)
    with bulk.roomy():
        for chunk in waiting(batch):
            done = attempts(partial(_apply_chunk, work, chunk, Hashed.of(list(map(StagedRow._make, open_columns(chunk))))))
            if progress:
                progress(done, batch.rows)
    if ends_unsaid(batch, older=work.rules.older):
        end_unsaid(batch=batch, now=now)
    return _finish(work)


def _apply_chunk(work: Applying, chunk: ImportChunk, hashed: Hashed) -> int:
    """Applies one chunk, erases its rows and moves the checkpoint past it, all or nothing; rows decided so far."""
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=work.batch.pk)
        if held.state != "applying" or not ImportChunk.objects.filter(pk=chunk.pk, content_sealed__isnull=False).exists():
            raise another()
        known = recorded(hashed, held.kind, lock=True)
        plan = planned(hashed, known, work.rules, held.mapping["columns"], _new_keys(hashed, known.holders))
        write(plan, held, work.rules, work.now)
        rows = [rejected_row(held.pk, Rejected(row.number, faults, work.cells.again(row))) for row, faults in plan.rejected]
        RejectedRow.objects.bulk_create(rows, batch_size=500)
        ImportChunk.objects.filter(pk=chunk.pk).update(content_sealed=None, outcomes=pack(plan.outcomes))
        held.forecast = {**held.forecast, "only_there": held.forecast.get("only_there", 0) + plan.only_there}
        held.save(update_fields=["forecast"])
        move(held, plan.counts())
    return held.position + chunk.rows


def _new_keys(hashed: Hashed, known: dict[bytes, int]) -> Iterator[int]:
    """Keys for as many certificates as the chunk may add."""
    count = len({number for number in hashed.certificates if number} - known.keys())
    return iter(bulk.allocate(Certificate, count) if count else ())


def _finish(work: Applying) -> ImportBatch:
    """The one event of the file, its end, and how its feed now stands."""
    digest = batch_digest(batch_proof(work.batch.pk)).hex()
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=work.batch.pk)
        if held.state != "applying" or held.position != held.rows:
            raise another()
        counts = reconciled(held)
        held.state, held.finished_at, held.forecast = "done", work.now, {**held.forecast, "reconciled": counts}
        held.save(update_fields=["state", "finished_at", "forecast"])
        _note(held, work.now)
        confirmed = confirm_by_insurance(today=timezone.localdate(work.now)) if held.kind == "insurance" else 0
        rows = {name: getattr(held, name) for name in ("rows", "accepted", "changed", "unchanged", "rejected")}
        told = {name: counts[name] for name in ("ended", "only_here", "only_there")}
        told |= {"employment_confirmed": confirmed} if confirmed else {}
        details = {"file_sha256": held.sha256, "as_of": str(held.as_of), **rows, **told, ROWS_DIGEST: digest}
        details |= {"held_back": held.forecast["held_back"]} if held.forecast.get("held_back") else {}
        audit.record(subject=subject(held), action="registry.import_feed", by=work.by, now=work.now, details=details, batch=held.pk)
        enqueue(kind="seal", key=f"after import {held.pk}", arguments={}, now=work.now)
    return held


def _note(batch: ImportBatch, now: datetime) -> None:
    """The feed's state after a file: connected where any row was taken, no data where it had none, broken where none could be."""
    state = "connected" if batch.rows > batch.rejected else "broken" if batch.rows else "no_data"
    feed, _made = Feed.objects.select_for_update().get_or_create(kind=batch.kind)
    feed.state, feed.error, feed.last_tried_at, feed.last_batch = state, _none_taken(batch) if state == "broken" else "", now, batch
    if state != "broken":
        assert batch.as_of is not None
        feed.as_of = max(batch.as_of, feed.as_of or batch.as_of)
    feed.save()


def _none_taken(batch: ImportBatch) -> str:
    """Why the feed is broken where its file could be read and none of its rows taken, in both languages."""
    en = "1 row, which could not be taken" if batch.rows == 1 else f"{batch.rows} rows, none of which could be taken"
    said = {"zh": f"“{batch.name}”共 {batch.rows} 行，没有一行能导入", "en": f"“{batch.name}”: {en}"}
    return json.dumps(said, ensure_ascii=False)
