"""The whole state of the registry, byte by byte: what a verb may change is said by holding two states against each other."""

from __future__ import annotations

from typing import Any

from django.apps import apps

State = dict[str, dict[Any, dict[str, Any]]]


def state(*apart: str, app: str = "registry") -> State:
    """Every row of every table of an app, by table and key, but for the tables named; bytes as bytes."""
    found: State = {}
    for model in apps.get_app_config(app).get_models():
        if model.__name__ not in apart:
            columns = [field.attname for field in model._meta.concrete_fields]
            rows = model._default_manager.values(*columns)
            found[model.__name__] = {_key(row, model): {name: _plain(value) for name, value in row.items()} for row in rows}
    return found


def _key(row: dict[str, Any], model: Any) -> Any:
    return tuple(row[field.attname] for field in model._meta.pk_fields)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def changed(before: State, after: State) -> dict[tuple[str, Any, str], tuple[Any, Any]]:
    """Each column of a row that stands in both states and says something else: what it said and what it says."""
    return {
        (table, key, column): (row[column], after[table][key][column])
        for table, rows in before.items()
        for key, row in rows.items()
        if key in after[table]
        for column in row
        if row[column] != after[table][key][column]
    }


def gone(before: State, after: State) -> set[tuple[str, Any]]:
    """Rows that stand in the first state and not in the second."""
    return {(table, key) for table, rows in before.items() for key in rows if key not in after[table]}
