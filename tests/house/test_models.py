"""Rows: how domains point at each other's records, and what no column may be."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from tests.house.shape import MONEY
from tests.house.tree import HOUSE

DOMAINS = {folder.name for folder in HOUSE.domains}


def _fields() -> list[tuple[str, models.Field[object, object]]]:
    """Every stored field of every domain's models, with its full name."""
    found = [model for model in apps.get_models() if model._meta.app_label in DOMAINS]
    return [(f"{model._meta.label}.{field.name}", field) for model in found for field in model._meta.concrete_fields]


def test_the_domains_have_rows() -> None:
    assert len(_fields()) > 20


def test_a_key_into_another_domain_names_its_way_back() -> None:
    crossing = [
        (name, field)
        for name, field in _fields()
        if isinstance(field, models.ForeignKey) and field.related_model._meta.app_label != field.model._meta.app_label
    ]
    assert [name for name, field in crossing if not field.remote_field.related_name] == []


def test_no_money_is_stored_as_a_float() -> None:
    assert [name for name, field in _fields() if isinstance(field, models.FloatField) and MONEY.search(field.name)] == []


def test_a_level_or_a_count_of_months_is_no_column_of_a_person() -> None:
    """Both are computed at a date; stored, they would be true on one day only."""
    people = [name for name, _ in _fields() if name.split(".")[1].lower() in ("worker", "person")]
    assert people
    assert [name for name in people if name.rsplit(".", 1)[1] in ("level", "insured_months", "age", "is_skilled")] == []
