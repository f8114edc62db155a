"""Staff sign in: a password opens nothing by itself; a second factor does, in the session in which it was shown."""

from __future__ import annotations

import pytest
from django.test import Client

from guildhall.office.models import Account, AuditEvent
from tests.office.staff import HEADERS, add_app, clocks, code_of, officer, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clocks")]
__all__ = ["clocks"]


def desk(client: Client) -> str:
    """Where asking for the desk leads: the page itself, or another address."""
    answer = client.get("/en/desk/", headers=HEADERS)
    return "desk" if answer.status_code == 200 else str(answer["Location"])


def actions(account: Account) -> list[str]:
    return list(AuditEvent.objects.filter(chain=f"account:{account.pk}").order_by("position").values_list("action", flat=True))


def test_a_password_alone_opens_nothing_but_the_set_up_of_a_second_factor() -> None:
    officer()
    client = Client()
    assert sign_in(client)["Location"] == "/en/desk/"
    assert desk(client) == "/en/role/?next=%2Fen%2Fdesk%2F"
    assert client.get("/en/role/")["Location"] == "/en/account/factors/"
    page = client.get("/en/account/factors/", headers=HEADERS).content.decode()
    assert "Set up a second factor first" in page
    add_app(client)
    assert desk(client) == "desk"


def test_signing_in_with_password_and_code() -> None:
    account = officer()
    first = Client()
    sign_in(first)
    secret = add_app(first)
    second = Client()
    assert sign_in(second)["Location"] == "/en/sign-in/staff/factor/"
    assert desk(second).startswith("/en/sign-in/")
    wrong = second.post("/en/sign-in/staff/factor/", {"code": "000000"}, headers=HEADERS)
    assert "The code is not right" in wrong.content.decode()
    assert second.post("/en/sign-in/staff/factor/", {"code": code_of(secret)})["Location"] == "/en/desk/"
    assert desk(second) == "desk"
    assert actions(account) == ["office.sign_in", "office.add_factor", "office.sign_in"]


def test_a_code_serves_once() -> None:
    officer()
    first = Client()
    sign_in(first)
    secret = add_app(first)
    code = code_of(secret)
    for expected in (302, 200):
        client = Client()
        sign_in(client)
        assert client.post("/en/sign-in/staff/factor/", {"code": code}).status_code == expected
