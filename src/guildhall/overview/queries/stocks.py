"""Stocks of the whole city: the ladder, the clusters, and the years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from guildhall.city.model import Cluster, Level, SeriesPoint
from guildhall.overview import tables
from guildhall.overview.queries.figures import STOCKS, agree
from guildhall.overview.queries.results import Results, Shown, results
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
    employed: Shown
    skilled: Shown
    high_skilled: Shown


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
    enterprises: dict[str, int] = {row["cluster"]: row["enterprises"] for row in found.rows(tables.CLUSTERS)}
    return tuple(_cluster(found, cluster, enterprises.get(cluster.cluster, 0)) for cluster in found.city.clusters)


def _cluster(found: Results, cluster: Cluster, enterprises: int) -> ClusterRow:
    employed, skilled, high = (found.in_cluster(cluster.cluster, name) for name in ("employed", "skilled", "high_skilled"))
    return ClusterRow(cluster, enterprises, employed, skilled, high)


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
