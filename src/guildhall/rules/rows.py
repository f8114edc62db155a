"""Deciding one row: outcome, value, reasons and the complete trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from guildhall.kernel.money import LARGEST
from guildhall.rules.decisions import Condition, Decision, Missing, Operand, Outcome, digest
from guildhall.rules.evaluation import Evaluation
from guildhall.rules.expressions import Node
from guildhall.rules.near import near_miss
from guildhall.rules.parameters import Parameters
from guildhall.rules.rulebook import Rule
from guildhall.rules.serial import inputs_json, rulebook_digest
from guildhall.rules.validity import refuse_wrong_fields, unusable


@dataclass(frozen=True, slots=True)
class Amount:
    """The value a rule would give, whatever its conditions say, and why not where it gives none."""

    value: int | None
    operands: tuple[Operand, ...] = ()
    missing: tuple[Missing, ...] = ()
    cap: int | None = None
    uplift: str | None = None


def decide(rule: Rule, facts: Mapping[str, object], *, parameters: Parameters, on: date) -> Decision:
    """What `rule` says for one row of facts, asked on a date.

    Refused where any condition does not hold; else undetermined where a condition or the amount is not known, and always
    where a value of the row cannot be right; else entitled. A field that is left out counts as not known. Raises
    FaultsFound for a field that the facts table does not have, or of another type.
    """
    refuse_wrong_fields(rule, facts)
    evaluation, conditions, amount, bad = _read(rule, facts, parameters, on)
    outcome = _outcome(conditions, amount, bad)
    failed = [condition.name for condition in conditions if condition.state is False]
    near = None
    if outcome == "refused" and len(failed) == 1 and all(condition.state is not None for condition in conditions):
        evaluation.begin()
        near = near_miss(rule, failed[0], evaluation, on, lambda changed, day: _outcome_only(rule, changed, parameters, day))
    return Decision(
        rule=rule.name,
        on=on,
        outcome=outcome,
        value=amount.value if outcome == "entitled" else None,
        unit=rule.unit,
        kind=rule.result.kind,
        channel=rule.channel,
        conditions=conditions,
        missing=_missing(conditions, amount, bad) if outcome == "undetermined" else (),
        value_operands=amount.operands,
        cap=amount.cap,
        uplift=amount.uplift,
        near=near,
        mode=parameters.mode,
        rulebook=rulebook_digest(rule, parameters),
        inputs=digest(inputs_json(rule, facts)),
    )


def _read(
    rule: Rule, facts: Mapping[str, object], parameters: Parameters, on: date
) -> tuple[Evaluation, tuple[Condition, ...], Amount, tuple[Missing, ...]]:
    reasons = unusable(rule, facts, on)
    evaluation = Evaluation(rule, facts, parameters, reasons)
    conditions = tuple(_condition(evaluation, name, node) for name, node in rule.conditions.items())
    bad = dict.fromkeys(missing for missing in reasons.values() if missing.why == "bad")
    return evaluation, conditions, _amount(evaluation, rule), tuple(bad)


def _outcome_only(rule: Rule, facts: Mapping[str, object], parameters: Parameters, on: date) -> tuple[str, int | None]:
    _, conditions, amount, bad = _read(rule, facts, parameters, on)
    return _outcome(conditions, amount, bad), amount.value


def _condition(evaluation: Evaluation, name: str, node: Node) -> Condition:
    evaluation.begin()
    state = cast("bool | None", evaluation.value(node))
    return Condition(name, state, _once(evaluation.operands), tuple(dict.fromkeys(evaluation.missing)))


def _once(operands: list[Operand]) -> tuple[Operand, ...]:
    return tuple(dict.fromkeys(operands))


def _amount(evaluation: Evaluation, rule: Rule) -> Amount:
    """The value under its cap: above it only with an uplift, never silently cut and never silently paid."""
    if rule.result.value is None:
        return Amount(None)
    evaluation.begin()
    value = cast("int | None", evaluation.value(rule.result.value))
    uplift = next(iter(evaluation.uplifts), None)
    cap = None if rule.result.cap is None else cast("int | None", evaluation.value(rule.result.cap))
    missing = list(evaluation.missing)
    above = value is not None and cap is not None and value > cap
    if value is not None and not 0 <= value <= LARGEST:
        missing.append(Missing("value", "bad", "negative" if value < 0 else "too_large"))
    elif above and uplift is None:
        missing.append(Missing("value", "bad", "over_cap"))
    known = None if missing else value
    return Amount(known, _once(evaluation.operands), tuple(dict.fromkeys(missing)), cap, uplift if above else None)


def _outcome(conditions: tuple[Condition, ...], amount: Amount, bad: tuple[Missing, ...]) -> Outcome:
    states = [condition.state for condition in conditions]
    if bad:
        return "undetermined"
    if False in states:
        return "refused"
    return "undetermined" if None in states or amount.missing else "entitled"


def _missing(conditions: tuple[Condition, ...], amount: Amount, bad: tuple[Missing, ...]) -> tuple[Missing, ...]:
    found = [*bad, *(missing for condition in conditions for missing in condition.missing), *amount.missing]
    return tuple(dict.fromkeys(found))
