"""Pages and parts of pages kept in memory: they change only with the run they show, their address or their language."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import get_language

from guildhall import __version__
from guildhall.web.current import current_or_none
from guildhall.web.viewer import PUBLIC, Viewer, viewer_of

P = ParamSpec("P")
T = TypeVar("T")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
MOST = 300
"""Pages kept per process; the oldest leaves first. At 60 KB a page that is under 20 MB."""

_pages: OrderedDict[tuple[str, ...], tuple[bytes, str]] = OrderedDict()
_parts: OrderedDict[tuple[str, ...], Any] = OrderedDict()
_lock = Lock()


def remembered(*reads: str) -> Callable[[View[P]], View[P]]:
    """Keeps what a view renders for the public, once per run, language, address and the parameters it reads; 304 to a browser that
    has it. For someone who signed in, whose name stands in the header, the page is drawn anew and kept by nobody.

    The view sees no other parameters: an address with words nobody reads shows, and costs, what the address without them does.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            _forget_all_but(reads, request)
            if viewer_of(request) != PUBLIC:
                return view(request, *args, **kwargs)
            key = (*_what_is_shown(), request.get_full_path(), str(timezone.localdate()))
            found = _pages.get(key)
            if found is None:
                response = view(request, *args, **kwargs)
                if response.status_code != 200 or settings.DEBUG:
                    return response
                found = response.content, _tag(response.content)
                _keep(key, found)
            return _answer(request, *found)

        return cast("View[P]", answer)

    return decorate


def _forget_all_but(names: Sequence[str], request: HttpRequest) -> None:
    """Leaves the request with these parameters alone, each once, in this order, the empty ones dropped."""
    left = QueryDict(mutable=True)
    for name in names:
        if value := request.GET.get(name):
            left[name] = value
    request.META["QUERY_STRING"] = left.urlencode()
    request.GET = QueryDict(request.META["QUERY_STRING"])


def kept(name: str, viewer: Viewer, build: Callable[[], T]) -> T:
    """A part of a page that no address changes, built once per run, language and kind of viewer.

    Only what every viewer of a role may see alike may be kept: the role is in the key, the person is not.
    """
    key = (*_what_is_shown(), viewer.role, name)
    if key not in _parts:
        made = build()
        with _lock:
            while len(_parts) >= MOST:
                _parts.popitem(last=False)
            _parts[key] = made
        return made
    return cast("T", _parts[key])


def _what_is_shown() -> tuple[str, ...]:
    found = current_or_none()
    return found.key if found else "", get_language() or "", str(settings.VAR), str(settings.CITY)


def _keep(key: tuple[str, ...], page: tuple[bytes, str]) -> None:
    with _lock:
        _pages[key] = page
        while len(_pages) > MOST:
            _pages.popitem(last=False)


def _tag(content: bytes) -> str:
    return f'"{__version__}-{hashlib.sha256(content).hexdigest()[:20]}"'


def _answer(request: HttpRequest, content: bytes, tag: str) -> HttpResponse:
    same = request.headers.get("If-None-Match") == tag
    response = HttpResponse(status=304) if same else HttpResponse(content)
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return response
