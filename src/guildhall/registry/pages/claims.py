"""A worker claims the record: who are you, and one second fact; one question to a page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guildhall.kernel.phones import masked_phone
from guildhall.office.codes_asked import SHOWN, CodeForm, PhoneForm, forget_sent, is_right, phone_sent_to, send
from guildhall.office.viewers import GRANT, MANDATE
from guildhall.registry.models import vault
from guildhall.registry.operations import claims
from guildhall.registry.operations.claims import CertificateFact, Fact, PhoneFact
from guildhall.web.doors import for_account, no_such_page
from guildhall.web.viewer import viewer_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
TOLD = "claim"
"""Key of the session: the name and number someone gave, sealed until the second fact is there."""
CELL = ("office.session", "claim", TOLD)


def for_people(view: View[P]) -> View[P]:
    """A page for whoever signed in as one of the people of the city; for staff there is no such page."""

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if getattr(request.user, "kind", "") != "public":
            raise no_such_page()
        return view(request, *args, **kwargs)

    return for_account(cast("View[P]", door))


class PersonForm(forms.Form):
    """Who someone says to be."""

    name = forms.CharField(label=_("Your name"), help_text=_("As it stands on your identity card"), max_length=80)
    number = forms.CharField(
        label=_("Resident identity number"),
        help_text=_("18 characters; or the number of your passport or permit, if that is what is on record"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class CertificateForm(forms.Form):
    """The number of a certificate."""

    number = forms.CharField(
        label=_("Number of the certificate"),
        help_text=_("It is printed on any of your skill-level certificates"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


@for_people
def claim(request: HttpRequest) -> HttpResponse:
    """Asks who someone is. Nothing is looked up before the second fact is there."""
    form = PersonForm(request.POST or None)
    if form.is_valid():
        told = json.dumps([form.cleaned_data["name"], form.cleaned_data["number"]])
        request.session[TOLD] = base64.b64encode(vault().seal(*CELL, told)).decode()
        return redirect("claim_fact")
    return render(request, "registry/claim.html", {"form": form})


@for_people
def claim_fact(request: HttpRequest) -> HttpResponse:
    """Asks which second fact someone has at hand."""
    return render(request, "registry/claim_fact.html") if TOLD in request.session else redirect("claim")


@for_people
def claim_certificate(request: HttpRequest) -> HttpResponse:
    """Asks for the number of a certificate."""
    form = CertificateForm(request.POST or None)
    if TOLD in request.session and form.is_valid():
        return _claimed(request, CertificateFact(form.cleaned_data["number"]))
    return _asked(request, "registry/claim_certificate.html", form)


@for_people
def claim_phone(request: HttpRequest) -> HttpResponse:
    """Asks for the phone that is on record and sends a code to it, whether it is on record or not."""
    form = PhoneForm(request.POST or None)
    if TOLD in request.session and form.is_valid():
        refused = send(request, form.cleaned_data["phone"], form)
        if refused is None:
            return redirect("claim_code")
        if refused is not form:
            return cast(HttpResponse, refused)
    return _asked(request, "registry/claim_phone.html", form)


@for_people
def claim_code(request: HttpRequest) -> HttpResponse:
    """Asks for the code; only then is the phone compared with the one on record."""
    phone = phone_sent_to(request)
    if not phone:
        return redirect("claim_phone")
    form = CodeForm(request.POST or None)
    if TOLD in request.session and form.is_valid() and is_right(form, phone):
        forget_sent(request)
        return _claimed(request, PhoneFact(phone))
    return _asked(request, "registry/claim_code.html", form, phone=masked_phone(phone), shown=request.session.get(SHOWN, ""))


def _asked(request: HttpRequest, template: str, form: forms.Form, **more: str) -> HttpResponse:
    return render(request, template, {"form": form, **more}) if TOLD in request.session else redirect("claim")


def _claimed(request: HttpRequest, fact: Fact) -> HttpResponse:
    """Claims, and sits down in the new role; a wrong claim ends with a page that says what to do, and the attempt counts."""
    name, number = json.loads(vault().open(*CELL, base64.b64decode(request.session.pop(TOLD))))
    if not ratelimit.consume(request, action="claim", key=vault().keyed_hash("claim", number).hex(), user=request.user):
        return cast(HttpResponse, ratelimit.respond_429(request))
    try:
        grant = claims.claim(name=name, number=number, fact=fact, by=viewer_of(request), now=timezone.now())
    except claims.NoMatch as refused:
        return render(request, "web/error.html", {"error": refused, "again": reverse("claim")}, status=400)
    request.session.pop(MANDATE, None)
    request.session[GRANT] = grant.pk
    return redirect("desk")
