"""Every reader of a rule, under one interface: what the specs are run on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from guildhall.rules import decide
from tests.rules.spec import TODAY, Answer, Trial

Evaluator: TypeAlias = Callable[[Trial], list[Answer]]


def by_row(trial: Trial) -> list[Answer]:
    """The row evaluator, one row after another."""
    decisions = [decide(trial.rule, row, parameters=trial.parameters, on=TODAY) for row in trial.rows]
    return [Answer(found.outcome, found.value, found.failed, found.unknown) for found in decisions]


EVALUATORS: Mapping[str, Evaluator] = {"row": by_row}
