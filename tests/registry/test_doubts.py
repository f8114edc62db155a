"""Employment of people whom the bringer of a roster had not seen before: it opens nothing until the person or insurance confirms it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from guildhall.kernel.errors import AlreadyDone, NotFound
from guildhall.office.models import AuditEvent, Grant, Notice
from guildhall.office.operations.delegations import delegate
from guildhall.office.viewers import viewer_in
from guildhall.registry import models
from guildhall.registry.engine.months import bears_out
from guildhall.registry.engine.roster import RosterRow
from guildhall.registry.operations import corrections, feeds, imports
from guildhall.registry.operations.claims import claim_at_counter
from guildhall.registry.operations.doubts import confirm_by_insurance
from guildhall.registry.operations.employment import confirm_employment, deny_employment
from guildhall.registry.operations.people import reveal
from guildhall.registry.queries import scope
from guildhall.registry.queries.imports import Occupations
from guildhall.registry.queries.people import Question, search
from guildhall.registry.queries.people.leavers import leavers
from guildhall.registry.queries.people.record import person
from guildhall.registry.queries.records import kept_by
from guildhall.registry.queries.vouched import known_among, unconfirmed
from guildhall.web.viewer import Viewer, system
from tests import people
from tests.registry.rosters import TODAY, brought, row
from tests.world import BORN, CITY_OFFICER, LONG_AGO, World, build

OFFICERS = ("assessor", "claims_officer", "arrears_officer")
BRINGERS = ("employer", "assessor")


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with override("en"):
        yield build()


def entry(world: World, **said: Any) -> RosterRow:
    """Somebody of the next district who works nowhere, as a roster of Harbour's employer names them."""
    side = world.west
    given = {"name": side.name(side.student), "identity_number": side.number(side.student), "started_on": date(2026, 1, 5)}
    return row(1, birth=BORN, **{**given, **said})


def bring(world: World, by: Viewer, now: datetime, *entries: RosterRow) -> models.ImportBatch:
    organisation = world.harbour.organisation
    return imports.apply(batch=brought(entries or [entry(world)], by=by, now=now, organisation=organisation), by=by, now=now)


def spell_of(world: World) -> models.EmploymentSpell:
    return models.EmploymentSpell.objects.get(worker_id=world.west.student)


def themselves(world: World) -> Viewer:
    held = Grant.objects.filter(role="worker", worker_id=world.west.student, revoked_at=None).first()
    return viewer_in(held or people.grant("worker", worker_id=world.west.student))


def seen_by(world: World, who: str) -> bool:
    by, key = world.viewer(who), world.west.student
    found = scope.people(by, TODAY).filter(pk=key).exists()
    assert scope.records(by, TODAY).filter(pk=key).exists() == found
    assert (key in scope.seen_among(by, [key], TODAY)) == found
    return found


@pytest.mark.parametrize("who", BRINGERS)
def test_a_roster_opens_nobody_to_the_officers_of_its_district(world: World, now: datetime, who: str) -> None:
    assert (bring(world, world.viewer(who), now).accepted, spell_of(world).doubtful) == (1, True)
    for role in OFFICERS:
        assert not seen_by(world, role)
        with pytest.raises(NotFound):
            person(world.viewer(role), world.west.student, TODAY)
        with pytest.raises(NotFound):
            reveal(worker_id=world.west.student, field="phone", reason="contact", by=world.viewer(role), now=now)
    officer, named = world.viewer("assessor"), {"phone": "13700001234", "document": "identity_card", "reason": "came"}
    with pytest.raises(NotFound):
        kept_by(officer, world.west.student, now)
    with pytest.raises(NotFound):
        claim_at_counter(worker_id=world.west.student, by=officer, now=now, **named)
    listed = search(officer, Question(organisation=world.harbour.organisation), today=TODAY).rows
    assert world.west.student not in {one.worker_id for one in listed}
    assert world.client("assessor").get(f"/en/people/{world.west.student}/").status_code == 404
    assert person(world.viewer("employer"), world.west.student, TODAY).shown == {"name", "number", "employment"}


