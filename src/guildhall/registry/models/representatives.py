"""Who stands for an organisation, as rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q, UniqueConstraint

from guildhall.office.columns import PlainTextField, one_of
from guildhall.registry.models.places import Organisation

REPRESENTATIVE_SOURCES = ("register", "counter")


class Representative(models.Model):
    """Who stands on the licence as the legal representative of an organisation: the person whose account begins its access.

    `source` says how it is known: from the register of companies, or from the licence shown at a counter. `phone_hash` is of
    the phone given there; it is the second fact of a claim. An earlier representative is ended, never removed.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="representatives")
    name_sealed = models.BinaryField()
    number_sealed = models.BinaryField()
    number_hash = models.BinaryField()
    phone_hash = models.BinaryField(null=True)
    source = PlainTextField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            one_of("representative", "source", REPRESENTATIVE_SOURCES),
            UniqueConstraint(fields=["organisation"], condition=Q(ended_at=None), name="representative_once"),
        ]

    def __str__(self) -> str:
        return f"representative of organisation {self.organisation_id}"
