"""Accounts as an administrator sees them: those whose place lies in the administrator's own.

Which places lie in a jurisdiction today only the registry knows, and the office stands below it. So whoever asks hands in the
`land`: `registry.queries.scope.jurisdiction(viewer, today)`, keys of places, or None for the whole city.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.office.models import Account, Grant, Reset, RoleWish
from guildhall.web.viewer import Viewer

Land = frozenset[str] | None
MANAGERS = ("administrator", "system")
STATES = ("open", "roleless", "closed")
"""What an account may be: with a role today, without one, or closed."""
WISH_HOLDS = timedelta(days=7)
"""How long what takes two administrators waits for the second one; who confirms has been one for longer. Our own assumption."""
STRONG = ("administrator", "auditor", "claims_officer")
"""Roles that decide on access, on its control or on money: given by two administrators, and their owner begins anew only where two
agree.
"""
STRONG_FOR = timedelta(days=90)
"""How long a strong role that has ended still counts: taking it away, resetting and giving it back is no way round. Our own
assumption."""
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
    """The accounts an administrator sees: of the staff, those that ever had a role in a place of the land, or are to get one; all of
    them for the city.
    """
    if viewer.role not in MANAGERS:
        return Account.objects.none()
    if land is None:
        return Account.objects.all()
    held, wished = (rows.filter(account=OuterRef("pk"), place__in=land) for rows in (Grant.objects.all(), RoleWish.objects.all()))
    return Account.objects.filter(Exists(held) | Exists(wished), kind="staff")


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
    rows = Reset.objects.select_related("asked_by").filter(account_id=account_id, done_at=None, asked_at__gt=now - WISH_HOLDS)
    return rows.first()


def was_strong(account_id: int, now: datetime) -> bool:
    """Whether an account has a strong role, now or later, or had one within STRONG_FOR, whichever way it ended."""
    since = now - STRONG_FOR
    rows = Grant.objects.filter(account_id=account_id, role__in=STRONG).exclude(revoked_at__lte=since)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gt=timezone.localdate(since))).exists()


def roles_asked(viewer: Viewer, land: Land, now: datetime, account_id: int | None = None) -> list[RoleWish]:
    """Roles that wait for a second administrator, for the accounts that the viewer sees or for one of them, the oldest first."""
    if viewer.role not in MANAGERS:
        return []
    rows = RoleWish.objects.select_related("account", "asked_by").filter(done_at=None, asked_at__gt=now - WISH_HOLDS)
    rows = rows if land is None else rows.filter(place__in=land)
    return list((rows if account_id is None else rows.filter(account=account_id)).order_by("pk"))


def role_asked(viewer: Viewer, land: Land, now: datetime, account_id: int, wish_id: int) -> RoleWish:
    """One role that waits for a second administrator. Raises NotFound."""
    found = next((wish for wish in roles_asked(viewer, land, now, account_id) if wish.pk == wish_id), None)
    if found is None:
        raise NotFound(_("No such role is waiting"), why=_("it was confirmed, withdrawn, or waited too long"), next=_("see the account"))
    return found


def administrators(place: str, today: date) -> QuerySet[Grant]:
    """The grants by which a place has administrators today, of accounts that are open."""
    return Grant.objects.filter(holding(today), role="administrator", place=place, account__is_active=True)
