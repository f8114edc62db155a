"""Who stands behind an actor of the audit chain, as the person concerned may know it: the role and the authority, not the officer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from guildhall.kernel.tables import Text
from guildhall.office.models import Grant
from guildhall.registry.models import Organisation, Place
from guildhall.registry.queries import responsible_today
from guildhall.web import words
from guildhall.web.viewer import PUBLIC

ACCOUNT = "account:"
YOURSELF = Text("您本人", "you")
SYSTEM = Text("本市系统自动处理", "the city's system, by itself")
SOMEBODY = Text("其他账号", "another account")
NOBODY = Text("未登录的访问者", "somebody who had not signed in")


def behind(actors: Iterable[str], *, own: Collection[int] = ()) -> dict[str, Text]:
    """For each actor who that is: `own` are the accounts of the person who asks. An account speaks for its latest role."""
    names = set(actors)
    accounts = {int(name.removeprefix(ACCOUNT)) for name in names if name.startswith(ACCOUNT) and name.removeprefix(ACCOUNT).isdigit()}
    grants = {grant.account_id: grant for grant in Grant.objects.filter(account__in=accounts - set(own)).order_by("valid_from", "pk")}
    places = Place.objects.in_bulk({grant.place for grant in grants.values() if grant.place})
    organisations = Organisation.objects.in_bulk({grant.organisation_id for grant in grants.values() if grant.organisation_id})
    told = {account: _told(grant, places, organisations) for account, grant in grants.items()}
    return {name: _one(name, told, own) for name in names}


def _one(name: str, told: Mapping[int, Text], own: Collection[int]) -> Text:
    if not name or name == "public":
        return NOBODY
    if not name.startswith(ACCOUNT):
        return SYSTEM
    account = int(name.removeprefix(ACCOUNT) or 0)
    return YOURSELF if account in own else told.get(account, SOMEBODY)


def _told(grant: Grant, places: Mapping[str, Place], organisations: Mapping[int, Organisation]) -> Text:
    role = words.both("role", grant.role)
    where: Place | Organisation | None = places.get(grant.place) or organisations.get(grant.organisation_id or 0)
    if grant.role == "worker" or where is None:
        return SOMEBODY if grant.role == "worker" else role
    return Text(f"{where.name_zh}{role.zh}", f"{role.en}, {where.name_en or where.name_zh}")


def organisation_names(keys: Collection[int]) -> dict[int, Text]:
    """The names of organisations by their keys."""
    return {key: Text(row.name_zh, row.name_en or row.name_zh) for key, row in Organisation.objects.in_bulk(keys).items()}


@dataclass(frozen=True)
class Office:
    """The authority that answers for a place today; `former` is the place itself where it has ended, as a merged district has."""

    name: Text
    former: Text | None = None


def offices(keys: Collection[str], today: date) -> dict[str, Office]:
    """Whose office answers today for each place, by the place's key."""
    return {key: _office(place, today) for key, place in Place.objects.in_bulk(set(keys)).items()}


def _office(place: Place, today: date) -> Office:
    own = Text(place.name_zh, place.name_en or place.name_zh)
    if place.valid_until is None or place.valid_until > today:
        return Office(own)
    found = responsible_today(PUBLIC, place.pk, today)
    return Office(Text(found.name_zh, found.name_en or found.name_zh), own) if found and found.pk != place.pk else Office(own)
