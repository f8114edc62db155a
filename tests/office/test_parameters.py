"""Confirming parameters: with a reference, by two where money hangs on it, of just this version, withdrawn by one; and who may."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import override

from guildhall.city.instruments import Entry
from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.models import AuditEvent, ParameterConfirmation
from guildhall.office.operations import parameters as operations
from guildhall.office.queries import parameters as queries
from guildhall.office.queries.attachments import attachments
from guildhall.rules.parameters import Found, NotInForce
from guildhall.web import pack
from guildhall.web.viewer import Viewer, system
from tests import people
from tests.threads import alone, at_once, shared_database

RULE = "skill_upgrade_subsidy"
DAY = date(2024, 5, 10)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def planner(db: None) -> Viewer:
    return people.viewer("planner", place="tiny")


@pytest.fixture
def officer(db: None) -> Viewer:
    return people.viewer("claims_officer", place="tiny")


def entry(name: str, rule: str = RULE, jurisdiction: str = "") -> Entry:
    held = [one for one in pack.city().instrument[rule].of(name) if one.version.value is not None]
    return next(one for one in held if jurisdiction in ("", one.version.jurisdiction))


def confirmed(name: str, by: Viewer, now: datetime, *, rule: str = RULE, jurisdiction: str = "", **more: object) -> ParameterConfirmation:
    terms = {"rule": rule, "digests": [entry(name, rule, jurisdiction).digest], "reference": "file 7"} | more
    return operations.confirm(by=by, now=now, **terms)[0]  # type: ignore[arg-type]


def seconded(name: str, by: Viewer, now: datetime) -> ParameterConfirmation:
    return operations.second(rule=RULE, digests=[entry(name).digest], by=by, now=now)[0]


def answer(name: str, rule: str = RULE) -> Found | NotInForce:
    return queries.parameters().select(rule, name, on=DAY, place="tiny-west", edition=None)


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DEMONSTRATION", False)


@pytest.mark.usefixtures("production")
def test_in_production_a_value_decides_once_two_officers_have_confirmed_it(planner: Viewer, officer: Viewer, now: datetime) -> None:
    assert getattr(answer("window_months"), "why", "") == "unconfirmed"
    row = confirmed("window_months", planner, now)
    assert row.two_needed
    assert getattr(answer("window_months"), "why", "") == "unconfirmed", "one officer alone is not enough"
    seconded("window_months", officer, now)
    found = answer("window_months")
    assert isinstance(found, Found)
    assert found.version.confirmed
    assert found.version.confirmed.document == "file 7"
    assert found.version.confirmed.officer == f"{planner.name} {officer.name}"
    assert getattr(answer("min_insured_months"), "why", "") == "unconfirmed", "another parameter is not confirmed by that"


@pytest.mark.usefixtures("production")
def test_what_is_not_paid_here_needs_one_officer(planner: Viewer, now: datetime) -> None:
    row = confirmed("amount", planner, now, rule="continuing_education_deduction")
    assert not row.two_needed
    assert isinstance(answer("amount", "continuing_education_deduction"), Found)


def test_in_a_demonstration_all_decide_and_say_whether_they_were_confirmed(planner: Viewer, officer: Viewer, now: datetime) -> None:
    before = answer("window_months")
    assert isinstance(before, Found)
    assert before.version.confirmed is None
    confirmed("window_months", planner, now)
    seconded("window_months", officer, now)
    after = answer("window_months")
    assert isinstance(after, Found)
    assert after.version.confirmed


def test_the_same_parameters_are_one_object_until_something_changes(planner: Viewer, now: datetime) -> None:
    before = queries.parameters()
    assert queries.parameters() is before
    confirmed("amount", planner, now, rule="continuing_education_deduction")
    assert queries.parameters() is not before


def test_nobody_is_both_officers(planner: Viewer, now: datetime) -> None:
    row = confirmed("window_months", planner, now)
    with pytest.raises(GuildhallError, match="You confirmed this yourself"):
        seconded("window_months", planner, now)
    with pytest.raises(IntegrityError):
        ParameterConfirmation.objects.filter(pk=row.pk).update(seconded_by=row.confirmed_by, seconded_at=now)


def test_what_was_done_is_not_done_again(planner: Viewer, officer: Viewer, now: datetime) -> None:
    confirmed("window_months", planner, now)
    with pytest.raises(AlreadyDone):
        confirmed("window_months", officer, now)
    seconded("window_months", officer, now)
    with pytest.raises(AlreadyDone):
        seconded("window_months", people.viewer("planner", place="tiny"), now)


def test_all_that_a_document_shows_is_confirmed_together_or_not_at_all(planner: Viewer, now: datetime) -> None:
    digests = [entry("amount").digest, entry("window_months").digest]
    assert len(operations.confirm(rule=RULE, digests=digests, reference="file 7", by=planner, now=now)) == 2
    with pytest.raises(AlreadyDone):
        operations.confirm(rule=RULE, digests=[digests[0], entry("yearly_limit").digest], reference="file 7", by=planner, now=now)
    assert ParameterConfirmation.objects.count() == 2


def test_a_confirmation_is_withdrawn_by_one_officer_with_a_reason(planner: Viewer, officer: Viewer, now: datetime) -> None:
    row = confirmed("window_months", planner, now)
    seconded("window_months", officer, now)
    with pytest.raises(GuildhallError, match="A reason is missing"):
        operations.withdraw(confirmation_id=row.pk, reason=" ", by=officer, now=now)
    operations.withdraw(confirmation_id=row.pk, reason="the notice was replaced", by=officer, now=now)
    assert queries.confirmations() == {}
    with pytest.raises(AlreadyDone):
        operations.withdraw(confirmation_id=row.pk, reason="again", by=officer, now=now)
    assert confirmed("window_months", officer, now).pk != row.pk, "and it can be confirmed anew"
    assert [one.pk for one in queries.ended(planner, RULE)] == [row.pk]


def test_a_version_that_changed_is_confirmed_no_longer(planner: Viewer, now: datetime) -> None:
    confirmed("window_months", planner, now)
    ParameterConfirmation.objects.update(digest="0" * 64)
    states = {one.entry.name: one.state for one in queries.standings(planner, RULE)}
    assert states["window_months"] != "second"
    assert len(queries.ended(planner, RULE)) == 1


def test_every_word_is_an_event(planner: Viewer, officer: Viewer, now: datetime) -> None:
    row = confirmed("window_months", planner, now)
    seconded("window_months", officer, now)
    operations.withdraw(confirmation_id=row.pk, reason="replaced", by=planner, now=now)
    events = AuditEvent.objects.filter(chain=f"parameter:{RULE}.window_months").order_by("position")
    assert [(event.action, event.actor, event.reason) for event in events] == [
        ("office.confirm_parameter", planner.name, ""),
        ("office.second_parameter", officer.name, ""),
        ("office.withdraw_parameter", planner.name, "replaced"),
    ]
    told = json.loads(events[0].details)
    assert (told["digest"], told["reference"]) == (entry("window_months").digest, "file 7")


@pytest.mark.parametrize("reference", ["", "  ", "x" * 201, "身份证 500101199001011237", "phone 138 0000 1111"])
def test_the_reference_says_where_the_document_lies_and_holds_no_number_of_anybody(planner: Viewer, now: datetime, reference: str) -> None:
    with pytest.raises(GuildhallError):
        confirmed("window_months", planner, now, reference=reference)
    assert not ParameterConfirmation.objects.exists()


@pytest.mark.parametrize("reference", ["就业处档 2023-118", "渝府办发〔2023〕57号", "file 2023/0118-7"])
def test_numbers_of_files_are_references(planner: Viewer, now: datetime, reference: str) -> None:
    assert confirmed("window_months", planner, now, reference=reference).reference == reference


@pytest.mark.parametrize("role", ["administrator", "auditor", "assessor", "arrears_officer", "broker"])
def test_other_roles_confirm_nothing(db: None, now: datetime, role: str) -> None:
    with pytest.raises(NotFound):
        confirmed("window_months", people.viewer(role, place="tiny"), now)


def test_a_district_confirms_what_it_sets_itself_and_nothing_else(db: None, now: datetime) -> None:
    harbour = people.viewer("planner", place="tiny-harbour")
    assert confirmed("amount", harbour, now, jurisdiction="tiny-harbour").jurisdiction == "tiny-harbour"
    with pytest.raises(NotFound):
        confirmed("amount", harbour, now, jurisdiction="tiny")
    with pytest.raises(NotFound):
        confirmed("amount", people.viewer("planner", place="tiny-west"), now, jurisdiction="tiny-harbour")


def test_the_machinery_confirms_nothing(db: None, now: datetime) -> None:
    with pytest.raises(NotFound):
        confirmed("window_months", system("command:x"), now)


def test_nothing_found_is_nothing_to_confirm(planner: Viewer, now: datetime) -> None:
    slot = next(one for one in pack.city().instrument[RULE].of("amount") if one.version.value is None)
    for digests in ([slot.digest], ["0" * 64]):
        with pytest.raises(NotFound):
            operations.confirm(rule=RULE, digests=digests, reference="file 7", by=planner, now=now)
    with pytest.raises(GuildhallError, match="Nothing was chosen"):
        operations.confirm(rule=RULE, digests=[], reference="file 7", by=planner, now=now)


def test_one_copy_of_the_document_serves_all_that_it_shows(planner: Viewer, now: datetime) -> None:
    digests = [entry("amount").digest, entry("window_months").digest]
    pages = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj"
    pdf = b"%PDF-1.4\n" + pages + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    made = operations.confirm(rule=RULE, digests=digests, reference="file 7", paper=("notice.pdf", pdf), by=planner, now=now)
    subject = f"parameter:{made[0].pk}"
    assert [row.paper_id for row in made] == [attachments(planner, subject, now)[0].pk] * 2
    assert attachments(people.viewer("assessor", place="tiny"), subject, now) == []


def test_the_pack_of_these_tests_is_the_tiny_one() -> None:
    assert pack.city().id == "tiny"


@pytest.mark.django_db(transaction=True)
def test_of_officers_who_confirm_at_once_one_is_first_and_one_is_second(tmp_path: Path, now: datetime) -> None:
    officers = [people.viewer("planner", name=f"planner-{n}", place="tiny") for n in range(4)]

    def attempt(work: Callable[[], object]) -> str:
        with override("en"):
            try:
                work()
            except GuildhallError as refused:
                return type(refused).__name__
        return "done"

    def at_the_same_time(work: Callable[..., object]) -> list[str]:
        return sorted(at_once([partial(attempt, partial(work, "window_months", officer, now)) for officer in officers]))

    with shared_database(tmp_path):
        assert at_the_same_time(confirmed) == ["AlreadyDone"] * 3 + ["done"]
        seconds = at_the_same_time(seconded)
        assert (seconds.count("done"), seconds.count("AlreadyDone") + seconds.count("GuildhallError")) == (1, 3)
        alone(_in_force_by_two)


def _in_force_by_two() -> None:
    row = ParameterConfirmation.objects.get()
    assert row.seconded_by_id not in (None, row.confirmed_by_id)
