"""Money as rows: batches, their lines, and what there is to spend."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from guildhall.incentives.engine.bank import RETURNED
from guildhall.incentives.models.claims import Claim
from guildhall.office.columns import PlainTextField, one_of

BATCH_STATES = ("made", "sent", "settled", "cancelled")
PAYMENT_STATES = ("waiting", "paid", "returned", "cancelled", "repaid")
HELD = ("waiting", "paid")
"""A payment that was made, or may still be: there is one of them for what is paid once."""


class PaymentBatch(models.Model):
    """Payments that go to the bank together: made by one officer, sent by another, with totals and a digest over the lines."""

    place = models.ForeignKey("registry.Place", models.PROTECT, related_name="payment_batches")
    state = PlainTextField(default="made")
    count = models.PositiveIntegerField()
    total_fen = models.BigIntegerField()
    digest = PlainTextField(default="")
    made_by = PlainTextField()
    made_at = models.DateTimeField()
    sent_by = PlainTextField(default="")
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            one_of("payment_batch", "state", BATCH_STATES),
            CheckConstraint(condition=~Q(made_by=F("sent_by")), name="payment_batch_four_eyes"),
            CheckConstraint(condition=Q(total_fen__gte=0), name="payment_batch_total"),
        ]

    def __str__(self) -> str:
        return f"payment batch {self.pk}: {self.state}"


class Payment(models.Model):
    """One line of a batch. Whatever becomes of claims, what is paid once has one line that waits or was paid.

    Of one that came back `code` says why in a word of engine.bank; `reason_sealed` holds what the bank wrote.
    """

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="payments", db_index=False)
    line = models.PositiveIntegerField()
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payments", db_index=False)
    once = PlainTextField()
    amount_fen = models.BigIntegerField()
    state = PlainTextField(default="waiting")
    code = PlainTextField(default="")
    reason_sealed = models.BinaryField(default=b"")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [Index(fields=["claim"], name="payment_claim")]
        constraints: ClassVar = [
            one_of("payment", "state", PAYMENT_STATES),
            UniqueConstraint(fields=["batch", "line"], name="payment_line"),
            UniqueConstraint(fields=["claim"], condition=Q(state__in=HELD), name="payment_of_claim_once"),
            UniqueConstraint(fields=["once"], condition=Q(state__in=HELD), name="payment_once"),
            CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_amount"),
            CheckConstraint(condition=Q(code__in=("", *RETURNED)), name="payment_code_known"),
        ]

    def __str__(self) -> str:
        return f"payment {self.batch_id}/{self.line}: {self.state}"


class Budget(models.Model):
    """What an authority has for a benefit in a year. A shortage is reported; it never holds a claim back."""

    place = models.ForeignKey("registry.Place", models.PROTECT, related_name="benefit_budgets")
    benefit = PlainTextField()
    year = models.PositiveSmallIntegerField()
    amount_fen = models.BigIntegerField()
    document = PlainTextField()
    set_by = PlainTextField()
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["place", "benefit", "year"], name="budget_once"),
            CheckConstraint(condition=Q(amount_fen__gte=0), name="budget_amount"),
        ]

    def __str__(self) -> str:
        return f"budget of {self.benefit} in {self.year} for {self.place_id}"
