"""The one seam through which Ibis is opened. Engines see Ibis tables and never which engine runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from guildhall.kernel.runs import Folder

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression


class Tables(Mapping[str, "Expression"]):
    """Ibis tables by declared name (`registry.workers`), and intermediates that several engines share.

    An intermediate is computed once, kept for the life of the connection, and read by every later engine.
    """

    def __init__(self, tables: Mapping[str, Expression]) -> None:
        self._tables = dict(tables)
        self._kept: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Expression:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def once(self, name: str, build: Callable[[Tables], Expression]) -> Expression:
        """The intermediate called `name`, built by `build(self)` the first time and materialised."""
        if name not in self._kept:
            self._kept[name] = build(self).cache()
        kept: Expression = self._kept[name]
        return kept


@contextmanager
def open_tables(folder: Folder, *, threads: int = 0, memory: str = "") -> Iterator[Tables]:
    """Every table of `folder` as an Ibis table on embedded DuckDB; the connection closes with the block."""
    import ibis  # heavy: only when a run starts

    settings: dict[str, Any] = {}
    if threads:
        settings["threads"] = threads
    if memory:
        settings["memory_limit"] = memory
    connection = ibis.duckdb.connect(**settings)
    try:
        yield Tables({name: connection.read_parquet(folder.file(name), table_name=name) for name in folder.manifest.tables})
    finally:
        connection.disconnect()
