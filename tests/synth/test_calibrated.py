"""What the manifest lists as calibrated agrees: expected and computed are the same, also for a pack that was changed or just begun."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from guildhall.city import City, load, new
from guildhall.kernel.runs import Folder
from guildhall.overview import tables
from guildhall.overview.operations import compute_figures
from guildhall.synth import build
from guildhall.synth.plan import fitted, plan
from tests.synth.cities import Made


def five_million(folder: Path) -> City:
    """A copy of the Chongqing pack with 5.00 instead of 5.68 million skilled."""
    shutil.copytree(load("chongqing").folder, folder / "copy")
    figures = folder / "copy" / "figures.csv"
    text = figures.read_text(encoding="utf-8")
    assert text.count(",5680000,") == 1
    figures.write_text(text.replace(",5680000,", ",5000000,"), encoding="utf-8")
    return load(folder / "copy")


def computed(city: City, folder: Folder, results: Path) -> Mapping[str, Fraction]:
    """Every figure that the records give, in its unit."""
    rows = compute_figures(snapshot=folder, city=city, results=results).folder.read(tables.FIGURES).to_pylist()
    return {
        row["id"]: Fraction(row["numerator"], row["denominator"]) * (100 if city.figure[row["id"]].unit == "percent" else 1)
        for row in rows
        if row["id"] in city.figure and row["numerator"] is not None and row["denominator"]
    }


def assert_agree(city: City, folder: Folder, found: Mapping[str, Fraction]) -> None:
    for name in folder.manifest.meta["calibrated"]:
        figure = city.figure[name]
        expected = figure.expected(Fraction(folder.manifest.meta["scale"]))
        assert expected is not None
        within = Fraction(1, 2) if figure.unit == "percent" else 1
        assert abs(found[name] - expected) < within, name


def test_five_million_moves_the_figures_and_calibrated_ones_agree(tmp_path: Path) -> None:
    city = five_million(tmp_path)
    folder = build(city, scale=Fraction(1, 100), seed=7, out=tmp_path / "city")
    found = computed(city, folder, tmp_path / "results")
    assert (found["skilled.count"], found["highskilled.new"]) == (50_000, 450)
    assert found["skilled.high_share"] == 32
    assert "highskilled.count" not in folder.manifest.meta["calibrated"]
    assert_agree(city, folder, found)


@pytest.mark.parametrize("scale", [pytest.param("1", marks=pytest.mark.slow), "0.1"])
def test_a_pack_just_begun_lists_only_what_agrees(scale: str, tmp_path: Path) -> None:
    city = load(new("begun", tmp_path))
    folder = build(city, scale=Fraction(scale), seed=7, out=tmp_path / "city")
    found = computed(city, folder, tmp_path / "results")
    assert not {"highskilled.new", "parks.count"} & set(folder.manifest.meta["calibrated"])
    assert {"skilled.count", "parks.workers"} <= set(folder.manifest.meta["calibrated"])
    assert_agree(city, folder, found)


def test_the_packs_as_they_are_agree(made: Made, tmp_path: Path) -> None:
    assert {"highskilled.new", "parks.count", "academies.count"} <= set(made.folder.manifest.meta["calibrated"])
    assert_agree(made.city, made.folder, computed(made.city, made.folder, tmp_path / "results"))


def test_more_parks_published_than_listed_are_not_calibrated(chongqing: Made, tmp_path: Path) -> None:
    shutil.copytree(chongqing.city.folder, tmp_path / "copy")
    figures = tmp_path / "copy" / "figures.csv"
    text = figures.read_text(encoding="utf-8")
    for old, new_ in {",Industrial parks,50,": ",Industrial parks,51,", ",Artisan academies,70,": ",Artisan academies,4,"}.items():
        assert old in text
        text = text.replace(old, new_)
    figures.write_text(text, encoding="utf-8")
    listed = fitted(plan(load(tmp_path / "copy"), scale=Fraction(1, 100), seed=7))
    assert "colleges.list" in listed
    assert not {"parks.count", "academies.count"} & set(listed)
