"""Whoever acts for a person and reads that person's own pages leaves a trace of it, whichever domain the page belongs to."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from guildhall.office.operations.looks import note_acting
from guildhall.web.viewer import viewer_of

OK = 200


class Acting:
    """Writes down, before the answer leaves, that a page of the person (web.doors.of_the_person) was shown under a mandate."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        viewer = viewer_of(request)  # as whom the page was asked for: a page may end the acting
        response = self.get_response(request)
        if viewer.mandate and response.status_code == OK and _is_of_the_person(request):
            note_acting(by=viewer, now=timezone.now())
        return response


def _is_of_the_person(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and getattr(match.func, "of_the_person", False)
