"""The run of figures in force, read once per process, beside the pack it was computed with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings

from guildhall.city.model import City, Source
from guildhall.kernel.disclosure import WITHHELD, Withheld
from guildhall.kernel.runs import Folder
from guildhall.kernel.tables import Table
from guildhall.overview import tables
from guildhall.overview.engine import disclosure
from guildhall.web.current import Current, current
from guildhall.web.pack import city
from guildhall.web.viewer import Viewer

Shown = int | Withheld
"""A count, or what stands where it is hidden."""


@dataclass(frozen=True)
class Results:
    """A run's tables as plain rows, the snapshot behind it, and the city pack."""

    current: Current
    city: City

    @property
    def on(self) -> date:
        """The date the snapshot speaks of."""
        return self.current.on

    @property
    def pack_moved(self) -> bool:
        """Whether the pack has changed since the snapshot was made, so that published and computed no longer belong together."""
        made_with = self.current.snapshot.manifest.meta.get("pack_version", "")
        return bool(made_with) and made_with != self.city.digest

    @property
    def calibrated(self) -> frozenset[str]:
        """Figures the synthetic city was fitted to: they agree by construction."""
        return frozenset(self.current.snapshot.manifest.meta.get("calibrated", ()))

    @cached_property
    def figures(self) -> Mapping[str, tuple[int | None, int | None]]:
        """Numerator and denominator by figure."""
        return {row["id"]: (row["numerator"], row["denominator"]) for row in self.rows(tables.FIGURES)}

    @cached_property
    def ladder(self) -> Mapping[tuple[date, str], tuple[int, int]]:
        """People on record, and the people of the city they stand for, by date and level."""
        return {(row["on"], row["level"]): (row["persons"], row["stands_for"]) for row in self.rows(tables.LADDER)}

    @cached_property
    def stocks(self) -> Mapping[date, Mapping[str, int]]:
        """Skilled and highly skilled people by date."""
        return {row["on"]: row for row in self.rows(tables.SERIES)}

    @cached_property
    def withheld(self) -> frozenset[disclosure.Cell]:
        """The counts that stay hidden, in pages, maps, the API and downloads alike."""
        high = frozenset(level.code for level in self.city.levels if level.high_skilled)
        published = disclosure.Published(self.measures, self.place_ladder, self.clusters, self.on, high)
        return disclosure.withheld(published, self.city.territory)

    @cached_property
    def measures(self) -> Mapping[tuple[str, date, str], int]:
        """Value by place, date and measure."""
        return {(row["place_id"], row["on"], row["measure"]): row["value"] for row in self.rows(tables.PLACE_MEASURES)}

    @cached_property
    def held(self) -> frozenset[tuple[date, str]]:
        """Which measure is held at which date: a place missing from one that is held has zero."""
        return frozenset((on, measure) for _, on, measure in self.measures)

    @cached_property
    def place_ladder(self) -> Mapping[tuple[str, str], int]:
        """People by place and level on the reference date."""
        return {(row["place_id"], row["level"]): row["persons"] for row in self.rows(tables.PLACE_LADDER)}

    @cached_property
    def clusters(self) -> Mapping[tuple[str, str], int]:
        """People by cluster and column."""
        named = ("employed", "skilled", "high_skilled")
        return {(row["cluster"], name): row[name] for row in self.rows(tables.CLUSTERS) for name in named}

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        return {source.id: source for source in self.city.sources}

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """Every row of a result table."""
        folder: Folder = self.current.figures
        found: list[dict[str, Any]] = folder.read(table).to_pylist()
        return found

    def value(self, place_id: str, on: date, measure: str) -> Shown | None:
        """A measure of a place at a date; 0 where the measure is held and the place has none, None where it is not held."""
        if ("measure", place_id, on.isoformat(), measure) in self.withheld:
            return WITHHELD
        found = self.measures.get((place_id, on, measure))
        return 0 if found is None and (on, measure) in self.held else found

    def rung(self, place_id: str, level: str) -> Shown:
        """People of a place on one level."""
        return WITHHELD if ("rung", place_id, level) in self.withheld else self.place_ladder.get((place_id, level), 0)

    def in_cluster(self, cluster: str, column: str) -> Shown:
        """People of a cluster, by column."""
        return WITHHELD if ("cluster", cluster, column) in self.withheld else self.clusters.get((cluster, column), 0)


def results(viewer: Viewer) -> Results:
    """The results a viewer may see; totals are public. Raises NotBuiltYet before the first run."""
    del viewer  # totals are public; the day a viewer may see less, this is the place that decides
    return _load(current(), str(settings.CITY))


_loaded: dict[tuple[str, str, str], Results] = {}


def _load(found: Current, pack: str) -> Results:
    """Kept while run and pack name stay the same; a new run drops the old one, so memory holds one set of tables."""
    key = (str(found.figures.path), found.key, pack)
    if key not in _loaded:
        fresh = Results(found, city())
        _loaded.clear()
        _loaded[key] = fresh
    return _loaded[key]
