"""What an owner of the database could do to the audit chain: take its triggers down. Tests do it to tamper, and to clean up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import Any

from django.db import models  # noqa: F401  # first: the module below and the models import each other
from django.db.backends.base.operations import BaseDatabaseOperations

MIGRATION = "guildhall.office.migrations.0004_append_only"


@contextmanager
def without_triggers(connection: Any) -> Iterator[None]:
    """Inside, events and seals can be changed and removed."""
    migration = import_module(MIGRATION)
    _run(connection, migration.TAKE_DOWN[connection.vendor])
    try:
        yield
    finally:
        _run(connection, migration.PUT_UP[connection.vendor])


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def let_flush() -> None:
    """Lets Django empty the tables after a test that commits; the triggers stand again for the next one."""
    flush = BaseDatabaseOperations.execute_sql_flush

    @wraps(flush)
    def flushed(self: Any, statements: list[str]) -> None:
        connection = self.connection
        if "office_auditevent" not in connection.introspection.table_names():
            return flush(self, statements)
        with without_triggers(connection):
            return flush(self, statements)

    patched: Callable[..., None] = flushed
    BaseDatabaseOperations.execute_sql_flush = patched  # type: ignore[method-assign]
