"""Every kind of fault, seeded one at a time in a copy of the tiny city: the file, row and column it is reported at."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from guildhall.city import check, load
from guildhall.city.loader import PACKS
from guildhall.kernel.errors import FaultsFound


@dataclass
class Pack:
    """A copy of the tiny city that a test may damage. Rows are named by their first cell, or by their first cells."""

    folder: Path

    def rows(self, file: str) -> list[list[str]]:
        with (self.folder / file).open(encoding="utf-8", newline="") as text:
            return list(csv.reader(text))

    def write(self, file: str, rows: list[list[str]]) -> None:
        with (self.folder / file).open("w", encoding="utf-8", newline="") as text:
            csv.writer(text, lineterminator="\n").writerows(rows)

    def row(self, file: str, *key: str) -> int:
        return next(n for n, cells in enumerate(self.rows(file), start=1) if cells[: len(key)] == list(key))

    def set(self, file: str, key: tuple[str, ...], column: str, value: str) -> int:
        rows = self.rows(file)
        at = self.row(file, *key)
        rows[at - 1][rows[0].index(column)] = value
        self.write(file, rows)
        return at

    def drop(self, file: str, *key: str) -> None:
        at = self.row(file, *key)
        self.write(file, [cells for n, cells in enumerate(self.rows(file), start=1) if n != at])

    def add(self, file: str, **cells: str) -> int:
        rows = self.rows(file)
        self.write(file, [*rows, [cells.get(name, "") for name in rows[0]]])
        return len(rows) + 1

    def replace(self, file: str, old: str, new: str) -> int:
        """Replaces the first occurrence of a text and returns the row it stands in."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def faults(self) -> list[tuple[str, int, str]]:
        return [(fault.file, fault.row, fault.column) for fault in check(self.folder)]


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    shutil.copytree(PACKS / "tiny", tmp_path / "tiny")
    return Pack(tmp_path / "tiny")


Damage = Callable[[Pack], tuple[str, int, str]]
MADE = {"source": "made-up", "status": "generated"}


def at(file: str, key: tuple[str, ...], column: str, value: str, reported: str = "") -> Damage:
    """One cell set wrong, reported where it stands."""
    return lambda pack: (file, pack.set(file, key, column, value), reported or column)


def second_row(file: str, column: str, **cells: str) -> Damage:
    """One row too many."""
    return lambda pack: (file, pack.add(file, **cells, **MADE), column)


def no_tile(pack: Pack) -> tuple[str, int, str]:
    pack.drop("tiles.csv", "tiny-south")
    return "places.csv", pack.row("places.csv", "tiny-south"), "place_id"


def no_tier(pack: Pack) -> tuple[str, int, str]:
    pack.drop("minimum_wage_tiers.csv", "tiny-west")
    return "places.csv", pack.row("places.csv", "tiny-west"), "place_id"


def no_parent(pack: Pack) -> tuple[str, int, str]:
    pack.drop("place_parents.csv", "tiny-park-2", "tiny-west")
    return "places.csv", pack.row("places.csv", "tiny-park-2"), "place_id"


def parent_ends_early(pack: Pack) -> tuple[str, int, str]:
    pack.drop("place_parents.csv", "tiny-east-rest", "tiny-harbour")
    return "places.csv", pack.row("places.csv", "tiny-east-rest"), "place_id"


def no_successor(pack: Pack) -> tuple[str, int, str]:
    pack.drop("place_successors.csv", "tiny-south")
    return "places.csv", pack.row("places.csv", "tiny-south"), "valid_until"


def column_missing(pack: Pack) -> tuple[str, int, str]:
    pack.write("clusters.csv", [cells[:1] + cells[2:] for cells in pack.rows("clusters.csv")])
    return "clusters.csv", 1, "tier"


def column_unknown(pack: Pack) -> tuple[str, int, str]:
    return "clusters.csv", pack.replace("clusters.csv", "remark", "remarks"), "remarks"


def column_twice(pack: Pack) -> tuple[str, int, str]:
    return "clusters.csv", pack.replace("clusters.csv", "remark", "date"), "date"


