"""The one seam through which Ibis is opened: every table of a folder, intermediates once, and nothing left open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guildhall.kernel.backends import Tables, open_tables
from guildhall.kernel.runs import Folder, write_folder
from guildhall.kernel.tables import COUNT, KEY, NAME, Column, Table, Text

DOC = Text("说明", "doc")
PEOPLE = Table(
    "tests.people",
    DOC,
    (Column("id", KEY, DOC), Column("place", NAME, DOC, nullable=True), Column("weight", COUNT, DOC)),
    key=("id",),
)
PLACES = Table("tests.places", DOC, (Column("place", NAME, DOC),), key=("place",))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    def fill(writer: Any) -> None:
        writer.add(PEOPLE, PEOPLE.build({"id": [1, 2, 3, 4], "place": ["a", "b", None, "a"], "weight": [10, 20, 30, 2**40]}))
        writer.add(PLACES, PLACES.build({"place": ["a", "b"]}))

    return write_folder(tmp_path / "it's [odd] *", id="x", kind="snapshot", version="1", as_of="", meta={}, fill=fill)


def test_every_table_is_there_under_its_declared_name(folder: Folder) -> None:
    with open_tables(folder, threads=1, memory="200MB") as tables:
        assert set(tables) == {"tests.people", "tests.places"}
        assert len(tables) == 2
        assert tables["tests.people"].columns == ("id", "place", "weight")
        with pytest.raises(KeyError):
            tables["tests.nothing"]


def test_words_and_sums_come_back_exact(folder: Folder) -> None:
    with open_tables(folder) as tables:
        people = tables["tests.people"]
        sums = people.group_by("place").agg(weight=people.weight.sum().cast("int64")).order_by("place")
        assert tables.rows(sums) == [
            {"place": "a", "weight": 2**40 + 10},
            {"place": "b", "weight": 20},
            {"place": None, "weight": 30},
        ]
        assert tables.scalar(people.weight.sum().cast("int64")) == 2**40 + 60
        assert tables.fetch(people).num_rows == 4


def test_tables_can_be_joined(folder: Folder) -> None:
    with open_tables(folder) as tables:
        joined = tables["tests.people"].join(tables["tests.places"], "place")
        assert tables.scalar(joined.count()) == 3


def test_an_intermediate_is_built_once(folder: Folder) -> None:
    built = []

    def build(tables: Tables) -> Any:
        built.append(1)
        return tables["tests.people"].filter(tables["tests.people"].place == "a")

    with open_tables(folder) as tables:
        first, second = tables.once("in a", build), tables.once("in a", build)
        assert tables.scalar(first.count()) == tables.scalar(second.count()) == 2
        assert len(built) == 1


def test_folders_open_side_by_side_do_not_mix(folder: Folder, tmp_path: Path) -> None:
    other = write_folder(
        tmp_path / "other",
        id="y",
        kind="snapshot",
        version="1",
        as_of="",
        meta={},
        fill=lambda writer: writer.add(PLACES, PLACES.build({"place": ["z"]})),
    )
    with open_tables(folder) as one, open_tables(other) as two:
        assert one.scalar(one["tests.places"].count()) == 2
        assert two.scalar(two["tests.places"].count()) == 1


def test_the_connection_closes_with_the_block_also_after_an_error(folder: Folder) -> None:
    kept: list[Tables] = []

    def halt() -> None:
        with open_tables(folder) as tables:
            kept.append(tables)
            raise RuntimeError("halt")

    with pytest.raises(RuntimeError, match="halt"):
        halt()
    with pytest.raises(Exception, match=r"(?i)clos"):
        kept[0].fetch(kept[0]["tests.people"])


def test_a_large_table_comes_in_parts(folder: Folder) -> None:
    with open_tables(folder, threads=1) as tables:
        parts = list(tables.parts(tables["tests.people"], rows=3))
        assert [part.num_rows for part in parts] == [3, 1]
        assert sorted(row["id"] for part in parts for row in part.to_pylist()) == [1, 2, 3, 4]
        declared = [PEOPLE.build({name: part.column(name) for name in part.column_names}) for part in parts]
        assert all(PEOPLE.check(part) == [] for part in declared)
