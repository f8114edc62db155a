"""`guildhall import roster`: what it prints, where it writes, how it exits, and that it changes nothing where it should not."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guildhall.kernel.errors import GuildhallError
from guildhall.office.models import AuditEvent, Seal
from guildhall.overview.load import load_city
from guildhall.registry.models import ColumnMapping, ImportBatch, Organisation, Worker
from guildhall.registry.operations import imports
from guildhall.registry.operations.imports import staging
from guildhall.skills.queries import known_occupations
from guildhall.synth.rosters import identity_number, made_roster
from guildhall.web.viewer import system
from tests.cli.conftest import Command
from tests.planted import once
from tests.registry import folders

pytestmark = pytest.mark.django_db(transaction=True)
BY = system("command:import roster")


@pytest.fixture
def roster(tmp_path: Path, now: datetime) -> Path:
    by = system("test")
    once("city by hand", lambda: load_city(folders.write(tmp_path / "city"), mode="demonstration", by=by, now=now))
    file = tmp_path / "roster.xlsx"
    file.write_bytes(made_roster(rows=30, faults=11, places=("西区石桥镇",), occupations=("电工",)).content)
    return file


def test_a_roster_comes_in_with_its_wrong_rows_beside_it(guildhall: Command, roster: Path) -> None:
    ran = guildhall("import", "roster", roster, "--organisation", "ORG0001")
    lines = ran.out.splitlines()
    assert (ran.code, lines[-1]) == (3, "30 read: 19 accepted, 0 changed, 0 unchanged, 11 rejected")
    beside = roster.with_name("roster.rejected.xlsx")
    assert (
        lines[-2]
        == f"The rejected rows are in {beside}: correct them there and import that file with --as-of {ImportBatch.objects.get().as_of}."
    )
    rejected = [line for line in lines if line.startswith("rejected  roster.xlsx, row ")]
    assert len(rejected) == 11
    assert all(", column " in line and " — " in line for line in rejected)
    assert openpyxl.load_workbook(beside).active.max_row == 12
    again = guildhall("import", "roster", roster, "--organisation", "ORG0001")
    assert again.out.splitlines()[-1] == "30 read: 0 accepted, 0 changed, 19 unchanged, 11 rejected"


def test_a_clean_roster_exits_0_and_leaves_no_file(guildhall: Command, roster: Path) -> None:
    roster.write_bytes(made_roster(rows=8, faults=0, places=("西区石桥镇",), occupations=("电工",)).content)
    ran = guildhall("import", "roster", roster, "--organisation", "ORG0001", "--as-of", "2026-01-30")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "8 read: 8 accepted, 0 changed, 0 unchanged, 0 rejected")
    assert not roster.with_name("roster.rejected.xlsx").exists()
    assert str(ImportBatch.objects.get().as_of) == "2026-01-30"


def test_a_dry_run_says_the_same_and_leaves_nothing(guildhall: Command, roster: Path) -> None:
    ran = guildhall("import", "roster", roster, "--organisation", "ORG0001", "--dry-run")
    assert (ran.code, ran.out.splitlines()[-1]) == (3, "30 read: 19 accepted, 0 changed, 0 unchanged, 11 rejected")
    assert Worker.objects.count() == folders.PEOPLE
    assert not ImportBatch.objects.exists()
    assert not roster.with_name("roster.rejected.xlsx").exists()


def test_json_is_one_object_and_masks_what_names_somebody(guildhall: Command, roster: Path) -> None:
    elsewhere = roster.with_name("wrong.xlsx")
    ran = guildhall("import", "roster", roster, "--organisation", "ORG0001", "--json", "--rejected", elsewhere)
    told = json.loads(ran.out)
    assert ran.code == 3
    assert {name: told[name] for name in ("read", "accepted", "changed", "unchanged", "rejected", "dry_run")} == {
        "read": 30, "accepted": 19, "changed": 0, "unchanged": 0, "rejected": 11, "dry_run": False}  # fmt: skip
    assert len(told["rejected_rows"]) == 11
    assert told["rejected_file"] == str(elsewhere)
    assert elsewhere.exists()
    assert told["columns"]["identity_number"] == "身份证号码*"
    numbers = {str(cell) for row in openpyxl.load_workbook(elsewhere).active.iter_rows(values_only=True) for cell in row if cell}
    assert not [number for number in numbers if len(number) > 16 and number.startswith("99") and number in ran.out]
    assert ran.err.splitlines()[-1] == "30 read: 19 accepted, 0 changed, 0 unchanged, 11 rejected"


def test_an_import_that_stopped_goes_on(guildhall: Command, roster: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK_ROWS", 4)
    apply = imports.apply

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(imports, "apply", lambda **given: apply(**{**given, "progress": stop}))
        assert guildhall("import", "roster", roster, "--organisation", "ORG0001").code == 130
    assert ImportBatch.objects.get().position == 15
    ran = guildhall("import", "roster", roster, "--organisation", "ORG0001")
    assert "goes on at row 15" in ran.err
    assert ran.out.splitlines()[-1] == "30 read: 19 accepted, 0 changed, 0 unchanged, 11 rejected"
    assert ImportBatch.objects.get().state == "done"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--organisation", "NOBODY"), 1, "There is no organisation"),
        ((), 2, "--organisation"),
        (("--organisation", "ORG0001", "--sheet", "二月"), 1, "there is no sheet 二月"),
        (("--organisation", "ORG0001", "--as-of", "yesterday"), 2, "--as-of"),
    ],
)
def test_what_cannot_be_is_refused_in_words(guildhall: Command, roster: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = guildhall("import", "roster", roster, *arguments)
    assert ran.code == code
    assert words in ran.err
    assert not ImportBatch.objects.exists()


def test_what_is_no_roster_leaves_nothing(guildhall: Command, roster: Path) -> None:
    roster.write_bytes(b"PK\x03\x04 and nothing more")
    ran = guildhall("import", "roster", roster, "--organisation", "ORG0001")
    assert ran.code == 1
    assert "Next: " in ran.err
    assert not ImportBatch.objects.exists()


def test_a_blank_workbook_is_told_and_leaves_nothing(guildhall: Command, roster: Path) -> None:
    openpyxl.Workbook().save(roster)
    ran = guildhall("import", "roster", roster, "--organisation", "ORG0001")
    assert (ran.code, "no row names the columns" in ran.err) == (1, True)
    assert not ImportBatch.objects.exists()


def test_an_empty_second_sheet_does_no_harm(guildhall: Command, roster: Path) -> None:
    book = openpyxl.load_workbook(roster)
    book.create_sheet("Sheet2")
    book.save(roster)
    assert guildhall("import", "roster", roster, "--organisation", "ORG0001").out.splitlines()[-1].startswith("30 read: 19 accepted")


def test_a_fault_of_ours_leaves_nothing(guildhall: Command, roster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr(staging, "understood", fail)
    with pytest.raises(ValueError, match="^$"):
        guildhall("import", "roster", roster, "--organisation", "ORG0001")
    assert not ImportBatch.objects.exists()


def test_of_two_runs_at_once_one_goes_on(guildhall: Command, roster: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK_ROWS", 4)
    given: dict[str, Any] = {"path": roster, "organisation": 1, "as_of": None, "occupations": known_occupations, "by": BY, "now": now}
    other: list[ImportBatch] = []

    def meanwhile(done: int, total: int) -> None:
        if not other:
            other.append(imports.stage_roster(**given))

    with pytest.raises(GuildhallError, match="另一个进程正在读取"):
        imports.stage_roster(**given, progress=meanwhile)
    assert imports.apply(batch=other[0], by=BY, now=now).accepted == 19
    assert ImportBatch.objects.get().state == "done"


class Killed(BaseException):
    """What leaves no time to clean up."""


def test_a_trial_that_was_killed_decides_nothing(guildhall: Command, roster: Path, now: datetime) -> None:
    given: dict[str, Any] = {"path": roster, "organisation": 1, "occupations": known_occupations, "by": BY, "now": now}
    tried = imports.stage_roster(**given, as_of=date(2026, 1, 1), trial=True)
    assert imports.stage_roster(**given, as_of=date(2026, 1, 1)).pk != tried.pk
    begun = imports.stage_roster(**given, as_of=date(2026, 1, 30))
    assert imports.stage_roster(**given, as_of=date(2026, 1, 30)).pk == begun.pk
    assert imports.stage_roster(**given, as_of=date(2026, 1, 29)).pk != begun.pk
    assert imports.stage_roster(**given, as_of=date(2026, 1, 30), sheet=begun.sheet).pk != begun.pk


def test_a_reading_that_was_killed_is_begun_again(guildhall: Command, roster: Path, now: datetime) -> None:
    given: dict[str, Any] = {"path": roster, "organisation": 1, "as_of": None, "occupations": known_occupations, "by": BY, "now": now}

    def kill(done: int, total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        imports.stage_roster(**given, progress=kill)
    assert imports.stage_roster(**given).pk == ImportBatch.objects.get().pk


def test_what_was_odd_is_told_in_lines_and_in_json(guildhall: Command, roster: Path) -> None:
    text = "姓名,身份证号,工资,爱好,手机,电话,入职日期\n"
    numbers = [identity_number(n, date(1990, 3, 7), "male") for n in (700, 701)]
    text += f"王小明,{numbers[0]},9,A,,,2021-03\n李雷,{numbers[1]},9,A,,,,x\n合计,2\n"
    roster.with_suffix(".csv").write_text(text)
    ran = guildhall("import", "roster", roster.with_suffix(".csv"), "--organisation", "ORG0001", "--dry-run")
    assert ran.code == 0
    assert "column    爱好: not known and not read; say what it means, if it matters" in ran.out
    assert "file      row 4 (“合计”) is no person and was passed over" in ran.out
    assert "file      column H has no header" in ran.out
    assert "odd       roster.csv, row 2, column 入职日期 “2021-03”: no day is given; the first of the month is taken" in ran.out
    told = json.loads(guildhall("import", "roster", roster.with_suffix(".csv"), "--organisation", "ORG0001", "--json").out)
    assert [entry["row"] for entry in told["warnings"]] == [2]
    assert [entry["column"] for entry in told["columns_not_read"]] == ["工资", "爱好", "电话"]
    assert len(told["remarks"]) == 2


def test_an_import_is_sealed_at_its_end(guildhall: Command, roster: Path) -> None:
    guildhall("import", "roster", roster, "--organisation", "ORG0001")
    event = AuditEvent.objects.get(action="registry.import_roster")
    assert Seal.objects.filter(last_event__gte=event.pk).exists()


def test_a_correction_in_progress_is_never_overwritten(guildhall: Command, roster: Path) -> None:
    guildhall("import", "roster", roster, "--organisation", "ORG0001")
    beside = roster.with_name("roster.rejected.xlsx")
    whole = beside.read_bytes()
    guildhall("import", "roster", roster, "--organisation", "ORG0001")
    assert beside.read_bytes() == whole
    assert not roster.with_name("roster.rejected-2.xlsx").exists()
    beside.write_bytes(b"half corrected")
    ran = guildhall("import", "roster", roster, "--organisation", "ORG0001")
    assert beside.read_bytes() == b"half corrected"
    assert roster.with_name("roster.rejected-2.xlsx").read_bytes() == whole
    assert "roster.rejected-2.xlsx" in ran.out.splitlines()[-2]


def test_a_credit_code_on_record_says_whose_roster_it_is(guildhall: Command, roster: Path) -> None:
    known, new = "91440300708461136T", "91310000MA1FL8TQ36"
    file = roster.with_suffix(".csv")
    numbers = [identity_number(n, date(1990, 3, 7), "male") for n in (700, 701)]
    file.write_text(f"姓名,身份证号,统一社会信用代码\n王小明,{numbers[0]},{known}\n李雷,{numbers[1]},{new}\n")
    for owner, rejected in ((1, 0), (2, 1)):
        Organisation.objects.update(credit_code=None)
        Organisation.objects.filter(pk=owner).update(credit_code=known)
        ran = guildhall("import", "roster", file, "--organisation", "ORG0001", "--dry-run")
        assert ran.out.splitlines()[-1] == f"2 read: {2 - rejected} accepted, 0 changed, 0 unchanged, {rejected} rejected"
        assert "no organisation on record has this credit code; taken for this one" in ran.out


def test_columns_are_read_as_the_organisation_had_them_and_as_the_command_says(guildhall: Command, roster: Path, now: datetime) -> None:
    file = roster.with_suffix(".csv")
    file.write_text(f"姓名,身份证号,手机,紧急\n王小明,{identity_number(700, date(1990, 3, 7), 'male')},13900000000,13800000000\n")
    ColumnMapping.objects.create(organisation_id=1, kind="roster", mapping={"phone": "紧急", "level": "级"}, confirmed_at=now)

    def read(*more: str) -> Any:
        return json.loads(guildhall("import", "roster", file, "--organisation", "ORG0001", "--dry-run", "--json", *more).out)["columns"]

    assert read() == {"name": "姓名", "identity_number": "身份证号", "phone": "紧急"}
    assert read("--column", "手机=phone")["phone"] == "手机"
    assert "phone" not in read("--column", "=phone")
    wrong = guildhall("import", "roster", file, "--organisation", "ORG0001", "--column", "传真=phone")
    assert (wrong.code, "传真" in wrong.err) == (1, True)
    for bad in ("手机=fax", "手机"):
        assert guildhall("import", "roster", file, "--organisation", "ORG0001", "--column", bad).code == 2
    assert not ImportBatch.objects.exists()


def test_the_day_is_read_above_the_header_and_said(guildhall: Command, roster: Path) -> None:
    def day(banner: str, *more: str) -> tuple[str, Any]:
        roster.write_bytes(f"{banner},,\n姓名,身份证号,入职日期\n王小明,{PERSON},2024-05-01\n".encode())
        ran = guildhall("import", "roster", roster, "--organisation", "ORG0001", "--dry-run", *more)
        return ran.out, json.loads(guildhall("import", "roster", roster, "--organisation", "ORG0001", "--dry-run", "--json", *more).out)

    told, found = day("填报日期：2024-06-30")
    assert "day       2024-06-30: the roster speaks of it, as written above its header" in told
    assert (found["as_of"], found["as_of_from"]) == ("2024-06-30", "file")
    assert day("填报日期：2024-06-30", "--as-of", "2024-07-01")[1]["as_of"] == "2024-07-01"
    assert day("花名册")[1]["as_of_from"] == "none"
    assert day("截至2024年4月30日")[1]["rejected_rows"][0]["faults"][0]["code"] == "date_future"
    roster.write_bytes(f"截至2024年4月30日 数据日期2024-05-31\n姓名,身份证号\n王小明,{PERSON}\n".encode())
    ran = guildhall("import", "roster", roster, "--organisation", "ORG0001")
    assert (ran.code, ImportBatch.objects.exists()) == (1, False)
    assert "--as-of" in ran.err


def test_of_several_sheets_the_option_is_named(guildhall: Command, roster: Path) -> None:
    book = openpyxl.load_workbook(roster)
    book.copy_worksheet(book.active).title = "二厂"
    book.save(roster)
    ran = guildhall("import", "roster", roster, "--organisation", "ORG0001")
    assert ran.code == 1
    assert '--sheet "二厂"' in ran.err


def test_what_is_odd_about_many_rows_is_told_once(guildhall: Command, roster: Path) -> None:
    people = "".join(f"王小明,{identity_number(n, date(1990, 1, 1), 'male')},2021年3月\n" for n in range(1, 6))
    roster.write_bytes(f"姓名,身份证号,入职日期\n{people}".encode())
    lines = guildhall("import", "roster", roster, "--organisation", "ORG0001", "--dry-run").out.splitlines()
    assert [line for line in lines if line.startswith("odd")] == [
        "odd       roster.xlsx, 5 rows, column 入职日期: no day is given; the first of the month is taken (rows 2, 3, 4, 5, 6)"
    ]


def test_a_command_killed_before_it_told_writes_the_rejected_rows_when_run_again(
    guildhall: Command, roster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as killed:
        killed.setattr("guildhall.cli.rosters.write_rejected", kill)
        with pytest.raises(Killed):
            guildhall("import", "roster", roster, "--organisation", "ORG0001")
    beside = roster.with_name("roster.rejected.xlsx")
    assert not beside.exists()
    again = guildhall("import", "roster", roster, "--organisation", "ORG0001")
    assert again.out.splitlines()[-1] == "30 read: 19 accepted, 0 changed, 0 unchanged, 11 rejected"
    assert "this is what became of it" in again.err
    assert (openpyxl.load_workbook(beside).active.max_row, ImportBatch.objects.count()) == (12, 1)
    guildhall("import", "roster", roster, "--organisation", "ORG0001")
    assert ImportBatch.objects.count() == 2


def test_rows_that_could_not_be_written_are_written_when_another_place_is_named(guildhall: Command, roster: Path) -> None:
    nowhere = roster.with_name("no") / "where.xlsx"
    guildhall("import", "roster", roster, "--organisation", "ORG0001", "--rejected", nowhere)
    place = roster.with_name("here.xlsx")
    guildhall("import", "roster", roster, "--organisation", "ORG0001", "--rejected", place)
    assert (place.exists(), ImportBatch.objects.count()) == (True, 1)


PERSON = identity_number(7, date(1990, 3, 7), "male")
