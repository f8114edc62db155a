"""What a newer complete file no longer says has ended: the two sides beside each other, and the counts of both."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from guildhall.registry.engine.cells.text import plain
from guildhall.registry.engine.feeds import CONTRACTS
from guildhall.registry.engine.feeds.decisions import REPORTED
from guildhall.registry.models import Certificate, ImportBatch, InsuranceSpell, ReportedFact, Superseded, vault
from guildhall.registry.models.staged import open_cells
from guildhall.registry.operations.history import superseded_rows
from guildhall.registry.operations.imports.recorded import keys_of, records_of

AT_ONCE = 1_000
"""Facts ended in one transaction."""


def unsaid(kind: str, as_of: date) -> QuerySet[ReportedFact]:
    """Facts of a feed that lasted when they were last reported, and that no file of this day or a later one reports."""
    facts = ReportedFact.objects.filter(kind=REPORTED[kind], as_of__lt=as_of)
    return facts.filter(Q(ended_on=None) | Q(ended_on__gt=as_of)) if CONTRACTS[kind].complete else facts


def end_unsaid(*, batch: ImportBatch, now: datetime) -> int:
    """Ends, on the file's day, what a newer complete file no longer says; how many facts of the whole batch were ended by that.

    Whoever is named in a row that was rejected is left alone: the authority did speak of them. Killed and run again it goes on.
    """
    assert batch.as_of is not None
    spared = _spared(batch)
    while True:
        with transaction.atomic():
            held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            gone = list(unsaid(batch.kind, batch.as_of).exclude(worker_id__in=spared).select_for_update().order_by("pk")[:AT_ONCE])
            before = [(fact, {"ended_on": batch.as_of}) for fact in gone]
            Superseded.objects.bulk_create(superseded_rows(before=before, now=now, batch=batch.pk), batch_size=500)
            ReportedFact.objects.filter(pk__in=[fact.pk for fact in gone]).update(ended_on=batch.as_of)
            held.forecast = {**held.forecast, "ended": held.forecast.get("ended", 0) + len(gone)}
            held.save(update_fields=["forecast"])
        if len(gone) < AT_ONCE:
            return int(held.forecast["ended"])


def _spared(batch: ImportBatch) -> set[int]:
    """Records of the people whom rejected rows name, as far as their numbers can be read."""
    header, column = batch.mapping["header"], batch.mapping["columns"].get("identity_number")
    at = header.index(column) if column in header else -1
    numbers = {plain(cells[at]).replace(" ", "").upper() for row in batch.rejected_rows.all() if (cells := open_cells(row)) and at >= 0}
    hashes = vault().keyed_hashes("identity_number", sorted(numbers))
    leading = set(keys_of([number for number in hashes if number]).values())
    return set(records_of(dict.fromkeys(leading))[0])


def reconciled(batch: ImportBatch) -> dict[str, Any]:
    """A file beside the record: what it added, ended, changed and left, what stands here only and what there only."""
    assert batch.as_of is not None
    added, changed, unchanged = batch.accepted, batch.changed, batch.unchanged
    if batch.kind in REPORTED:
        here = unsaid(batch.kind, batch.as_of).count()
    else:
        every = Certificate.objects.count() if batch.kind == "certificates" else InsuranceSpell.objects.count()
        here = max(0, every - added - changed - unchanged + batch.forecast.get("repeated", 0))
    ended, there = batch.forecast.get("ended", 0), batch.forecast.get("only_there", 0)
    return {"added": added, "ended": ended, "changed": changed, "unchanged": unchanged, "only_here": here, "only_there": there}
