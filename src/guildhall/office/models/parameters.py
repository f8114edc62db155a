"""That this city holds the document behind a parameter of a rule and stands by its value."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from guildhall.office.columns import PlainTextField


class ParameterConfirmation(models.Model):
    """One officer says which document the city holds for one version; where money hangs on it a second officer says the same.

    `digest` is that of the version (rules.digests.version_digest): a version that changes afterwards is confirmed no longer. A
    confirmation is withdrawn, never deleted. `reference` is where the document can be found in the city's files.
    """

    rule = PlainTextField()
    parameter = PlainTextField()
    digest = PlainTextField()
    jurisdiction = PlainTextField()
    reference = PlainTextField()
    paper = models.ForeignKey("office.Attachment", models.PROTECT, null=True, related_name="confirmations")
    two_needed = models.BooleanField()
    confirmed_by = models.ForeignKey("office.Account", models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    seconded_by = models.ForeignKey("office.Account", models.PROTECT, null=True, related_name="+")
    seconded_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("office.Account", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    reason = PlainTextField(default="")

    class Meta:
        indexes: ClassVar = [Index(fields=["rule", "parameter"], name="parameter_named")]
        constraints: ClassVar = [
            UniqueConstraint(fields=["digest"], condition=Q(withdrawn_at=None), name="parameter_confirmed_once"),
            CheckConstraint(condition=~Q(confirmed_by=F("seconded_by")), name="parameter_four_eyes"),
            CheckConstraint(condition=~Q(reference=""), name="parameter_referenced"),
            CheckConstraint(
                condition=Q(seconded_by=None, seconded_at=None) | Q(seconded_by__isnull=False, seconded_at__isnull=False),
                name="parameter_seconded_whole",
            ),
            CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None) | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="parameter_withdrawn_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"confirmation {self.pk} of {self.rule}.{self.parameter}"
