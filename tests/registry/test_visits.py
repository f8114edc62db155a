"""Visit sheets: printed, filled in by hand, typed up, and applied under the leave of each person; what cannot be is said row by row."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q, QuerySet
from django.utils import timezone

from guildhall.kernel.errors import FaultsFound, GuildhallError, NotFound
from guildhall.kernel.workbooks import SheetRows, Workbook
from guildhall.office.models import AuditEvent, Mandate
from guildhall.registry.engine.cells.places import KnownPlace, Places
from guildhall.registry.engine.visits import FIELDS, Known, VisitRow, letters, read_visits
from guildhall.registry.models import Consent, CorrectionRequest, Identity, ImportBatch, Wish, Worker, identity_fields, vault
from guildhall.registry.operations.consents import give_signed
from guildhall.registry.operations.visits import bring_visits, said
from guildhall.registry.queries.visits import asked, rejected, sheet
from guildhall.web.viewer import Viewer
from tests import clock
from tests.world import World, build

TODAY = date(2026, 1, 30)
HEADER = [words.zh for words in FIELDS.values()]
PLACES = Places("city", ("小城",), [KnownPlace("west", "西区", "district"), KnownPlace("quay", "西港街道", "township", ("西区",), "西区")])
KNOWN = Known(PLACES, frozenset({"quay"}), letters(["job_matching", "sharing"]), TODAY)


def workbook(rows: list[list[Any]], header: list[str] | None = None) -> Workbook:
    """A spreadsheet with a title above the header, as `kernel.workbooks.read` gives it."""
    lines = [[1, "", "走访登记表"], [3, "", *(header or HEADER)], *([4 + n, "", *map(str, row)] for n, row in enumerate(rows))]
    chunk = json.dumps(lines, ensure_ascii=False).encode()
    return Workbook("visits.xlsx", "xlsx", "", False, (SheetRows("visits", False, len(lines), (), (chunk,)),))


def line(mandate: object, name: str, day: object = "2026-01-20", **cells: str) -> list[Any]:
    given = {"mandate": mandate, "name": name, "visited_on": day} | cells
    return [given.get(field, "") for field in FIELDS]


# reading


def test_a_filled_row_is_read_and_people_not_visited_are_passed_over() -> None:
    full = line(
        7, "李晓梅", "2026年1月20日", phone="139 0000 1111", residence="西区西港街道", wishes="1、找工作", note="数控", consents="a,B",
        until="2026-12-31", signed="是",
    )  # fmt: skip
    found = read_visits(workbook([full, line(8, "王小明", ""), []]), KNOWN)
    # The wordbook calls a job 就业; 找工作 is what no list knows.
    assert [fault.code for row in found.rejected for fault in row.faults] == ["not_in_list"]
    full[list(FIELDS).index("wishes")] = "1、就业；business"
    found = read_visits(workbook([full, line(8, "王小明", ""), []]), KNOWN)
    assert found.rows == [
        VisitRow(
            4, 7, "李晓梅", date(2026, 1, 20), "13900001111", "quay", ("training", "job", "business"), "数控",
            ("job_matching", "sharing"), date(2027, 1, 1), True, tuple(map(str, full)),
        )
    ]  # fmt: skip
    assert (found.read, found.skipped) == (1, 2)


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({"day": ""}, ["empty"]),
        ({"day": "2026-02-30", "phone": "12"}, ["date_none", "phone_form"]),
        ({"day": "2026-02-01"}, ["visit_day"]),
        ({"day": "2024-12-01"}, ["visit_day"]),
        ({"residence": "西区"}, ["visit_home"]),
        ({"residence": "北京市朝阳区"}, ["visit_home"]),
        ({"wishes": "9"}, ["not_in_list"]),
        ({"consents": "C", "signed": "是"}, ["not_in_list"]),
        ({"consents": "A"}, ["visit_unsigned"]),
        ({"until": "2026-12-31", "signed": "否"}, ["visit_unsigned"]),
        ({"signed": "maybe"}, ["not_in_list"]),
        ({"note": "words alone"}, ["visit_no_wish"]),
        ({"note": "x" * 501, "wishes": "1"}, ["too_long"]),
    ],
)
def test_each_thing_wrong_has_its_own_words(cells: dict[str, str], codes: list[str]) -> None:
    cells = {"phone": "13900001111"} | cells
    day = cells.pop("day", "2026-01-20")
    found = read_visits(workbook([line(7, "李晓梅", day, **cells)]), KNOWN)
    faults = [fault for row in found.rejected for fault in row.faults]
    assert [fault.code for fault in faults] == codes
    assert all(text.zh and text.en for fault in faults for text in (fault.what, fault.next))
    assert "13900001111" not in json.dumps([fault.as_json() for fault in faults])


def test_a_number_that_is_none_and_a_row_that_stands_twice_are_refused() -> None:
    found = read_visits(workbook([line("x", "李晓梅"), line(7, "李晓梅"), line("7.0", "李晓梅"), line("", "李晓梅")]), KNOWN)
    assert [[fault.code for fault in row.faults] for row in found.rejected] == [["visit_number"], ["visit_twice"], ["empty"]]
    assert [row.number for row in found.rows] == [5]


def test_a_file_that_is_no_visit_sheet_is_refused_as_a_whole() -> None:
    with pytest.raises(FaultsFound):
        read_visits(workbook([["a", "b"]], ["工资", "部门"]), KNOWN)


# applying


@pytest.fixture
def world(db: None) -> World:
    return build(sessions=False)


def brought(world: World, now: datetime, *rows: list[Any], by: Viewer | None = None) -> ImportBatch:
    return bring_visits(workbook=workbook(list(rows)), content=b"file", by=by or world.viewer("broker"), now=now)


def lodged() -> QuerySet[CorrectionRequest]:
    """Requests about a phone or a home."""
    return CorrectionRequest.objects.filter(Q(subject__endswith=":phone") | Q(subject__endswith=":residence")).order_by("pk")


def mine(world: World, day: str = "2026-01-20", **cells: str) -> list[Any]:
    """A row about the worker in the care of Harbour's broker."""
    side = world.harbour
    return line(side.mandates["care"].pk, side.name(side.worker), day, **cells)


