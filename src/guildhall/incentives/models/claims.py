"""Claims as rows: what is claimed by whom for what, each step it took, and what the rules said of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from guildhall.incentives.engine.states import LIVE, STATES, UNDER_WAY
from guildhall.incentives.engine.subjects import SUBJECTS
from guildhall.office.columns import PlainTextField, one_of

PAYEES = ("worker", "organisation")


class Bundle(models.Model):
    """Claims that an employer lodged together for people of its roster; each goes its own way."""

    organisation = models.ForeignKey("registry.Organisation", models.PROTECT, related_name="claim_bundles")
    benefit = PlainTextField()
    made_by = PlainTextField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"bundle {self.pk} of organisation {self.organisation_id} for {self.benefit}"


class Claim(models.Model):
    """One benefit claimed for one thing. `once` names what is paid once; only one live claim of it stands at a time.

    `place` is the one responsible when it was lodged; whose authority answers is worked out for today. `worker` is the person it is
    about, `organisation` the employer that claims, or that lodged it for its worker. `said_sealed` holds the facts said in the claim.
    `grant` is what counts as given since the approval; `shown_by` the paper by which an employer itself shows whom it hired; `pay_by`
    the day by which the instrument has it paid. `once` holds live claims apart, and of the same subject one at a time is under way.
    """

    benefit = PlainTextField()
    kind = PlainTextField()
    subject = PlainTextField()
    once = PlainTextField()
    worker = models.ForeignKey("registry.Worker", models.PROTECT, null=True, related_name="benefit_claims")
    organisation = models.ForeignKey("registry.Organisation", models.PROTECT, null=True, related_name="benefit_claims")
    payee = PlainTextField()
    place = models.ForeignKey("registry.Place", models.PROTECT, related_name="benefit_claims", db_index=False)
    bundle = models.ForeignKey(Bundle, models.PROTECT, null=True, related_name="claims")
    state = PlainTextField()
    since = models.DateField()
    due_on = models.DateField(null=True)
    pay_by = models.DateField(null=True)
    begun_by = PlainTextField()
    begun_at = models.DateTimeField()
    mandate_id = models.BigIntegerField(null=True)
    lodged_by = PlainTextField(default="")
    lodged_at = models.DateTimeField(null=True)
    said_sealed = models.BinaryField(default=b"")
    account_sealed = models.BinaryField(null=True)
    account_hash = models.BinaryField(null=True)
    holder_sealed = models.BinaryField(null=True)
    bank = PlainTextField(default="")
    shown_by = models.BigIntegerField(null=True)
    defects_sealed = models.BinaryField(default=b"")
    amount_fen = models.BigIntegerField(null=True)
    grant = models.OneToOneField("incentives.BenefitGrant", models.PROTECT, null=True, related_name="claim")
    notice_from = models.DateField(null=True)
    notice_until = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["place", "state", "due_on"], name="claim_queue"),
            Index(fields=["state", "due_on"], name="claim_state"),
            Index(fields=["account_hash"], name="claim_account"),
            Index(fields=["benefit", "kind", "subject"], name="claim_subject"),
        ]
        constraints: ClassVar = [
            one_of("benefit_claim", "state", STATES),
            one_of("benefit_claim", "kind", SUBJECTS),
            one_of("benefit_claim", "payee", PAYEES),
            UniqueConstraint(fields=["once"], condition=Q(state__in=LIVE), name="benefit_claim_once"),
            UniqueConstraint(fields=["benefit", "kind", "subject"], condition=Q(state__in=UNDER_WAY), name="benefit_claim_under_way"),
            CheckConstraint(condition=Q(amount_fen=None) | Q(amount_fen__gte=0), name="benefit_claim_amount"),
            CheckConstraint(condition=Q(worker__isnull=False) | Q(organisation__isnull=False), name="benefit_claim_of_somebody"),
            CheckConstraint(
                condition=Q(payee="worker", worker__isnull=False) | Q(payee="organisation", organisation__isnull=False),
                name="benefit_claim_payee_known",
            ),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk} {self.benefit} {self.kind} {self.subject}: {self.state}"


class Step(models.Model):
    """One step a claim took. The reason is kept without numbers of anybody; what names people stands sealed elsewhere."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="steps", db_index=False)
    verb = PlainTextField()
    state = PlainTextField()
    at = models.DateTimeField()
    by = PlainTextField()
    reason = PlainTextField(default="")

    class Meta:
        indexes: ClassVar = [Index(fields=["claim", "id"], name="claim_step"), Index(fields=["by", "at"], name="claim_step_by")]
        constraints: ClassVar = [
            one_of("claim_step", "state", STATES),
            UniqueConstraint(fields=["claim"], condition=Q(verb="return"), name="claim_returned_once"),
        ]

    def __str__(self) -> str:
        return f"claim {self.claim_id} {self.verb}"


class Rulebook(models.Model):
    """Rules and parameters as they stood, by their digest: canonical JSON, kept so that a decision can be replayed."""

    digest = PlainTextField(primary_key=True)
    content = PlainTextField()
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"rulebook {self.digest[:12]}"


class Check(models.Model):
    """What a rule said of a claim at a moment. Written once and never changed, but emptied on schedule.

    `inputs_sealed` and `decision_sealed` are canonical JSON; `inputs_digest` and `decision_digest` are over what was sealed.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="checks", db_index=False)
    number = models.PositiveSmallIntegerField()
    rulebook = models.ForeignKey(Rulebook, models.PROTECT, related_name="checks")
    on = models.DateField()
    outcome = PlainTextField()
    value_fen = models.BigIntegerField(null=True)
    inputs_digest = PlainTextField()
    inputs_sealed = models.BinaryField()
    decision_digest = PlainTextField()
    decision_sealed = models.BinaryField()
    by = PlainTextField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("claim_check", "outcome", ("entitled", "refused", "undetermined")),
            UniqueConstraint(fields=["claim", "number"], name="claim_check_once"),
        ]

    def __str__(self) -> str:
        return f"check {self.number} of claim {self.claim_id}: {self.outcome}"
