"""Pages of those who act for an organisation: claiming it, giving tasks to colleagues; and the counter, which confirms who may.

They stand here and not in the office because they speak of people and organisations by name.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.kernel.errors import NotFound
from guildhall.office.models import Account, Grant
from guildhall.office.operations import delegations as operations
from guildhall.office.queries import delegations as office
from guildhall.office.viewers import GRANT
from guildhall.registry.operations import representatives
from guildhall.registry.operations.delegations import colleague
from guildhall.registry.operations.representatives import Proof
from guildhall.registry.queries.colleagues import delegates
from guildhall.registry.queries.representatives import standing
from guildhall.registry.queries.scope import THROUGH
from guildhall.web import words
from guildhall.web.doors import for_account, for_roles, no_such_page
from guildhall.web.forms import DayField, attempt, day_after
from guildhall.web.viewer import Viewer, viewer_of


class ProofForm(forms.Form):
    """Who someone is, by the identity card."""

    name = forms.CharField(label=gettext_lazy("Full name"), max_length=60, widget=forms.TextInput({"autocomplete": "off"}))
    number = forms.CharField(
        label=gettext_lazy("Identity number"), max_length=40, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
    )


class ClaimForm(ProofForm):
    """Which organisation, and who asks."""

    code = forms.CharField(
        label=gettext_lazy("Reference of the organisation"),
        help_text=gettext_lazy("it stands on the organisation's page, and on the sheet from the counter"),
        max_length=60,
    )
    field_order = ("code", "name", "number")


class RepresentativeForm(ProofForm):
    """The legal representative as the licence and the card say, and the phone to sign in with."""

    phone = forms.CharField(label=gettext_lazy("Phone"), help_text=gettext_lazy("the person signs in with it"), max_length=30)


class DelegationForm(ProofForm):
    """A colleague, tasks and a last day."""

    scopes = forms.MultipleChoiceField(label=gettext_lazy("Tasks"), widget=forms.CheckboxSelectMultiple)
    last = DayField(label=gettext_lazy("Last day"), help_text=gettext_lazy("a year ahead at most"))

    def __init__(self, role: str, data: Any = None) -> None:
        super().__init__(data)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = [(scope, words.word("task", scope)) for scope in office.SCOPES[role]]


class TakeBackForm(forms.Form):
    """Which delegation is taken back."""

    grant = forms.IntegerField()


@for_account
def claim_organisation(request: HttpRequest) -> HttpResponse:
    """Which organisation do you represent? What is asked must agree with what the counter wrote down.

    For people of the city who signed in for themselves, in whatever role or none.
    """
    viewer = viewer_of(request)
    if viewer.mandate or not Account.objects.filter(pk=viewer.account or 0, kind="public").exists():
        raise no_such_page()
    form = ClaimForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        proof = Proof(given["name"], given["number"])
        work = partial(representatives.claim_organisation, code=given["code"], proof=proof, by=viewer, now=timezone.now())
        if grant := attempt(form, work):
            request.session[GRANT] = grant.pk
            messages.success(request, _("You act for the organisation now."))
            return redirect("delegations")
    return render(request, "registry/claim_organisation.html", {"form": form})


@for_roles(*operations.FOR_ORGANISATIONS, task="delegate")  # no delegation has this task: it stays with the representative
def delegations(request: HttpRequest) -> HttpResponse:
    """Who acts for the organisation besides its representative, and until when?"""
    viewer, today = viewer_of(request), timezone.localdate()
    if not office.is_representative(viewer):
        raise NotFound(_("There is no such page"), why=_("only the legal representative gives tasks to others"))
    form = DelegationForm(viewer.role)
    if request.method == "POST":
        done, form = _taken_back(request) if "grant" in request.POST else _given(request)
        if done:
            return redirect("delegations")
    context = {"form": form, "tasks": office.SCOPES[viewer.role], "rows": delegates(viewer, today), "today": today}
    return render(request, "registry/delegations.html", context)


def _given(request: HttpRequest) -> tuple[bool, DelegationForm]:
    form = DelegationForm(viewer_of(request).role, request.POST)
    given = attempt(form, partial(_delegate, viewer_of(request), form.cleaned_data, timezone.now())) if form.is_valid() else None
    if given:
        messages.success(request, _("The tasks were given. The colleague finds the role at the next sign-in."))
        return True, form
    return False, form


def _delegate(viewer: Viewer, given: dict[str, Any], now: datetime) -> Grant:
    claim = colleague(name=given["name"], number=given["number"], by=viewer, now=now)
    until = day_after(given["last"])
    assert until is not None
    return operations.delegate(
        account_id=claim.account_id, worker_id=claim.worker_id, scopes=given["scopes"], until=until, by=viewer, now=now
    )


def _taken_back(request: HttpRequest) -> tuple[bool, DelegationForm]:
    asked, form = TakeBackForm(request.POST), DelegationForm(viewer_of(request).role)
    if not asked.is_valid():
        raise NotFound(_("There is no such delegation"), next=_("see the list of delegations"))
    terms = {"grant_id": asked.cleaned_data["grant"], "reason": "", "by": viewer_of(request), "now": timezone.now()}
    if attempt(asked, partial(operations.revoke_delegation, **terms)):
        messages.success(request, _("The tasks were taken back. The colleague is out at once."))
    return True, form


@for_roles(*THROUGH)
def representative(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Who is the legal representative, by the licence and the card at the counter?"""
    viewer, now = viewer_of(request), timezone.now()
    found = standing(viewer, organisation_id, timezone.localdate(now))
    form = RepresentativeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        proof = Proof(**form.cleaned_data)
        if attempt(form, partial(representatives.confirm_representative, organisation_id=organisation_id, proof=proof, by=viewer, now=now)):
            messages.success(request, _("The representative is on record. The person can now claim the organisation."))
            return redirect("representative", organisation_id=organisation_id)
    return render(request, "registry/representative.html", {"found": found, "form": form})
