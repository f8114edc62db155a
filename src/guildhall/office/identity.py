"""The city's unified identity, by OpenID Connect: authorisation code with PKCE, and an identity token that is checked in full.

Of what the identity says only who it is reaches a row, and that as a keyed hash: the record of a person is claimed, not handed in.
Checked against OpenID Connect Core 1.0, sections 3.1.2.1 (nonce), 3.1.3.7 (the token) and Discovery 1.0, section 4.3 (the issuer).
"""

from __future__ import annotations

import secrets
from typing import Any

import jwt
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from guildhall.office.models import Account
from guildhall.office.operations import public
from guildhall.office.vault import vault

PROVIDER = "city"
NONCE = "identity_nonce"
"""Key of the session: what the identity token must repeat."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a private key; none, and none by a shared secret."""
SKEW = 60
"""Seconds by which the two clocks may differ."""


def is_set() -> bool:
    """Whether a unified identity is connected here."""
    return bool(settings.OIDC_ISSUER)


class Identities(DefaultSocialAccountAdapter):  # type: ignore[misc]  # ships no types
    """What an account begun by the unified identity is: one of the public, without a name and without a role."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Any) -> Account:
        """Nothing that the identity tells of a person is taken over."""
        user: Account = sociallogin.user
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Account:
        account = public.begin(way="identity", language=get_language() or "zh-hans", now=timezone.now())
        sociallogin.user = account
        sociallogin.save(request)
        return account


class CityIdentity(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # ships no types
    """The relying party: stricter than its parent, which leaves signature and nonce unchecked."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, PROVIDER)

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        if config.get("issuer") != settings.OIDC_ISSUER:
            raise OAuth2Error("the configuration names another issuer")
        return config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("identity_callback"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        """Who has signed in there, under a hash of who that is."""
        told = self._checked(app, str(kwargs["response"].get("id_token", "")), request.session.pop(NONCE, ""))
        who = vault().keyed_hash("identity_subject", f"{told['iss']}\x1f{told['sub']}").hex()
        return self.get_provider().sociallogin_from_response(request, {"id_token": {"sub": who}})

    def _checked(self, app: Any, token: str, nonce: str) -> dict[str, Any]:
        """What an identity token says, if every check holds. Raises OAuth2Error otherwise."""
        try:
            head = jwt.get_unverified_header(token)
            if head.get("alg") not in ALGORITHMS:
                raise OAuth2Error("the identity token is not signed by a private key")
            told: dict[str, Any] = jwt.decode(
                token,
                key=self._key(head),
                algorithms=[head["alg"]],
                audience=app.client_id,
                issuer=settings.OIDC_ISSUER,
                leeway=SKEW,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, KeyError, ValueError) as wrong:
            raise OAuth2Error("the identity token cannot be trusted") from wrong
        if not nonce or not secrets.compare_digest(str(told.get("nonce", "")), nonce):
            raise OAuth2Error("the identity token answers another request")
        if isinstance(told["aud"], list) and len(told["aud"]) > 1 and told.get("azp") != app.client_id:
            raise OAuth2Error("the identity token was made for another party")
        return told

    def _key(self, head: dict[str, Any]) -> Any:
        """The key a token was signed with, by its name; the only one where the token names none."""
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
        keys = [key for key in jwt.PyJWKSet.from_dict(response.json()).keys if key.public_key_use in (None, "sig")]
        named = [key for key in keys if key.key_id == head.get("kid")] if head.get("kid") else keys
        if len(named) != 1:
            raise OAuth2Error("the key of the identity token is not known")
        return named[0].key


def begin(request: HttpRequest, onward: str) -> Any:
    """The way to the unified identity and back to `onward`. Raises requests.RequestException or OAuth2Error where it does not answer."""
    provider = get_adapter().get_provider(request, PROVIDER)
    provider.oauth2_adapter_class = _hung
    request.session[NONCE] = secrets.token_urlsafe(32)
    return provider.redirect(request, process="login", next_url=onward, auth_params={"nonce": request.session[NONCE]})


def _hung(request: HttpRequest, provider_id: str) -> CityIdentity:
    return CityIdentity(request)
