"""Retention: everything about people has a rule, what is due goes on its day and not before, and an erased person leaves a stub."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import transaction
from django.utils import timezone, translation

from guildhall.kernel.errors import NotFound
from guildhall.kernel.retention import Period
from guildhall.office import strongroom
from guildhall.office.engine.actions import ACTIONS
from guildhall.office.models import Account, ApiToken, Attachment, AuditEvent, Grant, Job, Mandate, Notice, SmsCode
from guildhall.office.operations.notices import notify
from guildhall.office.operations.retention import sweep_files
from guildhall.office.phones import phone_fields
from guildhall.overview.operations import retention
from guildhall.overview.operations.retention import ERASERS, due, erase_due
from guildhall.overview.queries.retention import RULES
from guildhall.registry import models
from guildhall.registry.queries import scope
from guildhall.registry.queries.holdings import SOURCES
from guildhall.registry.tables import TABLES
from guildhall.web.viewer import PUBLIC, system
from tests.house.tree import HOUSE
from tests.world import World, build, put_papers

ON = date(2046, 3, 1)
NOW = datetime(2046, 3, 1, 4, tzinfo=UTC)
BY = system("test")
HERE = ZoneInfo("Asia/Shanghai")


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
def world(built: World, var: Path) -> Iterator[World]:
    """The world; what a test writes is taken back after it."""
    put_papers(built)
    with transaction.atomic(), translation.override("en"):
        yield built
        transaction.set_rollback(True)


def back(period: Period, days: int = 0) -> datetime:
    """The moment a period lies before ON, at the day's beginning, and some days on."""
    day = period.before(ON) + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time.min))


def run(on: date = ON) -> dict[str, int]:
    return {erased.rule: erased.rows for erased in erase_due(on=on, by=BY, clock=lambda: NOW)}


RULE = {rule.key: rule for rule in RULES}


# the table


SAYS_WHO = re.compile(r"_sealed$|_hash$|^(name|username|email|phone|ip|uid|extra_data|user_agent)$")


def _about_people(model: Any) -> bool:
    """Whether a row has the key of a person or an account, or holds something that says who somebody is."""
    for field in model._meta.concrete_fields:
        if field.name == "worker_id" or field.related_model in (models.Worker, Account) or SAYS_WHO.search(field.name):
            return True
    return model is models.Worker


NOT_ABOUT_PEOPLE = {
    "auth.Group": "Django's own; the house has roles of its own and no groups",
    "auth.Permission": "Django's own; names of rights",
    "registry.ImportBatch": "",
    "registry.Feed": "",
    "socialaccount.SocialApp": "the city's own key at the unified identity",
}


def test_every_model_that_speaks_of_people_has_a_rule() -> None:
    ruled = {label for rule in RULES for label in rule.models}
    speaking = {model._meta.label for model in apps.get_models() if _about_people(model)}
    assert speaking - ruled - NOT_ABOUT_PEOPLE.keys() == set(), "add a rule in the domain's engine/retention.py, or say here why not"
    assert ruled <= {model._meta.label for model in apps.get_models()}, "a rule speaks of a model that is gone"


