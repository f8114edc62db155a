"""District and park pages, with their history across mergers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from guildhall.overview import queries
from guildhall.overview.pages import drawing
from guildhall.web import words
from guildhall.web.remember import remembered
from guildhall.web.viewer import viewer_of


@remembered
def district(request: HttpRequest, place_id: str) -> HttpResponse:
    """One district or county, also one that no longer exists."""
    viewer = viewer_of(request)
    found = queries.results(viewer)
    unit = queries.unit(place_id, timezone.localdate(), viewer)
    name = drawing.said(unit.place.name)
    names = {level.code: level.name for level in found.city.levels}
    context = {
        "results": found,
        "unit": unit,
        "measures": [(id, words.word("measure", id), drawing.shown(value, id)) for id, value in unit.values.items()],
        "rungs": drawing.rungs_of_unit(unit.rungs, names, name) if unit.exists else None,
        "stocks": drawing.stocks(unit.stocks, unit.place),
    }
    return render(request, "overview/district.html", context)


@remembered
def parks(request: HttpRequest) -> HttpResponse:
    """Every park."""
    viewer = viewer_of(request)
    return render(request, "overview/parks.html", {"parks": queries.parks(viewer), "results": queries.results(viewer)})


@remembered
def park(request: HttpRequest, place_id: str) -> HttpResponse:
    """One park, and the district it lay in at each time."""
    viewer = viewer_of(request)
    view = queries.park(place_id, timezone.localdate(), viewer)
    measures = [(id, words.word("measure", id), value) for id, value in view.values.items() if value is not None]
    return render(request, "overview/park.html", {"view": view, "measures": measures, "results": queries.results(viewer)})
