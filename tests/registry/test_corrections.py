"""Correction requests: lodged by the worker, decided where the authority answers today, applied with what stood there kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from guildhall.kernel.calendar import SpecialDay, WorkCalendar
from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.models import Attachment, AuditEvent, Notice
from guildhall.registry.engine import corrections as engine
from guildhall.registry.models import CorrectionRequest, EmploymentSpell, Identity, NumberChange, PlaceParent, Superseded, Worker, vault
from guildhall.registry.operations import corrections, identity
from guildhall.registry.queries import corrections as queries
from guildhall.registry.queries import standing
from guildhall.web.viewer import PUBLIC, Viewer, system
from tests.people import viewer
from tests.registry.folders import born, identity_number
from tests.registry.states import changed, state
from tests.threads import alone, at_once, shared_database

WEST, NEW, CITY = "t-990103", "t-new", "t"
EDUCATION = "registry.workers:3:education"


@pytest.fixture(autouse=True)
def _city(on_record: None) -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def worker() -> Viewer:
    return viewer("worker", worker_id=3)


@pytest.fixture
def officer() -> Viewer:
    return viewer("assessor", place=WEST)


@pytest.fixture
def lodged(worker: Viewer, now: datetime) -> CorrectionRequest:
    return lodge(worker, now)


def lodge(by: Viewer, now: datetime, subject: str = EDUCATION, wanted: str = "bachelor", **more: Any) -> CorrectionRequest:
    return corrections.lodge(subject=subject, wanted=wanted, why="the diploma says so", by=by, now=now, **more)


def accept(row: CorrectionRequest, by: Viewer, now: datetime, document: str = "identity_card", answer: str = "") -> CorrectionRequest:
    return corrections.accept(correction_id=row.pk, answer=answer, document=document, by=by, now=now)


def test_a_request_is_sealed_dated_and_told(lodged: CorrectionRequest, worker: Viewer, now: datetime, on: date) -> None:
    assert (lodged.place_id, lodged.state) == ("t-990101001", "open")
    assert "bachelor" not in str(bytes(lodged.wanted_sealed))
    (asked,) = queries.own(worker, on)
    assert (asked.said, asked.wanted, asked.why, asked.overdue) == (
        "junior college",
        "bachelor's degree or above",
        "the diploma says so",
        False,
    )
    assert Notice.objects.get(template="correction_received").worker_id == 3
    event = AuditEvent.objects.get(action="registry.lodge_correction")
    assert json.loads(event.details) == {"request": lodged.pk, "table": "registry.workers", "column": "education"}


def test_the_answer_is_due_in_working_days() -> None:
    holiday = [SpecialDay(date(2026, 2, day), "holiday", "", "s", "official") for day in (16, 17, 18, 19, 20, 23)]
    calendar = WorkCalendar.of(holiday)
    assert engine.due(calendar, date(2026, 1, 30)).value == date(2026, 3, 2), "fifteen working days, six days off among them"
    assert not engine.due(calendar, date(2026, 1, 30)).provisional
    assert engine.due(calendar, date(2026, 12, 25)).provisional, "it reaches a year nobody has arranged yet"
    assert engine.TERM.status == "assumed"


def test_a_deadline_is_worked_out_again_when_the_year_is_published(
    lodged: CorrectionRequest, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = WorkCalendar.of([SpecialDay(date(2026, 2, day), "holiday", "", "s", "official") for day in (2, 3, 4)])
    before, plain = lodged.due_on, WorkCalendar.of([])
    for module in (corrections, queries):
        monkeypatch.setattr(module, "city", lambda: type("City", (), {"calendar": calendar})())
    assert corrections.recompute_deadlines(by=system("command:test"), now=now) == 1
    lodged.refresh_from_db()
    assert lodged.due_on == calendar.add(date(2026, 1, 30), 15).value != plain.add(date(2026, 1, 30), 15).value
    assert corrections.recompute_deadlines(by=system("command:test"), now=now) == 0
    details = json.loads(AuditEvent.objects.get(action="registry.move_deadline").details)
    assert details == {"request": lodged.pk, "before": before.isoformat(), "due": lodged.due_on.isoformat()}
    with pytest.raises(NotFound):
        corrections.recompute_deadlines(by=viewer("assessor", place=CITY), now=now)


def test_only_what_is_ones_own_can_be_called_wrong(now: datetime) -> None:
    before = state()
    for by in (viewer("worker", worker_id=5), viewer("assessor", place=WEST), viewer("employer", organisation_id=1), PUBLIC):
        with pytest.raises(NotFound):
            lodge(by, now)
    worker = viewer("worker", worker_id=3)
    own_spell = EmploymentSpell.objects.filter(worker=3).first()
    others_spell = EmploymentSpell.objects.exclude(worker=3).first()
    assert own_spell
    assert others_spell
    for subject in (
        "registry.workers:5:education",
        f"registry.employment_spells:{others_spell.pk}:started_on",
        "registry.workers:3:weight",
        "registry.workers:3:batch_id",
        "registry.places:3:name_zh",
        "nonsense",
        "",
    ):
        with pytest.raises(NotFound):
            lodge(worker, now, subject)
    assert state() == before
    lodge(worker, now, f"registry.employment_spells:{own_spell.pk}:started_on", "2018-02-01")


def test_an_officer_at_the_counter_lodges_for_the_worker(now: datetime) -> None:
    acting = Viewer("account:5", "assessor", 5, worker=3, place=WEST, mandate=4)
    lodge(acting, now)
    event = AuditEvent.objects.get(action="registry.lodge_correction")
    assert (event.actor, event.on_behalf) == ("account:5", "worker:3")


IMPOSSIBLE = [
    (EDUCATION, "doctor"),
    (EDUCATION, "unknown"),
    (EDUCATION, ""),
    ("registry.workers:3:residence", "nowhere"),
    ("registry.workers:3:residence", "t-990101"),
    ("registry.workers:3:residence", "t"),
    ("registry.identity:3:name", "··"),
    ("registry.identity:3:name", ""),
    ("registry.identity:3:phone", "call me"),
    ("registry.identity:3:identity_number", "990101199001051230"),
    ("registry.employment_spells:2:started_on", "2026-13-01"),
    ("registry.employment_spells:2:started_on", "2026-02-01"),
    ("registry.employment_spells:2:started_on", "1899-12-31"),
    ("registry.employment_spells:2:started_on", ""),
]


def test_what_cannot_stand_there_is_not_taken(worker: Viewer, now: datetime) -> None:
    before = state()
    for subject, wanted in IMPOSSIBLE:
        with pytest.raises(GuildhallError) as caught:
            lodge(worker, now, subject, wanted)
        assert not isinstance(caught.value, NotFound), (subject, wanted)
    assert state() == before


def test_why_is_asked_and_one_request_at_a_time(worker: Viewer, lodged: CorrectionRequest, now: datetime) -> None:
    with pytest.raises(GuildhallError, match="does not say why"):
        corrections.lodge(subject="registry.workers:3:migrant", wanted="none", why=" ", by=worker, now=now)
    with pytest.raises(GuildhallError, match="too long"):
        corrections.lodge(subject="registry.workers:3:migrant", wanted="none", why="w" * 501, by=worker, now=now)
    with pytest.raises(AlreadyDone, match="open already"):
        lodge(worker, now)
    corrections.withdraw(correction_id=lodged.pk, by=worker, now=now)
    lodge(worker, now)
    with pytest.raises(AlreadyDone):
        corrections.withdraw(correction_id=lodged.pk, by=worker, now=now)


def test_a_paper_comes_with_the_request_or_the_request_does_not_come(worker: Viewer, now: datetime) -> None:
    pdf = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
    with pytest.raises(GuildhallError):
        lodge(worker, now, paper=("diploma.exe", b"MZ not a paper"))
    assert not CorrectionRequest.objects.exists()
    row = lodge(worker, now, paper=("diploma.pdf", pdf), title="Diploma")
    paper = Attachment.objects.get()
    assert (paper.subject, paper.worker_id, paper.title) == (f"correction:{row.pk}", 3, "Diploma")


def test_the_queue_is_that_of_the_authority_responsible_today(worker: Viewer, now: datetime, on: date) -> None:
    """Worker 3 lives in a town that went from the north to the west; worker 1 in the east, which is now the new district."""
    west = lodge(worker, now)
    new = lodge(viewer("worker", worker_id=1), now, "registry.workers:1:education")
    assert (west.place_id, new.place_id) == ("t-990101001", "t-990102")

    def seen(place: str, role: str = "assessor") -> list[int]:
        return [asked.row.pk for asked in queries.queue(viewer(role, place=place), on).rows]

    assert (seen(WEST), seen(NEW), seen(CITY)) == ([west.pk], [new.pk], [west.pk, new.pk])
    for ended in ("t-990101", "t-990102"):
        assert seen(ended) == [], "a district that has ended answers for nobody"
    for role in ("planner", "auditor", "administrator", "arrears_officer"):
        with pytest.raises(NotFound):
            seen(CITY, role)
    with pytest.raises(NotFound):
        queries.request(viewer("assessor", place=NEW), west.pk, on)


def test_a_request_follows_a_merger(now: datetime, on: date) -> None:
    """Lodged with one district, answered by the one that follows it: tomorrow the town passes to the new district."""
    row = lodge(viewer("worker", worker_id=3), now)
    old, new = viewer("assessor", place=WEST), viewer("assessor", place=NEW)
    assert [len(queries.queue(by, on).rows) for by in (old, new)] == [1, 0]
    PlaceParent.objects.filter(place_id="t-990101001", parent_id=WEST).update(valid_until=on + timedelta(days=1))
    PlaceParent.objects.create(
        place_id="t-990101001",
        parent_id=NEW,
        relation="administrative",
        valid_from=on + timedelta(days=1),
        source="made-up",
        status="generated",
    )
    standing.forget_places()
    later = now + timedelta(days=1)
    assert [len(queries.queue(by, on + timedelta(days=1)).rows) for by in (old, new)] == [0, 1]
    with pytest.raises(NotFound):
        accept(row, old, later)
    assert accept(row, new, later).state == "accepted"
    standing.forget_places()


def test_the_queue_puts_the_deadline_first_and_counts_what_is_late(now: datetime, on: date, officer: Viewer) -> None:
    rows = [lodge(viewer("worker", worker_id=key), now, f"registry.workers:{key}:education") for key in (3, 5, 9, 11)]
    for row, due in zip(rows, (4, -2, 1, -5), strict=True):
        CorrectionRequest.objects.filter(pk=row.pk).update(due_on=on + timedelta(days=due))
    found, after = [], ""
    while True:
        page = queries.queue(officer, on, after=after, size=1)
        found += [(asked.row.pk, asked.overdue) for asked in page.rows]
        after = page.next
        if not after:
            break
    assert found == [(rows[3].pk, True), (rows[1].pk, True), (rows[2].pk, False), (rows[0].pk, False)]
    assert (page.open, page.overdue) == (4, 2)
    with pytest.raises(NotFound):
        queries.queue(officer, on, after="yesterday")


def test_an_accepted_request_changes_that_column_and_keeps_what_it_said(
    lodged: CorrectionRequest, officer: Viewer, worker: Viewer, now: datetime
) -> None:
    before = state("CorrectionRequest", "Superseded")
    row = accept(lodged, officer, now)
    assert row.state == "accepted"
    assert changed(before, state("CorrectionRequest", "Superseded")) == {("Worker", (3,), "education"): ("college", "bachelor")}
    (kept,) = Superseded.objects.all()
    assert (kept.table, kept.row, kept.column, kept.value) == ("registry.workers", 3, "education", "college")
    assert Notice.objects.get(template="correction_accepted").worker_id == 3
    with pytest.raises(AlreadyDone):
        accept(lodged, officer, now)
    with pytest.raises(AlreadyDone):
        corrections.refuse(correction_id=lodged.pk, answer="no", by=officer, now=now)


PARTS: list[tuple[str, str, Callable[[], Any], Any]] = [
    ("registry.workers:3:residence", "t-990101-rest", lambda: Worker.objects.get(pk=3).residence_id, "t-990101-rest"),
    ("registry.workers:3:migrant", "away", lambda: Worker.objects.get(pk=3).migrant, "away"),
    ("registry.identity:3:name", "王小美", lambda: opened("name"), "王小美"),
    ("registry.identity:3:phone", "+86 139 0000 0000", lambda: opened("phone"), "13900000000"),
    ("registry.identity:3:phone", "", lambda: Identity.objects.get(pk=3).phone_hash, None),
    ("registry.employment_spells:2:ended_on", "2025-05-05", lambda: EmploymentSpell.objects.get(pk=2).ended_on, date(2025, 5, 6)),
    ("registry.employment_spells:2:ended_on", "", lambda: EmploymentSpell.objects.get(pk=2).ended_on, None),
    ("registry.insurance_spells:2:started_on", "2017-03", lambda: insured().started_on, date(2017, 3, 1)),
    ("registry.insurance_spells:2:ended_on", "2025-12", lambda: insured().ended_on, date(2026, 1, 1)),
    ("registry.certificates:2:valid_until", "2029-12-31", lambda: held().valid_until, date(2030, 1, 1)),
]


def opened(column: str) -> str:
    row = Identity.objects.get(pk=3)
    return vault().open("registry.identity", column, 3, row.name_sealed if column == "name" else row.phone_sealed or b"")


def insured() -> Any:
    from guildhall.registry.models import InsuranceSpell

    return InsuranceSpell.objects.get(pk=2)


def held() -> Any:
    from guildhall.registry.models import Certificate

    return Certificate.objects.get(pk=2)


def test_every_part_is_applied_and_its_history_is_whole(worker: Viewer, now: datetime) -> None:
    # one of the requests is that the worker lives in another district
    officer, second = viewer("assessor", place=CITY), viewer("claims_officer", place=CITY)
    for subject, wanted, read, expected in PARTS:
        row = accept(lodge(worker, now, subject, wanted), officer, now)
        if row.state == "open":  # no paper came with it
            accept(row, second, now)
        assert read() == expected, subject
        table, key, column = subject.split(":")
        kept = Superseded.objects.order_by("pk").last()
        assert kept is not None
        assert (kept.table, kept.row, kept.worker_id) == (table, int(key), 3)
        assert kept.column == ("residence_id" if column == "residence" else column)
    assert Superseded.objects.count() == len(PARTS)


def test_a_record_that_cannot_say_it_says_so(worker: Viewer, officer: Viewer, now: datetime) -> None:
    row = lodge(worker, now, "registry.employment_spells:2:ended_on", "2001-01-01")
    before = state()
    with pytest.raises(GuildhallError, match="cannot say this"):
        accept(row, officer, now)
    assert state() == before


def test_what_was_on_record_stays_beside_the_answer(lodged: CorrectionRequest, officer: Viewer, now: datetime, on: date) -> None:
    accept(lodged, officer, now)
    asked = queries.request(officer, lodged.pk, on)
    assert (asked.said, asked.says) == ("junior college", "bachelor's degree or above")


def test_an_end_is_asked_for_and_shown_by_its_last_day(worker: Viewer, officer: Viewer, now: datetime, on: date) -> None:
    row = lodge(worker, now, "registry.employment_spells:2:ended_on", "2025-05-05")
    assert queries.request(officer, row.pk, on).wanted == "2025-05-05"
    accept(row, officer, now)
    assert queries.correctable_item(worker, row.subject).said == "2025-05-05"


def test_something_missing_is_answered_in_words(worker: Viewer, officer: Viewer, now: datetime) -> None:
    row = lodge(worker, now, "registry.workers:3:other", "my certificate of 2019 is missing")
    with pytest.raises(GuildhallError, match="no answer"):
        accept(row, officer, now)
    before = state("CorrectionRequest")
    accept(row, officer, now, answer="the issuer was asked and will send it")
    assert state("CorrectionRequest") == before


def test_a_number_waits_for_the_second_officer(worker: Viewer, officer: Viewer, now: datetime, on: date) -> None:
    fresh, second = identity_number("990101", born(3), 555), viewer("claims_officer", place=WEST)
    row = lodge(worker, now, "registry.identity:3:identity_number", fresh)
    assert queries.request(officer, row.pk, on).wanted == f"99***************{fresh[-1]}"
    assert corrections.reveal_wanted(correction_id=row.pk, by=officer, now=now) == fresh
    event = AuditEvent.objects.get(chain="worker:3", action="registry.reveal")
    assert fresh not in event.details + event.reason
    assert accept(row, officer, now).state == "open"
    with pytest.raises(GuildhallError, match="second officer"):
        accept(row, officer, now)
    assert queries.request(second, row.pk, on).waiting is not None
    assert accept(row, second, now).state == "accepted"
    number_hash = vault().keyed_hash("identity_number", fresh)
    assert bytes(Identity.objects.get(pk=3).number_hash) == number_hash


def test_refusing_a_number_closes_the_proposal(worker: Viewer, officer: Viewer, now: datetime) -> None:
    row = lodge(worker, now, "registry.identity:3:identity_number", identity_number("990101", born(3), 555))
    accept(row, officer, now)
    corrections.refuse(correction_id=row.pk, answer="the card says otherwise", by=viewer("assessor", place=CITY), now=now)
    assert NumberChange.objects.get().state == "refused"
    assert not Superseded.objects.exists()


def test_a_refusal_says_why_and_changes_nothing(
    lodged: CorrectionRequest, officer: Viewer, worker: Viewer, now: datetime, on: date
) -> None:
    before = state("CorrectionRequest")
    with pytest.raises(GuildhallError, match="no reason"):
        corrections.refuse(correction_id=lodged.pk, answer=" ", by=officer, now=now)
    corrections.refuse(correction_id=lodged.pk, answer="the diploma is another person's", by=officer, now=now)
    assert state("CorrectionRequest") == before
    (asked,) = queries.own(worker, on)
    assert (asked.row.state, asked.row.answer) == ("refused", "the diploma is another person's")
    assert Notice.objects.get(template="correction_refused").worker_id == 3
    event = AuditEvent.objects.get(action="registry.refuse_correction")
    assert "diploma" not in event.details + event.reason, "an answer may name people; an event never does"


def test_what_the_record_says_by_now_is_accepted_without_a_change(worker: Viewer, officer: Viewer, now: datetime) -> None:
    row = lodge(worker, now, "registry.identity:3:name", "王小美")
    identity.rename(worker_id=3, name="王小美", reason="seen", document="permit", on=date(2026, 1, 1), by=officer, now=now)
    assert accept(row, officer, now).state == "accepted"
    assert Superseded.objects.count() == 1


def test_no_other_officer_decides(lodged: CorrectionRequest, worker: Viewer, now: datetime) -> None:
    others = [viewer("assessor", place=NEW), viewer("arrears_officer", place=WEST), worker, PUBLIC]
    before = state()
    for by in others:
        with pytest.raises(NotFound):
            accept(lodged, by, now)
        with pytest.raises(NotFound):
            corrections.refuse(correction_id=lodged.pk, answer="no", by=by, now=now)
        with pytest.raises(NotFound):
            corrections.reveal_wanted(correction_id=lodged.pk, by=by, now=now)
    with pytest.raises(NotFound):
        corrections.withdraw(correction_id=lodged.pk, by=viewer("worker", worker_id=5), now=now)
    assert state() == before


@pytest.mark.django_db(transaction=True)
def test_two_officers_decide_at_once_and_one_is_told(lodged: CorrectionRequest, officer: Viewer, now: datetime, tmp_path: Path) -> None:
    other = viewer("claims_officer", place=WEST)

    def accepting() -> str:
        try:
            return str(accept(lodged, officer, now).state)
        except AlreadyDone:
            return "too late"

    def refusing() -> str:
        try:
            corrections.refuse(correction_id=lodged.pk, answer="no", by=other, now=now)
        except AlreadyDone:
            return "too late"
        return "refused"

    def stands() -> tuple[str, int]:
        return CorrectionRequest.objects.get().state, Superseded.objects.count()

    with shared_database(tmp_path):
        outcomes = at_once([accepting, refusing])
        state, kept = alone(stands)
    assert "too late" in outcomes
    assert state in outcomes
    assert kept == (state == "accepted")


def test_moments_are_days_of_the_city() -> None:
    assert queries.local_day(datetime(2026, 1, 29, 16, 30, tzinfo=UTC)) == date(2026, 1, 30)


def test_who_asked_under_a_mandate_does_not_grant(officer: Viewer, now: datetime) -> None:
    """One officer alone cannot ask as the person and decide as the city."""
    acting = replace(officer, worker=3, mandate=1)
    row = lodge(acting, now)
    assert row.lodged_by == officer.name
    with pytest.raises(GuildhallError, match="A colleague must decide this"):
        accept(row, officer, now)
    accept(row, viewer("assessor", place=WEST), now)
    row.refresh_from_db()
    assert row.state == "accepted"


CERTIFICATE = "registry.certificates:2:valid_until"


def test_a_certificate_is_changed_by_two_officers_where_no_paper_came(worker: Viewer, officer: Viewer, now: datetime) -> None:
    row = lodge(worker, now, CERTIFICATE, "2029-12-31")
    before = held().valid_until
    assert accept(row, officer, now).state == "open"
    assert AuditEvent.objects.get(action="registry.support_correction").actor == officer.name
    with pytest.raises(GuildhallError, match="A second officer must accept this"):
        accept(row, officer, now)
    assert held().valid_until == before
    assert accept(row, viewer("claims_officer", place=WEST), now).state == "accepted"
    assert held().valid_until == date(2030, 1, 1)


def test_a_certificate_is_changed_by_one_officer_on_a_paper(worker: Viewer, officer: Viewer, now: datetime) -> None:
    row = lodge(worker, now, CERTIFICATE, "2029-12-31")
    Attachment.objects.create(
        subject=f"correction:{row.pk}", worker_id=3, title="certificate", media_type="image/png", size=1, sha256="0" * 64, file="f" * 32,
        added_by=worker.name, added_at=now,
    )  # fmt: skip
    assert accept(row, officer, now).state == "accepted"
