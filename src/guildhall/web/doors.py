"""Doors that only some may open: pages of people and of desks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.web.viewer import Viewer, viewer_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
ENTRANCES = {"public": "sign_in", "none": "role"}
"""Where someone is sent who is nobody yet, or nobody in particular."""


def for_roles(*roles: str, task: str = "") -> Callable[[View[P]], View[P]]:
    """A page for some roles: the public is sent to sign in, who has no role yet to choose one, any other role is told that
    there is no such page.

    A role, not a right to any one record: which records a viewer sees is for the query to say. `task` is the scope that a
    delegated role or a token must include. Whoever acts for a worker under a mandate opens the worker's doors and no other.
    Nothing behind such a door is kept by a browser or a proxy.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            viewer = viewer_of(request)
            if viewer.role in ENTRANCES:
                return redirect(f"{reverse(ENTRANCES[viewer.role])}?{urlencode({'next': request.get_full_path()})}")
            if not opens(viewer, roles, task):
                raise no_such_page()
            response = view(request, *args, **kwargs)
            response.headers["Cache-Control"] = "no-store, private"
            return response

        door.roles, door.task = roles, task  # type: ignore[attr-defined]  # the navigation reads whom a door is for
        return cast("View[P]", door)

    return guard


def of_the_person(*, task: str) -> Callable[[View[P]], View[P]]:
    """A page for workers about themselves, opened as well by whoever acts for one in a matter that needs it (`task`).

    The office then writes down that they looked.
    """

    def guard(view: View[P]) -> View[P]:
        door = for_roles("worker", task=task)(view)
        door.of_the_person = True  # type: ignore[attr-defined]  # read by office.acting when the page has answered
        return door

    return guard


def for_account(view: View[P]) -> View[P]:
    """A page for whoever is signed in, in any role or none: their own account and nothing else. The public is sent to sign in."""

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not viewer_of(request).account:
            return redirect(f"{reverse('sign_in')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    door.for_account = True  # type: ignore[attr-defined]  # the navigation reads whom a door is for
    return cast("View[P]", door)


def opens(viewer: Viewer, roles: tuple[str, ...], task: str = "") -> bool:
    """Whether one of the roles is the viewer's, and the task within its scopes."""
    role = "worker" if viewer.mandate else viewer.role
    return role in roles and (not task or viewer.may(task))


def no_such_page() -> NotFound:
    """What someone is told who may not open a door: the same as where there is none."""
    return NotFound(_("There is no such page"), why=_("or it is not one for the role you are in"), next=_("go back to your desk"))
