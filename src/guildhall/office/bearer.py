"""Who asks the API: a program with a key, or the public. A session opens no route: what a browser carries along, others can use.

`Bearer(…roles, task=…)` on a route asks for a key of one of the roles with that task; `anyone` on the whole API lets the public in
and still refuses a key that does not hold, so that nobody takes public answers for those of their role.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from time import monotonic

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError, HttpError
from ninja.security import HttpBearer

from guildhall.office.operations.tokens import viewer_with
from guildhall.web.doors import no_such_page, opens
from guildhall.web.viewer import PUBLIC, Viewer

MINUTE = 60.0
TOO_MANY = 429


class Pace:
    """How often each key may ask in a minute, counted by each server process for itself: nothing is written for a read."""

    KEPT = 10_000

    def __init__(self) -> None:
        self._asked: OrderedDict[int, tuple[int, int]] = OrderedDict()
        self._lock = Lock()

    def allows(self, token: int, most: int, moment: float) -> bool:
        """Whether the key may ask once more in the minute of the moment."""
        window = int(moment // MINUTE)
        with self._lock:
            began, count = self._asked.pop(token, (window, 0))
            count = count + 1 if began == window else 1
            self._asked[token] = (window, count)
            while len(self._asked) > self.KEPT:
                self._asked.popitem(last=False)
        return count <= most


PACE = Pace()


class Bearer(HttpBearer):
    """Asks for a key of one of the roles, with the task among its own. No key or a wrong one is 401; another role's is 404."""

    def __init__(self, *roles: str, task: str) -> None:
        super().__init__()
        self.roles, self.task = roles, task

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        viewer = _viewer(request, token)
        if viewer and not opens(viewer, self.roles, self.task):
            raise no_such_page()
        return viewer


def anyone(request: HttpRequest) -> Viewer:
    """The viewer of the key that came along; the public where none did. Raises AuthenticationError for a key that does not hold."""
    header = request.headers.get("Authorization", "")
    if not header:
        request.viewer = PUBLIC  # type: ignore[attr-defined]
        return PUBLIC
    scheme, _, key = header.partition(" ")
    viewer = _viewer(request, key.strip()) if scheme.lower() == "bearer" else None
    if viewer is None:
        raise AuthenticationError
    return viewer


def _viewer(request: HttpRequest, key: str) -> Viewer | None:
    request.viewer = PUBLIC  # type: ignore[attr-defined]
    found = viewer_with(key, timezone.now())
    if found is None:
        return None
    token, viewer = found
    if not PACE.allows(token.pk, settings.API_PER_MINUTE, monotonic()):
        raise HttpError(TOO_MANY, "too many")
    request.viewer = viewer  # type: ignore[attr-defined]
    return viewer
