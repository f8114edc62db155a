"""`guildhall account`: a city's first administrator, from an empty database to a password that works."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import clock
from tests.cli.conftest import Command

OPEN = ("account", "open", "lin", "--name", "Lin", "--role", "administrator", "--place", "tiny")


@pytest.fixture
def places(transactional_db: None) -> None:
    from tests.world import plant_places

    plant_places()


@pytest.mark.usefixtures("places")
def test_the_first_administrator_begins_with_a_link(guildhall: Command, var: Path) -> None:
    from django.test import Client

    ran = guildhall(*OPEN, "--site", "http://testserver/")
    assert ran.code == 0
    assert re.fullmatch(r"http://testserver/zh-hans/invitation/\S+/\n", ran.out)
    browser = Client()
    assert browser.get(ran.out.strip(), follow=True).status_code == 200
    password = "river and mountain 26"
    answer = browser.post("/zh-hans/invitation/", {"password1": password, "password2": password})
    assert answer.status_code == 302
    assert browser.get(ran.out.strip()).status_code == 400, "it serves once"
    assert json.loads(guildhall("account", "list", "--json").out) == [
        {"username": "lin", "name": "Lin", "open": True, "roles": [{"role": "administrator", "place": "tiny"}]}
    ]


@pytest.mark.usefixtures("places")
def test_what_cannot_be_is_refused_in_words(guildhall: Command, var: Path) -> None:
    assert guildhall(*OPEN).code == 0
    for words, said in (
        (OPEN, "is taken"),
        (("account", "open", "chen", "--name", "Chen", "--role", "assessor", "--place", "nowhere"), "no place"),
        (("account", "open", "chen", "--name", "Chen", "--role", "assessor", "--place", "tiny-east"), "does not exist on"),
        (("account", "give", "lin", "--role", "auditor", "--place", "tiny"), "cannot be both"),
        (("account", "give", "nobody", "--role", "auditor", "--place", "tiny"), "no staff account"),
        (("account", "close", "lin", "--reason", "retires"), "last administrator"),
    ):
        ran = guildhall(*words)
        assert ran.code == 1
        assert said in ran.err


@pytest.mark.usefixtures("places")
def test_a_second_administrator_lets_the_first_go(guildhall: Command, var: Path) -> None:
    guildhall(*OPEN)
    guildhall("account", "open", "chen", "--name", "Chen", "--role", "planner", "--place", "tiny")
    ran = guildhall("account", "give", "chen", "--role", "administrator", "--place", "tiny", "--last", "2036-12-31")
    assert "chen is administrator in tiny from" in ran.out
    assert "until 2036-12-31" in ran.out
    assert guildhall("account", "close", "lin", "--reason", "retires").out == "lin is closed\n"
    listed = guildhall("account", "list").out
    assert "closed, administrator in tiny" in listed
    assert "administrator in tiny, planner in tiny" in listed
    assert guildhall("account", "link", "lin").code == 1


@pytest.mark.usefixtures("places")
def test_the_command_confirms_where_no_second_administrator_could(guildhall: Command, var: Path) -> None:
    from guildhall.office.models import Grant
    from guildhall.office.operations.accounts import open_account
    from guildhall.office.viewers import viewer_in

    guildhall(*OPEN)
    by, now = viewer_in(Grant.objects.get(account__username="lin")), clock.moment()
    open_account(username="chen", name="Chen", role="administrator", place="tiny", valid_from=clock.today(), land=None, by=by, now=now)
    assert "no role today" in guildhall("account", "list").out
    assert "chen is administrator in tiny from" in guildhall("account", "confirm", "chen").out
    given = Grant.objects.get(account__username="chen")
    assert (given.granted_by, given.seconded_by) == (by.name, "command:account")
    assert "No role of chen is waiting" in guildhall("account", "confirm", "chen").err
