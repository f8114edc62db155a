"""The list of figures, and how each was computed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guildhall.kernel.runs import Folder
from guildhall.overview import queries
from guildhall.overview.queries import Standing
from guildhall.web.remember import remembered
from guildhall.web.viewer import viewer_of


@remembered()
def figures(request: HttpRequest) -> HttpResponse:
    """Every figure by question, those that are computed first, with rivals and targets."""
    viewer = viewer_of(request)
    return render(request, "overview/figures.html", {"results": queries.results(viewer), "topics": queries.topics(viewer)})


@remembered()
def figure(request: HttpRequest, figure_id: str) -> HttpResponse:
    """How one figure was computed: formula, definition, window, document, inputs and their digests."""
    viewer = viewer_of(request)
    found = queries.results(viewer)
    standing = queries.figure(figure_id, viewer)
    context: dict[str, Any] = {
        "results": found,
        "figure": standing,
        "rivals": queries.rivals(standing, viewer),
        "points": queries.published_points(figure_id, viewer),
        "inputs": _inputs(standing, found.current.snapshot),
        "engine_version": found.current.figures.manifest.version,
    }
    return render(request, "overview/figure.html", context)


def _inputs(standing: Standing, snapshot: Folder) -> list[tuple[str, int, str]]:
    """Table, rows and sha256 of everything the formula reads."""
    if standing.formula is None:
        return []
    entries = snapshot.manifest.tables
    return [(name, entries[name].rows, entries[name].sha256) for name in standing.formula.tables if name in entries]
