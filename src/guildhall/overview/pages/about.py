"""What the figures rest on: assumptions, sources, and the columns of every table."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guildhall.city.model import Cell, City
from guildhall.evaluation import tables as evaluation
from guildhall.incentives import tables as incentives
from guildhall.kernel.errors import NotFound
from guildhall.kernel.tables import Table
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
TABLES: dict[str, tuple[Table, ...]] = {
    "registry": registry.TABLES,
    "skills": skills.TABLES,
    "evaluation": evaluation.TABLES,
    "incentives": incentives.TABLES,
    "overview": overview.TABLES,
}
"""What each domain declares."""


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
    """Every published table by the domain that answers for it; each leads to its columns."""
    return render(request, "overview/dictionary.html", {"domains": TABLES.items()})


@remembered()
def dictionary_of(request: HttpRequest, domain: str) -> HttpResponse:
    """Every table and column of a domain, made from the declarations the engines read."""
    if domain not in TABLES:
        raise NotFound(_("No domain is called “%(name)s”") % {"name": domain}, next=_("choose one from the dictionary"))
    return render(request, "overview/dictionary_of.html", {"domain": domain, "tables": TABLES[domain]})