def test_every_rule_that_ends_is_carried_out_and_no_other() -> None:
    assert {rule.key for rule in RULES if rule.period} == {eraser.rule for eraser in ERASERS}
    assert len({rule.key for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert (rule.period is not None) <= (rule.then in ("erased", "emptied"))
        assert rule.status in ("statute", "assumed")
        assert ("assumption" in rule.basis.en) == ("假设" in rule.basis.zh)
        assert rule.kept.zh
        assert rule.kept.en


def test_a_period_ends_on_the_same_day_of_the_year() -> None:
    assert Period(years=3).before(date(2028, 2, 29)) == date(2025, 2, 28)
    assert Period(days=90).before(date(2026, 3, 31)) == date(2025, 12, 31)


def test_every_action_that_is_recorded_has_words() -> None:
    """Names of actions stand in the code as they are recorded: beside `action=`, or in a constant of the operations."""
    found = set()
    for module in HOUSE.modules:
        if "operations" in module.parts or module.parts[-1:] == ("load",):
            found |= set(re.findall(r'action="([a-z]+\.[a-z_]+)"', module.text))
            found |= set(re.findall(r'^[A-Z_, ]+ = .*"((?:office|registry|overview|skills)\.[a-z]+_[a-z_]+)"', module.text, re.MULTILINE))
    tables = {table.name for table in TABLES} | {source.table for source in SOURCES}
    assert found - ACTIONS.keys() - tables == set(), "say what it is called in office/engine/actions.py"


# what is due


def test_nothing_is_due_in_a_city_that_has_just_begun(world: World) -> None:
    assert due(on=date(2026, 1, 31), by=BY) == []


def test_only_the_citys_own_machinery_erases(world: World) -> None:
    for by in (PUBLIC, world.viewer("administrator"), world.viewer("worker")):
        with pytest.raises(NotFound):
            erase_due(on=ON, by=by, clock=lambda: NOW)
        with pytest.raises(NotFound):
            due(on=ON, by=by)


def _sms(at: datetime) -> Any:
    return SmsCode.objects.create(phone_hash=at.isoformat().encode(), code_hash=b"x", sent_at=at)


def _token(at: datetime) -> Any:
    held = Grant.objects.filter(role="assessor").first()
    assert held
    made = {"token_hash": at.isoformat().encode(), "scopes": "", "created_at": at, "expires_on": date(2099, 1, 1), "revoked_at": at}
    return ApiToken.objects.create(account=held.account, grant=held, name="x", **made)


def _notice(at: datetime, **more: Any) -> Any:
    row = notify(key=f"{at} {more}", template="record_claimed", facts={"on": "x"}, now=at, worker_id=7_310_001)[0]
    Notice.objects.filter(pk=row.pk).update(**more)
    return row


def _sent(at: datetime) -> Any:
    row = notify(key=f"{at} s", template="record_claimed", facts={"on": "x"}, now=at, worker_id=7_310_001, channels=("sms",))[0]
    Notice.objects.filter(pk=row.pk).update(state="sent", sent_at=at)
    return row


def _consent(at: datetime) -> Any:
    told = {"wording": "research/1", "given_at": at, "given_by": "x", "withdrawn_at": at}
    return models.Consent.objects.create(worker_id=7_310_001, purpose="research", **told)


def _wish(at: datetime) -> Any:
    return models.Wish.objects.create(worker_id=7_310_001, kind="job", said_on=ON, closed_at=at)


def _open_wish(at: datetime) -> Any:
    models.Wish.objects.filter(closed_at=None).delete()
    return models.Wish.objects.create(worker_id=7_310_001, kind="job", said_on=at.astimezone(HERE).date())


def _reported(at: datetime) -> Any:
    ended = at.astimezone(HERE).date()
    spell = {"started_on": ended - timedelta(days=9), "ended_on": ended, "as_of": ended}
    return models.ReportedFact.objects.create(worker_id=7_310_001, kind="hardship", detail=str(at), **spell)


def _former(at: datetime) -> Any:
    return models.FormerName.objects.create(worker_id=7_310_001, name_sealed=b"x", until=at)


def _document(at: datetime) -> Any:
    row = {"number_sealed": b"x", "number_hash": at.isoformat().encode(), "added_at": at, "ended_at": at}
    return models.IdentityDocument.objects.create(worker_id=7_310_001, kind="passport", **row)


@pytest.mark.parametrize(
    ("rule", "make"),
    [
        ("office.sms_code", _sms),
        ("office.token", _token),
        ("office.notice", lambda at: _notice(at, read_at=at)),
        ("office.notice", _sent),
        ("office.notice_unread", _notice),
        ("registry.consent", _consent),
        ("registry.wish", _wish),
        ("registry.wish_open", _open_wish),
        ("registry.reported_fact", _reported),
        ("registry.former_name", _former),
        ("registry.identity_document", _document),
    ],
)
def test_a_row_goes_when_its_time_is_over_and_not_a_day_before(world: World, rule: str, make: Callable[[datetime], Any]) -> None:
    period = RULE[rule].period
    assert period
    stays, goes = make(back(period)), make(back(period, days=-1))
    erasers = [eraser for eraser in ERASERS if eraser.rule == rule]
    found = {key for eraser in erasers for key in eraser.due(ON).values_list("pk", flat=True)}
    assert goes.pk in found
    assert stays.pk not in found
    run()
    assert not type(goes).objects.filter(pk=goes.pk).exists()
    event = next(json.loads(e.details) for e in AuditEvent.objects.filter(action="overview.erase") if rule in e.details)
    assert event["rows"] >= 1


def test_what_is_emptied_keeps_its_line(world: World) -> None:
    at, worker = back(Period(years=12)), world.harbour.worker
    correction = models.CorrectionRequest.objects.create(
        worker_id=worker, subject="x", wanted_sealed=b"sealed", place_id="tiny-harbour", state="refused", lodged_at=at,
        due_on=at.astimezone(HERE).date(), answer="no", decided_at=at,
    )  # fmt: skip
    said = models.Superseded.objects.create(
        table="registry.identity", row=worker, worker_id=worker, column="name", value_sealed=b"x", until=at
    )
    plain = models.Superseded.objects.create(
        table="registry.workers", row=worker, worker_id=worker, column="education", value="junior", until=at
    )
    batch = models.ImportBatch.objects.create(kind="roster", name="x", sha256="", mapping={}, brought_by="x", brought_at=at, state="staged")
    chunk = models.ImportChunk.objects.create(batch=batch, number=0, rows=1, content_sealed=b"x")
    rejected = models.RejectedRow.objects.create(batch=batch, row=2, faults=[], cells_sealed=b"x")
    mandate = Mandate.objects.create(
        kind="broker", agent=world.harbour.grants["broker"].account, worker_id=worker, purpose="jobs", consent="spoken",
        consent_note="at home", given_at=at, valid_from=date(2030, 1, 1), valid_until=date(2030, 2, 1),
    )  # fmt: skip
    run()
    for row in (correction, said, plain, chunk, rejected, mandate, batch):
        row.refresh_from_db()
    assert (bytes(correction.wanted_sealed), correction.answer, correction.state) == (b"", "", "refused")
    assert (said.value_sealed, plain.value) == (None, "junior"), "what is no name and no number is kept"
    assert (chunk.content_sealed, rejected.cells_sealed, batch.state) == (None, None, "abandoned")
    assert mandate.consent_note == ""
    assert run() == {}, "what has been dealt with is not due again"


@pytest.mark.parametrize("kind", ["roster", "insurance"])
def test_an_import_that_stopped_half_way_is_given_up_with_what_was_left_of_it(world: World, kind: str) -> None:
    side, at = world.harbour, back(Period(days=30), days=-1)
    told = {"kind": kind, "name": "x", "sha256": "", "mapping": {}, "brought_by": "x", "state": "applying", "rows": 3, "position": 1,
            "accepted": 1, "organisation_id": side.organisation if kind == "roster" else None}  # fmt: skip
    stopped, queued, fresh = (models.ImportBatch.objects.create(brought_at=when, **told) for when in (at, at, back(Period(days=30))))
    left = [models.ImportChunk.objects.create(batch=batch, number=1, rows=2, content_sealed=b"x") for batch in (stopped, queued, fresh)]
    Job.objects.create(kind="import", key=f"apply {queued.pk}", created_at=at, run_after=at)
    run()
    for row in (stopped, queued, fresh, *left):
        row.refresh_from_db()
    assert [batch.state for batch in (stopped, queued, fresh)] == ["abandoned", "applying", "applying"]
    assert [chunk.content_sealed is None for chunk in left] == [True, False, False]
    assert (stopped.accepted, stopped.finished_at) == (1, NOW)
    event = AuditEvent.objects.get(action="registry.abandon_import")
    chain = f"organisation:{side.organisation}" if kind == "roster" else "feed:insurance"
    assert (event.chain, event.batch, event.role, json.loads(event.details)) == (chain, stopped.pk, "system", {"position": 1, "rows": 3})


@pytest.mark.django_db
def test_papers_are_destroyed_and_files_without_a_row_are_swept(world: World) -> None:
    """Of a correction a year after the answer, of anything else three years after they came."""
    request = models.CorrectionRequest.objects.create(
        worker_id=world.harbour.worker, subject="x", wanted_sealed=b"x", place_id="tiny-harbour", state="accepted", lodged_at=NOW,
        due_on=ON, decided_at=NOW,
    )  # fmt: skip
    kept = {"title": "t", "media_type": "image/png", "size": 1, "sha256": "", "added_by": "x", "added_at": back(Period(years=9))}
    old = Attachment.objects.create(
        subject=f"worker:{world.harbour.worker}", worker_id=world.harbour.worker, file=strongroom.put(b"x"), **kept
    )
    waits = Attachment.objects.create(subject=f"correction:{request.pk}", file=strongroom.put(b"x"), **kept)
    run()
    old.refresh_from_db()
    waits.refresh_from_db()
    assert (old.title, old.removed_at) == ("", NOW)
    assert waits.removed_at is None
    run(date(2047, 3, 2))
    waits.refresh_from_db()
    assert waits.removed_at == NOW
    lost = strongroom.put(b"lost")
    written = datetime.fromtimestamp(max(at for _, at in strongroom.names()), UTC)
    assert sweep_files(now=written) == 0, "a file of this minute may be waiting for its row"
    assert sweep_files(now=written + timedelta(days=2)) >= 1
    with pytest.raises(strongroom.Lost):
        strongroom.get(lost)


# accounts


def test_an_account_that_left_keeps_its_number_and_nothing_that_says_whose_it_was(world: World) -> None:
    held = world.harbour.grants["worker"]
    account = held.account
    Account.objects.filter(pk=account.pk).update(name="晏", email="x@y", last_login=NOW, **phone_fields(account.pk, "13900001111"))
    EmailAddress.objects.create(user=account, email="x@y")
    Grant.objects.filter(account=account).update(revoked_at=back(Period(years=3), days=-1))
    run()
    account.refresh_from_db()
    assert account.name == "晏", "it was signed in with since"
    Account.objects.filter(pk=account.pk).update(last_login=back(Period(years=4)))
    run()
    account.refresh_from_db()
    assert (account.name, account.email, account.phone_sealed, account.phone_hash, account.is_active) == ("", "", None, None, False)
    assert account.username == f"erased-{account.pk}"
    assert not EmailAddress.objects.filter(user=account).exists()
    assert Grant.objects.filter(pk=held.pk).exists(), "the role explains what was done with it"


def test_staff_who_left_are_named_for_ten_years(world: World) -> None:
    held = world.harbour.grants["planner"]
    Grant.objects.filter(pk=held.pk).update(revoked_at=back(Period(years=9)))
    run()
    held.account.refresh_from_db()
    assert held.account.name
    run(date(2048, 3, 1))
    held.account.refresh_from_db()
    assert held.account.name == ""


def test_a_public_account_that_never_claimed_anything_goes(world: World) -> None:
    guest = Account.objects.get(username="demo-guest")
    notify(key="x", template="record_claimed", facts={"on": "x"}, now=NOW, account=guest.pk)
    run()
    assert not Account.objects.filter(pk=guest.pk).exists()
    assert Account.objects.filter(pk=world.harbour.grants["worker"].account_id).exists()


# people


def idle(world: World, worker: int, ended: date) -> None:
    """Makes a person one whose every record has ended."""
    models.CertificateNumber.objects.filter(certificate__worker_id=worker).delete()
    models.Certificate.objects.filter(worker_id=worker).delete()
    models.EmploymentSpell.objects.filter(worker_id=worker).delete()
    models.EmploymentSpell.objects.create(
        worker_id=worker, organisation_id=world.harbour.organisation, contract="regular", started_on=date(2001, 1, 1), ended_on=ended
    )
    Grant.objects.filter(worker_id=worker).update(revoked_at=NOW)


def test_an_erased_person_leaves_a_stub_that_says_nobody(world: World) -> None:
    side = world.harbour
    worker = side.student
    idle(world, worker, date(2036, 2, 28))
    models.FormerName.objects.create(worker_id=worker, name_sealed=b"x", until=NOW)
    claim = models.CorrectionRequest.objects.create(
        worker_id=worker, subject="x", wanted_sealed=b"x", place_id="tiny-harbour", state="refused",
        lodged_at=back(Period(years=11)), due_on=date(2035, 1, 1), decided_at=back(Period(years=11)), answer="no",
    )  # fmt: skip
    run()
    assert models.Worker.objects.filter(pk=worker).exists(), "figures of past years still add up"
    assert models.EmploymentSpell.objects.filter(worker_id=worker).exists()
    assert not models.Identity.objects.filter(pk=worker).exists()
    assert not models.FormerName.objects.filter(worker_id=worker).exists()
    claim.refresh_from_db()
    assert not bytes(claim.wanted_sealed)
    event = AuditEvent.objects.get(action="registry.erase_person")
    assert (event.chain, event.role) == (f"worker:{worker}", "system")
    assert side.name(worker) not in event.details
    for who in ("assessor", "claims_officer"):
        assert not scope.people(world.viewer(who), ON).filter(pk=worker).exists()
    assert run() == {}


@pytest.mark.parametrize("ended", [date(2036, 3, 1), date(2046, 1, 1)])
def test_nobody_is_erased_before_the_last_record_is_ten_years_old(world: World, ended: date) -> None:
    idle(world, world.harbour.student, ended)
    run()
    assert models.Identity.objects.filter(pk=world.harbour.student).exists()


@pytest.mark.parametrize("what", ["certificate", "claim", "job", "correction", "account", "merged", "undated"])
def test_whoever_may_still_rely_on_a_record_is_not_erased(world: World, what: str) -> None:
    side = world.harbour
    worker = side.student
    idle(world, worker, date(2030, 1, 1))
    if what == "certificate":
        models.Certificate.objects.create(
            worker_id=worker, kind="skill_level", level="L5", occupation="2-02-38", issuer_id=side.college, source="public_body",
            issued_on=date(2010, 1, 1),
        )  # fmt: skip
    elif what == "claim":
        models.ClaimedCertificate.objects.create(worker_id=worker, level="L5", said_by_id=side.organisation)
    elif what == "job":
        models.EmploymentSpell.objects.create(
            worker_id=worker, organisation_id=side.organisation, contract="regular", started_on=date(2010, 1, 1)
        )
    elif what == "correction":
        models.CorrectionRequest.objects.create(
            worker_id=worker, subject="x", wanted_sealed=b"x", place_id="tiny-harbour", lodged_at=NOW, due_on=ON
        )
    elif what == "account":
        Grant.objects.create(account=Account.objects.get(username="demo-guest"), role="worker", worker_id=worker, granted_by="x",
                             valid_from=date(2020, 1, 1))  # fmt: skip
    elif what == "merged":  # the record that was merged into it still lasts
        models.Alias.objects.create(worker_id=side.worker, merged_into_id=worker, reason="x", merged_at=NOW)
    else:
        models.EmploymentSpell.objects.filter(worker_id=worker).delete()
    run()
    assert models.Identity.objects.filter(pk=worker).exists()


def test_merged_records_of_one_person_go_together(world: World) -> None:
    first, second = world.harbour.student, world.neighbour.student
    idle(world, first, date(2030, 1, 1))
    idle(world, second, date(2030, 1, 1))
    models.Alias.objects.create(worker_id=second, merged_into_id=first, reason="x", merged_at=back(Period(years=12)))
    run()
    assert not models.Identity.objects.filter(pk__in=(first, second)).exists()
    assert AuditEvent.objects.filter(action="registry.erase_person").count() == 2


def aged(world: World, worker: int, born: date, *, certificate: bool = True) -> None:
    """Makes a person one of that age for whom nothing runs."""
    idle(world, worker, date(2045, 1, 1))
    models.InsuranceSpell.objects.filter(worker_id=worker).delete()
    models.Worker.objects.filter(pk=worker).update(birth_month=born)
    if certificate:
        held = models.Certificate.objects.create(
            worker_id=worker, kind="skill_level", level="L5", occupation="2-02-38", issuer_id=world.harbour.college,
            source="public_body", issued_on=date(2010, 1, 1),
        )  # fmt: skip
        models.CertificateNumber.objects.create(certificate=held, number_sealed=b"x", number_hash=b"x")


def test_a_certificate_holder_is_kept_for_a_hundred_years_from_birth(world: World) -> None:
    worker = world.harbour.student
    aged(world, worker, date(1946, 3, 1))
    run()
    assert models.Identity.objects.filter(pk=worker).exists()
    models.Worker.objects.filter(pk=worker).update(birth_month=date(1946, 2, 1))
    run()
    assert not models.Identity.objects.filter(pk=worker).exists()
    assert models.Certificate.objects.filter(worker_id=worker).exists()
    assert not models.CertificateNumber.objects.filter(certificate__worker_id=worker).exists()


@pytest.mark.parametrize("what", ["no certificate", "job", "insurance", "correction", "wish", "account", "job of a merged record"])
def test_age_alone_erases_nobody_without_a_certificate_or_for_whom_something_runs(world: World, what: str) -> None:
    side = world.harbour
    worker = side.student
    aged(world, worker, date(1940, 1, 1), certificate=what != "no certificate")
    spell: dict[str, Any] = {"worker_id": worker, "organisation_id": side.organisation, "started_on": date(2045, 2, 1)}
    if what == "job":
        models.EmploymentSpell.objects.create(contract="regular", **spell)
    elif what == "insurance":
        models.InsuranceSpell.objects.create(scheme="unemployment", **spell)
    elif what == "correction":
        models.CorrectionRequest.objects.create(
            worker_id=worker, subject="x", wanted_sealed=b"x", place_id="tiny-harbour", lodged_at=NOW, due_on=ON
        )
    elif what == "wish":
        models.Wish.objects.create(worker_id=worker, kind="job", said_on=ON)
    elif what == "account":
        Grant.objects.create(account=Account.objects.get(username="demo-guest"), role="worker", worker_id=worker, granted_by="x",
                             valid_from=date(2020, 1, 1))  # fmt: skip
    elif what == "job of a merged record":
        models.Alias.objects.create(worker_id=side.worker, merged_into_id=worker, reason="x", merged_at=NOW)
    run()
    assert models.Identity.objects.filter(pk=worker).exists()


def test_the_record_that_leads_says_how_old_a_person_is(world: World) -> None:
    first, second = world.harbour.student, world.neighbour.student
    aged(world, first, date(1990, 1, 1))
    aged(world, second, date(1900, 1, 1), certificate=False)
    models.Alias.objects.create(worker_id=second, merged_into_id=first, reason="x", merged_at=NOW)
    run()
    assert models.Identity.objects.filter(pk__in=(first, second)).count() == 2
    models.Worker.objects.filter(pk=first).update(birth_month=date(1940, 1, 1))
    run()
    assert not models.Identity.objects.filter(pk__in=(first, second)).exists()


# killed on the way


def test_a_run_that_was_killed_is_taken_up_where_it_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(12):
        _sms(back(Period(days=2), days=-n))
    chunks = [eraser for eraser in ERASERS if eraser.rule == "office.sms_code"]
    small = chunks[0].__class__("office.sms_code", chunks[0].due, chunks[0].erase, chunk=5)
    monkeypatch.setattr(retention, "ERASERS", (small,))
    begun = 0

    def clock() -> datetime:
        nonlocal begun
        begun += 1
        if begun == 3:
            raise KeyboardInterrupt
        return NOW

    with pytest.raises(KeyboardInterrupt):
        erase_due(on=ON, by=BY, clock=clock)
    assert SmsCode.objects.count() == 2
    assert run() == {"office.sms_code": 2}
    told = [json.loads(event.details)["rows"] for event in AuditEvent.objects.filter(action="overview.erase").order_by("event_id")]
    assert told == [5, 5, 2]


def test_a_dry_run_counts_and_writes_nothing(world: World) -> None:
    _sms(back(Period(days=2)))
    before = AuditEvent.objects.count()
    assert ("office.sms_code", 1) in [(found.rule, found.rows) for found in due(on=ON, by=BY)]
    assert (SmsCode.objects.count(), AuditEvent.objects.count()) == (1, before)
