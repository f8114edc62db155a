"""The rows a new pack begins with: one district with a park and a college, and the tiny city's numbers to replace one by one."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from decimal import Decimal

from guildhall.city import files
from guildhall.city.loader import PACKS

Cells = Mapping[str, str]
TIMES = 100
"""The tiny city stands whole; a new one is shown at 1/100 at first, and should have as many people then."""
_NUMBER = {"source": "example", "remark": "example: replace"}
_COUNTS = ("people", "level_split", "cap", "enterprise")
_SIZES = ("minimum", "maximum")
"""Columns of those tables that say how large an enterprise is, which is the same in any city."""
_OF_TINY_PLACES = ("residence", "park_cluster")
"""Tables about places that the new city does not have; both may be left out."""


def rows(name: str) -> Mapping[str, tuple[Cells, ...]]:
    """The first rows of each file of a city called `name`, complete enough for its people to be made."""
    return {
        **_places(name),
        files.SOURCES.name: tuple(_sources()),
        files.LEVELS.name: tuple(_tiny("levels")),
        files.CLUSTERS.name: tuple(_tiny("clusters")),
        files.OCCUPATIONS.name: tuple(_tiny("occupations")),
        files.FIGURES.name: tuple(_figures()),
        files.ASSUMPTIONS.name: tuple(_assumptions()),
    }


def _places(name: str) -> Mapping[str, tuple[Cells, ...]]:
    end = {**_NUMBER, "status": "generated"}
    district, park = f"{name}-1", f"{name}-park-1"
    within = {"relation": "administrative", **end}
    college = {"code": f"{name}-college-1", "name_zh": "第一职业学院", "name_en": "First Vocational College", "place_id": district}
    return {
        files.PLACES.name: (
            {"place_id": name, "kind": "city", "name_zh": name, "name_en": name, **end},
            {"place_id": district, "kind": "district", "name_zh": "第一区", "name_en": "First District", "region": "centre", **end},
            {"place_id": park, "kind": "park", "name_zh": "第一工业园", "name_en": "First Industrial Park", **end},
        ),
        files.PARENTS.name: (
            {"place_id": district, "parent_id": name, **within},
            {"place_id": park, "parent_id": district, **within},
        ),
        files.PLACE_FACTS.name: (
            {"place_id": district, "measure": "population", "value": "2400000", "unit": "persons", "as_of": "2020-11-01", **end},
            {"place_id": district, "measure": "urban_share", "value": "70", "unit": "percent", "as_of": "2020-11-01", **end},
        ),
        files.TILES.name: ({"place_id": district, "column": "1", "row": "1", **end},),
        files.PARKS.name: (
            {
                "place_id": park,
                "district": district,
                "park_class": "municipal",
                "industries_zh": "汽车",
                "industries_en": "Vehicles",
                "workers_assumed": "200000",
                **end,
            },
        ),
        files.COLLEGES.name: ({**college, "place_source": end["source"], "place_status": end["status"], **end},),
    }


def _tiny(file: str) -> Iterator[Cells]:
    """The rows of the tiny city: those it made up become examples, those with a document behind them keep it."""
    with (PACKS / "tiny" / f"{file}.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            yield {**row, **_NUMBER} if row["source"] == "made-up" else row


def _sources() -> Iterator[Cells]:
    yield {"id": "example", "title_zh": "示例数字，待替换", "title_en": "Example numbers, to be replaced", "remark": "cite your documents"}
    cited = {row["source"] for file in ("levels", "occupations") for row in _tiny(file)}
    yield from (row for row in _tiny_sources() if row["id"] in cited)


def _tiny_sources() -> Iterator[Cells]:
    with (PACKS / "tiny" / files.SOURCES.name).open(encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


def _figures() -> Iterator[Cells]:
    for row in _tiny("figures"):
        if row["source"] == _NUMBER["source"] and row["kind"] == "published":
            yield {**row, "value": _more(row["value"])} if row["scales"] == "people" else row


def _assumptions() -> Iterator[Cells]:
    for row in _tiny("assumptions"):
        if row["table"] not in _OF_TINY_PLACES:
            counted = row["table"] in _COUNTS and row["column"] not in _SIZES
            yield {**row, "value": _more(row["value"])} if counted else row


def _more(value: str) -> str:
    return format(Decimal(value) * TIMES, "f")
