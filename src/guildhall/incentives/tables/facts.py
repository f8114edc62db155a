"""How a facts table says, of each column, where the value comes from and when it is too old to decide on.

A facts table has one row for each subject of a rule. A rule reads one row of it and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from guildhall.kernel.tables import DATE, Column, Table, Text

Origin = Literal["registry", "feed", "grants", "claim"]
"""Our records; another authority's file; what we granted before; what the claim says and a document shows."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One column of a facts table, with its origin.

    `as_of` names the column with the day its feed speaks of; `days` later the value is stale and decides nothing. What `grows` rises by
    one each month while nothing changes, so that a near miss can name the day it turns.
    """

    column: Column
    origin: Origin = "registry"
    as_of: str = ""
    days: int = 0
    grows: bool = False

    @property
    def name(self) -> str:
        return self.column.name


def fact(
    name: str,
    type_: pa.DataType,
    zh: str,
    en: str,
    origin: Origin = "registry",
    *,
    unit: str = "",
    values: tuple[str, ...] = (),
    ref: str = "",
    known: bool = False,
    as_of: tuple[str, int] = ("", 0),
    grows: bool = False,
) -> Fact:
    """A column of facts; empty where nobody has said, unless it is always `known`."""
    column = Column(name, type_, Text(zh, en), unit=unit, nullable=not known, values=values, ref=ref)
    return Fact(column, origin, as_of[0], as_of[1], grows)


def as_of(name: str, zh: str, en: str) -> Fact:
    """The day that a feed speaks of; empty when it has never come."""
    return fact(name, DATE, zh, en, "feed")


def facts_table(name: str, zh: str, en: str, facts: Iterable[Fact], key: tuple[str, ...]) -> Table:
    """The declaration of a facts table."""
    return Table(name, Text(zh, en), tuple(fact.column for fact in facts), key)