def test_for_strangers_the_rules_of_employers_hold_for_an_officer_too(world: World, now: datetime) -> None:
    side, by = world.west, world.viewer("assessor")
    before = models.Worker.objects.filter(pk=side.student).values().get(), models.Identity.objects.filter(pk=side.student).values().get()
    refused = bring(world, by, now, entry(world, name="某某某"))
    assert (refused.rejected, [fault["code"] for fault in refused.rejected_rows.get().faults]) == (1, ["not_taken"])
    bring(world, by, now, entry(world, phone="13700001234", education="bachelor", residence="tiny-south"))
    after = models.Worker.objects.filter(pk=side.student).values().get(), models.Identity.objects.filter(pk=side.student).values().get()
    assert after == before
    assert {notice.channel for notice in Notice.objects.filter(worker_id=side.student, template="employment_reported")} == {"app", "sms"}
    assert unconfirmed([side.student], TODAY) == {spell_of(world).pk}, "the person is asked"


def test_whom_an_officer_sees_anyway_is_not_doubtful(world: World, now: datetime) -> None:
    bring(world, world.viewer(CITY_OFFICER), now)
    assert not spell_of(world).doubtful
    assert seen_by(world, "assessor")
    assert not Notice.objects.filter(template="employment_reported").exists()


def test_new_people_of_a_file_are_seen_by_the_officer_and_not_by_its_employer(world: World, now: datetime) -> None:
    for who, n in (("assessor", 70), ("employer", 71)):
        bring(world, world.viewer(who), now, row(n, started_on=date(2026, 1, 5), residence="tiny-west-rest"))
    first, second = models.EmploymentSpell.objects.order_by("-pk")[:2][::-1]
    assert (first.doubtful, second.doubtful) == (False, True)
    assert scope.people(world.viewer("assessor"), TODAY).filter(pk=first.worker_id).exists()
    assert not scope.people(world.viewer("assessor"), TODAY).filter(pk=second.worker_id).exists()


def test_the_person_confirms_and_then_it_counts(world: World, now: datetime) -> None:
    models.Worker.objects.filter(pk=world.west.student).update(standing="job_seeker")
    bring(world, world.viewer("employer"), now)
    assert models.Worker.objects.get(pk=world.west.student).standing == "job_seeker", "a stranger's roster changes nothing of the person"
    confirm_employment(spell_id=spell_of(world).pk, by=themselves(world), now=now)
    assert not spell_of(world).doubtful
    assert models.Worker.objects.get(pk=world.west.student).standing == "worker"
    assert seen_by(world, "assessor")
    assert "level" in person(world.viewer("employer"), world.west.student, TODAY).shown


@pytest.mark.parametrize("who", BRINGERS)
def test_a_strangers_roster_does_not_end_the_search_for_work(world: World, now: datetime, who: str) -> None:
    models.Worker.objects.filter(pk=world.west.student).update(standing="job_seeker")
    for _twice in range(2):
        bring(world, world.viewer(who), now)
    assert models.Worker.objects.get(pk=world.west.student).standing == "job_seeker"


def insure(world: World, start: date, end: date | None = None, **other: Any) -> None:
    given = {"organisation_id": world.harbour.organisation, "worker_id": world.west.student, **other}
    models.InsuranceSpell.objects.create(scheme="unemployment", started_on=start, ended_on=end, **given)


@pytest.mark.parametrize(
    ("start", "end", "ends"),
    [
        (date(2025, 12, 1), None, True),
        (date(2025, 12, 1), date(2026, 1, 10), False),
        (date(2019, 1, 1), date(2020, 1, 1), False),
    ],
)
def test_only_insurance_that_lasts_ends_the_doubt(world: World, now: datetime, start: date, end: date | None, ends: bool) -> None:
    bring(world, world.viewer("employer"), now)
    insure(world, date(2020, 1, 1), organisation_id=world.west.organisation)
    assert confirm_by_insurance(today=TODAY) == 0, "another employer's"
    insure(world, start, end)
    assert confirm_by_insurance(today=TODAY) == ends
    assert spell_of(world).doubtful != ends
    assert seen_by(world, "assessor") == ends
    assert bool(known_among(world.harbour.organisation, [world.west.student], TODAY)) == ends


