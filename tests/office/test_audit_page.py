"""The auditor's page: what is shown to whom, and a download that others can verify."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from guildhall.office.engine import merkle
from guildhall.office.engine.actions import ACTIONS
from guildhall.office.engine.chain import SEPARATOR
from guildhall.office.engine.seals import Checker, covered
from guildhall.office.models import AuditCheck, AuditEvent, Grant
from guildhall.office.operations.audit import bring_outside, note_check, record, seal
from guildhall.office.queries.audit import Asked, events, exported
from guildhall.office.queries.verification import verify
from guildhall.office.viewers import viewer_in
from guildhall.registry.models import Place
from guildhall.web.viewer import PUBLIC, Viewer, system
from tests.people import grant, signed_in, viewer

NOW = datetime(2026, 1, 30, 2, 0, tzinfo=UTC)
HARBOUR, WEST = frozenset({"tiny-harbour"}), frozenset({"tiny-west"})
pytestmark = pytest.mark.django_db


@pytest.fixture
def town(var: Path) -> None:
    """A city with nothing but its own place."""
    Place.objects.create(place_id="tiny", kind="city", name_zh="小城", name_en="Tiny", source="made up", status="generated")


def write(by: Viewer, subject: str = "worker:17", *, action: str = "registry.reveal", at: datetime = NOW) -> AuditEvent:
    return record(subject=subject, action=action, by=by, now=at, reason="核对证书", details={"field": "phone"})


def seen(by: Viewer, places: frozenset[str] | None = None, **asked: Any) -> list[int]:
    return [event.row.event_id for event in events(by, Asked(**asked), places=places).rows]


@pytest.fixture
def city_auditor() -> Viewer:
    return viewer("auditor", place="tiny")


def test_events_are_found_by_subject_actor_action_and_day(city_auditor: Viewer) -> None:
    officer = viewer("assessor", place="tiny-harbour", name="officer.chen")
    first = write(officer)
    second = write(officer, "worker:18", action="registry.view")
    late = write(system("work"), "registry", action="registry.load", at=datetime(2026, 1, 30, 16, 0, tzinfo=UTC))
    assert seen(city_auditor) == [late.pk, second.pk, first.pk]
    assert seen(city_auditor, subject="worker:18") == [second.pk]
    assert seen(city_auditor, actor=officer.name) == seen(city_auditor, actor="officer.chen") == [second.pk, first.pk]
    assert seen(city_auditor, action="registry.load") == [late.pk]
    assert seen(city_auditor, day=date(2026, 1, 31)) == [late.pk]  # midnight is the city's
    assert seen(city_auditor, day=date(2026, 1, 30), actor=officer.name, action="registry.view") == [second.pk]


def test_pages_follow_each_other_without_gap_or_repetition(city_auditor: Viewer) -> None:
    keys = [write(system("work"), f"worker:{n % 3}").pk for n in range(12)]
    found, before = list[int](), 0
    while True:
        page = events(city_auditor, Asked(), places=None, before=before, size=5)
        found += [event.row.event_id for event in page.rows]
        if not (before := page.next):
            break
        write(system("work"))  # what is written meanwhile stands before the first page
    assert found == keys[::-1]


def test_an_auditor_of_a_district_sees_what_staff_did_in_its_roles_while_they_held_them() -> None:
    auditor = viewer("auditor", place="tiny-harbour")
    here, there = viewer("assessor", place="tiny-harbour"), viewer("assessor", place="tiny-west")
    moved = grant("claims_officer", place="tiny-harbour")
    Grant.objects.filter(pk=moved.pk).update(valid_from=date(2026, 1, 1), valid_until=date(2026, 1, 30))
    again = Grant.objects.create(
        account=moved.account, role="claims_officer", place="tiny-west", granted_by="test", valid_from=date(2026, 1, 30)
    )
    mine = write(here)
    write(there)
    write(viewer("worker", worker_id=17))
    write(system("work"))
    before = write(viewer_in(moved), at=NOW - timedelta(days=1))
    after = write(viewer_in(again))
    assert seen(auditor, HARBOUR) == [before.pk, mine.pk]
    assert after.pk in seen(auditor, WEST)
    assert [event["event_id"] for event in exported(auditor, Asked(), places=HARBOUR)] == [mine.pk, before.pk]


@pytest.mark.parametrize("role", ["assessor", "administrator", "planner"])
def test_nobody_else_sees_events(role: str) -> None:
    write(system("work"))
    assert seen(viewer(role, place="tiny")) == seen(PUBLIC) == []


def _page(auditor: Client, query: str = "", language: str = "en") -> str:
    response = auditor.get(f"/{language}/audit/{query}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.usefixtures("town")
def test_the_page_says_whether_anything_was_altered(copy: Path) -> None:
    auditor = signed_in(grant("auditor", place="tiny"))
    assert "It was not verified yet" in _page(auditor)
    event = write(viewer("assessor", place="tiny-harbour"))
    seal(now=NOW)
    bring_outside()
    note_check(found=verify(), by=system("work"), now=NOW, seconds=0.1)
    text = _page(auditor)
    assert "Nothing was altered up to seal 1" in text
    assert ACTIONS["registry.reveal"].en in text
    assert "sealed" in text
    AuditCheck.objects.update(
        damages=[{"kind": "changed", "chain": "worker:17", "position": 1, "event": event.pk, "seal": 0, "why": "", "what": ""}]
    )
    assert "Altered at 1 place" in _page(auditor)
    zh = _page(auditor, language="zh-hans")
    assert "有 1 处被改动" in zh
    assert "有事件被修改" in zh


@pytest.mark.usefixtures("town")
def test_what_is_asked_for_wrongly_is_told(copy: Path) -> None:
    auditor = signed_in(grant("auditor", place="tiny"))
    assert auditor.get("/en/audit/?action=registry.nothing").status_code == 404
    assert auditor.get("/en/audit/?day=yesterday").status_code == 400
    for query in ("?after=x", "?after=99999999999999999999", "?after=%00", "?subject=%00&actor='"):
        _page(auditor, query)
    assert "No event that you may see matches" in _page(auditor, "?subject=worker:404")
    assert signed_in(grant("assessor", place="tiny")).get("/en/audit/").status_code == 404
    assert Client().get("/en/audit/").status_code == 302


def _downloaded(auditor: Client, query: str) -> dict[str, Any]:
    response: Any = auditor.get(f"/en/audit/events.json{query}")
    assert "attachment" in response["Content-Disposition"]
    found: dict[str, Any] = json.loads(b"".join(response.streaming_content))
    return found


@pytest.mark.usefixtures("town")
def test_a_download_can_be_verified_with_nothing_but_the_public_key(copy: Path) -> None:
    """As someone without the database would do it: the digests of the chain, the path to the root, the seal, the signature."""
    officer = viewer("assessor", place="tiny-harbour")
    for n in range(5):
        write(officer, f"worker:{n}")
        write(officer)
    seal(now=NOW)
    write(officer)
    found = _downloaded(signed_in(grant("auditor", place="tiny")), "?subject=worker:17")
    previous, digests = bytes(32), {}
    for event in found["events"]:
        names = ("chain", "position", "at", "actor", "role", "on_behalf", "action", "reason", "details", "batch")
        text = SEPARATOR.join("" if event[name] is None else str(event[name]) for name in names)
        digest = sha256(previous + text.encode()).digest()
        assert (digest.hex(), previous.hex()) == (event["digest"], event["previous"])
        previous = digests[event["event_id"]] = digest
    assert len(found["events"]) == 6
    proof = found["proof"]
    seal_told = proof["seal"]
    path = [[bytes.fromhex(digest) for digest in others] for others in proof["path"]]
    root = merkle.root_by(digests[proof["event"]], proof["at"], proof["of"], path)
    assert root.hex() == seal_told["root"]
    told = {name: seal_told[name] for name in ("seal", "at", "last_event", "events")}
    digest = covered(**told, root=root, previous=bytes.fromhex(seal_told["previous"]))
    assert digest.hex() == seal_told["digest"]
    assert Checker([bytes.fromhex(proof["key"])]).signed(digest, bytes.fromhex(seal_told["signature"]))


@pytest.mark.usefixtures("town")
def test_a_download_is_itself_an_event(copy: Path) -> None:
    held = grant("auditor", place="tiny")
    write(system("work"))
    found = _downloaded(signed_in(held), "?action=registry.reveal")
    assert [event["action"] for event in found["events"]] == ["registry.reveal"]
    assert found["proof"] is None
    event = AuditEvent.objects.get(chain="audit")
    assert (event.action, event.actor, event.details) == (
        "office.export_events", f"account:{held.account_id}", '{"action":"registry.reveal"}',
    )  # fmt: skip


@pytest.mark.usefixtures("town")
def test_a_reason_that_is_a_code_is_said_in_words(copy: Path) -> None:
    for reason in ("correction:7", "counter", "counter: as they said"):
        record(subject="worker:17", action="registry.merge", by=system("test"), now=NOW, reason=reason)
    auditor = signed_in(grant("auditor", place="tiny"))
    assert "to handle a correction request, No. 7" in _page(auditor)
    assert "本人在窗口办事" in _page(auditor, language="zh-hans")
    assert "counter: as they said" in _page(auditor), "what somebody wrote stands as it was written"