def cells_missing(pack: Pack) -> tuple[str, int, str]:
    return "clusters.csv", pack.replace("clusters.csv", "food,pillar,", "food,"), ""


def bad_byte(pack: Pack) -> tuple[str, int, str]:
    path = pack.folder / "parks.csv"
    path.write_bytes(path.read_bytes().replace("汽车".encode(), "汽车".encode("gbk")))
    return "parks.csv", 2, "industries_zh"


def file_missing(pack: Pack) -> tuple[str, int, str]:
    (pack.folder / "series.csv").unlink()
    return "series.csv", 0, ""


def stray_file(pack: Pack) -> tuple[str, int, str]:
    (pack.folder / "place.csv").write_text("place_id\n", encoding="utf-8")
    return "place.csv", 0, ""


def townships_short(pack: Pack) -> tuple[str, int, str]:
    pack.set("place_facts.csv", ("tiny-harbour", "townships"), "value", "7")
    return "place_facts.csv", 0, "value"


def population_off(pack: Pack) -> tuple[str, int, str]:
    pack.set("place_facts.csv", ("tiny-east", "population"), "value", "9001")
    return "place_facts.csv", 0, "value"


def population_missing(pack: Pack) -> tuple[str, int, str]:
    pack.drop("place_facts.csv", "tiny-south", "population")
    return "place_facts.csv", 0, "measure"


def too_few_units(pack: Pack) -> tuple[str, int, str]:
    pack.replace("city.toml", "on = 2025-06-30\nvalue = 3", "on = 2025-06-30\nvalue = 4")
    return "places.csv", 0, "valid_from"


def sum_of_cells(pack: Pack) -> tuple[str, int, str]:
    with (pack.folder / "city.toml").open("a", encoding="utf-8") as text:
        text.write('\n[[sums]]\ntable = "made"\nfigure = "skilled.count"\n')
    pack.add("assumptions.csv", table="made", row="L5", value="3000", unit="persons", date="2026-01-30", **MADE)
    return (
        "assumptions.csv",
        pack.add("assumptions.csv", table="made", row="L4", value="999", unit="persons", date="2026-01-30", **MADE),
        "value",
    )


def sum_of_nothing(pack: Pack) -> tuple[str, int, str]:
    with (pack.folder / "city.toml").open("a", encoding="utf-8") as text:
        text.write('\n[[sums]]\ntable = "nowhere"\nvalue = 1\n')
    return "city.toml", 0, "table"


def no_version(pack: Pack) -> tuple[str, int, str]:
    pack.replace("city.toml", 'version = "1"\n', "")
    return "city.toml", 0, "version"


def second_assumption(file: str, status: str) -> Damage:
    """A cell of a status that does not belong in the file."""
    cells = {"table": "made", "row": "x", "value": "1", "unit": "persons", "source": "made-up", "status": status, "date": "2026-01-30"}
    return lambda pack: (file, pack.add(file, **cells), "status")


def folder_in_place(name: str) -> Damage:
    """A folder where a file should be."""

    def damage(pack: Pack) -> tuple[str, int, str]:
        (pack.folder / name).unlink()
        (pack.folder / name).mkdir()
        return name, 0, ""

    return damage


def endless_cell(pack: Pack) -> tuple[str, int, str]:
    return "clusters.csv", pack.set("clusters.csv", ("food",), "remark", "x" * 200_000), ""


def unknown_with_a_code(pack: Pack) -> tuple[str, int, str]:
    pack.set("places.csv", ("tiny-east",), "code", "990001")
    return "places.csv", pack.set("places.csv", ("tiny-east",), "status", "unknown"), "code"


def doubled_code(pack: Pack) -> tuple[str, int, str]:
    pack.set("places.csv", ("tiny-east",), "code", "990001")
    return "places.csv", pack.set("places.csv", ("tiny-west",), "code", "990001"), "code"


def toml_digits(pack: Pack) -> tuple[str, int, str]:
    pack.replace("city.toml", "value = 24000", f"value = {'9' * 5000}")
    return "city.toml", 0, ""


