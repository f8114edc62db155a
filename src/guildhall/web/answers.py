"""The API's manners: one shape for errors, one for lists, and an interface that loads nothing from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Field, NinjaAPI, Schema
from ninja.constants import NOT_SET
from ninja.errors import HttpError, ValidationError
from ninja.params.functions import Path, Query
from pydantic import BeforeValidator

from guildhall import __version__
from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.kernel.tables import Text
from guildhall.web import dates, refusals
from guildhall.web.middleware import status_of

T = TypeVar("T")
ROOT = "/api/"
LARGEST_PAGE = 200


class Problem(Schema):
    """What happened, why, and what to do next."""

    what: str = Field(description=n_("what happened"))
    why: str = Field(description=n_("why; may be empty"))
    next: str = Field(description=n_("what to do next; may be empty"))


class Failure(Schema):
    """The one shape of an error."""

    error: Problem = Field(description=n_("what happened, why, and what to do next"))


class Words(Schema):
    """The same words in both languages."""

    zh: str = Field(description=n_("in Chinese"))
    en: str = Field(description=n_("in English; may be empty"))


class Listed(Schema, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(description=n_("the rows of this page"))
    next: str = Field(description=n_("give it as `after` to get the next page; empty at the end"))


ERRORS: dict[int, Any] = dict.fromkeys((400, 401, 404, 405, 422, 429, 503), Failure)
"""Declared on every operation beside its 200."""


Day = Annotated[date, BeforeValidator(dates.day)]
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,80}$", description=n_("its key"))]
After = Annotated[str, Query(max_length=500, pattern=r"^[A-Za-z0-9._=-]*$", description=n_("`next` of the page before"))]
Size = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description=n_("rows on a page"))]
Search = Annotated[str, Query(max_length=80, pattern=r"^[^\x00]*$", description=n_("narrows to names that match"))]


def answers(body: Any) -> dict[int, Any]:
    """What an operation answers: its body, and the errors every operation may give."""
    return {200: body, **ERRORS}


def words(text: Text) -> dict[str, str]:
    """A text as the API shows it."""
    return {"zh": text.zh, "en": text.en}


def page_of(rows: Sequence[T], key: Callable[[T], str], after: str, size: int) -> tuple[list[T], str]:
    """One page of rows already in memory, and the key to go on after. Raises NotFound for a key that is not among them."""
    start = 0
    if after:
        keys = [key(row) for row in rows]
        if after not in keys:
            raise NotFound(_("There is no such page of this list"), next=_("start again without `after`"))
        start = keys.index(after) + 1
    found = list(rows[start : start + size])
    return found, key(found[-1]) if start + size < len(rows) and found else ""


def interface(auth: Any = NOT_SET) -> NinjaAPI:
    """An API without routes yet: its title, its version, and its errors in one shape. `auth` sees every request before its route."""
    api = NinjaAPI(
        title="Guildhall",
        version=__version__,
        description=n_("What the pages show, as JSON. Lists come a page at a time; errors say what happened, why, and what to do next."),
        docs_url=None,
        openapi_url="/openapi.json",
        urls_namespace="api",
        auth=auth,
    )
    for kind in (GuildhallError, ValidationError, Http404, HttpError):
        api.add_exception_handler(kind, _shaped)
    return api


def failure(status: int, what: str, why: str = "", next: str = "") -> JsonResponse:
    """An error in the one shape."""
    return JsonResponse({"error": {"what": what, "why": why, "next": next}}, status=status)


def _shaped(request: HttpRequest, error: Any) -> HttpResponse:
    """Any error a route can raise, in the one shape."""
    if isinstance(error, GuildhallError):
        return failure(status_of(error), error.what, error.why, error.next)
    if isinstance(error, ValidationError):
        why = _("; ").join(refusals.plain(one) for one in error.errors)
        return failure(422, _("A parameter cannot be used"), why, _documented())
    if isinstance(error, HttpError):
        return _refused(error.status_code)
    return failure(404, _("There is no such thing"))


def _refused(status: int) -> HttpResponse:
    """What is said of a request that did not come as far as its route."""
    if status == 429:
        waits = failure(429, _("The key asks too often"), next=_("wait a minute, and ask for larger pages"))
        waits["Retry-After"] = "60"
        return waits
    if status != 401:
        return failure(status, _reason(status), next=_documented())
    asks = failure(
        401,
        _("This needs a key that holds"),
        _("there was none, or it has run out, was revoked, or was never given"),
        _("send the header “Authorization: Bearer KEY”; keys are given out on the page “Keys for programs”"),
    )
    asks["WWW-Authenticate"] = "Bearer"
    return asks


def _documented() -> str:
    return _("see the documentation at %(address)s") % {"address": reverse("documentation")}


class ApiErrors:
    """Gives the one shape to errors that arise before a route is reached: unknown addresses, methods not allowed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith(ROOT) or response.status_code < 400 or "json" in response.headers.get("Content-Type", ""):
            return response
        shaped = failure(response.status_code, _reason(response.status_code), next=_documented())
        if allowed := response.headers.get("Allow"):
            shaped["Allow"] = allowed
        return shaped


def _reason(status: int) -> str:
    reasons = {
        403: _("This is not allowed"),
        404: _("There is no such address"),
        405: _("This address does not take that method"),
        500: _("Something went wrong on our side"),
    }
    return reasons.get(status, _("The request could not be understood"))
