"""Rosters into the registry: what each row does, to whom, at whose word; the same file twice; nothing lost, nothing doubled."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.kernel.tables import Text
from guildhall.office.engine.chain import ROWS_DIGEST, batch_digest
from guildhall.office.models import Attachment, AuditEvent, Notice
from guildhall.office.operations.notices import _address
from guildhall.office.queries.notices import facts_of
from guildhall.registry import models
from guildhall.registry.operations import imports
from guildhall.registry.operations.history import supersede
from guildhall.registry.operations.imports import applying, staging
from guildhall.registry.queries import imports as queries
from guildhall.web.viewer import Viewer, system
from tests import people
from tests.registry import folders
from tests.registry.rosters import TODAY, brought, full, number, row, state, unread

pytestmark = pytest.mark.django_db(transaction=True)
BY = system("command:import roster")
FOUR = ("accepted", "changed", "unchanged", "rejected")


@pytest.fixture(autouse=True)
def city(on_record: None) -> None:
    """Every test begins with the small city on record."""


@pytest.fixture
def bring(now: datetime) -> Any:
    def do(*rows: Any, by: Viewer = BY, organisation: int = 1, as_of: date = TODAY) -> models.ImportBatch:
        then = max(now, datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=UTC))
        return imports.apply(batch=brought(rows, by=by, now=then, organisation=organisation, as_of=as_of), by=by, now=then)

    return do


def counts(batch: models.ImportBatch) -> tuple[int, ...]:
    found = tuple(getattr(batch, name) for name in FOUR)
    assert sum(found) == batch.rows == batch.position
    return found


def worker(n: int) -> models.Worker:
    return models.Worker.objects.get(identity__number_hash=models.vault().keyed_hash("identity_number", number(n)))


def phone(n: int) -> str:
    one = worker(n)
    return models.vault().open("registry.identity", "phone", one.pk, one.identity.phone_sealed or b"")


def known(n: int) -> dict[str, Any]:
    """Person n of the small city as a roster would name them: name, number."""
    given = folders.rows()["registry.identity"][n - 1]
    return {"name": given["name"], "identity_number": given["identity_number"], "birth": folders.born(n)}


def test_a_new_person_comes_with_job_and_claimed_certificate(bring: Any) -> None:
    batch = bring(full(100), row(101))
    assert counts(batch) == (2, 0, 0, 0)
    one, other = worker(100), worker(101)
    assert (one.birth_month, one.sex, one.education, one.migrant, one.residence_id, one.weight) == (
        date(1980, 5, 1), "male", "senior", "local", "t-990101001", 1)  # fmt: skip
    assert (other.education, other.migrant, other.residence_id) == ("unknown", "unknown", "t")
    stay = models.EmploymentSpell.objects.get(worker=one)
    assert (stay.organisation_id, stay.occupation, stay.contract, stay.started_on, stay.ended_on) == (
        1, "6-31-01-03", "regular", date(2021, 3, 1), None)  # fmt: skip
    assert models.EmploymentSpell.objects.get(worker=other).started_on == TODAY
    claim = models.ClaimedCertificate.objects.get()
    assert (claim.worker_id, claim.level, claim.confirmed_id, claim.issued_on) == (one.pk, "L4", None, date(2020, 5, 1))
    assert {one.batch_id, stay.batch_id, claim.batch_id} == {batch.pk}
    assert one.identity.name_two is not None
    assert phone(100) == "13900000100"
    assert queries.noted(batch) == {"start_assumed": [102]}


def test_the_same_file_twice_changes_nothing(bring: Any) -> None:
    rows = [full(100), row(101), full(102, level="L0", certificate_number=None), full(103, ended_on=date(2025, 6, 1)), row(104, level="L3")]
    bring(*rows)
    before = state()
    again = bring(*rows, as_of=date(2026, 3, 1))
    assert counts(again) == (0, 0, 5, 0)
    assert state() == before
    assert not models.Superseded.objects.exists()


def test_changed_facts_keep_what_was_said_before(bring: Any) -> None:
    bring(full(100))
    batch = bring(
        full(100, name="赵改名", phone="13711112222", occupation=None, contract="dispatched", level="L3", residence="t-990102",
             education=None)
    )  # fmt: skip
    assert counts(batch) == (0, 1, 0, 0)
    one = worker(100)
    assert (one.residence_id, one.education) == ("t-990102", "senior")
    assert models.EmploymentSpell.objects.get(worker=one).contract == "dispatched"
    said = {(s.table, s.column): s.value for s in models.Superseded.objects.all()}
    assert said == {
        ("registry.identity", "name"): None,
        ("registry.identity", "phone"): None,
        ("registry.workers", "residence_id"): "t-990101001",
        ("registry.employment_spells", "contract"): "regular",
        ("registry.claimed_certificates", "level"): "L4",
    }
    assert set(models.Superseded.objects.values_list("worker_id", "batch_id")) == {(one.pk, batch.pk)}
    assert models.FormerName.objects.get().worker_id == one.pk
    assert queries.noted(batch) == {"renamed": [101]}


def test_who_leaves_has_the_spell_ended_and_who_returns_begins_another(bring: Any) -> None:
    bring(full(100))
    assert counts(bring(full(100, ended_on=date(2025, 12, 1)))) == (0, 1, 0, 0)
    spell = models.EmploymentSpell.objects.get(worker=worker(100))
    assert spell.ended_on == date(2025, 12, 1)
    noted = bring(full(100))
    assert (counts(noted), queries.noted(noted)) == ((0, 0, 1, 0), {"left": [101]})
    assert counts(bring(full(100, started_on=date(2026, 1, 5)))) == (1, 0, 0, 0)
    spans = models.EmploymentSpell.objects.filter(worker=worker(100)).order_by("started_on").values_list("started_on", "ended_on")
    assert list(spans) == [(date(2021, 3, 1), date(2025, 12, 1)), (date(2026, 1, 5), None)]


def test_a_first_day_is_corrected_and_one_that_contradicts_is_not_taken(bring: Any) -> None:
    bring(full(100))
    assert counts(bring(full(100, started_on=date(2021, 5, 1)))) == (0, 1, 0, 0)
    bring(full(100, started_on=date(2021, 5, 1), ended_on=date(2025, 1, 1)))
    batch = bring(full(100, started_on=date(2024, 1, 1)), row(101, ended_on=date(2025, 1, 1)))
    assert counts(batch) == (0, 0, 0, 2)
    faults = dict(queries.rejected_rows(batch))
    told = [(fault.code, fault.column, fault.value) for fault in faults[101] + faults[102]]
    assert told == [("overlaps", "入职日期", faults[101][0].value), ("no_start", "入职日期", "")]
    cells = {rejected.number: rejected.cells for rejected in queries.rejected(batch)}
    assert cells[101][:3] == ("徐某100", number(100), "13900000100")
    assert cells[102][-1] == "2024-12-31", "the last day at work, as a person would write it"
    assert not models.Identity.objects.filter(number_hash=models.vault().keyed_hash("identity_number", number(101))).exists()


def test_two_employers_are_lawful_and_noted(bring: Any) -> None:
    bring(full(100))
    batch = bring(full(100), organisation=2)
    assert (counts(batch), queries.noted(batch)) == ((1, 0, 0, 0), {"elsewhere": [101]})
    assert set(models.EmploymentSpell.objects.filter(worker=worker(100), ended_on=None).values_list("organisation_id", flat=True)) == {1, 2}


def test_a_certificate_on_record_confirms_the_claim_of_its_holder_alone(bring: Any) -> None:
    held = models.CertificateNumber.objects.get(pk=3).certificate
    printed = "S000099000000000000003"
    who = known(held.worker_id)
    models.EmploymentSpell.objects.filter(worker_id=held.worker_id).delete()
    batch = bring(row(50, **who, level="L3", certificate_number=printed), full(100, certificate_number=printed))
    confirmed = models.ClaimedCertificate.objects.get(worker_id=held.worker_id)
    other = models.ClaimedCertificate.objects.get(worker=worker(100))
    assert (confirmed.confirmed_id, other.confirmed_id) == (held.pk, None)
    assert queries.noted(batch) == {"start_assumed": [51], "certificate_on_record": [51], "certificate_elsewhere": [101]}


def test_merged_records_are_one_person(bring: Any, now: datetime) -> None:
    bring(full(100), full(101))
    first, second = worker(100), worker(101)
    models.Alias.objects.create(worker=second, merged_into=first, reason="same", merged_at=now)
    assert counts(bring(full(101, name="徐某100", phone="13900000100"))) == (0, 0, 1, 0)
    assert models.EmploymentSpell.objects.filter(worker__in=[first, second]).count() == 2


def test_an_earlier_identity_number_leads_to_its_person(bring: Any, now: datetime) -> None:
    bring(full(100))
    hashed = models.vault().keyed_hash("identity_number", number(200))
    models.IdentityDocument.objects.create(
        worker=worker(100), kind="earlier_identity_number", number_sealed=b"x", number_hash=hashed, added_at=now)  # fmt: skip
    assert counts(bring(full(100, identity_number=number(200)))) == (0, 0, 1, 0)


def test_a_township_lies_in_the_district_that_a_file_names(bring: Any) -> None:
    bring(full(100))
    assert counts(bring(full(100, residence="t-990103"), as_of=TODAY)) == (0, 0, 1, 0), "the town passed to that district"
    assert counts(bring(full(100, residence="t-new"))) == (0, 1, 0, 0)


@pytest.fixture
def employer() -> Viewer:
    return people.viewer("employer", organisation_id=1)


def test_an_employer_corrects_whom_it_brought_and_leaves_others_as_they_are(bring: Any, employer: Viewer) -> None:
    """What it left as it was it is not told of: the other one is not known to be its own."""
    bring(full(100), organisation=2)
    bring(full(101), by=employer)
    batch = bring(full(100, phone="13711112222"), full(101, phone="13711113333"), by=employer)
    assert (counts(batch), queries.noted(batch)) == ((1, 1, 0, 0), {})
    assert counts(bring(full(100, phone="13711112222"), by=employer)) == (0, 0, 1, 0), "nor by bringing it twice"
    assert [phone(100), phone(101)] == ["13900000100", "13711113333"]


def later(now: datetime, days: int) -> datetime:
    return now + timedelta(days=days)


def test_a_file_undoes_nothing_that_is_newer(bring: Any, now: datetime) -> None:
    bring(full(100))
    one = worker(100)
    spell = models.EmploymentSpell.objects.get(worker=one)
    supersede(row=one, changes={"education": "bachelor"}, now=later(now, 5))
    supersede(row=spell, changes={"started_on": date(2020, 2, 1)}, now=later(now, 5))
    bring(full(100, started_on=None, education=None, phone="13711112222"), as_of=date(2026, 2, 20))
    old = bring(full(100, education="junior", contract="dispatched"), as_of=date(2026, 2, 4))
    one, spell = worker(100), models.EmploymentSpell.objects.get(worker=one)
    assert (one.education, phone(100)) == ("bachelor", "13711112222")
    assert (spell.started_on, spell.contract) == (date(2020, 2, 1), "dispatched"), "what nobody touched since is put right"
    assert (counts(old), queries.noted(old)) == ((0, 1, 0, 0), {"kept": [101]})
    same_day = bring(full(100, started_on=date(2020, 2, 1), education="junior", contract=None), as_of=date(2026, 2, 4))
    assert queries.noted(same_day) == {"kept": [101]}
    newer = bring(full(100, started_on=date(2020, 2, 1), education="junior", contract=None), as_of=date(2026, 2, 21))
    assert (worker(100).education, phone(100), queries.noted(newer)) == ("junior", "13900000100", {})


def test_a_file_undoes_nothing_that_an_officer_changed_on_a_paper(bring: Any, now: datetime) -> None:
    bring(full(100), full(101))
    one, other = worker(100), worker(101)
    for who in (one, other):
        supersede(row=who, changes={"education": "bachelor"}, now=now)
    supersede(row=one.identity, changes=models.identity_fields(one.pk, name="赵改名"), now=now)
    request = models.CorrectionRequest.objects.create(
        worker=one, subject=f"registry.workers:{one.pk}:education", wanted_sealed=b"x", place_id="t", state="accepted",
        lodged_at=now, decided_at=now, due_on=TODAY,
    )  # fmt: skip
    paper = {"media_type": "application/pdf", "size": 1, "sha256": "", "added_by": "x", "added_at": now, "file": "x"}
    Attachment.objects.create(subject=f"correction:{request.pk}", worker_id=one.pk, title="diploma", **paper)
    batch = bring(full(100), full(101), as_of=date(2026, 5, 1))
    assert queries.noted(batch) == {"kept": [101]}
    assert (worker(100).education, worker(101).education) == ("bachelor", "senior"), "no paper came with the other one"
    assert models.vault().open("registry.identity", "name", one.pk, worker(100).identity.name_sealed) == "赵改名"


def test_a_person_is_told_of_a_name_or_phone_that_came_with_a_file(bring: Any) -> None:
    bring(full(100), full(101))
    assert not Notice.objects.filter(template="name_changed").exists()
    bring(full(100, name="赵改名", phone="13711112222"), full(101, education="bachelor"))
    every = Notice.objects.filter(worker_id=worker(100).pk, template="name_changed")
    told = [facts_of(notice)["what"] for notice in every.filter(channel="app")]
    assert [_address(notice)[0] for notice in every.filter(channel="sms")] == ["13900000100"], "the phone before is told too"
    assert sorted(what.en for what in told if isinstance(what, Text)) == ["name", "phone"]
    assert not Notice.objects.filter(worker_id=worker(101).pk, template="name_changed").exists()


def test_an_employer_corrects_nobody_who_left_it(bring: Any, employer: Viewer) -> None:
    """Nor by saying that they came back: that is its own word."""
    bring(full(100), by=employer)
    bring(full(100, ended_on=date(2025, 12, 1)), by=employer)
    bring(full(100, ended_on=date(2025, 12, 1), phone="13711112222"), by=employer)
    bring(full(100, started_on=date(2026, 1, 10), phone="13711112222"), by=employer)
    bring(full(100, started_on=date(2026, 1, 10), phone="13711112222"), by=employer)
    assert phone(100) == "13900000100"
    models.EmploymentSpell.objects.filter(worker=worker(100), ended_on=None).update(doubtful=False)
    bring(full(100, started_on=date(2026, 1, 10), phone="13711112222"), by=employer)
    assert phone(100) == "13711112222"


def test_an_employer_changes_no_name(bring: Any, employer: Viewer) -> None:
    bring(full(100))
    batch = bring(full(100, name="钱另"), full(101), by=employer)
    assert counts(batch) == (1, 0, 0, 1)
    [(line, [fault])] = queries.rejected_rows(batch)
    assert (line, fault.code, fault.value) == (101, "other_name", "钱*")
    assert "黄某" not in json.dumps(batch.rejected_rows.get().faults, ensure_ascii=False)


def test_rosters_are_brought_by_those_who_answer_for_the_organisation(now: datetime, employer: Viewer) -> None:
    officer = people.viewer("assessor", place="t-990103")
    clerk = people.viewer("employer", organisation_id=1, scopes="jobs")
    assert brought([row(100)], by=officer, now=now, organisation=1).state == "staged"
    refused = [(employer, 2), (clerk, 1), (people.viewer("assessor", place="t-new"), 1), (people.viewer("planner", place="t"), 1)]
    for by, organisation in [*refused, (people.viewer("worker", worker_id=1), 1)]:
        with pytest.raises(NotFound):
            brought([row(100)], by=by, now=now, organisation=organisation)
    batch = brought([row(100)], by=BY, now=now, organisation=2)
    for verb in (imports.apply, imports.abandon, imports.foresee, imports.confirm, imports.discard):
        with pytest.raises(NotFound):
            verb(batch=batch, by=employer, now=now)
    assert set(queries.batches(employer, TODAY).values_list("organisation_id", flat=True)) == {1}
    with pytest.raises(NotFound):
        queries.batch(employer, batch.pk, TODAY)


def test_a_roster_speaks_of_no_day_to_come(now: datetime) -> None:
    with pytest.raises(GuildhallError):
        brought([row(100)], by=BY, now=now, as_of=date(2026, 2, 1))
    assert not models.ImportBatch.objects.exists()


def test_one_event_proves_the_batch(bring: Any) -> None:
    batch = bring(full(100), unread(200), row(101))
    event = AuditEvent.objects.get(action="registry.import_roster")
    told = json.loads(event.details)
    assert (event.chain, event.batch, event.actor) == ("organisation:1", batch.pk, BY.name)
    assert {name: told[name] for name in FOUR} == dict(zip(FOUR, (2, 0, 0, 1), strict=True))
    assert told["file_sha256"] == batch.sha256
    proof = list(queries.batch_proof(batch.pk))
    assert batch_digest(proof).hex() == told[ROWS_DIGEST]
    assert {subject for subject, _ in proof} == {f"worker:{worker(n).pk}" for n in (100, 101)}
    assert not any(number(n) in event.details or "某" in event.details for n in (100, 101))


def test_nothing_of_a_row_stays_where_it_was_staged(bring: Any) -> None:
    batch = bring(full(100), unread(200))
    assert list(batch.chunks.values_list("number", "content_sealed")) == [(0, None)]
    kept = batch.rejected_rows.get()
    assert "坏200".encode() not in bytes(kept.cells_sealed or b"")
    assert next(iter(queries.rejected(batch))).cells == ("坏200", "990103198001010000")


def test_what_would_happen_is_told_and_not_done(now: datetime, bring: Any) -> None:
    bring(full(100))
    before = state()
    batch = brought([full(100), full(101), full(100, phone="13711112222"), unread(200)], by=BY, now=now)
    forecast = imports.foresee(batch=batch, by=BY, now=now)
    assert forecast["counts"] == {"accepted": 1, "changed": 1, "unchanged": 1, "rejected": 1}
    assert state() == before
    done = imports.apply(batch=batch, by=BY, now=now)
    assert {name: getattr(done, name) for name in FOUR} == forecast["counts"]


def test_a_file_is_given_up_with_what_came_in_and_without_the_rest(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK_ROWS", 2)
    batch = brought([full(n) for n in range(100, 105)], by=BY, now=now)

    class Stop(Exception):  # noqa: N818
        pass

    def stop(done: int, total: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        imports.apply(batch=batch, by=BY, now=now, progress=stop)
    gone = imports.abandon(batch=batch, by=BY, now=now)
    assert (gone.state, gone.position, gone.accepted) == ("abandoned", 2, 2)
    assert not batch.chunks.filter(content_sealed__isnull=False).exists()
    assert AuditEvent.objects.get(action="registry.abandon_import").batch == batch.pk
    for verb in (imports.apply, imports.abandon, imports.confirm):
        with pytest.raises(AlreadyDone):
            verb(batch=batch, by=BY, now=now)


def test_of_two_workers_on_one_batch_one_wins(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK_ROWS", 2)
    batch = brought([full(n) for n in range(100, 108)], by=BY, now=now)
    ended: list[str] = []

    def overtake(done: int, total: int) -> None:
        if not ended:
            ended.append(imports.apply(batch=batch, by=BY, now=now).state)

    with translation.override("en"), pytest.raises(GuildhallError, match="Another worker is applying"):
        imports.apply(batch=batch, by=BY, now=now, progress=overtake)
    batch.refresh_from_db()
    assert (ended, counts(batch)) == (["done"], (8, 0, 0, 0))
    assert AuditEvent.objects.filter(action="registry.import_roster").count() == 1


PEOPLE = st.integers(100, 105)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "phone": st.sampled_from(["13711112222", "13711113333"]),
        "residence": st.sampled_from(["t-990103", "t-new"]),
        "contract": st.sampled_from(["regular", "dispatched"]),
        "level": st.sampled_from(["L5", "L3"]),
        "started_on": st.sampled_from([date(2020, 1, 1), date(2021, 3, 1), date(2024, 7, 1)]),
        "ended_on": st.sampled_from([date(2024, 6, 1), date(2025, 6, 1)]),
    },
)
FILES = st.lists(st.builds(lambda n, said: full(n, **said), PEOPLE, CHANGES), max_size=8, unique_by=lambda made: made.identity_number)


cut = given(
    files=st.lists(FILES, min_size=1, max_size=3), sizes=st.lists(st.integers(1, 4), min_size=3, max_size=3), stop=st.integers(0, 5)
)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@cut
def test_however_it_is_cut_and_resumed_the_end_is_the_same(now: datetime, monkeypatch: pytest.MonkeyPatch, **drawn: Any) -> None:
    _ends_the_same(now, monkeypatch, **drawn)


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@cut
def test_however_many_are_cut_and_resumed_the_end_is_the_same(now: datetime, monkeypatch: pytest.MonkeyPatch, **drawn: Any) -> None:
    _ends_the_same(now, monkeypatch, **drawn)


def _ends_the_same(now: datetime, monkeypatch: pytest.MonkeyPatch, files: list[Any], sizes: list[int], stop: int) -> None:
    """Cut into chunks of any size and stopped after any of them, a file ends as one applied in one go; and again changes nothing."""
    from django.db import transaction

    ends = []
    for sliced in (False, True):
        with transaction.atomic():
            for file, size in zip(files, sizes, strict=False):
                with monkeypatch.context() as patch:
                    patch.setattr(staging, "CHUNK_ROWS", size if sliced else 100)
                    _apply_with_stops(brought(file, by=BY, now=now), now, stop if sliced else 0)
            ends.append(state())
            again = imports.apply(batch=brought(files[-1], by=BY, now=now), by=BY, now=now)
            assert again.accepted == again.changed == 0
            transaction.set_rollback(True)
    assert ends[0] == ends[1]


def _apply_with_stops(batch: models.ImportBatch, now: datetime, stop: int) -> None:
    class Stop(Exception):  # noqa: N818
        pass

    left = stop

    def count(done: int, total: int) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Stop

    try:
        imports.apply(batch=batch, by=BY, now=now, progress=count)
    except Stop:
        batch = imports.apply(batch=batch, by=BY, now=now)
    finally:
        batch.refresh_from_db()
        counts(batch)


def test_passing_quarrels_are_told_from_lasting_ones() -> None:
    class Cause(Exception):  # noqa: N818
        sqlstate = "23505"

    error = OSError()
    error.__cause__ = Cause()
    assert applying._passes(error)
    Cause.sqlstate = "23514"
    assert not applying._passes(error)
    assert connection.vendor in ("sqlite", "postgresql")
