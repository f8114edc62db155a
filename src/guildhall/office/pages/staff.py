"""Staff sign in with a name, a password and a second factor; a link lets each of them set the password themselves."""

from __future__ import annotations

from typing import cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.logout import logout as forget_attempt
from allauth.account.models import Login
from allauth.account.views import AccountInactiveView, LoginView, PasswordChangeView, ReauthenticateView
from allauth.core import ratelimit
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from guildhall.office.operations import invitations
from guildhall.office.pages.addresses import carrying
from guildhall.office.pages.own import with_password

INVITATION = "invitation"
"""Key of the session: the token someone came with, so that it does not stand in the address of the form."""

sign_in_staff = LoginView.as_view()
closed = AccountInactiveView.as_view()
confirm = with_password(ReauthenticateView.as_view())
change_password = with_password(PasswordChangeView.as_view())


class PasswordForm(forms.Form):
    """A new password, typed twice."""

    password1 = forms.CharField(label=_("New password"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"}))
    password2 = forms.CharField(
        label=_("New password once more"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def clean_password2(self) -> str:
        first, second = self.cleaned_data.get("password1"), self.cleaned_data["password2"]
        if first and first != second:
            raise ValidationError(_("The two passwords are not the same."))
        return cast(str, second)


def invitation(request: HttpRequest, token: str = "") -> HttpResponse:
    """Sets the password of an invited account and signs it in; what is missing then is the second factor."""
    if token:
        invitations.invited(token, timezone.now())
        request.session[INVITATION] = token
        return redirect("invitation_accept")
    token, now = request.session.get(INVITATION, ""), timezone.now()
    account = invitations.invited(token, now)
    if request.method == "POST" and not ratelimit.consume(request, action="reset_password_from_key"):
        return cast(HttpResponse, ratelimit.respond_429(request))
    form = PasswordForm(request.POST or None)
    if form.is_valid() and _accepted(form, token):
        forget_attempt(request, show_message=False)  # whoever was signed in here is not the one who was invited
        account.refresh_from_db()
        return cast(HttpResponse, perform_password_login(request, {"username": account.username}, Login(user=account)))
    return render(request, "office/invitation.html", {"form": form, "account": account, "rules": password_validators_help_texts()})


def _accepted(form: PasswordForm, token: str) -> bool:
    """Whether the password was set; what the rules say against it stands beside the field."""
    try:
        invitations.accept(token=token, password=form.cleaned_data["password1"], now=timezone.now())
    except ValidationError as refused:
        form.add_error("password1", refused)
        return False
    return True


@require_POST
def give_up(request: HttpRequest) -> HttpResponse:
    """Leaves a sign-in that stopped half way, such as at the second factor, and starts from the beginning."""
    address = carrying(request, "account_login")
    forget_attempt(request, show_message=False)
    return redirect(address)
