"""The way in and out: how do you sign in, sign out, and the demonstration's shortcut."""

from __future__ import annotations

from typing import cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from guildhall.office import demonstration, identity
from guildhall.office.backends import PATH
from guildhall.office.models import Account
from guildhall.office.operations import sessions
from guildhall.office.pages.addresses import carrying, onward
from guildhall.office.viewers import enter, live_grants, names_of, viewer_in
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


def _cast() -> list[dict[str, object]]:
    """The people of the demonstration with their roles and places."""
    today = timezone.localdate()
    found = []
    for account in demonstration.accounts():
        held = live_grants(account.pk, today).order_by("pk")
        found.append({"account": account, "roles": [(grant.role, names_of(viewer_in(grant))) for grant in held]})
    return found


def sign_out(request: HttpRequest) -> HttpResponse:
    """Asks, and ends the session."""
    if not viewer_of(request).account:
        return redirect("sign_in")
    if request.method == "POST":
        sessions.ended(account=cast(Account, request.user), now=timezone.now())
        logout(request)
        return redirect("city")
    return render(request, "office/sign_out.html")
