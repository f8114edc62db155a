"""The wizard: whose, which file, do we read its columns right, what would happen, what became of it; and the way back in."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guildhall.office.models import Job
from guildhall.registry import models
from guildhall.registry.operations import imports
from guildhall.skills.queries import known_occupations
from guildhall.synth.rosters import identity_number, made_roster
from guildhall.web import uploads
from guildhall.web.viewer import system
from tests.people import grant, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
ROSTER = made_roster(rows=30, faults=11, places=("西区石桥镇",), occupations=("电工",)).content
DAY = "2026-01-30"
MAPPED = [
    "",
    *"name identity_number sex birth phone education residence occupation level".split(),
    *"certificate_number issued_on started_on contract".split(),
    "",
]


@pytest.fixture(autouse=True)
def city(on_record: None) -> None:
    """Every test begins with the small city on record."""


@pytest.fixture
def officer() -> Any:
    return signed_in(grant("assessor", place="t-990103"))


def sent(client: Any, content: bytes = ROSTER, *, organisation: int = 1, name: str = "花名册.xlsx", query: str = "", **more: Any) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(f"/zh-hans/rosters/new/{organisation}/{query}", {"file": file, **more})


def columns(**other: str) -> dict[str, str]:
    return (
        {"as_of": DAY}
        | {f"column-{at}": field for at, field in enumerate(MAPPED)}
        | {f"column-{at[1:]}": field for at, field in other.items()}
    )


def text(answer: Any) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def brought(client: Any, **more: Any) -> tuple[models.ImportBatch, str]:
    """A file brought in to the end; its batch and its page."""
    asked = sent(client, **more)
    assert asked.status_code == 302, text(asked)
    checked = client.post(asked.url, _as_found(client, asked.url) if more else columns())
    assert checked.status_code == 302, text(checked)
    confirmed = client.post(checked.url)
    return models.ImportBatch.objects.latest("pk"), text(client.get(confirmed.url))


def test_an_officer_brings_a_roster_and_corrects_it(officer: Any) -> None:
    asked = sent(officer)
    page = officer.get(asked.url)
    assert [field["field"] for field in page.context["columns"]] == MAPPED
    samples = page.context["columns"][2]["samples"]
    assert len(samples) == 3
    assert all(re.fullmatch(r"99\*+.", sample) for sample in samples)
    checked = officer.post(asked.url, columns())
    said = text(officer.get(checked.url))
    assert "30 行中有 19 行可以导入" in said
    assert models.Worker.objects.count() == 40, "nothing is changed before it is confirmed"
    result = officer.get(officer.post(checked.url).url)
    assert "共读取 30 行：新增 19，变更 0，无变化 0，未通过 11" in text(result)
    assert models.Worker.objects.count() == 59
    batch = models.ImportBatch.objects.get()
    sheet = officer.get(f"/zh-hans/rosters/{batch.pk}/rejected/")
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet.content)).active.iter_rows(values_only=True))
    assert len(rows) == 1 + 11
    again = sent(officer, sheet.content, query=f"?corrects={batch.pk}")
    later = models.ImportBatch.objects.latest("pk")
    assert later.corrects == batch
    officer.post(officer.post(asked.url.replace(f"/{batch.pk}/", f"/{later.pk}/"), _as_found(officer, again.url)).url)
    later.refresh_from_db()
    assert (later.state, later.rows, later.rejected) == ("done", 11, 11)
    assert "改正后的行已随下列文件导入" in text(officer.get(f"/zh-hans/rosters/{batch.pk}/"))


def _as_found(client: Any, address: str) -> dict[str, str]:
    """The form of the columns page as it is offered."""
    page = client.get(address).context
    return {"as_of": str(page["form"]["as_of"].value())} | {f"column-{at}": column["field"] for at, column in enumerate(page["columns"])}


def test_no_page_shows_a_number_in_full(officer: Any) -> None:
    batch, _ = brought(officer)
    numbers = {str(number) for row in openpyxl.load_workbook(io.BytesIO(ROSTER)).active.iter_rows(values_only=True) for number in row}
    full = {number for number in numbers if re.fullmatch(r"[0-9]{17}[0-9X]|100[0-9]{8}|S[0-9]{21}", number)}
    assert len(full) > 40
    for page in ("", "columns/", "check/"):
        said = officer.get(f"/zh-hans/rosters/{batch.pk}/{page}", follow=True).content.decode()
        assert not [number for number in full if number in said]


def test_an_employer_is_not_asked_whose_and_sees_its_own(officer: Any) -> None:
    mine: Any
    others: Any
    mine, others = signed_in(grant("employer", organisation_id=1)), signed_in(grant("employer", organisation_id=2))
    assert mine.get("/zh-hans/rosters/new/").url == "/zh-hans/rosters/new/1/"
    batch, said = brought(mine)
    assert "11 行需要改正，其余已导入" in said
    listed = {client: text(client.get("/zh-hans/rosters/")) for client in (mine, officer, others)}
    assert ["花名册.xlsx" in listed[client] for client in (mine, officer, others)] == [True, True, False]
    assert "您" in listed[mine]
    assert "单位自己" in listed[officer]
    for page in ("", "columns/", "check/", "rejected/"):
        assert others.get(f"/zh-hans/rosters/{batch.pk}/{page}").status_code == 404
    assert sent(others).status_code == 404
    assert sent(others, organisation=2, query=f"?corrects={batch.pk}").status_code == 404


def test_columns_are_remembered_for_the_organisation(officer: Any) -> None:
    asked = sent(officer)
    officer.post(officer.post(asked.url, columns(_13="", _14="")).url)
    assert not models.EmploymentSpell.objects.filter(batch_id__isnull=False).exclude(contract="unknown").exists()
    assert [field["field"] for field in officer.get(sent(officer).url).context["columns"]] == [*MAPPED[:13], "", ""]
    other = officer.get(sent(officer, organisation=3).url)
    assert [field["field"] for field in other.context["columns"]] == MAPPED, "another organisation's files are its own"


def test_columns_that_cannot_be_are_told_at_the_top(officer: Any) -> None:
    asked = sent(officer)
    said = text(officer.post(asked.url, columns(_1="", _3="phone")))
    assert "没有哪一列是“姓名”" in said
    assert "有两列都是“手机号”" in said
    assert models.ImportBatch.objects.get().state == "received"


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "没有哪一行写着列名"), ("en", "no row names the columns")])
def test_what_is_no_roster_is_told_beside_the_field(officer: Any, language: str, words: str) -> None:
    answer = officer.post(f"/{language}/rosters/new/1/", {"file": SimpleUploadedFile("a.csv", "一,二\n三,四\n".encode())})
    assert answer.status_code == 200
    said = answer.content.decode().split('class="field wrong"')
    assert len(said) == 2, "the error stands beside its field"
    assert words in said[1] or language == "zh-hans"
    assert not models.ImportBatch.objects.exists()


def test_a_blank_workbook_is_told_beside_the_field(officer: Any) -> None:
    blank = io.BytesIO()
    openpyxl.Workbook().save(blank)
    assert "没有一行写明" in text(sent(officer, blank.getvalue(), name="f.xlsx"))
    assert not models.ImportBatch.objects.exists()


def test_no_file_and_one_too_large_are_told_beside_the_field(officer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "请选择文件" in text(officer.post("/zh-hans/rosters/new/1/", {}))
    monkeypatch.setattr(uploads, "LARGEST", 2_000)
    said = text(sent(officer))
    assert "文件超过" in said
    assert "请选择文件" not in said
    assert not models.ImportBatch.objects.exists()


def run_jobs() -> int:
    """Does what is queued, as the worker beside the server would; how many jobs."""
    jobs = list(Job.objects.filter(kind="import", state="waiting"))
    for job in jobs:
        imports.run(arguments=job.arguments, by=system("work"), clock=lambda: datetime(2026, 2, 1, tzinfo=UTC), progress=lambda *_: None,
                    occupations=known_occupations)  # fmt: skip
        Job.objects.filter(pk=job.pk).update(state="done")
    return len(jobs)


def test_a_large_file_is_read_and_applied_in_the_background(officer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 5)
    checked = officer.post(sent(officer).url, columns())
    waiting = officer.get(checked.url)
    assert "正在读取文件" in text(waiting)
    assert waiting.headers["Refresh"] == "3"
    assert run_jobs() == 1
    ready = officer.get(checked.url)
    assert "30 行中有 19 行可以导入" in text(ready)
    assert "Refresh" not in ready.headers
    confirmed = officer.post(checked.url)
    moving = officer.get(confirmed.url)
    assert "已导入 11 行，共 30 行" in text(moving)
    assert moving.headers["Refresh"] == "3"
    assert officer.post(checked.url).url == confirmed.url, "pressed twice is pressed once"
    assert run_jobs() == 1
    done = officer.get(confirmed.url)
    assert "11 行需要改正" in text(done)
    assert "Refresh" not in done.headers
    assert run_jobs() == 0


def test_background_work_that_failed_is_begun_again_with_a_button(officer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 5)
    asked = sent(officer)
    checked = officer.post(asked.url, columns())
    Job.objects.filter(kind="import").update(state="failed")
    failed = officer.get(checked.url)
    assert "文件读不了" in text(failed)
    assert "Refresh" not in failed.headers
    officer.post(asked.url, columns())
    assert run_jobs() == 1
    confirmed = officer.post(checked.url)
    Job.objects.filter(kind="import").update(state="failed")
    assert "停在第 11 行" in text(officer.get(confirmed.url))
    officer.post(checked.url)
    assert run_jobs() == 1
    assert "11 行需要改正" in text(officer.get(confirmed.url))


def test_of_several_sheets_one_is_named(officer: Any) -> None:
    book = openpyxl.load_workbook(io.BytesIO(ROSTER))
    book.copy_worksheet(book.active).title = "二月"
    content = io.BytesIO()
    book.save(content)
    answer = sent(officer, content.getvalue())
    assert answer.status_code == 200
    assert "二月" in text(answer)
    assert 'value="二月"' in answer.content.decode()
    assert sent(officer, content.getvalue(), sheet="二月").status_code == 302
    assert models.ImportBatch.objects.get().sheet == "二月"


def test_what_stopped_goes_on(officer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that was killed in the middle leaves a button, and what came in."""
    monkeypatch.setattr(imports.staging, "CHUNK_ROWS", 5)
    checked = officer.post(sent(officer).url, columns())

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    batch = models.ImportBatch.objects.get()
    by = system("command:test")
    with pytest.raises(KeyboardInterrupt):
        imports.apply(batch=batch, by=by, now=datetime(2026, 2, 1, tzinfo=UTC), progress=stop)
    page = officer.get(f"/zh-hans/rosters/{batch.pk}/")
    assert "停在第 16 行（共 30 行）" in text(page)
    officer.post(checked.url)
    batch.refresh_from_db()
    assert (batch.state, batch.position) == ("done", 30)


