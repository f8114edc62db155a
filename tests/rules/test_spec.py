"""Every spec on every evaluator."""

from __future__ import annotations

import pytest

from tests.rules.decided import RULE_SPECS
from tests.rules.evaluators import EVALUATORS
from tests.rules.language import SPECS
from tests.rules.spec import RuleSpec, Spec, trial

ALL: tuple[Spec | RuleSpec, ...] = (*SPECS, *RULE_SPECS)


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize("spec", ALL, ids=lambda spec: spec.title)
def test_spec(spec: Spec | RuleSpec, evaluator: str) -> None:
    asked = trial(spec)
    found = EVALUATORS[evaluator](asked)
    wrong = [(row, answer, right) for row, answer, right in zip(asked.rows, found, asked.expected, strict=True) if answer != right]
    assert not wrong, "\n".join(f"{row}\n  gives {answer}\n  not   {right}" for row, answer, right in wrong)


def test_titles_differ() -> None:
    titles = [spec.title for spec in ALL]
    assert len(titles) == len(set(titles))
