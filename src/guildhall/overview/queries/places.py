"""Districts and parks: their measures by the places that existed on each date, and what mergers did to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.utils.translation import gettext as _

from guildhall.city.model import Level, Park, Place, PlaceFact, Successor, Tile
from guildhall.kernel.disclosure import WITHHELD, Withheld
from guildhall.kernel.errors import NotFound
from guildhall.kernel.territory import Edge
from guildhall.overview.queries.results import Results, Shown, results
from guildhall.overview.tables import PLACE_MEASURES_LIST
from guildhall.web import words
from guildhall.web.viewer import Viewer

SHARE = "high_share"
BY_WORKPLACE = ("employed", "apprentices", "park_workers")
"""Measures that count people where they work; the others count them where they live."""
MEASURES = ("skilled", "high_skilled", SHARE, *(name for name in PLACE_MEASURES_LIST if name not in ("skilled", "high_skilled")))
"""What districts can be coloured by: the measures computed, and the share of the highly skilled."""


@dataclass(frozen=True)
class Measured:
    """A unit, its cell on the map, and its value of one measure; None where the measure is not held at that date."""

    place: Place
    tile: Tile | None
    value: Fraction | Withheld | None


@dataclass(frozen=True)
class Stock:
    """Skilled people of one unit on one date."""

    place: Place
    on: date
    skilled: Shown
    high_skilled: Shown


@dataclass(frozen=True)
class Move:
    """A part of a unit, or the `whole` of one, and the unit it counts towards before and after a change."""

    place: Place
    before: Place | None
    after: Place | None
    whole: bool = False


@dataclass(frozen=True)
class UnitView:
    """A district or county: what is measured, where it came from, where it went, and who answers for it today."""

    place: Place
    exists: bool
    on: date
    values: dict[str, Fraction | Withheld | None]
    rungs: tuple[tuple[str, Shown], ...]
    facts: tuple[PlaceFact, ...]
    predecessors: tuple[tuple[Place, Successor], ...]
    successors: tuple[tuple[Place, Successor], ...]
    stocks: tuple[Stock, ...]
    moves: tuple[Move, ...]
    responsible: Place | None
    parks: tuple[Park, ...]


@dataclass(frozen=True)
class ParkView:
    """A park: what is measured, what was assumed, and the district it lay in at each time."""

    park: Park
    place: Place
    values: dict[str, Shown | None]
    employed: tuple[tuple[date, Shown | None], ...]
    districts: tuple[tuple[Place, Edge], ...]
    responsible: Place | None


def dates(viewer: Viewer) -> tuple[date, ...]:
    """Dates at which places are measured, newest first."""
    return tuple(sorted({on for on, _measure in results(viewer).held}, reverse=True))


def measures_of(on: date, viewer: Viewer) -> tuple[str, ...]:
    """Measures held for units on a date."""
    held = {measure for day, measure in results(viewer).held if day == on}
    return tuple(name for name in MEASURES if name in held or (name == SHARE and {"skilled", "high_skilled"} <= held))


def held_on(measure: str, on: date, viewer: Viewer) -> date:
    """The newest date on which a measure is held, where it is not held on `on`; otherwise, and for words nobody knows, `on` itself."""
    held = [day for day in dates(viewer) if measure in measures_of(day, viewer)]
    return on if on in held or on not in dates(viewer) or not held else held[0]


def measured(measure: str, on: date, viewer: Viewer) -> tuple[Measured, ...]:
    """Every unit that exists on a date with its value. Raises NotFound for a measure or date that is not held."""
    found = results(viewer)
    if on not in dates(viewer):
        known = ", ".join(str(day) for day in dates(viewer))
        raise NotFound(_("Nothing is measured on %(on)s") % {"on": on}, next=_("choose one of %(dates)s") % {"dates": known})
    if measure not in measures_of(on, viewer):
        known = _(", ").join(_named(name) for name in measures_of(on, viewer))
        raise NotFound(
            _("“%(measure)s” is not measured on %(on)s") % {"measure": words.word("measure", measure), "on": on},
            next=_("choose one of %(names)s") % {"names": known},
        )
    tiles = {tile.place_id: tile for tile in found.city.tiles}
    units = [found.city.place[id] for id in found.city.territory.units(on)]
    return tuple(Measured(place, tiles.get(place.place_id), _value(found, place.place_id, on, measure)) for place in units)


def _named(measure: str) -> str:
    """A measure in the reader's words, and as an address names it."""
    return _("%(name)s (%(key)s)") % {"name": words.word("measure", measure), "key": measure}


