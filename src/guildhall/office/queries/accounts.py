"""Accounts as an administrator sees them: those whose place lies in the administrator's own.

Which places lie in a jurisdiction today only the registry knows, and the office stands below it. So whoever asks hands in the
`land`: `registry.queries.scope.jurisdiction(viewer, today)`, keys of places, or None for the whole city.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.office.models import Account, Grant, Reset
from guildhall.web.viewer import Viewer

Land = frozenset[str] | None
MANAGERS = ("administrator", "system")
STATES = ("open", "roleless", "closed")
"""What an account may be: with a role today, without one, or closed."""
RESET_HOLDS = timedelta(days=7)
"""How long a wish that an owner begins anew waits for the second administrator."""
LARGEST_PAGE = 200


@dataclass(frozen=True)
class Listed:
    """An account in a list, with the grants that hold today."""

    account: Account
    grants: tuple[Grant, ...]


@dataclass(frozen=True)
class AccountPage:
    """One page of accounts; `next` is the key to go on after, 0 at the end."""

    rows: tuple[Listed, ...]
    next: int


def holding(today: date, of: str = "") -> Q:
    """Grants that hold on a day, and neither ended nor were revoked."""
    begun = Q(**{f"{of}valid_from__lte": today, f"{of}revoked_at": None})
    return begun & (Q(**{f"{of}valid_until": None}) | Q(**{f"{of}valid_until__gt": today}))


def to_come_or_holding(today: date) -> Q:
    """Grants that hold on a day or will later."""
    return Q(revoked_at=None) & (Q(valid_until=None) | Q(valid_until__gt=today))


def seen(viewer: Viewer, land: Land) -> QuerySet[Account]:
    """The accounts an administrator sees: of the staff, those that ever had a role in a place of the land; all of them for the city."""
    if viewer.role not in MANAGERS:
        return Account.objects.none()
    if land is None:
        return Account.objects.all()
    return Account.objects.filter(Exists(Grant.objects.filter(account=OuterRef("pk"), place__in=land)), kind="staff")


def managed(viewer: Viewer, land: Land, today: date) -> QuerySet[Account]:
    """The accounts an administrator manages: seen, and with no role today or later in a place outside the land."""
    rows = seen(viewer, land)
    if land is None:
        return rows
    elsewhere = Grant.objects.filter(to_come_or_holding(today), account=OuterRef("pk")).exclude(place__in=land)
    return rows.exclude(Exists(elsewhere))


def account(viewer: Viewer, land: Land, account_id: int) -> Account:
    """One account that the viewer sees. Raises NotFound."""
    found = seen(viewer, land).filter(pk=account_id).first()
    if found is None:
        raise no_such_account()
    return found


def no_such_account() -> NotFound:
    """What is said of an account that does not exist, or that lies outside the viewer's places."""
    return NotFound(_("There is no such account"), why=_("or it belongs to a place that is not yours"), next=_("see the list of accounts"))


def accounts(
    viewer: Viewer,
    land: Land,
    *,
    today: date,
    name: str = "",
    role: str = "",
    places: Collection[str] | None = None,
    state: str = "",
    after: int = 0,
    size: int = 50,
) -> AccountPage:
    """Accounts by key, narrowed by a part of the name, by a role and a place held today, and by what they are (STATES)."""
    rows, live = seen(viewer, land), Grant.objects.filter(holding(today), account=OuterRef("pk"))
    if name := name.replace("\0", "").strip():
        rows = rows.filter(Q(name__icontains=name) | Q(username__icontains=name))
    if role or places is not None:
        wanted = live.filter(**({"role": role} if role else {}), **({} if places is None else {"place__in": places}))
        rows = rows.filter(Exists(wanted))
    rows = _in_state(rows, state, live)
    size = max(1, min(size, LARGEST_PAGE))
    found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
    return AccountPage(_with_grants(found[:size], today), found[size - 1].pk if len(found) > size else 0)


def _in_state(rows: QuerySet[Account], state: str, live: QuerySet[Grant]) -> QuerySet[Account]:
    match state:
        case "open":
            return rows.filter(Exists(live), is_active=True)
        case "roleless":
            return rows.filter(~Exists(live), is_active=True)
        case "closed":
            return rows.filter(is_active=False)
    return rows


def _with_grants(found: list[Account], today: date) -> tuple[Listed, ...]:
    grants = list(Grant.objects.filter(holding(today), account__in=found).order_by("role", "place", "pk"))
    return tuple(Listed(one, tuple(grant for grant in grants if grant.account_id == one.pk)) for one in found)


def grants(viewer: Viewer, land: Land, account_id: int) -> list[Grant]:
    """Every grant of an account that the viewer sees, those that hold or are to come first. Raises NotFound."""
    rows = Grant.objects.filter(account=account(viewer, land, account_id))
    return sorted(rows, key=lambda grant: (grant.revoked_at is not None, grant.valid_until or date.max, grant.pk))


def reset_asked(account_id: int, now: datetime) -> Reset | None:
    """The wish that the owner begins anew, where it waits for a second administrator."""
    rows = Reset.objects.select_related("asked_by").filter(account_id=account_id, done_at=None, asked_at__gt=now - RESET_HOLDS)
    return rows.first()


def administrators(place: str, today: date) -> QuerySet[Grant]:
    """The grants by which a place has administrators today, of accounts that are open."""
    return Grant.objects.filter(holding(today), role="administrator", place=place, account__is_active=True)
