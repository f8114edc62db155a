"""People of the staff for sign-in tests: an account with a password, and the authenticator app on their phone."""

from __future__ import annotations

import hmac
import re
import struct
from base64 import b32decode
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from guildhall.office.models import Account, Grant

PASSWORD = "river and mountain 26"
HEADERS = {"accept-language": "en"}
MOMENT = 1_770_000_000
"""The moment at which phones and the server compute their codes: no test waits for the next one, or is overtaken by it."""


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Phone and server look at the same clock, which stands; and passwords are hashed fast, as here nobody tries to find them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: MOMENT))


def officer(
    username: str = "chen", *, password: str = PASSWORD, roles: tuple[tuple[str, str], ...] = (("assessor", "tiny-harbour"),)
) -> Account:
    """A staff account with a password and roles, and no second factor yet."""
    account = Account(username=username, kind="staff", name=username.title(), created_at=datetime(2026, 1, 1, tzinfo=UTC))
    account.set_password(password)
    account.save()
    for role, place in roles:
        Grant.objects.create(account=account, role=role, place=place, granted_by="test", valid_from=datetime(2000, 1, 1, tzinfo=UTC).date())
    return account


def code_of(secret: str, *, step: int = 0) -> str:
    """What an authenticator app shows now (RFC 6238 with the usual 30 seconds, 6 digits and SHA-1), written down apart from allauth."""
    digest = hmac.digest(b32decode(secret), struct.pack(">Q", MOMENT // 30 + step), "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def sign_in(client: Client, username: str = "chen", password: str = PASSWORD, **more: Any) -> Any:
    """The answer to a name and a password."""
    return client.post("/en/sign-in/staff/", {"login": username, "password": password}, headers=HEADERS, **more)


def add_app(client: Client) -> str:
    """Sets up an authenticator app in a session that has just begun, and gives its secret."""
    page = client.get("/en/account/factors/app/", headers=HEADERS).content.decode()
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert found, page
    answer = client.post("/en/account/factors/app/", {"code": code_of(found[1])}, headers=HEADERS)
    assert answer.status_code == 302, answer.content.decode()
    return found[1]
