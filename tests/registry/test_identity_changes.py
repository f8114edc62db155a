"""Who someone is, changed: by whom, on which grounds, what stays on record, and two officers for an identity number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.models import AuditEvent, Notice
from guildhall.registry.engine.names import search_keys
from guildhall.registry.models import (
    DuplicatePair,
    FormerName,
    Identity,
    IdentityDocument,
    NumberChange,
    Superseded,
    Worker,
    hashed_words,
    vault,
)
from guildhall.registry.operations import identity, merges
from guildhall.registry.operations.history import opened
from guildhall.registry.operations.identity import HeldByAnother
from guildhall.registry.queries import changes
from guildhall.web.viewer import PUBLIC, Viewer, system
from tests.people import viewer
from tests.registry.folders import born, identity_number
from tests.registry.states import state
from tests.threads import alone, at_once, shared_database

WEST, NEW = "t-990103", "t-new"
MARRIED: dict[str, Any] = {"reason": "married", "document": "household_register", "on": date(2026, 1, 5)}


@pytest.fixture(autouse=True)
def _city(on_record: None) -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def officer() -> Viewer:
    return viewer("assessor", place=WEST)


@pytest.fixture
def second() -> Viewer:
    return viewer("claims_officer", place=WEST)


def name_of(worker: int) -> str:
    return vault().open("registry.identity", "name", worker, Identity.objects.get(pk=worker).name_sealed)


def number_of(worker: int) -> str:
    return vault().open("registry.identity", "identity_number", worker, Identity.objects.get(pk=worker).number_sealed)


def number(day: date, order: int = 501) -> str:
    return identity_number("990101", day, order)


def test_a_new_name_is_found_and_so_is_the_one_before(officer: Viewer, now: datetime) -> None:
    identity.rename(worker_id=3, name="  欧阳 小美 ", by=officer, now=now, **MARRIED)
    assert name_of(3) == "欧阳 小美"
    row, former = Identity.objects.get(pk=3), FormerName.objects.get()
    for word, key in hashed_words(vault(), search_keys("欧阳小美")).items():
        assert getattr(row, word) == key
    for word, key in hashed_words(vault(), search_keys("王3")).items():
        assert getattr(former, word) == key
    assert vault().open("registry.identity", "name", former.worker_id, former.name_sealed) == "王3"
    (kept,) = Superseded.objects.all()
    assert (kept.table, kept.row, kept.worker_id, kept.column, kept.value, opened(kept)) == ("registry.identity", 3, 3, "name", None, "王3")
    (told,) = changes.of_records([3])
    assert (told.column, told.said, told.until) == ("name", "王3", now)
    event = AuditEvent.objects.get(chain="worker:3", action="registry.rename")
    assert "王3" not in event.details + event.reason
    assert "household_register" in event.details
    assert Notice.objects.get(template="name_changed").worker_id == 3


def test_a_name_needs_its_grounds(officer: Viewer, now: datetime) -> None:
    before = state()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"name": "   "}, "no name"),
        ({"name": "王" * 101}, "no name"),
        ({"name": "··"}, "no name"),
        ({"reason": " "}, "No reason"),
        ({"document": ""}, "No paper"),
        ({"document": "a friend"}, "No paper"),
        ({"on": date(2026, 2, 1)}, "lies ahead"),
    ]
    for change, said in cases:
        with pytest.raises(GuildhallError, match=said):
            identity.rename(**{"worker_id": 3, "name": "王小美", **MARRIED, **change}, by=officer, now=now)
    assert state() == before


def test_the_same_again_changes_nothing(officer: Viewer, now: datetime) -> None:
    before = state()
    with pytest.raises(AlreadyDone):
        identity.rename(worker_id=3, name="王3", by=officer, now=now, **MARRIED)
    with pytest.raises(AlreadyDone):
        identity.change_phone(worker_id=3, phone="+86 138-0000-0003", reason="new", by=officer, now=now)
    with pytest.raises(AlreadyDone):
        identity.propose_number(worker_id=3, number=number_of(3), reason="r", document="identity_card", by=officer, now=now)
    assert state() == before


VERBS: list[Callable[[Viewer, datetime], Any]] = [
    lambda by, now: identity.rename(worker_id=3, name="王小美", by=by, now=now, **MARRIED),
    lambda by, now: identity.change_phone(worker_id=3, phone="13900000000", reason="new", by=by, now=now),
    lambda by, now: identity.add_document(worker_id=3, kind="passport", number="E12345678", valid_until=None, by=by, now=now),
    lambda by, now: identity.end_document(document_id=1, reason="lost", by=by, now=now),
    lambda by, now: identity.propose_number(worker_id=3, number=number(born(3)), reason="r", document="identity_card", by=by, now=now),
    lambda by, now: identity.confirm_number(change_id=1, by=by, now=now),
    lambda by, now: identity.refuse_number(change_id=1, reason="r", by=by, now=now),
]


OTHERS: list[Callable[[], Viewer]] = [
    lambda: viewer("assessor", place=NEW),
    lambda: viewer("arrears_officer", place=WEST),
    lambda: viewer("administrator", place="t"),
    lambda: viewer("worker", worker_id=3),
    lambda: viewer("employer", organisation_id=4),
    lambda: Viewer("account:5", "assessor", 5, worker=3, place=WEST, mandate=4),
    lambda: PUBLIC,
]


def test_only_officers_who_see_the_home_change_who_someone_is(officer: Viewer, now: datetime) -> None:
    document = identity.add_document(worker_id=3, kind="passport", number="E99999999", valid_until=None, by=officer, now=now)
    change = identity.propose_number(worker_id=3, number=number(born(3), 777), reason="r", document="permit", by=officer, now=now)
    IdentityDocument.objects.filter(pk=document.pk).update(id=1)
    NumberChange.objects.filter(pk=change.pk).update(id=1)
    before = state()
    for by in [who() for who in OTHERS]:
        for verb in VERBS:
            with pytest.raises(NotFound):
                verb(by, now)
    assert state() == before


def test_documents_are_found_by_one_hash_and_end_without_being_forgotten(officer: Viewer, now: datetime) -> None:
    row = identity.add_document(worker_id=3, kind="passport", number=" e1234 5678 ", valid_until=date(2030, 1, 1), by=officer, now=now)
    found = IdentityDocument.objects.get(number_hash=vault().keyed_hash("identity_number", "E12345678"))
    assert found == row
    assert vault().open("registry.identity_documents", "number", row.pk, row.number_sealed) == "E12345678"
    with pytest.raises(AlreadyDone):
        identity.add_document(worker_id=3, kind="passport", number="E12345678", valid_until=None, by=officer, now=now)
    identity.end_document(document_id=row.pk, reason="lost", by=officer, now=now)
    with pytest.raises(AlreadyDone):
        identity.end_document(document_id=row.pk, reason="lost", by=officer, now=now)
    assert [(told.column, told.said) for told in changes.of_records([3])] == [("ended_at", None)]
    identity.add_document(worker_id=3, kind="passport", number="E12345678", valid_until=None, by=officer, now=now)


def test_what_cannot_stand_on_a_document_is_not_recorded(officer: Viewer, now: datetime) -> None:
    before = state()
    for kind, given in (("passport", "PASSPORT"), ("passport", ""), ("driving_licence", "E12345678"), ("earlier_identity_number", "123")):
        with pytest.raises(GuildhallError):
            identity.add_document(worker_id=3, kind=kind, number=given, valid_until=None, by=officer, now=now)
    assert state() == before


@pytest.mark.parametrize("form", ["the number of today", "the form of fifteen digits"])
def test_a_number_of_another_record_puts_both_up_and_changes_nothing(form: str, officer: Viewer, now: datetime) -> None:
    other = number_of(5)
    given = other if form == "the number of today" else other[:6] + other[8:17]
    if form != "the number of today":
        assert other[6:8] == "19"
    before = state("DuplicatePair")
    with pytest.raises(HeldByAnother, match="another record"):
        identity.add_document(worker_id=3, kind="earlier_identity_number", number=given, valid_until=None, by=officer, now=now)
    assert state("DuplicatePair") == before
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id, pair.reasons, pair.state) == (3, 5, ["document_refused"], "proposed")
    merges.merge(pair_id=pair.pk, leads=3, reason="one", by=officer, now=now)
    identity.add_document(worker_id=3, kind="earlier_identity_number", number=given, valid_until=None, by=officer, now=now)


def test_an_identity_number_is_changed_by_two(officer: Viewer, second: Viewer, now: datetime) -> None:
    before, fresh = number_of(3), number(date(1985, 7, 9), 502)
    change = identity.propose_number(worker_id=3, number=fresh, reason="wrong at birth", document="police_certificate", by=officer, now=now)
    assert number_of(3) == before
    with pytest.raises(GuildhallError, match="second officer"):
        identity.confirm_number(change_id=change.pk, by=officer, now=now)
    with pytest.raises(GuildhallError, match="second officer"):
        identity.confirm_number(change_id=change.pk, by=system("command:test"), now=now)
    with pytest.raises(GuildhallError, match="waits to be confirmed"):
        identity.propose_number(worker_id=3, number=number(born(3), 9), reason="r", document="permit", by=second, now=now)
    identity.confirm_number(change_id=change.pk, by=second, now=now + timedelta(hours=1))
    worker = Worker.objects.get(pk=3)
    assert (number_of(3), worker.birth_month, worker.sex) == (fresh, date(1985, 7, 1), "female")
    earlier = IdentityDocument.objects.get(worker=3)
    assert (earlier.kind, bytes(earlier.number_hash)) == ("earlier_identity_number", vault().keyed_hash("identity_number", before))
    said = {(row.table, row.column): opened(row) for row in Superseded.objects.filter(worker_id=3)}
    assert said == {
        ("registry.identity", "identity_number"): before,
        ("registry.workers", "birth_month"): born(3).isoformat(),
        ("registry.workers", "sex"): "male",
    }
    shown = {told.column: told.said for told in changes.of_records([3])}
    assert shown["identity_number"] == f"99***************{before[-1]}", "a page shows former numbers masked"
    with pytest.raises(AlreadyDone):
        identity.confirm_number(change_id=change.pk, by=second, now=now)


def test_a_proposed_number_is_refused_and_leaves_the_record_as_it_was(officer: Viewer, second: Viewer, now: datetime) -> None:
    before = state("NumberChange")
    change = identity.propose_number(worker_id=3, number=number(born(3)), reason="r", document="permit", by=officer, now=now)
    identity.refuse_number(change_id=change.pk, reason="the copy is forged", by=second, now=now)
    assert state("NumberChange") == before
    assert NumberChange.objects.get().state == "refused"


def test_what_is_no_identity_number_is_not_proposed(officer: Viewer, now: datetime) -> None:
    for given in ("", "123", "990101199001051230", "99010119901305123X", "990101730404501"):
        with pytest.raises(GuildhallError, match="no resident identity number"):
            identity.propose_number(worker_id=3, number=given, reason="r", document="permit", by=officer, now=now)


@pytest.mark.django_db(transaction=True)
def test_two_officers_rename_at_once_and_no_name_is_lost(officer: Viewer, second: Viewer, now: datetime, tmp_path: Path) -> None:
    def renamed(name: str, by: Viewer) -> Callable[[], None]:
        return lambda: identity.rename(worker_id=3, name=name, by=by, now=now, **MARRIED)

    def names() -> list[str | None]:
        return [name_of(3), *(opened(row) for row in Superseded.objects.order_by("pk"))]

    with shared_database(tmp_path):
        at_once([renamed("王小美", officer), renamed("王晓梅", second)])
        assert sorted(filter(None, alone(names))) == ["王3", "王小美", "王晓梅"]


@pytest.mark.django_db(transaction=True)
def test_one_passport_on_two_records_at_once(officer: Viewer, second: Viewer, now: datetime, tmp_path: Path) -> None:
    def added(worker: int, by: Viewer) -> Callable[[], str]:
        def work() -> str:
            try:
                identity.add_document(worker_id=worker, kind="passport", number="E12345678", valid_until=None, by=by, now=now)
            except GuildhallError as refused:
                return type(refused).__name__
            return "added"

        return work

    with shared_database(tmp_path):
        outcomes = at_once([added(3, officer), added(5, second)])
        assert sorted(outcomes) in (["HeldByAnother", "added"], ["GuildhallError", "added"])
        assert alone(IdentityDocument.objects.count) == 1
