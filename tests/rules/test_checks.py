"""Conditions that contradict each other, or say nothing beside another, are found before anybody is decided by them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from guildhall.kernel.tables import COUNT, DATE, KEY, NAME, Column, Table, Text
from guildhall.rules import (
    Node,
    Parameter,
    Parameters,
    Rule,
    Version,
    all_of,
    any_of,
    attest,
    is_in,
    literal,
    months_between,
    not_,
    records,
    rule,
)
from guildhall.rules.checks import check

FACTS = Table(
    "checks.facts",
    Text("事实", "facts"),
    (
        Column("id", KEY, Text("键", "key")),
        Column("months", COUNT, Text("月", "months"), unit="months", nullable=True),
        Column("level", NAME, Text("级", "level"), nullable=True),
        Column("on", DATE, Text("日", "day"), nullable=True),
        Column("born", DATE, Text("生", "birth"), nullable=True),
    ),
    key=("id",),
)


def version(value: Any, start: date, until: date | None = None) -> Version:
    return Version(value, start, until, "CN", "document", "1", "official")


LAW = Parameters(
    {
        "checked": {
            "least": Parameter(
                "least", "months", "scalar", (version(12, date(2024, 1, 1), date(2025, 1, 1)), version(36, date(2025, 1, 1)))
            ),
            "levels": Parameter("levels", "", "list", (version(("L5", "L4"), date(2024, 1, 1)),)),
        }
    }
)


def made(conditions: Callable[[Any, Any], dict[str, Node]]) -> Rule:
    inputs = {name: records() for name in ("months", "level", "on", "born")}
    about: dict[str, Any] = {"unit": "", "channel": "attestation", "title": Text("查", "checked"), "basis": ("b",)}
    return rule("checked", facts=FACTS, inputs=inputs, governed_by="on", **about)(lambda p, c: attest(all_of(**conditions(p, c))))


FAULTY: dict[str, tuple[Callable[[Any, Any], dict[str, Node]], str]] = {
    "numbers": (lambda p, c: {"old": p.months >= 12, "new": p.months < 12}, "old and new cannot both hold"),
    "a figure of one year only": (lambda p, c: {"long": p.months >= c.least, "short": p.months < literal(24, "months")}, "on 2025-01-01"),
    "words": (lambda p, c: {"listed": is_in(p.level, c.levels), "high": p.level == "L3"}, "listed and high cannot both hold"),
    "an edge left out": (lambda p, c: {"a": p.months > 12, "b": not_(p.months > 12)}, "a and b cannot both hold"),
    "dates": (lambda p, c: {"a": p.on < literal(date(2024, 1, 1)), "b": p.on >= literal(date(2024, 1, 1))}, "a and b cannot both hold"),
    "implied": (lambda p, c: {"a": p.months >= 12, "b": p.months >= 6}, "holds whenever a does"),
    "implied by words": (lambda p, c: {"a": p.level == "L5", "b": is_in(p.level, "L5", "L3")}, "holds whenever a does"),
    "said twice": (
        lambda p, c: {"a": months_between(p.born, p.on) >= 192, "b": months_between(p.born, p.on) >= 192},
        "holds whenever a does",
    ),
}
SOUND: dict[str, Callable[[Any, Any], dict[str, Node]]] = {
    "touching": lambda p, c: {"a": p.months >= 12, "b": p.months <= 12},
    "different things": lambda p, c: {"a": p.months >= 12, "b": months_between(p.born, p.on) < 12},
    "one of several": lambda p, c: {"a": p.months >= 12, "b": any_of(p.months < 12, p.level == "L5")},
    "implied in one year only": lambda p, c: {"a": p.months >= c.least, "b": p.months >= literal(24, "months")},
}


@pytest.mark.parametrize("name", FAULTY)
def test_faults_are_found(name: str) -> None:
    conditions, expected = FAULTY[name]
    faults = list(check(made(conditions), LAW))
    assert len(faults) == 1
    assert expected in faults[0].what
    assert faults[0].file == "rule checked"
    assert faults[0].next


@pytest.mark.parametrize("name", SOUND)
def test_what_may_be_right_is_left_alone(name: str) -> None:
    assert list(check(made(SOUND[name]), LAW)) == []
