"""The way in and out: how do you sign in, sign out, and the demonstration's shortcut."""

from __future__ import annotations

from typing import cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.office import demonstration, identity
from guildhall.office.backends import PATH
from guildhall.office.models import Account
from guildhall.office.operations import sessions
from guildhall.office.pages.addresses import carrying, onward
from guildhall.office.viewers import Named, enter, live_grants, names_of, viewer_in
from guildhall.web.doors import no_such_page
from guildhall.web.viewer import viewer_of


def sign_in(request: HttpRequest) -> HttpResponse:
    """The ways to sign in that are open here. Whoever is signed in already goes on."""
    if viewer_of(request).account:
        return redirect(onward(request))
    ways = {
        "as_someone": carrying(request, "sign_in_as") if settings.DEMONSTRATION else "",
        "by_identity": carrying(request, "sign_in_identity") if identity.is_set() else "",
        "by_phone": carrying(request, "sign_in_phone"),
        "as_staff": carrying(request, "account_login"),
    }
    return render(request, "office/sign_in.html", ways)


def sign_in_as(request: HttpRequest) -> HttpResponse:
    """The people of the demonstration, each a click away. In production there is no such page."""
    if not settings.DEMONSTRATION:
        raise no_such_page()
    if request.method == "POST":
        account = get_object_or_404(demonstration.accounts(), username=request.POST.get("account", ""))
        address = onward(request)
        login(request, account, backend=PATH)
        enter(request, now := timezone.now(), proved=True)
        UserSession.objects.create_from_request(request)
        sessions.began(account=account, ways=["demonstration"], now=now)
        return redirect(address)
    return render(request, "office/sign_in_as.html", {"cast": _cast(), "next": request.GET.get("next", "")})


def _cast() -> list[tuple[str, list[dict[str, str]]]]:
    """The people of the demonstration: officers by place, and everybody else."""
    today = timezone.localdate()
    groups: dict[str, list[dict[str, str]]] = {}
    for account in demonstration.accounts():
        grant = live_grants(account.pk, today).order_by("pk").first()
        named = names_of(viewer_in(grant)) if grant else Named()
        group = _("Work for %(place)s") % {"place": named.place} if named.place else _("People of the city")
        one = {"username": account.username, "role": grant.role if grant else "none", "name": account.name or named.worker}
        groups.setdefault(group, []).append({**one, "where": named.organisation, "tries": demonstration.tries(account)})
    return list(groups.items())


def sign_out(request: HttpRequest) -> HttpResponse:
    """Asks, and ends the session."""
    if not viewer_of(request).account:
        return redirect("sign_in")
    if request.method == "POST":
        sessions.ended(account=cast(Account, request.user), now=timezone.now())
        logout(request)
        return redirect("city")
    return render(request, "office/sign_out.html")
