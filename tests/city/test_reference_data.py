"""The Chongqing pack against the folder of reference data beside the checkout, where there is one."""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from guildhall.city import City, load, measure, units

BEFORE = date(2026, 1, 24)
CENSUS = date(2020, 11, 1)


@pytest.fixture(scope="module")
def city() -> City:
    return load("chongqing")


def rows(name: str) -> list[dict[str, str]]:
    folder = Path(os.environ.get("GUILDHALL_SHARED_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
    if not (folder / name).is_file():
        pytest.skip(f"no {name} in a folder of reference data beside the checkout (GUILDHALL_SHARED_DATA)")
    with (folder / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_districts_and_townships(city: City) -> None:
    townships = rows("townships_2023.csv")
    assert measure(city, "townships", BEFORE) == Counter(f"cq-{row['district_code']}" for row in townships)
    assert {place.code: place.name.zh for place in units(city, BEFORE)} == {row["district_code"]: row["district_name"] for row in townships}
    name = {row["code"]: row["name"] for row in townships}
    named = [place for place in city.places if place.kind == "township"]
    assert len(named) == 10
    assert [place.name.zh for place in named] == [name[place.code] for place in named]


def test_population_area_and_seats(city: City) -> None:
    districts = {f"cq-{row['code']}": row for row in rows("districts.csv")}
    assert measure(city, "population", CENSUS) == {id: Decimal(row["pop2020"]) for id, row in districts.items()}
    assert measure(city, "area", CENSUS) == {id: Decimal(row["area"]) for id, row in districts.items()}
    for id, row in districts.items():
        assert (city.place[id].latitude, city.place[id].longitude, city.place[id].region) == (
            Decimal(row["lat"]),
            Decimal(row["lon"]),
            row["grp"],
        )


def test_parks(city: City) -> None:
    district = {row["name"]: f"cq-{row['code']}" for row in rows("districts.csv")}
    known = {f"cq-park-{int(row['n']):02d}": row for row in rows("parks_assumed.csv")}
    status = {"S": "press", "O": "official", "M": "unverified"}
    assert {park.place_id: (park.district, park.workers_assumed, park.status) for park in city.parks} == {
        id: (district[row["district"]], int(row["workers_assumed"]), status[row["src"]]) for id, row in known.items()
    }


def test_occupations_and_their_marks(city: City) -> None:
    listed = {row["code"]: row["name"].strip() for row in rows("occupations_2022.csv") if row["level"] == "4"}
    for occupation in city.occupations:
        if occupation.rank == "leaf":
            name = listed[occupation.code].rstrip("LS/")
            marks = listed[occupation.code][len(name) :]
            assert occupation.name.zh == name
            assert (occupation.digital, occupation.green) == (True if "S" in marks else None, "L" in marks)
