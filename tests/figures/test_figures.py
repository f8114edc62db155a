"""Figures over small registries: exact ratios, distinct people, and totals that reconcile across a merger."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from guildhall.kernel.backends import open_tables
from guildhall.kernel.figures import Figure
from guildhall.overview.engine import steps
from guildhall.overview.engine.collect import FIGURES
from guildhall.registry.engine import reference
from tests.figures import spec

WORKERS = spec.rows(
    """
    worker_id | residence | standing
    1         | hill      | worker
    2         | rest      | worker
    3         | rest      | worker
    4         | east      | worker
    5         | east      | student
    6         | west      | worker
    """
)
CERTIFICATES = spec.rows(
    """
    worker_id | level | issued_on  | valid_until
    1         | L5    | 2020-01-01 | -
    2         | L3    | 2025-06-01 | -
    3         | L4    | 2021-01-01 | -
    3         | L3    | 2024-06-01 | -
    4         | LT    | 2024-01-01 | -
    6         | LS    | 2025-03-01 | -
    6         | LT    | 2025-03-01 | -
    """
)
ORGANISATIONS = spec.rows(
    """
    organisation_id | kind       | place | cluster
    1               | enterprise | park  | vehicles
    2               | enterprise | park  | -
    3               | enterprise | east  | vehicles
    4               | academy    | east  | -
    5               | park       | park  | -
    """
)
SPELLS = spec.rows(
    """
    worker_id | organisation_id | contract   | started_on | ended_on
    1         | 1               | apprentice | 2020-01-01 | -
    1         | 2               | regular    | 2025-01-01 | -
    2         | 1               | regular    | 2025-01-01 | 2026-01-30
    3         | 2               | regular    | 2026-01-30 | -
    4         | 3               | regular    | 2022-01-01 | -
    7         | 3               | apprentice | 2025-09-01 | -
    """
)
CITY = spec.LAND | {
    "registry.workers": [*WORKERS, {"worker_id": 7, "residence": "east"}],
    "registry.certificates": CERTIFICATES,
    "registry.organisations": ORGANISATIONS,
    "registry.employment_spells": SPELLS,
}


@pytest.fixture(scope="module")
def found() -> dict[str, list[dict[str, Any]]]:
    with open_tables(spec.folder(CITY)) as tables:
        return {step.table.name: step.compute(tables, spec.CONTEXT).to_pylist() for step in steps.STEPS}


@pytest.mark.parametrize(
    ("figure", "numerator", "denominator"),
    [
        ("skilled.count", 5, 1),
        ("skilled.high_share", 4, 5),
        ("highskilled.count", 4, 1),
        ("highskilled.new", 2, 1),  # 2 rose from nothing, 6 too; 3 and 4 were there a year before
        ("ladder.special_grade", 1, 1),
        ("ladder.chief", 1, 1),
        ("ladder.top_growth", 1, 1),  # from one to two: + 100 %
        ("academies.count", 1, 1),
        ("parks.count", 1, 1),
        ("parks.workers", 2, 1),  # person 1 has two employers in the park and counts once; 2 left on the day
        ("students.vocational", 1, 1),
    ],
)
def test_figure(found: dict[str, list[dict[str, Any]]], figure: str, numerator: int, denominator: int) -> None:
    row = next(row for row in found["overview.figures"] if row["id"] == figure)
    assert (row["numerator"], row["denominator"]) == (numerator, denominator)


def test_every_figure_agrees_with_the_reference(found: dict[str, list[dict[str, Any]]]) -> None:
    held = spec.full(spec.declared.CERTIFICATES, CERTIFICATES)
    spells = spec.full(spec.declared.EMPLOYMENT, SPELLS)
    values = {row["id"]: row["numerator"] for row in found["overview.figures"]}
    assert values["skilled.count"] == reference.count_from(held, spec.ORDINALS, spec.ON, 2)
    assert values["parks.workers"] == reference.park_workers(spells, ORGANISATIONS, {"park"}, spec.ON)


def measure(found: dict[str, list[dict[str, Any]]], name: str, on: date) -> dict[str, int]:
    rows = found["overview.place_measures"]
    wanted = [row for row in rows if row["measure"] == name and row["on"] == on and row["value"] and row["place_id"] != "park"]
    return {row["place_id"]: row["value"] for row in wanted}


def test_statistics_use_the_units_of_their_date(found: dict[str, list[dict[str, Any]]]) -> None:
    """Before the merger `west` counts its own; after it, the township went east and all else to the union."""
    before = measure(found, "skilled", date(2025, 12, 31))
    after = measure(found, "skilled", spec.ON)
    assert before == {"west": 4, "east": 1, "city": 5}
    assert after == {"union": 3, "east": 2, "city": 5}


def test_totals_reconcile_at_every_date(found: dict[str, list[dict[str, Any]]]) -> None:
    units = {"west", "east", "union"}
    totals: Counter[tuple[date, str]] = Counter()
    cities: dict[tuple[date, str], int] = {}
    for row in found["overview.place_measures"]:
        if row["place_id"] in units:
            totals[row["on"], row["measure"]] += row["value"]
        elif row["place_id"] == "city":
            cities[row["on"], row["measure"]] = row["value"]
    assert cities
    assert dict(totals) == cities


def test_parks_show_who_works_there(found: dict[str, list[dict[str, Any]]]) -> None:
    rows = {(r["measure"], r["on"]): r["value"] for r in found["overview.place_measures"] if r["place_id"] == "park"}
    assert rows["employed", spec.ON] == 3  # spells: person 1 twice, person 3
    assert rows["employed", date(2025, 12, 31)] == 3
    assert rows["high_skilled", spec.ON] == 1


def test_apprentices_stand_beside_the_ladder(found: dict[str, list[dict[str, Any]]]) -> None:
    """Person 7 is an apprentice without a certificate; person 1 is one with, and counts by the certificate."""
    rungs = {row["level"]: row["persons"] for row in found["overview.ladder"] if row["on"] == spec.ON}
    assert rungs["L0"] == 1
    assert sum(n for level, n in rungs.items() if level != "L0") == 5


def test_a_rung_says_how_many_real_people_it_stands_for() -> None:
    people = [{**row, "weight": 100 + row["worker_id"]} for row in CITY["registry.workers"]]
    with open_tables(spec.folder(CITY | {"registry.workers": people})) as tables:
        rows = steps.ladder(tables, spec.CONTEXT).to_pylist()
    found = {(row["on"], row["level"]): (row["persons"], row["stands_for"]) for row in rows if row["persons"]}
    assert found[spec.ON, "L3"] == (2, 102 + 103)
    assert found[spec.ON, "LS"] == (1, 106)
    assert found[spec.ON, "L0"] == (1, 107)
    assert found[date(2025, 1, 30), "L3"] == (1, 103)


def test_clusters(found: dict[str, list[dict[str, Any]]]) -> None:
    assert found["overview.clusters"] == [{"cluster": "vehicles", "enterprises": 2, "employed": 3, "skilled": 2, "high_skilled": 1}]


def test_an_empty_registry_gives_zeros_not_failures() -> None:
    with open_tables(spec.folder(spec.LAND)) as tables:
        rows = {row["id"]: row for row in steps.figures(tables, spec.CONTEXT).to_pylist()}
        for step in steps.STEPS:
            assert not step.table.check(step.compute(tables, spec.CONTEXT))
    assert rows["skilled.count"]["numerator"] == 0
    assert rows["skilled.high_share"] == {"id": "skilled.high_share", "numerator": 0, "denominator": 0}


def test_every_step_names_what_its_figures_read() -> None:
    figure: Figure
    for figure in FIGURES.values():
        assert set(figure.tables) <= set(steps.STEPS[0].reads)
        assert set(figure.parameters) <= set(steps.STEPS[0].parameters)