def test_a_file_is_given_up_before_it_changes_anything(officer: Any) -> None:
    checked = officer.post(sent(officer).url, columns())
    batch = models.ImportBatch.objects.get()
    page = officer.get(officer.post(f"/zh-hans/rosters/{batch.pk}/").url)
    assert "这份花名册已放弃" in text(page)
    assert models.Worker.objects.count() == 40
    assert officer.post(checked.url).url == f"/zh-hans/rosters/{batch.pk}/"
    assert models.Worker.objects.count() == 40


def test_whose_roster_is_found_by_name(officer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from guildhall.registry.pages import imports as pages

    assert len(officer.get("/zh-hans/rosters/new/").context["found"]) > 1
    monkeypatch.setattr(pages, "FEW", 2)
    assert officer.get("/zh-hans/rosters/new/").context["found"] == []
    assert [row.pk for row in officer.get("/zh-hans/rosters/new/?name=第01").context["found"]] == [1]
    assert "没有叫这个名字的" in text(officer.get("/zh-hans/rosters/new/?name=无此厂"))


NAMED = "姓名,身份证号,入职日期\n王小明,{number},2024-05-01\n"
PERSON = identity_number(7, date(1990, 3, 7), "male")


@pytest.mark.parametrize(
    ("banner", "filled"), [("填报日期：2024-06-30", "2024-06-30"), ("截至2024-06-30 数据日期2024-05-31", "None"), ("花名册", "today")]
)
def test_the_day_is_filled_in_from_the_file_and_can_be_changed(officer: Any, banner: str, filled: str) -> None:
    content = f"{banner}\n{NAMED.format(number=PERSON)}".encode()
    asked = sent(officer, content, name="r.csv")
    offered = _as_found(officer, asked.url)
    page = officer.get(asked.url).content.decode()
    if filled == "today":
        assert "先填今天" in page
    else:
        assert offered["as_of"] == filled
    assert (f'name="as_of" value="{offered["as_of"]}"' in page) is (filled != "None"), "in the form that browsers show"
    for day, words in (("", "请填写日期"), ("2999-01-01", "花名册不能说明将来的情况"), ("2024-13-01", "2026-10-31")):
        assert words in text(officer.post(asked.url, {**offered, "as_of": day}))
    checked = officer.post(asked.url, {**offered, "as_of": "2024-04-30"})
    assert "改填“数据日期”" in text(officer.get(checked.url)), "the first day at work lies after the day of the file"
    checked = officer.post(asked.url, {**offered, "as_of": "2024-06-30"})
    assert "2024-06-30" in text(officer.get(checked.url))
    officer.post(checked.url)
    batch = models.ImportBatch.objects.latest("pk")
    assert (str(batch.as_of), batch.accepted) == ("2024-06-30", 1)
    again = sent(officer, NAMED.format(number=PERSON).encode(), name="r2.csv", query=f"?corrects={batch.pk}")
    assert _as_found(officer, again.url)["as_of"] == "2024-06-30", "corrected rows speak of the day of the file they stood in"


def test_rows_that_are_on_record_are_not_said_to_come_in(officer: Any) -> None:
    content = NAMED.format(number=PERSON).encode()
    brought(officer, content=content, name="r.csv")
    asked = sent(officer, content, name="r.csv")
    said = text(officer.get(officer.post(asked.url, _as_found(officer, asked.url)).url))
    assert "每一行都已登记，不会有任何变更" in said
    assert "可以导入" not in said
