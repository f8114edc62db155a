"""What people say they want, as rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q, UniqueConstraint

from guildhall.office.columns import PlainTextField, one_of
from guildhall.registry.models.people import Worker

WISHES = ("training", "assessment", "job", "business", "benefit", "other")


class Wish(models.Model):
    """What a worker said they want, on a visit or at a counter: one open wish of a kind; `note_sealed` is in their own words."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="wishes")
    kind = PlainTextField()
    note_sealed = models.BinaryField(null=True)
    said_on = models.DateField()
    mandate_id = models.BigIntegerField(null=True)
    batch_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            one_of("wish", "kind", WISHES),
            UniqueConstraint(fields=["worker", "kind"], condition=Q(closed_at=None), name="wish_once"),
        ]

    def __str__(self) -> str:
        return f"wish of worker {self.worker_id}: {self.kind}"
