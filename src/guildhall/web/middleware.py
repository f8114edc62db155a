"""Headers that keep a page to itself, and errors a person can act on turned into pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from guildhall.kernel.errors import FaultsFound, GuildhallError, NotFound
from guildhall.web.current import NotBuiltYet

Answer = Callable[[HttpRequest], HttpResponseBase]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


class ContentPolicy:
    """Adds the content security policy: nothing inline, nothing from another host. Stands first, so that no answer goes without."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class SpokenErrors:
    """Shows a GuildhallError as a page that says what happened, why, and what to do next. Bugs pass through."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return spoken(request, error) if isinstance(error, GuildhallError) else None


def spoken(request: HttpRequest, error: GuildhallError, status: int = 0) -> HttpResponse:
    """An error as a page in the look of the house, under the status that its kind asks for unless one is given."""
    return render(request, "web/error.html", {"error": error}, status=status or status_of(error))


def status_of(error: GuildhallError) -> int:
    """404 for what is not there, 503 while nothing is built or the city pack is faulty, 400 otherwise."""
    if isinstance(error, NotFound):
        return 404
    return 503 if isinstance(error, NotBuiltYet | FaultsFound) else 400
