"""Statutory parameters of a city at a place and a date, refused where they are not well enough known to decide by."""

from __future__ import annotations

from datetime import date

from guildhall.city.model import City, MinimumWage, MinimumWageTier
from guildhall.kernel.dated import STATUSES, Dated, Missing, Unsettled, settled


def minimum_wage(city: City, place_id: str, on: date, *, settled_only: bool) -> Dated[MinimumWage] | Missing | Unsettled:
    """The minimum wage in force at a place on a date, in fen, with the days it holds for and the worse status of wage and tier.

    A place without a tier of its own on that date has that of its district, or of the district that followed it. Under
    `settled_only` (production mode) a wage nobody has verified is `Unsettled`. Raises NotFound for an unknown place.
    """
    found = _in_force(city, place_id, on)
    return settled(f"the minimum wage at {place_id}", on, found) if settled_only else found


def _in_force(city: City, place_id: str, on: date) -> Dated[MinimumWage] | Missing:
    tier = _tier(city, place_id, on)
    if isinstance(tier, Missing):
        return tier
    wages = city.wages.get(tier.value.tier)
    wage = wages.at(on) if wages else Missing(f"minimum wage of tier {tier.value.tier}", on, "empty")
    if isinstance(wage, Missing):
        return wage
    source, status = max((wage.source, wage.status), (tier.source, tier.status), key=lambda known: STATUSES.index(known[1]))
    start = max(filter(None, (wage.valid_from, tier.valid_from)), default=None)
    until = min(filter(None, (wage.valid_until, tier.valid_until)), default=None)
    return Dated(wage.value, start, until, source, status)


def _tier(city: City, place_id: str, on: date) -> Dated[MinimumWageTier] | Missing:
    for place in (place_id, city.territory.unit_of(place_id, on) or ""):
        if place in city.wage_tiers and isinstance(found := city.wage_tiers[place].at(on), Dated):
            return found
    return Missing(f"tier of the minimum wage of {place_id}", on, "empty")
