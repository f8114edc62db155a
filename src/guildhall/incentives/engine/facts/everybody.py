"""The facts of everybody at a date, as Ibis tables over a snapshot: each row the same as that of `one`.

Nothing is fetched but what is small (places, feeds, which facts were said). Intermediates that several facts need are computed once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from guildhall.incentives.engine.facts import certificates, hires, owners
from guildhall.incentives.engine.facts.world import World
from guildhall.incentives.tables.businesses import BUSINESS_FACTS
from guildhall.incentives.tables.certificates import CERTIFICATE_FACTS
from guildhall.incentives.tables.employers import EMPLOYER_FACTS
from guildhall.incentives.tables.hires import HIRE_FACTS
from guildhall.kernel.backends import Tables
from guildhall.kernel.tables import Table

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression

Made = tuple["Expression", dict[str, Any], dict[str, Any]]
"""Rows, what records know of them by column, and what claims said."""
READS = (
    *("registry.places", "registry.place_parents", "registry.place_successors", "registry.feeds", "registry.aliases"),
    *("registry.organisations", "registry.workers", "registry.certificates", "registry.employment_spells"),
    *("registry.insurance_spells", "registry.reported_facts", "incentives.grants", "incentives.trainings"),
    *("incentives.employer_years", "incentives.businesses", "incentives.statements"),
)
"""The tables of a snapshot that facts are worked out from."""


def facts(tables: Tables, *, on: date, only: Collection[str] = ()) -> dict[str, Expression]:
    """The facts tables by name (all four, or `only` some), each with the declared columns and a row per subject that had begun by `on`.

    Both the day of application and that of the grant are `on`. Words come as plain text; the expressions are lazy, and read each
    column only where it is asked for.
    """
    world = World.of(tables, on)
    made = {
        CERTIFICATE_FACTS: certificates.made,
        HIRE_FACTS: hires.made,
        EMPLOYER_FACTS: owners.employers,
        BUSINESS_FACTS: owners.businesses,
    }
    return {table.name: _filled(table, *make(world)) for table, make in made.items() if not only or table.name in only}


def _filled(table: Table, rows: Expression, known: Mapping[str, Any], said: Mapping[str, Any]) -> Expression:
    """Every column of a facts table in its type: what records know, else what was said, else nothing."""
    columns = {}
    for column in table.columns:
        type_ = _type(column.type)
        found = [part.cast(type_) for part in (known.get(column.name), said.get(column.name)) if part is not None]
        columns[column.name] = ibis.coalesce(*found) if len(found) > 1 else found[0] if found else ibis.null(type_)
    return rows.select(**columns)


def _type(type_: pa.DataType) -> str:
    if pa.types.is_dictionary(type_) or pa.types.is_string(type_):
        return "string"
    return {pa.bool_(): "boolean", pa.date32(): "date", pa.int64(): "int64"}[type_]
