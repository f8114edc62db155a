"""A run is done once per input: a rerun is a no-op, a changed table reruns just the steps that read it."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from guildhall import city as packs
from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.kernel.runs import Folder, Run, digest_file
from guildhall.overview import operations
from guildhall.overview.engine.steps import STEPS
from guildhall.overview.operations import compute_figures
from guildhall.web.viewer import system
from tests.figures import spec
from tests.figures.test_figures import CITY


@pytest.fixture
def snapshot(tmp_path: Path) -> Folder:
    return spec.folder(CITY, tmp_path / "snapshot")


def compute(snapshot: Folder, tmp_path: Path) -> Run:
    return compute_figures(snapshot=snapshot, city=packs.load("tiny"), results=tmp_path / "results")


def test_rerun_is_a_no_op(snapshot: Folder, tmp_path: Path) -> None:
    first, again = compute(snapshot, tmp_path), compute(snapshot, tmp_path)
    assert (first.computed, again.computed) == (True, False)
    assert first.id == again.id


def test_changed_table_reruns_exactly_what_reads_it(snapshot: Folder, tmp_path: Path) -> None:
    first = compute(snapshot, tmp_path)
    people = [{**row, "residence": "east"} for row in CITY["registry.workers"]]
    moved = compute(spec.folder(CITY | {"registry.workers": people}, tmp_path / "moved"), tmp_path)
    inputs = [json.loads((run.folder.path / "run.json").read_text())["inputs"] for run in (first, moved)]
    rerun = {step.table.name for step in STEPS if inputs[0][step.table.name] != inputs[1][step.table.name]}
    assert rerun == {step.table.name for step in STEPS if "registry.workers" in step.reads}
    assert "overview.series" not in rerun


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sources, which the operations take for themselves."""
    copy = shutil.copytree(operations.PACKAGE, tmp_path / "package", ignore=shutil.ignore_patterns("__pycache__", "packs", "static"))
    monkeypatch.setattr(operations, "PACKAGE", copy)
    operations._formulas.cache_clear()
    return copy


def change(source: Path) -> None:
    source.write_text(source.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    operations._formulas.cache_clear()


@pytest.mark.parametrize("source", ["overview/engine/steps.py", "registry/engine/levels.py", "kernel/territory.py", "registry/tables.py"])
def test_a_changed_source_is_another_version(package: Path, source: str) -> None:
    before = operations.version()
    change(package / source)
    assert operations.version() != before


def test_changed_formula_runs_again(snapshot: Folder, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    first = compute(snapshot, tmp_path)
    package: Path = request.getfixturevalue("package")
    assert not compute(snapshot, tmp_path).computed, "the same sources elsewhere are the same formulas"
    change(package / "registry/engine/levels.py")
    again = compute(snapshot, tmp_path)
    inputs = [json.loads((run.folder.path / "run.json").read_text())["inputs"] for run in (first, again)]
    assert again.computed
    assert not set(inputs[0].values()) & set(inputs[1].values()), "every step has a run of its own"
    assert first.folder.manifest.version != again.folder.manifest.version


def test_damaged_table_is_refused_when_a_step_reads_it(snapshot: Folder, tmp_path: Path) -> None:
    file = snapshot.file("registry.workers")
    sound = file.read_bytes()
    file.write_bytes(sound[:30] + bytes([sound[30] ^ 1]) + sound[31:])
    with pytest.raises(GuildhallError, match="is damaged") as caught:
        compute(Folder.open(snapshot.path), tmp_path)
    assert "registry.workers" in caught.value.why
    assert not (tmp_path / "results" / "figures").exists()
    file.write_bytes(sound)
    assert compute(snapshot, tmp_path).computed


def test_tables_are_digested_once_and_only_for_steps_that_run(snapshot: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counting(path: Path) -> str:
        read.append(path.name)
        return digest_file(path)

    monkeypatch.setattr("guildhall.kernel.runs.digest_file", counting)
    compute(snapshot, tmp_path)
    tables = [name for name in read if name.startswith(("registry.", "skills.")) and "gray" not in name]
    assert sorted(tables) == sorted(f"{name}.parquet" for name in {name for step in STEPS for name in step.reads})
    read.clear()
    compute(snapshot, tmp_path)
    assert read == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"meta": {"city": "elsewhere"}}, "does not belong to the pack"),
        ({"meta": {"city": "tiny", "pack_version": "0" * 64}}, "does not belong to the pack"),
        ({"as_of": ""}, "has no date"),
        ({"as_of": "0001-01-01"}, "No snapshot can speak of 0001-01-01"),
        ({"as_of": "9999-12-31"}, "No snapshot can speak of 9999-12-31"),
    ],
)
def test_snapshot_of_another_city_pack_or_age_is_refused(snapshot: Folder, tmp_path: Path, changes: dict[str, Any], what: str) -> None:
    manifest = json.loads((snapshot.path / "manifest.json").read_text())
    (snapshot.path / "manifest.json").write_text(json.dumps(manifest | changes))
    with pytest.raises(GuildhallError, match=what) as caught:
        compute(Folder.open(snapshot.path), tmp_path)
    assert caught.value.why
    assert caught.value.next
    assert not (tmp_path / "results").exists()


def test_snapshot_of_the_pack_in_force_is_computed(snapshot: Folder, tmp_path: Path) -> None:
    manifest = json.loads((snapshot.path / "manifest.json").read_text())
    meta = {"city": "tiny", "pack_version": packs.load("tiny").digest, "scale": "1"}
    (snapshot.path / "manifest.json").write_text(json.dumps(manifest | {"meta": meta}))
    assert compute(Folder.open(snapshot.path), tmp_path).computed


def test_snapshot_without_a_table_is_refused(snapshot: Folder, tmp_path: Path) -> None:
    text = (snapshot.path / "manifest.json").read_text()
    manifest = json.loads(text)
    del manifest["tables"]["registry.certificates"]
    (snapshot.path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(NotFound, match="registry.certificates"):
        compute(Folder.open(snapshot.path), tmp_path)
    assert not (tmp_path / "results" / "figures").exists()


def test_half_a_run_is_done_again(snapshot: Folder, tmp_path: Path) -> None:
    """Without its manifest a folder is what a kill leaves behind; the run is computed anew in its place."""
    first = compute(snapshot, tmp_path)
    (first.folder.path / "manifest.json").unlink()
    assert compute(snapshot, tmp_path).computed
    assert Folder.open(first.folder.path).manifest.id == first.id


@pytest.mark.django_db
def test_publish_points_pages_at_the_run_and_says_who_did_it(snapshot: Folder, tmp_path: Path, now: datetime) -> None:
    from guildhall.office.models import AuditEvent
    from guildhall.overview.operations.publishing import publish

    made = compute(snapshot, tmp_path)
    publish(var=tmp_path, snapshot=snapshot, figures=made, by=system("test"), now=now)
    with pytest.raises(AlreadyDone):
        publish(var=tmp_path, snapshot=snapshot, figures=made, by=system("test"), now=now)
    event = AuditEvent.objects.get(chain="figures")
    assert (event.action, event.actor, json.loads(event.details)["run"]) == ("overview.publish", "test", made.id)
    assert json.loads((tmp_path / "current.json").read_text()) == {"snapshot": "spec", "figures": made.id}
    shutil.rmtree(tmp_path / "results")
    assert compute(snapshot, tmp_path).id == made.id
