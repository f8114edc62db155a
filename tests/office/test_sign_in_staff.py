"""Staff sign in: a password opens nothing by itself; a second factor does, in the session in which it was shown."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override

from guildhall.kernel.errors import AlreadyDone, NotFound
from guildhall.office.models import Account, AuditEvent
from guildhall.office.operations import invitations, public, sessions
from guildhall.office.operations.invitations import NotInvited
from guildhall.web.viewer import system
from tests import clock, people
from tests.office.staff import HEADERS, PASSWORD, add_app, clocks, code_of, officer, sign_in

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


def test_signing_out_is_asked_written_down_and_final() -> None:
    account = officer()
    client = Client()
    sign_in(client)
    add_app(client)
    cookie = client.cookies["sessionid"].value
    assert "Do you want to sign out?" in client.get("/en/sign-out/", headers=HEADERS).content.decode()
    assert desk(client) == "desk", "asking changes nothing"
    client.post("/en/sign-out/")
    client.cookies["sessionid"] = cookie
    assert desk(client).startswith("/en/sign-in/"), "the old cookie opens nothing"
    assert actions(account)[-1] == "office.sign_out"


def test_the_key_of_the_session_changes_when_it_begins() -> None:
    officer()
    client = Client()
    client.get("/en/sign-in/staff/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = before = str(session.session_key)
    sign_in(client)
    assert client.cookies["sessionid"].value != before


@pytest.mark.parametrize(("username", "password"), [("chen", "wrong"), ("nobody", PASSWORD), ("chen", ""), ("", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(username: str, password: str) -> None:
    officer()
    page = sign_in(Client(), username, password).content.decode()
    assert ("The name or the password is not right" in page) is bool(username and password)
    assert PASSWORD not in page


def test_a_wrong_password_is_written_down_without_what_was_typed() -> None:
    account = officer()
    sign_in(Client(), password="almost right")
    event = AuditEvent.objects.get(chain=f"account:{account.pk}")
    assert (event.action, event.actor, event.details) == ("office.sign_in_refused", "public", "{}")
    sign_in(Client(), "nobody")
    assert AuditEvent.objects.count() == 1


def test_five_wrong_passwords_close_the_door_for_a_while_even_to_the_right_one() -> None:
    officer()
    client = Client()
    for _ in range(5):
        sign_in(client, password="wrong")
    assert "wrong too often" in sign_in(client).content.decode()
    assert desk(client).startswith("/en/sign-in/")


def test_wrong_codes_are_limited_too() -> None:
    officer()
    first = Client()
    sign_in(first)
    secret = add_app(first)
    client = Client()
    sign_in(client)
    for _ in range(5):
        client.post("/en/sign-in/staff/factor/", {"code": "000000"}, headers=HEADERS)
    answer = client.post("/en/sign-in/staff/factor/", {"code": code_of(secret)}, headers=HEADERS)
    assert "wrong too often" in answer.content.decode()


def test_a_recovery_code_signs_in_once() -> None:
    account = officer()
    first = Client()
    sign_in(first)
    add_app(first)
    page = first.get("/en/account/factors/codes/", headers=HEADERS).content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", page)
    assert len(codes) == 10
    kept = str(list(Authenticator.objects.filter(user=account).values_list("data", flat=True)))
    assert not [code for code in codes if code in kept], "neither codes nor secrets are kept in the clear"
    for expected in (302, 200):
        client = Client()
        sign_in(client)
        assert client.post("/en/sign-in/staff/factor/", {"code": codes[0]}).status_code == expected
    assert 'filename="recovery-codes.txt"' in first.get("/en/account/factors/codes/file/")["Content-Disposition"]


def test_another_session_without_the_factor_stays_outside_after_it_is_set_up() -> None:
    """Whoever knew the password before is not let in by the factor that its owner sets up."""
    officer()
    stranger, owner = Client(), Client()
    sign_in(stranger)
    sign_in(owner)
    add_app(owner)
    assert desk(owner) == "desk"
    assert desk(stranger).startswith("/en/role/")
    assert stranger.get("/en/role/")["Location"] == "/en/account/factors/"


def test_the_last_factor_cannot_be_taken_away_by_its_owner() -> None:
    officer()
    client = Client()
    sign_in(client)
    add_app(client)
    page = client.post("/en/account/factors/app/remove/", headers=HEADERS).content.decode()
    assert "This is your last second factor" in page
    assert Authenticator.objects.filter(type="totp").exists()


def test_an_administrator_makes_an_account_forget_its_factors(now: datetime) -> None:
    account = officer()
    client = Client()
    sign_in(client)
    add_app(client)
    with pytest.raises(NotFound):
        sessions.forget_factors(account=account, by=people.viewer("planner", place="tiny"), now=now)
    sessions.forget_factors(account=account, by=people.viewer("administrator", place="tiny"), now=now)
    assert not Authenticator.objects.exists()
    assert desk(client).startswith("/en/sign-in/"), "its sessions are over"
    with pytest.raises(AlreadyDone):
        sessions.forget_factors(account=account, by=system("test"), now=now)


def test_setting_a_factor_up_asks_for_the_password_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    officer()
    client = Client()
    sign_in(client)
    monkeypatch.setattr("guildhall.office.adapters.RECENTLY", -1)
    assert client.get("/en/account/factors/app/")["Location"].startswith("/en/account/confirm/")
    page = client.get("/en/account/confirm/?next=/en/account/factors/app/", headers=HEADERS).content.decode()
    assert "Is it still you?" in page


def test_an_invitation_lets_its_owner_set_a_password_once(now: datetime) -> None:
    account = officer(password="something else 99")
    token = invitations.invite(account=account, by=system("test"), now=clock.moment())
    client = Client()
    assert client.get(f"/en/invitation/{token}/")["Location"] == "/en/invitation/"
    weak = client.post("/en/invitation/", {"password1": "chen", "password2": "chen"}, headers=HEADERS).content.decode()
    assert "too short" in weak
    unlike = client.post("/en/invitation/", {"password1": PASSWORD, "password2": "other"}, headers=HEADERS).content.decode()
    assert "not the same" in unlike
    answer = client.post("/en/invitation/", {"password1": PASSWORD, "password2": PASSWORD}, headers=HEADERS)
    assert answer["Location"] == "/en/desk/"
    assert desk(client).startswith("/en/role/"), "a second factor is still missing"
    again = Client().get(f"/en/invitation/{token}/", headers=HEADERS)
    assert again.status_code == 400
    assert "does not work any more" in again.content.decode()
    assert sign_in(Client())["Location"] == "/en/desk/"


def test_an_invitation_runs_out_and_is_for_staff_and_from_an_administrator(now: datetime) -> None:
    account = officer()
    token = invitations.invite(account=account, by=people.viewer("administrator", place="tiny"), now=now)
    assert invitations.invited(token, now + timedelta(days=6)) == account
    for wrong, when in ((token, now + timedelta(days=7)), (token[:-2] + "xx", now), ("", now)):
        with pytest.raises(NotInvited):
            invitations.invited(wrong, when)
    with pytest.raises(NotFound):
        invitations.invite(account=account, by=people.viewer("auditor", place="tiny"), now=now)
    with pytest.raises(NotFound):
        invitations.invite(account=public.begin(way="code", language="en", now=now), by=system("test"), now=now)


def test_an_invitation_to_an_account_with_a_factor_still_asks_for_the_factor() -> None:
    account = officer()
    first = Client()
    sign_in(first)
    add_app(first)
    token = invitations.invite(account=account, by=system("test"), now=clock.moment())
    client = Client()
    client.get(f"/en/invitation/{token}/")
    answer = client.post("/en/invitation/", {"password1": "a new one entirely", "password2": "a new one entirely"})
    assert answer["Location"] == "/en/sign-in/staff/factor/"
    assert desk(first).startswith("/en/sign-in/"), "the sessions under the old password are over"


def test_a_closed_account_is_out_with_its_next_page() -> None:
    account = officer()
    client = Client()
    sign_in(client)
    add_app(client)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert desk(client).startswith("/en/sign-in/")
    assert sign_in(Client())["Location"] == "/en/sign-in/staff/closed/"


def test_changing_the_password_ends_the_other_sessions() -> None:
    officer()
    first, second = Client(), Client()
    sign_in(first)
    secret = add_app(first)
    sign_in(second)
    second.post("/en/sign-in/staff/factor/", {"code": code_of(secret)})
    new = {"oldpassword": PASSWORD, "password1": "another river 2026", "password2": "another river 2026"}
    assert first.post("/en/account/password/", new, headers=HEADERS)["Location"] == "/en/account/sessions/"
    assert desk(first) == "desk"
    assert desk(second).startswith("/en/sign-in/")


def test_the_rules_for_passwords_speak_as_the_site_does(db: None) -> None:
    with override("zh-hans"):
        told = [*password_validators_help_texts()]
        for bad in ("password", "1234567890123"):
            with pytest.raises(ValidationError) as refused:
                validate_password(bad)
            told += refused.value.messages
    assert len(told) >= 7
    assert not [words for words in told if "你" in words or re.search("[a-z]{3}", words)]
