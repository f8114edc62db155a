"""Whole registries made at random: every stock and figure of the set-based engine equals the slow reference."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guildhall.kernel.backends import open_tables
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.figures import Context
from guildhall.overview.engine import steps
from guildhall.registry.engine import reference, stocks
from guildhall.registry.engine.levels import Held
from tests.figures import spec
from tests.figures.test_figures import ORGANISATIONS

SKILLED, HIGH = 2, 4
PLACES = ("west", "east", "hill", "rest")
EMPLOYERS = [row for row in ORGANISATIONS if row["kind"] == "enterprise"]
MANY = Context(spec.ON, tuple(date(year, 12, 31) for year in range(2010, 2026)), {"levels": spec.LEVELS})
"""So many dates that what a person held needs more than 32 bits."""

days = st.dates(date(2023, 1, 1), date(2027, 1, 1))


def spans(start: str, end: str, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    rows = st.fixed_dictionaries({"worker_id": st.integers(1, 6), start: days, end: st.none() | days, **more})
    return rows.filter(lambda row: row[end] is None or row[end] > row[start])


certificates = st.lists(spans("issued_on", "valid_until", level=st.sampled_from(spec.declared.CERTIFIED)), max_size=10)
spells = st.lists(spans("started_on", "ended_on", organisation_id=st.sampled_from([e["organisation_id"] for e in EMPLOYERS])), max_size=10)
homes = st.lists(st.sampled_from(PLACES), min_size=6, max_size=6)


contexts = pytest.mark.parametrize("context", [spec.CONTEXT, MANY], ids=["32 bits", "64 bits"])


@contexts
@settings(max_examples=3, suppress_health_check=[HealthCheck.too_slow])
@given(certificates, spells, homes)
def test_fast_equals_reference(context: Context, held: list[dict[str, Any]], worked: list[dict[str, Any]], living: list[str]) -> None:
    agree(context, held, worked, living)


@pytest.mark.slow
@contexts
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(certificates, spells, homes)
def test_fast_equals_reference_of_many(
    context: Context, held: list[dict[str, Any]], worked: list[dict[str, Any]], living: list[str]
) -> None:
    agree(context, held, worked, living)


def agree(context: Context, held: list[dict[str, Any]], worked: list[dict[str, Any]], living: list[str]) -> None:
    people = [{"worker_id": n, "residence": place} for n, place in enumerate(living, start=1)]
    city = {"registry.workers": people, "registry.certificates": held, "registry.employment_spells": worked}
    with open_tables(spec.folder(spec.LAND | city | {"registry.organisations": ORGANISATIONS})) as tables:
        by_home = {row["residence"]: row for row in tables.rows(stocks.by_residence(tables, context))}
        by_work = tables.rows(stocks.by_workplace(tables, context))
        figures = {row["id"]: (row["numerator"], row["denominator"]) for row in steps.figures(tables, context).to_pylist()}

    held = spec.full(spec.declared.CERTIFICATES, held)
    worked = spec.full(spec.declared.EMPLOYMENT, worked)
    for day in context.dates:
        for name, lowest in (("skilled", SKILLED), ("high", HIGH)):
            fast = {home: row[f"{name}_{day:%Y%m%d}"] for home, row in by_home.items()}
            assert fast == reference.skilled_by_residence(people, held, spec.ORDINALS, day, lowest)
        employed: Counter[str] = Counter()
        for row in by_work:
            employed[row["place"]] += row[f"employed_{day:%Y%m%d}"]
        assert +employed == Counter(reference.employed_by_workplace(worked, ORGANISATIONS, day))
    assert {name: figures[name] for name in expected(context, held, worked)} == expected(context, held, worked)


def expected(context: Context, held: list[dict[str, Any]], worked: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """Every figure that depends on what was generated, the obvious way."""
    now = reference.level_on(held, spec.ORDINALS, context.on)
    before = reference.level_on(held, spec.ORDINALS, context.year_before)
    skilled = reference.count_from(held, spec.ORDINALS, context.on, SKILLED)
    high = reference.count_from(held, spec.ORDINALS, context.on, HIGH)
    top, top_before = (sum(n >= spec.ORDINALS["LT"] for n in levels.values()) for levels in (now, before))
    return {
        "skilled.count": (skilled, 1),
        "skilled.high_share": (high, skilled),
        "highskilled.count": (high, 1),
        "highskilled.new": (sum(n >= HIGH > before.get(person, 0) for person, n in now.items()), 1),
        "ladder.special_grade": (sum(n == spec.ORDINALS["LT"] for n in now.values()), 1),
        "ladder.chief": (sum(n == spec.ORDINALS["LS"] for n in now.values()), 1),
        "ladder.top_growth": (top - top_before, top_before),
        "parks.workers": (reference.park_workers(worked, ORGANISATIONS, {"park"}, context.on), 1),
    }


def test_more_dates_than_fit_are_refused_in_words() -> None:
    crowded = Context(spec.ON, tuple(date(year, 12, 31) for year in range(1990, 2026)), {"levels": spec.LEVELS})
    with pytest.raises(GuildhallError, match="too many"):
        Held.of(crowded)
    assert (Held.of(spec.CONTEXT).type, Held.of(MANY).type) == ("int32", "int64")
