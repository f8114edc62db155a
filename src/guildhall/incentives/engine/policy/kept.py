"""The facts of everybody as they are kept: with cluster and level, and with what lies in each column."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from guildhall.incentives.engine.facts import facts
from guildhall.incentives.engine.facts.world import World, beside
from guildhall.incentives.tables.businesses import BUSINESS_FACTS
from guildhall.incentives.tables.certificates import CERTIFICATE_FACTS
from guildhall.incentives.tables.hires import HIRE_FACTS
from guildhall.incentives.tables.policy import EXTENTS, KEPT
from guildhall.kernel.backends import Tables
from guildhall.kernel.tables import Table, as_column, words
from guildhall.registry.tables import CERTIFIED
from guildhall.rules.usable import Extent, Extents

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression


def kept(tables: Tables, name: str, on: date) -> Expression:
    """A facts table of everybody on a day, with the columns that its rows are grouped by."""
    rows = facts(tables, on=on, only=(name,))[name]
    world = World.of(tables, on)
    rows = _with_job(world, rows) if name == CERTIFICATE_FACTS.name else rows.mutate(works_at=rows.organisation_id)
    clusters = tables["registry.organisations"].select(clustered="organisation_id", cluster="cluster")
    rows = beside(rows, "works_at", clusters, "clustered")
    if name in (HIRE_FACTS.name, BUSINESS_FACTS.name):
        rows = _with_level(world, rows)
    return rows.select(*(column.name for column in KEPT[name].columns))


def _with_job(world: World, rows: Expression) -> Expression:
    """Rows with `works_at`: the employer of the day; of several, who began last, then the highest key."""
    jobs = world.of_persons(world.tables["registry.employment_spells"])
    jobs = jobs.filter(jobs.started_on <= world.on, jobs.ended_on.isnull() | (jobs.ended_on > world.on))
    mark = (jobs.started_on.year() * 512 + jobs.started_on.month() * 32 + jobs.started_on.day()).cast(
        "int64"
    ) * SHIFT + jobs.organisation_id
    last = jobs.group_by(working=jobs.person).agg(mark=mark.max())
    held = world.keep("policy.jobs", lambda: last.select("working", works_at=last.mark % SHIFT))
    return beside(rows, "worker_id", held, "working")


SHIFT = 1 << 36


def _with_level(world: World, rows: Expression) -> Expression:
    """Rows with `highest_level`: the highest certificate their person holds on the day."""
    held = world.of_persons(world.tables["registry.certificates"])
    held = held.filter(held.issued_on <= world.on, held.valid_until.isnull() | (held.valid_until > world.on))
    rank = ibis.cases(*((held.level == name, n) for n, name in enumerate(CERTIFIED)), else_=ibis.null("int32"))
    best = world.keep("policy.levels", lambda: held.group_by(holder=held.person).agg(best=rank.max()))
    rows = beside(rows, "worker_id", best, "holder")
    return rows.mutate(highest_level=ibis.cases(*((rows.best == n, name) for n, name in enumerate(CERTIFIED)), else_=ibis.null("string")))


def as_kept(part: pa.Table, declared: Table) -> pa.Table:
    """Rows as the engine gives them, in the declared types."""
    columns = {column.name: as_column(part.column(column.name), column.type) for column in declared.columns}
    return pa.table(columns, schema=declared.schema)


@dataclass
class Seen:
    """What has been seen of each column, part after part."""

    low: dict[str, Any] = field(default_factory=dict)
    high: dict[str, Any] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    words: dict[str, set[str]] = field(default_factory=dict)

    def see(self, part: pa.Table) -> None:
        """Takes note of a part."""
        for name in part.column_names:
            column = part.column(name)
            if column.null_count:
                self.empty.add(name)
            if column.null_count < part.num_rows:
                self.filled.add(name)
            if pa.types.is_dictionary(column.type):
                self.words.setdefault(name, set()).update(words(column))
            elif any(is_one(column.type) for is_one in (pa.types.is_integer, pa.types.is_date, pa.types.is_boolean)):
                ends = pc.min_max(column).as_py()
                if ends["min"] is not None:
                    self.low[name] = min(self.low.get(name, ends["min"]), ends["min"])
                    self.high[name] = max(self.high.get(name, ends["max"]), ends["max"])

    def table(self, columns: Iterable[str]) -> pa.Table:
        """As a table of EXTENTS."""
        names = list(columns)
        return EXTENTS.build(
            {
                "column": names,
                "low": [_text(self.low.get(name)) for name in names],
                "high": [_text(self.high.get(name)) for name in names],
                "empty": [name in self.empty for name in names],
                "void": [name not in self.filled for name in names],
                "words": [json.dumps(sorted(self.words[name]), ensure_ascii=False) if name in self.words else None for name in names],
            }
        )


def _text(value: Any) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, date) else str(value)


def extents(declared: Table, rows: Iterable[Mapping[str, Any]]) -> Extents:
    """What is known of the columns of kept facts, from the rows of EXTENTS."""
    types = {column.name: column.type for column in declared.columns}
    return {row["column"]: _extent(row, types[row["column"]]) for row in rows}


def _value(text: str, type_: pa.DataType) -> int | date | bool:
    if pa.types.is_boolean(type_):
        return text == str(True)
    return date.fromisoformat(text) if pa.types.is_date(type_) else int(text)


def _extent(row: Mapping[str, Any], type_: pa.DataType) -> Extent:
    low, high = (None if row[name] is None else _value(row[name], type_) for name in ("low", "high"))
    words_ = None if row["words"] is None else frozenset(json.loads(row["words"]))
    return Extent(low, high, row["empty"], words_, row.get("void", False))  # facts kept by an earlier version do not say so
