"""Asking for a phone and for the code that was sent to it: the same forms and the same limits at every door that asks."""

from __future__ import annotations

import base64
from typing import cast

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.phones import mobile
from guildhall.office.carriers import Folder, text_messages
from guildhall.office.operations import codes
from guildhall.office.phones import phone_hash
from guildhall.office.vault import vault

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


def is_right(form: forms.Form, phone: str) -> bool:
    """Whether the form holds the code that was sent to the phone; what is wrong stands beside the field."""
    try:
        codes.use_code(phone=phone, code=form.cleaned_data["code"], now=timezone.now())
    except codes.WrongCode as wrong:
        form.add_error("code", f"{wrong.what}: {wrong.why}")
        return False
    return True
