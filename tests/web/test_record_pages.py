"""Pages that keep records, as a person uses them: what is asked, what a mistake says, and what is done, in both languages."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guildhall.office.models import AuditEvent
from guildhall.overview.load import load_city
from guildhall.registry.models import Alias, CorrectionRequest, DuplicatePair, Identity, IdentityDocument, NumberChange, Worker, vault
from guildhall.registry.operations import corrections, identity, merges
from guildhall.web.viewer import system
from tests.people import grant, signed_in, viewer
from tests.planted import once
from tests.registry import folders
from tests.registry.folders import born, identity_number

WEST, CITY = "t-990103", "t"
LANGUAGES = ("en", "zh-hans")


@pytest.fixture(autouse=True)
def _city(tmp_path: Path, now: datetime, db: None) -> None:
    once("city by hand", lambda: load_city(folders.write(tmp_path / "city"), mode="demonstration", now=now, by=system("test")))


@pytest.fixture
def officer() -> Client:
    return signed_in(grant("assessor", place=WEST))


@pytest.fixture
def worker() -> Client:
    return signed_in(grant("worker", worker_id=3))


@pytest.fixture
def pair(now: datetime) -> DuplicatePair:
    return merges.note_possible(first=3, second=5, reason="number_near", by=system("test"), now=now)


@pytest.fixture
def request_(now: datetime) -> CorrectionRequest:
    by = viewer("worker", worker_id=3)
    return corrections.lodge(subject="registry.workers:3:education", wanted="bachelor", why="the diploma", by=by, now=now)


def text(response: Any) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def name_of(worker: int) -> str:
    return vault().open("registry.identity", "name", worker, Identity.objects.get(pk=worker).name_sealed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_records_are_merged_and_taken_apart_again(language: str, officer: Client, pair: DuplicatePair) -> None:
    address = f"/{language}/duplicates/{pair.pk}/"
    page = text(officer.get(address))
    assert "王3" in page
    assert "王5" in page
    assert not re.search(r"[0-9]{17}[0-9X]", page), "numbers stay masked"
    missing = officer.post(address, {"action": "merge", "reason": "one person at the counter"})
    assert ("Choose the record that leads" if language == "en" else "请选择以哪份记录为主") in text(missing)
    assert not Alias.objects.exists()
    done = officer.post(address, {"action": "merge", "leads": "5", "reason": "one person at the counter"}, follow=True)
    assert ("one person now" if language == "en" else "归为同一人") in text(done)
    assert Alias.objects.get().merged_into_id == 5
    again = officer.post(address, {"action": "apart", "reason": "no"})
    assert ("are merged" if language == "en" else "已合并") in text(again)
    officer.post(address, {"action": "undo", "reason": "the brother"})
    assert not Alias.objects.exists()
    listed = officer.get(f"/{language}/duplicates/")
    assert address in listed.content.decode()


def test_a_decision_without_a_reason_says_so_beside_the_field(officer: Client, pair: DuplicatePair) -> None:
    answer = officer.post(f"/en/duplicates/{pair.pk}/", {"action": "apart", "reason": " "})
    assert answer.status_code == 200
    assert 'class="field wrong"' in answer.content.decode()
    assert DuplicatePair.objects.get().state == "proposed"


def test_half_a_pair_is_shown_without_the_other_half_or_a_decision(now: datetime) -> None:
    pair = merges.note_possible(first=1, second=3, reason="phone_birth", by=system("test"), now=now)
    page = signed_in(grant("assessor", place=WEST)).get(f"/en/duplicates/{pair.pk}/")
    said = text(page)
    assert "a record in another district" in said
    assert "王1" not in said.replace("王3", "")
    assert "<form" not in page.content.decode().partition("<main")[2]
    whole = text(signed_in(grant("assessor", place=CITY)).get(f"/en/duplicates/{pair.pk}/"))
    assert "They are one person" in whole


def test_two_records_are_suggested(officer: Client) -> None:
    answer = officer.post("/en/duplicates/", {"first": "3", "second": "5"})
    assert answer["Location"] == f"/en/duplicates/{DuplicatePair.objects.get().pk}/"
    for first, second in (("3", "1"), ("3", "3"), ("3", ""), ("3", "x"), ("3", "9" * 30)):
        refused = officer.post("/en/duplicates/", {"first": first, "second": second})
        assert refused.status_code == 200, (first, second)
    assert DuplicatePair.objects.count() == 1


def test_a_cursor_nobody_gave_out_is_no_page(officer: Client) -> None:
    for after in ("x", "1", "1.", "-1.2", "1.x", "\0", "9" * 40):
        assert officer.get("/en/duplicates/", {"after": after}).status_code == 404
        assert officer.get("/en/corrections/", {"after": after}).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_worker_asks_for_a_correction_with_a_paper_and_withdraws_it(language: str, worker: Client) -> None:
    listed = worker.get(f"/{language}/me/correct/")
    address = f"/{language}/me/correct/?about=registry.workers:3:education"
    assert address in listed.content.decode()
    empty = worker.post(address, {"wanted": "bachelor", "why": ""})
    assert 'class="field wrong"' in empty.content.decode()
    bad = worker.post(address, {"wanted": "bachelor", "why": "it says so", "paper": SimpleUploadedFile("a.exe", b"MZ\x00")})
    assert bad.status_code == 200
    assert not CorrectionRequest.objects.exists()
    paper = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n")
    done = worker.post(address, {"wanted": "bachelor", "why": "it says so", "paper": paper}, follow=True)
    assert ("was received" if language == "en" else "申请已收到") in text(done)
    row = CorrectionRequest.objects.get()
    twice = worker.post(address, {"wanted": "bachelor", "why": "it says so"})
    assert ("open already" if language == "en" else "已有申请") in text(twice)
    worker.post(f"/{language}/me/correct/", {"withdraw": str(row.pk)})
    row.refresh_from_db()
    assert row.state == "withdrawn"
    late = worker.post(f"/{language}/me/correct/", {"withdraw": str(row.pk)}, follow=True)
    assert ("decided already" if language == "en" else "已经处理") in text(late)


def test_only_ones_own_can_be_asked_about(worker: Client) -> None:
    for about in ("registry.workers:5:education", "registry.workers:3:weight", "x", "registry.workers:3:education\0"):
        assert worker.get("/en/me/correct/", {"about": about}).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_worker_sees_the_answer_and_how_to_object(language: str, worker: Client, officer: Client, now: datetime) -> None:
    worker.post("/en/me/correct/?about=registry.workers:3:education", {"wanted": "bachelor", "why": "it says so"})
    row = CorrectionRequest.objects.get()
    address = f"/{language}/corrections/{row.pk}/"
    assert address in officer.get(f"/{language}/corrections/").content.decode()
    nothing = officer.post(address, {"action": "refuse", "answer": ""})
    assert ("no reason" if language == "en" else "没有理由") in text(nothing)
    officer.post(address, {"action": "refuse", "answer": "另一人的毕业证"})
    said = text(worker.get(f"/{language}/me/correct/"))
    assert "另一人的毕业证" in said
    assert ("administrative review within 60 days" if language == "en" else "60 日内申请行政复议") in said
    answered = text(officer.get(f"/{language}/corrections/?state=answered"))
    assert "王3" in answered


def test_an_overdue_request_is_said_first(officer: Client, request_: CorrectionRequest) -> None:
    CorrectionRequest.objects.update(due_on=date(2026, 1, 5))
    page = officer.get("/en/corrections/")
    assert "Answer one correction first: it is overdue" in text(page)
    assert 'class="clock late"' in page.content.decode()


def test_accepting_on_the_page_changes_the_record(officer: Client, request_: CorrectionRequest) -> None:
    done = officer.post(f"/en/corrections/{request_.pk}/", {"action": "accept", "answer": "", "document": ""}, follow=True)
    assert "accepted" in text(done)
    assert Worker.objects.get(pk=3).education == "bachelor"


def test_a_number_is_shown_once_and_confirmed_by_a_second_officer(worker: Client, officer: Client) -> None:
    fresh = identity_number("990101", born(3), 555)
    worker.post("/en/me/correct/?about=registry.identity:3:identity_number", {"wanted": fresh, "why": "the card"})
    address = f"/en/corrections/{CorrectionRequest.objects.get().pk}/"
    assert fresh not in text(officer.get(address))
    shown = officer.post(address, {"action": "show"})
    assert fresh in text(shown)
    assert shown["Cache-Control"] == "no-store, private"
    assert AuditEvent.objects.filter(chain="worker:3", action="registry.reveal").count() == 1
    unseen = officer.post(address, {"action": "accept", "document": "", "shown": "1"})
    assert "No paper was seen" in text(unseen)
    assert fresh in text(unseen), "it stays beside the form that came back"
    assert fresh in text(officer.post(address, {"action": "refuse", "answer": "", "shown": "1"}))
    assert AuditEvent.objects.filter(chain="worker:3", action="registry.reveal").count() == 1, "and is no second look"
    other = signed_in(grant("claims_officer", place=WEST))
    assert fresh not in text(other.post(address, {"action": "refuse", "answer": "", "shown": "1"}))
    officer.post(address, {"action": "accept", "document": "identity_card"})
    assert "Is this the right identity number of" in text(officer.get("/en/people/3/number/"))
    own = officer.post("/en/people/3/number/", {"action": "confirm"})
    assert "second officer must confirm" in text(own)
    second = signed_in(grant("claims_officer", place=WEST))
    assert fresh in text(second.post("/en/people/3/number/", {"action": "show"}))
    second.post("/en/people/3/number/", {"action": "confirm"})
    assert NumberChange.objects.get().state == "confirmed"
    second.post(address, {"action": "accept"})
    assert CorrectionRequest.objects.get().state == "accepted"


def test_a_name_is_changed_on_its_page(officer: Client) -> None:
    given = {"name": "王小美", "on": "2026-01-05", "document": "household_register", "reason": "married"}
    for wrong in ({"name": ""}, {"on": "5/1/2026"}, {"on": "2999-01-01"}, {"document": "x"}, {"reason": ""}, {"name": "王3"}):
        assert officer.post("/en/people/3/name/", {**given, **wrong}).status_code == 200, wrong
    assert officer.post("/en/people/3/name/", given)["Location"] == "/en/people/3/"
    assert name_of(3) == "王小美"


def test_documents_are_added_and_ended_on_their_page(officer: Client, now: datetime) -> None:
    address = "/en/people/3/documents/"
    assert officer.post(address, {"action": "add", "kind": "passport", "number": "??"}).status_code == 200
    officer.post(address, {"action": "add", "kind": "passport", "number": "e 1234 5678", "valid_until": "2030-01-01"})
    row = IdentityDocument.objects.get()
    page = officer.get(address)
    assert "E1******8" in text(page)
    assert "E12345678" not in page.content.decode()
    officer.post(address, {"action": "end", "document": str(row.pk), "end-reason": "lost"})
    row.refresh_from_db()
    assert row.ended_at
    other = identity.add_document(
        worker_id=5, kind="passport", number="E87654321", valid_until=None, by=viewer("assessor", place=CITY), now=now
    )
    assert officer.post(address, {"action": "end", "document": str(other.pk), "end-reason": "lost"}).status_code == 404


def test_a_number_of_another_record_is_told_on_the_page(officer: Client) -> None:
    number = vault().open("registry.identity", "identity_number", 5, Identity.objects.get(pk=5).number_sealed)
    answer = officer.post("/en/people/3/documents/", {"action": "add", "kind": "earlier_identity_number", "number": number})
    assert "on another record already" in text(answer)
    assert DuplicatePair.objects.get().reasons == ["document_refused"]


def test_the_persons_page_leads_to_what_can_be_put_right(officer: Client, pair: DuplicatePair) -> None:
    page = officer.get("/en/people/3/").content.decode()
    for address in ("/en/people/3/name/", "/en/people/3/phone/", "/en/people/3/documents/", f"/en/duplicates/{pair.pk}/"):
        assert address in page


def test_whoever_is_shown_on_a_page_can_see_who_looked(officer: Client, pair: DuplicatePair, request_: CorrectionRequest) -> None:
    for address in (f"duplicates/{pair.pk}", f"corrections/{request_.pk}", "people/3/documents", "people/3/name", f"duplicates/{pair.pk}"):
        assert officer.get(f"/en/{address}/").status_code == 200
    looks = AuditEvent.objects.filter(action="registry.view").values_list("chain", flat=True)
    assert sorted(looks) == ["worker:3", "worker:5"], "once a day for each person"


def test_an_unknown_decision_is_no_page(officer: Client, pair: DuplicatePair, request_: CorrectionRequest) -> None:
    for action in ("", "drop", "merge; apart"):
        assert officer.post(f"/en/duplicates/{pair.pk}/", {"action": action, "reason": "x"}).status_code == 404
        assert officer.post(f"/en/corrections/{request_.pk}/", {"action": action}).status_code == 404


def test_no_score_is_shown_for_a_pair_that_an_officer_named(officer: Client) -> None:
    officer.post("/en/duplicates/", {"first": "3", "second": "5"})
    page = officer.get("/en/duplicates/").content.decode()
    assert DuplicatePair.objects.get().score == 85
    assert 'data-th="Score">—<' in page
