"""Delegations: the representative gives tasks with an end, gives nothing they have not, and leavers are out at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.models import AuditEvent, Grant, Notice
from guildhall.office.operations import delegations as operations
from guildhall.office.queries import delegations as queries
from guildhall.office.viewers import live_grants, viewer_in
from guildhall.web.viewer import Viewer, system
from tests import clock, people
from tests.threads import at_once, shared_database

WORKS, OTHER = 5, 6
SYSTEM = system("command:import")


@pytest.fixture
def boss(db: None) -> Viewer:
    """The legal representative of the works."""
    return people.viewer("employer", organisation_id=WORKS, is_representative=True)


@pytest.fixture
def clerk(db: None) -> Grant:
    """A worker who has claimed the own record."""
    return people.grant("worker", worker_id=17)


def given(boss: Viewer, clerk: Grant, now: datetime, **more: object) -> Grant:
    terms = {"account_id": clerk.account_id, "scopes": ["roster"], "until": now.date() + timedelta(days=90)} | more
    return operations.delegate(by=boss, now=now, **terms)  # type: ignore[arg-type]


def test_a_colleague_gets_tasks_until_a_day(boss: Viewer, clerk: Grant, now: datetime, on: date) -> None:
    grant = given(boss, clerk, now)
    viewer = viewer_in(grant)
    assert (viewer.role, viewer.organisation, viewer.may("roster"), viewer.may("claims")) == ("employer", WORKS, True, False)
    assert live_grants(clerk.account_id, on + timedelta(days=89)).filter(pk=grant.pk).exists()
    assert not live_grants(clerk.account_id, on + timedelta(days=90)).filter(pk=grant.pk).exists()
    assert [AuditEvent.objects.get(chain=chain).action for chain in (f"account:{clerk.account_id}", f"organisation:{WORKS}")] == [
        "office.delegate",
        "office.delegate",
    ]
    assert Notice.objects.get(account=clerk.account).template == "role_given"
    assert [row.pk for row in queries.delegations(boss, on)] == [grant.pk]
    with pytest.raises(AlreadyDone):
        given(boss, clerk, now)


@pytest.mark.parametrize(
    "terms",
    [
        {"scopes": []},
        {"scopes": ["roster", "everything"]},
        {"until": date(2026, 1, 30)},
        {"until": date(2027, 2, 28)},
        {"account_id": 99_999},
    ],
)
def test_a_delegation_has_tasks_a_term_and_a_person(boss: Viewer, clerk: Grant, now: datetime, terms: dict[str, object]) -> None:
    with pytest.raises(GuildhallError):
        given(boss, clerk, now, **terms)
    assert not Grant.objects.filter(is_representative=False, organisation_id=WORKS).exists()


def test_nobody_gives_on_what_they_were_given(boss: Viewer, clerk: Grant, now: datetime, on: date) -> None:
    delegate, third = viewer_in(given(boss, clerk, now)), people.grant("worker", worker_id=18)
    for by in (delegate, people.viewer("assessor", place="west"), Viewer(), people.viewer("worker", worker_id=19)):
        with pytest.raises(NotFound):
            given(by, third, now)
        assert queries.delegations(by, on) == []
    stranger = people.viewer("employer", organisation_id=OTHER, is_representative=True)
    with pytest.raises(NotFound):
        operations.revoke_delegation(grant_id=delegate.grant or 0, reason="mine now", by=stranger, now=now)
    with pytest.raises(NotFound):
        operations.revoke_delegation(grant_id=boss.grant or 0, reason="coup", by=delegate, now=now)


def test_whoever_left_is_out_with_the_next_page(boss: Viewer, clerk: Grant) -> None:
    now, on = clock.moment(), clock.today()  # pages read the clock, and the delegation must hold for them
    grant = given(boss, clerk, now)
    client = people.signed_in(grant)
    assert client.get("/en/desk/").status_code == 200
    ended = operations.end_delegations(organisation_id=WORKS, worker_ids=[clerk.worker_id or 0, 18], on=on, by=SYSTEM, now=now)
    assert ended == 1
    answer = client.get("/en/desk/")
    assert answer.status_code == 302, "the role is gone; what else the account may do is still there"
    assert "role" in answer.headers["Location"]
    grant.refresh_from_db()
    assert grant.revoked_at == now
    assert live_grants(clerk.account_id, on).get() == clerk
    assert operations.end_delegations(organisation_id=WORKS, worker_ids=[17], on=on, by=SYSTEM, now=now) == 0


def test_who_leaves_on_a_later_day_keeps_access_until_then(boss: Viewer, clerk: Grant, now: datetime, on: date) -> None:
    grant, day = given(boss, clerk, now), on + timedelta(days=7)
    assert operations.end_delegations(organisation_id=WORKS, worker_ids=[17], on=day, by=SYSTEM, now=now) == 1
    grant.refresh_from_db()
    assert (grant.valid_until, grant.revoked_at) == (day, None)
    assert operations.end_delegations(organisation_id=WORKS, worker_ids=[17], on=day + timedelta(days=1), by=SYSTEM, now=now) == 0


def test_leaving_one_organisation_takes_nothing_of_another_nor_from_the_representative(
    boss: Viewer, clerk: Grant, now: datetime, on: date
) -> None:
    grant = given(boss, clerk, now)
    Grant.objects.create(account_id=boss.account or 0, role="worker", worker_id=20, granted_by="test", valid_from=people.LONG_AGO)
    assert operations.end_delegations(organisation_id=OTHER, worker_ids=[17], on=on, by=SYSTEM, now=now) == 0
    assert operations.end_delegations(organisation_id=WORKS, worker_ids=[20], on=on, by=SYSTEM, now=now) == 0
    assert live_grants(clerk.account_id, on).filter(pk=grant.pk).exists()
    assert live_grants(boss.account or 0, on).filter(pk=boss.grant or 0).exists()


def test_a_new_representative_follows_and_can_take_back_what_the_first_gave(boss: Viewer, clerk: Grant, now: datetime, on: date) -> None:
    grant, heir = given(boss, clerk, now), people.grant("worker", worker_id=30)
    terms = {"account_id": heir.account_id, "organisation_id": WORKS, "role": "employer", "by": SYSTEM, "now": now}
    with pytest.raises(AlreadyDone):
        operations.begin_representation(**terms)  # type: ignore[arg-type]
    assert operations.end_representation(organisation_id=WORKS, reason="new licence", by=SYSTEM, now=now) == 1
    with pytest.raises(NotFound):
        given(boss, heir, now)
    next_boss = viewer_in(operations.begin_representation(**terms))  # type: ignore[arg-type]
    operations.revoke_delegation(grant_id=grant.pk, reason="", by=next_boss, now=now)
    assert live_grants(clerk.account_id, on).get() == clerk


def test_a_college_has_no_task_yet_to_hand_on(db: None, clerk: Grant, now: datetime) -> None:
    head = people.viewer("college", organisation_id=OTHER, is_representative=True)
    with pytest.raises(GuildhallError):
        given(head, clerk, now, scopes=["people"])


def test_only_tasks_that_open_a_page_are_handed_on() -> None:
    doors = list(views(get_resolver().url_patterns))
    for role, tasks in queries.SCOPES.items():
        opened = {door.task for door in doors if role in getattr(door, "roles", ()) and door.task}
        assert set(tasks) == opened - {"delegate"}, f"what {role} may hand on is not what opens a page for it"


def views(patterns: Iterable[Any]) -> Iterator[Any]:
    for entry in patterns:
        if isinstance(entry, URLPattern):
            yield entry.callback
        else:
            yield from views(entry.url_patterns)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_to_represent_at_once_one_does(tmp_path: Path, now: datetime) -> None:
    both = [people.grant("worker", worker_id=n).account_id for n in (40, 41)]

    def claim(account: int) -> str:
        try:
            operations.begin_representation(account_id=account, organisation_id=WORKS, role="employer", by=SYSTEM, now=now)
        except AlreadyDone:
            return "refused"
        return "represents"

    with shared_database(tmp_path):
        given = at_once([partial(claim, account) for account in both])
    assert sorted(given) == ["refused", "represents"]
