"""The parameters of a city's instruments as rules read them: versions, the places a jurisdiction climbs, confirmations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guildhall.city.model import City
from guildhall.rules.digests import confirmed
from guildhall.rules.parameters import Confirmation, Link, Mode, Parameters

_HEIRS = ("whole", "remainder")


def rule_parameters(city: City, *, mode: Mode = "demonstration", confirmations: Mapping[str, Confirmation] | None = None) -> Parameters:
    """Every parameter of the pack, for places of its dated territory.

    `confirmations` are those this city gave, by the digest of the version (see `Entry.digest`). In mode production a version
    decides only with one; without, the answer is undetermined, with the reason `unconfirmed`.
    """
    rules = {instrument.name: instrument.parameters for instrument in city.instruments}
    found = Parameters(rules, mode=mode, links=tuple(_links(city)))
    return confirmed(found, confirmations) if confirmations else found


def _links(city: City) -> Iterator[Link]:
    """What each place lay in, between which dates: of several for one day the first counts.

    A place that ended climbs through its successor; one asked about on a day before it began lies in the city all the same.
    The city itself answers to its province-level code, under which its own texts stand.
    """
    for relation in ("administrative", "functional"):
        for parent in city.parents:
            if parent.relation == relation:
                yield Link(parent.place_id, parent.parent_id, parent.valid_from, parent.valid_until)
    for succession in city.successors:
        if succession.scope in _HEIRS:
            yield Link(succession.place_id, succession.successor_id, succession.effective_on)
    for place in city.places:
        if place.place_id != city.root:
            yield Link(place.place_id, city.root)
    if city.home != city.root:
        yield Link(city.root, city.home)
