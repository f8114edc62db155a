"""Staged rows into the registry: one transaction per chunk with the checkpoint in it, so that a kill tears nothing.

A chunk's rows are erased as they are applied. What stays of each is its outcome: the person, the row, and its keyed digest, from
which the one event of the batch can be proved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.office import bulk
from guildhall.office.engine.chain import ROWS_DIGEST, batch_digest
from guildhall.office.engine.notices import Fact
from guildhall.office.operations import audit
from guildhall.office.operations.notices import notify
from guildhall.office.operations.work import enqueue
from guildhall.registry.engine.decisions import Rules
from guildhall.registry.engine.roster import Rejected
from guildhall.registry.models import ImportBatch, ImportChunk, RejectedRow, Worker, refuse_unfinished
from guildhall.registry.models.staged import open_rows, pack
from guildhall.registry.operations.employment import tell_of_employment
from guildhall.registry.operations.identity import tell_of_import
from guildhall.registry.operations.imports.batches import confirm, subject
from guildhall.registry.operations.imports.deciding import Plan, planned, rules_of
from guildhall.registry.operations.imports.recorded import Hashed, Whose, recorded
from guildhall.registry.operations.imports.staging import Progress, rejected_row
from guildhall.registry.operations.imports.writing import write
from guildhall.registry.operations.leavers import left
from guildhall.registry.queries.imports import batch_proof, cells_again, owner
from guildhall.web.viewer import Viewer

ATTEMPTS = 6
"""How often a chunk is decided anew where somebody else added one of its people at the same moment."""


@dataclass(frozen=True)
class Applying:
    """A batch while it is applied, and all that holds for each of its chunks."""

    batch: ImportBatch
    rules: Rules
    whose: Whose
    by: Viewer
    now: datetime


def apply(*, batch: ImportBatch, by: Viewer, now: datetime, progress: Progress | None = None) -> ImportBatch:
    """Applies a staged file, or goes on with one that was stopped; the batch as it then stands.

    Each chunk is decided against the registry as it is in that moment. Raises NotFound where `by` may not bring rosters of the
    organisation, AlreadyDone where the batch is finished, GuildhallError where another worker is applying it.
    """
    refuse_unfinished()
    assert batch.organisation_id is not None
    owner(by, batch.organisation_id, timezone.localdate(now))
    batch.refresh_from_db()
    if batch.state in ("done", "abandoned"):
        raise AlreadyDone(_("This import is finished"))
    if batch.state != "applying":
        batch = confirm(batch=batch, by=by, now=now)
    today = timezone.localdate(now)
    work = Applying(batch, rules_of(batch, officer=by.role != "employer", today=today), Whose.of(batch, by, today), by, now)
    with bulk.roomy():
        for chunk in waiting(batch):
            done = attempts(partial(_apply_chunk, work, chunk, Hashed.of(open_rows(chunk))))
            if progress:
                progress(done, batch.rows)
    return _finish(work)


def waiting(batch: ImportBatch) -> Iterator[ImportChunk]:
    """Chunks that have not been applied, in order, one at a time in memory."""
    numbers = batch.chunks.filter(number__gte=0, content_sealed__isnull=False).order_by("number").values_list("number", flat=True)
    for number in list(numbers):
        chunk = batch.chunks.get(number=number)
        if chunk.content_sealed is None:
            raise another()
        yield chunk


def attempts(work: Callable[[], int]) -> int:
    """Runs a transaction, again where on PostgreSQL somebody else added one of its people first or two waited for each other."""
    for _attempt in range(ATTEMPTS - 1):
        try:
            return work()
        except (IntegrityError, OperationalError) as error:
            if connection.vendor != "postgresql" or not _passes(error):
                raise
    return work()


PASSING = ("23505", "40P01", "40001")
"""Codes of PostgreSQL: a unique value that somebody else was first to write, a deadlock, a serialisation failure."""


def _passes(error: Exception) -> bool:
    return getattr(error.__cause__, "sqlstate", "") in PASSING


def another() -> GuildhallError:
    return GuildhallError(_("Another worker is applying this import"), next=_("wait until it ends; nothing was lost"))


def _apply_chunk(work: Applying, chunk: ImportChunk, hashed: Hashed) -> int:
    """Applies one chunk, erases its rows and moves the checkpoint past it, all or nothing; rows decided so far."""
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=work.batch.pk)
        if held.state != "applying" or not ImportChunk.objects.filter(pk=chunk.pk, content_sealed__isnull=False).exists():
            raise another()
        known = recorded(hashed, work.whose, lock=True)
        plan = planned(hashed, known, work.rules, work.batch.mapping["columns"], _new_keys)
        write(plan, work.batch, work.now)
        _let_go(plan, work)
        tell_of_import(batch=held.pk, changed=plan.identities, now=work.now)
        begun = [(worker, stay.started_on) for worker, stay in plan.stays if stay.doubtful]
        tell_of_employment(batch=work.batch, begun=begun, now=work.now)
        RejectedRow.objects.bulk_create(_rejected(plan, work.batch), batch_size=500)
        ImportChunk.objects.filter(pk=chunk.pk).update(content_sealed=None, outcomes=pack(plan.outcomes))
        move(held, plan.counts())
    return held.position + chunk.rows


def _let_go(plan: Plan, work: Applying) -> None:
    """Who leaves can no longer act for the organisation."""
    ended = {worker: date.fromisoformat(day) for day, workers in plan.leavers.items() for worker in workers}
    left(organisation_id=work.whose.organisation, ended=ended, by=work.by, now=work.now)


def _new_keys(count: int) -> Iterator[int]:
    return iter(bulk.allocate(Worker, count) if count else ())


def move(batch: ImportBatch, counts: Counter[str]) -> None:
    """The checkpoint: rows decided, by outcome."""
    moved: dict[str, Any] = {name: F(name) + count for name, count in counts.items()}
    ImportBatch.objects.filter(pk=batch.pk).update(position=F("position") + counts.total(), **moved)


def _rejected(plan: Plan, batch: ImportBatch) -> list[RejectedRow]:
    """Rows that contradict the record, kept like those that could not be read."""
    return [rejected_row(batch.pk, Rejected(row.number, faults, cells_again(row, batch.mapping))) for row, faults in plan.rejected]


def _finish(work: Applying) -> ImportBatch:
    """The one event of the batch, and its end. Rows that are all decided but not told of, after a kill, are told of now."""
    digest = batch_digest(batch_proof(work.batch.pk)).hex()
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=work.batch.pk)
        if held.state != "applying" or held.position != held.rows:
            raise another()
        held.state, held.finished_at = "done", work.now
        held.save(update_fields=["state", "finished_at"])
        counts = {name: getattr(held, name) for name in ("rows", "accepted", "changed", "unchanged", "rejected")}
        details = {"file_sha256": held.sha256, **counts, ROWS_DIGEST: digest}
        audit.record(subject=subject(held), action="registry.import_roster", by=work.by, now=work.now, details=details, batch=held.pk)
        enqueue(kind="seal", key=f"after import {held.pk}", arguments={}, now=work.now)
        _tell(held, work.now)
    return held


def _tell(batch: ImportBatch, now: datetime) -> None:
    """Whoever brought the file learns that it is in: a large one is applied in the background."""
    account = batch.brought_by.removeprefix("account:")
    if account.isdecimal():
        facts: dict[str, Fact] = {name: getattr(batch, name) for name in ("accepted", "changed", "unchanged", "rejected")}
        notify(key=f"import:{batch.pk}:done", template="import_done", facts={"number": batch.pk, **facts}, now=now, account=int(account))
