"""Pages on which an officer links a record to the account of the person at the counter, or takes it back from an account."""

from __future__ import annotations

import base64
import json
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.kernel.phones import masked_phone
from guildhall.office.codes_asked import SHOWN, CodeForm, PhoneForm, forget_sent, is_right, phone_sent_to, send
from guildhall.registry.models import vault
from guildhall.registry.operations import claims, identity
from guildhall.registry.pages.identity import GroundsForm
from guildhall.registry.pages.records import ReasonForm, guarded, taken
from guildhall.web.viewer import viewer_of

TOLD = "counter"
"""Key of the session: for whom, on which paper and why a phone is to open a record, sealed until its code is there."""
CELL = ("office.session", "counter", TOLD)


class CounterForm(PhoneForm, GroundsForm):
    """The phone that a person at the counter will sign in with."""

    phone = forms.CharField(
        label=gettext_lazy("Mobile number the person will sign in with"),
        help_text=gettext_lazy("Eleven digits, such as 138 0013 8000"),
        max_length=40,
        widget=forms.TextInput({"type": "tel", "autocomplete": "off", "inputmode": "tel"}),
    )
    field_order = ("phone", "document", "reason")


@guarded
def claim_counter(request: HttpRequest, worker_id: int) -> HttpResponse:
    """With which phone will the person at the counter open their own record? A code is sent to it."""
    viewer, form = viewer_of(request), CounterForm(request.POST or None)
    found = identity.look(worker_id=worker_id, by=viewer, now=timezone.now())
    if request.method == "POST" and form.is_valid() and taken(form, lambda: _checked(form.cleaned_data, found.worker.pk)):
        refused = send(request, form.cleaned_data["phone"], form)
        if refused is None:
            told = json.dumps([found.worker.pk, form.cleaned_data["document"], form.cleaned_data["reason"]])
            request.session[TOLD] = base64.b64encode(vault().seal(*CELL, told)).decode()
            return redirect("claim_counter_code", worker_id=found.worker.pk)
        if refused is not form:
            return cast(HttpResponse, refused)
    return render(request, "registry/claim_counter.html", {"found": found, "form": form})


def _checked(given: dict[str, Any], worker_id: int) -> None:
    """Raises what the claim would, before a message goes out."""
    identity.check_grounds(given["reason"], given["document"])
    claims.refuse_held(worker_id)


@guarded
def claim_counter_code(request: HttpRequest, worker_id: int) -> HttpResponse:
    """Which code came to the phone? Only then does it open the record."""
    viewer, form = viewer_of(request), CodeForm(request.POST or None)
    found = identity.look(worker_id=worker_id, by=viewer, now=timezone.now())
    phone, told = phone_sent_to(request), _told(request)
    if not phone or told[:1] != [found.worker.pk]:
        return redirect("claim_counter", worker_id=found.worker.pk)
    if request.method == "POST" and form.is_valid() and is_right(form, phone):
        forget_sent(request)
        del request.session[TOLD]
        given = {"worker_id": told[0], "document": told[1], "reason": told[2], "phone": phone}
        if taken(form, lambda: claims.claim_at_counter(by=viewer, now=timezone.now(), **given)):
            messages.success(request, _("The person now opens the record with this phone: a code is sent to it at sign-in."))
            return redirect("person", worker_id=found.worker.pk)
    context = {"found": found, "form": form, "phone": masked_phone(phone), "shown": request.session.get(SHOWN, "")}
    return render(request, "registry/claim_counter_code.html", context)


def _told(request: HttpRequest) -> list[Any]:
    sealed = request.session.get(TOLD)
    told: list[Any] = json.loads(vault().open(*CELL, base64.b64decode(sealed))) if sealed else []
    return told


@guarded
def release(request: HttpRequest, worker_id: int) -> HttpResponse:
    """Why is the record taken back from the account that holds it?"""
    viewer, form = viewer_of(request), ReasonForm(request.POST or None)
    found = identity.look(worker_id=worker_id, by=viewer, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        given = {"worker_id": worker_id, "reason": form.cleaned_data["reason"]}
        if taken(form, lambda: claims.release_claim(by=viewer, now=timezone.now(), **given)):
            messages.success(request, _("The account no longer opens the record. The person can claim it now."))
            return redirect("person", worker_id=found.worker.pk)
    return render(request, "registry/release.html", {"found": found, "form": form})
