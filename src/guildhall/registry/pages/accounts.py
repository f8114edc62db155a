"""Pages of an administrator: who has which role, and giving and ending roles and accounts.

They stand here and not in the office because they speak of places: which lie in a jurisdiction, which have ended, what they are
called. What is done is done by the office (office.operations.accounts).
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.kernel.errors import NotFound
from guildhall.office.models import STAFF, Account, Grant
from guildhall.office.operations import accounts as operations
from guildhall.office.queries import accounts as office
from guildhall.office.queries.actors import called
from guildhall.registry import queries
from guildhall.registry.queries.jurisdiction import Holder, holders, lands, offered, wishes
from guildhall.registry.queries.scope import jurisdiction
from guildhall.web import words
from guildhall.web.doors import for_roles
from guildhall.web.forms import DayField, attempt, day_after
from guildhall.web.templatetags.guildhall import name as name_of
from guildhall.web.viewer import viewer_of

PAGE = 50
ENDED = "ended"
"""In the list of places: all that have ended, whose officers need another one."""
guarded = for_roles("administrator")


class ReasonForm(forms.Form):
    """Why something is done; it stands in the audit chain."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, widget=forms.TextInput({"autocomplete": "off"}))


class EndForm(ReasonForm):
    """Why a role ends, and its last day; without one it is over at once."""

    last = DayField(label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("leave it empty to end the role at once"))
    field_order = ("last", "reason")


class RoleForm(forms.Form):
    """A role, its place and its days."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    place = forms.ChoiceField(label=gettext_lazy("Place"), help_text=gettext_lazy("the role reaches all that lies in it"))
    first = DayField(label=gettext_lazy("First day"))
    last = DayField(label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("leave it empty for a role without an end"))

    def __init__(self, request: HttpRequest, today: date) -> None:
        asked = {"role": request.GET.get("role", ""), "place": request.GET.get("place", ""), "first": today}
        super().__init__(request.POST if request.method == "POST" else None, initial=asked)
        roles, places = self.fields["role"], self.fields["place"]
        assert isinstance(roles, forms.ChoiceField)
        assert isinstance(places, forms.ChoiceField)
        roles.choices = [("", _("choose one")), *((role, words.word("role", role)) for role in STAFF)]
        places.choices = [("", _("choose one")), *((place.place_id, name_of(place)) for place in offered(viewer_of(request), today))]

    def terms(self) -> dict[str, Any]:
        """What the operation is told."""
        given = self.cleaned_data
        return {"role": given["role"], "place": given["place"], "valid_from": given["first"], "valid_until": day_after(given["last"])}


class AccountForm(RoleForm):
    """Who a new account is for."""

    username = forms.CharField(
        label=gettext_lazy("Name to sign in with"), max_length=40, help_text=gettext_lazy("small letters, digits, dots")
    )
    name = forms.CharField(label=gettext_lazy("Full name"), max_length=60)
    email = forms.EmailField(label=gettext_lazy("Work address (e-mail)"), help_text=gettext_lazy("the link to begin goes there"))
    field_order = ("name", "username", "email", "role", "place", "first", "last")


@guarded
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts of the administrator's places, narrowed by name, role, place and state; those in an ended place are marked."""
    viewer, today = viewer_of(request), timezone.localdate()
    asked = {key: request.GET.get(key, "").strip() for key in ("name", "role", "place", "state")}
    after = request.GET.get("after", "")
    found = office.accounts(
        viewer,
        jurisdiction(viewer, today),
        today=today,
        name=asked["name"],
        role=asked["role"],
        places=_places(request, asked["place"], today),
        state=asked["state"],
        after=int(after) if after.isdecimal() else 0,
        size=PAGE,
    )
    context = {
        "asked_for": wishes(office.roles_asked(viewer, jurisdiction(viewer, today), timezone.now())),
        "rows": [(row.account, holders(viewer, row.grants, today)) for row in found.rows],
        "asked": asked,
        "roles": {role: words.word("role", role) for role in STAFF},
        "places": offered(viewer, today),
        "moved": lands(viewer, today).ended,
        "next": _next(request, found.next),
    }
    return render(request, "registry/accounts.html", context)


def _places(request: HttpRequest, asked: str, today: date) -> frozenset[str] | None:
    """The places a filter stands for: one with all that lies in it, or all that have ended. Raises NotFound for an unknown one."""
    viewer = viewer_of(request)
    if not asked:
        return None
    if asked == ENDED:
        return lands(viewer, today).ended
    queries.place(viewer, asked)
    return queries.territory(viewer).answered_by(asked, today)


def _next(request: HttpRequest, after: int) -> str:
    given = request.GET.copy()
    given["after"] = str(after)
    return given.urlencode() if after else ""


@guarded
def account_new(request: HttpRequest) -> HttpResponse:
    """Who is it for, and in which role?"""
    viewer, now = viewer_of(request), timezone.now()
    today = timezone.localdate(now)
    form = AccountForm(request, today)
    if form.is_valid():
        given = {key: form.cleaned_data[key] for key in ("username", "name", "email")} | form.terms()
        land = jurisdiction(viewer, today)
        opened = attempt(form, partial(operations.open_account, land=land, by=viewer, now=now, **given))
        if opened:
            if given["role"] in office.STRONG:
                messages.success(request, _("The account is open. Another administrator has to confirm its role."))
            return redirect("account_invite", account_id=opened.pk)
    return render(request, "registry/account_new.html", {"form": form})


