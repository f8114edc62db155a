"""Tables in and out of the database in bulk, past the ORM's objects but through its connection and constraints.

SQLite takes rows by `executemany`, PostgreSQL by COPY. Reading goes in key order, page by page, so that memory stays
bounded and the same rows give the same bytes on either database.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Model

from guildhall.kernel.tables import Table, as_column

CHUNK_ROWS = 5_000
"""Rows written in one transaction: about a twentieth of a second of lock on SQLite."""
PAGE_ROWS = 50_000
"""Rows read at a time."""


@dataclass(frozen=True)
class Binding:
    """A published table and the model that keeps it. `prepare` turns published columns into the model's columns.

    `opens` names published columns that the model keeps sealed, in a column called `…_sealed`, each with what opens them from the other
    columns of the rows. `unless` names columns of the model that must be empty, or false, for a row to be published.
    """

    table: Table
    model: type[Model]
    prepare: Callable[[pa.Table], pa.Table] | None = None
    opens: Mapping[str, Callable[[Mapping[str, Sequence[Any]]], Sequence[Any]]] = field(default_factory=dict)
    unless: tuple[str, ...] = ()

    @property
    def database_table(self) -> str:
        return self.model._meta.db_table


def insert(model: type[Model], rows: pa.Table, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Adds `rows` to the model's table; their column names are those of the database. Call it inside a transaction."""
    connection = connections[using]
    quote = connection.ops.quote_name
    target = f"{quote(model._meta.db_table)} ({', '.join(map(quote, rows.column_names))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {target} FROM STDIN (FORMAT csv)") as copy:
                copy.write(_as_csv(rows))
        else:
            marks = ", ".join(["%s"] * rows.num_columns)
            cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", list(_as_tuples(rows)))  # noqa: S608  # names come from models


ROOM = 64 * 1024
"""Kilobytes of pages SQLite may keep in memory while much is written: indexes over hashes are written to all over."""


