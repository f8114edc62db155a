"""Column kinds that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CheckConstraint, F, Q, TextField


class PlainTextField(TextField):  # type: ignore[type-arg]  # generic only in the stubs
    """Text compared byte by byte on either database, so that prefix ranges and keyset paging run along an index.

    SQLite compares so by itself and knows no collation named "C"; PostgreSQL must be told. Django's own
    `db_collation` names one collation for every database, hence this field. Foreign keys to it follow it.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters = dict(super().db_parameters(connection))
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


def one_of(table: str, column: str, words: Iterable[str]) -> CheckConstraint:
    """The column holds one of `words` (or nothing, where it may be empty)."""
    return CheckConstraint(condition=Q(**{f"{column}__in": list(words)}), name=f"{table}_{column}_word")


def after(table: str, later: str, earlier: str) -> CheckConstraint:
    """The later date lies after the earlier one, wherever both are known."""
    return CheckConstraint(condition=Q(**{f"{later}__gt": F(earlier)}), name=f"{table}_{later}_after_{earlier}")
