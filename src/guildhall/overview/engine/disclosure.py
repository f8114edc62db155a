"""Which of the overview's counts stay hidden: everything it publishes about places and clusters, asked of the one rule at once.

Totals of the whole city are known anyhow (the city publishes them) and stay open. What can be worked out beside the tables
counts too: the skilled without the highly skilled, everybody without the skilled, the employed outside the parks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from guildhall.kernel.disclosure import Sum, hidden
from guildhall.kernel.territory import Territory

Cell = tuple[str, ...]
"""A count by its address: `measure`, place, day, measure; `rung`, place, level; `cluster`, cluster, column."""
SPLITS = (("people", "skilled", "unskilled"), ("skilled", "high_skilled", "lower_skilled"), ("employed", "park_workers", "outside_parks"))
"""Of whom, who, and the others: a difference that anybody can work out."""


@dataclass(frozen=True)
class Published:
    """The counts that are published together: of places by day and measure, of units by level on the day `on`, of clusters by column.

    `high` names the levels of the highly skilled.
    """

    measures: Mapping[tuple[str, date, str], int]
    rungs: Mapping[tuple[str, str], int]
    clusters: Mapping[tuple[str, str], int]
    on: date
    high: frozenset[str]


def withheld(published: Published, land: Territory) -> frozenset[Cell]:
    """The cells to hide, also those that are only worked out. Raises GuildhallError where counts do not add up."""
    top = next((node.place_id for node in land.nodes.values() if node.kind == "city"), "")
    book = _Book(published)
    for day in sorted({day for _, day, _ in published.measures}):
        _day(book, land, top, day)
    _ladder(book, land, top)
    for cluster in sorted({cluster for cluster, _ in published.clusters}):
        cells = {name: ("cluster", cluster, name) for name in ("employed", "skilled", "high_skilled")}
        book.cells.update({cell: published.clusters[cluster, name] for name, cell in cells.items()})
        book.split(cells["employed"], [cells["skilled"]], ("cluster", cluster, "unskilled"))
        book.split(cells["skilled"], [cells["high_skilled"]], ("cluster", cluster, "lower_skilled"))
    return hidden(book.cells, book.sums, open_cells=frozenset(cell for cell in book.cells if cell[1] == top))


@dataclass
class _Book:
    """Cells and sums as they are found."""

    published: Published
    cells: dict[Cell, int] = field(default_factory=dict)
    sums: list[Sum[Cell]] = field(default_factory=list)

    def measure(self, place: str, day: date, name: str) -> Cell:
        cell = ("measure", place, day.isoformat(), name)
        self.cells[cell] = self.published.measures.get((place, day, name), 0)
        return cell

    def rung(self, place: str, level: str) -> Cell:
        cell = ("rung", place, level)
        self.cells[cell] = self.published.rungs.get((place, level), 0)
        return cell

    def add(self, total: Cell, parts: Iterable[Cell]) -> None:
        self.sums.append(Sum(total, tuple(parts)))

    def split(self, total: Cell, parts: Iterable[Cell], rest: Cell) -> None:
        """A total, published parts of it, and the rest that nobody publishes and everybody can work out."""
        some = tuple(parts)
        self.cells[rest] = self.cells[total] - sum(self.cells[part] for part in some)
        self.add(total, (*some, rest))


def _day(book: _Book, land: Territory, top: str, day: date) -> None:
    """The counts of one day: the city's are the units', and a unit's are its parks' and what lies outside them."""
    units = land.units(day)
    parks = [
        place for place, on, name in book.published.measures if (on, name) == (day, "park_workers") and land.nodes[place].kind == "park"
    ]
    names = {name for place, on, name in book.published.measures if on == day and place not in parks}
    for name in sorted(names):
        book.add(book.measure(top, day, name), [book.measure(unit, day, name) for unit in units])
    for place in (*units, *parks):
        _splits(book, place, day)
    for unit in units:
        own = [park for park in sorted(parks) if land.unit_of(park, day) == unit]
        book.add(book.measure(unit, day, "park_workers"), [book.measure(park, day, "park_workers") for park in own])
        if "apprentices" in names and own:
            inside = [book.measure(park, day, "apprentices") for park in own]
            book.split(book.measure(unit, day, "apprentices"), inside, ("measure", unit, day.isoformat(), "apprentices_outside"))


def _splits(book: _Book, place: str, day: date) -> None:
    for total, part, rest in SPLITS:
        if (place, day, total) in book.published.measures and (place, day, part) in book.published.measures:
            book.split(book.measure(place, day, total), [book.measure(place, day, part)], ("measure", place, day.isoformat(), rest))


def _ladder(book: _Book, land: Territory, top: str) -> None:
    """The rungs of units: by unit they are the skilled, and of those the highly skilled; by level they are the city's."""
    on, levels = book.published.on, sorted({level for _, level in book.published.rungs})
    units = [unit for unit in land.units(on) if any((unit, level) in book.published.rungs for level in levels)]
    for level in levels:
        total = ("rung", top, level)
        parts = [book.rung(unit, level) for unit in units]
        book.cells[total] = sum(book.cells[part] for part in parts)
        book.add(total, parts)
    for unit in units:
        high = [book.rung(unit, level) for level in levels if level in book.published.high]
        lower = [book.rung(unit, level) for level in levels if level not in book.published.high]
        book.add(book.measure(unit, on, "high_skilled"), high)
        book.add(("measure", unit, on.isoformat(), "lower_skilled"), lower)
