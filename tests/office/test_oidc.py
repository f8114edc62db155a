"""The unified identity of the tests keeps to the standard: what it is asked for here is what the texts demand of a provider."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from tests.office.oidc import CLIENT, SECRET, SUBJECT, Provider, served

VERIFIER = "a-verifier-of-at-least-forty-three-characters-in-all"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with served() as one:
        yield one


def ask(provider: Provider, **other: str | None) -> requests.Response:
    """An authentication request (Core §3.1.2.1), with some of its parameters changed or left out."""
    params = {
        "client_id": CLIENT, "redirect_uri": provider.redirect_uri, "response_type": "code", "scope": "openid", "state": "s-1",
        "nonce": "n-1", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }  # fmt: skip
    given = {name: value for name, value in {**params, **other}.items() if value is not None}
    return requests.get(f"{provider.address}/authorize", params=given, allow_redirects=False, timeout=5)


def answered(response: requests.Response) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}


def redeem(provider: Provider, **other: Any) -> requests.Response:
    """A token request (RFC 6749 §4.1.3, RFC 7636 §4.5)."""
    data = {"grant_type": "authorization_code", "redirect_uri": provider.redirect_uri, "code_verifier": VERIFIER}
    if "code" not in other:
        other["code"] = answered(ask(provider))["code"]
    auth = other.pop("auth", (CLIENT, SECRET))
    return requests.post(f"{provider.address}/token", data={**data, **other}, auth=auth, timeout=5)


def test_discovery_says_what_it_must(provider: Provider) -> None:
    """Discovery §3 (required metadata), §4.3 (the issuer is the address asked)."""
    told = requests.get(f"{provider.address}/.well-known/openid-configuration", timeout=5).json()
    assert told["issuer"] == provider.address
    required = {"authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported"}
    assert required | {"id_token_signing_alg_values_supported"} <= set(told)
    assert "RS256" in told["id_token_signing_alg_values_supported"]
    assert "none" not in told["id_token_signing_alg_values_supported"]


def test_a_good_request_leads_back_with_code_and_state(provider: Provider) -> None:
    response = ask(provider)
    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{provider.redirect_uri}?")
    assert answered(response)["state"] == "s-1"
    assert answered(response)["code"]


@pytest.mark.parametrize("wrong", [{"client_id": "other"}, {"redirect_uri": "http://evil.example/"}, {"redirect_uri": None}])
def test_nobody_is_led_to_an_address_that_is_not_registered(provider: Provider, wrong: dict[str, str | None]) -> None:
    """RFC 6749 §4.1.2.1: an unknown client or address is never redirected to."""
    assert ask(provider, **wrong).status_code == 400


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_any_other_fault_is_told_to_the_client_with_its_state(provider: Provider, wrong: dict[str, str | None], error: str) -> None:
    """RFC 6749 §4.1.2.1, Core §3.1.2.6."""
    assert answered(ask(provider, **wrong)) == {"error": error, "state": "s-1"}


@pytest.mark.parametrize("way", ["basic", "post"])
def test_a_code_becomes_tokens_for_the_client_it_was_given_to(provider: Provider, way: str) -> None:
    """RFC 6749 §2.3.1 and §5.1; Core §3.1.3.3."""
    response = redeem(provider) if way == "basic" else redeem(provider, auth=None, client_id=CLIENT, client_secret=SECRET)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    told = response.json()
    assert told["token_type"].lower() == "bearer"
    assert told["access_token"]
    assert told["id_token"].count(".") == 2


def test_the_identity_token_holds_what_it_must_and_is_signed(provider: Provider) -> None:
    """Core §2 (claims), §3.1.3.6 (nonce), §10.1 (the signing key is published under its name)."""
    token = redeem(provider).json()["id_token"]
    keys = jwt.PyJWKSet.from_dict(requests.get(f"{provider.address}/keys", timeout=5).json())
    key = next(one for one in keys.keys if one.key_id == jwt.get_unverified_header(token)["kid"])
    told = jwt.decode(
        token, key.key, algorithms=["RS256"], audience=CLIENT, issuer=provider.address, options={"require": ["exp", "iat", "sub"]}
    )
    assert (told["sub"], told["nonce"]) == (SUBJECT, "n-1")
    assert told["exp"] > told["iat"]


def test_a_code_serves_once(provider: Provider) -> None:
    """RFC 6749 §4.1.2."""
    code = answered(ask(provider))["code"]
    assert redeem(provider, code=code).status_code == 200
    second = redeem(provider, code=code)
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        ({"auth": (CLIENT, "guess")}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"code": "guess"}, 400, "invalid_grant"),
        ({"redirect_uri": "http://evil.example/"}, 400, "invalid_grant"),
        ({"code_verifier": "another-verifier-of-at-least-forty-three-characters"}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
    ],
)
def test_a_wrong_token_request_gets_its_error(provider: Provider, wrong: dict[str, Any], status: int, error: str) -> None:
    """RFC 6749 §5.2, RFC 7636 §4.6."""
    response = redeem(provider, **wrong)
    assert (response.status_code, response.json()["error"]) == (status, error)
