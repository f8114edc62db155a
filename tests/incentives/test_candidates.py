"""The search by night: whom the rules find, the same however often it is stopped, and nobody by a job that is doubted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from guildhall.city import load as load_pack
from guildhall.incentives.engine import candidates as engine
from guildhall.incentives.models import Candidate, CandidateRun
from guildhall.incentives.operations import candidates as operations
from guildhall.incentives.operations import finding
from guildhall.incentives.operations.candidates import begin_anew, search
from guildhall.incentives.operations.outreach import take_outreach, take_unclaimed
from guildhall.incentives.operations.retention import ERASERS
from guildhall.incentives.queries import benefits, facts
from guildhall.incentives.queries.candidates import HELP, candidates_of, latest, outreach, told, unclaimed, why
from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.kernel.runs import Folder
from guildhall.office.models import AuditEvent, Notice
from guildhall.registry.models import Consent, EmploymentSpell, Place
from guildhall.registry.queries import scope
from guildhall.rules.rows import decide
from guildhall.synth import build
from guildhall.web.viewer import PUBLIC, Viewer, system
from tests.world import World
from tests.world import build as build_world

BY = system("work")
ON, NOW = date(2025, 3, 31), datetime(2025, 3, 31, 1, tzinfo=UTC)
TODAY, THEN = date(2026, 1, 30), datetime(2026, 1, 30, 2, tzinfo=UTC)
SUBJECT = ("benefit", "kind", "key", "year", "worker_id", "organisation_id", "place_id")
COLUMNS = (*SUBJECT, "state", "amount_fen", "turns_on", "open_to_employer")


@pytest.fixture
def folder(db: None, tmp_path: Path, now: datetime) -> Folder:
    """A small city on record, as a snapshot."""
    from guildhall.overview import snapshot
    from guildhall.overview.load import load_city

    load_city(build(load_pack("tiny"), scale=Fraction(1, 4), seed=7, out=tmp_path / "city"), mode="demonstration", by=BY, now=now)
    return snapshot.make(tmp_path / "snapshots")


def _rows() -> set[tuple[Any, ...]]:
    return {*Candidate.objects.values_list(*COLUMNS)}


class Killed(Exception):  # noqa: N818  # stands for a process that ends
    """The worker ended."""


@pytest.mark.parametrize(
    "among", [pytest.param((5, range(30, 60)), marks=pytest.mark.slow, id="many"), pytest.param((40, range(30, 38)), id="some")]
)
def test_the_search_finds_whom_the_rules_find(folder: Folder, among: tuple[int, range]) -> None:
    tally = search(folder=folder, on=ON, by=BY, now=NOW)
    assert tally.states == Candidate.counts(CandidateRun.objects.get())
    assert {"likely", "near"} <= tally.states.keys()
    _agrees_with_one_by_one(*among)
    assert Notice.objects.filter(template="candidate_found").count() == tally.told > 0
    with pytest.raises(AlreadyDone):
        search(folder=folder, on=ON, by=BY, now=NOW)
    shown = latest()
    begin_anew(on=ON, by=BY, now=NOW)
    assert (latest(), Candidate.objects.filter(run=shown).count()) == (shown, sum(tally.states.values())), "the list stays until the next"


@pytest.mark.parametrize(
    ("stages", "chunk"),
    [pytest.param(operations.STAGES, 100, marks=pytest.mark.slow, id="all"), pytest.param(operations.STAGES[:1], 5, id="certificates")],
)
def test_the_search_can_be_stopped_anywhere(folder: Folder, stages: Any, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all tables, and on to the next night; or quickly of certificates alone."""
    monkeypatch.setattr(operations, "STAGES", stages)
    tally = search(folder=folder, on=ON, by=BY, now=NOW)
    whole, shown = _rows(), latest()
    begin_anew(on=ON, by=BY, now=NOW)
    monkeypatch.setattr(operations, "CHUNK", chunk)
    steps = _stopping(1, 3)
    stopped = 0
    for _ in range(3):
        try:
            search(folder=folder, on=ON, by=BY, now=NOW, progress=steps)
        except Killed:
            stopped += 1
            assert latest() == shown, "half a search is shown to nobody, and the whole one until the next has ended"
            continue
        break
    assert stopped == 2
    assert (_rows(), CandidateRun.objects.count()) == (whole, 1)
    assert latest() != shown
    assert Notice.objects.filter(template="candidate_found").count() == tally.told, "nobody is told twice"
    if len(stages) > 1:
        _the_next_night(folder)


