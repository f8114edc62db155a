"""The phone of a person on record, for messages the house sends. Never shown: to see it a reason is asked for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from guildhall.registry.models import Alias, Identity, Superseded, vault

TABLE, COLUMN = "registry.identity", "phone"
EARLIER = timedelta(days=365)
"""How long a phone that was replaced is still told of: a number that is given up comes to somebody else in time. Our assumption."""


def phone_of(worker_id: int) -> str:
    """The phone in full, of the record that another was merged into where it was; empty where none is known."""
    merged = Alias.objects.filter(pk=worker_id).values_list("merged_into_id", flat=True).first()
    found = Identity.objects.filter(pk=merged or worker_id).first()
    return vault().open(TABLE, COLUMN, found.pk, found.phone_sealed) if found and found.phone_sealed else ""


def replaced_by(batch: int, records: Collection[int]) -> dict[int, str]:
    """The phones that an import replaced, by record."""
    rows = Superseded.objects.filter(table=TABLE, row__in=records, column=COLUMN, value_sealed__isnull=False, batch_id=batch)
    return {row: vault().open(TABLE, COLUMN, row, sealed) for row, sealed in rows.values_list("row", "value_sealed") if sealed is not None}


def phones_on_record(records: Collection[int], now: datetime) -> set[str]:
    """The phones of some records, and those that stood there before within EARLIER: who held one of them may be the person."""
    held = vault()
    found = Identity.objects.filter(pk__in=records, phone_sealed__isnull=False).values_list("pk", "phone_sealed")
    before = Superseded.objects.filter(table=TABLE, row__in=records, column=COLUMN, value_sealed__isnull=False, until__gt=now - EARLIER)
    every = [*found, *before.values_list("row", "value_sealed")]
    return {held.open(TABLE, COLUMN, row, sealed) for row, sealed in every if sealed is not None}
