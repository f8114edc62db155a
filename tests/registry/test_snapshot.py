"""Snapshots: what was loaded comes out again, identity never does, and the same rows are the same snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from django.db import DatabaseError, connection, transaction

from guildhall.incentives.tables import SOURCES
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.runs import Folder
from guildhall.kernel.tables import Table
from guildhall.office import bulk
from guildhall.overview import snapshot
from guildhall.registry import operations
from guildhall.registry import tables as registry
from guildhall.registry.models import EmploymentSpell, Worker
from guildhall.skills import tables as skills
from tests.registry import folders

if TYPE_CHECKING:
    from tests.registry.conftest import Load

PRIVATE = [table.name for table in registry.TABLES if table.private]
NEVER = {"name", "identity_number", "phone", "number", "name_sealed", "number_sealed", "number_hash", "phone_sealed", "phone_hash"}

BIRTHDAYS = {"born_on", "birth_date", "birthday"}


def rows_of(folder: Folder, name: str) -> list[dict[str, Any]]:
    declared = next(table for table in (*registry.TABLES, *skills.SOURCES, *SOURCES) if table.name == name)
    return sorted(folder.read(declared).to_pylist(), key=lambda row: tuple(row[key] for key in declared.key))


@pytest.mark.django_db
def test_what_was_loaded_comes_out_again(folder: Folder, load: Load, tmp_path: Path) -> None:
    load(folder)
    made = snapshot.make(tmp_path / "snapshots")
    assert set(made.manifest.tables) == set(folder.manifest.tables) - set(PRIVATE)
    for name in made.manifest.tables:
        assert rows_of(made, name) == rows_of(folder, name), name


@pytest.mark.django_db
def test_a_job_that_is_doubted_or_denied_is_not_in_it(folder: Folder, load: Load, tmp_path: Path, now: datetime) -> None:
    load(folder)
    name = registry.EMPLOYMENT.name
    doubted, denied, *others = [row["spell_id"] for row in rows_of(folder, name)]
    EmploymentSpell.objects.filter(pk=doubted).update(doubtful=True)
    EmploymentSpell.objects.filter(pk=denied).update(denied_at=now)
    made = snapshot.make(tmp_path / "snapshots")
    assert [row["spell_id"] for row in rows_of(made, name)] == others


@pytest.mark.django_db
def test_pages_of_rows_join_without_a_seam(folder: Folder, load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(folder)
    monkeypatch.setattr(bulk, "PAGE_ROWS", 4)
    made = snapshot.make(tmp_path / "snapshots")
    for name in made.manifest.tables:
        assert rows_of(made, name) == rows_of(folder, name), name


@pytest.mark.django_db
def test_identity_is_nowhere_in_it(folder: Folder, load: Load, tmp_path: Path) -> None:
    load(folder)
    made = snapshot.make(tmp_path / "snapshots")
    assert not set(PRIVATE) & set(made.manifest.tables)
    for name in made.manifest.tables:
        assert not NEVER & set(made.read(name).column_names), name
    said = {row["fact"] for row in rows_of(made, "incentives.statements")}
    assert said
    assert not said & (NEVER | BIRTHDAYS), "a row that names a column says what the column would"
    secrets = {
        str(row[column]) for row in folders.rows()["registry.identity"] for column in ("name", "identity_number", "phone") if row[column]
    }
    secrets |= {row["number"] for row in folders.rows()["registry.certificate_numbers"]}
    cells = {value for name in made.manifest.tables for row in rows_of(made, name) for value in row.values() if isinstance(value, str)}
    assert not secrets & cells


@pytest.mark.django_db
def test_a_domain_that_offers_identity_is_refused(folder: Folder, load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(folder)
    domain = SimpleNamespace(PUBLISHED=(registry.IDENTITY,), read_published=lambda table: iter(()))
    monkeypatch.setattr(snapshot, "DOMAINS", (*snapshot.DOMAINS, domain))
    with pytest.raises(GuildhallError, match=r"registry\.identity holds identity"):
        snapshot.make(tmp_path / "snapshots")
    assert not (tmp_path / "snapshots").exists()


@pytest.mark.django_db
def test_the_same_rows_are_the_same_snapshot(folder: Folder, load: Load, tmp_path: Path) -> None:
    load(folder)
    first, again, elsewhere = (snapshot.make(tmp_path / name) for name in ("a", "a", "b"))
    assert first.manifest == again.manifest == elsewhere.manifest
    assert [path.name for path in (tmp_path / "a").iterdir()] == [first.manifest.id]
    Worker.objects.filter(pk=1).update(education="bachelor")
    changed = snapshot.make(tmp_path / "a")
    assert changed.manifest.id != first.manifest.id
    differing = {name for name in changed.manifest.tables if changed.sha256(name) != first.sha256(name)}
    assert differing == {"registry.workers"}


@pytest.mark.django_db
def test_it_says_where_the_records_came_from(folder: Folder, load: Load, tmp_path: Path) -> None:
    load(folder)
    made = snapshot.make(tmp_path / "snapshots").manifest
    assert (made.kind, made.as_of) == ("snapshot", "2026-01-30")
    assert made.meta == {"synthetic": True, "city": "small", "scale": "0.01", "seed": 7, "calibrated": []}
    later = snapshot.make(tmp_path / "snapshots", as_of=date(2026, 3, 1)).manifest
    assert (later.as_of, later.id == made.id) == ("2026-03-01", False)


@pytest.mark.django_db
def test_an_empty_registry_has_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(GuildhallError, match="Nothing is loaded yet"):
        snapshot.make(tmp_path / "snapshots", as_of=date(2026, 1, 30))
    assert not list((tmp_path / "snapshots").glob("*"))


@pytest.mark.django_db
def test_a_writer_that_is_killed_leaves_nothing_to_see(folder: Folder, load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    load(folder)
    read = operations.read_published

    def stop(table: Table) -> Iterator[pa.Table]:
        if table is registry.CERTIFICATES:
            raise Killed
        return read(table)

    monkeypatch.setattr(operations, "read_published", stop)
    with pytest.raises(Killed):
        snapshot.make(tmp_path / "snapshots")
    assert list((tmp_path / "snapshots").iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_it_reads_one_state_and_cannot_write(folder: Folder, load: Load) -> None:
    load(folder)
    with bulk.one_state():
        before = Worker.objects.count()
        with pytest.raises(DatabaseError):
            Worker.objects.filter(pk=1).update(weight=5)
        if connection.vendor == "sqlite":
            assert Worker.objects.count() == before
    Worker.objects.filter(pk=1).update(weight=5)
    with transaction.atomic(), bulk.one_state():
        assert Worker.objects.get(pk=1).weight == 5


def test_only_public_tables_are_declared_for_it() -> None:
    offered = [table for domain in snapshot.DOMAINS for table in domain.PUBLISHED]
    assert {table.name for table in offered} == {table.name for table in (*registry.TABLES, *skills.SOURCES, *SOURCES) if not table.private}
