"""Conditions of a rule that contradict each other, or of which one says nothing beside another: as far as that can be decided exactly.

Decided are comparisons of one expression with constants and with parameters in force, and lists of words, on every day on which a
version begins. A condition that holds anything else is left out of account: nothing is reported that might not be so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, TypeAlias

from guildhall.kernel.errors import Fault
from guildhall.rules.expressions import Comparison, Literal, Logic, Membership, Negation, Node, Order, ParameterRef, Scalar
from guildhall.rules.parameters import Found, Parameters
from guildhall.rules.rulebook import Rule

Allowed: TypeAlias = Mapping[str, "Range"]
"""What a condition leaves open, by the expression it speaks of."""
_OPPOSITE: Mapping[Order, Order] = {"eq": "ne", "ne": "eq", "lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}
_MIRRORED: Mapping[Order, Order] = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


@dataclass(frozen=True, slots=True)
class Range:
    """Values from `low` to `high` (unset: open), ends included or not; of words, `among` those."""

    low: Any = None
    high: Any = None
    low_in: bool = True
    high_in: bool = True
    among: frozenset[Scalar] | None = None

    def within(self, other: Range) -> bool:
        """Whether every value here is one there."""
        return self == _meeting(self, other)

    @property
    def is_empty(self) -> bool:
        if self.among is not None:
            return not self.among
        if self.low is None or self.high is None:
            return False
        return bool(self.low > self.high or (self.low == self.high and not (self.low_in and self.high_in)))


EVERYTHING = Range()


def check(rule: Rule, parameters: Parameters, place: str | None = None) -> Iterator[Fault]:
    """Contradictions between the conditions of a rule, and conditions that say nothing beside another, at a place on any day."""
    told: dict[tuple[str, str], list[bool]] = {}
    for day in _days(rule, parameters):
        reading = _Reading(rule, parameters, day, place)
        allowed = {name: found for name, node in rule.conditions.items() if (found := reading.allowed(node)) is not None}
        if clash := _clash(allowed):
            subject, names = clash
            what = f"{' and '.join(names)} cannot both hold: nothing is left for {subject} on {day}"
            yield Fault(f"rule {rule.name}", 0, names[-1], what, "correct the conditions, or the figures they read")
            return
        for one in allowed:
            for other in allowed:
                if one != other:
                    told.setdefault((one, other), []).append(_implies(allowed[one], allowed[other]))
    for (one, other), days in told.items():
        if all(days) and not (told.get((other, one)) == days and list(rule.conditions).index(one) > list(rule.conditions).index(other)):
            yield Fault(f"rule {rule.name}", 0, other, f"holds whenever {one} does: it decides nothing", "take it out, or correct it")


def _days(rule: Rule, parameters: Parameters) -> list[date]:
    held = parameters.of(rule.name)
    starts = {version.valid_from for name in rule.parameters if name in held for version in held[name].versions}
    return sorted(start for start in starts if start) or [date(2024, 1, 1)]


def _clash(allowed: Mapping[str, Allowed]) -> tuple[str, tuple[str, ...]] | None:
    """An expression for which several conditions together leave no value, with those conditions."""
    left: dict[str, tuple[Range, tuple[str, ...]]] = {}
    for name, ranges in allowed.items():
        for subject, found in ranges.items():
            before, names = left.get(subject, (EVERYTHING, ()))
            left[subject] = (_meeting(before, found), (*names, name))
    return next(((subject, names) for subject, (found, names) in left.items() if found.is_empty), None)


def _implies(one: Allowed, other: Allowed) -> bool:
    """Whether all that `one` leaves open is left open by `other`."""
    return bool(other) and all(subject in one and one[subject].within(found) for subject, found in other.items())


def _meeting(one: Range, other: Range) -> Range:
    """The values in both."""
    if one.among is not None or other.among is not None:
        words = other.among if one.among is None else one.among if other.among is None else one.among & other.among
        return Range(among=words)
    low, low_in = _end([(one.low, one.low_in), (other.low, other.low_in)], max)
    high, high_in = _end([(one.high, one.high_in), (other.high, other.high_in)], min)
    return Range(low, high, low_in, high_in)


def _end(ends: list[tuple[Any, bool]], pick: Any) -> tuple[Any, bool]:
    known = [end for end in ends if end[0] is not None]
    if not known:
        return None, True
    best = pick(value for value, _ in known)
    return best, all(included for value, included in known if value == best)


@dataclass(frozen=True)
class _Reading:
    """The conditions of a rule on one day, at one place."""

    rule: Rule
    parameters: Parameters
    day: date
    place: str | None

    def allowed(self, node: Node) -> Allowed | None:
        """What a condition leaves open; None where it says more than can be decided here."""
        if isinstance(node, Logic) and node.op == "and":
            parts = [self.allowed(part) for part in node.parts]
            found: dict[str, Range] = {}
            for part in parts:
                if part is None:
                    return None
                for subject, one in part.items():
                    found[subject] = _meeting(found.get(subject, EVERYTHING), one)
            return found
        if isinstance(node, Negation) and isinstance(node.part, Comparison):
            node = Comparison(_OPPOSITE[node.part.order], node.part.left, node.part.right)
        if isinstance(node, Comparison):
            return self._compared(node.order, node.left, node.right) or self._compared(_MIRRORED[node.order], node.right, node.left)
        return self._among(node) if isinstance(node, Membership) else None

    def _compared(self, order: Order, side: Node, other: Node) -> Allowed | None:
        bound = self._constant(other)
        if bound is None or self._constant(side) is not None or order == "ne":
            return None
        if isinstance(bound, (str, bool)):
            return {self.rule.wording(side): Range(among=frozenset({bound}))}
        ranges = {
            "eq": Range(bound, bound),
            "lt": Range(high=bound, high_in=False),
            "le": Range(high=bound),
            "gt": Range(low=bound, low_in=False),
            "ge": Range(low=bound),
        }
        return {self.rule.wording(side): ranges[order]}

    def _among(self, node: Membership) -> Allowed | None:
        members = self._version(node.members) if isinstance(node.members, ParameterRef) else node.members
        if not isinstance(members, tuple) or not all(isinstance(word, str) for word in members):
            return None
        return {self.rule.wording(node.value): Range(among=frozenset(members))}

    def _constant(self, node: Node) -> int | Fraction | date | str | bool | None:
        if isinstance(node, Literal):
            return node.value
        found = self._version(node) if isinstance(node, ParameterRef) and not node.keys else None
        return None if isinstance(found, tuple) else found

    def _version(self, node: ParameterRef) -> Any:
        """What a parameter says on the day; None where it is read on another, or nothing decides."""
        if node.at is not None:
            return None
        found = self.parameters.select(self.rule.name, node.name, on=self.day, place=self.place, edition=None)
        return found.version.value if isinstance(found, Found) else None
