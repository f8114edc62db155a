"""Places as administrators need them: those a role can be given for, those that have ended, and what a grant reaches today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from guildhall.kernel.territory import holds
from guildhall.office.models import Grant, RoleWish
from guildhall.office.queries.delegations import holds as grant_holds
from guildhall.registry.models import Organisation, Place
from guildhall.registry.queries import responsible_today, scope
from guildhall.web.viewer import Viewer

KINDS = ("city", "district", "county", "functional_zone", "township", "remainder")
"""Kinds of places that officers are responsible for, in the order in which they are offered."""
OF_THE_CITY = KINDS[:4]


@dataclass(frozen=True)
class Lands:
    """Keys of the places of a jurisdiction: those that exist today, and those that have ended and passed to them."""

    standing: frozenset[str]
    ended: frozenset[str]


@dataclass(frozen=True)
class Holder:
    """A grant with what it is about: its place or organisation; whether it holds today or is to come, and which place answers
    where its own has ended.
    """

    grant: Grant
    place: Place | None
    organisation: Organisation | None
    holds: bool
    to_come: bool
    ended: bool
    heir: Place | None

    @property
    def over(self) -> bool:
        return not (self.holds or self.to_come)


@dataclass(frozen=True)
class Wish:
    """A role that waits for a second administrator, with its place; shown as a grant is."""

    grant: RoleWish
    place: Place | None


def wishes(asked: Iterable[RoleWish]) -> list[Wish]:
    """Roles that wait, with the places they are for."""
    rows = list(asked)
    places = Place.objects.in_bulk({row.place for row in rows})
    return [Wish(row, places.get(row.place)) for row in rows]


def lands(viewer: Viewer, today: date) -> Lands:
    """The places of the viewer's jurisdiction, standing and ended."""
    land = scope.jurisdiction(viewer, today)
    rows = Place.objects.all() if land is None else Place.objects.filter(pk__in=land)
    known = list(rows.values_list("place_id", "valid_from", "valid_until"))
    ended = frozenset(key for key, _first, until in known if until and until <= today)
    return Lands(frozenset(key for key, first, until in known if holds(first, until, today)), ended)


def offered(viewer: Viewer, today: date) -> list[Place]:
    """Places that exist today and for which the viewer can give a role: the city's administrator chooses among districts, that of
    a district also among its townships.
    """
    land = scope.jurisdiction(viewer, today)
    rows = Place.objects.filter(kind__in=OF_THE_CITY) if land is None else Place.objects.filter(kind__in=KINDS, pk__in=land)
    standing = [place for place in rows if holds(place.valid_from, place.valid_until, today)]
    return sorted(standing, key=lambda place: (KINDS.index(place.kind), place.place_id))


def holders(viewer: Viewer, grants: Iterable[Grant], today: date) -> list[Holder]:
    """Grants with the places and organisations they are about."""
    rows = list(grants)
    places = Place.objects.in_bulk({row.place for row in rows if row.place})
    organisations = Organisation.objects.in_bulk({row.organisation_id for row in rows if row.organisation_id})
    return [_holder(viewer, row, places.get(row.place), organisations.get(row.organisation_id or 0), today) for row in rows]


def _holder(viewer: Viewer, grant: Grant, place: Place | None, organisation: Organisation | None, today: date) -> Holder:
    ended = bool(place and place.valid_until and place.valid_until <= today)
    heir = responsible_today(viewer, grant.place, today) if ended else None
    to_come = grant.revoked_at is None and grant.valid_from > today
    return Holder(grant, place, organisation, grant_holds(grant, today), to_come, ended, heir)
