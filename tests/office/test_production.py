"""Production mode starts with nothing of a demonstration in it, and says all that is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from guildhall.kernel.errors import GuildhallError
from guildhall.office import production
from guildhall.office.backends import Accounts
from guildhall.office.demonstration import PREFIX
from guildhall.office.models import Account
from guildhall.office.operations.demonstration import Part, play
from guildhall.web.viewer import system
from tests.office.staff import HEADERS, officer
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def production_mode(settings: Any, var: Path) -> Callable[..., None]:
    """Production with every setting as it should be, but for those that are given."""

    def set_up(**other: Any) -> None:
        sound = {"DEMONSTRATION": False, "DEBUG": False, "ALLOWED_HOSTS": ["guildhall.example"], "PROXIES": 1, "VAR": var}
        sound |= {"SEALS": str(var.parent / "elsewhere" / "seals.jsonl")}
        for name, value in {**sound, **other}.items():
            setattr(settings, name, value)

    return set_up


def refusal() -> str:
    with pytest.raises(GuildhallError) as refused:
        production.refuse()
    return str(refused.value)


def test_a_sound_production_starts(production_mode: Callable[..., None]) -> None:
    production_mode()
    production.refuse()
    assert production.check() == []


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"DEBUG": True}, "GUILDHALL_DEBUG is set"),
        ({"ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"]}, "GUILDHALL_HOSTS names no host of yours"),
        ({"ALLOWED_HOSTS": ["*"]}, "GUILDHALL_HOSTS names no host of yours"),
        ({"PROXIES": 0}, "GUILDHALL_PROXIES is 0"),
        ({"SEALS": ""}, "GUILDHALL_SEALS lies inside GUILDHALL_VAR"),
    ],
)
def test_settings_of_a_demonstration_are_refused(production_mode: Callable[..., None], setting: dict[str, Any], said: str) -> None:
    production_mode(**setting)
    assert said in refusal()
    assert [error.msg for error in production.check()] == [said]


def test_seals_beside_the_database_are_refused(production_mode: Callable[..., None], var: Path) -> None:
    production_mode(SEALS=str(var / "deeper" / ".." / "seals.jsonl"))
    assert "GUILDHALL_SEALS lies inside GUILDHALL_VAR" in refusal()


@pytest.mark.parametrize(("file", "name"), [("session.key", "SECRET_KEY"), ("identity.key", "IDENTITY_KEY")])
def test_the_key_of_a_demonstration_is_refused(
    production_mode: Callable[..., None], settings: Any, var: Path, file: str, name: str
) -> None:
    production_mode()
    (var / "keys").mkdir()
    (var / "keys" / file).write_text(getattr(settings, name) + "\n")
    assert f"GUILDHALL_{name} is the key of a demonstration" in refusal()


def test_accounts_of_the_demonstration_are_refused(production_mode: Callable[..., None], now: datetime) -> None:
    Account.objects.create(username=f"{PREFIX}planner", kind="staff", created_at=now)
    production_mode()
    assert "1 accounts of the demonstration are open" in refusal()


def test_everything_is_told_at_once(production_mode: Callable[..., None], now: datetime) -> None:
    Account.objects.create(username=f"{PREFIX}planner", kind="staff", created_at=now)
    production_mode(DEBUG=True, PROXIES=0)
    assert refusal().count("·") == 3


def test_the_page_of_made_up_people_does_not_exist_in_production(production_mode: Callable[..., None], settings: Any) -> None:
    production_mode(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"])
    for answer in (Client().get("/en/sign-in/as/"), Client().post("/en/sign-in/as/", {"account": f"{PREFIX}planner"})):
        assert answer.status_code == 404
    page = Client().get("/en/sign-in/", headers=HEADERS).content.decode()
    assert "demonstration" not in page.split("<main", 1)[1]


def test_made_up_people_do_not_sign_in_in_production_nor_stay_signed_in(production_mode: Callable[..., None], now: datetime) -> None:
    account = officer(f"{PREFIX}assessor")
    client = signed_in(account.grants.get())
    assert client.get("/en/desk/").status_code == 200
    production_mode(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"])
    assert client.get("/en/desk/")["Location"].startswith("/en/sign-in/")
    assert not Accounts().user_can_authenticate(account)
    assert Accounts().user_can_authenticate(officer("real"))


def test_no_made_up_people_are_made_in_production(production_mode: Callable[..., None], now: datetime) -> None:
    production_mode()
    with pytest.raises(GuildhallError, match="no demonstration in production"):
        play(parts=[Part("planner", "x", "planner", "tiny")], by=system("command:demo"), now=now, today=now.date())
