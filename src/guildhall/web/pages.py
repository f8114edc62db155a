"""Pages of the shell itself: errors, health, and the documentation of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guildhall import __version__
from guildhall.kernel.errors import GuildhallError
from guildhall.web.current import current_or_none
from guildhall.web.openapi import operations


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 in the look of the house."""
    error = GuildhallError(
        _("There is no such page"), why=_("the address may be misspelt, or the page was moved"), next=_("start from the city page")
    )
    return render(request, "web/error.html", {"error": error}, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be understood."""
    error = GuildhallError(_("The request could not be understood"), next=_("go back and try again"))
    return render(request, "web/error.html", {"error": error}, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a bug. Says so, and that nothing was lost."""
    error = GuildhallError(
        _("Something went wrong on our side"),
        why=_("this is a fault of the program, not of what you did; nothing was changed"),
        next=_("try again; if it happens again, report the address of this page"),
    )
    return render(request, "web/error.html", {"error": error}, status=500)


def health(request: HttpRequest) -> JsonResponse:
    """Whether the process answers, which version it is, and which snapshot it shows."""
    found = current_or_none()
    return JsonResponse({"ok": True, "version": __version__, "snapshot": found.snapshot.manifest.id if found else None})


def documentation(request: HttpRequest, *, schema: Callable[[], dict[str, Any]]) -> HttpResponse:
    """The API explained on one page, made from its own OpenAPI document; loads nothing from outside."""
    document = schema()
    return render(request, "web/documentation.html", {"document": document, "operations": operations(document)})
