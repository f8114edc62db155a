"""The one seam through which Ibis is opened. Engines see Ibis tables and never which engine runs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from guildhall.kernel.runs import Folder

Tables = Mapping[str, Any]
"""Ibis table expressions by declared name (`registry.workers` → ibis.Table)."""


@contextmanager
def open_tables(folder: Folder, *, threads: int = 0, memory: str = "") -> Iterator[dict[str, Any]]:
    """Every table of `folder` as an Ibis table on embedded DuckDB; the connection closes with the block."""
    import ibis  # heavy: only when a run starts

    settings: dict[str, Any] = {}
    if threads:
        settings["threads"] = threads
    if memory:
        settings["memory_limit"] = memory
    connection = ibis.duckdb.connect(**settings)
    try:
        yield {name: connection.read_parquet(_file(folder, name), table_name=name) for name in folder.manifest.tables}
    finally:
        connection.disconnect()


def _file(folder: Folder, name: str) -> Path:
    return folder.file(name)