def toml(old: str, new: str, column: str) -> Damage:
    """One text of city.toml replaced, reported at its line."""
    return lambda pack: ("city.toml", pack.replace("city.toml", old, new), column)


SEEDED: dict[str, Damage] = {
    # cells
    "number": at("figures.csv", ("skilled.count",), "value", "4,000"),
    "whole number": at("tiles.csv", ("tiny-east",), "column", "2.5"),
    "finer than a fen": at("minimum_wages.csv", ("1",), "monthly_yuan", "2000.005"),
    "date": at("places.csv", ("tiny-east",), "valid_until", "2025-7-1"),
    "date that does not exist": at("places.csv", ("tiny-east",), "valid_until", "2025-06-31"),
    "neither yes nor no": at("levels.csv", ("L5",), "certificate", "true"),
    "identifier": at("clusters.csv", ("food",), "cluster", "food & drink"),
    "empty cell": at("places.csv", ("tiny-east",), "name_en", ""),
    "no source": at("places.csv", ("tiny-east",), "source", ""),
    "source not in sources.csv": at("places.csv", ("tiny-east",), "source", "hearsay"),
    "unknown status": at("places.csv", ("tiny-east",), "status", "certain"),
    "unknown word": at("places.csv", ("tiny-east",), "kind", "borough"),
    "unknown region": at("places.csv", ("tiny-east",), "region", "coast"),
    "half of the coordinates": at("places.csv", ("tiny-east",), "longitude", ""),
    "coordinates without a source": at("places.csv", ("tiny-east",), "position_source", ""),
    "coordinates without a status": at("places.csv", ("tiny-east",), "position_status", ""),
    "latitude": at("places.csv", ("tiny-east",), "latitude", "91"),
    "longitude": at("places.csv", ("tiny-east",), "longitude", "-180.5"),
    "digits of another width": at("minimum_wages.csv", ("1",), "monthly_yuan", "２３３０"),
    "digits of another script": at("tiles.csv", ("tiny-east",), "column", "٢"),
    "date in another script": at("places.csv", ("tiny-harbour",), "valid_from", "２０２５-07-01"),
    "money as people write it": at("minimum_wages.csv", ("1",), "monthly_yuan", "¥2000"),
    "endless number": at("tiles.csv", ("tiny-east",), "column", "9" * 5000),
    "percentage": at("figures.csv", ("skilled.high_share",), "value", "101"),
    "percentage of a place": at("place_facts.csv", ("tiny-east", "urban_share"), "value", "100.1"),
    "negative population": at("place_facts.csv", ("tiny-east", "population"), "value", "-9000"),
    "negative count": at("figures.csv", ("parks.count",), "value", "-2"),
    "negative stock": at("series.csv", ("skilled.count",), "value", "-1"),
    "negative workers": at("parks.csv", ("tiny-park-2",), "workers_assumed", "-500"),
    "negative wage": at("minimum_wages.csv", ("2",), "monthly_yuan", "-1"),
    "share above one": at("assumptions.csv", ("sex", "female", "worker"), "value", "1.38"),
    "negative ordinal": at("levels.csv", ("L0",), "ordinal", "-1"),
    "official code": at("places.csv", ("tiny-east",), "code", "99000"),
    "official code in another script": at("places.csv", ("tiny-east",), "code", "９９０００１"),
    "district without a status": at("colleges.csv", ("tiny-college-1",), "place_status", ""),
    # files
    "missing file": file_missing,
    "stray file": stray_file,
    "bad byte": bad_byte,
    "folder for a file": folder_in_place("series.csv"),
    "folder for the settings": folder_in_place("city.toml"),
    "endless cell": endless_cell,
    "missing column": column_missing,
    "unknown column": column_unknown,
    "doubled column": column_twice,
    "cells missing": cells_missing,
    # rows
    "doubled row": second_row("clusters.csv", "cluster", cluster="food", tier="pillar", name_zh="食品", name_en="Food"),
    "orphan": second_row("place_parents.csv", "parent_id", place_id="tiny-west", parent_id="tiny-nowhere", relation="functional"),
    "series of no figure": at("series.csv", ("skilled.count",), "figure", "skilled.cuont"),
    "ordinal twice": at("levels.csv", ("L4",), "ordinal", "2"),
    "gap between ordinals": at("levels.csv", ("LS",), "ordinal", "9"),
    "code of an unknown place": unknown_with_a_code,
    "code twice": doubled_code,
    "ends before it begins": at("places.csv", ("tiny-harbour",), "valid_until", "2025-06-01"),
    "occupation under a leaf": at("occupations.csv", ("6-18-01-01",), "parent", "6-18-02-04"),
    "occupation without parent": at("occupations.csv", ("6-18-01-01",), "parent", ""),
    # the tree of places
    "no parent": no_parent,
    "parent ends early": parent_ends_early,
    "gap between parents": at("place_parents.csv", ("tiny-east-hill", "tiny-west"), "valid_from", "2025-08-01"),
    "two parents at once": at("place_parents.csv", ("tiny-east-hill", "tiny-west"), "valid_from", "2025-06-01"),
    "circle": at("place_parents.csv", ("tiny-west", "tiny"), "parent_id", "tiny-west-rest"),
    "parent that ended": at("place_parents.csv", ("tiny-park-1", "tiny-zone-port"), "valid_until", "2025-09-01"),
    "parent not begun": at("place_parents.csv", ("tiny-west-rest", "tiny-west"), "parent_id", "tiny-harbour", "valid_from"),
    "no successor": no_successor,
    "successor on another day": at("place_successors.csv", ("tiny-south",), "effective_on", "2025-07-02"),
    "successor not begun": at("place_successors.csv", ("tiny-west",), "effective_on", "2025-06-30", "successor_id"),
    "missing tile": no_tile,
    "two places in one cell": at("tiles.csv", ("tiny-south",), "row", "1", "column"),
    # values between dates
    "gap between wages": at("minimum_wages.csv", ("1", "2200"), "valid_from", "2024-02-01"),
    "two wages at once": at("minimum_wages.csv", ("1", "2200"), "valid_from", "2023-12-01"),
    "tier without a wage": at("minimum_wage_tiers.csv", ("tiny-west",), "tier", "3"),
    "district without a tier": no_tier,
    "tier 2 above tier 1": at("minimum_wages.csv", ("2",), "monthly_yuan", "2100"),
    "not a tier": at("minimum_wages.csv", ("2",), "tier", "B"),
    "tiers overlap": second_row("minimum_wage_tiers.csv", "valid_from", place_id="tiny-west", tier="2", valid_from="2026-01-01"),
    "doubled holiday": second_row("holidays.csv", "date", date="2025-01-01", kind="holiday", name="元旦"),
    # totals
    "number of districts": too_few_units,
    "population": population_off,
    "townships after the merger": townships_short,
    "measure missing": population_missing,
    "cells against a figure": sum_of_cells,
    "cells that are not there": sum_of_nothing,
    "cells against a number": at("assumptions.csv", ("level_split", "L1"), "value", "97"),
    "shares above the whole": at("assumptions.csv", ("sex", "male", "worker"), "value", "0.9"),
    "shares short of the whole": at("assumptions.csv", ("residence", "tiny-west-rest", "tiny-west"), "value", "0.89"),
    "assumption among published numbers": second_assumption("marginals.csv", "assumed"),
    "published number among assumptions": second_assumption("assumptions.csv", "press"),
    "number of parks": toml("parks = 2", "parks = 3", "parks"),
    "park outside its district": at("parks.csv", ("tiny-park-2",), "district", "tiny-south"),
    "park that is no park": at("parks.csv", ("tiny-park-2",), "place_id", "tiny-west"),
    # city.toml
    "not TOML": toml('id = "tiny"', 'id = "tiny', ""),
    "key missing": no_version,
    "key unknown": toml('version = "1"', 'colour = "red"\nversion = "1"', "colour"),
    "key of another kind": toml("reference_date = 2026-01-30", 'reference_date = "2026-01-30"', "reference_date"),
    "one language": toml('river = { zh = "沿江", en = "Riverside" }', 'river = { zh = "沿江" }', "river"),
    "root not a place": toml('root = "tiny"', 'root = "large"', "root"),
    "year without holidays": toml("published_years = [2025, 2026]", "published_years = [2025, 2026, 2027]", "published_years"),
    "count of nothing": toml("parks = 2", "parcs = 2", "parcs"),
    "digits in a total": toml("value = 24000", 'value = "２４０００"', "value"),
    "no number in a total": toml("value = 24000", 'value = "NaN"', "value"),
    "endless number in a total": toml_digits,
    "number in a total": toml("value = 24000", "value = true", "value"),
}  # fmt: skip


