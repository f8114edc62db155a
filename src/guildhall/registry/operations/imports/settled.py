"""What a file leaves as it is: a value that came from something newer than the day it speaks of, or from a paper that an officer saw.

Read from what the registry keeps beside every change. A change by hand counts from its day on: whoever wrote the file that day may not
have known of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils import timezone

from guildhall.office import bulk
from guildhall.office.models import Attachment
from guildhall.registry import tables
from guildhall.registry.models import CorrectionRequest, ImportBatch, Superseded

Value = tuple[str, int, str]
"""Table, row, column as files call it."""


def settled(records: Collection[int], as_of: str) -> frozenset[Value]:
    """Values of these records that a file of that day (ISO) does not change."""
    last = _last_changes(records)
    days = dict(ImportBatch.objects.filter(pk__in={change.batch_id for change in last if change.batch_id}).values_list("pk", "as_of"))
    newer, older = set[Value](), list[Superseded]()
    for change in last:
        day = days.get(change.batch_id) if change.batch_id else None
        by_hand = timezone.localdate(change.until).isoformat()
        if day.isoformat() > as_of if day else by_hand >= as_of:
            newer.add(_value(change))
        elif not change.batch_id:
            older.append(change)
    return frozenset(newer | _on_paper(older))


def _last_changes(records: Collection[int]) -> list[Superseded]:
    """The last change of every value that was ever changed."""
    keys = [key for _worker, key in bulk.found(Superseded, ["worker_id", "id"], "worker_id", sorted(records))]
    changes = sorted(Superseded.objects.in_bulk(keys).values(), key=lambda change: (change.until, change.pk))
    return list({_value(change): change for change in changes}.values())


def _value(change: Superseded) -> Value:
    return change.table, change.row, change.column.removesuffix("_id")


def _on_paper(changes: Iterable[Superseded]) -> set[Value]:
    """Those that an officer made on a paper: every change of a name, and corrections that came with one."""
    named = {_value(change) for change in changes if (change.table, change.column) == (tables.IDENTITY.name, "name")}
    made = {(f"{change.table}:{change.row}", change.until): _value(change) for change in changes if _value(change) not in named}
    workers = {change.worker_id for change in changes if change.worker_id and _value(change) not in named}
    asked = CorrectionRequest.objects.filter(worker_id__in=workers, state="accepted") if workers else ()
    granted = {f"correction:{one.pk}": (one.subject.rpartition(":")[0], one.decided_at) for one in asked}
    shown = Attachment.objects.filter(subject__in=granted).exclude(scan="refused").values_list("subject", flat=True) if granted else ()
    return named | {made[key] for key in (granted[subject] for subject in shown) if key in made}
