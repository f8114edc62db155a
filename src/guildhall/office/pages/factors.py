"""Second factors: an authenticator app, passkeys, recovery codes; shown when signing in, set up by those who have none."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView, GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    ListWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError
from guildhall.office.operations import sessions
from guildhall.office.pages.own import with_password
from guildhall.office.viewers import enter, is_proved

second_factor = AuthenticateView.as_view()
passkey_sign_in = LoginWebAuthnView.as_view()
confirm_by_code = with_password(ReauthenticateView.as_view())
confirm_by_passkey = with_password(ReauthenticateWebAuthnView.as_view())
factors = with_password(IndexView.as_view())
recovery_codes = with_password(ViewRecoveryCodesView.as_view())
recovery_codes_new = with_password(GenerateRecoveryCodesView.as_view())
recovery_codes_file = with_password(DownloadRecoveryCodesView.as_view())
passkeys = with_password(ListWebAuthnView.as_view())
passkey_rename = with_password(EditWebAuthnView.as_view())


def _proved(request: HttpRequest) -> None:
    """Whoever has just set up a factor has shown it: the session may act from now on."""
    if not is_proved(request, request.user):  # type: ignore[arg-type]  # these pages are for those who signed in
        enter(request, timezone.now(), proved=True)


class _Activate(ActivateTOTPView):  # type: ignore[misc]  # ships no types
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        sessions.factor_added(account=self.request.user, kind="totp", now=timezone.now())
        _proved(self.request)
        return response


class _Add(AddWebAuthnView):  # type: ignore[misc]  # ships no types
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "host": self.request.get_host().partition(":")[0]}

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        sessions.factor_added(account=self.request.user, kind="webauthn", now=timezone.now())
        _proved(self.request)
        return response


class _Deactivate(DeactivateTOTPView):  # type: ignore[misc]  # ships no types
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        sessions.factor_removed(account=self.request.user, kind="totp", now=timezone.now())
        return response


class _Remove(RemoveWebAuthnView):  # type: ignore[misc]  # ships no types
    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.get_object()):
            raise GuildhallError(
                _("This is your last second factor"),
                why=_("without one you could not sign in"),
                next=_("add another one before you remove it"),
            )
        response: HttpResponse = super().form_valid(form)
        sessions.factor_removed(account=self.request.user, kind="webauthn", now=timezone.now())
        return response


app_add, app_remove = with_password(_Activate.as_view()), with_password(_Deactivate.as_view())
passkey_add, passkey_remove = with_password(_Add.as_view()), with_password(_Remove.as_view())
