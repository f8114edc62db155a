"""What applying a staged file would do, found by comparing only: nothing is written but the counts themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError
from guildhall.office.models import AuditEvent, ChainHead
from guildhall.office.operations import audit
from guildhall.registry.models import ImportBatch
from guildhall.registry.models.staged import open_rows
from guildhall.registry.operations.imports.batches import WAITING, subject
from guildhall.registry.operations.imports.deciding import Plan, planned, rules_of
from guildhall.registry.operations.imports.recorded import Hashed, Whose, recorded
from guildhall.registry.operations.imports.staging import Progress
from guildhall.registry.queries.imports import owner
from guildhall.web.viewer import Viewer

SHOWN = 200
"""Rows named that contradict the record."""
CHECKS_A_DAY = 20
CHECKED = "registry.check_roster"


class TooOften(GuildhallError):
    """The organisation had as many files checked as it may within a day."""


def foresee(*, batch: ImportBatch, by: Viewer, now: datetime, progress: Progress | None = None) -> dict[str, Any]:
    """Rows by outcome, rows by what would be told of them, and the rows that contradict the record; kept in the batch's `forecast`.

    Counts are as of this moment: whoever else writes meanwhile may change them. Each check is an event, with counts only. Raises
    TooOften where an employer has checked as often as one may within a day.
    """
    assert batch.organisation_id is not None
    owner(by, batch.organisation_id, timezone.localdate(now))
    counts: Counter[str] = Counter({"unchanged": batch.unchanged, "rejected": batch.rejected})
    notes: Counter[str] = Counter()
    contrary: list[dict[str, Any]] = []
    for plan in _plans(batch, by, timezone.localdate(now)):
        counts.update(plan.counts())
        notes.update(plan.noted())
        contrary += [{"row": row.number, "faults": [fault.as_json() for fault in faults]} for row, faults in plan.rejected]
        if progress:
            progress(counts.total(), batch.rows)
    names = ("accepted", "changed", "unchanged", "rejected")
    forecast = {**batch.forecast, "counts": {name: counts[name] for name in names}, "notes": dict(+notes), "contrary": contrary[:SHOWN]}
    with transaction.atomic():
        refuse_too_many(batch, by, now)
        audit.record(subject=subject(batch), action=CHECKED, by=by, now=now, details={name: counts[name] for name in names}, batch=batch.pk)
        ImportBatch.objects.filter(pk=batch.pk, state__in=WAITING).update(forecast=forecast)
    batch.forecast = forecast
    return forecast


def refuse_too_many(batch: ImportBatch, by: Viewer, now: datetime) -> None:
    """Raises TooOften where the employer has checked files as often as one may: a check tells of people, and must not be a way to ask."""
    if by.role != "employer":
        return
    ChainHead.objects.select_for_update().filter(chain=subject(batch)).first()
    events = AuditEvent.objects.filter(chain=subject(batch), action=CHECKED, at__gt=now - timedelta(days=1))
    if events.count() >= CHECKS_A_DAY:
        raise TooOften(
            _("Rosters were checked too often today"),
            why=_("%(most)s checks a day are allowed to each organisation") % {"most": CHECKS_A_DAY},
            next=_("go on tomorrow; where that stops your work, ask the counter of your district"),
        )


def _plans(batch: ImportBatch, by: Viewer, today: date) -> Iterator[Plan]:
    rules, whose = rules_of(batch, officer=by.role != "employer", today=today), Whose.of(batch, by, today)
    columns = batch.mapping["columns"]
    below = count(-1, -1)
    for chunk in batch.chunks.filter(number__gte=0, content_sealed__isnull=False).order_by("number").iterator(chunk_size=1):
        hashed = Hashed.of(open_rows(chunk))
        yield planned(hashed, recorded(hashed, whose, lock=False), rules, columns, lambda _count: below)
