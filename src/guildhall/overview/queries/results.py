"""The run of figures in force, read once per process, beside the pack it was computed with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings

from guildhall.city.model import City, Source
from guildhall.kernel.runs import Folder
from guildhall.kernel.tables import Table
from guildhall.overview import tables
from guildhall.web.current import Current, current
from guildhall.web.pack import city
from guildhall.web.viewer import Viewer


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
    def sources(self) -> Mapping[str, Source]:
        return {source.id: source for source in self.city.sources}

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """Every row of a result table."""
        folder: Folder = self.current.figures
        found: list[dict[str, Any]] = folder.read(table).to_pylist()
        return found

    def value(self, place_id: str, on: date, measure: str) -> int | None:
        """A measure of a place at a date; 0 where the measure is held and the place has none, None where it is not held."""
        found = self.measures.get((place_id, on, measure))
        return 0 if found is None and (on, measure) in self.held else found


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
