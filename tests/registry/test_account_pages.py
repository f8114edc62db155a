"""Pages of an administrator: a role that takes two is asked for on one screen and confirmed on another; each message is said once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

import guildhall
from guildhall.office.models import Account, Grant, RoleWish
from guildhall.office.viewers import live_grants, viewer_in
from guildhall.registry.queries.waiting import waiting
from tests import clock, people
from tests.world import World, build, sign_in

PACKAGE = Path(guildhall.__file__).parent


@pytest.fixture
def world(db: None) -> World:
    found = build()
    sign_in(found)
    return found


def second_of(world: World) -> Client:
    """Another administrator of Harbour."""
    return people.signed_in(Grant.objects.get(role="administrator", account__username=f"second-{world.harbour.key}"))


def test_a_role_that_takes_two_goes_from_one_administrator_to_the_other(world: World, shown: Path) -> None:
    first, second, side = world.client("administrator"), second_of(world), world.harbour
    role = {"role": "claims_officer", "place": side.place, "first": str(clock.today())}
    given = {"name": "Lin", "username": "lin", "email": "lin@guildhall.example", **role}
    assert first.post("/en/accounts/new/", given).status_code == 302
    account = Account.objects.get(username="lin")
    wish = RoleWish.objects.get(account=account)
    page = f"/en/accounts/{account.pk}/asked/{wish.pk}/"
    assert "guildhall account confirm" in first.get(page).content.decode(), "who asked is told who confirms"
    assert "Confirm and give the role" not in first.get(page).content.decode()
    assert "You have asked for this already" in first.post(page).content.decode()
    assert not live_grants(account.pk, clock.today()).exists()
    for listed in ("/en/accounts/", f"/en/accounts/{account.pk}/"):
        assert page in second.get(listed).content.decode()
    assert "lin@guildhall.example" in second.get(page).content.decode()
    assert second.post(page).status_code == 302
    assert live_grants(account.pk, clock.today()).get().role == "claims_officer"
    told = second.get(f"/en/accounts/{account.pk}/").content.decode()
    assert told.count("The role was given.") == 1
    assert f"confirmed by second {side.key}" in told
    assert second.get(page).status_code == 404, "nothing waits any more"


def test_what_another_administrator_does_not_agree_to_is_over(world: World, shown: Path) -> None:
    side, wish = world.harbour, RoleWish.objects.get(pk=world.harbour.keys["wish"])
    page = f"/en/accounts/{wish.account_id}/asked/{wish.pk}/"
    assert world.client("administrator").post(page, {"withdraw": "1"}).status_code == 302
    assert not Grant.objects.filter(account=wish.account_id, role="auditor").exists()
    assert second_of(world).get(f"/en/accounts/{wish.account_id}/").status_code == 200
    assert not RoleWish.objects.filter(account__in=[side.grants["planner"].account_id], done_at=None).exists()


def test_a_role_that_waits_is_counted_on_the_desk_of_whoever_may_confirm(world: World, shown: Path) -> None:
    side = world.harbour
    waits = RoleWish.objects.filter(place=side.place, done_at=None).count()
    assert waiting(world.viewer("administrator"), clock.today())["accounts"].count == waits
    asked = Grant.objects.get(role="administrator", account__username=f"second-{side.key}")
    own = RoleWish.objects.filter(place=side.place, asked_by=asked.account_id).count()
    assert waiting(viewer_in(asked), clock.today())["accounts"].count == waits - own


def test_each_message_is_said_once_on_every_page() -> None:
    """The frame says it to whoever signed in; a page that says it as well does so for the others alone."""
    for file in sorted(PACKAGE.glob("*/templates/**/*.html")):
        text = file.read_text("utf-8")
        if "web/parts/told.html" in text and '{% extends "web/base.html" %}' in text:
            assert '{% if not who %}{% include "web/parts/told.html" %}{% endif %}' in text, file.name
