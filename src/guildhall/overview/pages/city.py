"""The city page: what was published, what the records say, and where."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError
from guildhall.overview import queries
from guildhall.overview.pages import drawing
from guildhall.overview.pages.figures import topics
from guildhall.web import words
from guildhall.web.remember import kept, remembered
from guildhall.web.viewer import Viewer, viewer_of

HEADLINES = ("skilled.count", "skilled.high_share", "parks.workers", "alignment.published")
FIRST_TIERS = ("leading", "pillar", "special")


@remembered
def city(request: HttpRequest) -> HttpResponse:
    """The city on one page; districts are coloured by `?measure=…&on=…`."""
    viewer = viewer_of(request)
    measure, on = _asked(request, viewer)
    rows = queries.measured(measure, on, viewer)
    context = kept("city", viewer, lambda: _whatever_is_asked(viewer)) | {
        "tiles": drawing.tiles(rows, measure, on),
        "units": [(row, drawing.shown(row.value, measure)) for row in rows],
        "measure": measure,
        "measure_name": words.word("measure", measure),
        "measures": [(name, words.word("measure", name)) for name in queries.measures_of(on, viewer)],
        "on": on,
        "dates": queries.dates(viewer),
    }
    return render(request, "overview/city.html", context)


def _whatever_is_asked(viewer: Viewer) -> dict[str, Any]:
    """All of the page that neither measure nor date changes."""
    found = queries.results(viewer)
    clusters = queries.clusters(viewer)
    standing = {figure.id: figure for figure in queries.figures(viewer)}
    return {
        "results": found,
        "skilled": standing.get("skilled.count"),
        "high": standing.get("skilled.high_share"),
        "headlines": [standing[id] for id in HEADLINES if id in standing],
        "topics": topics(viewer),
        "ladder": drawing.ladder(queries.ladder(viewer), found.on),
        "clusters": drawing.clusters([row for row in clusters if row.cluster.tier in FIRST_TIERS]),
        "all_clusters": drawing.clusters(clusters).table,
        "years": drawing.years(queries.series(viewer), _published(viewer), found.current.scale),
    }


def _asked(request: HttpRequest, viewer: Viewer) -> tuple[str, date]:
    """Measure and date asked for, or the first of each. Raises GuildhallError for a date that is none."""
    dates = queries.dates(viewer)
    try:
        on = date.fromisoformat(request.GET["on"]) if request.GET.get("on") else dates[0]
    except ValueError:
        raise GuildhallError(
            _("“%(text)s” is not a date") % {"text": request.GET["on"]}, next=_("write it as %(example)s") % {"example": dates[0]}
        ) from None
    return request.GET.get("measure") or "skilled", on


def _published(viewer: Viewer) -> dict[str, Any]:
    """Published stocks over the years by the words of their legend."""
    found = queries.results(viewer)
    names = list(dict.fromkeys(point.figure for point in found.city.series))
    title = {id: drawing.said(found.city.figure[id].title) for id in names if id in found.city.figure}
    return {
        _("%(title)s, published × scale") % {"title": title[id]}: queries.published_points(id, viewer)
        for id in names
        if id in title and found.city.figure[id].scales == "people"
    }
