"""Whom the rules find by themselves: one row for each benefit that somebody could claim, nearly could, has claimed, or no longer could."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Count, Index, Q, UniqueConstraint

from guildhall.incentives.engine.candidates import STATES
from guildhall.incentives.engine.subjects import SUBJECTS
from guildhall.office.columns import PlainTextField, one_of


class CandidateRun(models.Model):
    """One search through a snapshot of everybody, as of a day. Pages read the last one that has ended.

    Of a day one search at a time has not ended; `stage` and `after` say where it goes on, over the same rules and the same snapshot.
    """

    on = models.DateField()
    snapshot = PlainTextField(default="")
    rulebook = PlainTextField()
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    stage = models.PositiveSmallIntegerField(default=0)
    after = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [UniqueConstraint(fields=["on"], condition=Q(finished_at=None), name="candidate_run_open_once")]

    def __str__(self) -> str:
        return f"candidates of {self.on}"


class Candidate(models.Model):
    """One benefit for one thing: a certificate, a business, an employment, or a year of an organisation.

    `worker` is whom it is about, `organisation` the employer that would claim. `place` is where whoever claims is at home, for the
    authority that answers today. `open_to_employer`: the answer rests on nothing but what the employer itself put on record.
    `rests_on_reports`: it rests on unemployment or hardship that another authority reported. `why_sealed` holds the names of the
    conditions that hold, are open, and do not hold.
    """

    run = models.ForeignKey(CandidateRun, models.CASCADE, related_name="rows", db_index=False)
    benefit = PlainTextField()
    kind = PlainTextField()
    key = models.BigIntegerField()
    year = models.PositiveSmallIntegerField(default=0)
    worker = models.ForeignKey("registry.Worker", models.CASCADE, null=True, related_name="benefit_candidates")
    organisation = models.ForeignKey("registry.Organisation", models.CASCADE, null=True, related_name="benefit_candidates", db_index=False)
    place = models.ForeignKey("registry.Place", models.PROTECT, related_name="benefit_candidates", db_index=False)
    state = PlainTextField()
    since = models.DateField()
    amount_fen = models.BigIntegerField(null=True)
    turns_on = models.DateField(null=True)
    open_to_employer = models.BooleanField(default=False)
    rests_on_reports = models.BooleanField(default=False)
    why_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes: ClassVar = [
            Index(fields=["organisation", "run", "benefit"], name="candidate_employer"),
            Index(fields=["run", "state", "benefit", "place"], name="candidate_place"),
        ]
        constraints: ClassVar = [
            one_of("candidate", "state", STATES),
            one_of("candidate", "kind", SUBJECTS),
            UniqueConstraint(fields=["run", "kind", "key", "year", "benefit"], name="candidate_once"),
            CheckConstraint(condition=Q(worker__isnull=False) | Q(organisation__isnull=False), name="candidate_of_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.benefit} for {self.kind} {self.subject}: {self.state}"

    @staticmethod
    def counts(run: CandidateRun) -> dict[str, int]:
        """How many rows of each state a search has written."""
        rows = run.rows.values_list("state").annotate(n=Count("pk")).order_by("state")
        return {state: n for state, n in rows}

    @property
    def subject(self) -> str:
        """What it is for, as a claim names it."""
        return f"{self.key}-{self.year}" if self.year else str(self.key)
