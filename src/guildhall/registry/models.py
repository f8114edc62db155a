"""Rows of the registry. Columns carry the names of the published tables, so loading and reading need no mapping.

What can be wrong in one row is refused by the database itself; what needs several rows is checked where rows come in.
Text that is sorted or searched is compared byte by byte, and each index begins with the column that narrows a search.
"""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from guildhall.kernel.dated import STATUSES
from guildhall.kernel.errors import GuildhallError
from guildhall.office.columns import PlainTextField, after, one_of
from guildhall.office.vault import Vault
from guildhall.registry import tables

LOAD_STATES = ("loading", "done")


class Place(models.Model):
    """A city, district, township, zone or park, between the dates on which it exists."""

    place_id = PlainTextField(primary_key=True)
    code = PlainTextField(null=True)
    kind = PlainTextField()
    name_zh = PlainTextField()
    name_en = PlainTextField()
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    source = PlainTextField()
    status = PlainTextField()

    class Meta:
        indexes: ClassVar = [Index(fields=["kind", "place_id"], name="place_kind"), Index(fields=["code"], name="place_code")]
        constraints: ClassVar = [
            one_of("place", "kind", tables.PLACE_KINDS),
            one_of("place", "status", STATUSES),
            after("place", "valid_until", "valid_from"),
            CheckConstraint(condition=Q(latitude__gte=-90, latitude__lte=90), name="place_latitude_range"),
            CheckConstraint(condition=Q(longitude__gte=-180, longitude__lte=180), name="place_longitude_range"),
            CheckConstraint(condition=~Q(name_zh=""), name="place_named"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.name_zh}"


class PlaceParent(models.Model):
    """One place lies in another, between two dates."""

    pk = models.CompositePrimaryKey("place_id", "parent_id", "relation")
    place = models.ForeignKey(Place, models.PROTECT, related_name="parents", db_index=False)
    parent = models.ForeignKey(Place, models.PROTECT, related_name="children", db_index=False)
    relation = PlainTextField()
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    source = PlainTextField()
    status = PlainTextField()

    class Meta:
        indexes: ClassVar = [Index(fields=["parent", "relation", "place"], name="place_parent_parent")]
        constraints: ClassVar = [
            one_of("place_parent", "relation", tables.PARENT_RELATIONS),
            one_of("place_parent", "status", STATUSES),
            after("place_parent", "valid_until", "valid_from"),
            CheckConstraint(condition=~Q(place=F("parent")), name="place_parent_other"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} in {self.parent_id}"


class PlaceSuccessor(models.Model):
    """One place follows another after a merger."""

    pk = models.CompositePrimaryKey("place_id", "successor_id")
    place = models.ForeignKey(Place, models.PROTECT, related_name="successors", db_index=False)
    successor = models.ForeignKey(Place, models.PROTECT, related_name="predecessors")
    effective_on = models.DateField()
    scope = PlainTextField()
    source = PlainTextField()
    status = PlainTextField()

    class Meta:
        constraints: ClassVar = [
            one_of("place_successor", "scope", tables.SUCCESSION_SCOPES),
            one_of("place_successor", "status", STATUSES),
            CheckConstraint(condition=~Q(place=F("successor")), name="place_successor_other"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} → {self.successor_id} ({self.scope})"


class Organisation(models.Model):
    """An enterprise, college, academy, assessment body or park operator.

    `english_key` is what English lists are ordered and searched by: the English name in small letters, else the Chinese one.
    """

    organisation_id = models.BigAutoField(primary_key=True)
    code = PlainTextField(unique=True)
    kind = PlainTextField()
    name_zh = PlainTextField()
    name_en = PlainTextField(null=True)
    english_key = models.GeneratedField(
        expression=Lower(Coalesce(NullIf("name_en", Value("")), "name_zh")), output_field=PlainTextField(), db_persist=True
    )
    cluster = PlainTextField(null=True)
    sector = PlainTextField(null=True)
    size = PlainTextField(null=True)
    above_scale = models.BooleanField()
    place = models.ForeignKey(Place, models.PROTECT, related_name="organisations", db_column="place", db_index=False)
    source = PlainTextField()
    status = PlainTextField()

    class Meta:
        indexes: ClassVar = [
            Index(fields=["name_zh", "organisation_id"], name="organisation_name"),
            Index(fields=["kind", "name_zh", "organisation_id"], name="organisation_kind"),
            Index(fields=["place", "name_zh", "organisation_id"], name="organisation_place"),
            Index(fields=["cluster", "name_zh", "organisation_id"], name="organisation_cluster"),
            Index(fields=["english_key", "organisation_id"], name="organisation_english"),
            Index(fields=["kind", "english_key", "organisation_id"], name="organisation_kind_english"),
            Index(fields=["cluster", "english_key", "organisation_id"], name="organisation_cluster_english"),
        ]
        constraints: ClassVar = [
            one_of("organisation", "kind", tables.ORGANISATION_KINDS),
            one_of("organisation", "sector", tables.SECTORS),
            one_of("organisation", "size", tables.SIZES),
            one_of("organisation", "status", STATUSES),
            CheckConstraint(condition=~Q(name_zh=""), name="organisation_named"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


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
    """Who a worker is: every field sealed, the number and the phone also findable by keyed hash."""

    worker = models.OneToOneField(Worker, models.PROTECT, primary_key=True, related_name="identity")
    name_sealed = models.BinaryField()
    number_sealed = models.BinaryField()
    number_hash = models.BinaryField(unique=True)
    phone_sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True)

    class Meta:
        indexes: ClassVar = [Index(fields=["phone_hash"], name="identity_phone")]

    def __str__(self) -> str:
        return f"identity of worker {self.worker_id}"


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

    class Meta:
        indexes: ClassVar = [
            Index(fields=["worker", "issued_on"], name="certificate_worker"),
            Index(fields=["issuer", "issued_on"], name="certificate_issuer"),
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
    """A worker's time with one employer in one job."""

    spell_id = models.BigAutoField(primary_key=True)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="employment", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="employment", db_index=False)
    occupation = PlainTextField(null=True)
    contract = PlainTextField()
    started_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["worker", "started_on"], name="employment_worker"),
            Index(fields=["organisation", "started_on"], name="employment_organisation"),
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


class LoadBatch(models.Model):
    """How far one table of one folder has come into the registry; moves in the same transaction as its rows."""

    digest = PlainTextField()
    table = PlainTextField()
    position = models.IntegerField()
    rows_total = models.BigIntegerField()
    rows_done = models.BigIntegerField(default=0)
    state = PlainTextField(default="loading")
    manifest = models.JSONField()
    started_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest", "table"], name="load_batch_once"),
            one_of("load_batch", "state", LOAD_STATES),
            CheckConstraint(condition=Q(rows_done__gte=0, rows_done__lte=F("rows_total")), name="load_batch_rows_done_range"),
            CheckConstraint(condition=~Q(state="done") | Q(rows_done=F("rows_total")), name="load_batch_done_is_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.rows_done} of {self.rows_total}"

    @classmethod
    def unfinished(cls) -> list[str]:
        """Digests of the folders whose load is not finished: at most one, as a load begins in an empty registry only."""
        return list(cls.objects.exclude(state="done").order_by("digest").values_list("digest", flat=True).distinct())


def refuse_unfinished() -> None:
    """Raises GuildhallError while a load is unfinished: half a registry is neither read out nor added to."""
    if LoadBatch.unfinished():
        raise GuildhallError(
            "A load is not finished",
            next="run the load again, it goes on where it stopped; or clear what came in with `guildhall load --abandon`",
        )


@cache
def _vault_of(key: str) -> Vault:
    return Vault(key)


def vault() -> Vault:
    """The vault of this installation, under the key in its settings."""
    return _vault_of(settings.IDENTITY_KEY)
