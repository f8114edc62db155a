"""People as rows: an opaque key, and who it is sealed in tables of their own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from guildhall.office.columns import PlainTextField, one_of
from guildhall.registry import tables
from guildhall.registry.models.places import Place


class Worker(models.Model):
    """A person under an opaque key; who it is stands sealed in Identity."""

    worker_id = models.BigAutoField(primary_key=True)
    birth_month = models.DateField()
    sex = PlainTextField()
    education = PlainTextField()
    migrant = PlainTextField()
    standing = PlainTextField()
    residence = models.ForeignKey(Place, models.PROTECT, related_name="residents", db_column="residence", db_index=False)
    weight = models.BigIntegerField()
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [Index(fields=["residence", "worker_id"], name="worker_residence")]
        constraints: ClassVar = [
            one_of("worker", "sex", tables.SEXES),
            one_of("worker", "education", tables.EDUCATIONS),
            one_of("worker", "migrant", tables.MIGRANTS),
            one_of("worker", "standing", tables.STANDINGS),
            CheckConstraint(condition=Q(weight__gt=0), name="worker_weight_positive"),
        ]

    def __str__(self) -> str:
        return f"worker {self.worker_id}"


class Identity(models.Model):
    """Who a worker is: every field sealed, the number and the phone also findable by keyed hash.

    Names are found by the first eight bytes of keyed hashes: of the first two and three characters, and of the initials of the
    first two and three. A surname alone has no hash: how often it occurs would give it away.
    """

    worker = models.OneToOneField(Worker, models.PROTECT, primary_key=True, related_name="identity")
    name_sealed = models.BinaryField()
    number_sealed = models.BinaryField()
    number_hash = models.BinaryField(unique=True)
    phone_sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True)
    name_two = models.BigIntegerField(null=True)
    name_three = models.BigIntegerField(null=True)
    initials_two = models.BigIntegerField(null=True)
    initials_three = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["phone_hash"], name="identity_phone"),
            Index(fields=["name_two", "worker"], name="identity_name_two"),
            Index(fields=["name_three", "worker"], name="identity_name_three"),
            Index(fields=["initials_two", "worker"], name="identity_initials_two"),
            Index(fields=["initials_three", "worker"], name="identity_initials_three"),
        ]

    def __str__(self) -> str:
        return f"identity of worker {self.worker_id}"


DOCUMENT_KINDS = ("passport", "hk_macau_permit", "taiwan_permit", "permanent_residence", "earlier_identity_number")


class IdentityDocument(models.Model):
    """Another document by which a worker is known, beside the resident identity number."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="documents")
    kind = PlainTextField()
    number_sealed = models.BinaryField()
    number_hash = models.BinaryField()
    valid_until = models.DateField(null=True)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            one_of("identity_document", "kind", DOCUMENT_KINDS),
            UniqueConstraint(fields=["kind", "number_hash"], condition=Q(ended_at=None), name="identity_document_once"),
        ]
        indexes: ClassVar = [Index(fields=["number_hash"], name="identity_document_number")]

    def __str__(self) -> str:
        return f"{self.kind} of worker {self.worker_id}"


class FormerName(models.Model):
    """A name a worker had before, still found by: sealed as it stood in Identity, with the keys it was found by there."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="former_names")
    name_sealed = models.BinaryField()
    name_two = models.BigIntegerField(null=True)
    name_three = models.BigIntegerField(null=True)
    initials_two = models.BigIntegerField(null=True)
    initials_three = models.BigIntegerField(null=True)
    until = models.DateTimeField()
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["name_two", "worker"], name="former_name_two"),
            Index(fields=["name_three", "worker"], name="former_name_three"),
            Index(fields=["initials_two", "worker"], name="former_initials_two"),
            Index(fields=["initials_three", "worker"], name="former_initials_three"),
        ]

    def __str__(self) -> str:
        return f"former name of worker {self.worker_id} until {self.until}"


NUMBER_CHANGE_STATES = ("proposed", "confirmed", "refused")


class NumberChange(models.Model):
    """Another resident identity number for a worker: proposed by one officer, in force once a second one confirms it."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="number_changes")
    number_sealed = models.BinaryField()
    number_hash = models.BinaryField()
    reason = PlainTextField()
    document = PlainTextField()
    state = PlainTextField(default="proposed")
    proposed_by = PlainTextField()
    proposed_at = models.DateTimeField()
    decided_by = PlainTextField(default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            one_of("number_change", "state", NUMBER_CHANGE_STATES),
            UniqueConstraint(fields=["worker"], condition=Q(state="proposed"), name="number_change_once"),
            CheckConstraint(condition=~Q(state="confirmed") | ~Q(proposed_by=F("decided_by")), name="number_change_four_eyes"),
        ]

    def __str__(self) -> str:
        return f"number of worker {self.worker_id}: {self.state}"