FULL = {
    "phone": "13700001111",
    "residence": "西区东山镇",
    "wishes": "1 5",
    "note": "数控车工",
    "consents": "A",
    "until": "2026-12-31",
    "signed": "是",
}


def test_what_changed_is_asked_for_what_was_signed_is_kept_and_both_names_stand_in_it(world: World, now: datetime) -> None:
    side = world.harbour
    batch = brought(world, now, mine(world, **FULL))
    assert said(batch).en == "1 read: 1 accepted, 0 changed, 0 unchanged, 0 rejected"
    subjects = lodged().values_list("subject", "state")
    assert list(subjects) == [(f"registry.identity:{side.worker}:phone", "open"), (f"registry.workers:{side.worker}:residence", "open")]
    assert Worker.objects.get(pk=side.worker).residence_id == side.homes[0], "an officer decides; the sheet changes no record"
    wishes = {wish.kind: vault().open("registry.wishes", "note", wish.pk, wish.note_sealed or b"") for wish in Wish.objects.all()}
    assert wishes == {"training": "数控车工", "benefit": "数控车工"}
    consent = Consent.objects.get()
    assert (consent.purpose, consent.worker_id) == (asked()[0].key, side.worker)
    anew = Mandate.objects.latest("pk")
    assert (anew.consent, anew.valid_until, anew.agent_id) == ("signed", date(2027, 1, 1), side.grants["broker"].account_id)
    events = AuditEvent.objects.filter(chain=f"worker:{side.worker}").exclude(action="office.give_mandate")
    assert {(event.actor, event.role, event.on_behalf) for event in events} == {
        (f"account:{side.grants['broker'].account_id}", "broker", f"worker:{side.worker}")
    }
    assert {json.loads(event.details)["mandate"] for event in events} == {anew.pk}
    told = "".join(f"{event.details}{event.reason}" for event in AuditEvent.objects.all())
    assert not any(word in told for word in ("13700001111", "数控", side.name(side.worker)))


def test_the_same_sheet_twice_changes_nothing(world: World, now: datetime) -> None:
    brought(world, now, mine(world, **FULL))
    before = [model.objects.count() for model in (CorrectionRequest, Wish, Consent, Mandate)]
    again = brought(world, now + timedelta(minutes=5), mine(world, **FULL))
    assert said(again).en == "1 read: 0 accepted, 0 changed, 1 unchanged, 0 rejected"
    assert [model.objects.count() for model in (CorrectionRequest, Wish, Consent, Mandate)] == before
    other = brought(world, now + timedelta(minutes=9), mine(world, **FULL | {"note": "焊工"}))
    assert said(other).en == "1 read: 0 accepted, 1 changed, 0 unchanged, 0 rejected"


