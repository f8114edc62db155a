"""The desk, and the choice of the role that someone sits down in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from guildhall.office.models import ROLES, Account
from guildhall.office.operations import mandates
from guildhall.office.pages.addresses import carrying, onward
from guildhall.office.queries.notices import unread
from guildhall.office.viewers import GRANT, MANDATE, is_proved, live_grants, live_mandates, names_of, viewer_behind, viewer_in
from guildhall.web.doors import for_roles
from guildhall.web.navigation import Waiting, entries, figures
from guildhall.web.viewer import Viewer, viewer_of

Waits = Callable[[Viewer, date], Mapping[str, Waiting]]
"""What waits in a domain, by door. The project hangs it here, as the office stands below the domains."""


@for_roles(*ROLES)
def desk(request: HttpRequest, *, waits: Sequence[Waits] = ()) -> HttpResponse:
    """What there is to do in the role that was chosen: what waits, overdue first, and every door as a plain task."""
    viewer, today = viewer_of(request), timezone.localdate()
    found: dict[str, Waiting] = {"notices": Waiting(unread(viewer))}
    for one in waits:
        found |= one(viewer, today)
    tasks = [replace(entry, waiting=found.get(entry.door, Waiting())) for entry in entries(viewer)]
    tasks.sort(key=lambda entry: (not entry.waiting.overdue, not entry.waiting.count))
    context = {
        "tasks": [*figures(viewer), *tasks],
        "waiting": sum(entry.waiting.count for entry in tasks),
        "overdue": sum(entry.waiting.overdue for entry in tasks),
    }
    return render(request, "office/desk.html", context)


def role(request: HttpRequest) -> HttpResponse:
    """Chooses among the roles and mandates that hold today; a single one is taken at once."""
    viewer = viewer_of(request)
    if not viewer.account:
        return redirect(carrying(request, "sign_in"))
    if not is_proved(request, cast(Account, request.user)):
        return redirect("mfa_index")
    today = timezone.localdate()
    grants = list(live_grants(viewer.account, today).order_by("role", "place", "pk"))
    acting = list(live_mandates(viewer.account, today).order_by("valid_until", "pk"))
    if request.method == "POST":
        kind, _, key = request.POST.get("choice", "").partition(":")
        chosen = {("grant", str(one.pk)) for one in grants} | {("mandate", str(one.pk)) for one in acting}
        if (kind, key) in chosen:
            _take(request, kind, int(key))
            return redirect(onward(request))
    context = {
        "may_claim": cast(Account, request.user).kind == "public" and not any(grant.role == "worker" for grant in grants),
        "grants": [(grant, names_of(viewer_in(grant))) for grant in grants],
        "mandates": [(mandate, names_of(Viewer(worker=mandate.worker_id, mandate=mandate.pk))) for mandate in acting],
        "viewer_is_staff": cast(Account, request.user).kind == "staff",
        "may_represent": _represent(cast(Account, request.user)),
        "next": request.GET.get("next", ""),
        "missing": request.method == "POST",
    }
    return render(request, "office/role.html", context)


def _take(request: HttpRequest, kind: str, key: int) -> None:
    """A role ends what was done under a mandate; a mandate is used in the role that was held before. Both are on record."""
    now, acting = timezone.now(), viewer_of(request)
    if kind == "mandate" and acting.mandate == key:
        return
    if acting.mandate:
        mandates.stop_acting(by=acting, now=now)
    if kind == "grant":
        request.session.pop(MANDATE, None)
        request.session[GRANT] = key
    else:
        request.session[MANDATE] = key
        agent = replace(viewer_behind(request), worker=None, mandate=None)
        mandates.begin_acting(mandate_id=key, by=agent, now=now)


def _represent(account: Account) -> str:
    """The address at which a legal representative claims an organisation; empty for staff."""
    try:
        return reverse("claim_organisation") if account.kind == "public" else ""
    except NoReverseMatch:
        return ""
