"""Pages about one's own way of signing in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse

from guildhall.office.models import Account
from guildhall.web.doors import for_account, no_such_page

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def with_password(view: View[P]) -> View[P]:
    """A page for whoever signs in with a password, and so with a second factor; for others there is no such page.

    They could not be asked for the password again, and a factor that a thief of their session added would lock them out.
    """

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not cast(Account, request.user).has_usable_password():
            raise no_such_page()
        return view(request, *args, **kwargs)

    return for_account(cast("View[P]", door))
