"""The search gives exactly whom a slow reading of the records gives: for each viewer, question and page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from guildhall.kernel.errors import NotFound
from guildhall.kernel.territory import holds
from guildhall.registry import queries, tables
from guildhall.registry.engine.asking import begins, recognise
from guildhall.registry.engine.names import plain
from guildhall.registry.models import Certificate, EmploymentSpell, FormerName, Identity, Worker, vault
from guildhall.registry.queries import people as query
from guildhall.registry.queries import scope
from guildhall.registry.queries.people import Question, searching, tokens, walk
from guildhall.registry.queries.people.walk import families
from guildhall.web.viewer import PUBLIC, Viewer, system
from tests.registry import crowd
from tests.registry.folders import identity_number

ON = crowd.ON
CITY = Viewer("account:1", "assessor", 1, 1, place="t")
NEW = Viewer("account:2", "claims_officer", 2, 2, place="t-new")
WEST = Viewer("account:3", "arrears_officer", 3, 3, place="t-990103")
FIRM = Viewer("account:4", "employer", 4, 4, organisation=3)
VIEWERS = {"city": CITY, "new": NEW, "west": WEST, "firm": FIRM, "system": system("command:test"), "public": PUBLIC}
QUESTIONS = [
    Question("王小"),
    Question("wx"),
    Question("wxm"),
    Question("单晓明"),
    Question("sxmg"),
    Question("王小明国"),
    Question("王xm"),
    Question("王小m"),
    Question("曾", organisation=3),
    Question(organisation=3),
    Question("zx", organisation=3),
    Question("王", place="t-990103"),
    Question(place="t-new"),
    Question(place="t-990103", level="L3"),
    Question("wx", place="t-new", level="L4"),
    Question(level="LT"),
    Question(level="L3", standing="student"),
    Question(place="t-990103", level="L0"),
    Question("xm", standing="worker"),
]


@pytest.fixture
def crowded(request: pytest.FixtureRequest, on_record: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small city with a crowd in it, gone along in very short stretches."""
    crowd.settle(getattr(request, "param", 1))
    monkeypatch.setattr(walk, "NARROWEST", 3)
    monkeypatch.setattr(walk, "WIDEST", 11)


def pages(viewer: Viewer, question: Question, size: int = 4) -> Iterator[query.Found]:
    found = query.search(viewer, question, today=ON, size=size)
    yield found
    while found.next:
        found = query.search(viewer, question, today=ON, after=found.next, size=size)
        yield found


class Slowly:
    """Everything on record, read whole; who meets a question is told person by person."""

    def __init__(self) -> None:
        self.workers = Worker.objects.in_bulk()
        self.families = families(list(Worker.objects.filter(alias=None).values_list("pk", flat=True)))
        self.jobs = [row for row in EmploymentSpell.objects.all() if holds(row.started_on, row.ended_on, ON)]
        self.held = [row for row in Certificate.objects.all() if holds(row.issued_on, row.valid_until, ON)]
        named: list[Any] = [*Identity.objects.all(), *FormerName.objects.all()]
        self.names = [(row.worker_id, vault().open("registry.identity", "name", row.worker_id, row.name_sealed)) for row in named]

    def people(self, viewer: Viewer, question: Question) -> set[int]:
        leaders = set(scope.people(viewer, ON).values_list("pk", flat=True))
        places = queries.within(PUBLIC, question.place, ON) if question.place else set()
        return {leader for leader in leaders if self._meets(viewer, question, leader, self.families[leader], places)}

    def _meets(self, viewer: Viewer, question: Question, leader: int, records: tuple[int, ...], places: set[str]) -> bool:
        organisation = viewer.organisation if viewer.role == "employer" else question.organisation
        jobs = [row for row in self.jobs if row.worker_id in records]
        return (
            (not organisation or organisation in {row.organisation_id for row in jobs})
            and (not places or any(self.workers[key].residence_id in places for key in records))
            and (not question.standing or self.workers[leader].standing == question.standing)
            and (not question.level or self._level(records, jobs) == question.level)
            and (not question.text or any(_named(name, question.text) for key, name in self.names if key in records))
        )

    def _level(self, records: tuple[int, ...], jobs: list[EmploymentSpell]) -> str:
        held = [row.level for row in self.held if row.worker_id in records]
        if held:
            return str(max(held, key=tables.LEVELS.index))
        return "L0" if any(row.contract == "apprentice" for row in jobs) else ""


def _named(name: str, typed: str) -> bool:
    kind = recognise(typed).kind
    return plain(name).startswith(typed) if kind in ("name", "surname") else begins(name, typed)


@pytest.mark.parametrize("crowded", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))], indirect=True)
def test_a_search_finds_whom_a_slow_reading_finds(crowded: None) -> None:
    slowly = Slowly()
    for who, viewer in VIEWERS.items():
        met = [_compare(slowly, viewer, question) for question in QUESTIONS]
        assert sum(met) > 5 or who == "public", "nothing was compared"


