"""The totals that were promised to the person, at the scale of the model."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import pytest

from guildhall.incentives.tables import SOURCES
from guildhall.kernel.figures import year_before
from guildhall.registry import tables
from guildhall.registry.tables import LEVELS, TABLES
from guildhall.skills.tables import OCCUPATIONS
from guildhall.synth import build
from guildhall.synth.plan import Plan, plan
from tests.synth.cities import ORDINAL, Made

L3, LT = ORDINAL["L3"], ORDINAL["LT"]


def targets(made: Made) -> Plan:
    return plan(made.city, scale=Fraction(made.scale), seed=7)


def day_number(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))


def test_every_table_is_there_as_declared(made: Made) -> None:
    for table in (*TABLES, OCCUPATIONS, *SOURCES):
        assert table.check(made.table(table)) == [], table.name
    assert set(made.folder.manifest.tables) == {table.name for table in (*TABLES, OCCUPATIONS, *SOURCES)}


def test_keys_that_point_somewhere_point_at_something(made: Made) -> None:
    known = {table.name: set(made.table(table).column(table.key[0]).to_pylist()) for table in (*TABLES, OCCUPATIONS, *SOURCES)}
    for table in TABLES:
        for column in table.columns:
            if column.ref:
                found = set(made.table(table).column(column.name).unique().to_pylist()) - {None}
                assert found <= known[column.ref], f"{table.name}.{column.name}"


def test_levels_of_chongqing_one_in_a_hundred(chongqing: Made) -> None:
    counted = Counter(chongqing.level_on(chongqing.today).tolist())
    by_level = {level: counted[ORDINAL[level]] for level in LEVELS[1:]}
    assert by_level == {"L5": 17_600, "L4": 21_024, "L3": 15_240, "L2": 2_150, "L1": 624, "LT": 157, "LS": 5}
    assert sum(by_level.values()) == 56_800
    assert sum(by_level[level] for level in ("L3", "L2", "L1", "LT", "LS")) == 18_176


def test_levels_of_the_whole_tiny_city(tiny: Made) -> None:
    counted = Counter(tiny.level_on(tiny.today).tolist())
    assert sum(counted.values()) - counted[0] == 4000
    assert sum(n for level, n in counted.items() if level >= L3) == 1280
    assert (counted[LT], counted[LT + 1]) == (3, 1)


def test_stocks_meet_the_published_series_on_every_date(made: Made) -> None:
    for stock in targets(made).stocks:
        levels = made.level_on(day_number(stock.on))
        assert (int((levels > 0).sum()), int((levels >= L3).sum())) == (stock.skilled, stock.high), stock.on


def test_published_stocks_of_chongqing_are_among_them(chongqing: Made) -> None:
    found = {stock.on: (stock.skilled, stock.high) for stock in targets(chongqing).stocks}
    assert found[date(2020, 7, 31)] == (41_000, 12_000)
    assert found[date(2022, 12, 31)] == (50_300, 15_800)
    assert found[date(2024, 12, 31)] == (55_000, 17_600)
    assert found[date(2026, 1, 30)] == (56_800, 18_176)
    assert {date(year, 12, 31) for year in range(2020, 2026)} <= set(found)


def test_newly_highly_skilled_in_the_year_before(chongqing: Made) -> None:
    before = chongqing.level_on(day_number(date(2025, 1, 30)))
    now = chongqing.level_on(chongqing.today)
    assert int(((now >= L3) & (before < L3)).sum()) == 450


def test_the_top_of_the_ladder_grew_by_42_percent(chongqing: Made) -> None:
    stocks = {
        day: int((chongqing.level_on(day_number(day)) >= LT).sum()) for day in (date(2024, 1, 15), date(2025, 1, 30), date(2026, 1, 30))
    }
    assert list(stocks.values()) == [37, 114, 162]
    assert round(100 * (162 / 114 - 1)) == 42
    assert int((chongqing.level_on(day_number(date(2024, 1, 15))) == ORDINAL["LS"]).sum()) == 3


def test_levels_kept_whole_stand_for_one_person_each(made: Made) -> None:
    weight = made.numbers(tables.WORKERS, "weight")
    assert set(weight[made.level_on(made.today) >= LT].tolist()) == {1}


STRATA = """
    with held as (
        select worker_id, arg_max(level::varchar, list_position($levels, level::varchar)) as level from read_parquet($certificates)
        where issued_on <= $today and coalesce(valid_until > $today, true) group by worker_id)
    select coalesce(level, if(standing = 'worker', 'none', standing::varchar)), sum(weight)::bigint, max(weight) - min(weight)
    from read_parquet($workers) left join held using (worker_id) group by 1
