"""Background work as rows: what is to be done, who has leased it, and how far it is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from guildhall.office.columns import PlainTextField, one_of

JOB_STATES = ("waiting", "running", "done", "failed")


class Job(models.Model):
    """One piece of background work. A worker holds it by a lease that it renews; when the lease runs out another takes it up.

    `kind` names a function that can be run again from where it stopped; `key` keeps two of the same from waiting at once.
    """

    kind = PlainTextField()
    key = PlainTextField()
    arguments = models.JSONField(default=dict)
    state = PlainTextField(default="waiting")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = PlainTextField(default="")
    created_at = models.DateTimeField()
    run_after = models.DateTimeField()
    leased_by = PlainTextField(default="")
    leased_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [Index(fields=["state", "run_after"], name="job_next")]
        constraints: ClassVar = [
            one_of("job", "state", JOB_STATES),
            UniqueConstraint(fields=["kind", "key"], condition=Q(state__in=["waiting", "running"]), name="job_once"),
            CheckConstraint(condition=Q(done__gte=0, total__gte=0), name="job_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.state}"
