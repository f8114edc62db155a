"""People of the city sign in with the unified identity; what it answers is believed only if every check holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from guildhall.office.models import Account, AuditEvent
from tests import clock
from tests.office.oidc import CLIENT, SUBJECT, Provider, served
from tests.office.staff import HEADERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """The provider, and the settings that name it."""
    with served() as one:
        app = {
            "provider_id": "city",
            "name": "city",
            "client_id": CLIENT,
            "secret": "a secret of the two",
            "settings": {"server_url": one.address},
        }
        settings.OIDC_ISSUER = one.address
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "SCOPE": ["openid"], "APPS": [app]}}
        yield one


def led_back(client: Client, query: str = "") -> str:
    """Goes to the provider and comes back with its answer: the address on this site."""
    there = client.get(f"/en/sign-in/identity/{query}", headers=HEADERS)
    assert there.status_code == 302, there.content.decode()
    back = requests.get(there["Location"], allow_redirects=False, timeout=5).headers["Location"]
    return back.removeprefix("http://testserver")


def test_the_request_carries_state_nonce_and_challenge(provider: Provider) -> None:
    there = Client().get("/en/sign-in/identity/")["Location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    assert asked["scope"] == "openid", "no name and no phone is asked for"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) >= 32
    assert asked["state"]
    assert asked["redirect_uri"] == "http://testserver/sign-in/identity/callback/"


def test_signing_in_begins_an_account_that_holds_only_a_hash_of_who_it_is(provider: Provider) -> None:
    client = Client()
    answer = client.get(led_back(client, "?next=/en/places/"), headers=HEADERS)
    assert answer["Location"] == "/en/places/"
    account = Account.objects.get()
    assert (account.kind, account.name, account.email) == ("public", "", "")
    link = SocialAccount.objects.get()
    assert SUBJECT not in link.uid + str(link.extra_data)
    assert not SocialToken.objects.exists()
    assert [event.action for event in AuditEvent.objects.order_by("event_id")] == ["office.begin_account", "office.sign_in"]
    assert client.get("/en/desk/")["Location"].startswith("/en/role/")


def test_the_same_person_comes_back_to_the_same_account(provider: Provider) -> None:
    for _ in range(2):
        client = Client()
        client.get(led_back(client))
    assert Account.objects.count() == 1
    provider.subject = "somebody else"
    client = Client()
    client.get(led_back(client))
    assert Account.objects.count() == 2


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "other"},
    "no nonce": {"nonce": None},
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "other"},
    "several audiences and no party": {"aud": [CLIENT, "other"]},
    "several audiences and another party": {"aud": [CLIENT, "other"], "azp": "other"},
    "expired": {"exp": int(clock.moment().timestamp()) - 120},
    "made in the future": {"iat": int(clock.moment().timestamp()) + 3600},
    "nobody": {"sub": None},
    "no end": {"exp": None},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_hold_signs_nobody_in(provider: Provider, lie: str) -> None:
    provider.twist = LIES[lie]
    client = Client()
    answer = client.get(led_back(client), headers=HEADERS)
    assert answer.status_code == 401
    assert "Signing in did not work" in answer.content.decode()
    assert not Account.objects.exists()
    assert client.get("/en/desk/")["Location"].startswith("/en/sign-in/")


@pytest.mark.parametrize("sign", ["nothing", "the shared secret", "another key"])
def test_a_token_not_signed_by_the_published_key_signs_nobody_in(provider: Provider, sign: str) -> None:
    provider.sign = sign
    client = Client()
    assert client.get(led_back(client), headers=HEADERS).status_code == 401
    assert not Account.objects.exists()


def test_an_answer_to_another_browser_signs_nobody_in(provider: Provider) -> None:
    back = led_back(Client())
    assert Client().get(back, headers=HEADERS).status_code == 401
    assert not Account.objects.exists()


def test_an_answer_serves_once(provider: Provider) -> None:
    client = Client()
    back = led_back(client)
    client.get(back)
    assert client.get(back, headers=HEADERS).status_code == 401


def test_whoever_turns_back_there_is_told_so(provider: Provider) -> None:
    provider.denies = True
    client = Client()
    answer = client.get(led_back(client), headers=HEADERS)
    assert answer["Location"] == "/en/sign-in/identity/cancelled/"
    assert "You did not sign in" in client.get(answer["Location"], headers=HEADERS).content.decode()


def test_a_configuration_of_another_issuer_is_not_followed(provider: Provider) -> None:
    provider.issuer_said = "https://evil.example"
    answer = Client().get("/en/sign-in/identity/", headers=HEADERS)
    assert answer.status_code == 400
    assert "does not answer" in answer.content.decode()


def test_a_provider_that_is_away_is_told_in_words(settings: Any, provider: Provider) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"] = {"server_url": "http://127.0.0.1:9"}
    answer = Client().get("/en/sign-in/identity/", headers=HEADERS)
    assert answer.status_code == 400
    assert "code by text message" in answer.content.decode()


def test_it_leads_nowhere_else_afterwards(provider: Provider) -> None:
    client = Client()
    assert client.get(led_back(client, "?next=https://evil.example/"))["Location"] == "/en/desk/"


def test_without_the_settings_there_is_no_such_door() -> None:
    page = Client().get("/en/sign-in/", headers=HEADERS).content.decode()
    assert "unified identity" not in page
    assert Client().get("/en/sign-in/identity/").status_code == 404
    assert Client().get("/sign-in/identity/callback/").status_code == 404
