"""Where someone is signed in, and ending it: one session, all others, or every one."""

from __future__ import annotations

from typing import Any, cast

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from guildhall.office.engine.browsers import called
from guildhall.office.models import Account
from guildhall.office.operations import sessions as operations
from guildhall.web.doors import for_account
from guildhall.web.viewer import viewer_of


@for_account
def sessions(request: HttpRequest) -> HttpResponse:
    """The sessions of the account that is signed in, newest first; each can be ended."""
    account, viewer = cast(Account, request.user), viewer_of(request)
    if request.method == "POST":
        asked, now = request.POST.get("end", ""), timezone.now()
        if asked == "all":
            operations.end_all(account=account, by=viewer, now=now)
            logout(request)
            return redirect("sign_in")
        if asked == "others":
            operations.end_all(account=account, by=viewer, now=now, but=request.session.session_key or "")
        elif asked.isdecimal():
            operations.end_one(account=account, session=int(asked), by=viewer, now=now)
        return redirect("sessions")
    rows: list[Any] = sorted(UserSession.objects.purge_and_list(account), key=lambda one: one.created_at, reverse=True)
    return render(request, "office/sessions.html", {"sessions": [(row, called(row.user_agent)) for row in rows], "account": account})
