"""The tables that anyone may take away: what the pages show, with the same counts hidden."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from guildhall.kernel.disclosure import THRESHOLD
from guildhall.kernel.errors import NotFound
from guildhall.kernel.tables import Table, Text
from guildhall.overview import tables
from guildhall.overview.engine.disclosure import Cell
from guildhall.overview.queries.results import Results, results
from guildhall.web.viewer import Viewer

LICENCE = "CC-BY-4.0"
BYTE_ORDER_MARK = "\ufeff".encode()
"""Spreadsheets take a CSV without it for another encoding."""
Address = Callable[[Mapping[str, Any], str], Cell]


@dataclass(frozen=True)
class Release:
    """One published table: what it is called, its rows, and how many of its counts are hidden."""

    name: str
    title: Text
    rows: pa.Table
    hidden: int


def releases(viewer: Viewer) -> tuple[Release, ...]:
    """Every table of the run in force. Where a count is hidden it is empty, and `withheld` names its column."""
    found = results(viewer)
    return tuple(_release(found, table) for table in tables.TABLES)


def release(name: str, viewer: Viewer) -> Release:
    """One table by its short name. Raises NotFound."""
    for table in tables.TABLES:
        if _short(table) == name:
            return _release(results(viewer), table)
    raise NotFound(_("There is no table “%(name)s” to take away") % {"name": name}, next=_("choose one from the list of open data"))


def as_csv(found: Release) -> bytes:
    """The table as CSV in UTF-8, with a byte-order mark."""
    out = io.BytesIO()
    out.write(BYTE_ORDER_MARK)
    pa.csv.write_csv(found.rows, out)
    return out.getvalue()


def as_parquet(found: Release, about: Mapping[str, Any]) -> bytes:
    """The table as Parquet; `about` stands in the file's own metadata under `guildhall`."""
    out = io.BytesIO()
    labelled = found.rows.replace_schema_metadata({"guildhall": json.dumps(about, ensure_ascii=False)})
    pq.write_table(labelled, out, compression="zstd")
    return out.getvalue()


def about(viewer: Viewer) -> dict[str, Any]:
    """Where the tables come from and on which terms: snapshot, run, date, scale, whether the people are made up, licence, threshold."""
    found = results(viewer)
    return {
        "city": {"zh": found.city.name.zh, "en": found.city.name.en},
        "snapshot": found.current.snapshot.manifest.id,
        "run": found.current.figures.manifest.id,
        "as_of": found.on.isoformat(),
        "scale": str(found.current.scale),
        "synthetic": found.current.synthetic,
        "licence": LICENCE,
        "threshold": THRESHOLD,
    }


def _release(found: Results, table: Table) -> Release:
    rows = found.rows(table)
    hidden = [_hidden(found, table, row) for row in rows]
    columns: dict[str, pa.Array] = {}
    for column in table.columns:
        kept = [None if column.name in names else row[column.name] for row, names in zip(rows, hidden, strict=True)]
        type_ = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        columns[column.name] = pa.array(kept, type_)
        if column.ref == "registry.places":
            places = [found.city.place.get(row[column.name]) for row in rows]
            columns["name_zh"] = pa.array([place.name.zh if place else None for place in places], pa.string())
            columns["name_en"] = pa.array([place.name.en if place else None for place in places], pa.string())
    if table.name in ADDRESSES:
        columns["withheld"] = pa.array([" ".join(names) for names in hidden], pa.string())
    return Release(_short(table), table.doc, pa.table(columns), sum(map(len, hidden)))


def _short(table: Table) -> str:
    return table.name.partition(".")[2]


def _hidden(found: Results, table: Table, row: Mapping[str, Any]) -> list[str]:
    """Columns of a row that stay hidden."""
    if table.name not in ADDRESSES:
        return []
    columns, address = ADDRESSES[table.name]
    return [column for column in columns if address(row, column) in found.withheld]


ADDRESSES: dict[str, tuple[tuple[str, ...], Address]] = {
    tables.PLACE_MEASURES.name: (("value",), lambda row, _column: ("measure", row["place_id"], row["on"].isoformat(), row["measure"])),
    tables.PLACE_LADDER.name: (("persons",), lambda row, _column: ("rung", row["place_id"], row["level"])),
    tables.CLUSTERS.name: (("employed", "skilled", "high_skilled"), lambda row, column: ("cluster", row["cluster"], column)),
}
"""Tables with counts of parts of the city: which columns count people, and how the rule addresses one."""
