"""A city as one value: the rows of its pack, its calendar, and the views that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date as Day
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from guildhall.city.instruments import Instrument
from guildhall.city.rows import (
    GROUPS,
    KINDS,
    PARK_CLASSES,
    PLACE_KINDS,
    QUALIFIERS,
    RANKS,
    RELATIONS,
    SCALES,
    SCOPES,
    TIERS,
    UNIT_KINDS,
    UNITS,
    Academy,
    Cell,
    Cluster,
    College,
    Level,
    MinimumWage,
    MinimumWageTier,
    Occupation,
    Parent,
    Park,
    Place,
    PlaceFact,
    PublishedFigure,
    Row,
    SeriesPoint,
    Source,
    Successor,
    Tile,
)
from guildhall.kernel.calendar import SpecialDay, WorkCalendar
from guildhall.kernel.dated import Dated, Timeline
from guildhall.kernel.tables import Text
from guildhall.kernel.territory import Edge, Node, Succession, Territory

__all__ = [
    "Academy",
    "Cell",
    "City",
    "Cluster",
    "College",
    "GROUPS",
    "Grid",
    "KINDS",
    "Level",
    "MinimumWage",
    "MinimumWageTier",
    "Occupation",
    "PARK_CLASSES",
    "PLACE_KINDS",
    "Parent",
    "Park",
    "Place",
    "PlaceFact",
    "PublishedFigure",
    "QUALIFIERS",
    "RANKS",
    "RELATIONS",
    "Row",
    "SCALES",
    "SCOPES",
    "SeriesPoint",
    "Source",
    "Successor",
    "Sum",
    "TIERS",
    "Tile",
    "Totals",
    "UNITS",
    "UNIT_KINDS",
    "UnitTotal",
    "as_grid",
    "territory",
]

D = TypeVar("D", MinimumWage, MinimumWageTier)


@dataclass(frozen=True, kw_only=True)
class Sum:
    """A promise that the cells of a table (or of one column of it) add up to a published figure, or to a number."""

    table: str
    column: str = ""
    figure: str = ""
    value: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class UnitTotal:
    """A promise about the units on a date: how many there are, or what a measure of theirs adds up to."""

    on: Day
    value: Decimal
    measure: str = ""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What a pack declares about itself, checked against its rows."""

    counts: Mapping[str, int] = field(default_factory=dict)
    units: tuple[UnitTotal, ...] = ()
    sums: tuple[Sum, ...] = ()


Grid = Mapping[str, Mapping[tuple[str, str], Decimal]]
"""table → (row, column) → value."""


def as_grid(cells: tuple[Cell, ...]) -> Grid:
    """The cells by table, row and column, in the order of the file."""
    grid: dict[str, dict[tuple[str, str], Decimal]] = {}
    for cell in cells:
        grid.setdefault(cell.table, {})[cell.row, cell.column] = cell.value
    return grid


@dataclass(frozen=True, kw_only=True)
class City:
    """A whole pack: facts, places, figures, calendars and assumptions of one city."""

    id: str
    name: Text
    root: str
    reference_date: Day
    version: str
    digest: str
    folder: Path
    regions: Mapping[str, Text]
    totals: Totals
    calendar: WorkCalendar
    special_days: tuple[SpecialDay, ...]
    sources: tuple[Source, ...]
    levels: tuple[Level, ...]
    places: tuple[Place, ...]
    parents: tuple[Parent, ...]
    successors: tuple[Successor, ...]
    place_facts: tuple[PlaceFact, ...]
    tiles: tuple[Tile, ...]
    parks: tuple[Park, ...]
    colleges: tuple[College, ...]
    academies: tuple[Academy, ...]
    clusters: tuple[Cluster, ...]
    occupations: tuple[Occupation, ...]
    figures: tuple[PublishedFigure, ...]
    series: tuple[SeriesPoint, ...]
    minimum_wages: tuple[MinimumWage, ...]
    minimum_wage_tiers: tuple[MinimumWageTier, ...]
    marginal_cells: tuple[Cell, ...]
    assumption_cells: tuple[Cell, ...]
    instruments: tuple[Instrument, ...] = ()

    @cached_property
    def marginals(self) -> Grid:
        return as_grid(self.marginal_cells)

    @cached_property
    def assumptions(self) -> Grid:
        return as_grid(self.assumption_cells)

    @cached_property
    def instrument(self) -> Mapping[str, Instrument]:
        """Instruments of policy by the name of their rule."""
        return {instrument.name: instrument for instrument in self.instruments}

    @property
    def home(self) -> str:
        """The jurisdiction that the city's own texts stand under: the two digits of its province-level code, or its key."""
        return home_of(self.root, self.places)

    @cached_property
    def territory(self) -> Territory:
        """The dated tree of places, as the kernel understands it."""
        return territory(self.places, self.parents, self.successors)

    @cached_property
    def place(self) -> Mapping[str, Place]:
        """Places by key."""
        return {place.place_id: place for place in self.places}

    @cached_property
    def figure(self) -> Mapping[str, PublishedFigure]:
        """Published figures by identifier."""
        return {figure.id: figure for figure in self.figures}

    @cached_property
    def wages(self) -> Mapping[str, Timeline[MinimumWage]]:
        """Minimum wages over time, by tier."""
        return _timelines("minimum wage of tier", self.minimum_wages, lambda row: row.tier)

    @cached_property
    def wage_tiers(self) -> Mapping[str, Timeline[MinimumWageTier]]:
        """The tier of the minimum wage over time, by place."""
        return _timelines("tier of the minimum wage of", self.minimum_wage_tiers, lambda row: row.place_id)


def home_of(root: str, places: tuple[Place, ...]) -> str:
    """The first two digits of the root's official code, as national statistics number provinces; its key where it has no code."""
    code = next((place.code for place in places if place.place_id == root), "")
    return code[:2] or root


def _timelines(what: str, rows: Iterable[D], thing: Callable[[D], str]) -> dict[str, Timeline[D]]:
    groups: dict[str, list[Dated[D]]] = {}
    for row in rows:
        groups.setdefault(thing(row), []).append(Dated(row, row.valid_from, row.valid_until, row.source, row.status))
    return {name: Timeline(f"{what} {name}", values) for name, values in groups.items()}


def territory(places: tuple[Place, ...], parents: tuple[Parent, ...], successors: tuple[Successor, ...]) -> Territory:
    """The kernel's tree made from rows of a pack."""
    return Territory(
        (Node(p.place_id, p.kind, p.valid_from, p.valid_until) for p in places),
        (Edge(p.place_id, p.parent_id, p.relation, p.valid_from, p.valid_until) for p in parents),
        (Succession(s.place_id, s.successor_id, s.effective_on, s.scope) for s in successors),
        UNIT_KINDS,
    )
