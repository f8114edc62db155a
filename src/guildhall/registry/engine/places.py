"""The territory of the registry's place tables: units at a date, and who answers today."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from guildhall.kernel.territory import Edge, Node, Succession, Territory

READS = ("registry.places", "registry.place_parents", "registry.place_successors")


def territory(places: pa.Table, parents: pa.Table, successors: pa.Table) -> Territory:
    """The dated tree held by three tables in the shape that `registry.tables` declares."""
    return Territory(
        (Node(r["place_id"], r["kind"], r["valid_from"], r["valid_until"]) for r in _rows(places)),
        (Edge(r["place_id"], r["parent_id"], r["relation"], r["valid_from"], r["valid_until"]) for r in _rows(parents)),
        (Succession(r["place_id"], r["successor_id"], r["effective_on"], r["scope"]) for r in _rows(successors)),
    )


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