@pytest.mark.parametrize("kind", SEEDED)
def test_a_seeded_fault_is_reported_where_it_stands(pack: Pack, kind: str) -> None:
    expected = SEEDED[kind](pack)
    found = check(pack.folder)
    assert expected in [(fault.file, fault.row, fault.column) for fault in found], "\n".join(map(str, found))
    assert all(fault.what for fault in found)
    with pytest.raises(FaultsFound):
        load(pack.folder)


def test_the_undamaged_copy_has_none(pack: Pack) -> None:
    assert check(pack.folder) == []


QUIET = (
    "number",
    "unknown status",
    "source not in sources.csv",
    "doubled row",
    "missing tile",
    "gap between wages",
    "bad byte",
    "folder for a file",
    "endless cell",
    "negative population",
    "negative ordinal",
    "ordinal twice",
    "code twice",
    "tier 2 above tier 1",
    "shares above the whole",
    "number of parks",
)


@pytest.mark.parametrize("kind", QUIET)
def test_one_fault_is_told_once(pack: Pack, kind: str) -> None:
    SEEDED[kind](pack)
    assert len(check(pack.folder)) == 1, "\n".join(map(str, check(pack.folder)))


def test_growth_may_exceed_100_percent(pack: Pack) -> None:
    pack.set("figures.csv", ("ladder.top_growth",), "value", "142")
    assert check(pack.folder) == []


