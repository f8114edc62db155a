"""The search for duplicates over rows: it opens few, puts up what agrees, keeps what was decided, and ends the same when run again."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from guildhall.kernel.errors import NotFound
from guildhall.office.models import AuditEvent
from guildhall.registry.models import ClaimedCertificate, DuplicatePair, Identity, Worker, identity_fields, vault
from guildhall.registry.operations import duplicates, identity, merges
from guildhall.registry.queries import duplicates as queries
from guildhall.web.viewer import Viewer, system
from tests.people import viewer
from tests.registry.folders import identity_number
from tests.registry.states import state

WEST, CITY = "t-990103", "t"
BORN = date(1990, 5, 12)
WORK = system("work")


@pytest.fixture(autouse=True)
def _city(on_record: None) -> None:
    """Every test begins with the small city on record."""


def known_as(worker: int, **fields: Any) -> None:
    """Gives a record another name, number or phone, and the month and sex its number says."""
    Identity.objects.filter(pk=worker).update(**identity_fields(worker, **fields))
    if "number" in fields:
        Worker.objects.filter(pk=worker).update(birth_month=BORN.replace(day=1), sex="male")


def pairs() -> dict[tuple[int, int], list[str]]:
    return {(row.first_id, row.second_id): row.reasons for row in DuplicatePair.objects.filter(state="proposed")}


@pytest.fixture
def doubles() -> None:
    known_as(3, name="欧阳小美", number=identity_number("990101", BORN, 123), phone="13911111111")
    known_as(5, name="欧阳 小美", number=identity_number("990101", BORN, 129))  # one digit
    known_as(9, name="欧阳小美", number=identity_number("990101", BORN, 213))  # two neighbours of 3's
    known_as(11, name="王小丽", number=identity_number("990101", BORN, 555), phone="13911111111")


@pytest.mark.usefixtures("doubles")
def test_what_agrees_is_put_up(now: datetime) -> None:
    found = duplicates.find(by=WORK, now=now)
    assert pairs() == {
        (3, 5): ["number_near", "name_birth_district"],
        (3, 9): ["number_near", "name_birth_district"],
        (5, 9): ["name_birth_district"],
        (3, 11): ["phone_birth"],
    }
    assert (found.proposed, found.changed, found.withdrawn) == (4, 0, 0)
    event = AuditEvent.objects.get(chain="registry", action="registry.find_duplicates")
    assert json.loads(event.details)["proposed"] == 4


@pytest.mark.usefixtures("doubles")
def test_only_namesakes_of_one_month_or_phone_are_opened(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    read = queries.opened_numbers

    def noted(keys: Any) -> Any:
        opened.extend(keys)
        return read(keys)

    monkeypatch.setattr(queries, "opened_numbers", noted)
    assert duplicates.find(by=WORK, now=now).opened == 3
    assert sorted(opened) == [3, 5, 9]


@pytest.mark.usefixtures("doubles")
def test_again_changes_nothing_and_what_ended_goes(now: datetime) -> None:
    duplicates.find(by=WORK, now=now)
    before = state()
    again = duplicates.find(by=WORK, now=now + timedelta(days=1))
    assert state() == before
    assert (again.unchanged, again.proposed, again.changed, again.withdrawn) == (4, 0, 0, 0)
    known_as(11, phone="13922222222")
    known_as(5, phone="13911111111")
    found = duplicates.find(by=WORK, now=now)
    assert (found.withdrawn, found.changed) == (1, 1)
    assert pairs()[3, 5] == ["number_near", "phone_name", "phone_birth", "name_birth_district"]


@pytest.mark.usefixtures("doubles")
def test_what_officers_decided_stays_decided(now: datetime) -> None:
    duplicates.find(by=WORK, now=now)
    officer = viewer("assessor", place=CITY)
    merges.merge(pair_id=DuplicatePair.objects.get(first=3, second=5).pk, leads=3, reason="one", by=officer, now=now)
    merges.tell_apart(pair_id=DuplicatePair.objects.get(first=3, second=9).pk, reason="two", by=officer, now=now)
    merges.suggest(first=17, second=21, by=officer, now=now)
    duplicates.find(by=WORK, now=now)
    assert pairs() == {(3, 11): ["phone_birth"], (17, 21): ["officer"]}, "5 is 3 now, and 3 is not 9; what an officer put up stays"


def test_a_certificate_on_two_records_and_an_earlier_number_of_another(now: datetime) -> None:
    held = vault().keyed_hash("certificate_number", "S000099000000000000007")  # of worker 8
    ClaimedCertificate.objects.create(worker_id=21, number_hash=held, level="L4", said_by_id=1)
    officer = viewer("assessor", place=CITY)
    identity.add_document(worker_id=23, kind="passport", number="E12345678", valid_until=None, by=officer, now=now)
    row = identity.add_document(worker_id=25, kind="taiwan_permit", number="12345678", valid_until=None, by=officer, now=now)
    identity.end_document(document_id=row.pk, reason="lost", by=officer, now=now)
    identity.add_document(worker_id=27, kind="taiwan_permit", number="12345678", valid_until=None, by=officer, now=now)
    duplicates.find(by=WORK, now=now)
    assert pairs() == {(8, 21): ["certificate_shared"], (25, 27): ["number_shared"]}


def test_nobody_searches_but_the_machinery(now: datetime) -> None:
    for by in (viewer("assessor", place=CITY), viewer("administrator", place=CITY), Viewer()):
        with pytest.raises(NotFound):
            duplicates.find(by=by, now=now)


@pytest.mark.usefixtures("doubles")
def test_the_search_runs_as_background_work(now: datetime) -> None:
    seen: list[tuple[int, int]] = []
    duplicates.run(arguments={}, by=WORK, clock=lambda: now, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(4, 4)]
    assert queries.last_search() == now
