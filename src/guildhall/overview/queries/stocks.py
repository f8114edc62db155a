"""Stocks of the whole city: the ladder, the clusters, and the years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from guildhall.city.model import Cluster, Level, SeriesPoint
from guildhall.overview import tables
from guildhall.overview.queries.figures import STOCKS, agree
from guildhall.overview.queries.results import Results, results
from guildhall.web.viewer import Viewer


@dataclass(frozen=True)
class Rung:
    """A rung of the ladder: people on record, a year earlier, and the people of the city they stand for.

    A rung is `whole` where its people stand for themselves alone.
    """

    level: Level
    persons: int
    year_before: int | None
    stands_for: int

    @property
    def whole(self) -> bool:
        return 0 < self.persons == self.stands_for


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
    persons, stands_for = found.ladder[found.on, level.code]
    earlier = found.ladder.get((before, level.code)) if before != found.on else None
    return Rung(level, persons, earlier[0] if earlier else None, stands_for)


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
    return tuple(SeriesRow(on, row["skilled"], row["high_skilled"]) for on, row in sorted(results(viewer).stocks.items()))


def points_met(viewer: Viewer) -> bool | None:
    """Whether the computed stocks meet every point published for the same day, within rounding; None where no day has both."""
    found = results(viewer)
    column = {figure: above for figure, (above, below) in STOCKS.items() if not below}
    pairs = [
        (Fraction(found.stocks[point.date][column[point.figure]]), Fraction(point.value) * found.current.scale)
        for point in found.city.series
        if point.figure in column and point.date in found.stocks
    ]
    return all(agree(computed, expected) for computed, expected in pairs) if pairs else None


def published_points(figure: str, viewer: Viewer) -> tuple[SeriesPoint, ...]:
    """Published stocks of a figure over the years, oldest first."""
    points = [point for point in results(viewer).city.series if point.figure == figure]
    return tuple(sorted(points, key=lambda point: point.date))
