"""The one seam through which Ibis is opened. Engines see Ibis tables and never which engine runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from guildhall.kernel.runs import Folder

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression


class Tables(Mapping[str, "Expression"]):
    """Ibis tables by declared name (`registry.workers`), and intermediates that several engines share.

    An intermediate is computed once, kept for the life of the connection, and read by every later engine.
    """

    def __init__(
        self,
        tables: Mapping[str, Expression],
        keep: Callable[[str, Expression], Expression],
        fetch: Callable[[Any], pa.Table],
        parts: Callable[[Any, int], Iterator[pa.Table]],
    ) -> None:
        self._tables = dict(tables)
        self._keep = keep
        self._fetch = fetch
        self._parts = parts
        self._kept: dict[str, Expression] = {}

    def __getitem__(self, name: str) -> Expression:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def once(self, name: str, build: Callable[[Tables], Expression]) -> Expression:
        """The intermediate called `name`, built by `build(self)` the first time and materialised."""
        if name not in self._kept:
            self._kept[name] = self._keep(name, build(self))
        return self._kept[name]

    def fetch(self, expression: Any) -> pa.Table:
        """The rows of a table expression, or the single cell of a scalar one, in Arrow."""
        return self._fetch(expression)

    def parts(self, expression: Any, rows: int = 100_000) -> Iterator[pa.Table]:
        """The rows of a large table expression, at most so many at a time, in no order: they are never in memory all at once.

        Nothing else may be asked of the connection until the last part was taken.
        """
        return self._parts(expression, rows)

    def rows(self, expression: Any) -> list[dict[str, Any]]:
        """The rows of a small table expression as dictionaries."""
        found: list[dict[str, Any]] = self.fetch(expression).to_pylist()
        return found

    def scalar(self, expression: Any) -> Any:
        """The value of a scalar expression."""
        return self.fetch(expression).column(0)[0].as_py()


@contextmanager
def open_tables(folder: Folder, *, threads: int = 0, memory: str = "", beside: Mapping[str, Folder] | None = None) -> Iterator[Tables]:
    """Every table of `folder` as an Ibis table on embedded DuckDB; the connection closes with the block.

    Tables of the folders `beside` it stand under their names with what the mapping puts before.
    """
    settings: dict[str, Any] = {}
    if threads:
        settings["threads"] = threads
    if memory:
        settings["memory_limit"] = memory
    with _duckdb(settings) as (connection, tables_of):
        folders = {"": folder, **(beside or {})}
        files = {f"{before}{name}": found.file(name) for before, found in folders.items() for name in found.manifest.tables}
        yield tables_of({name: connection.read_parquet(file, table_name=name) for name, file in files.items()})


@contextmanager
def open_arrow(tables: Mapping[str, pa.Table]) -> Iterator[Tables]:
    """Tables in memory as Ibis tables on embedded DuckDB: what is keyed and never written to a folder."""
    with _duckdb({}) as (connection, tables_of):
        for name, rows in tables.items():
            connection.con.register(name, rows)
        yield tables_of({name: connection.table(name) for name in tables})


@contextmanager
def _duckdb(settings: Mapping[str, Any]) -> Iterator[tuple[Any, Callable[[Mapping[str, Expression]], Tables]]]:
    """A connection of its own, and what makes `Tables` of the Ibis tables opened on it."""
    import ibis  # heavy: only when a run starts

    connection = ibis.duckdb.connect(**settings)
    connection.con.execute("SET enable_progress_bar = false")  # it would write into what a command prints

    def keep(name: str, expression: Expression) -> Expression:
        # A temporary table rather than `.cache()`, whose finalisers outlive the connection.
        return connection.create_table(f"kept.{name}", expression, temp=True)

    def fetch(expression: Any) -> pa.Table:
        # Not `.to_pyarrow()`, which loads pandas: that costs more than most queries here.
        return connection.con.sql(connection.compile(expression.as_table())).to_arrow_table()

    def parts(expression: Any, rows: int) -> Iterator[pa.Table]:
        with connection.con.sql(connection.compile(expression.as_table())).to_arrow_reader(rows) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])

    try:
        yield connection, lambda opened: Tables(opened, keep, fetch, parts)
    finally:
        connection.disconnect()
