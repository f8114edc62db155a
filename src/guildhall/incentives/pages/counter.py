"""Lodging for a person at the counter: the officer acts in the person's name under a mandate on record, and a colleague decides."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.office.models.accounts import CONSENTS
from guildhall.office.operations import mandates as office
from guildhall.office.viewers import MANDATE
from guildhall.registry.operations.mandates import act_for
from guildhall.web import words
from guildhall.web.doors import for_roles
from guildhall.web.forms import attempt
from guildhall.web.viewer import viewer_of

OFFICERS = ("claims_officer",)
PURPOSE = "benefits"
MINE = "benefits"
"""The page on which a person sees what there is to claim; whoever acts for them sees it as they would."""


class CounterForm(forms.Form):
    """Who stands at the counter, and how they agreed."""

    name = forms.CharField(label=gettext_lazy("Full name"), max_length=60, widget=forms.TextInput({"autocomplete": "off"}))
    number = forms.CharField(
        label=gettext_lazy("Identity number"),
        help_text=gettext_lazy("both as on the card"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    consent = forms.ChoiceField(label=gettext_lazy("How the person agreed"))
    note = forms.CharField(
        label=gettext_lazy("Where that can be looked up"),
        help_text=gettext_lazy("such as the number of the signed sheet; no names"),
        max_length=office.LONGEST_NOTE,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["consent"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("choose one")), *((code, words.word("agreed", code)) for code in CONSENTS)]


@for_roles(*OFFICERS)
def claim_at_counter(request: HttpRequest) -> HttpResponse:
    """Who stands at the counter? The mandate is recorded for today, and the officer goes on as that person would."""
    viewer, now = viewer_of(request), timezone.now()
    form = CounterForm(request.POST or None)
    if form.is_valid():
        tomorrow = timezone.localdate(now) + timedelta(days=1)
        given = attempt(form, partial(act_for, purpose=PURPOSE, until=tomorrow, by=viewer, now=now, **form.cleaned_data))
        if given:
            office.begin_acting(mandate_id=given.pk, by=viewer, now=now)
            request.session[MANDATE] = given.pk
            told = _("The mandate is recorded for today. You see what the person would see; stop acting when you are done.")
            messages.success(request, told)
            return redirect(_onward())
    return render(request, "incentives/claim_at_counter.html", {"form": form})


def _onward() -> str:
    try:
        return reverse(MINE)
    except NoReverseMatch:
        return reverse("desk")
