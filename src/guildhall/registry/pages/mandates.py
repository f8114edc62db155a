"""Pages of acting for somebody: whom, for what, how they agreed; beginning and stopping; and the person's own view of it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.kernel.errors import AlreadyDone, NotFound
from guildhall.office.models.accounts import CONSENTS
from guildhall.office.operations import mandates as office
from guildhall.office.queries.mandates import ACTS_AS, PURPOSES, WHOLE, given_by, given_to, kind_of, usable
from guildhall.office.viewers import MANDATE
from guildhall.registry.operations.mandates import act_for, withdraw
from guildhall.registry.queries.care import in_care, within_reach
from guildhall.registry.queries.merged import one_person
from guildhall.web import words
from guildhall.web.doors import for_roles, no_such_page, of_the_person
from guildhall.web.forms import DayField, attempt, day_after
from guildhall.web.viewer import viewer_of

AGENTS = tuple(role for roles in ACTS_AS.values() for role in roles)
USUAL = {"counter": timedelta(0), "broker": timedelta(days=364)}
"""The last day that is proposed: today at the counter, a year for a broker."""


class MandateForm(forms.Form):
    """Whom, for what, how agreed, until when."""

    name = forms.CharField(label=gettext_lazy("Full name"), max_length=60, widget=forms.TextInput({"autocomplete": "off"}))
    number = forms.CharField(
        label=gettext_lazy("Identity number"),
        help_text=gettext_lazy("both as on the card"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    purpose = forms.ChoiceField(label=gettext_lazy("In which matter"))
    consent = forms.ChoiceField(label=gettext_lazy("How the person agreed"))
    note = forms.CharField(
        label=gettext_lazy("Where that can be looked up"),
        help_text=gettext_lazy("such as the number of the signed sheet; no names"),
        max_length=office.LONGEST_NOTE,
        required=False,
    )
    last = DayField(label=gettext_lazy("Last day"))

    def __init__(self, request: HttpRequest, kind: str, today: date) -> None:
        super().__init__(request.POST if request.method == "POST" else None, initial={"last": today + USUAL[kind]})
        for key, of, codes in (("purpose", "matter", PURPOSES), ("consent", "agreed", CONSENTS)):
            field = self.fields[key]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("choose one")), *((code, words.word(of, code)) for code in codes)]


@for_roles(*AGENTS)
def mandates(request: HttpRequest) -> HttpResponse:
    """Whom does the officer or the broker act for, and for whom else from now on?"""
    viewer, now = viewer_of(request), timezone.now()
    today, kind = timezone.localdate(now), kind_of(viewer)
    form = MandateForm(request, kind, today)
    if form.is_valid():
        given = form.cleaned_data
        terms = {key: given[key] for key in ("name", "number", "purpose", "consent", "note")}
        mandate = attempt(form, partial(act_for, until=day_after(given["last"]) or today, by=viewer, now=now, **terms))
        if mandate:
            messages.success(request, _("You may act for this person. The person is told of it."))
            return redirect("mandates")
    context = {"form": form, "rows": in_care(viewer, today), "kind": kind}
    return render(request, "registry/mandates.html", context)


@for_roles(*AGENTS)
def mandate_act(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """Begins to act for the person: from now on every page is as the person would see it."""
    viewer, now = viewer_of(request), timezone.now()
    held = given_to(viewer).filter(pk=mandate_id).first()
    if held is None or not within_reach(viewer, held.worker_id, timezone.localdate(now)):
        raise NotFound(_("There is no such leave to act"), why=_("or it is over"), next=_("see the list"))
    office.begin_acting(mandate_id=mandate_id, by=viewer_of(request), now=timezone.now())
    request.session[MANDATE] = mandate_id
    return redirect("desk")


@for_roles(*AGENTS)
def mandate_return(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """Gives the leave to act back."""
    viewer = viewer_of(request)
    if viewer.role not in AGENTS:
        raise no_such_page()
    try:
        withdraw(mandate_id=mandate_id, by=viewer, now=timezone.now())
    except AlreadyDone:
        messages.info(request, _("It is over already."))
    return redirect("mandates")


@for_roles("worker")
def mandate_stop(request: HttpRequest) -> HttpResponse:
    """Stops acting for the person; the leave to act stands."""
    viewer = viewer_of(request)
    if not viewer.mandate:
        raise no_such_page()
    office.stop_acting(by=viewer, now=timezone.now())
    request.session.pop(MANDATE, None)
    return redirect("mandates")


@of_the_person(task=WHOLE)
def agents(request: HttpRequest) -> HttpResponse:
    """Who may act for the worker, in which matter and until when? The worker can take it back."""
    viewer, now = viewer_of(request), timezone.now()
    records = one_person(viewer.worker) if viewer.worker else ()
    if request.method == "POST":
        asked = request.POST.get("mandate", "")
        if viewer.mandate or not asked.isdecimal():
            raise NotFound(_("There is no such leave to act"), next=_("see the list"))
        try:
            withdraw(mandate_id=int(asked), by=viewer, now=now)
            messages.success(request, _("It was taken back. Nobody acts for you under it any more."))
        except AlreadyDone:
            messages.info(request, _("It is over already."))
        return redirect("agents")
    rows = list(given_by(viewer, records)[:200])
    live = set(usable(timezone.localdate(now)).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    rows.sort(key=lambda row: row.pk not in live)
    return render(request, "registry/agents.html", {"rows": rows, "live": live, "own": not viewer.mandate})
