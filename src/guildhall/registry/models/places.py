"""Places and organisations as rows. Columns carry the names of the published tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from guildhall.kernel.dated import STATUSES
from guildhall.office.columns import PlainTextField, after, one_of
from guildhall.registry import tables


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
    `credit_code` is the unified social credit code (GB 32100), where it is known; it is in no published table.
    """

    organisation_id = models.BigAutoField(primary_key=True)
    code = PlainTextField(unique=True)
    credit_code = PlainTextField(unique=True, null=True)
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
