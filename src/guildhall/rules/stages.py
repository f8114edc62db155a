"""Columns worked out once per row and read many times: a table in stages, each of which may read those before it.

Ibis puts consecutive selections together, writing out again what was worked out once. A named stage keeps them apart.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from guildhall.rules.cells import Sql

_numbers = count(1)
"""Stages of several folds may meet in one query, so their names differ."""


class Stages:
    """A table that grows by columns. `column` gives a placeholder; `over` puts what is written with placeholders on the finished table."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self._steps: list[dict[str, Sql]] = []
        self._levels: dict[str, int] = dict.fromkeys(table.columns, 0)
        self._columns: dict[str, Sql] = {name: table[name] for name in table.columns}
        self._names: dict[Any, str] = {}

    def column(self, name: str) -> Sql:
        """A column by name: of the table, or worked out."""
        return self._columns[name]

    def add(self, sql: Sql, name: str = "") -> Sql:
        """The column that holds an expression from now on; the same expression is held once."""
        import ibis

        operation = sql.op()
        if operation in self._names:
            return self._columns[self._names[operation]]
        made = name or f"step {len(self._columns)}"
        level = 1 + max((self._levels[field.name] for field in _fields(operation)), default=0)
        while len(self._steps) < level:
            self._steps.append({})
        self._steps[level - 1][made] = sql
        self._levels[made], self._names[operation] = level, made
        self._columns[made] = ibis.table({made: sql.type()}, name="worked out")[made]
        return self._columns[made]

    def finished(self) -> Any:
        """The table with every column, worked out stage by stage."""
        table = self._table
        for step in self._steps:
            table = table.mutate(**{name: over(sql, table) for name, sql in step.items()}).alias(f"stage {next(_numbers)}")
        return table


def over(sql: Sql, table: Any) -> Sql:
    """An expression with its columns taken, by name, from another table."""
    from ibis.expr import operations as ops

    operation = sql.op()
    fields = {field: ops.Field(table, field.name) for field in _fields(operation)}
    return operation.replace(fields, filter=ops.Value).to_expr() if fields else sql


def _fields(operation: Any) -> Any:
    from ibis.expr import operations as ops

    return operation.find(ops.Field, filter=ops.Value)
