"""Rows that many tests begin with: built once in each worker, then put back row for row.

To build them takes a tenth of a second, and hundreds of tests ask. The first who asks has them built; everyone after it gets the
same rows by plain inserts, whatever the database.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from copy import deepcopy
from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection

T = TypeVar("T")
Rows = list[tuple[Any, ...]]
OF_MIGRATIONS = ("contenttypes", "auth", "sites")
"""Applications whose tables Django fills when it makes the database."""
_kept: dict[Hashable, tuple[Any, dict[str, Rows]]] = {}


def once(key: Hashable, build: Callable[[], T]) -> T:
    """What `build` gives, with the rows it adds; the same for every test that asks by this key, and a copy for each.

    Where a test has rows already, it is built beside them as it would be without this.
    """
    if _filled():
        return build()
    if key not in _kept:
        built = build()
        _kept[key] = deepcopy(built), {table: _read(table) for table in _filled()}
        return built
    given, tables = _kept[key]
    for table, rows in tables.items():
        _insert(table, rows)
    _count_on([*tables])
    copy: T = deepcopy(given)
    return copy


def _count_on(tables: Iterable[str]) -> None:
    """Lets the database go on counting keys after those put back: a flush between two tests has it begin at one again."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in tables]
    statements = connection.ops.sequence_reset_sql(no_style(), models)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@cache
def _tables() -> dict[str, tuple[str, ...]]:
    """Every table of ours with its columns; those that the database works out for itself are left to it."""
    every = [model._meta for model in apps.get_models(include_auto_created=True)]
    ours = [meta for meta in every if meta.managed and not meta.proxy and meta.app_label not in OF_MIGRATIONS]
    return {meta.db_table: tuple(str(field.column) for field in meta.local_concrete_fields if not field.generated) for meta in ours}


def _filled() -> list[str]:
    """The tables that hold anything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f'EXISTS (SELECT 1 FROM "{table}")' for table in _tables()))
        return [table for table, holds in zip(_tables(), cursor.fetchone(), strict=True) if holds]


def _quoted(table: str) -> str:
    return ", ".join(f'"{column}"' for column in _tables()[table])


def _read(table: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {_quoted(table)} FROM "{table}"')
        return [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in cursor.fetchall()]


def _insert(table: str, rows: Rows) -> None:
    places = ", ".join(["%s"] * len(_tables()[table]))
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table}" ({_quoted(table)}) VALUES ({places})', rows)
