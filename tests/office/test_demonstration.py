"""The people of the demonstration: the same every time, each a click away, and kept apart from everybody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from guildhall.kernel.errors import NotFound
from guildhall.office.demonstration import PREFIX
from guildhall.office.models import Account, Grant
from guildhall.office.operations import public
from guildhall.office.operations.demonstration import Part, play
from guildhall.office.operations.sessions import itself
from guildhall.registry.queries.cast import cast
from guildhall.web.viewer import system
from tests.office.staff import HEADERS, officer
from tests.world import THEN, World, build

pytestmark = pytest.mark.django_db
DEMO = system("command:demo")


def parts(world: World) -> list[Part]:
    side = world.harbour
    return [
        Part("assessor", "陈静", "assessor", side.place),
        Part("worker", "", "worker", worker_id=side.second),
        Part("employer", "", "employer", organisation_id=world.neighbour.organisation),
        Part("newcomer", ""),
    ]


@pytest.fixture
def world(db: None) -> World:
    built = build()
    Grant.objects.filter(role__in=("worker", "employer")).update(revoked_at=THEN)
    return built


def given() -> set[tuple[str, str]]:
    rows = Grant.objects.filter(account__username__startswith=PREFIX, revoked_at=None)
    return set(rows.values_list("account__username", "role"))


def test_the_same_cast_twice_changes_nothing(world: World, now: datetime) -> None:
    assert play(parts=parts(world), by=DEMO, now=now, today=now.date()) == 3
    accounts = Account.objects.filter(username__startswith=PREFIX).count()
    assert play(parts=parts(world), by=DEMO, now=now, today=now.date()) == 0
    assert Account.objects.filter(username__startswith=PREFIX).count() == accounts
    assert given() == {("demo-assessor", "assessor"), ("demo-worker", "worker"), ("demo-employer", "employer")}


def test_another_city_gives_the_same_accounts_other_people(world: World, now: datetime) -> None:
    play(parts=parts(world), by=DEMO, now=now, today=now.date())
    other = [Part("assessor", "陈静", "assessor", world.west.place), Part("worker", "", "worker", worker_id=world.west.second)]
    play(parts=other, by=DEMO, now=now, today=now.date())
    held = Grant.objects.filter(granted_by=DEMO.name, revoked_at=None)
    assert {(grant.role, grant.place, grant.worker_id) for grant in held} == {
        ("assessor", world.west.place, None),
        ("worker", "", world.west.second),
    }


def test_a_record_that_somebody_claimed_is_left_to_them(world: World, now: datetime) -> None:
    account = public.begin(way="code", language="en", now=now)
    claimed = public.give_record(worker_id=world.harbour.second, account=account.pk, by=itself(account), now=now)
    play(parts=parts(world), by=DEMO, now=now, today=now.date())
    assert list(Grant.objects.filter(worker_id=world.harbour.second, revoked_at=None)) == [claimed]


def test_one_click_signs_in_each_of_them_and_nobody_else(world: World, now: datetime) -> None:
    play(parts=parts(world), by=DEMO, now=now, today=now.date())
    officer("real")
    page = Client().get("/en/sign-in/as/", headers=HEADERS).content.decode()
    assert 'value="demo-assessor"' in page
    assert 'value="real"' not in page
    for username, role in given():
        client = Client()
        assert client.post("/en/sign-in/as/", {"account": username})["Location"] == "/en/desk/"
        assert client.get("/en/desk/", headers=HEADERS).status_code == 200, role
    assert Client().post("/en/sign-in/as/", {"account": "real"}).status_code == 404
    newcomer = Client()
    newcomer.post("/en/sign-in/as/", {"account": "demo-newcomer"})
    assert "open my own record" in newcomer.get("/en/role/", headers=HEADERS).content.decode()


def test_the_cast_is_two_neighbours_with_people_at_work(world: World, on: Any) -> None:
    found = cast(on)
    assert {found.district, found.neighbour} == {"tiny-harbour", "tiny-west"}
    assert found.worker != found.neighbours_worker
    assert found == cast(on)


def test_an_empty_registry_has_no_cast(db: None, on: Any) -> None:
    with pytest.raises(NotFound):
        cast(on)
