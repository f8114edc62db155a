"""Reading a pack: the tiny city, folders elsewhere, places at a date, digests."""

from __future__ import annotations

import shutil
import time
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from guildhall.city import City, check, load, measure, names, responsible_today, unit_of, units
from guildhall.city.loader import PACKS
from guildhall.kernel.errors import FaultsFound, NotFound
from guildhall.kernel.tables import Text

BEFORE, MERGER = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture(scope="module")
def city() -> City:
    return load("tiny")


def test_the_built_in_packs_are_known_by_name() -> None:
    assert set(names()) >= {"chongqing", "tiny"}


def test_an_unknown_pack_is_named_with_those_that_exist() -> None:
    with pytest.raises(NotFound, match="atlantis") as caught:
        load("atlantis")
    assert "tiny" in caught.value.why


def test_three_districts_merge_to_two_and_the_totals_hold(city: City) -> None:
    assert [place.name.en for place in units(city, BEFORE)] == ["East", "South", "West"]
    assert [place.name.en for place in units(city, MERGER)] == ["Harbour", "West"]
    assert sum(measure(city, "townships", BEFORE).values()) == sum(measure(city, "townships", MERGER).values()) == 12


def test_a_named_town_and_the_remainder_part_company(city: City) -> None:
    assert responsible_today(city, "tiny-east", MERGER).place_id == "tiny-harbour"
    assert responsible_today(city, "tiny-east-hill", MERGER).place_id == "tiny-west"
    assert responsible_today(city, "tiny-west-quay", MERGER).place_id == "tiny-harbour"
    assert responsible_today(city, "tiny-park-1", MERGER).place_id == "tiny-harbour"
    assert responsible_today(city, "tiny-zone-port", MERGER).place_id == "tiny-harbour"
    assert unit_of(city, "tiny-east-hill", BEFORE) == city.place["tiny-east"]
    assert unit_of(city, "tiny", BEFORE) is None
    assert responsible_today(city, "tiny", BEFORE) == city.place["tiny"]


def test_nobody_answers_for_a_place_before_it_begins(city: City) -> None:
    with pytest.raises(NotFound):
        responsible_today(city, "tiny-harbour", BEFORE)
    with pytest.raises(NotFound):
        responsible_today(city, "tiny-nowhere", BEFORE)


def test_the_latest_measure_wins_and_its_own_day_counts(city: City) -> None:
    assert measure(city, "population", date(2024, 12, 30))["tiny-east"] == 9000
    assert measure(city, "population", date(2024, 12, 31))["tiny-east"] == 9100
    assert "tiny-east" not in measure(city, "population", date(2020, 10, 31))


def test_rows_are_typed_and_carry_their_origin(city: City) -> None:
    assert city.name == Text("小城", "Smallton")
    assert city.parks[0].name == Text("东区工业园", "East Industrial Park")
    assert city.colleges[1].place_id is None
    assert city.minimum_wages[0].hourly_fen == 2050
    assert city.figure["alignment.published"].value == Decimal("85.5")
    assert {row.source for row in city.places} <= {source.id for source in city.sources}


def test_expected_values_of_a_model_city(city: City) -> None:
    tenth = Fraction(1, 10)
    assert city.figure["skilled.count"].expected(tenth) == 400
    assert city.figure["ladder.chief"].expected(tenth) == 1
    assert city.figure["skilled.high_share"].expected(tenth) == 32
    assert city.figure["alignment.published"].expected(tenth) is None
    assert city.figure["target.high_share.2025"].expected(tenth) is None, "a target is not a measurement"


def test_a_folder_anywhere_is_a_pack_and_the_digest_follows_every_byte(tmp_path: Path, city: City) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(PACKS / "tiny", copy)
    assert load(copy).digest == load(str(copy)).digest == city.digest
    figures = copy / "figures.csv"
    figures.write_text(figures.read_text(encoding="utf-8").replace(",4000,", ",5000,", 1), encoding="utf-8")
    changed = load(copy)
    assert changed.figure["skilled.count"].value == 5000
    assert changed.digest != city.digest


def test_load_and_check_see_the_same_faults(tmp_path: Path) -> None:
    copy = tmp_path / "damaged"
    shutil.copytree(PACKS / "tiny", copy)
    (copy / "tiles.csv").unlink()
    (copy / "clusters.csv").write_bytes(b"cluster\n")
    with pytest.raises(FaultsFound) as caught:
        load(copy)
    assert list(caught.value.faults) == check(copy)
    assert {fault.file for fault in check(copy)} >= {"tiles.csv", "clusters.csv"}


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path, city: City) -> None:
    copy = tmp_path / "windows"
    shutil.copytree(PACKS / "tiny", copy)
    for file in copy.glob("*.csv"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert load(copy).places == city.places


@pytest.mark.parametrize("pack", ["tiny", "chongqing"])
def test_a_pack_loads_in_well_under_a_second(pack: str) -> None:
    load(pack)
    started = time.perf_counter()
    load(pack)
    assert time.perf_counter() - started < 0.75