def test_what_is_on_record_already_is_not_asked_for(world: World, now: datetime) -> None:
    side = world.harbour
    batch = brought(world, now, mine(world, phone=side.phone(side.worker)))
    assert (batch.unchanged, lodged().count()) == (1, 0)


def test_rows_that_cannot_be_applied_say_why_and_leave_nothing(world: World, now: datetime) -> None:
    side, today = world.harbour, timezone.localdate(now)
    gone = Mandate.objects.create(
        kind="broker", agent=side.grants["broker"].account, worker_id=side.second, purpose="jobs", consent="signed", given_at=now,
        valid_from=date(2025, 1, 1), valid_until=date(2026, 1, 15),
    )  # fmt: skip
    back = Mandate.objects.create(
        kind="broker", agent=side.grants["broker"].account, worker_id=side.student, purpose="jobs", consent="signed", given_at=now,
        valid_from=date(2025, 1, 1), valid_until=date(2027, 1, 15), revoked_at=now,
    )  # fmt: skip
    west = world.west
    batch = brought(
        world,
        now,
        line(999_999, side.name(side.worker), wishes="1"),
        line(west.mandates["care"].pk, west.name(west.worker), wishes="1"),
        line(side.mandates["counter"].pk, side.name(side.worker), wishes="1"),
        line(side.mandates["care"].pk, side.name(side.second), wishes="1"),
        line(gone.pk, side.name(side.second), wishes="1"),
        line(back.pk, side.name(side.student), wishes="1", until="2026-12-31", signed="是"),
        line(gone.pk, side.name(side.second), "2026-01-29", wishes="9"),
    )
    found = [(row.number, [fault.code for fault in row.faults]) for row in rejected(batch)]
    assert found == [
        (4, ["visit_mandate"]),
        (5, ["visit_mandate"]),
        (6, ["visit_mandate"]),
        (7, ["visit_name"]),
        (8, ["visit_ran_out"]),
        (9, ["visit_withdrawn"]),
        (10, ["not_in_list"]),
    ]
    assert batch.rejected == batch.rows == 7
    assert not Wish.objects.exists()
    assert next(iter(rejected(batch))).cells[1] == side.name(side.worker), "the cells are kept, sealed, to be corrected"
    assert side.name(side.worker) not in str(list(batch.rejected_rows.values()))
    anew = brought(world, now, line(gone.pk, side.name(side.second), wishes="1", until=str(today + timedelta(days=300)), signed="是"))
    assert anew.accepted == 1, "leave that ran out is given anew by signature"
    assert Wish.objects.get().worker_id == side.second
    late = brought(world, now, line(gone.pk, side.name(side.second), until=str(today + timedelta(days=400)), signed="是"))
    assert [fault.code for row in rejected(late) for fault in row.faults] == ["visit_term"]


def test_a_sheet_renews_no_leave_of_somebody_who_moved_away_nor_one_long_over(world: World, now: datetime) -> None:
    side, today = world.harbour, timezone.localdate(now)
    agent = {"kind": "broker", "agent": side.grants["broker"].account, "purpose": "jobs", "consent": "spoken", "given_at": now}
    ended = {"valid_from": date(2024, 1, 1), "valid_until": today - timedelta(days=31)}
    long_over = Mandate.objects.create(worker_id=side.second, **agent, **ended)
    standing = side.mandates["care"]
    Worker.objects.filter(pk=side.worker).update(residence=world.west.place)
    until = {"until": str(today + timedelta(days=300)), "signed": "是"}
    rows = [
        line(long_over.pk, side.name(side.second), **until),
        line(standing.pk, side.name(side.worker), **until),
        line(standing.pk, side.name(side.worker), wishes="1"),
    ]
    for row, code in zip(rows, ["visit_long_over", "visit_moved", "visit_moved"], strict=True):
        batch = brought(world, now, row)
        assert [[fault.code for fault in one.faults] for one in rejected(batch)] == [[code]]
    assert not Mandate.objects.filter(given_at=now, valid_until__gt=today + timedelta(days=31)).exclude(pk=standing.pk).exists()


