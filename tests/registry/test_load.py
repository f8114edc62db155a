"""Loads: whole or resumable, once, into an empty database; nothing half-done and nothing wrong gets in."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from django.db import connection, models

from guildhall.kernel.errors import FaultsFound, GuildhallError
from guildhall.kernel.runs import Folder
from guildhall.kernel.tables import Table
from guildhall.office import bulk
from guildhall.overview.load import BINDINGS
from guildhall.overview.snapshot import make
from guildhall.registry import load as loading
from guildhall.registry.models import Certificate, Identity, LoadBatch, Organisation, Worker, vault
from guildhall.registry.tables import IDENTITY
from guildhall.skills.models import Occupation
from tests.registry import folders

if TYPE_CHECKING:
    from tests.registry.conftest import Load


SMALL_CHUNK = 7


class Killed(BaseException):
    """Stands in for a kill: nothing catches it."""


def counts() -> dict[str, int]:
    return {binding.table.name: binding.model._default_manager.count() for binding in BINDINGS}


@pytest.fixture
def chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "CHUNK_ROWS", SMALL_CHUNK)


@pytest.mark.django_db
def test_every_row_arrives(folder: Folder, load: Load) -> None:
    report = load(folder)
    assert report.outcome == "loaded"
    assert counts() == report.rows == {name: entry.rows for name, entry in folder.manifest.tables.items()}
    worker = Worker.objects.select_related("residence").get(pk=2)
    assert (worker.sex, worker.weight, worker.residence.name_zh, worker.birth_month) == ("female", 1, "西区", folders.born(2))
    assert set(LoadBatch.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_identity_is_sealed_and_found_by_hash(folder: Folder, load: Load) -> None:
    load(folder)
    given = folders.rows()["registry.identity"][0]
    row = Identity.objects.get(number_hash=vault().keyed_hash("identity_number", given["identity_number"]))
    assert row.worker_id == 1
    opened = {
        column: vault().open(IDENTITY.name, column, 1, sealed)
        for column, sealed in (("name", row.name_sealed), ("identity_number", row.number_sealed), ("phone", row.phone_sealed))
        if sealed is not None
    }
    assert opened == {name: given[name] for name in opened}
    assert Identity.objects.get(phone_hash=vault().keyed_hash("phone", given["phone"])) == row
    assert Identity.objects.get(pk=5).phone_sealed is None
    assert given["identity_number"].encode() not in bytes(row.number_sealed)


@pytest.mark.django_db
def test_the_same_folder_again_changes_nothing(folder: Folder, load: Load) -> None:
    first = load(folder)
    before = list(LoadBatch.objects.values())
    again = load(folder, replace=True)
    assert (again.outcome, again.rows) == ("unchanged", first.rows)
    assert list(LoadBatch.objects.values()) == before


@pytest.mark.django_db
def test_another_folder_is_refused_unless_it_replaces(folder: Folder, load: Load, tmp_path: Path) -> None:
    load(folder)

    def fewer(rows: folders.Rows) -> None:
        del rows["registry.insurance_spells"][10:]

    other = folders.write(tmp_path / "other", fewer)
    with pytest.raises(GuildhallError, match="already holds other records"):
        load(other)
    assert load(other, replace=True).outcome == "loaded"
    assert counts() == {name: entry.rows for name, entry in other.manifest.tables.items()}
    assert LoadBatch.objects.values("digest").distinct().count() == 1


@pytest.mark.django_db
def test_rows_that_came_another_way_are_not_loaded_over(folder: Folder, load: Load) -> None:
    Occupation.objects.create(code="1", edition="2022", rank="major", name_zh="x", source="made-up")
    with pytest.raises(GuildhallError, match="already holds other records") as caught:
        load(folder)
    assert "skills.occupations" in caught.value.why
    assert not LoadBatch.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("chunks")
@pytest.mark.parametrize("at", [1, 6, 12, 30, 45])
def test_a_kill_between_or_inside_chunks_is_made_good(folder: Folder, load: Load, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    calls = 0

    def insert(model: type[models.Model], rows: pa.Table, **options: Any) -> None:
        nonlocal calls
        calls += 1
        bulk.insert(model, rows.slice(0, 3) if calls == at else rows, **options)
        if calls == at:
            raise Killed

    monkeypatch.setattr(loading, "insert", insert)
    with pytest.raises(Killed):
        load(folder)
    kept = sum(counts().values())
    assert kept == sum(LoadBatch.objects.values_list("rows_done", flat=True))
    report = load(folder)
    assert report.outcome == ("resumed" if kept else "loaded")
    assert counts() == report.rows == {name: entry.rows for name, entry in folder.manifest.tables.items()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("chunks")
def test_a_half_done_load_cannot_be_read_out(folder: Folder, load: Load, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done > total / 2:
            raise Killed

    with pytest.raises(Killed):
        load(folder, progress=stop)
    with pytest.raises(GuildhallError, match="not finished"):
        make(tmp_path / "snapshots")
    assert not list((tmp_path / "snapshots").glob("*"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("chunks")
def test_a_load_overtaken_by_another_gives_way(folder: Folder, load: Load) -> None:
    """The other one goes on from the checkpoint and ends; this one must not add a row twice."""
    outcomes: list[str] = []

    def overtake(done: int, total: int) -> None:
        if not outcomes:
            outcomes.append(load(folder).outcome)

    with pytest.raises(GuildhallError, match="Another load of this folder is running"):
        load(folder, progress=overtake)
    assert outcomes == ["resumed"]
    assert load(folder).outcome == "unchanged"
    assert counts() == {name: entry.rows for name, entry in folder.manifest.tables.items()}


@pytest.mark.django_db(transaction=True)
def test_of_two_that_begin_together_one_gives_way(folder: Folder, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = loading._stage
    outcomes: list[str] = []

    def slowly(*arguments: Any) -> Any:
        if not outcomes:
            outcomes.append("begun")
            outcomes.append(load(folder).outcome)
        return stage(*arguments)

    monkeypatch.setattr(loading, "_stage", slowly)
    with pytest.raises(GuildhallError, match="Another load of this folder is running"):
        load(folder, replace=True)
    assert outcomes == ["begun", "loaded"]
    assert counts() == {name: entry.rows for name, entry in folder.manifest.tables.items()}


@pytest.mark.django_db
@pytest.mark.usefixtures("chunks")
def test_progress_counts_rows_to_the_end(folder: Folder, load: Load) -> None:
    seen: list[tuple[int, int]] = []
    load(folder, progress=lambda done, total: seen.append((done, total)))
    total = sum(entry.rows for entry in folder.manifest.tables.values())
    assert seen[-1] == (total, total)
    assert all(0 < b[0] - a[0] <= SMALL_CHUNK for a, b in zip(seen, seen[1:], strict=False))


@pytest.mark.django_db
def test_keys_go_on_after_those_loaded(folder: Folder, load: Load) -> None:
    load(folder)
    place = Organisation.objects.get(pk=1).place
    made = Organisation.objects.create(
        code="NEW", kind="college", name_zh="新校", above_scale=False, place=place, source="made-up", status="generated"
    )
    assert made.pk == 13


def _spoiled(column: str, table: Table | str, value: Any, row: int = 3) -> Any:
    def change(rows: folders.Rows) -> None:
        rows[str(table)][row][column] = value

    return change


FAULTY = [
    ("registry.employment_spells", "organisation_id", 999, "point to registry.organisations"),
    ("registry.certificates", "occupation", "9-99-99-99", "point to skills.occupations"),
    ("registry.workers", "residence", "nowhere", "point to registry.places"),
    ("registry.insurance_spells", "started_on", date(2020, 1, 2), "first day"),
    ("registry.workers", "birth_month", date(1980, 1, 2), "first day"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "column", "value", "words"), FAULTY)
def test_a_faulty_table_is_refused_before_anything_is_written(
    load: Load, tmp_path: Path, table: str, column: str, value: object, words: str
) -> None:
    spoiled = folders.write(tmp_path / "spoiled", _spoiled(column, table, value))
    with pytest.raises(FaultsFound) as caught:
        load(spoiled)
    fault = caught.value.faults[0]
    assert (fault.file, fault.row, fault.column) == (table, 4, column)
    assert words in fault.what
    assert not any(counts().values())


@pytest.mark.django_db
def test_a_file_changed_since_its_manifest_is_refused(folder: Folder, load: Load) -> None:
    file = folder.file("registry.workers")
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(FaultsFound, match=r"registry\.workers\.parquet: the file is not the one its manifest describes"):
        load(folder)


@pytest.mark.django_db(transaction=True)
def test_what_only_the_database_knows_is_told_with_table_and_rows(load: Load, tmp_path: Path) -> None:
    spoiled = folders.write(tmp_path / "spoiled", _spoiled("ended_on", "registry.employment_spells", date(2001, 1, 1)))
    with pytest.raises(GuildhallError, match=r"Rows 1 to 50 of registry\.employment_spells break a rule of the database") as caught:
        load(spoiled)
    assert "employment_ended_on_after_started_on" in caught.value.why
    assert Certificate.objects.count() == 45
    assert counts()["registry.employment_spells"] == 0


NUMBER = folders.rows()["registry.identity"][3]["identity_number"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "number", [NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"), NUMBER[:-1], "abc", NUMBER.replace("990101", "99010A")]
)
def test_a_number_that_cannot_be_is_refused_and_not_repeated(load: Load, tmp_path: Path, number: str) -> None:
    spoiled = folders.write(tmp_path / "spoiled", _spoiled("identity_number", "registry.identity", number))
    with pytest.raises(FaultsFound) as caught:
        load(spoiled)
    assert (caught.value.faults[0].row, caught.value.faults[0].column) == (4, "identity_number")
    assert number not in str(caught.value)


@pytest.mark.django_db
def test_numbers_that_disagree_with_the_record_are_counted(load: Load, tmp_path: Path) -> None:
    def change(rows: folders.Rows) -> None:
        rows["registry.workers"][0]["birth_month"] = date(1950, 1, 1)
        rows["registry.workers"][1]["sex"] = "male"
        rows["registry.workers"][2]["sex"] = "female"

    notes = load(folders.write(tmp_path / "odd", change)).identity
    assert (notes.people, notes.other_birth_month, notes.other_sex, notes.made_up_region) == (40, 1, 2, 40)


@pytest.mark.django_db
def test_made_up_people_stay_out_of_production(folder: Folder, load: Load, tmp_path: Path) -> None:
    with pytest.raises(GuildhallError, match="synthetic city is not loaded in production"):
        load(folder, mode="production")
    unmarked = folders.write(tmp_path / "unmarked", meta={"synthetic": False})
    with pytest.raises(FaultsFound, match="its region was never assigned"):
        load(unmarked, mode="production")
    with pytest.raises(GuildhallError, match="never replaced"):
        load(unmarked, mode="production", replace=True)
    assert not any(counts().values())


@pytest.mark.django_db
def test_real_records_load_in_production(load: Load, tmp_path: Path) -> None:
    def real(rows: folders.Rows) -> None:
        for n, row in enumerate(rows["registry.identity"], 1):
            row["identity_number"] = folders.identity_number("500103", folders.born(n), n)

    with pytest.raises(FaultsFound, match="could be somebody's"):
        load(folders.write(tmp_path / "mixed", real))
    folder = folders.write(tmp_path / "real", real, meta={"synthetic": False})
    assert load(folder, mode="production").identity.made_up_region == 0


SCRIPT = """
import os, signal, sys
import django; django.setup()
from datetime import datetime, UTC
from pathlib import Path
from django.core.management import call_command
from guildhall.kernel.runs import Folder
from guildhall.office import bulk
from guildhall.overview.load import load_city
from guildhall.overview.snapshot import make
from guildhall.registry import load
call_command("migrate", verbosity=0)
load.CHUNK_ROWS, left = 7, int(sys.argv[3])
def insert(model, rows):
    global left
    left -= 1
    bulk.insert(model, rows)
    if not left: os.kill(os.getpid(), signal.SIGKILL)
load.insert = insert
load_city(Folder.open(Path(sys.argv[1])), mode="demonstration", now=datetime(2026, 1, 30, tzinfo=UTC))
print(make(Path(sys.argv[2])).manifest.id)
"""


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite", reason="starts processes on a database file of their own")
def test_a_process_that_is_really_killed_loses_nothing(folder: Folder, load: Load, tmp_path: Path) -> None:
    def run(database: str, kill_at: int) -> subprocess.CompletedProcess[str]:
        settings = {"DJANGO_SETTINGS_MODULE": "guildhall.project.settings", "GUILDHALL_VAR": str(tmp_path / "var")}
        environment = {**os.environ, **settings, "DATABASE_URL": f"sqlite:///{tmp_path / database}"}
        command = [sys.executable, "-c", SCRIPT, str(folder.path), str(tmp_path / f"snapshots-{database}"), str(kill_at)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    for kill_at in (4, 20):
        assert run("killed", kill_at).returncode == -9
    resumed, straight = run("killed", 0), run("whole", 0)
    assert resumed.returncode == straight.returncode == 0, resumed.stderr + straight.stderr
    assert resumed.stdout == straight.stdout != ""
