"""A run is done once per input: a rerun is a no-op, a changed table reruns just the steps that read it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from guildhall import city as packs
from guildhall.kernel.errors import NotFound
from guildhall.kernel.runs import Folder, Run
from guildhall.overview.engine.steps import STEPS
from guildhall.overview.operations import compute_figures, publish
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


def test_publish_points_pages_at_the_run(snapshot: Folder, tmp_path: Path) -> None:
    made = compute(snapshot, tmp_path)
    publish(var=tmp_path, snapshot=snapshot, figures=made)
    assert json.loads((tmp_path / "current.json").read_text()) == {"snapshot": "spec", "figures": made.id}
    shutil.rmtree(tmp_path / "results")
    assert compute(snapshot, tmp_path).id == made.id