def test_one_bad_part_keeps_the_whole_row_out(world: World, now: datetime) -> None:
    Worker.objects.filter(pk=world.harbour.worker).update(birth_month=date(2014, 1, 1))
    batch = brought(world, now, mine(world, wishes="1", consents="A", signed="是"))
    assert [fault.code for row in rejected(batch) for fault in row.faults] == ["visit_refused"]
    assert not Wish.objects.exists()
    assert not Consent.objects.exists()


@pytest.mark.parametrize("who", ["assessor", "administrator", "worker", "employer", "care", "counter"])
def test_only_a_broker_prints_and_brings_sheets(world: World, now: datetime, on: date, who: str) -> None:
    with pytest.raises(NotFound):
        brought(world, now, mine(world), by=world.viewer(who))
    with pytest.raises(NotFound):
        sheet(world.viewer(who), on)
    assert not ImportBatch.objects.filter(kind="visits", sha256=hashlib.sha256(b"file").hexdigest()).exists()


def test_a_signature_is_kept_only_under_a_brokers_leave_of_this_very_person(world: World, now: datetime) -> None:
    side, purpose = world.harbour, asked()[0]
    terms: dict[str, Any] = {"purpose": purpose.key, "wording": purpose.version, "sheet": "import 1, row 4", "now": now}
    for by, worker in (
        (world.viewer("broker"), side.worker),
        (world.viewer("counter"), side.worker),
        (world.viewer("care"), side.second),
        (world.viewer("care", world.west), side.worker),
        (world.viewer("worker"), side.worker),
    ):
        with pytest.raises(NotFound):
            give_signed(worker_id=worker, by=by, **terms)
    with pytest.raises(GuildhallError):
        give_signed(worker_id=side.worker, by=world.viewer("care"), **terms | {"wording": "another/9"})
    assert give_signed(worker_id=side.worker, by=world.viewer("care"), **terms).purpose == purpose.key


# pages


def test_the_file_from_the_page_comes_back_filled_in(db: None, shown: Path) -> None:
    world, day = build(), clock.today()
    broker, side = world.client("broker"), world.harbour
    printed = broker.get("/zh-hans/visits/sheet/").content.decode()
    assert side.name(side.worker) in printed
    assert side.number(side.worker) not in printed
    file = broker.get("/zh-hans/visits/sheet/?format=csv").content.decode("utf-8-sig").splitlines()
    assert file[0] == ",".join(HEADER)
    file[1] += f",{day},13700001111,,1,,,,是"
    sent = SimpleUploadedFile("visits.csv", "\r\n".join(file).encode("gb18030"))
    answer = broker.post("/en/visits/", {"file": sent})
    assert answer.status_code == 302, answer.content.decode()
    page = broker.get(answer.headers["Location"]).content.decode()
    assert "1 read: 1 accepted, 0 changed, 0 unchanged, 0 rejected" in page
    assert lodged().get().subject.endswith(":phone")
    assert broker.get("/en/visits/sheet/?format=xlsx").content[:2] == b"PK"


def test_a_name_in_a_file_is_no_formula(db: None, shown: Path) -> None:
    world = build()
    side = world.harbour
    Identity.objects.filter(pk=side.worker).update(**identity_fields(side.worker, name='=HYPERLINK("x")'))
    lines = world.client("broker").get("/en/visits/sheet/?format=csv").content.decode("utf-8-sig")
    assert "'=HYPERLINK" in lines


def test_what_was_rejected_is_fetched_and_a_wrong_file_is_told(db: None, shown: Path) -> None:
    world = build()
    broker = world.client("broker")
    wrong = f"{','.join(HEADER)}\r\n1,某人,{clock.today()},,,1,,,,\r\n"
    answer = broker.post("/en/visits/", {"file": SimpleUploadedFile("visits.csv", wrong.encode())})
    page = broker.get(answer.headers["Location"]).content.decode()
    assert "One row was not taken" in page
    assert "there is no such leave to act" in page
    assert broker.get(f"{answer.headers['Location']}?rejected=1").content[:2] == b"PK"
    refused = broker.post("/en/visits/", {"file": SimpleUploadedFile("visits.csv", b"PK\x03\x04 not a workbook")})
    assert refused.status_code == 200
    assert 'class="field wrong"' in refused.content.decode()