@guarded
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """What may this account do, since when, and who gave it."""
    viewer, today = viewer_of(request), timezone.localdate()
    land = jurisdiction(viewer, today)
    found = office.account(viewer, land, account_id)
    rows: list[Holder] = holders(viewer, office.grants(viewer, land, account_id), today)
    givers = called({actor for row in rows for actor in (row.grant.granted_by, row.grant.seconded_by) if actor})
    context = {
        "found": found,
        "rows": rows,
        "asked_for": wishes(office.roles_asked(viewer, land, timezone.now(), account_id)),
        "givers": {actor: name if actor.startswith("account:") else _("the system") for actor, name in givers.items()},
        "own": found.pk == viewer.account,
        "managed": found.pk != viewer.account and office.managed(viewer, land, today).filter(pk=found.pk).exists(),
    }
    return render(request, "registry/account.html", context)


@guarded
def account_give(request: HttpRequest, account_id: int) -> HttpResponse:
    """Which role, where, and for how long?"""
    viewer, now = viewer_of(request), timezone.now()
    today = timezone.localdate(now)
    found = _staff(request, account_id)
    form = RoleForm(request, today)
    if form.is_valid():
        work = partial(operations.give_role, account_id=account_id, land=jurisdiction(viewer, today), by=viewer, now=now, **form.terms())
        if given := attempt(form, work):
            asked = _("Another administrator has to confirm the role, on this page. Its owner is told.")
            messages.success(request, _("The role was given.") if isinstance(given, Grant) else asked)
            return redirect("account", account_id=account_id)
    return render(request, "registry/account_give.html", {"found": found, "form": form})


@guarded
def account_asked(request: HttpRequest, account_id: int, wish_id: int) -> HttpResponse:
    """Does the account get the role that another administrator asked for?"""
    viewer, now = viewer_of(request), timezone.now()
    land = jurisdiction(viewer, timezone.localdate(now))
    found = _staff(request, account_id)
    wish = office.role_asked(viewer, land, now, account_id, wish_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        agreed = "withdraw" not in request.POST
        verb = operations.confirm_role if agreed else operations.withdraw_role
        done = attempt(form, lambda: (verb(wish_id=wish_id, land=land, by=viewer, now=now),))  # in a tuple, as one gives nothing
        if done:
            messages.success(request, _("The role was given.") if agreed else _("The role is not given. Nothing waits any more."))
            return redirect("account", account_id=account_id)
    row = wishes([wish])[0]
    return render(request, "registry/account_asked.html", {"found": found, "form": form, "row": row, "own": viewer.account})


@guarded
def account_end(request: HttpRequest, account_id: int, grant_id: int) -> HttpResponse:
    """When and why does the role end?"""
    viewer, now = viewer_of(request), timezone.now()
    land = jurisdiction(viewer, timezone.localdate(now))
    found = office.account(viewer, land, account_id)
    rows = holders(viewer, [row for row in office.grants(viewer, land, account_id) if row.pk == grant_id], timezone.localdate(now))
    if not rows:
        raise NotFound(_("There is no such role of this account"), next=_("see what it may do"))
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        until = day_after(form.cleaned_data["last"])
        terms = {"grant_id": grant_id, "reason": form.cleaned_data["reason"], "land": land, "by": viewer, "now": now}
        work = partial(operations.end_role, until=until, **terms) if until else partial(operations.revoke_role, **terms)
        if attempt(form, work):
            messages.success(request, _("The role ends.") if until else _("The role is over."))
            return redirect("account", account_id=account_id)
    return render(request, "registry/account_end.html", {"found": found, "row": rows[0], "form": form})


@guarded
def account_close(request: HttpRequest, account_id: int) -> HttpResponse:
    """Close the account, or open it again?"""
    viewer, now = viewer_of(request), timezone.now()
    land = jurisdiction(viewer, timezone.localdate(now))
    found = office.account(viewer, land, account_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        verb = operations.close_account if found.is_active else operations.reopen_account
        if attempt(form, partial(verb, account_id=account_id, reason=form.cleaned_data["reason"], land=land, by=viewer, now=now)):
            messages.success(
                request, _("The account is closed.") if found.is_active else _("The account is open again; its owner needs a link.")
            )
            return redirect("account", account_id=account_id)
    return render(request, "registry/account_close.html", {"found": found, "form": form})


@guarded
def account_invite(request: HttpRequest, account_id: int) -> HttpResponse:
    """Does the owner need a link to begin, or to begin anew? It goes to the owner's work address and is shown to nobody."""
    viewer, now = viewer_of(request), timezone.now()
    found, form = _staff(request, account_id), forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        land = jurisdiction(viewer, timezone.localdate(now))
        work = partial(operations.send_invitation, account_id=account_id, land=land, link=partial(_link, request), by=viewer, now=now)
        done = attempt(form, lambda: (work(),))  # in a tuple, as False is an answer here
        if done:
            sent = _("The link is on its way to %(address)s. Nobody else sees it.") % {"address": found.email}
            asked = _("Another administrator has to confirm this, on the same page. The owner is told.")
            messages.success(request, sent if done[0] else asked)
            return redirect("account", account_id=account_id)
    context = {"found": found, "form": form, "waiting": office.reset_asked(account_id, now), "own": viewer.account}
    return render(request, "registry/account_invite.html", context)


def _link(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("invitation", kwargs={"token": token}))


def _staff(request: HttpRequest, account_id: int) -> Account:
    """A staff account the viewer sees. Raises NotFound."""
    viewer = viewer_of(request)
    found = office.account(viewer, jurisdiction(viewer, timezone.localdate()), account_id)
    if found.kind != "staff":
        raise office.no_such_account()
    return found
