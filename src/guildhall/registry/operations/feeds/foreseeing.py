"""What applying a staged file of another authority would do, found by comparing only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from guildhall.registry.engine.feeds.decisions import Known, StagedRow
from guildhall.registry.models import ImportBatch
from guildhall.registry.models.staged import open_columns
from guildhall.registry.operations.feeds.deciding import Hashed, Plan, planned, recorded, rules_of
from guildhall.registry.operations.feeds.reconciling import ends_unsaid, holds_back, lasting, named, unsaid, unsaid_now
from guildhall.registry.operations.imports.batches import WAITING
from guildhall.registry.operations.imports.foreseeing import SHOWN
from guildhall.registry.operations.imports.recorded import records_of
from guildhall.registry.operations.imports.staging import Progress
from guildhall.registry.queries.imports import may_bring
from guildhall.web.viewer import Viewer


@dataclass
class Seen:
    """What the rows of a file speak of: the facts they say again, and the people in rows that contradict the record."""

    facts: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)

    def add(self, plan: Plan, people: Mapping[str, Known | None]) -> None:
        """Those of one chunk, whose `people` are given by number."""
        self.facts.update(plan.seen)
        self.people.update(known.worker for row, _ in plan.rejected if (known := people[row.identity_number]))


def foresee(*, batch: ImportBatch, by: Viewer, now: datetime, progress: Progress | None = None) -> dict[str, Any]:
    """Rows by outcome, what would end of what holds, and the rows that contradict the record; kept in the batch's `forecast`."""
    may_bring(by, batch, timezone.localdate(now))
    assert batch.as_of is not None
    rules, below = rules_of(batch), count(-1, -1)
    counts, notes = Counter[str]({"unchanged": batch.unchanged, "rejected": batch.rejected}), Counter[str]()
    contrary, seen, there = list[dict[str, Any]](), Seen(), 0
    for chunk in batch.chunks.filter(number__gte=0, content_sealed__isnull=False).order_by("number").iterator(chunk_size=1):
        hashed = Hashed.of(list(map(StagedRow._make, open_columns(chunk))))
        known = recorded(hashed, batch.kind, lock=False)
        plan = planned(hashed, known, rules, batch.mapping["columns"], below)
        counts.update(plan.counts())
        notes.update(plan.noted())
        seen.add(plan, {row.identity_number: known.people.get(number) for row, number in zip(hashed.rows, hashed.numbers, strict=True)})
        there += plan.only_there
        contrary += [{"row": row.number, "faults": [fault.as_json() for fault in faults]} for row, faults in plan.rejected]
        if progress:
            progress(counts.total(), batch.rows)
    names = ("accepted", "changed", "unchanged", "rejected")
    found = {"counts": {name: counts[name] for name in names}, "notes": dict(+notes), "contrary": contrary[:SHOWN]}
    ending = _ending(batch, seen, counts) if ends_unsaid(batch, older=rules.older) else {"would_end": 0, "lasting": 0}
    ending["unsaid"] = unsaid_now(batch)
    forecast = {**batch.forecast, **found, **ending, "not_on_record": there}
    ImportBatch.objects.filter(pk=batch.pk, state__in=WAITING).update(forecast=forecast)
    batch.forecast = forecast
    return forecast


def _ending(batch: ImportBatch, seen: Seen, counts: Counter[str]) -> dict[str, Any]:
    """What would end of what holds on the file's day, or why nothing would; counted as applying it would count."""
    assert batch.as_of is not None
    spared, unmatched = named(batch)
    spared |= set(records_of(dict.fromkeys(seen.people))[0])
    held_back = holds_back(batch.rows - counts["rejected"], batch.rows, unmatched)
    gone = unsaid(batch.kind, batch.as_of).values_list("pk", "worker_id")
    would_end = 0 if held_back else sum(key not in seen.facts and worker not in spared for key, worker in gone)
    return {"would_end": would_end, "lasting": lasting(batch.kind, batch.as_of), "held_back": held_back}