def test_roundings_may_leave_a_little_between_shares_and_the_whole(pack: Pack) -> None:
    pack.set("assumptions.csv", ("sex", "male", "worker"), "value", "0.622")
    assert check(pack.folder) == []
    at = pack.set("assumptions.csv", ("sex", "male", "worker"), "value", "0.6221")
    assert pack.faults() == [("assumptions.csv", at, "value")]


def test_shares_add_up_across_the_two_files(pack: Pack) -> None:
    cells = {"table": "sex", "row": "male", "column": "worker", "value": "0.62", "unit": "share", "source": "made-up"}
    pack.drop("assumptions.csv", "sex", "male", "worker")
    pack.add("marginals.csv", **cells, status="generated", date="2026-01-30")
    assert check(pack.folder) == []


def test_a_successor_may_take_over_a_code(pack: Pack) -> None:
    for place in ("tiny-east", "tiny-harbour"):
        pack.set("places.csv", (place,), "code", "990001")
    assert check(pack.folder) == []


def test_a_fault_says_what_to_do_next(pack: Pack) -> None:
    pack.set("places.csv", ("tiny-east",), "status", "certain")
    (fault,) = check(pack.folder)
    assert str(fault).startswith("places.csv, row 3, column status: unknown status 'certain' — one of statute,")


def test_rows_are_counted_as_a_spreadsheet_counts_them(pack: Pack) -> None:
    rows = pack.rows("clusters.csv")
    rows[1][-1] = "a remark\nof two lines"
    rows[3][1] = "huge"
    pack.write("clusters.csv", [["# a comment"], *rows])
    assert pack.faults() == [("clusters.csv", 5, "tier")]


def test_all_faults_are_found_at_once(pack: Pack) -> None:
    kinds = ("number", "unknown word", "doubled row", "missing tile", "gap between wages", "number of parks")
    expected = {SEEDED[kind](pack) for kind in kinds}
    assert expected <= set(pack.faults())
