"""A kept check read again: the decision beside the rule and the parameters it was made of, and whether they still give it to the byte."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from guildhall.incentives.models import Check
from guildhall.incentives.queries.sealed import check_text
from guildhall.rules.decisions import Decision
from guildhall.rules.parameters import Parameter
from guildhall.rules.rows import decide
from guildhall.rules.rulebook import Rule
from guildhall.rules.serial import NotReadable, load_inputs, load_rulebook

Standing = Literal["same", "differs", "altered", "erased", "unreadable"]
"""Made again it is the same; it is another; what was stored is not what its digests say; it was erased on schedule; no reader knows it."""


@dataclass(frozen=True)
class Trace:
    """A check with its decision, its rule and its parameters as they were kept; without them where nothing can be read."""

    check: Check
    standing: Standing
    decision: Decision | None = None
    rule: Rule | None = None
    parameters: Mapping[str, Parameter] | None = None


def trace(check: Check) -> Trace:
    """A check made again from what was kept with it. The caller has made sure that the viewer may see its claim."""
    stored, told = check_text(check, "decision"), check_text(check, "inputs")
    if not stored:
        return Trace(check, "erased")
    if (_sha256(check.rulebook.content), _sha256(told), _sha256(stored)) != (check.rulebook_id, check.inputs_digest, check.decision_digest):
        return Trace(check, "altered")
    try:
        kept = load_rulebook(check.rulebook.content)
        found = decide(kept.rule, load_inputs(kept.rule, told), parameters=kept.parameters, on=check.on)
    except NotReadable:
        return Trace(check, "unreadable")
    return Trace(check, "same" if found.to_json() == stored else "differs", found, kept.rule, kept.parameters.of(kept.rule.name))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
