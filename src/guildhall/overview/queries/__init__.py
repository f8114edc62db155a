"""Reads for pages, API and command line: figures, ladder, places, clusters and years. Every one takes `viewer`."""

from __future__ import annotations

from guildhall.overview.queries.figures import (
    Line,
    Standing,
    Topic,
    assumptions,
    figure,
    figures,
    figures_as_json,
    lines_of,
    record,
    rivals,
    topics,
)
from guildhall.overview.queries.places import (
    Measured,
    ParkView,
    UnitView,
    dates,
    held_on,
    measured,
    measures_of,
    park,
    parks,
    unit,
)
from guildhall.overview.queries.results import Results, results
from guildhall.overview.queries.stocks import ClusterRow, Rung, SeriesRow, clusters, ladder, points_met, published_points, series

__all__ = [
    "ClusterRow",
    "Line",
    "Measured",
    "ParkView",
    "Results",
    "Rung",
    "SeriesRow",
    "Standing",
    "Topic",
    "UnitView",
    "assumptions",
    "clusters",
    "dates",
    "figure",
    "figures",
    "figures_as_json",
    "ladder",
    "lines_of",
    "measured",
    "held_on",
    "measures_of",
    "park",
    "parks",
    "points_met",
    "published_points",
    "record",
    "results",
    "rivals",
    "series",
    "topics",
    "unit",
]
