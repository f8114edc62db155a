"""A level is computed at a date from certificates: the set-based engine and the slow reference give the same answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guildhall.kernel.backends import open_tables
from guildhall.kernel.figures import Context
from guildhall.registry.engine import reference
from guildhall.registry.engine.levels import Held, levels_at
from tests.figures import spec

LADY_OF_THE_TOP = spec.rows(
    """
    worker_id | kind        | level | issued_on  | valid_until
    1         | skill_level | L5    | 2015-06-01 | -
    1         | skill_level | L4    | 2019-06-01 | -
    2         | skill_level | L1    | 2020-01-01 | -
    2         | appointment | LT    | 2024-03-01 | 2025-12-31
    3         | skill_level | L3    | 2026-01-30 | -
    4         | skill_level | L3    | 2026-01-31 | -
    5         | skill_level | L1    | 2018-01-01 | -
    5         | appointment | LT    | 2021-01-01 | -
    5         | appointment | LS    | 2025-02-01 | 2028-02-01
    """
)


@pytest.mark.parametrize(
    ("on", "expected", "why"),
    [
        (date(2026, 1, 30), {1: "L4", 2: "L1", 3: "L3", 5: "LS"}, "issued on the day counts, issued tomorrow does not"),
        (date(2025, 12, 30), {1: "L4", 2: "LT", 5: "LS"}, "the last day of an appointment"),
        (date(2025, 12, 31), {1: "L4", 2: "L1", 5: "LS"}, "the first day after: the level falls back to the certificate"),
        (date(2019, 5, 31), {1: "L5", 5: "L1"}, "the day before a higher certificate"),
        (date(2014, 1, 1), {}, "before anyone held anything"),
    ],
)
def test_highest_level_in_force(on: date, expected: dict[int, str], why: str) -> None:
    wanted = {worker: spec.ORDINALS[level] for worker, level in expected.items()}
    assert fast_levels(LADY_OF_THE_TOP, on) == wanted, why
    held = spec.full(spec.declared.CERTIFICATES, LADY_OF_THE_TOP)
    assert reference.level_on(held, spec.ORDINALS, on) == wanted, why


def fast_levels(certificates: list[dict[str, Any]], on: date) -> dict[int, int]:
    context = Context(on, (), {"levels": spec.LEVELS})
    with open_tables(spec.folder({"registry.certificates": certificates})) as tables:
        held, levels = Held.of(context), levels_at(tables, context)
        rungs = {f"o{n}": held.rung(levels.held, on, n) for n in spec.ORDINALS.values()}
        found = tables.rows(levels.select("worker_id", **rungs))
    return {row["worker_id"]: n for row in found for n in spec.ORDINALS.values() if row[f"o{n}"]}


days = st.dates(date(2023, 1, 1), date(2027, 1, 1))
certificate = st.fixed_dictionaries(
    {
        "worker_id": st.integers(1, 6),
        "level": st.sampled_from(spec.declared.CERTIFIED),
        "issued_on": days,
        "valid_until": st.none() | days,
    }
).filter(lambda row: row["valid_until"] is None or row["valid_until"] > row["issued_on"])


def agree(certificates: list[dict[str, Any]], on: date) -> None:
    assert fast_levels(certificates, on) == reference.level_on(certificates, spec.ORDINALS, on)
    day_after = on + timedelta(days=1)
    assert fast_levels(certificates, day_after) == reference.level_on(certificates, spec.ORDINALS, day_after)


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(certificate, max_size=12), days)
def test_fast_equals_reference_on_generated_certificates(certificates: list[dict[str, Any]], on: date) -> None:
    agree(certificates, on)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(certificate, max_size=12), days)
def test_fast_equals_reference_on_many_generated_certificates(certificates: list[dict[str, Any]], on: date) -> None:
    agree(certificates, on)
