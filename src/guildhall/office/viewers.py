"""The viewer behind each request: the account that signed in, in the role it chose, or acting for someone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from guildhall.office.models import Account, Grant, Mandate
from guildhall.web.viewer import PUBLIC, Viewer

GRANT, MANDATE = "grant", "mandate"
"""Keys of the session: the role chosen, and the mandate under which someone acts."""


class Viewers:
    """Sets `request.viewer`. Without a session cookie that is the public, and the database is asked nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.viewer = viewer_behind(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def viewer_behind(request: HttpRequest) -> Viewer:
    """Who is signed in and in which role; the public where nobody is, or where the role has ended."""
    if not isinstance(request.user, Account | SimpleLazyObject) or not request.user.is_authenticated:
        return PUBLIC
    account, today = request.user, timezone.localdate()
    mandate = Mandate.objects.filter(_holding(today), pk=request.session.get(MANDATE, 0), agent_id=account.pk).first()
    grant = live_grants(account.pk, today).filter(pk=request.session.get(GRANT, 0)).first()
    if mandate:
        role = grant.role if grant and grant.role not in ("worker", "employer", "college") else "broker"
        return Viewer(_name(account.pk), role, account.pk, grant.pk if grant else None, mandate.worker_id, mandate=mandate.pk)
    return viewer_in(grant) if grant else Viewer(_name(account.pk), "none", account.pk)


def viewer_in(grant: Grant) -> Viewer:
    """The viewer that an account is in one of its roles."""
    return Viewer(
        _name(grant.account_id),
        grant.role,
        grant.account_id,
        grant.pk,
        grant.worker_id,
        grant.organisation_id,
        grant.place,
        frozenset(grant.scopes.split()),
    )


def live_grants(account: int, today: date) -> QuerySet[Grant]:
    """The grants of an account that hold today."""
    return Grant.objects.filter(Q(valid_until=None) | Q(valid_until__gt=today), account_id=account, valid_from__lte=today, revoked_at=None)


def _holding(today: date) -> Q:
    return Q(valid_from__lte=today, valid_until__gt=today, revoked_at=None)


def _name(account: int) -> str:
    return f"account:{account}"
