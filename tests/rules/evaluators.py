"""Every reader of a rule, under one interface: what the specs are run on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from guildhall.kernel.backends import open_arrow
from guildhall.rules import decide
from guildhall.rules.fold import fold
from tests.rules.spec import TODAY, Answer, Trial

Evaluator: TypeAlias = Callable[[Trial], list[Answer]]


def by_row(trial: Trial) -> list[Answer]:
    """The row evaluator, one row after another."""
    decisions = [decide(trial.rule, row, parameters=trial.parameters, on=TODAY) for row in trial.rows]
    return [Answer(found.outcome, found.value, found.failed, found.unknown) for found in decisions]


def by_table(trial: Trial) -> list[Answer]:
    """The fold, over all the rows at once on embedded DuckDB."""
    columns = {column.name: [row.get(column.name) for row in trial.rows] for column in trial.facts.columns}
    columns[trial.facts.key[0]] = list(range(len(trial.rows)))
    with open_arrow({"facts": trial.facts.build(columns)}) as tables:
        found = tables.rows(fold(trial.rule, trial.parameters, TODAY)(tables["facts"]).order_by(trial.facts.key[0]))
    names = list(trial.rule.conditions)
    return [Answer(row["outcome"], row["value"], _named(names, row["failed"]), _named(names, row["unknown"])) for row in found]


def _named(names: list[str], mask: int) -> tuple[str, ...]:
    return tuple(name for bit, name in enumerate(names) if mask >> bit & 1)


EVALUATORS: Mapping[str, Evaluator] = {"row": by_row, "table": by_table}
