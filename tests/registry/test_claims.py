"""Claiming a record: name, identity number and a second fact; a wrong claim tells nothing, and a record is claimed once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils.translation import override

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.backends import PATH
from guildhall.office.models import Account, AuditEvent, Grant, Notice
from guildhall.office.operations import public
from guildhall.office.operations.notices import _address
from guildhall.office.operations.sessions import itself
from guildhall.registry.models import Alias, EmploymentSpell, Identity, ImportBatch, InsuranceSpell, Worker, identity_fields
from guildhall.registry.operations import identity
from guildhall.registry.operations.claims import (
    ATTEMPTS,
    CertificateFact,
    Fact,
    NoMatch,
    PhoneFact,
    TooOften,
    claim,
    claim_at_counter,
    release_claim,
)
from guildhall.registry.operations.doubts import confirm_by_insurance
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
    ]


def claimed(world: World, account: Account, now: datetime, **other: Any) -> Grant:
    side = world.harbour
    told = {"name": side.name(side.worker), "number": side.number(side.worker), "fact": facts(world)[0], **other}
    return claim(by=itself(account), now=now, **told)


@pytest.mark.parametrize("at", range(2))
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
    assert {event.details for event in events} <= {'{"fact":"certificate"}', '{"fact":"phone"}'}
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
    answer = browser.post("/en/claim/certificate/", {"number": "S1"}, headers=HEADERS)
    assert answer.status_code == 400
    assert "This does not lead to a record" in answer.content.decode()
    assert browser.get("/en/claim/fact/")["Location"] == "/en/claim/"


def test_nobody_claims_without_signing_in(world: World) -> None:
    for path in ("", "fact/", "certificate/", "phone/", "phone/code/"):
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


def test_what_an_employer_reports_opens_no_record(world: World, account: Account, now: datetime) -> None:
    """An employer brings a person with a phone of its own on a roster: neither the job nor that phone leads to the record."""
    side, phone = world.harbour, "13700001234"
    batch = ImportBatch.objects.get(pk=side.keys["roster done"])
    ImportBatch.objects.filter(pk=batch.pk).update(brought_by=world.viewer("employer").name)
    Worker.objects.filter(pk=side.worker).update(batch_id=batch.pk)
    EmploymentSpell.objects.filter(worker_id=side.worker).update(batch_id=batch.pk)
    Identity.objects.filter(pk=side.worker).update(**identity_fields(side.worker, phone=phone))
    InsuranceSpell.objects.create(worker_id=side.worker, organisation_id=side.organisation, scheme="unemployment", started_on=LONG_AGO)
    confirm_by_insurance(today=now.date())
    with pytest.raises(NoMatch):
        claimed(world, account, now, fact=PhoneFact(phone))


def test_the_phones_on_record_are_told_of_a_claim(world: World, now: datetime) -> None:
    """Also where the phone was changed before: who held the one before may be the person."""
    side, by = world.harbour, world.viewer("assessor")
    identity.change_phone(worker_id=side.worker, phone="13700001234", reason="at the counter", by=by, now=now)
    changed = Notice.objects.filter(worker_id=side.worker, template="name_changed", channel="sms")
    assert [_address(notice)[0] for notice in changed] == [side.phone(side.worker)]
    account = public.account_of_phone(phone="13700009999", language="en", now=now)
    grant = claimed(world, account, now)
    told = Notice.objects.filter(template="record_claimed", key__startswith=f"claim:{grant.pk}", channel="sms")
    assert {_address(notice)[0] for notice in told} == {"13700009999", "13700001234", side.phone(side.worker)}
    assert {bytes(notice.to_sealed or b"").count(b"137") for notice in told} == {0}, "sealed"


def test_a_person_whose_other_record_is_held_is_not_claimed_again(world: World, account: Account, now: datetime) -> None:
    side = world.harbour
    Alias.objects.create(worker_id=side.second, merged_into_id=side.worker, reason="test", merged_at=now)
    people.grant("worker", worker_id=side.second)
    with pytest.raises(AlreadyDone):
        claimed(world, account, now)
    with pytest.raises(AlreadyDone):
        claim_at_counter(worker_id=side.worker, by=world.viewer("assessor"), now=now, **COUNTER)


def test_a_phone_an_officer_recorded_counts_whoever_brought_the_person(world: World, account: Account, now: datetime) -> None:
    side = world.harbour
    ImportBatch.objects.update(brought_by=world.viewer("employer").name)
    Worker.objects.filter(pk=side.worker).update(batch_id=side.keys["roster done"])
    EmploymentSpell.objects.filter(worker_id=side.worker).update(batch_id=side.keys["roster done"])
    by = world.viewer("assessor")
    identity.change_phone(worker_id=side.worker, phone="13700001234", reason="at the counter", by=by, now=now)
    assert claimed(world, account, now, fact=PhoneFact("13700001234"))


COUNTER: dict[str, Any] = {"phone": "137 0000 1234", "document": "identity_card", "reason": "came to the counter"}


def test_an_officer_opens_the_record_to_the_person_at_the_counter(world: World, now: datetime) -> None:
    side, by = world.harbour, world.viewer("assessor")
    grant = claim_at_counter(worker_id=side.worker, by=by, now=now, **COUNTER)
    assert (grant.worker_id, grant.role, grant.granted_by) == (side.worker, "worker", by.name)
    assert public.account_of_phone(phone="13700001234", language="en", now=now) == grant.account
    event = AuditEvent.objects.get(action="registry.claim_at_counter")
    assert (event.chain, event.reason) == (f"worker:{side.worker}", "came to the counter")
    assert "13700001234" not in event.details
    assert {notice.channel for notice in Notice.objects.filter(key=f"claim:{grant.pk}")} == {"app", "sms"}
    with pytest.raises(AlreadyDone):
        claim_at_counter(worker_id=side.worker, by=by, now=now, **(COUNTER | {"phone": "13700009999"}))


def test_the_counter_opens_the_record_to_a_phone_whose_code_came_back(world: World) -> None:
    side, browser = world.harbour, world.client("assessor")
    asked, code = f"/en/people/{side.worker}/claim/", f"/en/people/{side.worker}/claim/code/"
    assert browser.get(code)["Location"] == asked
    assert browser.post(asked, COUNTER)["Location"] == code
    assert not Grant.objects.filter(role="worker", revoked_at=None).exists()
    kept = str(dict(browser.session.items()))
    assert "13700001234" not in kept
    assert COUNTER["reason"] not in kept
    shown = browser.session["code_shown"]
    assert shown in browser.get(code).content.decode(), "a demonstration sends no messages"
    assert browser.post(code, {"code": "000000" if shown != "000000" else "111111"}).status_code == 200
    assert not Grant.objects.filter(role="worker", revoked_at=None).exists()
    other = f"/en/people/{side.second}/claim/code/"
    assert browser.post(other, {"code": shown})["Location"] == f"/en/people/{side.second}/claim/", "a code is for one person"
    assert browser.post(code, {"code": shown})["Location"] == f"/en/people/{side.worker}/"
    assert Grant.objects.get(role="worker", revoked_at=None).worker_id == side.worker
    assert "claimed already" in browser.post(asked, COUNTER).content.decode(), "no code is sent for a record that is held"


def test_the_record_says_whether_an_account_holds_it(world: World, account: Account, now: datetime) -> None:
    page = f"/en/people/{world.harbour.worker}/"
    opened, released = f"{page}claim/", f"{page}release/"
    text = world.client("assessor").get(page).content.decode()
    assert "No account holds the record" in text
    assert opened in text
    assert released not in text
    grant = claimed(world, account, now)
    text = world.client("assessor").get(page).content.decode()
    assert f"An account holds the record since {grant.valid_from}" in text
    assert released in text
    assert opened not in text


@pytest.mark.parametrize("lacking", [{"phone": "1"}, {"document": ""}, {"reason": " "}, {"reason": "called 137 0000-1234"}])
def test_the_counter_asks_for_card_reason_and_phone(world: World, now: datetime, lacking: dict[str, str]) -> None:
    with pytest.raises(GuildhallError):
        claim_at_counter(worker_id=world.harbour.worker, by=world.viewer("assessor"), now=now, **(COUNTER | lacking))
    assert not Grant.objects.filter(role="worker", revoked_at=None).exists()


@pytest.mark.parametrize("who", ["arrears_officer", "counter", "employer", "worker"])
def test_only_who_keeps_the_record_opens_it_to_its_person(world: World, now: datetime, who: str) -> None:
    for by, side in ((world.viewer(who), world.harbour), (world.viewer("assessor"), world.west)):
        with pytest.raises(NotFound):
            claim_at_counter(worker_id=side.student, by=by, now=now, **COUNTER)


def test_a_record_claimed_wrongly_is_taken_back_and_claimed_anew(world: World, account: Account, now: datetime) -> None:
    """Whoever claimed it is out at once; where they signed in by the phone on record, that phone is free again."""
    side, by = world.harbour, world.viewer("assessor")
    wrong = public.account_of_phone(phone=side.phone(side.worker), language="en", now=now)
    held = claimed(world, wrong, now)
    browser = Client()
    browser.force_login(wrong, backend=PATH)
    assert browser.get("/en/me/").status_code == 302
    release_claim(worker_id=side.worker, reason="claimed by somebody else", by=by, now=now)
    held.refresh_from_db()
    wrong.refresh_from_db()
    assert (held.revoked_at, wrong.phone_hash, wrong.phone_sealed) == (now, None, None)
    assert AuditEvent.objects.get(action="registry.release_claim").chain == f"worker:{side.worker}"
    assert AuditEvent.objects.filter(action="office.end_sessions", chain=f"account:{wrong.pk}").exists()
    assert {n.channel for n in Notice.objects.filter(template="record_released", worker_id=side.worker)} == {"app", "sms"}
    assert Notice.objects.filter(template="record_released", account=wrong).exists()
    with pytest.raises(AlreadyDone):
        release_claim(worker_id=side.worker, reason="once more", by=by, now=now)
    assert claimed(world, account, now)
    assert public.account_of_phone(phone=side.phone(side.worker), language="en", now=now) != wrong


def test_a_phone_of_their_own_stays_with_whoever_claimed_wrongly(world: World, now: datetime) -> None:
    wrong = public.account_of_phone(phone="13700001234", language="en", now=now)
    claimed(world, wrong, now)
    release_claim(worker_id=world.harbour.worker, reason="claimed by somebody else", by=world.viewer("assessor"), now=now)
    wrong.refresh_from_db()
    assert wrong.phone_hash is not None


@pytest.mark.parametrize("who", ["arrears_officer", "counter", "employer", "worker"])
def test_only_who_keeps_the_record_takes_it_back(world: World, account: Account, now: datetime, who: str) -> None:
    claimed(world, account, now)
    for by, side in ((world.viewer(who), world.harbour), (world.viewer("assessor"), world.west)):
        with pytest.raises(NotFound):
            release_claim(worker_id=side.worker, reason="so", by=by, now=now)
    with pytest.raises(GuildhallError):
        release_claim(worker_id=world.harbour.worker, reason=" ", by=world.viewer("assessor"), now=now)


def test_a_phone_that_is_replaced_opens_the_account_no_more(world: World, now: datetime) -> None:
    side, by = world.harbour, world.viewer("assessor")
    holder = public.account_of_phone(phone=side.phone(side.worker), language="en", now=now)
    claimed(world, holder, now)
    change: dict[str, Any] = {"worker_id": side.worker, "reason": "lost the phone", "by": by}
    assert identity.change_phone(phone="13700001234", now=now, **change)
    holder.refresh_from_db()
    assert holder.phone_hash is None
    assert Notice.objects.filter(template="phone_detached", account=holder).exists()
    assert not identity.change_phone(phone="13700005678", now=now + timedelta(hours=1), **change), "nobody signs in by that one"