def test_the_file_of_the_insurance_authority_ends_the_doubt(world: World, now: datetime) -> None:
    bring(world, world.viewer("employer"), now)
    by, side = system("test"), world.west
    said = f"{side.number(side.student)},,2025-12,,ORG{world.harbour.organisation}"
    file = f"身份证号,姓名,参保起始年月,参保终止年月,单位编号\n{said}".encode()
    batch = feeds.bring(content=file, name="i.csv", kind="insurance", as_of=TODAY, occupations=Occupations, by=by, now=now)
    feeds.apply(batch=batch, by=by, now=now)
    assert not spell_of(world).doubtful
    assert '"employment_confirmed":1' in AuditEvent.objects.get(action="registry.import_feed").details


def test_insurance_on_another_record_of_the_person_counts(world: World, now: datetime) -> None:
    bring(world, world.viewer("employer"), now)
    insure(world, date(2025, 12, 1), worker_id=world.west.second)
    assert confirm_by_insurance(today=TODAY) == 0
    alias = models.Alias.objects.create(worker_id=world.west.second, merged_into_id=world.west.student, reason="x", merged_at=now)
    assert confirm_by_insurance(today=TODAY) == 1
    alias.delete()
    models.EmploymentSpell.objects.filter(worker_id=world.west.student).update(doubtful=True)
    models.Alias.objects.create(worker_id=world.west.student, merged_into_id=world.west.second, reason="x", merged_at=now)
    assert confirm_by_insurance(today=TODAY, workers=[world.west.student]) == 1


def test_old_insurance_does_not_vouch_for_a_new_spell(world: World, now: datetime) -> None:
    """Somebody worked there until 2020 and was insured to the end of the month after: that says nothing of today."""
    side, by = world.west, world.viewer("employer")
    there = {"worker_id": side.student, "organisation_id": world.harbour.organisation}
    models.EmploymentSpell.objects.create(contract="regular", started_on=date(2018, 1, 1), ended_on=date(2020, 6, 15), **there)
    insure(world, date(2018, 1, 1), date(2020, 7, 1))
    again = entry(world, started_on=date(2020, 6, 15))
    bring(world, by, now, again)
    found = models.EmploymentSpell.objects.get(worker_id=side.student, ended_on=None)
    assert found.doubtful
    assert unconfirmed([side.student], TODAY) == {found.pk}
    assert person(by, side.student, TODAY).shown == {"name", "number", "employment"}
    phone = models.Identity.objects.get(pk=side.student).phone_hash
    bring(world, by, now, replace(again, phone="13700001234"))
    assert models.Identity.objects.get(pk=side.student).phone_hash == phone


def test_whom_the_employer_insures_today_is_its_own(world: World, now: datetime) -> None:
    insure(world, date(2025, 12, 1))
    bring(world, world.viewer("employer"), now)
    assert not spell_of(world).doubtful


@pytest.mark.parametrize(
    ("paid", "start", "end", "borne"),
    [
        ([("2025-01-01", None)], "2026-01-05", None, True),
        ([("2025-01-01", "2026-01-30")], "2025-01-05", None, False),
        ([("2025-01-01", "2026-01-31")], "2025-01-05", None, True),
        ([("2026-02-01", None)], "2025-01-05", None, False),
        ([("2018-01-01", "2020-07-01")], "2018-01-01", "2020-06-15", True),
        ([("2018-01-01", "2019-07-01")], "2019-07-01", "2020-06-15", False),
        ([], "2019-07-01", "2020-06-15", False),
    ],
)
def test_insurance_bears_out_a_spell(paid: list[tuple[str, str | None]], start: str, end: str | None, borne: bool) -> None:
    assert bears_out(paid, start, end, "2026-01-30") == borne


def deny(world: World, now: datetime) -> models.CorrectionRequest:
    return deny_employment(spell_id=spell_of(world).pk, by=themselves(world), now=now)


