"""What people decided about claims, with the reason and who confirmed; and what was objected to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from guildhall.incentives.models.claims import Check, Claim
from guildhall.office.columns import PlainTextField, one_of

VERDICTS = ("approval", "refusal", "recall")
VERDICT_STATES = ("proposed", "final", "set_aside")
APPEAL_STATES = ("open", "upheld", "dismissed")


class Verdict(models.Model):
    """A decision by an officer: to pay an amount, to refuse, or to claim back. With a second officer where it needs one.

    `check` is what the rule had said; where the verdict differs from it, `differs` is true and the reason says why. `basis` names the
    documents, articles and conditions it rests on; `untrue` what the claim says and the decision found false, by name. `told_sealed`
    holds the reason as people are told it.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="verdicts")
    what = PlainTextField()
    state = PlainTextField()
    amount_fen = models.BigIntegerField(null=True)
    check_of = models.ForeignKey(Check, models.PROTECT, null=True, related_name="verdicts")
    differs = models.BooleanField(default=False)
    basis = models.JSONField(default=list)
    untrue = models.JSONField(default=list)
    told_sealed = models.BinaryField(default=b"")
    remedy_until = models.DateField(null=True)
    proposed_by = PlainTextField()
    proposed_at = models.DateTimeField()
    confirmed_by = PlainTextField(default="")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [Index(fields=["proposed_by", "proposed_at"], name="verdict_by")]
        constraints: ClassVar = [
            one_of("verdict", "what", VERDICTS),
            one_of("verdict", "state", VERDICT_STATES),
            CheckConstraint(condition=~Q(proposed_by=F("confirmed_by")), name="verdict_four_eyes"),
            UniqueConstraint(fields=["claim"], condition=Q(state="proposed"), name="verdict_proposed_once"),
            CheckConstraint(condition=~Q(what="recall", state="final", confirmed_by=""), name="verdict_recall_confirmed"),
        ]

    def __str__(self) -> str:
        return f"{self.what} of claim {self.claim_id}: {self.state}"


class Appeal(models.Model):
    """An objection to a refusal or to a claim back, decided by an officer who took no part."""

    verdict = models.OneToOneField(Verdict, models.PROTECT, related_name="appeal")
    lodged_by = PlainTextField()
    lodged_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    grounds_sealed = models.BinaryField(default=b"")
    state = PlainTextField(default="open")
    answer_sealed = models.BinaryField(default=b"")
    decided_by = PlainTextField(default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            one_of("appeal", "state", APPEAL_STATES),
            CheckConstraint(condition=~Q(lodged_by=F("decided_by")), name="appeal_not_by_itself"),
        ]

    def __str__(self) -> str:
        return f"objection to verdict {self.verdict_id}: {self.state}"
