"""Places of a city at a date: its districts, the one a place counts towards, and who answers today for one that ended."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from guildhall.city.model import City, Place
from guildhall.city.totals import latest
from guildhall.kernel.errors import NotFound


def units(city: City, on: date) -> tuple[Place, ...]:
    """The districts and counties that exist on a date, in key order."""
    return tuple(city.place[unit] for unit in city.territory.units(on))


def unit_of(city: City, place_id: str, on: date) -> Place | None:
    """The district or county a place counts towards on a date; None above the districts. Raises NotFound for an unknown place."""
    unit = city.territory.unit_of(place_id, on)
    return city.place[unit] if unit else None


def responsible_today(city: City, place_id: str, on: date) -> Place:
    """The place whose authority answers on a date for any place, old or new.

    A district or county where there is one; for the city itself and for zones that span districts, that place. Raises
    NotFound for an unknown place, and for one that has not begun.
    """
    unit = city.territory.responsible_today(place_id, on)
    if unit:
        return city.place[unit]
    place = city.place[place_id]
    if not place.exists(on):
        raise NotFound(f"Nobody answers for {place_id} on {on}", why="it has not begun, or nobody follows it")
    return place


def measure(city: City, name: str, on: date) -> dict[str, Decimal]:
    """The last value of a published measure known on a date, by district or county that exists then; unknown ones are absent."""
    known = latest(city.place_facts, name, on)
    return {unit: known[unit].value for unit in city.territory.units(on) if unit in known}
