"""Places in which someone may live: the townships of today, by district."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from guildhall.registry.models import Place
from guildhall.registry.queries import territory
from guildhall.web.viewer import PUBLIC

HOMES = ("township", "remainder", "functional_zone")
"""Kinds of places in which someone lives, beside the district itself where no finer place is known."""


def homes(today: date) -> list[tuple[Place, list[Place]]]:
    """Each district or county that exists today with itself and the places in it, all in the order of their keys."""
    tree = territory(PUBLIC)
    places = {place.pk: place for place in Place.objects.order_by("place_id")}
    inside: dict[str, list[Place]] = defaultdict(list)
    for district in tree.units(today):
        inside[district].append(places[district])
    for place in places.values():
        if place.kind in HOMES and tree.exists(place.pk, today) and (unit := tree.unit_of(place.pk, today)):
            inside[unit].append(place)
    return [(places[unit], inside[unit]) for unit in sorted(inside)]
