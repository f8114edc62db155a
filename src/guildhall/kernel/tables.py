"""Declared tables: one description gives the Arrow schema, the checks and the documentation page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guildhall.kernel.errors import Fault

KEY = pa.int64()
DATE = pa.date32()
COUNT = pa.int64()
TEXT = pa.string()
FLAG = pa.bool_()
DEGREES = pa.float64()
CODE = pa.dictionary(pa.int8(), pa.string())
"""A short closed list of words, such as sex or level."""
NAME = pa.dictionary(pa.int32(), pa.string())
"""A longer list of words that repeat, such as a place or an occupation."""


class Text(NamedTuple):
    """The same words in both languages of the house."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The Chinese words for any `zh…` language code, the English ones otherwise."""
        return self.zh if language.lower().startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Column:
    """One published column. `values` closes the list of allowed words; `ref` names the key it points to."""

    name: str
    type: pa.DataType
    doc: Text
    unit: str = ""
    nullable: bool = False
    values: tuple[str, ...] = ()
    ref: str = ""

    @property
    def field(self) -> pa.Field:
        return pa.field(self.name, self.type, nullable=self.nullable)


@dataclass(frozen=True)
class Table:
    """A published table. A private one holds identity and never enters a snapshot."""

    name: str
    doc: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    private: bool = False

    @cached_property
    def schema(self) -> pa.Schema:
        return pa.schema([column.field for column in self.columns])

    def column(self, name: str) -> Column:
        """The column of that name. Not `table[name]`: a template would then take `table.name` for the column called `name`."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} declares no column {name}")

    def build(self, data: Mapping[str, object]) -> pa.Table:
        """An Arrow table of this schema from one array or list per column."""
        return pa.table({c.name: as_column(data[c.name], c.type) for c in self.columns}, schema=self.schema)

    def check(self, table: pa.Table) -> list[Fault]:
        """Every way `table` breaks this declaration: columns, types, nulls, words outside the list, doubled keys."""
        names = [column.name for column in self.columns]
        wrong = [Fault(self.name, 0, name, "column is missing") for name in names if name not in table.column_names]
        wrong += [Fault(self.name, 0, name, "column is not declared") for name in table.column_names if name not in names]
        wrong += [
            Fault(self.name, 0, column.name, f"type is {found}, declared {column.type}")
            for column in self.columns
            if column.name in table.column_names and (found := table.schema.field(column.name).type) != column.type
        ]
        if wrong:
            return wrong
        return [fault for column in self.columns for fault in self._check_column(column, table.column(column.name))] + self._check_key(
            table
        )

    def _check_column(self, column: Column, values: pa.ChunkedArray) -> Iterable[Fault]:
        if not column.nullable and values.null_count:
            row = pc.index(values.is_null(), True).as_py()
            yield Fault(self.name, row + 1, column.name, f"{values.null_count} empty values where none may be")
        if column.values:
            for word in words(values):
                if word not in column.values:
                    row = pc.index(as_column(values, TEXT), word).as_py()
                    yield Fault(self.name, row + 1, column.name, f"unknown word {word!r}", f"one of {', '.join(column.values)}")

    def _check_key(self, table: pa.Table) -> list[Fault]:
        again = repeats(table.select(list(self.key)))
        return [Fault(self.name, int(again[0]) + 1, "+".join(self.key), f"{len(again)} rows repeat a key")] if len(again) else []


def as_column(values: object, type_: pa.DataType) -> pa.Array | pa.ChunkedArray:
    """`values` as an Arrow array of `type_`, encoding words into a dictionary where the type asks for it."""
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        if values.type == type_:
            return values
        if pa.types.is_dictionary(values.type) and not pa.types.is_dictionary(type_):
            return values.cast(type_)
        array = values
    else:
        array = pa.array(values, type=type_.value_type if pa.types.is_dictionary(type_) else type_)
    if pa.types.is_dictionary(type_) and not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    return array.cast(type_)


def repeats(rows: pa.Table) -> npt.NDArray[np.int64]:
    """Positions of the rows that stand in the table a second time, in order; a row with an empty value repeats none, as in SQL."""
    names = rows.column_names
    keys = rows.unify_dictionaries()  # parts built apart number their words differently
    if keys.group_by(names).aggregate([]).num_rows == rows.num_rows:
        return np.empty(0, np.int64)
    numbered = keys.append_column("row of the table", pa.array(np.arange(rows.num_rows))).drop_null()
    first = numbered.group_by(names).aggregate([("row of the table", "min")]).column("row of the table_min")
    return np.setdiff1d(numbered.column("row of the table").to_numpy(), first.to_numpy())


def words(values: pa.ChunkedArray) -> list[str]:
    """The distinct words of a column of text, without nulls."""
    plain = values.cast(pa.string()) if not pa.types.is_dictionary(values.type) else values
    found: set[str] = set()
    for chunk in plain.chunks:
        source = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
        used = source.take(pc.unique(chunk.indices).drop_null()) if pa.types.is_dictionary(chunk.type) else source
        found.update(word for word in pc.unique(used).to_pylist() if word is not None)
    return sorted(found)
