"""Rows of the skills domain: so far the classification of occupations."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q

from guildhall.office.columns import PlainTextField, one_of
from guildhall.skills import tables


class Occupation(models.Model):
    """An occupation, or one of the groups above it."""

    code = PlainTextField(primary_key=True)
    edition = PlainTextField()
    rank = PlainTextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", db_column="parent", db_index=False)
    name_zh = PlainTextField(null=True)
    name_en = PlainTextField(null=True)
    definition = PlainTextField(null=True)
    digital = models.BooleanField(null=True)
    green = models.BooleanField(null=True)
    source = PlainTextField()

    class Meta:
        indexes: ClassVar = [
            Index(fields=["parent", "code"], name="occupation_parent"),
            Index(fields=["rank", "code"], name="occupation_rank"),
            Index(fields=["name_zh", "code"], name="occupation_name"),
        ]
        constraints: ClassVar = [
            one_of("occupation", "rank", tables.RANKS),
            CheckConstraint(
                condition=Q(rank="major", parent=None) | (~Q(rank="major") & ~Q(parent=None)), name="occupation_rank_agrees_with_parent"
            ),
            CheckConstraint(condition=~Q(rank="leaf") | Q(name_zh__isnull=False), name="occupation_leaf_named"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh or ''}".strip()
