"""The city page: what was published, what the records say, and where."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guildhall.overview import queries
from guildhall.overview.pages import drawing, years
from guildhall.overview.queries import Results, Rung, SeriesRow
from guildhall.overview.queries.places import BY_WORKPLACE
from guildhall.web import numbers, words
from guildhall.web.dates import asked_day
from guildhall.web.remember import kept, remembered
from guildhall.web.viewer import Viewer, viewer_of

HEADLINES = ("skilled.count", "skilled.high_share", "parks.workers", "alignment.published")
TOP = ("ladder.special_grade", "ladder.chief", "ladder.top_growth")
"""The two highest rungs and how they grew, on one card."""
FIRST = (
    "skilled.count",
    "highskilled.count",
    "skilled.high_share",
    "highskilled.new",
    "digital_skilled.2022",
    "students.vocational",
    "academies.count",
    "parks.workers",
)
"""The figures of the city page's table; every other stands on the page of figures."""
FIRST_TIERS = ("leading", "pillar", "special")


@remembered("measure", "on")
def city(request: HttpRequest) -> HttpResponse:
    """The city on one page; districts are coloured by `?measure=…&on=…`."""
    viewer = viewer_of(request)
    measure, asked = request.GET.get("measure") or "skilled", asked_day(request, queries.dates(viewer)[0])
    on = queries.held_on(measure, asked, viewer)
    rows = queries.measured(measure, on, viewer)
    context = kept("city", viewer, lambda: _whatever_is_asked(viewer)) | {
        "tiles": drawing.tiles(rows, measure, on, queries.results(viewer).current.scale),
        "units": len(rows),
        "measure": measure,
        "explained": drawing.explained(drawing.figure_of(measure)),
        "by_workplace": measure in BY_WORKPLACE,
        "measures": [(name, words.word("measure", name)) for name in queries.measures_of(on, viewer)],
        "on": on,
        "not_on": _not_on(measure, asked, on),
        "dates": queries.dates(viewer),
    }
    return render(request, "overview/city.html", context)


def _not_on(measure: str, asked: date, on: date) -> str:
    """That the measure is shown on another day than the one asked for; empty where it is not."""
    if asked == on:
        return ""
    said = {"measure": words.word("measure", measure), "asked": asked, "on": on}
    return _("“%(measure)s” is not measured on %(asked)s: shown as on %(on)s, the newest date it is held on.") % said


def _whatever_is_asked(viewer: Viewer) -> dict[str, Any]:
    """All of the page that neither measure nor date changes."""
    found = queries.results(viewer)
    clusters, rungs, series = queries.clusters(viewer), queries.ladder(viewer), queries.series(viewer)
    standing = {figure.id: figure for figure in queries.figures(viewer)}
    scale, met = found.current.scale, queries.points_met(viewer)
    return {
        "results": found,
        "skilled": standing.get("skilled.count"),
        "high": standing.get("skilled.high_share"),
        "headlines": [standing[id] for id in HEADLINES if id in standing],
        "top": [standing[id] for id in TOP] if standing.keys() >= set(TOP) else [],
        "lines": queries.lines_of(FIRST, viewer),
        "figures_in_all": len(standing),
        "ladder": drawing.ladder(rungs, found.on),
        "stands_for": _stands_for(rungs, found),
        "clusters": drawing.clusters([row for row in clusters if row.cluster.tier in FIRST_TIERS], scale),
        "all_clusters": drawing.clusters(clusters, scale).table,
        "years": _years(series, found, viewer),
        "fitted": met and found.current.synthetic and bool(found.calibrated & {point.figure for point in found.city.series}),
        "apart": met is False,
    }


def _stands_for(rungs: tuple[Rung, ...], found: Results) -> str:
    """How many skilled people are on record, and how many of the city they stand for."""
    counted = [rung for rung in rungs if rung.level.skilled]
    records, people = sum(r.persons for r in counted), sum(r.stands_for for r in counted)
    if records == people:
        return ""
    whole = sum(r.persons for r in counted if r.whole)
    each = Fraction(people - whole, records - whole)
    return _(
        "The %(records)s skilled people on record stand for %(people)s of the city: the %(whole)s on the rungs kept whole for "
        "themselves alone, the others for about %(each)s each. Apprentices are not among them."
    ) % {
        "records": numbers.grouped(records),
        "people": numbers.grouped(people),
        "whole": numbers.grouped(whole),
        "each": numbers.grouped(each, 0),
    }


def _years(series: tuple[SeriesRow, ...], found: Results, viewer: Viewer) -> drawing.Chart:
    """Computed stocks beside the published ones that shrink with the model."""
    named = [found.city.figure[id] for id in dict.fromkeys(point.figure for point in found.city.series) if id in found.city.figure]
    published = [years.Stated(figure, queries.published_points(figure.id, viewer)) for figure in named if figure.scales == "people"]
    return years.years(series, published, found.current.scale)
