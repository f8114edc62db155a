"""Stocks of the whole city: the ladder, the clusters, and the years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from guildhall.city.model import Cluster, Level, SeriesPoint
from guildhall.overview import tables
from guildhall.overview.queries.results import Results, results
from guildhall.web.viewer import Viewer

COUNTED_BY = {"LT": "ladder.special_grade", "LS": "ladder.chief"}
"""The published figure of each rung that has one: where the pack says it is kept whole, so is the rung."""


@dataclass(frozen=True)
class Rung:
    """A rung of the ladder: people in the model, a year earlier, and the people of the city they stand for."""

    level: Level
    persons: int
    year_before: int | None
    whole: bool
    stands_for: Fraction


@dataclass(frozen=True)
class ClusterRow:
    """A cluster and the people employed in it."""

    cluster: Cluster
    enterprises: int
    employed: int
    skilled: int
    high_skilled: int


@dataclass(frozen=True)
class SeriesRow:
    """The stock on one day."""

    on: date
    skilled: int
    high_skilled: int


def ladder(viewer: Viewer) -> tuple[Rung, ...]:
    """The rungs from the highest down, on the snapshot's date."""
    found = results(viewer)
    before = min((on for on, _ in found.ladder), default=found.on)
    rungs = sorted(found.city.levels, key=lambda level: -level.ordinal)
    return tuple(_rung(found, level, before) for level in rungs if (found.on, level.code) in found.ladder)


def _rung(found: Results, level: Level, before: date) -> Rung:
    persons = found.ladder[found.on, level.code]
    scale = found.current.scale
    published = found.city.figure.get(COUNTED_BY.get(level.code, ""))
    whole = scale == 1 or (published is not None and published.scales == "whole")
    year_before = found.ladder.get((before, level.code)) if before != found.on else None
    return Rung(level, persons, year_before, whole, Fraction(persons) if whole else persons / scale)


def clusters(viewer: Viewer) -> tuple[ClusterRow, ...]:
    """Clusters of the city's plan in its order, with what the records hold."""
    found = results(viewer)
    held: dict[str, dict[str, Any]] = {row["cluster"]: row for row in found.rows(tables.CLUSTERS)}
    empty = {"enterprises": 0, "employed": 0, "skilled": 0, "high_skilled": 0}
    return tuple(_cluster(cluster, held.get(cluster.cluster, empty)) for cluster in found.city.clusters)


def _cluster(cluster: Cluster, row: dict[str, Any]) -> ClusterRow:
    return ClusterRow(cluster, row["enterprises"], row["employed"], row["skilled"], row["high_skilled"])


def series(viewer: Viewer) -> tuple[SeriesRow, ...]:
    """Stocks over the years, oldest first."""
    rows = results(viewer).rows(tables.SERIES)
    return tuple(SeriesRow(row["on"], row["skilled"], row["high_skilled"]) for row in sorted(rows, key=lambda row: row["on"]))


def published_points(figure: str, viewer: Viewer) -> tuple[SeriesPoint, ...]:
    """Published stocks of a figure over the years, oldest first."""
    points = [point for point in results(viewer).city.series if point.figure == figure]
    return tuple(sorted(points, key=lambda point: point.date))
