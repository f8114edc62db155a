"""Leave to act for a person: with purpose and term, told to the person, withdrawn at any time, and named in every event."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.models import AuditEvent, Grant, Mandate, Notice
from guildhall.office.operations import mandates as operations
from guildhall.office.operations.audit import record
from guildhall.office.queries import mandates as queries
from guildhall.office.queries.notices import facts_of
from guildhall.office.viewers import MANDATE, live_mandates, viewer_in
from guildhall.web.viewer import Viewer
from tests import clock, people

WORKER = 17


@pytest.fixture
def officer(db: None) -> Viewer:
    return people.viewer("assessor", place="west")


@pytest.fixture
def broker(db: None) -> Viewer:
    return people.viewer("broker", place="west-hill")


@pytest.fixture
def person(db: None) -> Viewer:
    return people.viewer("worker", worker_id=WORKER)


def given(by: Viewer, now: datetime, **more: object) -> Mandate:
    terms = {
        "worker_id": WORKER,
        "purpose": "certificates",
        "consent": "signed",
        "until": timezone.localdate(now) + timedelta(days=1),
    } | more
    return operations.give_mandate(by=by, now=now, **terms)  # type: ignore[arg-type]


def acting(by: Viewer, mandate: Mandate) -> Viewer:
    return Viewer(by.name, by.role, by.account, by.grant, mandate.worker_id, mandate=mandate.pk)


@pytest.mark.parametrize("role", ["assessor", "claims_officer", "arrears_officer", "broker"])
def test_leave_is_recorded_about_the_person_who_is_told(db: None, now: datetime, role: str) -> None:
    by = people.viewer(role, place="west")
    mandate = given(by, now)
    event = AuditEvent.objects.get(chain=f"worker:{WORKER}")
    assert (event.actor, event.action, mandate.kind) == (by.name, "office.give_mandate", "broker" if role == "broker" else "counter")
    assert json.loads(event.details)["purpose"] == "certificates"
    assert Notice.objects.get(worker_id=WORKER).template == "mandate_given"


def test_the_person_reads_the_last_day_and_not_the_day_after_it(officer: Viewer, now: datetime) -> None:
    mandate = given(officer, now, until=now.date() + timedelta(days=5))
    told = facts_of(Notice.objects.get(worker_id=WORKER))
    assert told["until"] == str(mandate.valid_until - timedelta(days=1))


@pytest.mark.parametrize("role", ["planner", "administrator", "auditor", "employer", "college", "worker"])
def test_other_roles_act_for_nobody(db: None, now: datetime, role: str) -> None:
    where = {"worker": {"worker_id": 3}, "employer": {"organisation_id": 5}, "college": {"organisation_id": 5}}.get(role, {"place": "west"})
    with pytest.raises(NotFound):
        given(people.viewer(role, **where), now)
    assert not Mandate.objects.exists()


@pytest.mark.parametrize(
    "terms",
    [{"purpose": "anything"}, {"consent": "presumed"}, {"until": date(2026, 1, 30)}, {"until": date(2026, 3, 1)}, {"note": "x" * 201}],
)
def test_leave_has_a_purpose_a_consent_and_a_short_term(officer: Viewer, now: datetime, terms: dict[str, object]) -> None:
    with pytest.raises(GuildhallError):
        given(officer, now, **terms)
    assert not AuditEvent.objects.exists()


def test_a_broker_keeps_leave_for_a_year_at_most(broker: Viewer, now: datetime, on: date) -> None:
    given(broker, now, until=on + timedelta(days=366))
    with pytest.raises(AlreadyDone):
        given(broker, now, until=on + timedelta(days=300))
    with pytest.raises(GuildhallError):
        given(broker, now, until=on + timedelta(days=367))


def test_whoever_lost_the_role_acts_no_more(broker: Viewer, now: datetime, on: date) -> None:
    mandate = given(broker, now)
    assert live_mandates(broker.account or 0, on).get() == mandate
    Grant.objects.filter(pk=broker.grant or 0).update(revoked_at=now)
    assert not live_mandates(broker.account or 0, on).exists()
    with pytest.raises(NotFound):
        given(broker, now, purpose="jobs")


def test_the_person_withdraws_and_the_agent_is_out_with_the_next_page(broker: Viewer, person: Viewer) -> None:
    now = clock.moment()  # pages read the clock, and the mandate must hold for them
    mandate = given(broker, now)
    client: Client = people.signed_in(Grant.objects.get(pk=broker.grant or 0))
    session = client.session
    session[MANDATE] = mandate.pk
    session.save()
    assert client.get("/en/desk/").status_code == 200
    operations.withdraw_mandate(mandate_id=mandate.pk, records=(WORKER,), by=person, now=now)
    assert client.get("/en/desk/").status_code == 302
    templates = Notice.objects.filter(template="mandate_ended").values_list("account_id", "worker_id")
    assert sorted(templates, key=str) == sorted([(broker.account, None), (None, WORKER)], key=str)
    with pytest.raises(AlreadyDone):
        operations.withdraw_mandate(mandate_id=mandate.pk, records=(WORKER,), by=person, now=now)


def test_nobody_withdraws_what_others_gave(officer: Viewer, broker: Viewer, person: Viewer, now: datetime) -> None:
    mandate, at_counter = given(broker, now), given(officer, now)
    neighbour = people.viewer("worker", worker_id=18)
    for by, records in (
        (neighbour, (18,)),
        (neighbour, (WORKER,)),
        (officer, (WORKER,)),
        (acting(officer, at_counter), (WORKER,)),
        (Viewer(), (WORKER,)),
    ):
        with pytest.raises(NotFound):
            operations.withdraw_mandate(mandate_id=mandate.pk, records=records, by=by, now=now)
    assert queries.usable(now.date()).count() == 2
    assert queries.given_by(person, (WORKER,)).count() == 2
    assert not queries.given_by(neighbour, (WORKER,)).exists()
    operations.withdraw_mandate(mandate_id=mandate.pk, by=broker, now=now)
    assert AuditEvent.objects.filter(action="office.give_back_mandate").count() == 1


def test_both_identities_and_the_mandate_stand_in_every_event(broker: Viewer, now: datetime) -> None:
    mandate = given(broker, now)
    by = acting(broker, mandate)
    operations.begin_acting(mandate_id=mandate.pk, by=broker, now=now)
    event = record(subject=f"worker:{WORKER}", action="registry.ask_correction", by=by, now=now, details={"column": "phone"})
    assert (event.actor, event.role, event.on_behalf) == (broker.name, "broker", f"worker:{WORKER}")
    assert json.loads(event.details) == {"column": "phone", "mandate": mandate.pk}
    operations.stop_acting(by=by, now=now)
    with pytest.raises(AlreadyDone):
        operations.stop_acting(by=broker, now=now)


def test_nobody_acts_under_the_mandate_of_another(officer: Viewer, broker: Viewer, now: datetime) -> None:
    mandate = given(broker, now)
    with pytest.raises(NotFound):
        operations.begin_acting(mandate_id=mandate.pk, by=officer, now=now)
    with pytest.raises(NotFound):
        operations.begin_acting(mandate_id=mandate.pk, by=people.viewer("broker", place="west"), now=now)


def test_the_viewer_of_a_grant_acts_for_nobody(broker: Viewer) -> None:
    assert viewer_in(Grant.objects.get(pk=broker.grant or 0)).on_behalf == ""
