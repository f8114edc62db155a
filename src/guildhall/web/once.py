"""What is asked of the database once in a request, however many parts of a page need it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

T = TypeVar("T")
_answers: ContextVar[dict[str, Any] | None] = ContextVar("answers", default=None)


class OneRequest:
    """Keeps the answers of one request, and forgets them with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _answers.set({})
        try:
            return self.get_response(request)
        finally:
            _answers.reset(token)


def once(key: str, read: Callable[[], T]) -> T:
    """What `read` gives, read once in a request; outside of requests it is read each time."""
    answers = _answers.get()
    if answers is None:
        return read()
    if key not in answers:
        answers[key] = read()
    found: T = answers[key]
    return found
