"""What is recorded of people: certificates, employment, insurance, and what other authorities report."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from guildhall.office.columns import PlainTextField, after, one_of
from guildhall.registry import tables
from guildhall.registry.models.people import Worker
from guildhall.registry.models.places import Organisation


class Certificate(models.Model):
    """A skill-level certificate, or an appointment to one of the two posts at the top."""

    certificate_id = models.BigAutoField(primary_key=True)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="certificates", db_index=False)
    kind = PlainTextField()
    level = PlainTextField()
    occupation = PlainTextField()
    issuer = models.ForeignKey(Organisation, models.PROTECT, related_name="issued", db_index=False)
    source = PlainTextField()
    issued_on = models.DateField()
    valid_until = models.DateField(null=True)
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["worker", "issued_on"], name="certificate_worker"),
            Index(fields=["issuer", "issued_on"], name="certificate_issuer"),
            Index(fields=["level", "worker"], name="certificate_level"),
        ]
        constraints: ClassVar = [
            one_of("certificate", "kind", tables.CERTIFICATE_KINDS),
            one_of("certificate", "level", tables.CERTIFIED),
            one_of("certificate", "source", tables.CERTIFICATE_SOURCES),
            after("certificate", "valid_until", "issued_on"),
            CheckConstraint(
                condition=Q(kind="appointment", level__in=["LT", "LS"]) | Q(kind="skill_level", level__in=["L5", "L4", "L3", "L2", "L1"]),
                name="certificate_level_agrees_with_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"certificate {self.certificate_id} {self.level}"


class CertificateNumber(models.Model):
    """The number printed on a certificate: it leads to the holder, so it is kept like an identity number."""

    certificate = models.OneToOneField(Certificate, models.PROTECT, primary_key=True, related_name="number")
    number_sealed = models.BinaryField()
    number_hash = models.BinaryField(unique=True)

    def __str__(self) -> str:
        return f"number of certificate {self.certificate_id}"


class EmploymentSpell(models.Model):
    """A worker's time with one employer in one job.

    `doubtful`: a roster said so of somebody whom its bringer had not seen before. It opens nothing until the worker says that it is so
    (`confirmed_at`) or insurance bears it out. `denied_at`: when the worker said that it is not so; it counts as no employment then.
    """

    spell_id = models.BigAutoField(primary_key=True)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="employment", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="employment", db_index=False)
    occupation = PlainTextField(null=True)
    contract = PlainTextField()
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    batch_id = models.BigIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    doubtful = models.BooleanField(default=False, db_default=False)
    denied_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["worker", "started_on"], name="employment_worker"),
            Index(fields=["organisation", "worker"], name="employment_people"),
            Index(fields=["worker"], name="employment_doubtful", condition=Q(doubtful=True)),
        ]
        constraints: ClassVar = [
            one_of("employment", "contract", tables.CONTRACTS),
            after("employment", "ended_on", "started_on"),
        ]

    def __str__(self) -> str:
        return f"worker {self.worker_id} with organisation {self.organisation_id} from {self.started_on}"


class InsuranceSpell(models.Model):
    """A run of insured months in one scheme."""

    spell_id = models.BigAutoField(primary_key=True)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="insurance", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="insurance", db_index=False)
    scheme = PlainTextField()
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["worker", "scheme", "started_on"], name="insurance_worker"),
            Index(fields=["organisation", "started_on"], name="insurance_organisation"),
        ]
        constraints: ClassVar = [
            one_of("insurance", "scheme", tables.SCHEMES),
            after("insurance", "ended_on", "started_on"),
        ]

    def __str__(self) -> str:
        return f"worker {self.worker_id} insured ({self.scheme}) from {self.started_on}"


class ClaimedCertificate(models.Model):
    """A certificate that an employer's roster names and no issuing authority has confirmed yet; it decides nothing."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="claimed_certificates")
    number_sealed = models.BinaryField(null=True)
    number_hash = models.BinaryField(null=True)
    level = PlainTextField()
    occupation = PlainTextField(null=True)
    issued_on = models.DateField(null=True)
    said_by = models.ForeignKey(Organisation, models.PROTECT, related_name="claimed_certificates")
    confirmed = models.ForeignKey(Certificate, models.PROTECT, null=True, related_name="claims")
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [Index(fields=["number_hash"], name="claimed_certificate_number")]
        constraints: ClassVar = [
            one_of("claimed_certificate", "level", tables.CERTIFIED),
            UniqueConstraint(fields=["worker", "number_hash"], name="claimed_certificate_once"),
        ]

    def __str__(self) -> str:
        return f"claimed {self.level} of worker {self.worker_id}"


class ReportedFact(models.Model):
    """What another authority reports of a person: registered unemployment, a hardship group, a graduation. Half open in time."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="reported")
    kind = PlainTextField()
    detail = PlainTextField(default="")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="reported")
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    as_of = models.DateField()
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [Index(fields=["kind", "worker"], name="reported_fact_kind")]
        constraints: ClassVar = [
            one_of("reported_fact", "kind", tables.REPORTS),
            after("reported_fact", "ended_on", "started_on"),
            UniqueConstraint(fields=["worker", "kind", "detail", "started_on"], name="reported_fact_once"),
        ]

    def __str__(self) -> str:
        return f"worker {self.worker_id} {self.kind} from {self.started_on}"
