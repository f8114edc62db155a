"""The viewer behind each request: the account that signed in, in the role it chose, or acting for someone.

What a session may know: which account, which of its roles or mandates, when it began and was last used, and whether a second
factor was shown in it. Never a name, a number or a phone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth import logout as end_session
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from guildhall.office.models import Account, Grant, Mandate
from guildhall.office.queries.mandates import ACTS_AS, tasks_of, usable
from guildhall.web.viewer import PUBLIC, Viewer, viewer_of

GRANT, MANDATE = "grant", "mandate"
"""Keys of the session: the role chosen, and the mandate under which someone acts."""
PROVED = "second_factor"
"""Key of the session: the account whose second factor was shown, or set up, in this very session."""
BEGAN, USED = "began", "used"
"""Keys of the session: the moments, in seconds since 1970, when someone signed in and when they last asked for a page."""
NOTED_EVERY = 60
"""Seconds between two notes of use: a page read in between writes nothing."""
NO_STORE = "no-store, private"


class Viewers:
    """Sets `request.viewer` and `request.who`. Without a session cookie that is the public, and the database is asked nothing.

    What is shown to someone who signed in is kept by no browser and no proxy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        viewer = viewer_behind(request)
        request.viewer = viewer  # type: ignore[attr-defined]
        request.who = SimpleLazyObject(lambda: who(request, viewer)) if viewer.account else None  # type: ignore[attr-defined]
        response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        if viewer_of(request).account:  # the session's, or that of the key which came with a request of the API
            response.headers.setdefault("Cache-Control", NO_STORE)
        return response


def viewer_behind(request: HttpRequest) -> Viewer:
    """Who is signed in and in which role; role `none` where none is chosen or the one chosen has ended; the public where nobody is."""
    if request.session.session_key is None:
        return PUBLIC
    if not request.user.is_authenticated:
        if SESSION_KEY in request.session:  # an account that was closed, or whose password changed elsewhere
            request.session.flush()
        return PUBLIC
    account, now = request.user, timezone.now()
    if _too_old(request, now):
        end_session(request)
        return PUBLIC
    if not is_proved(request, account):
        return Viewer(_name(account.pk), "none", account.pk)
    return _in_role(request, account, timezone.localdate(now))


def _in_role(request: HttpRequest, account: Account, today: date) -> Viewer:
    chosen = request.session.get(MANDATE)
    mandate = live_mandates(account.pk, today).filter(pk=chosen).first() if chosen else None
    picked = request.session.get(GRANT)
    grant = live_grants(account.pk, today).filter(pk=picked).first() if picked else None
    if mandate and (not picked or grant and grant.role not in ACTS_AS[mandate.kind]):
        grant = live_grants(account.pk, today).filter(role__in=ACTS_AS[mandate.kind]).order_by("pk").first()
    if picked and not grant or chosen and not (mandate and grant):
        for key in (GRANT, MANDATE):  # it ended: whoever was in it chooses again
            request.session.pop(key, None)
        return Viewer(_name(account.pk), "none", account.pk)
    if mandate and grant:
        scopes = tasks_of(mandate.purpose)
        return Viewer(_name(account.pk), grant.role, account.pk, grant.pk, mandate.worker_id, scopes=scopes, mandate=mandate.pk)
    return viewer_in(grant) if grant else Viewer(_name(account.pk), "none", account.pk)


def is_proved(request: HttpRequest, account: Account) -> bool:
    """Whether this session may act: staff show a second factor in each session; people of the city sign in by what they hold."""
    return account.kind != "staff" or request.session.get(PROVED) == account.pk


def _too_old(request: HttpRequest, now: datetime) -> bool:
    """Whether the session has been idle or has lasted for too long; otherwise its use is noted, once a minute at most."""
    moment = int(now.timestamp())
    began, used = request.session.setdefault(BEGAN, moment), request.session.setdefault(USED, moment)
    if moment - used > settings.SESSION_IDLE_SECONDS or moment - began > settings.SESSION_LONGEST_SECONDS:
        return True
    if moment - used >= NOTED_EVERY:
        request.session[USED] = moment
    return False


def enter(request: HttpRequest, now: datetime, *, proved: bool = False) -> None:
    """Begins the session of the account that has just signed in: nothing of a session before is kept in it."""
    account = cast(Account, request.user)
    for key in (GRANT, MANDATE, PROVED):
        request.session.pop(key, None)
    request.session[BEGAN] = request.session[USED] = int(now.timestamp())
    if proved:
        request.session[PROVED] = account.pk
    held = list(live_grants(account.pk, timezone.localdate(now))[:2])
    if len(held) == 1:
        request.session[GRANT] = held[0].pk


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
    """The grants of an account that hold today.

    What a representative gave to a colleague also ends with the colleague's employment: whoever ends a spell calls
    `operations.delegations.end_delegations` in the same transaction, which ends or dates the grant.
    """
    return Grant.objects.filter(Q(valid_until=None) | Q(valid_until__gt=today), account_id=account, valid_from__lte=today, revoked_at=None)


def live_mandates(account: int, today: date) -> QuerySet[Mandate]:
    """The mandates under which an account may act today: they hold, and so does the role they were given in."""
    return usable(today).filter(agent_id=account)


def _name(account: int) -> str:
    return f"account:{account}"


@dataclass(frozen=True)
class Named:
    """What the header calls a viewer's place, organisation and person, in the reader's language; empty where there is none."""

    place: str = ""
    organisation: str = ""
    worker: str = ""


class Names(Protocol):
    """Looks the names up. They stand in the registry, above the office: the settings say where (OFFICE_NAMES)."""

    def __call__(self, viewer: Viewer) -> Named: ...


@dataclass(frozen=True)
class Who:
    """What the header says of someone who signed in."""

    name: str
    role: str
    where: str
    acting_for: str
    can_switch: bool


def names_of(viewer: Viewer) -> Named:
    """The names of what a viewer stands for."""
    look_up: Names = import_string(settings.OFFICE_NAMES)
    return look_up(viewer)


def who(request: HttpRequest, viewer: Viewer) -> Who:
    """The name, role, place and person behind a request, for the header."""
    account, named = cast(Any, request.user), names_of(viewer)
    own = named.worker if viewer.role == "worker" and not viewer.mandate else ""
    held = live_grants(account.pk, today := timezone.localdate()).count() + live_mandates(account.pk, today).count()
    return Who(
        name=own or account.name,
        role=viewer.role,
        where=named.organisation or named.place,
        acting_for=named.worker if viewer.mandate else "",
        can_switch=held > 1 or bool(viewer.mandate),
    )
