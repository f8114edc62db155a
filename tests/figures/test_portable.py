"""Nothing above the seam may be understood by DuckDB alone: every expression also compiles for Spark."""

from __future__ import annotations

from typing import Any

import pytest

from guildhall.kernel.backends import Tables, open_tables
from guildhall.overview.engine.steps import STEPS, Step
from tests.figures import spec
from tests.figures.test_figures import CITY


def spark_compiler() -> Any:
    """Ibis's compiler for Spark with the one rule it lacks: Spark has had BIT_OR as an aggregate since 3.0."""
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler

    class WithBitOr(PySparkCompiler):  # type: ignore[misc]
        def visit_BitOr(self, op: Any, *, arg: Any, where: Any) -> Any:
            assert where is None
            return self.f.anon.bit_or(arg)

    return WithBitOr()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.table.name)
def test_step_compiles_for_spark(step: Step) -> None:
    compiled: list[str] = []

    def also_for_spark(expression: Any) -> Any:
        compiled.append(spark_compiler().to_sqlglot(expression.as_table()).sql("spark"))
        return expression

    with open_tables(spec.folder(CITY)) as tables:
        watched = Tables(
            dict(tables),
            lambda name, expression: tables.once(name, lambda _: also_for_spark(expression)),
            lambda expression: tables.fetch(also_for_spark(expression)),
            tables.parts,
        )
        table = step.compute(watched, spec.CONTEXT)
    assert table.num_rows
    assert compiled
