"""What the database will demand of rows, asked of a whole table before any row is written.

The rules are read from the models themselves (check constraints, unique columns, columns that may not be empty), so that a
rule stands in one place and a load finds every row that breaks one, not only the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import AutoField, BigAutoField, CheckConstraint, F, Model, Q, UniqueConstraint

from guildhall.kernel.errors import Fault
from guildhall.kernel.imports import LONGEST_NAME
from guildhall.kernel.tables import Table, repeats

SHOWN = 20
"""Rows named for each rule."""


def broken(model: type[Model], table: Table, rows: pa.Table) -> Iterator[Fault]:
    """Each row that the database would refuse, with the rule it breaks; `rows` have the declared columns and types."""
    plain = _Plain(rows)
    fields = [field for field in model._meta.concrete_fields if field.column in plain.names]
    for field in fields:
        yield from _of_field(field, table, plain, bounded=_is_bounded(model, field))
    for constraint in model._meta.constraints:
        if isinstance(constraint, CheckConstraint) and isinstance(constraint.condition, Q):
            yield from _of_condition(model, constraint.condition, table, plain)
    for columns in _unique_together(model):
        if plain.names.issuperset(columns):
            found = repeats(rows.select(list(columns)))
            yield from _faults(table, found, "+".join(columns), "repeats an earlier row")


class _Plain:
    """The columns of a table with words as plain text."""

    def __init__(self, rows: pa.Table) -> None:
        self.rows, self.names = rows, frozenset(rows.column_names)

    def __getitem__(self, name: str) -> pa.ChunkedArray:
        column = self.rows.column(name)
        return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _faults(table: Table, rows: Iterable[Any], column: str, what: str) -> Iterator[Fault]:
    found = list(rows)
    for row in found[:SHOWN]:
        yield Fault(table.name, int(row) + 1, column, what)
    if len(found) > SHOWN:
        yield Fault(table.name, 0, column, f"{what}: {len(found)} rows in all")


def where(mask: pa.ChunkedArray) -> npt.NDArray[np.intp]:
    """The rows at which a mask is true; unknown is not."""
    found: npt.NDArray[np.intp] = np.flatnonzero(pc.fill_null(mask, False).to_numpy())
    return found


def _of_field(field: Any, table: Table, plain: _Plain, *, bounded: bool) -> Iterator[Fault]:
    """What one column may hold: something, where it may not be empty; text and dates that both databases can keep."""
    name: str = field.column
    values = plain[name]
    if not field.null:
        yield from _faults(table, where(pc.is_null(values)), name, "is empty")
    if field.unique and not field.primary_key:
        yield from _faults(table, repeats(plain.rows.select([name])), name, "repeats the value of an earlier row")
    if isinstance(field, (AutoField, BigAutoField)):
        yield from _faults(table, where(pc.less(values, 1)), name, "a key is 1 or more")
    if pa.types.is_date(values.type):
        never = pc.or_(pc.less(values, date.min), pc.greater(values, date.max))
        yield from _faults(table, where(never), name, "no date between the years 1 and 9999")
    if pa.types.is_string(values.type):
        yield from _faults(table, where(pc.match_substring(values, "\0")), name, "holds a null character")
        if bounded:
            much = pc.greater(pc.utf8_length(values), LONGEST_NAME)
            yield from _faults(table, where(much), name, f"longer than {LONGEST_NAME} characters")


def _is_bounded(model: type[Model], field: Any) -> bool:
    """Whether the column stands in a key or an index, which bounds its length (PostgreSQL: 2,704 bytes for all of an entry).

    A name always counts: lists are ordered and searched by it, in one form or another.
    """
    named = {name for index in model._meta.indexes for name in index.fields}
    return field.unique or field.is_relation or field.name in named or field.name.startswith("name")


def _unique_together(model: type[Model]) -> Iterator[list[str]]:
    """Columns that a constraint keeps unique together; the key itself is the declaration's to check."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.condition is None:
            yield [_column(model, name) for name in constraint.fields]


def _column(model: type[Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)


def _of_condition(model: type[Model], condition: Q, table: Table, plain: _Plain) -> Iterator[Fault]:
    """Rows for which a check constraint is false; as in the database, unknown passes."""
    columns = list(dict.fromkeys(_column(model, name) for name in _named(condition)))
    if plain.names.issuperset(columns):
        truth = _truth(model, condition, plain)
        yield from _faults(table, where(pc.invert(truth)), "+".join(columns), f"must be so: {_words(model, condition)}")


def _named(condition: Q) -> Iterator[str]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _named(child)
        else:
            name, _, value = _split(child)
            yield name
            if isinstance(value, F):
                yield _pointed(value)


_COMPARED: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "exact": (pc.equal, "="),
    "gt": (pc.greater, ">"),
    "gte": (pc.greater_equal, "≥"),
    "lt": (pc.less, "<"),
    "lte": (pc.less_equal, "≤"),
}


def _split(child: Any) -> tuple[str, str, Any]:
    """Field, comparison and value of one leaf of a condition."""
    key, value = child
    name, _, how = key.partition("__")
    return (name, "isnull", True) if value is None else (name, how or "exact", value)


def _pointed(reference: F) -> str:
    """The field an F points to; the stubs do not know its name."""
    named: Any = reference
    return str(named.name)


def _truth(model: type[Model], condition: Q, plain: _Plain) -> pa.ChunkedArray:
    assert condition.connector in (Q.AND, Q.OR), f"conditions joined by {condition.connector} are not known here"
    parts = [_truth(model, child, plain) if isinstance(child, Q) else _leaf(model, child, plain) for child in condition.children]
    joined = reduce(pc.or_kleene if condition.connector == Q.OR else pc.and_kleene, parts)
    return pc.invert(joined) if condition.negated else joined


def _leaf(model: type[Model], child: Any, plain: _Plain) -> pa.ChunkedArray:
    name, how, value = _split(child)
    values = plain[_column(model, name)]
    if how == "isnull":
        return pc.is_null(values) if value else pc.is_valid(values)
    if how == "in":
        found = pc.is_in(values, value_set=pa.array(list(value), values.type))
        return pc.if_else(pc.is_valid(values), found, pa.scalar(None, pa.bool_()))
    return _COMPARED[how][0](values, plain[_column(model, _pointed(value))] if isinstance(value, F) else value)


def _words(model: type[Model], condition: Q) -> str:
    """A condition as a reader of the table's columns would say it."""
    parts = [f"({_words(model, c)})" if isinstance(c, Q) and len(c.children) > 1 else _said(model, c) for c in condition.children]
    text = (" or " if condition.connector == Q.OR else " and ").join(parts)
    return f"not ({text})" if condition.negated else text


def _said(model: type[Model], child: Any) -> str:
    if isinstance(child, Q):
        return _words(model, child)
    name, how, value = _split(child)
    column = _column(model, name)
    if how == "isnull":
        return f"{column} is {'empty' if value else 'not empty'}"
    if how == "in":
        return f"{column} is one of {', '.join(map(str, value))}"
    other = _column(model, _pointed(value)) if isinstance(value, F) else repr(value)
    return f"{column} {_COMPARED[how][1]} {other}"
