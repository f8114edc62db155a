"""Loads: whole or resumable, once, into an empty database; nothing half-done and nothing wrong gets in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import DataError, connection, models

from guildhall.kernel.errors import FaultsFound, GuildhallError
from guildhall.kernel.runs import MANIFEST, Folder, digest_file
from guildhall.kernel.tables import Table
from guildhall.office import bulk
from guildhall.office.models import AuditEvent
from guildhall.overview.load import BINDINGS, abandon_city
from guildhall.overview.snapshot import make
from guildhall.registry import load as loading
from guildhall.registry.models import Certificate, Identity, LoadBatch, Organisation, Worker, vault
from guildhall.registry.operations import import_townships
from guildhall.registry.tables import IDENTITY
from guildhall.skills.models import Occupation
from guildhall.skills.operations import import_occupations
from guildhall.web.viewer import system
from tests.registry import folders

if TYPE_CHECKING:
    from tests.registry.conftest import Load


BY, NOW = system("test"), datetime(2026, 1, 30, 2, 0, tzinfo=UTC)
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
    assert counts() == report.rows == folders.brought(folder)
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
    assert counts() == folders.brought(other)
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
    assert counts() == report.rows == folders.brought(folder)


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
    assert counts() == folders.brought(folder)


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
    assert counts() == folders.brought(folder)


@pytest.mark.django_db
@pytest.mark.usefixtures("chunks")
def test_progress_counts_rows_to_the_end(folder: Folder, load: Load) -> None:
    seen: list[tuple[int, int]] = []
    load(folder, progress=lambda done, total: seen.append((done, total)))
    total = sum(folders.brought(folder).values())
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


NUMBERS = [row["identity_number"] for row in folders.rows()["registry.identity"]]
REFUSED: list[tuple[str, str, object, str]] = [
    ("registry.identity", "identity_number", NUMBERS[0], "row 1 has this number too: 99***************"),
    ("registry.identity", "identity_number", f" {NUMBERS[0][:6]}-{NUMBERS[0][6:].lower()}", "row 1 has this number too"),
    ("registry.certificate_numbers", "number", "s000099000000000000001", "row 1 has this number too: S0*******************1"),
    ("registry.organisations", "code", "ORG0001", "repeats the value of an earlier row"),
    ("registry.organisations", "name_zh", "", "must be so: not (name_zh = '')"),
    ("registry.organisations", "name_zh", "厂" * 201, "longer than 200 characters"),
    ("registry.organisations", "organisation_id", 0, "a key is 1 or more"),
    ("registry.organisations", "source", "a\0b", "null character"),
    ("registry.organisations", "sector", "fishing", "unknown word 'fishing'"),
    ("registry.workers", "worker_id", 1, "1 rows repeat a key"),
    ("registry.workers", "weight", 0, "must be so: weight > 0"),
    ("registry.places", "latitude", 91.0, "must be so: latitude ≥ -90 and latitude ≤ 90"),
    ("registry.places", "longitude", float("nan"), "must be so: longitude ≥ -180 and longitude ≤ 180"),
    ("registry.certificates", "valid_until", date(2001, 1, 1), "must be so: valid_until > issued_on"),
    ("registry.certificates", "kind", "appointment", "must be so: (kind = 'appointment' and level is one of LT, LS) or"),
    ("registry.employment_spells", "ended_on", date(2001, 1, 1), "must be so: ended_on > started_on"),
    ("registry.insurance_spells", "ended_on", date(2001, 1, 1), "must be so: ended_on > started_on"),
    ("registry.place_successors", "place_id", "t-new", "must be so: not (place_id = successor_id)"),
    ("skills.occupations", "name_zh", None, "must be so: not (rank = 'leaf') or name_zh is not empty"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "column", "value", "words"), REFUSED)
def test_all_that_the_database_demands_is_asked_before_anything_is_written(
    load: Load, tmp_path: Path, table: str, column: str, value: object, words: str
) -> None:
    row = min(3, len(folders.rows()[table]) - 1)
    spoiled = folders.write(tmp_path / "spoiled")
    spoil(spoiled, table, column, value, row)
    with pytest.raises(FaultsFound) as caught:
        load(Folder.open(spoiled.path))
    [fault] = [fault for fault in caught.value.faults if words in fault.what]
    assert (fault.file, fault.row) == (table, row + 1)
    assert column in fault.column
    assert not any(number in str(caught.value) for number in NUMBERS)
    assert not any(counts().values())


def rewrite(folder: Folder, table: str, content: pa.Table | bytes) -> None:
    """Puts another file in the place of a table, with a manifest that agrees."""
    file = folder.file(table)
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        pq.write_table(content, file)
    raw = json.loads((folder.path / MANIFEST).read_text())
    raw["tables"][table] |= {"sha256": digest_file(file), "bytes": file.stat().st_size}
    (folder.path / MANIFEST).write_text(json.dumps(raw))


def spoil(folder: Folder, table: str, column: str, value: object, row: int) -> None:
    """Changes one cell in a way the writer of folders would refuse."""
    found = pq.read_table(folder.file(table))
    declared, values = found.schema.field(column).type, found.column(column).to_pylist()
    values[row] = value
    plain = declared.value_type if pa.types.is_dictionary(declared) else declared
    rewrite(folder, table, found.set_column(found.column_names.index(column), column, pa.array(values, plain)))


BROKEN: list[tuple[str, Callable[[pa.Table], pa.Table | bytes], tuple[int, str], str]] = [
    ("registry.identity", lambda t: t.drop_columns(["name"]), (0, "name"), "column is missing"),
    ("registry.identity", lambda t: t.append_column("wage", t["worker_id"]), (0, "wage"), "column is not declared"),
    ("registry.identity", lambda t: t.append_column("name", t["name"]), (0, "name"), "column stands twice"),
    (
        "registry.identity",
        lambda t: t.set_column(1, "name", pa.array([None, *t["name"].to_pylist()[1:]])),
        (1, "name"),
        "1 empty values where none may be",
    ),
    (
        "registry.identity",
        lambda t: t.set_column(0, "worker_id", t["identity_number"]),
        (0, "worker_id"),
        "type is string, declared int64",
    ),
    (
        "registry.workers",
        lambda t: t.set_column(7, "weight", pa.array([2**64 - 1] * len(t), pa.uint64())),
        (0, "weight"),
        "type is uint64, declared int64",
    ),
    ("registry.workers", lambda t: b"not a table", (0, ""), "cannot be read as Parquet"),
    ("registry.workers", lambda t: b"PAR1" + bytes(100) + b"PAR1", (0, ""), "cannot be read as Parquet"),
    ("registry.workers", lambda t: b"", (0, ""), "cannot be read as Parquet"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "damage", "place", "words"), BROKEN)
def test_a_damaged_table_is_told_by_table_and_reason(
    folder: Folder,
    load: Load,
    table: str,
    damage: Callable[[pa.Table], pa.Table | bytes],
    place: tuple[int, str],
    words: str,
) -> None:
    rewrite(folder, table, damage(pq.read_table(folder.file(table))))
    with pytest.raises(FaultsFound) as caught:
        load(Folder.open(folder.path))
    fault = caught.value.faults[0]
    assert fault.file.removesuffix(".parquet") == table
    assert (fault.row, fault.column) == place
    assert words in fault.what
    assert not any(number in str(caught.value) for number in NUMBERS)
    assert not any(counts().values())


@pytest.mark.django_db
def test_other_widths_of_the_same_values_load(folder: Folder, load: Load) -> None:
    found = pq.read_table(folder.file("registry.workers"))
    narrow = {"worker_id": pa.int16(), "birth_month": pa.timestamp("us"), "residence": pa.large_string()}
    for name, type_ in narrow.items():
        plain = found[name].cast(found[name].type.value_type) if pa.types.is_dictionary(found[name].type) else found[name]
        found = found.set_column(found.column_names.index(name), name, plain.cast(type_))
    rewrite(folder, "registry.workers", found)
    assert load(Folder.open(folder.path)).rows["registry.workers"] == folders.PEOPLE


@pytest.mark.django_db
def test_every_fault_of_a_folder_is_told_at_once(load: Load, tmp_path: Path) -> None:
    def change(rows: folders.Rows) -> None:
        rows["registry.identity"][2]["identity_number"] = rows["registry.identity"][1]["identity_number"]
        rows["registry.employment_spells"][4]["ended_on"] = date(2001, 1, 1)
        rows["registry.employment_spells"][5]["organisation_id"] = 999

    with pytest.raises(FaultsFound) as caught:
        load(folders.write(tmp_path / "spoiled", change))
    assert [(fault.file, fault.row) for fault in caught.value.faults] == [
        ("registry.identity", 3),
        ("registry.employment_spells", 5),
        ("registry.employment_spells", 6),
    ]


REAL = {"synthetic": False}


def real(rows: folders.Rows) -> None:
    """Numbers that could be somebody's."""
    for n, row in enumerate(rows["registry.identity"], 1):
        row["identity_number"] = folders.identity_number("500103", folders.born(n), n)
    for row in rows["registry.certificate_numbers"]:
        row["number"] = row["number"].replace("S000099", "S000050")