def _compare(slowly: Slowly, viewer: Viewer, question: Question) -> int:
    try:
        found = list(pages(viewer, question))
    except NotFound:
        return 0  # a filter on what the role is not shown: see below
    told = [row.worker_id for page in found for row in page.rows]
    assert len(told) == len(set(told)), question
    assert set(told) == slowly.people(viewer, question), question
    assert all(page.count == len(told) and not page.more for page in found), question
    return len(told)


@pytest.mark.parametrize("viewer", VIEWERS.values(), ids=VIEWERS)
def test_what_leads_to_people_says_the_same_twice(crowded: None, viewer: Viewer) -> None:
    """`people` for a few, `reach` for lists: one and the same rule."""
    seen = set(scope.people(viewer, ON).values_list("pk", flat=True))
    reach = scope.reach(viewer, ON)
    everyone = Worker.objects.all()
    records = [everyone] if reach.everyone else [everyone.filter(way) for way in reach.ways]
    keys = {key for rows in records for key in rows.values_list("pk", flat=True)}
    assert {query.records_of(key)[0] for key in keys} == seen


def test_a_cursor_opens_for_its_viewer_and_question_alone(crowded: None) -> None:
    question = Question(level="L3")
    after = next(pages(CITY, question)).next
    assert after
    for viewer, asked in ((NEW, question), (CITY, Question(level="L4")), (system("command:test"), question)):
        with pytest.raises(NotFound):
            query.search(viewer, asked, today=ON, after=after)
    for spoilt in (after[:-2], "B" + after[1:], "x", "=", "é"):
        with pytest.raises(NotFound):
            query.search(CITY, question, today=ON, after=spoilt)


def test_a_cursor_and_a_question_tell_nothing(crowded: None) -> None:
    after = next(pages(CITY, Question("王小"), size=1)).next
    sealed = tokens.sealed("question", CITY, "王小明")
    assert tokens.opened("question", CITY, sealed) == "王小明"
    assert tokens.sealed("question", CITY, "王小明") != sealed
    assert "王" not in after + sealed
    with pytest.raises(NotFound):
        tokens.opened("question", NEW, sealed)


def test_a_surname_alone_is_sought_in_a_small_place_only(crowded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert query.search(CITY, Question("王"), today=ON).hint == "surname_where"
    assert query.search(CITY, Question("王", place="t-990103"), today=ON).rows
    monkeypatch.setattr(searching, "SMALL", 3)
    assert query.search(CITY, Question("王", place="t-990103"), today=ON).hint == "surname_many"


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        (Question(), "nothing"),
        (Question("w"), "short"),
        (Question("7"), "short"),
        (Question(standing="student"), "broad"),
        (Question(level="L0"), "broad"),
    ],
)
def test_too_little_is_said_and_not_sought(crowded: None, question: Question, hint: str) -> None:
    found = query.search(CITY, question, today=ON)
    assert (found.hint, found.rows) == (hint, ())


def test_a_filter_on_what_the_role_is_not_shown_does_not_exist(crowded: None) -> None:
    for viewer, question in (
        (FIRM, Question(place="t-990103")),
        (FIRM, Question(standing="student")),
        (FIRM, Question(organisation=4)),
        (WEST, Question(place="t-990103", level="L3")),
        (PUBLIC, Question("王小")),
        (Viewer("account:9", "planner", 9, 9, place="t"), Question("王小")),
        (CITY, Question(level="L9")),
        (CITY, Question(place="nowhere")),
        (CITY, Question(organisation=99_999)),
    ):
        with pytest.raises(NotFound):
            query.search(viewer, question, today=ON)


def test_a_list_that_would_cost_too_much_goes_on_when_asked(crowded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "PAGE_BUDGET", 5)
    monkeypatch.setattr(searching, "COUNT_BUDGET", 5)
    question = Question(level="L3", standing="student")
    found = list(pages(NEW, question))
    assert {row.worker_id for page in found for row in page.rows} == Slowly().people(NEW, question)
    assert len(found) > 3
    assert found[0].more


def test_counts_stop_at_a_thousand(crowded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "COUNT_CAP", 3)
    for viewer in (CITY, NEW):
        found = query.search(viewer, Question(level="L3"), today=ON, size=2)
        assert (found.count, found.more) == (3, True)


def test_age_is_never_taken_too_high() -> None:
    worker = Worker(birth_month=date(2008, 1, 1))
    ages = [
        query.age_on(worker, identity_number("990101", born, 1), ON) for born in (date(2008, 1, 30), date(2008, 1, 31), date(2007, 12, 31))
    ]
    assert ages == [18, 17, 17], "by the day, and by the month alone where the number says another month"
    assert query.age_on(worker, "", date(2026, 2, 1)) == 18
