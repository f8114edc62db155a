"""What the figures rest on: assumptions, sources, and the columns of every table."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guildhall.city.model import Cell, City
from guildhall.incentives import tables as incentives
from guildhall.overview import queries
from guildhall.overview import tables as overview
from guildhall.overview.pages.drawing import said
from guildhall.registry import tables as registry
from guildhall.skills import tables as skills
from guildhall.web import words
from guildhall.web.remember import remembered
from guildhall.web.viewer import viewer_of

CODES = ("assumed", "sex", "education", "migrant", "standing", "sector", "size", "park_class")
"""Lists of words that rows and columns of assumptions are keyed by."""


@remembered()
def assumptions(request: HttpRequest) -> HttpResponse:
    """Everything the synthetic city takes for granted without a source."""
    viewer = viewer_of(request)
    found = queries.results(viewer)
    names = _names(found.city)
    tables = [
        (
            table,
            words.word("assumption", table),
            [(_row(names, cell), names.get(cell.column, cell.column), cell) for cell in cells],
        )
        for table, cells in queries.assumptions(viewer).items()
    ]
    assumed_parks = [park for park in found.city.parks if park.workers_assumed]
    return render(request, "overview/assumptions.html", {"results": found, "tables": tables, "parks": assumed_parks})


def _row(names: dict[str, str], cell: Cell) -> str:
    """The words for a row; among levels, "none" is to have no certificate."""
    return words.word("assumed", "none") if cell.table.startswith("level_") and cell.row == "none" else names.get(cell.row, cell.row)


def _names(city: City) -> dict[str, str]:
    """Words for the codes that assumptions are keyed by: of the house's lists, and of the pack's own rows."""
    known = {code: word for of in CODES for code, word in words.words(of).items()}
    known |= {level.code: f"{said(level.name)} {level.code}" for level in city.levels}
    known |= {cluster.cluster: said(cluster.name) for cluster in city.clusters}
    known |= {occupation.code: f"{occupation.code} {said(occupation.name)}" for occupation in city.occupations}
    return known | {place.place_id: said(place.name) for place in city.places}


@remembered()
def sources(request: HttpRequest) -> HttpResponse:
    """Every document that a row of the pack cites."""
    return render(request, "overview/sources.html", {"results": queries.results(viewer_of(request))})


@remembered()
def dictionary(request: HttpRequest) -> HttpResponse:
    """Every published table and column, made from the declarations the engines read."""
    tables = (*registry.TABLES, *skills.TABLES, *incentives.TABLES, *overview.TABLES)
    return render(request, "overview/dictionary.html", {"tables": tables})
