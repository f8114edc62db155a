"""What a roster may do to somebody who did not ask for it: what its employer comes to see, what the person is told and can say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from guildhall.kernel.errors import NotFound
from guildhall.office.models import AuditEvent, Notice
from guildhall.registry import models
from guildhall.registry.engine.roster import RosterRow
from guildhall.registry.operations import imports
from guildhall.registry.operations.employment import confirm_employment
from guildhall.registry.queries.imports import noted
from guildhall.registry.queries.people import Question, search
from guildhall.registry.queries.people.record import person
from guildhall.web.viewer import Viewer
from tests import people
from tests.registry.rosters import TODAY, brought, row
from tests.world import BORN, CITY_OFFICER, LONG_AGO, World, build


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with override("en"):
        yield build()


def test_a_person_with_an_imported_row_opens_the_own_page(world: World) -> None:
    side = world.harbour
    batch = side.keys["roster done"]
    models.EmploymentSpell.objects.filter(worker_id=side.worker).update(batch_id=batch)
    models.Certificate.objects.filter(worker_id=side.worker).update(batch_id=batch)
    page = world.client("worker").get("/en/me/")
    assert page.status_code == 200
    assert "roster-harbour.xlsx" in page.content.decode()


ROW: dict[str, Any] = {"started_on": date(2026, 1, 5)}


def known(world: World, **said: Any) -> RosterRow:
    """The person of the next district as a roster would name them."""
    side = world.west
    return row(1, name=side.name(side.student), identity_number=side.number(side.student), birth=BORN, **{**ROW, **said})


def bring(world: World, entry: RosterRow, by: Viewer, now: datetime) -> models.ImportBatch:
    organisation = world.harbour.organisation
    return imports.apply(batch=brought([entry], by=by, now=now, organisation=organisation), by=by, now=now)


@pytest.fixture
def stranger(world: World, now: datetime) -> int:
    """Somebody whose number an employer knows, on its one-row roster."""
    bring(world, known(world, phone="13700001234", level="L1", certificate_number="S1"), world.viewer("employer"), now)
    return world.west.student


def test_a_one_row_roster_shows_no_more_than_it_said(world: World, stranger: int) -> None:
    side = world.west
    page = world.client("employer").get(f"/en/people/{stranger}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert side.name(stranger) in text
    assert "Only your roster says that this person works for you" in text
    for hidden in ("How did the level come about", "Month of birth", "Schooling", "Phone", "Sex", "When was the person insured"):
        assert hidden not in text
    found = person(world.viewer("employer"), stranger, TODAY)
    assert found.shown == {"name", "number", "employment"}
    assert (found.level, found.phone, found.certificates, found.claims, found.insurance) == ("", "", (), (), ())


def test_lists_and_searches_tell_an_employer_no_more(world: World, stranger: int) -> None:
    by, side = world.viewer("employer"), world.west
    listed = {one.worker_id: one for one in search(by, Question(organisation=by.organisation), today=TODAY).rows}
    one = listed[stranger]
    assert (one.name, one.level, one.phone, one.sex, one.age, one.confirmed) == (side.name(stranger), "", "", "", None, False)
    assert listed[world.harbour.worker].level == "L4"
    assert stranger not in {one.worker_id for one in search(by, Question(level="L4"), today=TODAY).rows}
    for text in (side.certificate(stranger), side.phone(stranger)):
        assert not search(by, Question(text), today=TODAY).rows
    assert [one.worker_id for one in search(by, Question(side.number(stranger)), today=TODAY).rows] == [stranger]


def test_the_person_is_told_and_confirms_it(world: World, stranger: int, now: datetime) -> None:
    told = Notice.objects.filter(worker_id=stranger, template="employment_reported")
    assert {notice.channel for notice in told} == {"app", "sms"}
    spell = models.EmploymentSpell.objects.get(worker_id=stranger)
    held = people.grant("worker", worker_id=stranger)
    page = people.signed_in(held).get("/en/me/").content.decode()
    assert "Yes, I work there" in page
    assert people.signed_in(held).post(f"/en/me/employment/{spell.pk}/", {"said": "yes"})["Location"] == "/en/me/"
    assert "level" in person(world.viewer("employer"), stranger, TODAY).shown
    assert AuditEvent.objects.filter(action="registry.confirm_employment", chain=f"worker:{stranger}").count() == 1
    assert "Yes, I work there" not in people.signed_in(held).get("/en/me/").content.decode()


@pytest.mark.parametrize("who", ["counter", "care", "employer"])
def test_nobody_confirms_for_the_person(world: World, now: datetime, who: str) -> None:
    with pytest.raises(NotFound):
        confirm_employment(spell_id=world.harbour.keys["spell"], by=world.viewer(who), now=now)


def test_an_employer_does_not_put_off_an_end_that_has_passed(world: World, now: datetime) -> None:
    side = world.harbour
    models.EmploymentSpell.objects.filter(pk=side.keys["spell"]).update(ended_on=date(2020, 1, 1))
    again = row(1, name=side.name(side.worker), identity_number=side.number(side.worker), birth=BORN, started_on=LONG_AGO)
    batch = bring(world, replace(again, ended_on=date(2030, 1, 1)), world.viewer("employer"), now)
    assert batch.rejected == 1
    assert models.EmploymentSpell.objects.get(pk=side.keys["spell"]).ended_on == date(2020, 1, 1)


def test_rejected_rows_go_in_full_to_whom_they_came_from(world: World) -> None:
    side = world.harbour
    batch = models.ImportBatch.objects.get(pk=side.keys["roster done"])
    address = f"/en/rosters/{batch.pk}/rejected/"
    for other in ("assessor", "claims_officer", "delegate"):
        assert world.client(other).get(address).status_code == 404, other
    assert address not in world.client("assessor").get(f"/en/rosters/{batch.pk}/").content.decode()
    assert world.client("employer").get(address).content.startswith(b"PK")
    event = AuditEvent.objects.get(action="registry.take_rejected")
    assert (event.chain, event.actor, event.details) == (f"organisation:{side.organisation}", world.viewer("employer").name, '{"rows":1}')
    models.ImportBatch.objects.filter(pk=batch.pk).update(brought_by=world.viewer("assessor").name)
    assert world.client("assessor").get(address).status_code == 200, "the officer who brought the file"
    models.ImportBatch.objects.filter(pk=batch.pk).update(state="applying")
    assert world.client("employer").get(address).status_code == 404, "not before it is applied"


def foreseen(world: World, now: datetime, who: str, *entries: RosterRow) -> models.ImportBatch:
    by = world.viewer(who)
    batch = brought(entries, by=by, now=now, organisation=world.harbour.organisation)
    imports.foresee(batch=batch, by=by, now=now)
    return batch


def probing(world: World) -> RosterRow:
    """A row that would tell much: another phone, another's certificate, somebody who works elsewhere."""
    side = world.west
    told = {"phone": "13700001234", "education": "bachelor", "level": "L4", "certificate_number": side.certificate(side.second)}
    return row(1, name=side.name(side.worker), identity_number=side.number(side.worker), birth=BORN, **{**ROW, **told})


