"""What a rule may read: the columns of one facts table, each with where its value comes from and how old it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pyarrow as pa

from guildhall.kernel.tables import Column, Table, Text
from guildhall.rules.expressions import RuleFault

Type: TypeAlias = Literal["flag", "whole", "ratio", "date", "word", "rows"]
Source: TypeAlias = Literal["records", "feed", "grants", "claim"]
"""Our own records; a feed from another authority; what we granted before; what the claim says, with a document."""
LARGEST = 10**13
"""The largest whole number an input may hold, either sign (in fen, a hundred thousand million yuan): products stay inside int64."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an input comes from.

    `as_of` names the column that dates a value from a feed; the value is stale where that day lies more than `days` days before the
    day the facts are asked for, which stands in the column `at`; where that is unset or empty, it is the day of the decision.
    `contradicted` names a flag: true where the records behind the value contradict each other, which then cannot be right. `grows`
    says that the value rises by itself, one a month (insured months) or with the calendar (the day of the claim), so that a near
    miss has a date. `empty` says what an empty value means where emptiness is itself a fact; unset, it is simply not known.
    """

    source: Source
    as_of: str = ""
    days: int = 0
    grows: Literal["", "month", "day"] = ""
    empty: Text | None = None
    at: str = ""
    contradicted: str = ""

    @property
    def beside(self) -> tuple[str, ...]:
        """The columns that say whether a value may be used."""
        return tuple(name for name in (self.as_of, self.at, self.contradicted) if name)


def records(*, grows: Literal["", "month", "day"] = "", empty: Text | None = None) -> Origin:
    """From our own records."""
    return Origin("records", grows=grows, empty=empty)


def feed(
    as_of: str, days: int, *, at: str = "", contradicted: str = "", grows: Literal["", "month", "day"] = "", empty: Text | None = None
) -> Origin:
    """From another authority's feed, dated by the column `as_of`, stale more than `days` days before `at`."""
    return Origin("feed", as_of, days, grows, empty, at, contradicted)


def grants(*, grows: Literal["", "month", "day"] = "", empty: Text | None = None) -> Origin:
    """From what was granted here before."""
    return Origin("grants", grows=grows, empty=empty)


def claim(*, grows: Literal["", "month", "day"] = "", empty: Text | None = None) -> Origin:
    """Said in the claim, with a document."""
    return Origin("claim", grows=grows, empty=empty)


@dataclass(frozen=True, slots=True)
class Input:
    """One value a rule may read: its type and unit from the facts table, its origin from the rule's inputs.

    `values` closes the list of words. An input of type `rows` has `fields`, themselves inputs.
    """

    name: str
    type: Type
    unit: str
    doc: Text
    origin: Origin
    values: tuple[str, ...] = ()
    fields: tuple[Input, ...] = ()


def rows_of(*columns: Column) -> pa.DataType:
    """The Arrow type of a column that holds a group of related rows with these columns, their units and documents kept inside."""
    described = [(column, {"unit": column.unit, "zh": column.doc.zh, "en": column.doc.en}) for column in columns]
    return pa.list_(pa.struct([pa.field(column.name, column.type, metadata=about) for column, about in described]))


def read_inputs(table: Table, origins: Mapping[str, Origin]) -> dict[str, Input]:
    """The inputs a facts table offers. Raises RuleFault for an origin without a column, and for a type that no rule may read."""
    known = {column.name for column in table.columns}
    for name, origin in origins.items():
        missing = next((each for each in (name, *origin.beside) if each not in known), "")
        if missing:
            raise RuleFault(f"the table {table.name} has no column {missing}", why=f"the inputs name it for {name}")
    return {column.name: _input(table, column, origins[column.name]) for column in table.columns if column.name in origins}


def _input(table: Table, column: Column, origin: Origin) -> Input:
    type_ = _type(column.type, f"{table.name}.{column.name}")
    fields: tuple[Input, ...] = ()
    if type_ == "rows":
        fields = tuple(_field(part, f"{table.name}.{column.name}", origin) for part in column.type.value_type)
    return Input(column.name, type_, column.unit, column.doc, origin, column.values, fields)


def _field(part: pa.Field, where: str, origin: Origin) -> Input:
    about = {key.decode(): value.decode() for key, value in (part.metadata or {}).items()}
    doc = Text(about.get("zh", part.name), about.get("en", part.name))
    return Input(part.name, _type(part.type, f"{where}.{part.name}"), about.get("unit", ""), doc, Origin(origin.source, empty=origin.empty))


def _type(type_: pa.DataType, where: str) -> Type:
    if pa.types.is_dictionary(type_):
        return _type(type_.value_type, where)
    if pa.types.is_boolean(type_):
        return "flag"
    if pa.types.is_integer(type_):
        return "whole"
    if pa.types.is_date(type_):
        return "date"
    if pa.types.is_string(type_) or pa.types.is_large_string(type_):
        return "word"
    if pa.types.is_list(type_) and pa.types.is_struct(type_.value_type):
        return "rows"
    raise RuleFault(f"the column {where} of type {type_} cannot be an input", next="flags, whole numbers, dates, words, or rows_of(…)")
