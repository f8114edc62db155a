"""People of the city sign in with a code sent to their phone; whether anybody is known under it, no answer tells."""

from __future__ import annotations

import base64
from typing import cast

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.phones import masked_phone, mobile
from guildhall.office.carriers import Folder, text_messages
from guildhall.office.operations import codes, public
from guildhall.office.pages.addresses import carrying, onward
from guildhall.office.phones import phone_hash
from guildhall.office.vault import vault
from guildhall.web.viewer import viewer_of

SENT = "code_sent_to"
"""Key of the session: the phone a code was sent to, sealed; a session tells nobody's number."""
CELL = ("office.session", "phone", SENT)
SHOWN = "code_shown"
"""Key of the session: the code itself, in a demonstration without a gateway, where no message reaches anybody."""


class PhoneForm(forms.Form):
    """The phone a code is sent to."""

    phone = forms.CharField(
        label=_("Mobile number"),
        help_text=_("Eleven digits, such as 138 0013 8000"),
        max_length=40,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )

    def clean_phone(self) -> str:
        found = mobile(self.cleaned_data["phone"])
        if not found:
            raise ValidationError(_("This is no mobile number: eleven digits are needed, the first of them 1."))
        return found


class CodeForm(forms.Form):
    """The code that came by text message."""

    code = forms.CharField(
        label=_("Code from the text message"),
        help_text=_("Six digits"),
        max_length=12,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        return "".join(letter for letter in self.cleaned_data["code"] if letter.isalnum())


def sign_in_phone(request: HttpRequest) -> HttpResponse:
    """Asks for the phone and sends a code to it."""
    if viewer_of(request).account:
        return redirect(onward(request))
    form = PhoneForm(request.POST or None)
    if form.is_valid():
        refused = send(request, form.cleaned_data["phone"], form)
        if refused is None:
            return redirect(carrying(request, "sign_in_code"))
        if refused is not form:
            return cast(HttpResponse, refused)
    return render(request, "office/sign_in_phone.html", {"form": form, "next": request.GET.get("next", "")})


def send(request: HttpRequest, phone: str, form: forms.Form) -> HttpResponse | forms.Form | None:
    """Sends a code and remembers to which phone; the answer where that was too often, the form with a word where it cannot be sent."""
    if not ratelimit.consume(request, action="send_code", key=phone_hash(phone).hex()):
        return cast(HttpResponse, ratelimit.respond_429(request))
    carrier = text_messages()
    try:
        code = codes.send_code(phone=phone, carrier=carrier, language=get_language() or "zh-hans", now=timezone.now())
    except GuildhallError as failed:
        form.add_error(None, f"{failed.what}: {failed.why}")
        return form
    request.session[SENT] = base64.b64encode(vault().seal(*CELL, phone)).decode()
    if settings.DEMONSTRATION and isinstance(carrier, Folder):
        request.session[SHOWN] = code
    return None


def phone_sent_to(request: HttpRequest) -> str:
    """The phone to which this session had a code sent; empty where it had none sent."""
    sealed = request.session.get(SENT)
    return vault().open(*CELL, base64.b64decode(sealed)) if sealed else ""


def forget_sent(request: HttpRequest) -> None:
    """The code was used: the session forgets the phone."""
    for key in (SENT, SHOWN):
        request.session.pop(key, None)


def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Asks for the code, and signs in whoever has it."""
    if viewer_of(request).account:
        return redirect(onward(request))
    phone = phone_sent_to(request)
    if not phone:
        return redirect(carrying(request, "sign_in_phone"))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.consume(request, action="use_code"):
            return cast(HttpResponse, ratelimit.respond_429(request))
        if is_right(form, phone):
            return _enter(request, phone)
    context = {
        "form": form,
        "phone": masked_phone(phone),
        "next": request.GET.get("next", ""),
        "shown": request.session.get(SHOWN, ""),
        "again": carrying(request, "sign_in_phone"),
    }
    return render(request, "office/sign_in_code.html", context)


def is_right(form: forms.Form, phone: str) -> bool:
    """Whether the form holds the code that was sent to the phone; what is wrong stands beside the field."""
    try:
        codes.use_code(phone=phone, code=form.cleaned_data["code"], now=timezone.now())
    except codes.WrongCode as wrong:
        form.add_error("code", f"{wrong.what}: {wrong.why}")
        return False
    return True


def _enter(request: HttpRequest, phone: str) -> HttpResponse:
    account = public.account_of_phone(phone=phone, language=get_language() or "zh-hans", now=timezone.now())
    forget_sent(request)
    record_authentication(request, account, "code")
    return cast(HttpResponse, perform_login(request, Login(user=account, redirect_url=onward(request) or reverse("desk"))))