def test_a_check_tells_an_employer_nothing_of_people_that_are_not_its_own(world: World, now: datetime) -> None:
    asked = foreseen(world, now, "employer", probing(world))
    assert asked.forecast["notes"] == {}
    assert foreseen(world, now, "assessor", probing(world)).forecast["notes"] == {}, "nor an officer of people of another district"
    assert set(foreseen(world, now, CITY_OFFICER, probing(world)).forecast["notes"]) >= {"elsewhere", "certificate_elsewhere"}
    contrary = foreseen(world, now, "employer", replace(probing(world), name="别人")).forecast["contrary"]
    assert [fault["code"] for entry in contrary for fault in entry["faults"]] == ["not_taken"]
    applied = bring(world, probing(world), world.viewer("employer"), now)
    assert noted(applied) == {}
    mine = world.harbour
    own = row(1, name=mine.name(mine.worker), identity_number=mine.number(mine.worker), birth=BORN, started_on=LONG_AGO)
    wrong = foreseen(world, now, "employer", replace(own, name="别人")).forecast["contrary"]
    assert [fault["code"] for entry in wrong for fault in entry["faults"]] == ["other_name"], "of its own people it is told"


def test_each_check_is_written_down_and_twenty_a_day_are_taken(world: World, now: datetime) -> None:
    for _n in range(20):
        foreseen(world, now, "employer", known(world))
    events = AuditEvent.objects.filter(action="registry.check_roster", chain=f"organisation:{world.harbour.organisation}")
    assert events.count() == 20
    assert {event.details for event in events} == {'{"accepted":1,"changed":0,"rejected":0,"unchanged":0}'}
    with pytest.raises(imports.TooOften):
        foreseen(world, now, "employer", known(world))
    foreseen(world, now, "assessor", known(world))
    foreseen(world, now + timedelta(days=1, minutes=1), "employer", known(world))


def test_an_erased_identity_does_not_close_the_list_of_leavers(world: World) -> None:
    side = world.harbour
    models.EmploymentSpell.objects.filter(organisation_id=side.organisation).update(ended_on=date(2020, 1, 1))
    models.Identity.objects.filter(pk=side.second).delete()
    page = world.client("employer").get(f"/en/organisations/{side.organisation}/people/?list=former")
    assert page.status_code == 200
    assert side.name(side.worker) in page.content.decode()
    assert side.name(side.second) not in page.content.decode()


def test_the_page_that_asks_why_is_a_look_at_the_person(world: World) -> None:
    side = world.harbour
    assert side.name(side.worker) in world.client("assessor").get(f"/en/people/{side.worker}/show/phone/").content.decode()
    event = AuditEvent.objects.get(action="registry.view", chain=f"worker:{side.worker}")
    assert event.actor == world.viewer("assessor").name