@pytest.fixture
def stuck(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Production, and a load that the database refused half-way."""

    def insert(model: type[models.Model], rows: pa.Table, **options: Any) -> None:
        bulk.insert(model, rows, **options)
        if model is Certificate:
            raise DataError("out of range")

    folder = folders.write(tmp_path / "stuck", real, meta=REAL)
    with monkeypatch.context() as patch:
        patch.setattr(loading, "insert", insert)
        with pytest.raises(GuildhallError, match=r"Rows 1 to 45 of registry\.certificates were refused by the database") as caught:
            load(folder, mode="production")
    assert "--abandon" in caught.value.next
    assert Identity.objects.count() == folders.PEOPLE
    return folder


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["production", "demonstration"])
def test_the_corrected_folder_takes_the_place_of_an_unfinished_load(stuck: Folder, load: Load, tmp_path: Path, mode: str) -> None:
    def corrected(rows: folders.Rows) -> None:
        real(rows)
        del rows["registry.certificates"][-1], rows["registry.certificate_numbers"][-1]

    folder = folders.write(tmp_path / "corrected", corrected, meta=REAL)
    report = load(folder, mode=mode)
    assert (report.outcome, report.abandoned) == ("loaded", sum(folders.brought(folder).values()) - 193)
    assert counts() == report.rows
    assert LoadBatch.unfinished() == []


@pytest.mark.django_db(transaction=True)
def test_an_unfinished_load_is_abandoned_and_a_finished_one_never(stuck: Folder, load: Load) -> None:
    before = sum(counts().values())
    assert abandon_city(by=BY, now=NOW) == before > 0
    assert not any(counts().values())
    assert not LoadBatch.objects.exists()
    assert load(stuck, mode="production").outcome == "loaded"
    assert abandon_city(by=BY, now=NOW) == 0
    events = dict(AuditEvent.objects.filter(chain="registry").values_list("action", "details"))
    assert json.loads(events["registry.abandon_load"])["rows"] == before
    assert counts() == folders.brought(stuck)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("stuck")
def test_a_folder_with_faults_does_not_take_the_place_of_an_unfinished_load(load: Load, tmp_path: Path) -> None:
    before = counts()
    with pytest.raises(FaultsFound):
        load(folders.write(tmp_path / "spoiled", _spoiled("weight", "registry.workers", 0), meta=REAL), mode="demonstration")
    assert counts() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("stuck")
def test_rows_that_came_another_way_are_not_abandoned(load: Load, tmp_path: Path) -> None:
    Occupation.objects.create(code="1", edition="2022", rank="major", name_zh="x", source="made-up")
    with pytest.raises(GuildhallError, match="cannot be abandoned") as caught:
        abandon_city(by=BY, now=NOW)
    assert "skills.occupations" in caught.value.why
    assert Occupation.objects.filter(code="1").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("stuck")
def test_nothing_is_imported_beside_an_unfinished_load(now: datetime) -> None:
    for bring in (import_townships, import_occupations):
        with pytest.raises(GuildhallError, match="A load is not finished"):
            bring(content=b"level,code,name,district_code\n", name="list.csv", by=BY, now=now)


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
def test_real_records_load_in_production(load: Load, tmp_path: Path) -> None:
    with pytest.raises(FaultsFound, match="could be somebody's"):
        load(folders.write(tmp_path / "mixed", real))
    folder = folders.write(tmp_path / "real", real, meta=REAL)
    assert load(folder, mode="production").identity.made_up_region == 0


@pytest.mark.django_db
def test_certificates_of_province_99_are_made_up(load: Load, tmp_path: Path) -> None:
    def one(number: str) -> Callable[[folders.Rows], None]:
        def change(rows: folders.Rows) -> None:
            real(rows)
            rows["registry.certificate_numbers"][3]["number"] = number

        return change

    with pytest.raises(FaultsFound, match=r"registry\.certificate_numbers, row 4, column number: its province is 99"):
        load(folders.write(tmp_path / "99", one("Ｙ0000 99-000000000000004"), meta=REAL), mode="production")
    with pytest.raises(FaultsFound, match=r"registry\.certificate_numbers, row 4, column number: .* could be somebody's"):
        load(folders.write(tmp_path / "50", _spoiled("number", "registry.certificate_numbers", "S000050000000000000004")))
    assert load(folders.write(tmp_path / "old", one("1234567890123456"), meta=REAL), mode="production").outcome == "loaded"


@pytest.mark.django_db
def test_a_post_needs_no_number(load: Load, tmp_path: Path) -> None:
    def change(rows: folders.Rows) -> None:
        posts = {row["certificate_id"] for row in rows["registry.certificates"] if row["level"] == "LS"}
        rows["registry.certificate_numbers"] = [r for r in rows["registry.certificate_numbers"] if r["certificate_id"] not in posts]

    load(folders.write(tmp_path / "posts", change))
    assert Certificate.objects.filter(level="LS", number=None).count() == 6


@pytest.mark.django_db
def test_numbers_and_phones_are_found_however_they_were_typed(load: Load, tmp_path: Path) -> None:
    born = folders.born(1).replace(day=4)
    ending = next(n for n in range(1, 999, 2) if folders.identity_number("990101", born, n).endswith("X"))
    number = folders.identity_number("990101", born, ending)

    def change(rows: folders.Rows) -> None:
        first, second, third = rows["registry.identity"][:3]
        first |= {"identity_number": f"{number[:6]}\u3000{number[6:14]} '{number[14:17]}ｘ", "phone": "+86 138-0000-0001"}
        second["phone"], third["phone"] = "无", " "

    notes = load(folders.write(tmp_path / "typed", change)).identity
    assert notes.phones_left_out == 2
    row = Identity.objects.get(number_hash=vault().keyed_hash("identity_number", number))
    assert (row.pk, vault().open(IDENTITY.name, "identity_number", 1, row.number_sealed)) == (1, number)
    assert Identity.objects.get(phone_hash=vault().keyed_hash("phone", "13800000001")).pk == 1
    assert list(Identity.objects.filter(phone_hash=None, phone_sealed=None, pk__lte=3).values_list("pk", flat=True)) == [2, 3]


SCRIPT = """
import os, signal, sys, django; django.setup()
from datetime import datetime, UTC
from pathlib import Path
from django.core.management import call_command
from guildhall.kernel.runs import MANIFEST, Folder, digest_file
from guildhall.office import bulk
from guildhall.office.models import AuditEvent
from guildhall.overview.load import load_city
from guildhall.overview.snapshot import make
from guildhall.registry import load; from guildhall.web.viewer import system
call_command("migrate", verbosity=0)
load.CHUNK_ROWS, left = 7, int(sys.argv[3])
def insert(model, rows):
    global left
    left -= 1
    bulk.insert(model, rows)
    if not left: os.kill(os.getpid(), signal.SIGKILL)
load.insert = insert
load_city(Folder.open(Path(sys.argv[1])), mode="demonstration", by=system("test"), now=datetime(2026, 1, 30, tzinfo=UTC))
print(make(Path(sys.argv[2])).manifest.id)
"""


def new_database(name: str, tmp_path: Path) -> str:
    """Address of a database of its own, on the kind of server the suite runs on."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{tmp_path / name}"
    import psycopg

    server, unique = os.environ["DATABASE_URL"], f"{name}_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as asked:
        asked.execute(f"CREATE DATABASE {unique}")
    return urlunsplit(urlsplit(server)._replace(path=f"/{unique}"))


@pytest.mark.slow
@pytest.mark.database
def test_a_process_that_is_really_killed_loses_nothing(folder: Folder, load: Load, tmp_path: Path) -> None:
    databases = {name: new_database(name, tmp_path) for name in ("killed", "whole")}

    def run(database: str, kill_at: int) -> subprocess.CompletedProcess[str]:
        settings = {"DJANGO_SETTINGS_MODULE": "guildhall.project.settings", "GUILDHALL_VAR": str(tmp_path / "var")}
        environment = {**os.environ, **settings, "DATABASE_URL": databases[database]}
        command = [sys.executable, "-c", SCRIPT, str(folder.path), str(tmp_path / f"snapshots-{database}"), str(kill_at)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    for kill_at in (4, 20):
        assert run("killed", kill_at).returncode == -9
    resumed, straight = run("killed", 0), run("whole", 0)
    assert resumed.returncode == straight.returncode == 0, resumed.stderr + straight.stderr
    assert resumed.stdout == straight.stdout != ""
