"""Pages of the shell itself: errors, health, and the documentation of the API."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from itertools import groupby
from operator import attrgetter
from typing import Any, Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from guildhall import __version__
from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.web.current import current_or_none
from guildhall.web.middleware import spoken
from guildhall.web.openapi import operations

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
READING = ("GET", "HEAD")


def read_only(view: View[P]) -> View[P]:
    """The view for reading alone: any other method gets 405 in the look of the house, before a form's token is asked for."""

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method in READING:
            return view(request, *args, **kwargs)
        response = spoken(request, _not_taken(request.method or ""), 405)
        response["Allow"] = ", ".join(READING)
        return response

    # Django refuses a form without a token before it reaches the view; nothing is written here, so there is nothing to guard.
    return cast("View[P]", csrf_exempt(door))


def with_form(view: View[P]) -> View[P]:
    """A page that is read and that takes its own form by POST; any other method gets 405 in the look of the house."""

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method in (*READING, "POST"):
            return view(request, *args, **kwargs)
        response = spoken(request, _not_taken(request.method or ""), 405)
        response["Allow"] = ", ".join((*READING, "POST"))
        return response

    door.takes_form = True  # type: ignore[attr-defined]  # a test holds every page to one of the two manners
    return cast("View[P]", door)


def form_only(view: View[P]) -> View[P]:
    """A door that only takes a form sent to it; whoever comes to read gets 405 in the look of the house."""

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        only = GuildhallError(
            _("This page does not take %(method)s") % {"method": request.method or ""},
            why=_("it only takes what a form of this site sends to it"),
            next=_("go back to the page with the form"),
        )
        response = spoken(request, only, 405)
        response["Allow"] = "POST"
        return response

    door.takes_form = True  # type: ignore[attr-defined]
    return cast("View[P]", door)


def _not_taken(method: str) -> GuildhallError:
    return GuildhallError(
        _("This page does not take %(method)s") % {"method": method},
        why=_("it can be read, and nothing can be sent to it"),
        next=_("open it in a browser, or with GET"),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403: something was sent that did not come from a form of this site, or that its sender may not do."""
    error = GuildhallError(
        _("This is not allowed"),
        why=_("it did not come from a form of this site, or the form was open for too long"),
        next=_("go back, load the page again and try once more"),
    )
    return spoken(request, error, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 in the look of the house."""
    error = GuildhallError(
        _("There is no such page"), why=_("the address may be misspelt, or the page was moved"), next=_("start from the city page")
    )
    return spoken(request, error, 404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be understood."""
    error = GuildhallError(_("The request could not be understood"), next=_("go back and try again"))
    return spoken(request, error, 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a bug. Says so, and that nothing was lost."""
    error = GuildhallError(
        _("Something went wrong on our side"),
        why=_("this is a fault of the program, not of what you did; nothing was changed"),
        next=_("try again; if it happens again, report the address of this page"),
    )
    return spoken(request, error, 500)


def health(request: HttpRequest) -> JsonResponse:
    """Whether the process answers, which version it is, and which snapshot it shows."""
    found = current_or_none()
    return JsonResponse({"ok": True, "version": __version__, "snapshot": found.snapshot.manifest.id if found else None})


def documentation(request: HttpRequest, *, schema: Callable[[], dict[str, Any]]) -> HttpResponse:
    """Every route of the API by the domain that answers it, made from its own OpenAPI document; loads nothing from outside."""
    groups = groupby(operations(schema()), key=attrgetter("group"))
    return render(request, "web/documentation.html", {"groups": [(group, list(routes)) for group, routes in groups]})


def documentation_of(request: HttpRequest, group: str, *, schema: Callable[[], dict[str, Any]]) -> HttpResponse:
    """The routes of a domain explained: what each takes and answers."""
    routes = [route for route in operations(schema()) if route.group == group]
    if not routes:
        raise NotFound(_("No routes are called “%(name)s”") % {"name": group}, next=_("choose them from the list of routes"))
    return render(request, "web/documentation_of.html", {"group": group, "operations": routes})