def _value(found: Results, place_id: str, on: date, measure: str) -> Fraction | Withheld | None:
    if measure == SHARE:
        skilled, high = found.value(place_id, on, "skilled"), found.value(place_id, on, "high_skilled")
        if isinstance(skilled, Withheld) or isinstance(high, Withheld):
            return WITHHELD
        return Fraction(high, skilled) if skilled and high is not None else None
    value = found.value(place_id, on, measure)
    return Fraction(value) if isinstance(value, int) else value


def unit(place_id: str, today: date, viewer: Viewer) -> UnitView:
    """One district or county. Raises NotFound, also for places of other kinds."""
    found = results(viewer)
    place = found.city.place.get(place_id)
    if place is None or place.kind not in found.city.territory.unit_kinds:
        raise NotFound(_("There is no district or county “%(id)s”") % {"id": place_id}, next=_("see the districts on the city page"))
    land = found.city.territory
    before = tuple((found.city.place[s.place_id], s) for s in found.city.successors if s.successor_id == place_id)
    after = tuple((found.city.place[s.successor_id], s) for s in found.city.successors if s.place_id == place_id)
    answers = land.responsible_today(place_id, today)
    return UnitView(
        place=place,
        exists=place.exists(found.on),
        on=found.on,
        values={name: _value(found, place_id, found.on, name) for name in measures_of(found.on, viewer)},
        rungs=tuple((level.code, found.rung(place_id, level.code)) for level in _levels(found)),
        facts=tuple(fact for fact in found.city.place_facts if fact.place_id == place_id),
        predecessors=before,
        successors=after,
        stocks=_stocks(found, place, [p for p, _s in (*before, *after) if p.kind in land.unit_kinds], viewer),
        moves=_moves(found, place_id, [s for _p, s in (*before, *after)]),
        responsible=found.city.place[answers] if answers else None,
        parks=tuple(park for park in found.city.parks if land.unit_of(park.place_id, found.on) == place_id),
    )


def _levels(found: Results) -> list[Level]:
    held = {level for _place, level in found.place_ladder}
    return sorted((level for level in found.city.levels if level.code in held), key=lambda level: -level.ordinal)


def _stocks(found: Results, place: Place, relatives: list[Place], viewer: Viewer) -> tuple[Stock, ...]:
    """The stock of the unit, and of those it came from or went to, on every date that each of them existed."""
    rows = []
    for on in sorted(dates(viewer)):
        for one in (place, *relatives):
            skilled, high = found.value(one.place_id, on, "skilled"), found.value(one.place_id, on, "high_skilled")
            if one.exists(on) and skilled is not None and high is not None:
                rows.append(Stock(one, on, skilled, high))
    return tuple(rows)


def _moves(found: Results, place_id: str, changes: list[Successor]) -> tuple[Move, ...]:
    """Whole units, then townships, remainders and parks that changed unit when this one was made, split or ended."""
    land = found.city.territory
    rows = [
        Move(found.city.place[s.place_id], found.city.place[s.place_id], found.city.place[s.successor_id], whole=True)
        for s in changes
        if s.scope == "whole" and found.city.place[s.place_id].kind in land.unit_kinds
    ]
    for effective in sorted({change.effective_on for change in changes}):
        eve = effective - timedelta(days=1)
        for node in found.city.places:
            if node.kind not in ("township", "remainder", "park"):
                continue
            before, after = land.unit_of(node.place_id, eve), land.unit_of(node.place_id, effective)
            if before != after and place_id in (before, after):
                rows.append(Move(node, found.city.place.get(before or ""), found.city.place.get(after or "")))
    return tuple(rows)


def parks(viewer: Viewer) -> tuple[tuple[Park, Place | None, Shown | None], ...]:
    """Every park with the unit it lies in and the people employed there, on the snapshot's date."""
    found = results(viewer)
    rows = []
    for one in found.city.parks:
        unit_id = found.city.territory.unit_of(one.place_id, found.on)
        rows.append((one, found.city.place.get(unit_id or ""), found.value(one.place_id, found.on, "park_workers")))
    return tuple(rows)


def park(place_id: str, today: date, viewer: Viewer) -> ParkView:
    """One park. Raises NotFound."""
    found = results(viewer)
    one = next((park for park in found.city.parks if park.place_id == place_id), None)
    if one is None:
        raise NotFound(_("There is no park “%(id)s”") % {"id": place_id}, next=_("see the list of parks"))
    land = found.city.territory
    answers = land.responsible_today(place_id, today)
    names = ("park_workers", "skilled", "high_skilled", "apprentices")
    return ParkView(
        park=one,
        place=found.city.place[place_id],
        values={name: found.value(place_id, found.on, name) for name in names},
        employed=tuple((on, found.value(place_id, on, "park_workers")) for on in sorted(dates(viewer))),
        districts=tuple((found.city.place[edge.parent_id], edge) for edge in land.parents_ever(place_id)),
        responsible=found.city.place[answers] if answers else None,
    )
