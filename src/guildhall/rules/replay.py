"""Making a stored decision again: from the stored rules and inputs alone, to the same bytes."""

from __future__ import annotations

from datetime import date

from guildhall.rules.decisions import Decision
from guildhall.rules.rows import decide
from guildhall.rules.serial import load_inputs, load_rulebook


def replay(rulebook: str, inputs: str, *, on: date) -> Decision:
    """The decision that the stored rulebook gives for the stored inputs; its JSON equals what was stored. Raises NotReadable."""
    stored = load_rulebook(rulebook)
    return decide(stored.rule, load_inputs(stored.rule, inputs), parameters=stored.parameters, on=on)