def test_what_is_denied_counts_as_no_employment(world: World, now: datetime) -> None:
    side, by = world.west, world.viewer("employer")
    bring(world, by, now)
    client = people.signed_in(Grant.objects.get(pk=themselves(world).grant or 0))
    for _twice in range(2):
        assert client.post(f"/en/me/employment/{spell_of(world).pk}/", {"said": "no"})["Location"] == "/en/me/"
    assert models.CorrectionRequest.objects.get(worker_id=side.student, state="open").subject.endswith(":denied_at")
    text = client.get("/en/me/").content.decode()
    assert "You said no on" in text
    assert "Yes, I work there" not in text
    assert "Where have I worked?" in text
    with pytest.raises(NotFound):
        person(by, side.student, TODAY)
    assert side.student not in {one.worker_id for one in search(by, Question(organisation=by.organisation), today=TODAY).rows}
    insure(world, date(2025, 12, 1))
    assert confirm_by_insurance(today=TODAY) == 0
    models.EmploymentSpell.objects.update(doubtful=False)
    assert not seen_by(world, "assessor")
    assert not known_among(world.harbour.organisation, [side.student], TODAY)
    with pytest.raises(AlreadyDone):
        confirm_employment(spell_id=spell_of(world).pk, by=themselves(world), now=now)


def test_an_officer_voids_what_is_denied(world: World, now: datetime) -> None:
    side, by = world.west, world.viewer("employer")
    bring(world, by, now)
    held = themselves(world)
    given = delegate(account_id=held.account or 0, scopes=["people"], until=TODAY + timedelta(days=90), by=by, now=now)
    asked = deny(world, now)
    page = world.client("assessor", side).get(f"/en/corrections/{asked.pk}/").content.decode()
    assert "denies an employment: is it void?" in page
    assert "Accept: void the employment" in page
    corrections.accept(correction_id=asked.pk, answer="", document="", by=world.viewer("assessor", side), now=now)
    spell = spell_of(world)
    assert (spell.ended_on, spell.denied_at) == (spell.started_on + timedelta(days=1), now)
    assert models.Superseded.objects.filter(table="registry.employment_spells", row=spell.pk, column="ended_on").exists()
    given.refresh_from_db()
    assert given.revoked_at == now, "whoever acted for the employer does so no more"
    assert side.student not in {one.spell.worker_id for one in leavers(by, by.organisation or 0, today=TODAY)[0]}
    bring(world, by, now)
    assert not search(by, Question(side.number(side.student)), today=TODAY).rows, "nor does the same row bring it back"


@pytest.mark.parametrize("way", ["refused", "withdrawn"])
def test_a_denial_that_is_refused_or_withdrawn_is_taken_back(world: World, now: datetime, way: str) -> None:
    side = world.west
    bring(world, world.viewer("employer"), now)
    asked = deny(world, now)
    if way == "refused":
        corrections.refuse(correction_id=asked.pk, answer="the contract is signed", by=world.viewer("assessor", side), now=now)
        assert Notice.objects.filter(worker_id=side.student, template="correction_refused").exists()
    else:
        corrections.withdraw(correction_id=asked.pk, by=themselves(world), now=now)
    spell = spell_of(world)
    assert (spell.denied_at, spell.doubtful, spell.ended_on) == (None, True, None)
    assert unconfirmed([side.student], TODAY) == {spell.pk}
    assert deny(world, now + timedelta(hours=1)).state == "open"


def test_nothing_but_a_doubtful_employment_is_denied(world: World, now: datetime) -> None:
    with pytest.raises(AlreadyDone):
        deny_employment(spell_id=world.harbour.keys["spell"], by=world.viewer("worker"), now=now)
    subject = f"registry.employment_spells:{world.harbour.keys['spell']}:denied_at"
    with pytest.raises(NotFound):
        corrections.lodge(subject=subject, wanted="", why="x", by=world.viewer("worker"), now=now)
    assert models.EmploymentSpell.objects.get(pk=world.harbour.keys["spell"]).started_on == LONG_AGO


def test_an_employer_does_not_find_people_by_former_names(world: World, now: datetime) -> None:
    side = world.harbour
    models.FormerName.objects.create(worker_id=side.worker, until=now, **models.identity_fields(side.worker, name="欧阳旧名"))
    for text, employer, officer in (("欧阳旧名", False, True), ("欧阳", False, True), (side.name(side.worker), True, True)):
        for who, finds in (("employer", employer), ("assessor", officer)):
            asked = Question(text, organisation=side.organisation)
            assert bool(search(world.viewer(who), asked, today=TODAY).rows) == finds, (text, who)
