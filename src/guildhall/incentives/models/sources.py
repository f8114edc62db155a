"""What the rules read and no other domain keeps, as rows with the columns of the published tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from guildhall.incentives.engine.subjects import IN_CLAIM_ALONE
from guildhall.incentives.tables import businesses, certificates, sources
from guildhall.office.columns import PlainTextField, after, one_of
from guildhall.office.vault import vault
from guildhall.registry.tables import CERTIFIED


class Business(models.Model):
    """A business of somebody's own, or a small enterprise somebody founded, with the start-up loan it has."""

    business_id = models.BigAutoField(primary_key=True)
    worker = models.ForeignKey("registry.Worker", models.PROTECT, related_name="businesses")
    organisation = models.ForeignKey("registry.Organisation", models.PROTECT, null=True, related_name="businesses", db_index=False)
    place = models.ForeignKey("registry.Place", models.PROTECT, related_name="businesses", db_column="place", db_index=False)
    kind = PlainTextField()
    registered_on = models.DateField()
    closed_on = models.DateField(null=True)
    first_business = models.BooleanField(null=True)
    insured_employees = models.BigIntegerField(null=True)
    household = models.BigIntegerField(null=True)
    has_loan = models.BooleanField(null=True)
    borrower = PlainTextField(null=True)
    partners = models.BigIntegerField(null=True)
    borrowed_on = models.DateField(null=True)
    loan_until = models.DateField(null=True)
    principal = models.BigIntegerField(null=True)
    loan_rate = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [Index(fields=["household"], name="business_household")]
        constraints: ClassVar = [
            one_of("business", "kind", businesses.BUSINESS_KINDS),
            one_of("business", "borrower", businesses.BORROWERS),
            after("business", "closed_on", "registered_on"),
            after("business", "loan_until", "borrowed_on"),
            CheckConstraint(condition=Q(insured_employees=None) | Q(insured_employees__gte=0), name="business_insured_employees_range"),
            CheckConstraint(condition=Q(principal=None) | Q(principal__gt=0), name="business_principal_positive"),
        ]

    def __str__(self) -> str:
        return f"business {self.business_id} of worker {self.worker_id}"


class BenefitGrant(models.Model):
    """A benefit that was granted: paid after a claim, or recorded from before."""

    grant_id = models.BigAutoField(primary_key=True)
    benefit = PlainTextField()
    worker = models.ForeignKey("registry.Worker", models.PROTECT, null=True, related_name="benefit_grants", db_index=False)
    organisation = models.ForeignKey("registry.Organisation", models.PROTECT, null=True, related_name="benefit_grants", db_index=False)
    certificate = models.ForeignKey("registry.Certificate", models.PROTECT, null=True, related_name="benefit_grants", db_index=False)
    spell = models.ForeignKey("registry.EmploymentSpell", models.PROTECT, null=True, related_name="benefit_grants")
    business = models.ForeignKey(Business, models.PROTECT, null=True, related_name="benefit_grants")
    year = models.BigIntegerField(null=True)
    months = models.BigIntegerField(null=True)
    occupation = PlainTextField(null=True)
    level = PlainTextField(null=True)
    shortage = models.BooleanField(null=True)
    amount = models.BigIntegerField()
    granted_on = models.DateField()
    revoked_on = models.DateField(null=True)
    source = PlainTextField()

    class Meta:
        indexes: ClassVar = [
            Index(fields=["worker", "benefit"], name="benefit_grant_worker"),
            Index(fields=["organisation", "benefit"], name="benefit_grant_organisation"),
        ]
        constraints: ClassVar = [
            one_of("benefit_grant", "level", CERTIFIED),
            one_of("benefit_grant", "source", sources.GRANT_SOURCES),
            CheckConstraint(condition=Q(amount__gte=0), name="benefit_grant_amount_range"),
            CheckConstraint(condition=Q(months=None) | Q(months__gte=0), name="benefit_grant_months_range"),
            CheckConstraint(condition=Q(worker__isnull=False) | Q(organisation__isnull=False), name="benefit_grant_to_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.benefit} granted on {self.granted_on}"


class Training(models.Model):
    """A course that led to a certificate; `subsidised_on` where public money has paid for it."""

    training_id = models.BigAutoField(primary_key=True)
    worker = models.ForeignKey("registry.Worker", models.PROTECT, related_name="trainings")
    certificate = models.ForeignKey("registry.Certificate", models.PROTECT, related_name="trainings")
    kind = PlainTextField()
    started_on = models.DateField()
    days = models.BigIntegerField()
    listed_cost = models.BigIntegerField(null=True)
    subsidised_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            one_of("training", "kind", certificates.TRAININGS),
            CheckConstraint(condition=Q(days__gt=0), name="training_days_positive"),
            CheckConstraint(condition=Q(listed_cost=None) | Q(listed_cost__gte=0), name="training_listed_cost_range"),
        ]

    def __str__(self) -> str:
        return f"course of worker {self.worker_id} from {self.started_on}"


class EmployerYear(models.Model):
    """What an employer paid to unemployment insurance in a year, and how many it laid off."""

    pk = models.CompositePrimaryKey("organisation_id", "year")
    organisation = models.ForeignKey("registry.Organisation", models.PROTECT, related_name="insurance_years", db_index=False)
    year = models.BigIntegerField()
    premiums = models.BigIntegerField()
    insured_average = models.BigIntegerField()
    laid_off = models.BigIntegerField()
    months_paid = models.BigIntegerField()
    as_of = models.DateField()

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(premiums__gte=0, insured_average__gte=0, laid_off__gte=0, months_paid__gte=0), name="employer_year_range"
            )
        ]

    def __str__(self) -> str:
        return f"organisation {self.organisation_id} in {self.year}"


STATED = ("incentives.statements", "value")


def cell_of(subject: str, key: int, fact: str) -> str:
    """The cell of a statement, which is sealed before its row has a key."""
    return f"{subject}:{key}:{fact}"


class Statement(models.Model):
    """What a claim said of its subject, with a document to show it: one value per column of the facts table.

    `claim` is the one that said so; none where it was taken over from before. A day of birth stays in its claim: people are known by
    the month.
    """

    subject = PlainTextField()
    subject_id = models.BigIntegerField()
    fact = PlainTextField()
    value_sealed = models.BinaryField()
    worker = models.ForeignKey("registry.Worker", models.PROTECT, null=True, related_name="statements")
    said_on = models.DateField()
    claim = models.ForeignKey("incentives.Claim", models.PROTECT, null=True, related_name="statements")

    class Meta:
        constraints: ClassVar = [
            one_of("statement", "subject", sources.SUBJECTS),
            UniqueConstraint(fields=["subject", "subject_id", "fact"], name="statement_once"),
            CheckConstraint(condition=~Q(fact__in=tuple(sorted(IN_CLAIM_ALONE))), name="statement_no_birthday"),
        ]

    @property
    def value(self) -> str:
        """What was said, opened."""
        return vault().open(*STATED, cell_of(self.subject, self.subject_id, self.fact), self.value_sealed)

    def __str__(self) -> str:
        return f"{self.fact} of {self.subject} {self.subject_id}"
