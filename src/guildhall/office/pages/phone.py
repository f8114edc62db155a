"""People of the city sign in with a code sent to their phone; whether anybody is known under it, no answer tells."""

from __future__ import annotations

from typing import cast

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from guildhall.kernel.phones import masked_phone
from guildhall.office.codes_asked import SHOWN, CodeForm, PhoneForm, forget_sent, is_right, phone_sent_to, send
from guildhall.office.operations import public
from guildhall.office.pages.addresses import carrying, onward
from guildhall.web.viewer import viewer_of


@never_cache
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


@never_cache
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


def _enter(request: HttpRequest, phone: str) -> HttpResponse:
    account = public.account_of_phone(phone=phone, language=get_language() or "zh-hans", now=timezone.now())
    forget_sent(request)
    record_authentication(request, account, "code")
    return cast(HttpResponse, perform_login(request, Login(user=account, redirect_url=onward(request))))
