"""Faults of the tree of places: lives without a parent, circles, merged places nobody follows, cells that collide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from guildhall.city import files
from guildhall.city.integrity import Sheets
from guildhall.city.model import UNIT_KINDS, Parent, Place, Successor
from guildhall.city.reading import Sheet
from guildhall.kernel.errors import Fault
from guildhall.kernel.territory import Territory

_PLACES, _PARENTS, _SUCCESSORS = files.PLACES.name, files.PARENTS.name, files.SUCCESSORS.name


def geography_faults(sheets: Sheets, territory: Territory, root: str) -> Iterator[Fault]:
    """Every fault of places, parents, successors and tiles at any date."""
    yield from _lives(sheets[_PLACES], sheets[_PARENTS], root)
    yield from _outliving(sheets[_PLACES], sheets[_PARENTS])
    yield from _circles(sheets[_PARENTS], territory)
    yield from _unfollowed(sheets[_PLACES], sheets[_SUCCESSORS], root)
    yield from _successions(sheets[_PLACES], sheets[_SUCCESSORS])
    yield from _tiles(sheets, territory)


def turning_points(places: tuple[Place, ...], parents: tuple[Parent, ...] = ()) -> list[date]:
    """The first day of every state of the tree, the earliest of them before anything known changed."""
    spans = [(row.valid_from, row.valid_until) for row in places] + [(row.valid_from, row.valid_until) for row in parents]
    days = {day for span in spans for day in span if day}
    first = min(days, default=date(2000, 1, 1)) - timedelta(days=1)
    return sorted({first, *days})


def _lives(places: Sheet[Place], parents: Sheet[Parent], root: str) -> Iterator[Fault]:
    """Each place but the root has exactly one administrative parent on every day of its life."""
    above: dict[str, list[tuple[int, Parent]]] = defaultdict(list)
    for row, parent in parents.rows:
        if parent.relation == "administrative":
            above[parent.place_id].append((row, parent))
    for row, place in places.rows:
        if place.place_id == root:
            continue
        reach = place.valid_from or date.min
        for edge_row, edge in sorted(above[place.place_id], key=lambda pair: pair[1].valid_from or date.min):
            start = edge.valid_from or place.valid_from or date.min
            if start < reach:
                yield Fault(
                    _PARENTS,
                    edge_row,
                    "valid_from",
                    f"{place.place_id} has two parents from {start}: validity overlaps",
                    "end the earlier row",
                )
            elif start > reach:
                yield Fault(
                    _PARENTS, edge_row, "valid_from", f"{place.place_id} has no parent from {_said(reach)} to {start}: a gap in validity"
                )
            reach = max(reach, edge.valid_until or date.max)
        if reach < (place.valid_until or date.max):
            yield Fault(_PLACES, row, "place_id", f"{place.place_id} has no parent from {_said(reach)}", f"add a row to {_PARENTS}")


def _said(day: date) -> str:
    return "its beginning" if day == date.min else str(day)


def _outliving(places: Sheet[Place], parents: Sheet[Parent]) -> Iterator[Fault]:
    """No place lies in one that does not exist."""
    known = {place.place_id: place for place in places.records}
    for row, edge in parents.rows:
        child, parent = known.get(edge.place_id), known.get(edge.parent_id)
        if child is None or parent is None:
            continue
        start = max(edge.valid_from or date.min, child.valid_from or date.min)
        end = min(edge.valid_until or date.max, child.valid_until or date.max)
        if parent.valid_until and end > parent.valid_until:
            yield Fault(
                _PARENTS, row, "valid_until", f"lies in {parent.place_id} beyond its end on {parent.valid_until}", "end the row then"
            )
        if parent.valid_from and start < parent.valid_from:
            yield Fault(
                _PARENTS, row, "valid_from", f"lies in {parent.place_id} before it begins on {parent.valid_from}", "begin the row then"
            )


def _circles(parents: Sheet[Parent], territory: Territory) -> Iterator[Fault]:
    for row, edge in parents.rows:
        on = edge.valid_from or (edge.valid_until - timedelta(days=1) if edge.valid_until else date.max)
        seen, step = {edge.place_id}, edge.parent_id
        while step and step not in seen and step in territory.nodes:
            seen.add(step)
            step = territory.parent(step, on, edge.relation) or ""
        if step == edge.place_id:
            yield Fault(_PARENTS, row, "parent_id", f"{edge.place_id} lies in itself through {edge.parent_id}: a circle")


def _unfollowed(places: Sheet[Place], successors: Sheet[Successor], root: str) -> Iterator[Fault]:
    """A place that ended is followed by one other: as a whole, or for all that remains."""
    heirs: dict[str, list[Successor]] = defaultdict(list)
    for successor in successors.records:
        heirs[successor.place_id].append(successor)
    for row, place in places.rows:
        if place.valid_until and place.place_id != root:
            main = [heir for heir in heirs[place.place_id] if heir.scope in ("whole", "remainder")]
            if len(main) != 1:
                what = "nobody follows" if not main else "more than one place follows"
                yield Fault(
                    _PLACES,
                    row,
                    "valid_until",
                    f"{what} {place.place_id}",
                    f"give one successor of scope whole or remainder in {_SUCCESSORS}",
                )


def _successions(places: Sheet[Place], successors: Sheet[Successor]) -> Iterator[Fault]:
    known = {place.place_id: place for place in places.records}
    for row, heir in successors.rows:
        old, new = known.get(heir.place_id), known.get(heir.successor_id)
        if old is None or new is None:
            continue
        if heir.scope != "part" and old.valid_until != heir.effective_on:
            yield Fault(_SUCCESSORS, row, "effective_on", f"{old.place_id} ends {old.valid_until or 'never'}, not on {heir.effective_on}")
        if not new.exists(heir.effective_on):
            yield Fault(_SUCCESSORS, row, "successor_id", f"{new.place_id} does not exist on {heir.effective_on}")


def _tiles(sheets: Sheets, territory: Territory) -> Iterator[Fault]:
    places, tiles = sheets[_PLACES], sheets[files.TILES.name]
    drawn = {tile.place_id: (row, tile) for row, tile in tiles.rows}
    for row, place in places.rows:
        if tiles.stands and place.kind in UNIT_KINDS and place.place_id not in tiles.keys:
            yield Fault(_PLACES, row, "place_id", f"{place.place_id} has no tile", f"give it a cell in {files.TILES.name}")
    told: set[tuple[str, str]] = set()
    for on in turning_points(places.records):
        taken: dict[tuple[int, int], str] = {}
        for unit in (unit for unit in territory.units(on) if unit in drawn):
            row, tile = drawn[unit]
            other = taken.setdefault((tile.column, tile.row), unit)
            if other != unit and (other, unit) not in told:
                told.add((other, unit))
                yield Fault(
                    files.TILES.name, row, "column", f"{unit} and {other} share cell {tile.column},{tile.row} on {on}", "move one of them"
                )
