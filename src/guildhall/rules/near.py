"""What would have to change: the one failing condition, by how much, and the day it turns by waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any, TypeAlias

from guildhall.rules.decisions import Near
from guildhall.rules.evaluation import Evaluation
from guildhall.rules.expressions import Comparison, Elapsed, InputRef, Logic, Node
from guildhall.rules.months import add_days, add_months, months_between
from guildhall.rules.rulebook import Rule

Facts: TypeAlias = Mapping[str, object]
Trial: TypeAlias = Callable[[Facts, date], tuple[str, int | None]]
"""Outcome and value of the rule for other facts, on another date."""
_MIRRORED = {"ge": "le", "gt": "lt", "le": "ge", "lt": "gt"}


@dataclass(frozen=True, slots=True)
class Cure:
    """What one input would have to be, how far off it is, and the day that comes about by itself, if it does."""

    input: str
    value: object
    by: int
    unit: str
    turns_on: date | None


def near_miss(rule: Rule, condition: str, evaluation: Evaluation, on: date, trial: Trial) -> Near | None:
    """How the one failing condition would come to hold, and what the rule would then give; None where no single input cures it.

    Of alternatives the one that turns first by waiting is named, else the first that a change of one input cures.
    """
    cures = _cures(rule, rule.conditions[condition], evaluation, on)
    found = [near for cure in cures if (near := _tried(rule, condition, cure, evaluation.facts, on, trial)) is not None]
    return min(found, key=lambda near: near.turns_on or date.max, default=None)


def may_turn(rule: Rule, condition: str) -> bool:
    """Whether there are facts of which waiting cures that condition: it asks for more of something that grows."""
    return _may_turn(rule, rule.conditions[condition])


def _may_turn(rule: Rule, node: Node) -> bool:
    if isinstance(node, Logic):
        return any(_may_turn(rule, part) for part in node.parts)
    if not isinstance(node, Comparison) or node.order not in _MIRRORED:
        return False
    side = node.left if node.order in ("ge", "gt") else node.right
    if isinstance(side, Elapsed) and isinstance(side.end, InputRef):
        return rule.inputs[side.end.name].origin.grows == "day"
    return isinstance(side, InputRef) and bool(rule.inputs[side.name].origin.grows)


def _tried(rule: Rule, condition: str, cure: Cure, facts: Facts, on: date, trial: Trial) -> Near | None:
    if cure.turns_on is not None:
        outcome, value = trial(_later(rule, facts, on, cure.turns_on), cure.turns_on)
        if outcome == "entitled":
            return Near(condition, cure.input, cure.by, cure.unit, value, cure.turns_on)
    outcome, value = trial({**facts, cure.input: cure.value}, on)
    return Near(condition, cure.input, cure.by, cure.unit, value) if outcome == "entitled" else None


def _later(rule: Rule, facts: Facts, on: date, day: date) -> Facts:
    """The same facts at a later day: what grows has grown, and the feeds have come."""
    months = months_between(on, day)
    changed: dict[str, object] = {}
    for name in rule.reads:
        value, origin = facts.get(name), rule.inputs[name].origin
        if origin.grows == "month" and isinstance(value, int):
            changed[name] = value + months
        elif isinstance(value, date) and (origin.grows == "day" or name in rule.dating):
            changed[name] = max(value, day)
    return {**facts, **changed}


def _cures(rule: Rule, node: Node, evaluation: Evaluation, on: date) -> Iterator[Cure]:
    """What would make a failing condition hold: any of its alternatives, or the one part of it that fails."""
    if isinstance(node, Logic):
        failing = [part for part in node.parts if evaluation.value(part) is False]
        if node.op == "or" or len(failing) == 1:
            for part in failing:
                yield from _cures(rule, part, evaluation, on)
    elif isinstance(node, Comparison) and node.order in _MIRRORED:
        cure = _cure(rule, node, evaluation, on)
        if cure is not None and cure.by > 0:
            yield cure


def _cure(rule: Rule, node: Comparison, evaluation: Evaluation, on: date) -> Cure | None:
    """Reads a comparison from the side that may rise: an input, or the time up to a date that moves."""
    for side, other, order in ((node.left, node.right, node.order), (node.right, node.left, _MIRRORED[node.order])):
        if order not in ("ge", "gt"):
            continue
        bound: Any = evaluation.value(other)
        if isinstance(side, InputRef):
            return _of_input(rule, side.name, bound, order, evaluation, on)
        if isinstance(side, Elapsed) and isinstance(side.end, InputRef):
            return _of_time(rule, side, side.end.name, _reached(bound, order), evaluation, on)
    return None


def _of_input(rule: Rule, name: str, bound: Any, order: str, evaluation: Evaluation, on: date) -> Cure | None:
    given, value = rule.inputs[name], evaluation.facts[name]
    if given.type == "whole" and isinstance(value, int):
        need = _reached(bound, order)
        turns = add_months(on, need - value) if given.origin.grows == "month" and need - value < 1200 else None
        return Cure(name, need, need - value, given.unit, turns)
    if given.type == "date" and given.origin.grows == "day" and isinstance(value, date):
        day = bound + timedelta(1) if order == "gt" else bound
        return Cure(name, day, (day - value).days, "days", max(day, on))
    return None


def _of_time(rule: Rule, elapsed: Elapsed, name: str, need: int, evaluation: Evaluation, on: date) -> Cure | None:
    start: Any = evaluation.value(elapsed.start)
    if rule.inputs[name].origin.grows != "day":
        return None
    day = (add_months if elapsed.unit == "months" else add_days)(start, need)
    if day is None:
        return None
    passed: Any = evaluation.value(elapsed)
    end = evaluation.facts[name]
    if elapsed.unit == "months" and isinstance(end, date) and months_between(end, day) < 1:
        return Cure(name, day, (day - end).days, "days", max(day, on))
    return Cure(name, day, need - passed, elapsed.unit, max(day, on))


def _reached(bound: int | Fraction, order: str) -> int:
    """The least whole number that passes the bound."""
    return ceil(bound) if order == "ge" else floor(bound) + 1