"""


def weight_by_stratum(made: Made) -> dict[str, int]:
    """Sums of weights by level, and by standing of those without one; each stratum has at most two weights, next to each other."""
    files = {table.name.split(".")[1]: str(made.folder.path / f"{table.name}.parquet") for table in (tables.WORKERS, tables.CERTIFICATES)}
    rows = duckdb.execute(STRATA, {**files, "levels": list(LEVELS), "today": made.city.reference_date}).fetchall()
    assert max(apart for _, _, apart in rows) <= 1
    return {name: people for name, people, _ in rows}


FULL = {"L5": 1_760_000, "L4": 2_102_400, "L3": 1_540_000, "L2": 215_000, "L1": 62_438, "LT": 157, "LS": 5,
        "none": 1_200_000, "student": 880_000, "job_seeker": 240_000}  # fmt: skip


@pytest.mark.parametrize("scale", ["0.01", pytest.param("0.3", marks=pytest.mark.slow)])
def test_weights_add_up_to_the_full_city(scale: str, request: pytest.FixtureRequest) -> None:
    made: Made = request.getfixturevalue({"0.01": "chongqing", "0.3": "third"}[scale])
    assert weight_by_stratum(made) == FULL
    assert sum(FULL.values()) == 8_000_000


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["0.7", "1"])
def test_weights_add_up_at_large_scales(scale: str, chongqing: Made, tmp_path: Path) -> None:
    made = Made(chongqing.city, scale, build(chongqing.city, scale=Fraction(scale), seed=7, out=tmp_path / "city"))
    assert weight_by_stratum(made) == FULL


@pytest.mark.parametrize("scale", ["1", "0.99999", "0.7", "0.5", "0.013"])
def test_no_row_stands_for_less_than_one_person(chongqing: Made, scale: str) -> None:
    found = plan(chongqing.city, scale=Fraction(scale), seed=1)
    assert found.real == FULL
    assert all(found.rows[name] <= people for name, people in found.real.items())


def test_people_by_standing(chongqing: Made) -> None:
    assert chongqing.counts(tables.WORKERS, "standing") == {"worker": 56_800 + 12_000, "student": 8_800, "job_seeker": 2_400}


def test_only_workers_hold_certificates_and_apprentices_hold_none(made: Made) -> None:
    standing = made.words(tables.WORKERS, "standing")
    assert set(standing[made.level_on(made.today) > 0].tolist()) == {"worker"}
    apprentices = made.numbers(tables.EMPLOYMENT, "worker_id")[made.words(tables.EMPLOYMENT, "contract") == "apprentice"] - 1
    assert len(apprentices) == int(targets(made).uncertified * targets(made).book.model("apprentice_share"))
    assert made.level_on(made.today)[apprentices].max() == 0


def test_parks_employ_exactly_the_published_number(made: Made) -> None:
    park = {place.place_id for place in made.city.places if place.kind == "park"}
    place = dict(zip(made.numbers(tables.ORGANISATIONS, "organisation_id"), made.words(tables.ORGANISATIONS, "place"), strict=True))
    now = made.days(tables.EMPLOYMENT, "ended_on") > made.today
    workplaces = Counter(place[key] for key in made.numbers(tables.EMPLOYMENT, "organisation_id")[now].tolist())
    inside = {name: count for name, count in workplaces.items() if name in park}
    assert sum(inside.values()) == targets(made).park_workers
    assert set(inside) == park
    assert len(set(made.numbers(tables.EMPLOYMENT, "worker_id")[now].tolist())) == int(now.sum()), "one present job each"


@pytest.mark.parametrize(("kind", "count"), [("park", 50), ("college", 44), ("academy", 70)])
def test_organisations_kept_whole(chongqing: Made, kind: str, count: int) -> None:
    assert chongqing.counts(tables.ORGANISATIONS, "kind")[kind] == count


def test_generated_organisations_say_so(chongqing: Made) -> None:
    kind, status = chongqing.words(tables.ORGANISATIONS, "kind"), chongqing.words(tables.ORGANISATIONS, "status")
    assert set(status[kind == "enterprise"].tolist()) == {"generated"}
    assert Counter(status[kind == "academy"].tolist()) == {"generated": 65, "press": 5}
    names = chongqing.words(tables.ORGANISATIONS, "name_zh")[status == "generated"]
    assert all("示例" in name for name in names)


def test_a_year_before() -> None:
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)
