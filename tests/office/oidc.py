"""A unified identity for tests: an OpenID provider on the loopback that keeps to the standard, and can be told to break it.

Authorisation code flow with PKCE: OpenID Connect Core 1.0 §3.1, Discovery 1.0 §3–4, RFC 6749 §4.1 and §5, RFC 7636 §4.
Its one user has signed in there already and agrees to everything. tests/office/test_oidc.py holds it to those texts.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests import clock

CLIENT, SECRET = "guildhall", "a secret of the two"
SUBJECT = "u-5500-2213"
LIFETIME = 300
CODE_LIFETIME = 60
_KEYS: list[rsa.RSAPrivateKey] = []


def _key(at: int) -> rsa.RSAPrivateKey:
    """Keys are made once per process: each takes a while."""
    while len(_KEYS) <= at:
        _KEYS.append(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    return _KEYS[at]


@dataclass
class Provider:
    """What the provider knows. `twist` changes the claims of the next tokens; `sign` says how they are signed."""

    address: str
    redirect_uri: str = "http://testserver/sign-in/identity/callback/"
    subject: str = SUBJECT
    twist: dict[str, Any] = field(default_factory=dict)
    sign: str = "own key"
    denies: bool = False
    issuer_said: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer_said or self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_key(0).public_key()))
        return {"keys": [{**public, "kid": "key-1", "use": "sig", "alg": "RS256"}]}

    def authorise(self, asked: dict[str, str]) -> tuple[int, str]:
        """The redirect that answers an authentication request; 400 and a word where there is nobody safe to lead back to."""
        if asked.get("client_id") != CLIENT or asked.get("redirect_uri") != self.redirect_uri:
            return 400, "unknown client or address"
        problem = self._problem(asked)
        state = {"state": asked["state"]} if "state" in asked else {}
        if problem:
            return 302, f"{self.redirect_uri}?{urlencode({'error': problem, **state})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "at": str(clock.moment().timestamp())}
        return 302, f"{self.redirect_uri}?{urlencode({'code': code, **state})}"

    def _problem(self, asked: dict[str, str]) -> str:
        if self.denies:
            return "access_denied"
        if asked.get("response_type") != "code":
            return "unsupported_response_type"
        if "openid" not in asked.get("scope", "").split():
            return "invalid_scope"
        if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
            return "invalid_request"
        return ""

    def token(self, asked: dict[str, str], basic: str) -> tuple[int, dict[str, Any]]:
        """The token response, or the error of RFC 6749 §5.2."""
        if not self._is_client(asked, basic):
            return 401, {"error": "invalid_client"}
        if asked.get("grant_type") != "authorization_code":
            return 400, {"error": "unsupported_grant_type"}
        request = self.codes.pop(asked.get("code", ""), None)  # a code serves once
        if request is None or not self._fits(request, asked):
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "id_token": self._id_token(request.get("nonce", "")),
        }

    def _is_client(self, asked: dict[str, str], basic: str) -> bool:
        if basic:
            return base64.b64decode(basic.removeprefix("Basic ")).decode() == f"{CLIENT}:{SECRET}"
        return (asked.get("client_id"), asked.get("client_secret")) == (CLIENT, SECRET)

    def _fits(self, request: dict[str, str], asked: dict[str, str]) -> bool:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        fresh = clock.moment().timestamp() - float(request["at"]) < CODE_LIFETIME
        return fresh and request["redirect_uri"] == asked.get("redirect_uri") and request["code_challenge"] == challenge

    def _id_token(self, nonce: str) -> str:
        now = int(clock.moment().timestamp())
        claims = {"iss": self.address, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + LIFETIME}
        told = {**claims, **({"nonce": nonce} if nonce else {}), **self.twist}
        told = {name: value for name, value in told.items() if value is not None}
        if self.sign == "nothing":
            return jwt.encode(told, "", algorithm="none")
        if self.sign == "the shared secret":
            return jwt.encode(told, SECRET.ljust(32), algorithm="HS256", headers={"kid": "key-1"})
        return jwt.encode(told, _key(0 if self.sign == "own key" else 1), algorithm="RS256", headers={"kid": "key-1"})


class _Door(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:  # noqa: N802  # named by the standard library
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.provider.asked.append(parts.path)
        if parts.path == "/.well-known/openid-configuration":
            self._answer(200, self.provider.metadata())
        elif parts.path == "/keys":
            self._answer(200, self.provider.keys())
        elif parts.path == "/authorize":
            status, told = self.provider.authorise(asked)
            self._answer(status, {"error": told} if status == 400 else {}, location="" if status == 400 else told)
        else:
            self._answer(404, {"error": "not_found"})

    def do_POST(self) -> None:  # noqa: N802  # named by the standard library
        self.provider.asked.append(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        asked = {name: values[0] for name, values in parse_qs(body).items()}
        status, told = self.provider.token(asked, self.headers.get("Authorization", ""))
        self._answer(status, told)

    def _answer(self, status: int, told: dict[str, Any], location: str = "") -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: tests read what they ask for."""


@contextmanager
def served() -> Iterator[Provider]:
    """A provider at an address of its own."""
    door = type("Door", (_Door,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    door.provider = provider  # type: ignore[attr-defined]  # the class was made a line above
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
