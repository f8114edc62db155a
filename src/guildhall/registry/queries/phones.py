"""The phone of a person on record, for messages the house sends. Never shown: to see it a reason is asked for."""

from __future__ import annotations

from guildhall.registry.models import Alias, Identity, vault

TABLE, COLUMN = "registry.identity", "phone"


def phone_of(worker_id: int) -> str:
    """The phone in full, of the record that another was merged into where it was; empty where none is known."""
    merged = Alias.objects.filter(pk=worker_id).values_list("merged_into_id", flat=True).first()
    found = Identity.objects.filter(pk=merged or worker_id).first()
    return vault().open(TABLE, COLUMN, found.pk, found.phone_sealed) if found and found.phone_sealed else ""
