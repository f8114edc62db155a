"""Records that are one person: which of them leads, and all that belong to it.

A record that leads others is merged into none, and one that is merged leads none, so whoever reads another table asks once.
"""

from __future__ import annotations

from collections.abc import Iterable

from guildhall.registry.models import Alias


def leader(worker_id: int) -> int:
    """The record that leads for this one: itself, unless it was merged into another."""
    return leaders([worker_id])[worker_id]


def leaders(worker_ids: Iterable[int]) -> dict[int, int]:
    """For each record the one that leads."""
    keys = list(worker_ids)
    merged = dict(Alias.objects.filter(pk__in=keys).values_list("worker_id", "merged_into_id"))
    return {key: merged.get(key, key) for key in keys}


def one_person(worker_id: int) -> tuple[int, ...]:
    """All records of the person that a record belongs to, the one that leads first, then by key."""
    return led_by(leader(worker_id))


def led_by(first: int) -> tuple[int, ...]:
    """All records of the person whose leading record this is, that one first, then by key."""
    return (first, *Alias.objects.filter(merged_into_id=first).order_by("worker_id").values_list("worker_id", flat=True))
