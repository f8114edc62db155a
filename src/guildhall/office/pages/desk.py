"""The desk, and the choice of the role that someone sits down in."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from guildhall.office.models import ROLES, Account
from guildhall.office.pages.addresses import carrying, onward
from guildhall.office.viewers import GRANT, MANDATE, is_proved, live_grants, live_mandates, names_of, viewer_in
from guildhall.web.doors import for_roles
from guildhall.web.viewer import Viewer, viewer_of


@for_roles(*ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    """What there is to do in the role that was chosen."""
    return render(request, "office/desk.html", {"viewer": viewer_of(request)})


def role(request: HttpRequest) -> HttpResponse:
    """Chooses among the roles and mandates that hold today; a single one is taken at once."""
    viewer = viewer_of(request)
    if not viewer.account:
        return redirect(carrying(request, "sign_in"))
    if not is_proved(request, cast(Account, request.user)):
        return redirect("mfa_index")
    today = timezone.localdate()
    grants = list(live_grants(viewer.account, today).order_by("role", "place", "pk"))
    mandates = list(live_mandates(viewer.account, today).order_by("valid_until", "pk"))
    if request.method == "POST":
        kind, _, key = request.POST.get("choice", "").partition(":")
        chosen = {("grant", str(one.pk)) for one in grants} | {("mandate", str(one.pk)) for one in mandates}
        if (kind, key) in chosen:
            _take(request, kind, int(key))
            return redirect(onward(request))
    context = {
        "grants": [(grant, names_of(viewer_in(grant))) for grant in grants],
        "mandates": [(mandate, names_of(Viewer(worker=mandate.worker_id, mandate=mandate.pk))) for mandate in mandates],
        "next": request.GET.get("next", ""),
        "missing": request.method == "POST",
    }
    return render(request, "office/role.html", context)


def _take(request: HttpRequest, kind: str, key: int) -> None:
    """A role ends what was done under a mandate; a mandate is used in the role that was held before."""
    if kind == "grant":
        request.session.pop(MANDATE, None)
        request.session[GRANT] = key
    else:
        request.session[MANDATE] = key