@contextmanager
def roomy(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Gives SQLite more memory for as long as much is written; on PostgreSQL that is the server's to say."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        before = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = -{ROOM}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {before}")


def gather_statistics(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Tells the database what its tables hold after much was written: until it knows, it plans every question as if they were empty."""
    with connections[using].cursor() as cursor:
        cursor.execute("ANALYZE")


ASKED = 10_000
"""Values sought in one statement; SQLite takes 32,766."""


def found(
    model: type[Model], columns: Sequence[str], key: str, values: Sequence[Any], *, using: str = DEFAULT_DB_ALIAS
) -> Iterator[tuple[Any, ...]]:
    """The rows whose column `key` holds one of `values`, in no order; names are those of the database, dates come as ISO text."""
    connection = connections[using]
    quote = connection.ops.quote_name
    dates = {field.column for field in model._meta.concrete_fields if field.get_internal_type() == "DateField"}
    read = ", ".join(f"CAST({quote(name)} AS text)" if name in dates else quote(name) for name in columns)
    start = f"SELECT {read} FROM {quote(model._meta.db_table)} WHERE {quote(key)}"  # noqa: S608  # names come from models
    for at in range(0, len(values), ASKED):
        asked = list(values[at : at + ASKED])
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"{start} = ANY(%s)", [asked])
            else:
                cursor.execute(f"{start} IN ({', '.join(['%s'] * len(asked))})", asked)
            yield from cursor.fetchall()


def allocate(model: type[Model], count: int, *, using: str = DEFAULT_DB_ALIAS) -> list[int]:
    """Keys for rows that are about to be added. Call it inside the transaction that adds them."""
    connection = connections[using]
    table, key = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, key, count])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
    return list(range(last + 1, last + 1 + count))


def update(model: type[Model], changes: Mapping[int, Mapping[str, Any]], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Changes columns of rows by key: {key: {column: value}}. Call it inside a transaction."""
    connection = connections[using]
    quote = connection.ops.quote_name
    alike: dict[tuple[str, ...], list[list[Any]]] = {}
    for key, values in sorted(changes.items()):
        alike.setdefault(tuple(values), []).append([*values.values(), key])
    with connection.cursor() as cursor:
        for columns, rows in alike.items():
            changed = ", ".join(f"{quote(name)} = %s" for name in columns)
            where = f"WHERE {quote(str(model._meta.pk.column))} = %s"
            cursor.executemany(f"UPDATE {quote(model._meta.db_table)} SET {changed} {where}", rows)  # noqa: S608  # names come from models


def _as_tuples(rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    """Rows as SQLite keeps them: dates as their ISO text, words as text."""
    columns = [_plain(column) for column in rows.columns]
    texts = [column.cast(pa.string()) if pa.types.is_date(column.type) else column for column in columns]
    return zip(*(column.to_pylist() for column in texts), strict=True)


def _as_csv(rows: pa.Table) -> bytes:
    """Rows as PostgreSQL's COPY reads them: nothing for null, quoted text, bytes as hexadecimal."""
    columns = [_hexadecimal(column) if pa.types.is_binary(column.type) else _plain(column) for column in rows.columns]
    out = io.BytesIO()
    options = pa.csv.WriteOptions(include_header=False, quoting_style="needed")
    pa.csv.write_csv(pa.table(columns, names=rows.column_names), out, options)
    return out.getvalue()


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _hexadecimal(column: pa.ChunkedArray) -> pa.Array:
    return pa.array([None if value is None else "\\x" + value.hex() for value in column.to_pylist()], pa.string())


def clear(models: Sequence[type[Model]], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Empties the models' tables; name those that point to others first. Call it inside a transaction."""
    connection = connections[using]
    names = [connection.ops.quote_name(model._meta.db_table) for model in models]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks outstanding cannot be truncated
            cursor.execute(f"TRUNCATE {', '.join(names)}")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return
        for name in names:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608  # names come from models


def reset_sequences(models: Sequence[type[Model]], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Lets the database go on counting keys after those that were loaded."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


@contextmanager
def one_state(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Everything read inside sees one state of the database, and nothing can be written; writers are not held up.

    Inside a transaction that is already open, that transaction is used.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        for statement in _BEGIN[connection.vendor]:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in _END[connection.vendor]:
                cursor.execute(statement)


_BEGIN = {
    "sqlite": ("PRAGMA query_only = ON", "BEGIN DEFERRED"),  # deferred: a reader takes no lock that a writer wants
    "postgresql": ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",),
}
_END = {"sqlite": ("ROLLBACK", "PRAGMA query_only = OFF"), "postgresql": ("ROLLBACK",)}


def read(binding: Binding, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[pa.Table]:
    """The published table of a model, in key order and in parts of at most PAGE_ROWS rows."""
    connection = connections[using]
    after: tuple[Any, ...] = ()
    while True:
        rows = _page(connection, binding, after)
        if rows:
            yield _as_table(binding, rows)
        if len(rows) < PAGE_ROWS:
            return
        last = rows[-1]
        names = [column.name for column in binding.table.columns]
        after = tuple(last[names.index(name)] for name in binding.table.key)


def _without(model: type[Model], name: str, quote: Callable[[str], str]) -> str:
    """The condition that a column is empty, or false where it is a flag."""
    return f"NOT {quote(name)}" if isinstance(model._meta.get_field(name), BooleanField) else f"{quote(name)} IS NULL"


def _page(connection: BaseDatabaseWrapper, binding: Binding, after: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    quote = connection.ops.quote_name
    key = ", ".join(quote(name) for name in binding.table.key)
    kept = {name: f"{name}_sealed" for name in binding.opens}
    columns = ", ".join(_selected(column.type, quote(kept.get(column.name, column.name))) for column in binding.table.columns)
    conditions = [f"({key}) > ({', '.join(['%s'] * len(after))})"] if after else []
    conditions += [_without(binding.model, name, quote) for name in binding.unless]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    statement = f"SELECT {columns} FROM {quote(binding.database_table)} {where} ORDER BY {key} LIMIT {PAGE_ROWS}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, after)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _selected(type_: pa.DataType, name: str) -> str:
    """Dates and flags leave the database as text and numbers: Arrow reads those by the column, Python one by one."""
    if pa.types.is_date(type_):
        return f"CAST({name} AS text)"
    return f"CAST({name} AS integer)" if pa.types.is_boolean(type_) else name


def _as_table(binding: Binding, rows: list[tuple[Any, ...]]) -> pa.Table:
    declared = binding.table
    columns: dict[str, Sequence[Any]] = dict(zip((column.name for column in declared.columns), zip(*rows, strict=True), strict=True))
    columns |= {name: opened(columns) for name, opened in binding.opens.items()}
    return declared.build({column.name: _read_column(column.type, columns[column.name]) for column in declared.columns})


def _read_column(type_: pa.DataType, values: Sequence[Any]) -> pa.Array:
    if pa.types.is_date(type_):
        return pc.cast(pa.array(values, pa.string()), type_)
    if pa.types.is_boolean(type_):
        return pc.cast(pa.array(values, pa.int8()), type_)
    return as_column(list(values), type_)
