"""Claiming a record: name, identity number and a second fact; a wrong claim tells nothing, and a record is claimed once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils.translation import override

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.backends import PATH
from guildhall.office.models import Account, AuditEvent, Grant, Notice
from guildhall.office.operations import public
from guildhall.office.operations.sessions import itself
from guildhall.registry.models import Alias, Worker
from guildhall.registry.operations.claims import ATTEMPTS, CertificateFact, EmployerFact, Fact, NoMatch, PhoneFact, TooOften, claim
from guildhall.web.viewer import Viewer
from tests import people
from tests.world import LONG_AGO, THEN, World, build

HEADERS = {"accept-language": "en"}


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with override("en"):
        built = build()
        Grant.objects.filter(role="worker").update(revoked_at=THEN)
        yield built


@pytest.fixture
def account(world: World, now: datetime) -> Account:
    return public.begin(way="code", language="en", now=now)


def facts(world: World) -> list[Fact]:
    side = world.harbour
    return [
        CertificateFact(side.certificate(side.worker)),
        PhoneFact(side.phone(side.worker)),
        EmployerFact(f"ORG{side.organisation}", LONG_AGO.replace(day=1)),
    ]


def claimed(world: World, account: Account, now: datetime, **other: Any) -> Grant:
    side = world.harbour
    told = {"name": side.name(side.worker), "number": side.number(side.worker), "fact": facts(world)[0], **other}
    return claim(by=itself(account), now=now, **told)


@pytest.mark.parametrize("at", range(3))
def test_each_second_fact_opens_the_record(world: World, account: Account, now: datetime, at: int) -> None:
    grant = claimed(world, account, now, fact=facts(world)[at])
    assert (grant.role, grant.worker_id, grant.account_id) == ("worker", world.harbour.worker, account.pk)
    event = AuditEvent.objects.get(action="registry.claim")
    assert event.chain == f"worker:{world.harbour.worker}"
    assert not [mark for mark in world.harbour.marks(world.harbour.worker) if mark in event.details]
    assert {notice.channel for notice in Notice.objects.filter(worker_id=world.harbour.worker)} == {"app", "sms"}


def test_names_and_numbers_are_read_as_people_write_them(world: World, account: Account, now: datetime) -> None:
    side = world.harbour
    spaced = " ".join(side.name(side.worker))
    number = side.number(side.worker)
    assert claimed(world, account, now, name=f" {spaced} ", number=f"{number[:6]} {number[6:14]}-{number[14:].lower()}")


def wrong(world: World) -> dict[str, dict[str, Any]]:
    harbour, west = world.harbour, world.west
    return {
        "nobody has this number": {"number": "99010119860501999X"},
        "another name": {"name": west.name(west.worker)},
        "another person's certificate": {"fact": CertificateFact(harbour.certificate(harbour.second))},
        "no such certificate": {"fact": CertificateFact("S000000000000000000000")},
        "another person's phone": {"fact": PhoneFact(harbour.phone(harbour.second))},
        "another employer": {"fact": EmployerFact(f"ORG{west.organisation}", LONG_AGO)},
        "another month": {"fact": EmployerFact(f"ORG{harbour.organisation}", date(2019, 2, 1))},
    }


def test_a_wrong_claim_tells_nothing_about_whether_the_person_exists(world: World, now: datetime) -> None:
    said = set()
    for told in wrong(world).values():
        with pytest.raises(NoMatch) as refused:
            claimed(world, public.begin(way="code", language="en", now=now), now, **told)
        said.add(str(refused.value))
    assert len(said) == 1
    assert not Grant.objects.filter(role="worker", revoked_at=None).exists()
    events = AuditEvent.objects.filter(action="registry.claim_refused")
    assert len(events) == len(wrong(world))
    assert {event.details for event in events} <= {'{"fact":"certificate"}', '{"fact":"phone"}', '{"fact":"employer"}'}
    assert all(event.chain.startswith("account:") for event in events), "nothing is written on the chain of anybody's record"


def test_five_wrong_claims_a_day_and_no_more(world: World, account: Account, now: datetime) -> None:
    for _ in range(ATTEMPTS):
        with pytest.raises(NoMatch):
            claimed(world, account, now, name="nobody")
    with pytest.raises(TooOften):
        claimed(world, account, now)
    assert claimed(world, account, now + timedelta(days=1))


def test_a_record_is_claimed_by_one_account_only(world: World, account: Account, now: datetime) -> None:
    claimed(world, account, now)
    other = public.begin(way="code", language="en", now=now)
    with pytest.raises(AlreadyDone):
        claimed(world, other, now)
    with pytest.raises(AlreadyDone):
        claimed(world, account, now)
    assert Grant.objects.filter(role="worker", worker_id=world.harbour.worker, revoked_at=None).count() == 1


def test_a_merged_record_leads_to_the_one_that_leads(world: World, account: Account, now: datetime) -> None:
    side = world.harbour
    Alias.objects.create(worker=Worker.objects.get(pk=side.worker), merged_into_id=side.second, reason="test", merged_at=now)
    assert claimed(world, account, now).worker_id == side.second


def test_staff_and_closed_accounts_claim_nothing(world: World, account: Account, now: datetime) -> None:
    staff = people.grant("assessor", place="tiny-harbour").account
    account.is_active = False
    account.save()
    for refused in (itself(staff), itself(account), Viewer()):
        with pytest.raises(NotFound):
            claim(name="x", number="y", fact=CertificateFact("z"), by=refused, now=now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_of_two_who_claim_at_once_one_is_first(now: datetime) -> None:
    world = build()
    Grant.objects.filter(role="worker").update(revoked_at=THEN)
    accounts = [public.begin(way="code", language="en", now=now) for _ in range(4)]

    def one(account: Account) -> str:
        try:
            claimed(world, account, now)
        except GuildhallError as refused:
            return type(refused).__name__
        finally:
            connections.close_all()
        return "claimed"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(one, accounts))
    assert said == ["AlreadyDone"] * 3 + ["claimed"]
    assert connection.vendor == "postgresql"


@pytest.fixture
def browser(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend=PATH)
    return client


def test_the_pages_ask_one_thing_at_a_time_and_lead_to_the_desk(world: World, browser: Client, account: Account) -> None:
    side = world.harbour
    assert "Who are you?" in browser.get("/en/claim/").content.decode()
    told = {"name": side.name(side.worker), "number": side.number(side.worker)}
    assert browser.post("/en/claim/", told)["Location"] == "/en/claim/fact/"
    kept = str(dict(browser.session.items()))
    assert side.number(side.worker) not in kept
    assert side.name(side.worker) not in kept
    assert "Which of these" in browser.get("/en/claim/fact/").content.decode()
    assert browser.post("/en/claim/certificate/", {"number": side.certificate(side.worker)})["Location"] == "/en/desk/"
    page = browser.get("/en/desk/", headers=HEADERS)
    assert page.status_code == 200
    assert side.name(side.worker) in page.content.decode(), "the header says who it is"


def test_a_wrong_claim_on_the_pages_begins_anew(world: World, browser: Client) -> None:
    browser.post("/en/claim/", {"name": "nobody", "number": "1"})
    answer = browser.post("/en/claim/employer/", {"code": "ORG1", "month": "2021-13"}, headers=HEADERS)
    assert "Write the year and the month" in answer.content.decode()
    answer = browser.post("/en/claim/employer/", {"code": "ORG1", "month": "2021年9月"}, headers=HEADERS)
    assert answer.status_code == 400
    assert "This does not lead to a record" in answer.content.decode()
    assert browser.get("/en/claim/fact/")["Location"] == "/en/claim/"


def test_nobody_claims_without_signing_in(world: World) -> None:
    for path in ("", "fact/", "certificate/", "phone/", "phone/code/", "employer/"):
        assert Client().get(f"/en/claim/{path}")["Location"].startswith("/en/sign-in/?next=")


def test_the_phone_is_compared_only_after_its_code(world: World, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    side = world.harbour
    browser.post("/en/claim/", {"name": side.name(side.worker), "number": side.number(side.worker)})
    for phone in (side.phone(side.second), side.phone(side.worker)):
        answer = browser.post("/en/claim/phone/", {"phone": phone})
        assert answer["Location"] == "/en/claim/phone/code/"
    code = browser.session["code_shown"]
    assert not AuditEvent.objects.filter(action="registry.claim_refused").exists()
    assert browser.post("/en/claim/phone/code/", {"code": code})["Location"] == "/en/desk/"
