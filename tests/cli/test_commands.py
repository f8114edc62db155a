"""Commands on records, snapshots and figures: what they refuse, in words, and what they leave as it was."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guildhall.kernel.runs import Folder
from guildhall.registry.models import LoadBatch
from tests.cli.conftest import Command
from tests.shown import AS_OF


def meta(path: str) -> dict[str, object]:
    return Folder.open(Path(path.strip())).manifest.meta


@pytest.mark.parametrize("scale", ["nan", "inf", "-inf", "0", "1.01", "much"])
def test_scale_that_is_no_share_is_refused(guildhall: Command, tmp_path: Path, scale: str) -> None:
    ran = guildhall("city", "synth", "--pack", "tiny", "--scale", scale, "--out", tmp_path / "city")
    assert ran.code == 2
    assert "--scale" in ran.err
    assert not (tmp_path / "city").exists()


def test_synthetic_city_is_not_written_over_somebody_elses_files(guildhall: Command, tmp_path: Path) -> None:
    notes = tmp_path / "notes" / "mine.txt"
    notes.parent.mkdir()
    notes.write_text("mine")
    ran = guildhall("city", "synth", "--pack", "tiny", "--scale", "1", "--out", notes.parent)
    assert ran.code == 1
    assert "in the way" in ran.err
    assert "Next: " in ran.err
    assert notes.read_text() == "mine"


def test_place_that_cannot_be_written_is_told_in_words(guildhall: Command) -> None:
    ran = guildhall("city", "synth", "--pack", "tiny", "--scale", "1", "--out", "/proc/x/y")
    assert ran.code == 1
    assert "Error: /proc/x: No such file or directory" in ran.err
    assert "Next: " in ran.err


@pytest.mark.django_db
@pytest.mark.parametrize("command", [("import", "occupations"), ("import", "townships"), ("load",), ("run", "figures", "--snapshot")])
def test_file_for_a_folder_and_folder_for_a_file_are_refused(guildhall: Command, tmp_path: Path, command: tuple[str, ...]) -> None:
    given = tmp_path if command[0] == "import" else tmp_path / "file"
    (tmp_path / "file").write_text("a")
    ran = guildhall(*command, given)
    assert ran.code == 2
    assert f"'{given}' is a " in ran.err


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "said"), [(b"", "it is empty"), (b"PK\x03\x04", "xlsx")])
def test_what_is_no_csv_is_told_in_words(guildhall: Command, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    ran = guildhall("import", "occupations", tmp_path / "a.csv")
    assert ran.code == 1
    assert said in ran.err
    assert "save the table as CSV" in ran.err


@pytest.mark.django_db
def test_snapshot_of_nothing_says_so(guildhall: Command, var: Path) -> None:
    ran = guildhall("snapshot")
    assert ran.code == 1
    assert "Nothing is loaded yet" in ran.err
    assert list((var / "snapshots").iterdir()) == []


@pytest.mark.parametrize("on", ["0001-01-01", "1999-12-31", "9999-12-31"])
def test_snapshot_of_a_far_date_is_refused(guildhall: Command, loaded: Folder, on: str) -> None:
    ran = guildhall("snapshot", "--on", on)
    assert ran.code == 1
    assert f"No snapshot can speak of {on}" in ran.err


def test_figures_count_as_calibrated_only_at_the_date_of_the_city(guildhall: Command, loaded: Folder) -> None:
    assert meta(guildhall("snapshot", "--on", str(AS_OF)).out)["calibrated"] == ["skilled.count", "ladder.chief"]
    assert meta(guildhall("snapshot", "--on", "2024-06-30").out)["calibrated"] == []


def test_snapshot_made_again_is_the_newest(guildhall: Command, loaded: Folder, var: Path) -> None:
    first, other = guildhall("snapshot").out.strip(), guildhall("snapshot", "--on", "2025-06-30").out.strip()
    for age, path in enumerate((first, other), 1):
        os.utime(Path(path) / "manifest.json", (age, age))
    assert guildhall("snapshot").out.strip() == first
    assert guildhall("run", "figures").code == 0
    assert json.loads((var / "current.json").read_text())["snapshot"] == Path(first).name


def test_figures_run_over_snapshots_only(guildhall: Command, loaded: Folder, var: Path) -> None:
    ran = guildhall("run", "figures", "--snapshot", loaded.path)
    assert ran.code == 1
    assert "is not a snapshot" in ran.err
    assert not (var / "current.json").exists()


def test_snapshot_elsewhere_is_computed_and_pages_keep_what_they_show(
    guildhall: Command, loaded: Folder, var: Path, tmp_path: Path
) -> None:
    made = Path(guildhall("snapshot", "--on", "2025-06-30").out.strip())
    guildhall("snapshot")
    guildhall("run", "figures")
    shown = (var / "current.json").read_text()
    ran = guildhall("run", "figures", "--snapshot", made.rename(tmp_path / "elsewhere" / made.name))
    assert ran.code == 0
    assert "Pages do not show it" in ran.err
    assert (var / "current.json").read_text() == shown
    assert guildhall("figures").code == 0


@pytest.mark.parametrize("moved", [True, False])
def test_figures_say_whether_the_pack_has_moved(guildhall: Command, loaded: Folder, var: Path, moved: bool) -> None:
    manifest = Path(guildhall("snapshot").out.strip()) / "manifest.json"
    guildhall("run", "figures")
    if moved:
        text = manifest.read_text()
        manifest.write_text(text.replace(json.loads(text)["meta"]["pack_version"], "0" * 64))
    ran = guildhall("figures", "--json")
    assert {row["pack_moved"] for row in json.loads(ran.out)} == {moved}
    assert ("The pack has changed since the snapshot was made" in ran.err) == moved
    ran = guildhall("run", "figures")
    assert ran.code == int(moved)
    assert ("does not belong to the pack in force" in ran.err) == moved


def test_command_line_speaks_english(guildhall: Command) -> None:
    """Also where the texts are those of pages, which are Chinese unless a reader chooses."""
    ran = guildhall("figures")
    assert ran.code == 1
    assert ran.err.startswith("Error: There is nothing to show yet")
    assert ran.err.isascii()


def test_synthetic_city_of_another_seed_takes_the_place_of_the_first(guildhall: Command, tmp_path: Path) -> None:
    for seed in ("7", "8"):
        assert guildhall("city", "synth", "--pack", "tiny", "--scale", "1", "--seed", seed, "--out", tmp_path / "city").code == 0
        assert Folder.open(tmp_path / "city").manifest.meta["seed"] == int(seed)


@pytest.mark.django_db
def test_load_that_was_not_finished_is_abandoned_by_command(guildhall: Command) -> None:
    LoadBatch.objects.create(
        digest="x", table="registry.places", position=0, rows_total=5, manifest={}, started_at=datetime(2026, 1, 30, tzinfo=UTC)
    )
    assert guildhall("load").code == 2
    assert LoadBatch.objects.exists()
    ran = guildhall("load", "--abandon")
    assert (ran.code, ran.out) == (0, "0 rows of an unfinished load were cleared.\n")
    assert not LoadBatch.objects.exists()
