"""Who is led to whom, what each role is shown, and that looking leaves a trace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.office.models import AuditEvent
from guildhall.registry import models
from guildhall.registry.operations.people import REVEALS_AN_HOUR, TooOften, find, look, reveal
from guildhall.registry.queries import people as query
from guildhall.registry.queries import scope
from guildhall.registry.queries.people import PARTS, SHOWN, Question
from guildhall.registry.queries.people.leavers import leavers

if TYPE_CHECKING:
    from tests.world import Side, World

DOCS = Path(__file__).resolve().parents[2] / "docs" / "method" / "search.md"
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture
def world(db: None) -> World:
    from tests.world import build

    return build(sessions=False)


@pytest.fixture
def harbour(world: World) -> Side:
    return world.harbour


def events(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action).order_by("event_id"))


LED = [
    # who, the person lives in, works in a firm of, has asked in; whether the officer of Harbour is led to the person
    ("assessor", "tiny-east-rest", "", "", True),
    ("assessor", "tiny-south", "", "", True),  # a district that a merger ended: Harbour answers for it today
    ("assessor", "tiny-west-quay", "", "", True),  # a township that the merger moved
    ("assessor", "tiny-west-rest", "", "", False),
    ("assessor", "tiny-east-hill", "", "", False),  # lay in East, which Harbour followed, but went to West
    ("assessor", "tiny-west-rest", "harbour", "", True),
    ("assessor", "tiny-west-rest", "west", "", False),
    ("assessor", "tiny-west-rest", "", "tiny-south", True),
    ("assessor", "tiny-west-rest", "", "tiny-west-rest", False),
    ("claims_officer", "tiny-east-rest", "", "", True),
    ("arrears_officer", "tiny-east-rest", "", "", False),  # a residence says nothing about wages
    ("arrears_officer", "tiny-west-rest", "harbour", "", True),
    ("arrears_officer", "tiny-west-rest", "", "tiny-south", True),
    ("planner", "tiny-east-rest", "harbour", "", False),
    ("administrator", "tiny-east-rest", "harbour", "", False),
    ("auditor", "tiny-east-rest", "harbour", "", False),
    ("employer", "tiny-west-rest", "harbour", "", True),
    ("employer", "tiny-east-rest", "neighbour", "", False),
    ("college", "tiny-east-rest", "harbour", "", False),
]


@pytest.mark.parametrize(("who", "home", "firm", "application", "led"), LED)
def test_what_leads_to_a_person(world: World, who: str, home: str, firm: str, application: str, led: bool) -> None:
    worker = world.west.student
    models.Worker.objects.filter(pk=worker).update(residence_id=home)
    if firm:
        organisation = getattr(world, firm).organisation
        models.EmploymentSpell.objects.create(
            worker_id=worker, organisation_id=organisation, contract="regular", started_on=date(2020, 1, 1)
        )
    if application:
        models.CorrectionRequest.objects.create(
            worker_id=worker, subject="x", wanted_sealed=b"", place_id=application, lodged_at=NOW, due_on=TODAY
        )
    viewer = world.viewer(who)
    assert scope.people(viewer, TODAY).filter(pk=worker).exists() is led
    reach = scope.reach(viewer, TODAY)
    assert any(models.Worker.objects.filter(pk=worker).filter(way).exists() for way in reach.ways) is led
    if query.shown_to(viewer):
        found = query.search(viewer, Question(world.west.number(worker)), today=TODAY)
        assert [row.worker_id for row in found.rows] == ([worker] if led else [])


@pytest.mark.parametrize("who", ["assessor", "claims_officer", "arrears_officer"])
def test_an_officer_of_the_city_sees_both_districts(world: World, who: str) -> None:
    world.harbour.grants[who].place = "tiny"
    viewer = world.viewer(who)
    for side in world.sides:
        assert [row.worker_id for row in query.search(viewer, Question(side.number(side.worker)), today=TODAY).rows] == [side.worker]


def test_a_jurisdiction_follows_the_places_on_record_at_once(world: World) -> None:
    officer, town = world.viewer("assessor"), "tiny-new-town"
    models.Worker.objects.filter(pk=world.west.student).update(residence_id="tiny-west-rest")
    assert not scope.people(officer, TODAY).filter(pk=world.west.student).exists()
    models.Place.objects.create(place_id=town, kind="township", name_zh="新镇", name_en="New Town", source="made-up", status="generated")
    models.PlaceParent.objects.create(
        place_id=town, parent_id=world.harbour.place, relation="administrative", source="made-up", status="generated"
    )
    models.Worker.objects.filter(pk=world.west.student).update(residence_id=town)
    assert scope.people(officer, TODAY).filter(pk=world.west.student).exists()
    assert scope.jurisdiction(officer, TODAY) >= {town, "tiny-south"}  # type: ignore[operator]


def test_a_leaver_is_lost_to_the_employer_but_for_the_name(world: World, harbour: Side) -> None:
    viewer = world.viewer("employer")
    models.CorrectionRequest.objects.all().delete()  # which would lead an arrears officer to the person
    models.EmploymentSpell.objects.filter(worker=harbour.worker).update(ended_on=TODAY)
    assert [row.worker_id for row in query.search(viewer, Question(), today=TODAY).rows] == [harbour.second]
    with pytest.raises(NotFound):
        look(worker_id=harbour.worker, by=viewer, now=NOW)
    left, more = leavers(viewer, harbour.organisation, today=TODAY)
    assert [(row.name, row.person, row.spell.ended_on) for row in left] == [(harbour.name(harbour.worker), None, TODAY)]
    assert not more
    officer, _ = leavers(world.viewer("assessor"), harbour.organisation, today=TODAY)
    assert [row.person for row in officer] == [harbour.worker], "an officer sees the leaver through the residence"
    assert leavers(world.viewer("arrears_officer"), harbour.organisation, today=TODAY) == ((), "")
    with pytest.raises(NotFound):
        leavers(viewer, world.west.organisation, today=TODAY)


def test_leavers_come_page_by_page(world: World, harbour: Side) -> None:
    for key in (harbour.worker, harbour.second, world.west.worker):
        models.EmploymentSpell.objects.filter(worker=key).delete()
        models.EmploymentSpell.objects.create(
            worker_id=key, organisation_id=harbour.organisation, contract="regular", started_on=date(2020, 1, 1), ended_on=date(2021, 1, 1)
        )
    viewer, after, told = world.viewer("employer"), "", list[str]()
    for _turn in range(3):
        rows, after = leavers(viewer, harbour.organisation, today=TODAY, after=after, size=1)
        told += [row.name for row in rows]
    assert told == [harbour.name(harbour.worker), harbour.name(harbour.second), world.west.name(world.west.worker)]
    assert after == ""


def test_each_role_is_shown_its_own_parts(world: World, harbour: Side) -> None:
    for key in (harbour.worker,):
        models.InsuranceSpell.objects.create(
            worker_id=key, organisation_id=world.west.organisation, scheme="unemployment", started_on=date(2020, 1, 1)
        )
        models.EmploymentSpell.objects.create(
            worker_id=key,
            organisation_id=world.west.organisation,
            contract="regular",
            started_on=date(2015, 1, 1),
            ended_on=date(2018, 1, 1),
        )
        models.ReportedFact.objects.create(worker_id=key, kind="hardship", started_on=date(2020, 1, 1), as_of=date(2026, 1, 1))
        models.ReportedFact.objects.create(worker_id=key, kind="graduate", started_on=date(2020, 1, 1), as_of=date(2026, 1, 1))

    def seen(who: str) -> dict[str, Any]:
        found = look(worker_id=harbour.worker, by=world.viewer(who), now=NOW)
        return {
            "level": found.level,
            "certificates": len(found.certificates),
            "employers": len(found.employment),
            "insurance": len(found.insurance),
            "reported": sorted(job.row.kind for job in found.reported),
            "responsible": found.responsible is not None,
        }

    everything = {
        "level": "L4",
        "certificates": 1,
        "employers": 2,
        "insurance": 1,
        "reported": ["graduate", "hardship"],
        "responsible": True,
    }
    assert seen("claims_officer") == everything
    assert seen("assessor") == everything | {"reported": ["graduate"]}
    assert seen("arrears_officer") == everything | {"level": "", "certificates": 0, "reported": []}
    assert seen("employer") == everything | {"employers": 1, "insurance": 0, "reported": [], "responsible": False}


def test_the_table_of_parts_stands_in_the_docs() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = {cells[0]: cells[1:] for cells in (re.findall(r"[^|]+", line) for line in text.splitlines() if line.startswith("| `"))}
    roles = [role for role in SHOWN if role != "system"]
    told = {name.strip(" `"): dict(zip(roles, (cell.strip() for cell in cells), strict=False)) for name, cells in rows.items()}
    assert {part: {role: SHOWN[role].get(part, "—") for role in roles} for part in PARTS} == {part: told[part] for part in PARTS}


def test_opening_a_page_is_written_down_once_a_day(world: World, harbour: Side) -> None:
    for hours in (0, 1, 2):
        look(worker_id=harbour.worker, by=world.viewer("assessor"), now=NOW + timedelta(hours=hours))
    look(worker_id=harbour.worker, by=world.viewer("claims_officer"), now=NOW)
    look(worker_id=harbour.worker, by=world.viewer("assessor"), now=NOW + timedelta(hours=14))  # the next day in the city
    found = [(event.chain, event.role, timezone.localtime(event.at).day) for event in events("registry.view")]
    chain = f"worker:{harbour.worker}"
    assert found == [(chain, "assessor", 20), (chain, "claims_officer", 20), (chain, "assessor", 21)]


def test_a_look_at_a_merged_record_is_a_look_at_the_person(world: World, harbour: Side) -> None:
    models.Alias.objects.create(worker_id=harbour.second, merged_into_id=harbour.worker, reason="the same", merged_at=NOW)
    found = look(worker_id=harbour.second, by=world.viewer("assessor"), now=NOW)
    assert found.worker.pk == harbour.worker
    assert [record.worker_id for record in found.records] == [harbour.worker, harbour.second]
    assert [event.chain for event in events("registry.view")] == [f"worker:{harbour.worker}"]
    by_number = find(question=Question(harbour.number(harbour.second)), by=world.viewer("assessor"), now=NOW)
    assert [row.worker_id for row in by_number.rows] == [harbour.worker]


def test_a_refused_look_writes_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        look(worker_id=world.west.worker, by=world.viewer("assessor"), now=NOW)
    assert not AuditEvent.objects.filter(action__startswith="registry.view").exists()


def test_a_search_by_number_is_written_down_and_one_by_name_is_not(world: World, harbour: Side) -> None:
    officer = world.viewer("assessor")
    for text in (harbour.number(harbour.worker), harbour.phone(harbour.worker), harbour.certificate(harbour.worker)):
        found = find(question=Question(text), by=officer, now=NOW)
        assert [row.worker_id for row in found.rows] == [harbour.worker], text
    find(question=Question(harbour.name(harbour.worker)[:2]), by=officer, now=NOW)
    find(question=Question(world.west.number(world.west.worker)), by=officer, now=NOW)
    told = [(event.chain, json.loads(event.details)) for event in events("registry.search")]
    assert told == [
        (f"worker:{harbour.worker}", {"by": "identity_number", "found": 1}),  # the same person on the same day: once
        (officer.name, {"by": "identity_number", "found": 0}),
    ]
    said = " ".join(f"{event.details} {event.reason}" for event in AuditEvent.objects.all())
    assert harbour.number(harbour.worker) not in said


def test_a_number_is_shown_for_a_reason_and_each_time_is_written_down(world: World, harbour: Side) -> None:
    officer = world.viewer("assessor")
    shown: Any = {"by": officer, "now": NOW, "worker_id": harbour.worker, "reason": "counter"}
    assert reveal(field="identity_number", **shown) == harbour.number(harbour.worker)
    assert reveal(field="phone", note="called back", **shown) == harbour.phone(harbour.worker)
    assert reveal(field="certificate", row=harbour.worker, **shown) == harbour.certificate(harbour.worker)
    told = [(event.reason, json.loads(event.details)) for event in events("registry.reveal")]
    assert told == [
        ("counter", {"field": "identity_number", "reason": "counter"}),
        ("called back", {"field": "phone", "reason": "counter"}),
        ("counter", {"field": "certificate", "reason": "counter", "row": harbour.worker}),
    ]


@pytest.mark.parametrize(
    ("who", "whose", "field"),
    [
        ("assessor", "west", "identity_number"),
        ("employer", "harbour", "identity_number"),
        ("arrears_officer", "harbour", "certificate"),
        ("planner", "harbour", "phone"),
        ("worker", "harbour", "phone"),
        ("counter", "harbour", "phone"),
        ("assessor", "harbour", "claim"),
        ("assessor", "harbour", "address"),
    ],
)
def test_what_a_role_may_not_see_whole_is_not_there(world: World, who: str, whose: str, field: str) -> None:
    side = getattr(world, whose)
    with pytest.raises(NotFound):
        reveal(worker_id=side.worker, field=field, row=side.worker, reason="counter", by=world.viewer(who), now=NOW)
    assert events("registry.reveal") == []


def test_a_certificate_of_somebody_else_is_not_shown_under_a_person(world: World, harbour: Side) -> None:
    with pytest.raises(NotFound):
        reveal(worker_id=harbour.worker, field="certificate", row=world.west.worker, reason="counter", by=world.viewer("assessor"), now=NOW)


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("curiosity", ""), ("counter", "13912345678"), ("counter", "x" * 201)])
def test_no_number_without_a_reason_and_no_number_in_the_reason(world: World, harbour: Side, reason: str, note: str) -> None:
    with pytest.raises(GuildhallError):
        reveal(worker_id=harbour.worker, field="phone", reason=reason, note=note, by=world.viewer("assessor"), now=NOW)
    assert events("registry.reveal") == []


def test_numbers_are_not_copied_out_one_by_one(world: World, harbour: Side) -> None:
    shown: dict[str, Any] = {"worker_id": harbour.worker, "field": "phone", "reason": "contact"}
    officer = world.viewer("assessor")
    for _ in range(REVEALS_AN_HOUR):
        reveal(by=officer, now=NOW, **shown)
    with pytest.raises(TooOften):
        reveal(by=officer, now=NOW, **shown)
    assert reveal(by=world.viewer("claims_officer"), now=NOW, **shown)
    assert reveal(by=officer, now=NOW + timedelta(hours=1, seconds=1), **shown)


@pytest.fixture
def seen(db: None, shown: None) -> Iterator[World]:
    from tests.world import build

    with translation.override("en"):
        yield build()


@pytest.mark.usefixtures("shown")
def test_what_was_typed_stands_in_no_address_and_no_event(seen: World) -> None:
    client, side = seen.client("assessor"), seen.harbour
    for text in (side.name(side.worker), side.number(side.worker)):
        response = client.post(reverse("people"), {"text": text})
        assert response.status_code == 302
        address = response.headers["Location"]
        assert text not in address
        assert side.name(side.worker) in client.get(address).content.decode()
        assert seen.client("claims_officer").get(address).status_code == 404, "the address of a search is the searcher's own"


def test_a_number_is_shown_on_the_answer_to_a_form_alone(seen: World) -> None:
    client, side = seen.client("assessor"), seen.harbour
    address = reverse("reveal", args=[side.worker, "phone"])
    assert side.phone(side.worker) not in client.get(address).content.decode()
    asked = client.post(address, {})
    assert asked.status_code == 200
    assert side.phone(side.worker) not in asked.content.decode()
    shown = client.post(address, {"reason": "contact"})
    assert side.phone(side.worker) in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert len(events("registry.reveal")) == 1


def test_pages_of_a_place_and_an_organisation_add_people_for_those_who_see_them(seen: World) -> None:
    side = seen.harbour
    for who, told in (("assessor", True), ("employer", True), ("planner", False), ("public", False), ("worker", False)):
        page = seen.client(who).get(reverse("organisation", args=[side.organisation])).content.decode()
        assert (reverse("organisation_people", args=[side.organisation]) in page) is told, who
    for who, told in (("assessor", True), ("arrears_officer", False), ("employer", False), ("planner", False), ("public", False)):
        page = seen.client(who).get(reverse("place", args=[side.place])).content.decode()
        assert (reverse("people") + "?place=" in page) is told, who
    other = seen.client("assessor").get(reverse("organisation", args=[seen.west.organisation])).content.decode()
    assert reverse("organisation_people", args=[seen.west.organisation]) not in other
