"""What several parts of a page need is asked of the database once, and never told to the next request."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from guildhall.web.once import OneRequest, once


def test_a_request_asks_once_and_the_next_one_anew() -> None:
    asked: list[str] = []

    def read() -> int:
        asked.append("places")
        return len(asked)

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{once('places', read)} {once('places', read)}")

    served = OneRequest(page)
    assert served(HttpRequest()).content == b"1 1"
    assert served(HttpRequest()).content == b"2 2"


def test_outside_of_requests_nothing_is_kept() -> None:
    asked: list[str] = []
    for _ in range(2):
        once("places", lambda: asked.append("places"))
    assert asked == ["places", "places"]
