"""What the figures rest on: assumptions, sources, and the columns of every table."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guildhall.overview import queries
from guildhall.overview import tables as overview
from guildhall.registry import tables as registry
from guildhall.skills import tables as skills
from guildhall.web.remember import remembered
from guildhall.web.viewer import viewer_of


@remembered
def assumptions(request: HttpRequest) -> HttpResponse:
    """Everything the synthetic city takes for granted without a source."""
    viewer = viewer_of(request)
    found = queries.results(viewer)
    assumed_parks = [park for park in found.city.parks if park.workers_assumed]
    context = {"results": found, "tables": queries.assumptions(viewer), "parks": assumed_parks}
    return render(request, "overview/assumptions.html", context)


@remembered
def sources(request: HttpRequest) -> HttpResponse:
    """Every document that a row of the pack cites."""
    return render(request, "overview/sources.html", {"results": queries.results(viewer_of(request))})


@remembered
def dictionary(request: HttpRequest) -> HttpResponse:
    """Every published table and column, made from the declarations the engines read."""
    tables = (*registry.TABLES, *skills.TABLES, *overview.TABLES)
    return render(request, "overview/dictionary.html", {"tables": tables})