class Alias(models.Model):
    """A record that is the same person as another. Keys never move: taking the alias away undoes the merge."""

    worker = models.OneToOneField(Worker, models.PROTECT, primary_key=True, related_name="alias")
    merged_into = models.ForeignKey(Worker, models.PROTECT, related_name="aliases")
    reason = PlainTextField()
    merged_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [CheckConstraint(condition=~Q(worker=F("merged_into")), name="alias_of_another")]

    def __str__(self) -> str:
        return f"worker {self.worker_id} is worker {self.merged_into_id}"


PAIR_STATES = ("proposed", "merged", "different")


class DuplicatePair(models.Model):
    """Two records that may be one person, with the reasons; a pair found different is not proposed again."""

    first = models.ForeignKey(Worker, models.PROTECT, related_name="pairs_as_first")
    second = models.ForeignKey(Worker, models.PROTECT, related_name="pairs_as_second")
    reasons = models.JSONField()
    score = models.PositiveSmallIntegerField()
    state = PlainTextField(default="proposed")
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [Index(fields=["state", "-score", "id"], name="duplicate_pair_queue")]
        constraints: ClassVar = [
            one_of("duplicate_pair", "state", PAIR_STATES),
            UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_ordered"),
        ]

    def __str__(self) -> str:
        return f"workers {self.first_id} and {self.second_id}: {self.state}"


class Superseded(models.Model):
    """What a column said before it was changed: the registry forgets nothing. Values that name a person are sealed."""

    table = PlainTextField()
    row = models.BigIntegerField()
    worker_id = models.BigIntegerField(null=True)
    column = PlainTextField()
    value = PlainTextField(null=True)
    value_sealed = models.BinaryField(null=True)
    until = models.DateTimeField()
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["table", "row"], name="superseded_row"),
            Index(fields=["worker_id", "until"], name="superseded_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row} {self.column} until {self.until}"


CORRECTION_STATES = ("open", "accepted", "refused", "withdrawn")


class CorrectionRequest(models.Model):
    """A worker says that something recorded is wrong. `wanted_sealed` holds what it should say and why, as sealed JSON.

    `place` is where the worker lived when it was lodged: the authority that answers for that place today answers the request, so a
    merger of districts leaves none behind. `due_on` is the day by which it must be answered. `lodged_by` is the account that asked, the
    worker's own or that of an agent: who asks does not grant.
    """

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="corrections")
    subject = PlainTextField()
    wanted_sealed = models.BinaryField()
    place = models.ForeignKey(Place, models.PROTECT, related_name="corrections", db_column="place")
    state = PlainTextField(default="open")
    lodged_at = models.DateTimeField()
    lodged_by = PlainTextField(default="")
    due_on = models.DateField()
    answer = PlainTextField(default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["place", "state", "due_on"], name="correction_queue"),
            Index(fields=["worker", "lodged_at"], name="correction_worker"),
        ]
        constraints: ClassVar = [one_of("correction", "state", CORRECTION_STATES)]

    def __str__(self) -> str:
        return f"correction {self.pk}: {self.state}"


class Consent(models.Model):
    """A worker agrees that their record is used for one purpose, until they withdraw it. Under 14 a guardian agrees."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="consents")
    purpose = PlainTextField()
    wording = PlainTextField()
    given_at = models.DateTimeField()
    given_by = PlainTextField()
    guardian_sealed = models.BinaryField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["worker", "purpose"], condition=Q(withdrawn_at=None), name="consent_once"),
        ]

    def __str__(self) -> str:
        return f"consent of worker {self.worker_id} to {self.purpose}"
