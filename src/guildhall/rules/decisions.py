"""What a decision is: outcome, value, every condition with what it rests on, and a canonical JSON that a rerun years later repeats."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import attrgetter
from typing import Any, Literal, TypeAlias

from guildhall.rules.expressions import Scalar
from guildhall.rules.parameters import Version

Outcome: TypeAlias = Literal["entitled", "refused", "undetermined"]
OUTCOMES: tuple[Outcome, ...] = ("entitled", "refused", "undetermined")
Why: TypeAlias = Literal["absent", "stale", "no_parameter", "unconfirmed", "bad"]
"""Not known at all; known but too old; no instrument in force, or no row of it for this case; in force but not confirmed by this
city; a value that cannot be right."""
Bad: TypeAlias = Literal[
    "",
    "negative",
    "too_large",
    "word",
    "date_out_of_range",
    "before_birth",
    "not_born",
    "dead",
    "contradicted",
    "no_row",
    "no_result",
    "over_cap",
]
"""More about `bad` and `no_parameter`: `not_born` and `dead` speak of the governing date, `contradicted` names the flag that says that
records contradict each other, `no_result` speaks of a division by zero."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One thing a condition rests on: an input, a parameter with where it comes from, or something worked out from them."""

    kind: Literal["input", "parameter", "computed"]
    name: str
    value: Scalar | None
    unit: str = ""
    keys: tuple[Scalar, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    jurisdiction: str = ""
    document: str = ""
    article: str = ""
    status: str = ""
    origin: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that would have to be known: an input or parameter by name, and why it is not."""

    name: str
    why: Why
    detail: Bad = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A named condition: True, False, or None where it is not known, with what it rests on and what is missing."""

    name: str
    state: bool | None
    operands: tuple[Operand, ...]
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """The one condition that fails, when a change of one input cures it.

    `by` more of `input` (in `unit`; negative: less) gives `value`. `turns_on` is the day that comes about by waiting, where
    the input grows with time and every other condition still holds on that day.
    """

    condition: str
    input: str
    by: int
    unit: str
    value: int | None
    turns_on: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of one rule for one row, at a date."""

    rule: str
    on: date
    outcome: Outcome
    value: int | None
    unit: str
    kind: Literal["pay", "deduct", "attest"]
    channel: str
    conditions: tuple[Condition, ...]
    missing: tuple[Missing, ...]
    value_operands: tuple[Operand, ...]
    cap: int | None
    uplift: str | None
    near: Near | None
    mode: str
    rulebook: str
    inputs: str

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the conditions that do not hold."""
        return tuple(condition.name for condition in self.conditions if condition.state is False)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of the conditions that are not known."""
        return tuple(condition.name for condition in self.conditions if condition.state is None)

    def to_json(self) -> str:
        """Canonical JSON: the same bytes for the same decision, whenever and wherever it is made again."""
        return canonical(_plain(self))


def canonical(value: object) -> str:
    """JSON with sorted keys, no spaces, and characters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=plain)


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: object) -> object:
    """A date as YYYY-MM-DD and a fraction as n/d, for JSON. Raises TypeError for anything else."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    raise TypeError(f"{type(value).__name__} has no place in a decision")


def of_version(name: str, value: Scalar | None, unit: str, version: Version, keys: tuple[Scalar, ...] = ()) -> Operand:
    """The operand for a parameter read from one version."""
    return Operand(
        "parameter",
        name,
        value,
        unit,
        keys,
        version.valid_from,
        version.valid_until,
        version.jurisdiction,
        version.document,
        version.article,
        version.status,
    )


def _plain(decision: Decision) -> Mapping[str, Any]:
    found = {name: getattr(decision, name) for name in Decision.__dataclass_fields__}
    found["conditions"] = [
        {"name": each.name, "state": each.state, "operands": _all(each.operands), "missing": _all(each.missing)}
        for each in decision.conditions
    ]
    found["missing"] = _all(decision.missing)
    found["value_operands"] = _all(decision.value_operands)
    found["near"] = _one(decision.near) if decision.near else None
    return found


def _all(parts: Iterable[Operand] | Iterable[Missing]) -> list[Mapping[str, object]]:
    return [_one(part) for part in parts]


def _one(part: Operand | Missing | Near) -> Mapping[str, object]:
    """The fields that say something; an operand's value even where it is None."""
    pairs = zip(part.__match_args__, _FIELDS[type(part)](part), strict=True)
    return {name: value for name, value in pairs if name == "value" or (value is not None and value != "" and value != ())}


_FIELDS: Mapping[type, Callable[[Any], tuple[object, ...]]] = {each: attrgetter(*each.__match_args__) for each in (Operand, Missing, Near)}
