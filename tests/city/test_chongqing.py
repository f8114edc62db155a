"""The Chongqing pack: what it says about the city, against the facts it was written from."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from guildhall.city import City, check, load, measure, responsible_today, unit_of, units
from guildhall.city.geography import turning_points
from guildhall.city.loader import PACKS

BEFORE, MERGER, TODAY = date(2026, 1, 24), date(2026, 1, 25), date(2026, 11, 20)


@pytest.fixture(scope="module")
def city() -> City:
    return load("chongqing")


def test_it_has_no_faults() -> None:
    assert check("chongqing") == []


def test_38_districts_and_counties_before_the_merger_and_37_after(city: City) -> None:
    before = {place.place_id for place in units(city, BEFORE)}
    after = {place.place_id for place in units(city, MERGER)}
    assert (len(before), len(after)) == (38, 37)
    assert before - after == {"cq-500105", "cq-500112"}
    assert after - before == {"cq-liangjiang"}
    assert Counter(place.kind for place in units(city, TODAY)) == {"district": 25, "county": 12}


def test_the_new_district_has_no_invented_code(city: City) -> None:
    assert city.place["cq-liangjiang"].code == ""
    assert {place.code for place in city.places if place.kind in ("functional_zone", "remainder", "park")} == {""}


def test_the_concordance_keeps_59_townships_and_all_1031(city: City) -> None:
    before, after = measure(city, "townships", BEFORE), measure(city, "townships", MERGER)
    assert [before[unit] for unit in ("cq-500105", "cq-500112", "cq-500109")] == [12, 30, 17]
    assert [after[unit] for unit in ("cq-liangjiang", "cq-500109")] == [42, 17]
    assert 12 + 30 + 17 == 42 + 17 == 59
    assert sum(before.values()) == sum(after.values()) == 1031


def test_named_townships_and_the_rest_make_up_their_district(city: City) -> None:
    for on in (BEFORE, MERGER):
        for unit in ("cq-500109", "cq-500112", "cq-liangjiang"):
            parts = [
                place.place_id
                for place in city.places
                if place.kind in ("township", "remainder") and unit_of(city, place.place_id, on) == city.place[unit]
            ]
            counted = sum(fact.value for fact in city.place_facts if fact.measure == "townships" and fact.place_id in parts)
            whole = measure(city, "townships", on).get(unit, Decimal(0))
            assert counted == (whole - 12 if (unit, on) == ("cq-liangjiang", MERGER) else whole), "Jiangbei moved as a whole: 12 of its own"


@pytest.mark.parametrize(
    ("place", "then", "now"),
    [
        ("cq-500105", "cq-500105", "cq-liangjiang"),
        ("cq-500112", "cq-500112", "cq-liangjiang"),
        ("cq-500109", "cq-500109", "cq-500109"),
        ("cq-500112133", "cq-500112", "cq-500109"),
        ("cq-500112143", "cq-500112", "cq-500109"),
        ("cq-500109008", "cq-500109", "cq-liangjiang"),
        ("cq-500112-rest", "cq-500112", "cq-liangjiang"),
        ("cq-500109-rest", "cq-500109", "cq-500109"),
        ("cq-park-13", "cq-500105", "cq-liangjiang"),
        ("cq-park-15", "cq-500109", "cq-liangjiang"),
        ("cq-park-18", "cq-500109", "cq-liangjiang"),
        ("cq-zone-wansheng", "cq-500110", "cq-500110"),
    ],
)
def test_each_old_place_has_an_authority_today(city: City, place: str, then: str, now: str) -> None:
    assert unit_of(city, place, date(2025, 6, 1)) == city.place[then]
    assert responsible_today(city, place, TODAY) == city.place[now]


def test_every_place_that_has_begun_has_an_authority_at_every_turn(city: City) -> None:
    for on in turning_points(city.places, city.parents):
        for place in city.places:
            if place.valid_from is None or place.valid_from <= on:
                assert responsible_today(city, place.place_id, on).exists(on)


def test_populations_add_up_to_the_census_to_the_person(city: City) -> None:
    counted = measure(city, "population", date(2020, 11, 1))
    assert len(counted) == 38
    assert (
        sum(counted.values()) == 32_054_159 == next(f.value for f in city.place_facts if f.place_id == "cq" and f.measure == "population")
    )
    recalled = {f.place_id for f in city.place_facts if f.measure == "population" and f.status == "unverified"}
    assert recalled == {"cq-500233", "cq-500235", "cq-500238", "cq-500241", "cq-500242"}


def test_the_sexes_add_up(city: City) -> None:
    facts = {fact.measure: fact.value for fact in city.place_facts if fact.place_id == "cq" and fact.as_of == date(2020, 11, 1)}
    assert facts["population_male"] + facts["population_female"] == facts["population"]


def test_parks_colleges_academies_clusters_levels(city: City) -> None:
    assert (len(city.parks), len(city.colleges), len(city.academies), len(city.levels)) == (50, 44, 5, 8)
    assert Counter(cluster.tier for cluster in city.clusters) == {"leading": 3, "pillar": 3, "special": 6, "rising": 18}
    assert Counter(cluster.group for cluster in city.clusters if cluster.group) == {"high_growth": 12, "future": 6}
    assert sum(park.workers_assumed for park in city.parks) == 2_994_000
    assert [college.code for college in city.colleges if college.place_id is None] == [
        f"cq-college-{n}" for n in (22, 23, 29, 35, 36, 37, 40)
    ]
    assert all(park.name.zh and park.name.en and park.industries.en for park in city.parks)


def test_what_has_no_source_says_so(city: City) -> None:
    parks = [place for place in city.places if place.kind == "park"]
    assert {place.position_status for place in parks} == {"generated"}
    assert {tile.status for tile in city.tiles} == {"generated"}
    assert Counter(park.status for park in city.parks) == {"press": 25, "official": 3, "unverified": 22}


def test_the_ladder(city: City) -> None:
    assert [level.code for level in city.levels] == ["L0", "L5", "L4", "L3", "L2", "L1", "LT", "LS"]
    assert [level.ordinal for level in city.levels] == list(range(1, 9))
    assert [level.national_digit for level in city.levels] == [None, 5, 4, 3, 2, 1, None, None]
    assert [level.code for level in city.levels if not level.skilled] == ["L0"]
    assert [level.code for level in city.levels if level.high_skilled] == ["L3", "L2", "L1", "LT", "LS"]


FIGURES = {
    "programmes.count": (3300, ">"),
    "graduates.yearly": (300_000, ">"),
    "newworkers.vocational_share": (70, ""),
    "alignment.published": (Decimal("89.05"), ""),
    "academies.count": (70, ""),
    "courses.count": (2045, ""),
    "training.participant_hours": (1_050_000, ""),
    "evaluations.count": (224_000, ""),
    "highskilled.new": (45_000, ""),
    "skilled.count": (5_680_000, ""),
    "skilled.high_share": (32, ""),
    "ladder.special_grade": (157, ""),
    "ladder.chief": (5, ""),
    "ladder.top_growth": (42, "+"),
    "jobs.local_new": (291_000, ""),
    "entrepreneurs.returning": (68_000, ""),
    "circles.count": (915, ""),
    "parks.count": (50, ""),
    "parks.workers": (3_000_000, ">"),
    "demand.manufacturing": (1_150_000, ""),
    "programmes.new_3y": (658, ""),
    "colleges.cooperating": (200, ">"),
    "companies.cooperating": (6000, ">"),
    "students.vocational": (880_000, ""),
    "colleges.schools": (43, ""),
    "students.schools": (420_000, ""),
    "target.digital_skilled_2025": (2_000_000, ""),
    "target.highskilled_2025": (500_000, ">"),
    "target.livestream_bases": (20, ""),
}


@pytest.mark.parametrize("id", FIGURES)
def test_published_figures(city: City, id: str) -> None:
    figure = city.figure[id]
    assert (figure.value, figure.qualifier) == FIGURES[id]
    article = "ichongqing-2022-09-13" if figure.date == date(2022, 9, 13) else "ichongqing-2026-01-30"
    assert figure.source == article
    assert figure.kind == ("target" if id.startswith("target.") else "published")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jobs.local_new", "jobs.local_new.report2026"),
        ("skilled.count", "industrial.count"),
        ("alignment.published", "alignment.technician_schools"),
        ("skilled.high_share", "target.high_share.alliance2027"),
        ("target.high_share.bayu2025", "target.high_share.alliance2023"),
        ("parks.count", "parks.count.catalogue2018"),
    ],
)
def test_rivals_share_a_family_and_cite_their_own_document(city: City, one: str, other: str) -> None:
    a, b = city.figure[one], city.figure[other]
    assert a.family == b.family
    assert (a.source, a.value) != (b.source, b.value)


def test_the_assumed_split_by_level_adds_up_to_the_skilled() -> None:
    split = {"L5": 1_760_000, "L4": 2_102_400, "L3": 1_540_000, "L2": 215_000, "L1": 62_438, "LT": 157, "LS": 5}
    city = load("chongqing")
    cells = {row: value for (row, _), value in city.assumptions["level_split"].items()}
    top = {"LT": city.figure["ladder.special_grade"].value, "LS": city.figure["ladder.chief"].value}
    assert cells | top == split
    assert sum(split.values()) == city.figure["skilled.count"].value == 5_680_000
    high = sum(split[level.code] for level in city.levels if level.high_skilled)
    assert Fraction(high, 5_680_000) == Fraction(32, 100) == Fraction(city.figure["skilled.high_share"].value) / 100


def test_series_rise_to_the_published_stock(city: City) -> None:
    for id in ("skilled.count", "highskilled.count"):
        points = [point for point in city.series if point.figure == id]
        assert [point.value for point in points] == sorted(point.value for point in points)
        assert points[-1].value == city.figure[id].value
        assert points[-1].date == city.reference_date


def test_the_count_of_colleges_says_why_the_records_hold_more(city: City) -> None:
    published = city.figure["colleges.schools"]
    assert published.value == 43
    assert all(str(len(city.colleges)) in text for text in (published.note.zh, published.note.en))


def test_the_merger_says_which_of_two_days_is_used(city: City) -> None:
    remark = next(row.remark for row in city.successors if row.place_id == "cq-500105")
    assert all(day in remark for day in ("2025-11-06", "2026-01-25"))


def test_minimum_wages_by_tier_and_date(city: City) -> None:
    tier = {belongs.place_id: belongs.tier for belongs in city.minimum_wage_tiers}
    assert tier["cq-liangjiang"] == "1"
    assert tier["cq-500233"] == "2"
    assert {code[3:][3] for code, t in tier.items() if t == "2"} == {"2"}, "tier 2 is the counties, 5002xx"
    wage = {(wage.tier, wage.valid_from): (wage.monthly_fen, wage.status) for wage in city.minimum_wages}
    assert wage["1", date(2022, 4, 1)] == (210_000, "press")
    assert wage["1", date(2025, 1, 1)] == (233_000, "unverified")


def test_the_calendar_reaches_from_2004_to_2026(city: City) -> None:
    assert city.calendar.published == frozenset(range(2004, 2027))
    answer = city.calendar.add(date(2026, 11, 20), 60)
    assert answer.provisional


def test_the_cartogram_is_compact_and_keeps_the_compass(city: City) -> None:
    cell = {tile.place_id: (tile.column, tile.row) for tile in city.tiles}
    assert len(cell) == 39
    east, north = cell["cq-500237"], cell["cq-500229"]
    assert east[0] == max(column for column, _ in cell.values())
    assert north[1] == min(row for _, row in cell.values())
    assert cell["cq-500241"][1] == max(row for _, row in cell.values())
    taken = set(cell.values())
    alone = [unit for unit, (c, r) in cell.items() if not {(c + dc, r + dr) for dc in (-1, 0, 1) for dr in (-1, 0, 1)} - {(c, r)} & taken]
    assert alone == []


def test_a_published_total_can_be_changed_in_a_copy(tmp_path: Path) -> None:
    copy = tmp_path / "smaller"
    shutil.copytree(PACKS / "chongqing", copy)
    figures = (copy / "figures.csv").read_text(encoding="utf-8")
    (copy / "figures.csv").write_text(figures.replace("5680000", "5000000", 1), encoding="utf-8")
    assert check(copy) == []
    assert load(copy).figure["skilled.count"].value == 5_000_000