def test_nobody_is_told_of_what_the_rules_said_of_another_day(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "STAGES", operations.STAGES[:1])
    tally = search(folder=folder, on=ON, by=BY, now=NOW + timedelta(days=1))
    assert tally.states["likely"]
    assert tally.told == Notice.objects.filter(template="candidate_found").count() == 0


def test_a_search_that_was_stopped_goes_on_over_the_same_records_only(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "STAGES", operations.STAGES[:1])
    monkeypatch.setattr(operations, "CHUNK", 5)
    search(folder=folder, on=ON, by=BY, now=NOW)
    whole = _rows()
    CandidateRun.objects.all().delete()
    with pytest.raises(Killed):
        search(folder=folder, on=ON, by=BY, now=NOW, progress=_stopping(2))
    run = CandidateRun.objects.get()
    assert (run.after > 0, run.snapshot) == (True, folder.manifest.id)
    Candidate.objects.filter(run=run).update(amount_fen=1)
    other = replace(folder, manifest=replace(folder.manifest, id="another"))
    search(folder=other, on=ON, by=BY, now=NOW)
    assert (_rows(), CandidateRun.objects.get().snapshot) == (whole, "another"), "nothing is left of the records of before"


def test_who_is_reminded_is_asked_as_of_the_day_in_the_city(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[date]()

    def seen(by: Viewer, on: date) -> Any:
        asked.append(on)
        return scope.people(by, on)

    monkeypatch.setattr(finding, "people", seen)
    finding.tell_each(plant(world), now=datetime(2026, 1, 29, 20, tzinfo=UTC))
    assert asked == [TODAY]


def _stopping(*at: int) -> Callable[[int, int], None]:
    steps = count(1)

    def progress(done: int, total: int) -> None:
        if next(steps) in at:
            raise Killed

    return progress


def _agrees_with_one_by_one(step: int, people: range) -> None:
    """Each row says what the rule says of the records of that one; and of whom it says so there is a row."""
    parameters = benefits.parameters()
    for row in Candidate.objects.exclude(kind="year").exclude(state="taken_up").order_by("pk")[::step]:
        rule = benefits.rulebook()[row.benefit]
        known = facts.of_subject(BY, row.kind, row.key, on=ON, today=ON)
        found = engine.found(rule, decide(rule, known, parameters=parameters, on=ON))
        assert found
        assert (found.state, found.amount) == (row.state, row.amount_fen)
        assert set(why(row).holds) == set(found.holds)
    for worker in people:
        for table, rows in facts.of_person(BY, worker, on=ON, today=ON).items():
            for rule in (rule for rule in benefits.rulebook().values() if rule.facts == table):
                for one in rows:
                    found = engine.found(rule, decide(rule, one, parameters=parameters, on=ON))
                    kind, column = {
                        "incentives.certificate_facts": ("certificate", "certificate_id"),
                        "incentives.hire_facts": ("spell", "spell_id"),
                        "incentives.business_facts": ("business", "business_id"),
                    }[table]
                    exists = Candidate.objects.filter(benefit=rule.name, kind=kind, key=int(str(one[column]))).exists()
                    assert exists == bool(found), (rule.name, kind, one[column])


def _the_next_night(folder: Folder) -> None:
    """Of two candidates one is doubted, one has claimed; the others keep their day."""
    hire = Candidate.objects.filter(kind="spell", state="likely").first()
    assert hire
    EmploymentSpell.objects.filter(pk=hire.key).update(doubtful=True)
    doubted = {*Candidate.objects.filter(kind="spell", key=hire.key).values_list("benefit", flat=True)}
    search(folder=folder, on=ON + timedelta(1), by=BY, now=NOW + timedelta(1))
    assert CandidateRun.objects.count() == 1, "the night before is gone"
    now = Candidate.objects.filter(kind="spell", key=hire.key)
    assert {row.benefit: row.state for row in now} == dict.fromkeys(doubted, "off")
    stays = Candidate.objects.filter(state="likely", since=ON).count()
    assert stays > 0


@pytest.mark.parametrize("by", [PUBLIC, Viewer(name="account:1", role="planner", place="tiny")])
def test_only_the_citys_machinery_searches(db: None, tmp_path: Path, by: Viewer) -> None:
    with pytest.raises(NotFound):
        begin_anew(on=ON, by=by, now=NOW)


@pytest.mark.parametrize(
    ("count", "among", "expected"),
    [(0, 19, None), (15, 19, None), (0, 20, 0), (9, 20, 0), (10, 20, 10), (20, 20, 10), (25, 40, 20), (40, 40, 30), (39, 300, 30)],
)
def test_an_employer_is_told_tens_and_never_of_everybody(count: int, among: int, expected: int | None) -> None:
    assert told(count, among) == expected
    if expected:
        assert among - expected >= 10
        assert expected <= count


def test_what_the_employer_did_not_put_on_record_is_not_known_in_its_view() -> None:
    from guildhall.incentives.tables import HIRE_FACTS

    row = {column.name: 1 for column in HIRE_FACTS.columns}
    hidden = {name for name, value in engine.own_facts(row).items() if value is None}
    assert hidden >= engine.REPORTED
    assert {"graduate", "graduated_on", "employed_before", "hiring_grants", "expansion_grants", "graduate_grants", "died_on"} <= hidden


# who is given which list


@pytest.fixture
def world(db: None) -> World:
    return build_world(sessions=False)


def plant(world: World, *, sensitive: bool = False, many: int = 1, state: str = "likely", **more: Any) -> list[Candidate]:
    """Candidates among the people of Harbour, as a search would have left them."""
    run, _ = CandidateRun.objects.get_or_create(on=ON, defaults={"rulebook": "x", "begun_at": NOW, "finished_at": THEN})
    side = world.harbour
    home = Place.objects.get(pk=side.homes[0])
    told = {"benefit": "skill_upgrade_subsidy", "kind": "certificate", "worker_id": side.worker, "place": home, **more}
    first = Candidate.objects.count() + 1
    return [
        Candidate.objects.create(run=run, key=first + n, state=state, since=ON, rests_on_reports=sensitive, amount_fen=150_000, **told)
        for n in range(many)
    ]


def test_a_person_sees_the_own_rows_and_nobody_elses(world: World) -> None:
    rows = plant(world, many=2)
    plant(world, kind="spell", benefit="hiring_subsidy", organisation_id=world.harbour.organisation)
    assert candidates_of(world.viewer("worker")) == rows
    for who in ("employer", "planner", "claims_officer", "assessor", "college"):
        assert candidates_of(world.viewer(who)) == []
    assert candidates_of(world.viewer("worker", world.west)) == []


def test_the_counts_by_district_are_under_the_disclosure_rule(world: World) -> None:
    plant(world, many=3)
    found = unclaimed(world.viewer("planner"), TODAY)
    assert found
    assert {*found.cells.values(), *found.totals.values()} == {None}
    for who in ("assessor", "employer", "worker", "administrator", "auditor"):
        with pytest.raises(NotFound):
            unclaimed(world.viewer(who), TODAY)
        with pytest.raises(NotFound):
            take_unclaimed(by=world.viewer(who), now=THEN)
    west = unclaimed(world.viewer("claims_officer", world.west), TODAY)
    assert west
    assert west.places == ()
    take_unclaimed(by=world.viewer("planner"), now=THEN)
    event = AuditEvent.objects.get(action="incentives.take_unclaimed")
    assert json.loads(event.details)["on"] == "2025-03-31"


def test_nobody_is_approached_by_hardship_who_did_not_agree(world: World) -> None:
    officer = world.viewer("claims_officer")
    (plain,) = plant(world)
    (hard,) = plant(world, sensitive=True)
    assert outreach(officer, TODAY) == [plain]
    Consent.objects.create(worker_id=world.harbour.worker, purpose=HELP, wording=f"{HELP}/1", given_at=NOW, given_by="account:1")
    assert outreach(officer, TODAY) == [plain, hard]
    assert outreach(world.viewer("claims_officer", world.west), TODAY) == []
    with pytest.raises(NotFound):
        outreach(world.viewer("planner"), TODAY)


def test_a_list_that_was_taken_along_is_written_down_with_each_person(world: World) -> None:
    officer = world.viewer("claims_officer")
    with pytest.raises(GuildhallError):
        take_outreach(by=officer, now=THEN)
    plant(world, many=2)
    listed = take_outreach(by=officer, now=THEN)
    assert [one.name for one in listed] == [world.harbour.name(world.harbour.worker)] * 2
    events = AuditEvent.objects.filter(action="incentives.take_outreach")
    assert {event.chain for event in events} == {officer.name, f"worker:{world.harbour.worker}"}
    assert all(world.harbour.name(world.harbour.worker) not in event.details for event in events)


def test_rows_of_a_search_that_no_other_followed_go_after_a_month(world: World) -> None:
    eraser = next(one for one in ERASERS if one.rule == "incentives.candidate")
    (row,) = plant(world)
    assert list(eraser.due(ON + timedelta(30))) == []
    assert list(eraser.due(ON + timedelta(31))) == [row]
    eraser.erase([row.pk], NOW)
    assert not Candidate.objects.exists()
