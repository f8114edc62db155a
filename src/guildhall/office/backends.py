"""Who may be signed in at all: an open account, and in production none of the demonstration."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from guildhall.office.demonstration import may_sign_in
from guildhall.office.models import Account

PATH = "guildhall.office.backends.Accounts"
"""What a session says signed its account in."""


class Accounts(AuthenticationBackend):  # type: ignore[misc]  # ships no types
    """Finds accounts by name and password, and again on every request: closing an account ends its sessions with the next one."""

    def user_can_authenticate(self, user: Any) -> bool:
        return isinstance(user, Account) and may_sign_in(user)
