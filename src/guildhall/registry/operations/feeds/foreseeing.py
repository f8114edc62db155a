"""What applying a staged file of another authority would do, found by comparing only."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from guildhall.registry.engine.feeds import CONTRACTS
from guildhall.registry.engine.feeds.decisions import StagedRow
from guildhall.registry.models import ImportBatch
from guildhall.registry.models.staged import open_columns
from guildhall.registry.operations.feeds.deciding import Hashed, planned, recorded, rules_of
from guildhall.registry.operations.feeds.reconciling import unsaid
from guildhall.registry.operations.imports.batches import WAITING
from guildhall.registry.operations.imports.foreseeing import SHOWN
from guildhall.registry.operations.imports.staging import Progress
from guildhall.registry.queries.imports import may_bring
from guildhall.web.viewer import Viewer


def foresee(*, batch: ImportBatch, by: Viewer, now: datetime, progress: Progress | None = None) -> dict[str, Any]:
    """Rows by outcome, what would end, and the rows that contradict the record; kept in the batch's `forecast`."""
    may_bring(by, batch, timezone.localdate(now))
    assert batch.as_of is not None
    rules, below = rules_of(batch), count(-1, -1)
    counts, notes = Counter[str]({"unchanged": batch.unchanged, "rejected": batch.rejected}), Counter[str]()
    contrary, seen, there = list[dict[str, Any]](), set[int](), 0
    for chunk in batch.chunks.filter(number__gte=0, content_sealed__isnull=False).order_by("number").iterator(chunk_size=1):
        hashed = Hashed.of(list(map(StagedRow._make, open_columns(chunk))))
        plan = planned(hashed, recorded(hashed, batch.kind, lock=False), rules, batch.mapping["columns"], below)
        counts.update(plan.counts())
        notes.update(plan.noted())
        seen.update(plan.seen)
        there += plan.only_there
        contrary += [{"row": row.number, "faults": [fault.as_json() for fault in faults]} for row, faults in plan.rejected]
        if progress:
            progress(counts.total(), batch.rows)
    ends = CONTRACTS[batch.kind].complete and not rules.older
    ended = sum(key not in seen for key in unsaid(batch.kind, batch.as_of).values_list("pk", flat=True)) if ends else 0
    names = ("accepted", "changed", "unchanged", "rejected")
    found = {"counts": {name: counts[name] for name in names}, "notes": dict(+notes), "contrary": contrary[:SHOWN]}
    forecast = {**batch.forecast, **found, "would_end": ended, "not_on_record": there}
    ImportBatch.objects.filter(pk=batch.pk, state__in=WAITING).update(forecast=forecast)
    batch.forecast = forecast
    return forecast
