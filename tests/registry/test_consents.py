"""Consent: for one purpose, by the person alone, in the words that were shown; for a child by a guardian; and withdrawn at will."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.models import AuditEvent, Notice
from guildhall.registry.engine.purposes import PURPOSES
from guildhall.registry.models import Alias, Consent, Worker, identity_fields, vault
from guildhall.registry.operations.consents import Guardian, give_consent, give_for_child, withdraw_consent
from guildhall.registry.queries.consents import COLUMN, TABLE, agreed, consents
from tests.registry.folders import identity_number
from tests.world import World, build

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
TODAY = date(2026, 11, 20)
MOTHER = Guardian("晏母", "mother", "identity card of Harbour")


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One transaction around the file: the world is built once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def built(db: None) -> World:
    return build(sessions=False)


@pytest.fixture
def world(built: World) -> Iterator[World]:
    """The world; what a test writes is taken back after it."""
    with transaction.atomic(), translation.override("en"):
        yield built
        transaction.set_rollback(True)


def give(world: World, who: str = "worker", purpose: str = "reminders", wording: str = "reminders/1") -> Consent:
    return give_consent(worker_id=world.harbour.worker, purpose=purpose, wording=wording, by=world.viewer(who), now=NOW)


def withdraw(world: World, who: str = "worker", purpose: str = "reminders") -> Consent:
    return withdraw_consent(worker_id=world.harbour.worker, purpose=purpose, by=world.viewer(who), now=NOW + timedelta(hours=1))


def born(worker: int, day: date) -> None:
    """Gives a person a date of birth, in the record and in the number."""
    Worker.objects.filter(pk=worker).update(birth_month=day.replace(day=1))
    Worker.objects.get(pk=worker).identity.__class__.objects.filter(pk=worker).update(
        **identity_fields(worker, number=identity_number("990101", day, 77))
    )


# the words


def test_each_purpose_says_in_both_languages_what_it_is_for_on_which_ground_and_what_withdrawing_does() -> None:
    for purpose in PURPOSES:
        for words in (purpose.title, purpose.told, purpose.basis, *purpose.wordings):
            assert words.zh
            assert words.en
        assert bool(purpose.withdrawal.en) == purpose.needs_consent
        assert "第十三条" in purpose.basis.zh or "第二十八" in purpose.basis.zh
        assert "PIPL" in purpose.basis.en


def test_a_wording_that_somebody_agreed_to_is_never_changed() -> None:
    """A new wording is added behind the others; changing one would falsify what people agreed to."""
    told = {f"{p.key}/{n}": sha256("\0".join(words).encode()).hexdigest()[:12] for p in PURPOSES for n, words in enumerate(p.wordings, 1)}
    assert told == WORDED


WORDED = {
    "job_matching/1": "a126ee60c14a",
    "reminders/1": "bcc89407b407",
    "employer_claims/1": "495307944554",
    "employer_hires/1": "ad543578d098",
    "hardship_help/1": "bc947523ea31",
    "research/1": "ce3d307fd9c0",
}


# by the person


def test_a_person_agrees_once_in_the_words_that_were_shown(world: World) -> None:
    row = give(world)
    assert (row.wording, row.given_by) == ("reminders/1", world.viewer("worker").name)
    with pytest.raises(AlreadyDone):
        give(world)
    with pytest.raises(GuildhallError, match="wording has changed"):
        give(world, purpose="research", wording="research/0")
    event = AuditEvent.objects.get(action="registry.give_consent")
    assert event.chain == f"worker:{world.harbour.worker}"
    assert Notice.objects.filter(template="consent_given").count() == 1


@pytest.mark.parametrize("who", ["care", "counter", "assessor", "employer", "administrator"])
def test_nobody_agrees_or_withdraws_for_somebody_else(world: World, who: str) -> None:
    with pytest.raises(NotFound):
        give(world, who)
    give(world)
    with pytest.raises(NotFound):
        withdraw(world, who)
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_one_person_does_not_agree_for_another(world: World) -> None:
    with pytest.raises(NotFound):
        give_consent(worker_id=world.west.worker, purpose="reminders", wording="reminders/1", by=world.viewer("worker"), now=NOW)


@pytest.mark.parametrize("purpose", ["register", "statistics", "nothing_such"])
def test_what_needs_no_consent_takes_none(world: World, purpose: str) -> None:
    with pytest.raises(NotFound):
        give(world, purpose=purpose, wording=f"{purpose}/1")
    with pytest.raises(ValueError):
        agreed(purpose)


def test_withdrawing_is_at_once_and_leaves_the_history(world: World) -> None:
    give(world)
    assert set(Worker.objects.filter(agreed("reminders")).values_list("pk", flat=True)) == {world.harbour.worker}
    withdraw(world)
    assert not Worker.objects.filter(agreed("reminders")).exists()
    with pytest.raises(AlreadyDone):
        withdraw(world)
    give(world)
    standing = next(row for row in consents(world.viewer("worker"), world.harbour.worker, TODAY).rows if row.purpose.key == "reminders")
    assert standing.given_at == NOW
    assert [row.withdrawn_at is None for row in standing.history].count(True) == 1
    assert len(standing.history) == 2


def test_a_consent_under_a_merged_record_counts_and_is_withdrawn_with_the_others(world: World) -> None:
    side = world.harbour
    Consent.objects.create(worker_id=side.student, purpose="reminders", wording="reminders/1", given_at=NOW, given_by="x")
    Alias.objects.create(worker_id=side.student, merged_into_id=side.worker, reason="test", merged_at=NOW)
    assert side.worker in Worker.objects.filter(agreed("reminders"), alias=None).values_list("pk", flat=True)
    with pytest.raises(AlreadyDone):
        give(world)
    withdraw(world)
    assert not Consent.objects.filter(withdrawn_at=None).exists()


# under 14


@pytest.mark.parametrize(("day", "alone"), [(date(2012, 11, 20), True), (date(2012, 11, 21), False)])
def test_from_the_fourteenth_birthday_on_a_person_decides_alone(world: World, day: date, alone: bool) -> None:
    born(world.harbour.worker, day)
    assert consents(world.viewer("worker"), world.harbour.worker, TODAY).alone is alone
    officer = world.viewer("assessor")
    by_guardian = {"worker_id": world.harbour.worker, "purpose": "reminders", "guardian": MOTHER, "by": officer, "now": NOW}
    if alone:
        give(world)
        with pytest.raises(GuildhallError, match="14 or older"):
            give_for_child(**by_guardian)  # type: ignore[arg-type]
    else:
        with pytest.raises(GuildhallError, match="a guardian must agree"):
            give(world)
        row = give_for_child(**by_guardian)  # type: ignore[arg-type]
        kept = json.loads(vault().open(TABLE, COLUMN, row.pk, row.guardian_sealed or b""))
        assert kept == {"name": "晏母", "relation": "mother", "document": "identity card of Harbour"}
        assert "晏母".encode() not in bytes(row.guardian_sealed or b"")


def test_a_guardian_is_named_in_full_before_an_officer_who_keeps_the_record(world: World) -> None:
    child = world.harbour.keys["child"]

    def guardian(who: str, told: Guardian = MOTHER) -> Consent:
        return give_for_child(worker_id=child, purpose="reminders", guardian=told, by=world.viewer(who), now=NOW)

    for who in ("worker", "employer", "arrears_officer", "counter", "care", "administrator"):
        with pytest.raises(NotFound):
            guardian(who)
    with pytest.raises(NotFound):
        give_for_child(worker_id=world.west.keys["child"], purpose="reminders", guardian=MOTHER, by=world.viewer("assessor"), now=NOW)
    with pytest.raises(GuildhallError, match="not fully named"):
        guardian("assessor", Guardian("晏母", " ", "identity card"))
    assert guardian("assessor").guardian_sealed
    with pytest.raises(AlreadyDone):
        guardian("claims_officer")
