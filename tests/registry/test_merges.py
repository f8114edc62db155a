"""Two records that are one person: who decides, what it changes, how it is undone, and two officers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import translation

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.models import AuditEvent, Notice
from guildhall.office.viewers import viewer_in
from guildhall.registry.models import Alias, DuplicatePair, Worker
from guildhall.registry.operations import merges
from guildhall.registry.queries import duplicates, scope
from guildhall.registry.queries.merged import leader, one_person
from guildhall.web.viewer import PUBLIC, Viewer, system
from tests.people import grant, signed_in, viewer
from tests.registry.states import state
from tests.threads import alone, at_once, shared_database

WEST, NEW, CITY = "t-990103", "t-new", "t"


@pytest.fixture(autouse=True)
def _city(on_record: None) -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def put_up(now: datetime) -> Callable[[int, int], DuplicatePair]:
    return lambda a, b: merges.note_possible(first=a, second=b, reason="officer", by=system("test"), now=now)


PutUp = Callable[[int, int], DuplicatePair]


def test_one_person_under_the_record_that_leads(put_up: PutUp, now: datetime, on: date) -> None:
    officer, pair = viewer("assessor", place=WEST), put_up(3, 5)
    merges.merge(pair_id=pair.pk, leads=5, reason="same person at the counter", by=officer, now=now)
    assert (leader(3), leader(5), one_person(3), one_person(5)) == (5, 5, (5, 3), (5, 3))
    seen = set(scope.people(officer, on).values_list("pk", flat=True))
    assert 5 in seen
    assert 3 not in seen
    events = AuditEvent.objects.filter(action="registry.merge").order_by("chain")
    assert [(event.chain, event.actor, event.reason) for event in events] == [
        (f"worker:{key}", officer.name, "same person at the counter") for key in (3, 5)
    ]
    assert Notice.objects.get(template="records_merged").worker_id == 5


def test_undoing_a_merge_leaves_no_trace_but_the_audit(put_up: PutUp, now: datetime) -> None:
    officer, pair = viewer("assessor", place=WEST), put_up(3, 5)
    before, office = state(), state("AuditEvent", "ChainHead", "Notice", app="office")
    merges.merge(pair_id=pair.pk, leads=3, reason="one", by=officer, now=now)
    assert state() != before
    merges.undo(pair_id=pair.pk, reason="it was the brother", by=officer, now=now + timedelta(days=3))
    assert state() == before
    assert state("AuditEvent", "ChainHead", "Notice", app="office") == office
    assert set(AuditEvent.objects.filter(chain="worker:3").values_list("action", flat=True)) >= {"registry.merge", "registry.undo_merge"}


def test_of_two_accounts_that_of_the_leading_record_stays(put_up: PutUp, now: datetime) -> None:
    officer, pair = viewer("assessor", place=WEST), put_up(3, 5)
    gone, stays = grant("worker", worker_id=3), grant("worker", worker_id=5)
    merges.merge(pair_id=pair.pk, leads=5, reason="one", by=officer, now=now)
    for held in (gone, stays):
        held.refresh_from_db()
    assert (gone.revoked_at, stays.revoked_at) == (now, None)
    assert Notice.objects.get(template="account_parted").account_id == gone.account_id
    actions = AuditEvent.objects.filter(chain=f"account:{gone.account_id}").values_list("action", flat=True)
    assert {"office.revoke_role", "office.end_sessions"} <= set(actions)
    assert f'"accounts":[{gone.account_id}]' in AuditEvent.objects.filter(action="registry.merge")[0].details
    merges.undo(pair_id=pair.pk, reason="two after all", by=officer, now=now + timedelta(days=1))
    gone.refresh_from_db()
    assert gone.revoked_at == now, "what was taken is not given back"


def test_the_one_account_of_a_merged_person_stays_whichever_record_it_holds(put_up: PutUp, now: datetime) -> None:
    held, pair = grant("worker", worker_id=3), put_up(3, 5)
    merges.merge(pair_id=pair.pk, leads=5, reason="one", by=viewer("assessor", place=WEST), now=now)
    held.refresh_from_db()
    assert held.revoked_at is None
    other = grant("worker", worker_id=4)
    merges.merge(pair_id=put_up(4, 5).pk, leads=5, reason="one", by=viewer("assessor", place=CITY), now=now)
    held.refresh_from_db()
    other.refresh_from_db()
    assert (held.revoked_at, other.revoked_at) == (None, now)


def test_the_page_says_what_becomes_of_two_accounts(put_up: PutUp, now: datetime) -> None:
    officer, pair = grant("assessor", place=WEST), put_up(3, 5)
    page = f"/en/duplicates/{pair.pk}/"
    grant("worker", worker_id=3)
    assert "Accounts hold both records" not in signed_in(officer).get(page).content.decode()
    grant("worker", worker_id=5)
    assert "Accounts hold both records" in signed_in(officer).get(page).content.decode()
    merges.merge(pair_id=pair.pk, leads=5, reason="one", by=viewer_in(officer), now=now)
    assert "its holder claims the record anew" in signed_in(officer).get(page).content.decode()


def test_a_person_is_seen_through_every_record_that_is_theirs(put_up: PutUp, now: datetime, on: date) -> None:
    """The record of a merged district's resident leads; the officer of the other record's district still sees the person."""
    pair = put_up(1, 3)
    merges.merge(pair_id=pair.pk, leads=1, reason="moved", by=viewer("assessor", place=CITY), now=now)
    for place in (WEST, NEW, CITY):
        assert scope.people(viewer("assessor", place=place), on).filter(pk=1).exists(), place
    own = Viewer("account:9", "worker", 9, worker=3)
    assert list(scope.people(own, on).values_list("pk", flat=True)) == [1], "who claimed the merged record sees the one that leads"


NOBODY: list[Callable[[], Viewer]] = [
    lambda: viewer("assessor", place=NEW),
    lambda: viewer("arrears_officer", place=WEST),
    lambda: viewer("planner", place=CITY),
    lambda: viewer("auditor", place=CITY),
    lambda: viewer("worker", worker_id=3),
    lambda: viewer("employer", organisation_id=1),
    lambda: Viewer("account:5", "assessor", 5, worker=3, place=WEST, mandate=4),
    lambda: PUBLIC,
]
"""An officer who sees one record only, roles that keep no records, the person, an officer who acts for the person."""


def test_nobody_else_decides(put_up: PutUp, now: datetime) -> None:
    pair = put_up(1, 3)
    before = state()
    for by in [who() for who in NOBODY]:
        for verb in (merges.tell_apart, merges.undo, merges.reopen):
            with pytest.raises(NotFound):
                verb(pair_id=pair.pk, reason="because", by=by, now=now)
        with pytest.raises(NotFound):
            merges.merge(pair_id=pair.pk, leads=1, reason="because", by=by, now=now)
        with pytest.raises(NotFound):
            merges.suggest(first=1, second=3, by=by, now=now)
    assert state() == before


def test_chains_and_circles_are_refused_in_words(put_up: PutUp, now: datetime) -> None:
    officer = viewer("assessor", place=WEST)
    first, second, third = put_up(3, 5), put_up(5, 9), put_up(3, 9)
    merges.merge(pair_id=first.pk, leads=5, reason="one", by=officer, now=now)
    with pytest.raises(GuildhallError, match="leads others already"):
        merges.merge(pair_id=second.pk, leads=9, reason="one", by=officer, now=now)
    with pytest.raises(GuildhallError, match="merged into a third one"):
        merges.merge(pair_id=third.pk, leads=3, reason="one", by=officer, now=now)
    merges.merge(pair_id=second.pk, leads=5, reason="one", by=officer, now=now)
    assert one_person(9) == (5, 3, 9)
    with pytest.raises(AlreadyDone, match="merged already"):
        merges.merge(pair_id=first.pk, leads=3, reason="one", by=officer, now=now)
    merges.undo(pair_id=first.pk, reason="not so", by=officer, now=now)
    assert (one_person(3), one_person(9)) == ((3,), (5, 9)), "one of two merges is undone alone"


def test_what_was_told_apart_does_not_come_together_by_a_detour(put_up: PutUp, now: datetime) -> None:
    officer = viewer("assessor", place=WEST)
    merges.tell_apart(pair_id=put_up(3, 9).pk, reason="father and son", by=officer, now=now)
    merges.merge(pair_id=put_up(3, 5).pk, leads=5, reason="one", by=officer, now=now)
    with pytest.raises(GuildhallError, match="found to be another person"):
        merges.merge(pair_id=put_up(5, 9).pk, leads=5, reason="one", by=officer, now=now)


def test_two_people_and_the_way_back(put_up: PutUp, now: datetime) -> None:
    officer, pair = viewer("claims_officer", place=WEST), put_up(3, 5)
    merges.tell_apart(pair_id=pair.pk, reason="sisters", by=officer, now=now)
    with pytest.raises(AlreadyDone, match="two people"):
        merges.tell_apart(pair_id=pair.pk, reason="sisters", by=officer, now=now)
    with pytest.raises(AlreadyDone, match="two people"):
        merges.merge(pair_id=pair.pk, leads=3, reason="one", by=officer, now=now)
    assert put_up(5, 3).state == "different", "putting it up again decides nothing anew"
    merges.reopen(pair_id=pair.pk, reason="the sister is someone else", by=officer, now=now)
    merges.merge(pair_id=pair.pk, leads=3, reason="one", by=officer, now=now)
    with pytest.raises(AlreadyDone):
        merges.reopen(pair_id=pair.pk, reason="again", by=officer, now=now)


def test_a_decision_needs_a_reason_and_a_record_of_the_pair(put_up: PutUp, now: datetime) -> None:
    officer, pair = viewer("assessor", place=WEST), put_up(3, 5)
    with pytest.raises(GuildhallError, match="No reason"):
        merges.merge(pair_id=pair.pk, leads=3, reason="  ", by=officer, now=now)
    with pytest.raises(NotFound):
        merges.merge(pair_id=pair.pk, leads=9, reason="one", by=officer, now=now)
    with pytest.raises(AlreadyDone):
        merges.undo(pair_id=pair.pk, reason="why not", by=officer, now=now)
    assert not Alias.objects.exists()


def test_an_officer_suggests_two_records_in_sight(now: datetime) -> None:
    officer = viewer("assessor", place=WEST)
    pair = merges.suggest(first=5, second=3, by=officer, now=now)
    assert (pair.first_id, pair.second_id, pair.reasons) == (3, 5, ["officer"])
    assert merges.suggest(first=3, second=5, by=officer, now=now) == pair
    for first, second in ((3, 3), (3, 1), (3, 999_999)):
        with pytest.raises(NotFound):
            merges.suggest(first=first, second=second, by=officer, now=now)


def test_the_queue_shows_half_a_pair_to_a_district_and_both_to_the_city(put_up: PutUp, on: date) -> None:
    across, within = put_up(1, 3), put_up(3, 5)
    west = duplicates.queue(viewer("assessor", place=WEST), on)
    assert [(row.pair.pk, row.first, row.second, row.apart) for row in west.rows] == [
        (across.pk, "", "王3", True),
        (within.pk, "王3", "王5", False),
    ]
    assert [row.pair.pk for row in duplicates.queue(viewer("assessor", place=NEW), on).rows] == [across.pk]
    half = duplicates.pair(viewer("assessor", place=NEW), across.pk, on)
    assert half.first is not None
    assert half.second is None
    assert not half.may_decide
    assert all(line.second is None for line in half.lines)
    assert duplicates.pair(viewer("assessor", place=CITY), across.pk, on).may_decide
    with pytest.raises(NotFound):
        duplicates.pair(viewer("assessor", place=NEW), within.pk, on)
    for role in ("planner", "auditor", "arrears_officer"):
        with pytest.raises(NotFound):
            duplicates.queue(viewer(role, place=CITY), on)


def test_the_queue_is_paged_by_score(put_up: PutUp, on: date, now: datetime) -> None:
    pairs = [put_up(a, b) for a, b in ((3, 5), (3, 9), (5, 9), (9, 11))]
    DuplicatePair.objects.filter(pk=pairs[2].pk).update(score=99)
    officer, found, after = viewer("assessor", place=CITY), [], ""
    while True:
        page = duplicates.queue(officer, on, after=after, size=2)
        found += [row.pair.pk for row in page.rows]
        after = page.next
        if not after:
            break
    assert found == [pairs[2].pk, pairs[0].pk, pairs[1].pk, pairs[3].pk]
    assert page.waiting == 4
    with pytest.raises(NotFound):
        duplicates.queue(officer, on, after="nonsense")


def test_numbers_stay_masked_but_for_the_digits_that_differ() -> None:
    assert duplicates.near_mask("990101199001051239", "990101199001051247") == "99**************39"
    assert duplicates.near_mask("990101199001051239", "990101199001051239") == "99***************9"
    assert duplicates.near_mask("990101199001051239", "880202188112131410") == "99***************9"
    assert duplicates.near_mask("990101199001051239", "") == "99***************9"


def tried(pair: DuplicatePair, leads: int, by: Viewer, now: datetime) -> Callable[[], str]:
    """A decision, and how it went."""

    def decide() -> str:
        try:
            merges.merge(pair_id=pair.pk, leads=leads, reason="one", by=by, now=now)
        except GuildhallError as refused:
            return type(refused).__name__
        return "merged"

    return decide


@pytest.mark.django_db(transaction=True)
def test_two_officers_merge_both_ways_at_once(put_up: PutUp, now: datetime, tmp_path: Path) -> None:
    pair, officers = put_up(3, 5), [viewer("assessor", place=WEST), viewer("claims_officer", place=WEST)]
    with shared_database(tmp_path):
        outcomes = at_once([tried(pair, leads, by, now) for by, leads in zip(officers, (3, 5), strict=True)])
        assert sorted(outcomes) == ["AlreadyDone", "merged"]
        assert alone(Alias.objects.count) == 1


@pytest.mark.django_db(transaction=True)
def test_merges_that_would_make_a_chain_at_once(put_up: PutUp, now: datetime, tmp_path: Path) -> None:
    first, second, by = put_up(3, 5), put_up(5, 9), viewer("assessor", place=WEST)
    with shared_database(tmp_path):
        outcomes = at_once([tried(first, 5, by, now), tried(second, 9, by, now)])
        assert sorted(outcomes) == ["GuildhallError", "merged"]
        assert alone(Alias.objects.count) == 1


def test_a_failure_in_the_middle_leaves_nothing(put_up: PutUp, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    pair, before = put_up(3, 5), state()
    monkeypatch.setattr(merges, "notify", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        merges.merge(pair_id=pair.pk, leads=3, reason="one", by=viewer("assessor", place=WEST), now=now)
    assert state() == before
    assert not AuditEvent.objects.filter(action="registry.merge").exists()
    assert Worker.objects.count() == 40
