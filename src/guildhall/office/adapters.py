"""How allauth behaves in this house: its words, whom it lets in, what it writes down, and how its secrets are kept."""

from __future__ import annotations

import base64
import time
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guildhall.office.demonstration import may_sign_in
from guildhall.office.models import Account
from guildhall.office.operations import sessions
from guildhall.office.vault import vault
from guildhall.office.viewers import enter

TABLE, COLUMN, ROW = "mfa_authenticator", "data", "secret"
"""The cell that secrets of second factors are sealed for. allauth seals before it knows the row, so all share one."""
RECENTLY = 300
"""Seconds after which a password or a code is asked for again before a second factor is changed."""
CANNOT_DELETE = _("This is your last second factor. Add another one before you remove it.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # ships no types
    """Signing in with a name and a password."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The name or the password is not right. Check both and try again."),
        "too_many_login_attempts": _("That was wrong too often. Wait five minutes, then try again."),
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("The password is not right."),
        "incorrect_code": _("The code is not right, or it has expired. Type the one that is shown now."),
        "rate_limited": _("That was too often. Wait a minute, then try again."),
        "account_inactive": _("This account is closed."),
        "invalid_login": _("The name or the password is not right. Check both and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for the staff but an administrator."""
        return False

    def pre_login(self, request: HttpRequest, user: Account, **hints: Any) -> Any:
        """Whoever may not sign in at all is told so, whichever way they came."""
        if not may_sign_in(user):
            clear_login(request)
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **hints)

    def login(self, request: HttpRequest, user: Account) -> None:
        """Begins a session under a new key, and writes down that it began."""
        super().login(request, user)
        methods = {record["method"] for record in get_authentication_records(request, user)}
        enter(request, now := timezone.now(), proved="mfa" in methods)
        sessions.began(account=user, ways=sorted(methods), now=now)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Writes down a password that was wrong, where the account exists; what was typed is kept nowhere."""
        sessions.refused(username=str(credentials.get("username", "")), now=timezone.now())

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether the password must be given again: not where it, or a code, was given a moment ago."""
        request = context.request
        times = [record["at"] for record in get_authentication_records(request, request.user)]
        return not times or time.time() - max(times) > RECENTLY

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("sessions")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways of saying once more who one is, each in our words."""
        told = {
            "reauthenticate": _("Use the password"),
            "mfa_reauthenticate": _("Use a code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": told[method["id"]]} for method in methods]


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # ships no types
    """Second factors: authenticator apps, passkeys and recovery codes."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": CANNOT_DELETE,
    }

    def get_totp_label(self, user: Account) -> str:
        return str(user.username)

    def get_totp_issuer(self) -> str:
        return "Guildhall" if not settings.DEMONSTRATION else "Guildhall (demo)"

    def encrypt(self, text: str) -> str:
        return base64.b64encode(vault().seal(TABLE, COLUMN, ROW, text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return vault().open(TABLE, COLUMN, ROW, base64.b64decode(encrypted_text))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep one second factor at least; recovery codes alone are none."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return bool(authenticator.user.kind != "staff") or others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:
        return str(_("Passkey %(number)s") % {"number": Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1})

    def _get_site_name(self) -> str:
        return str(_("Guildhall"))

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.name or user.username}
