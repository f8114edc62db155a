"""District and park pages, with their history across mergers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.overview import queries
from guildhall.overview.pages import drawing, years
from guildhall.web import numbers, words
from guildhall.web.remember import remembered
from guildhall.web.viewer import viewer_of


@remembered()
def district(request: HttpRequest, place_id: str) -> HttpResponse:
    """One district or county, also one that no longer exists."""
    viewer = viewer_of(request)
    found = queries.results(viewer)
    unit = queries.unit(place_id, timezone.localdate(), viewer)
    scale, levels = found.current.scale, {level.code: level for level in found.city.levels}
    changes = sorted({row.effective_on for _place, row in (*unit.predecessors, *unit.successors)})
    context = {
        "results": found,
        "unit": unit,
        "measures": [_measure(name, drawing.shown(value, name, scale), place_id) for name, value in unit.values.items()],
        "rungs": drawing.rungs_of_unit(unit.rungs, levels, unit.place, scale) if unit.exists else None,
        "stocks": years.stocks(unit.stocks, unit.place, changes, scale),
    }
    return render(request, "overview/district.html", context)


def _measure(name: str, shown: str, place_id: str) -> tuple[str, drawing.Cell]:
    """A measure in words, and its value with the place and figure it belongs to."""
    return words.word("measure", name), drawing.Cell(shown, drawing.marked(name, place_id))


@remembered()
def parks(request: HttpRequest) -> HttpResponse:
    """Every park."""
    viewer = viewer_of(request)
    found, rows = queries.results(viewer), queries.parks(viewer)
    workers = queries.figure("parks.workers", viewer)
    context = {
        "results": found,
        "workers": workers,
        "assumed": sum(park.workers_assumed for park, _place, _employed in rows),
        "parks": [
            (park, place, drawing.Cell(numbers.counted(employed, found.current.scale), drawing.marked("park_workers", park.place_id)))
            for park, place, employed in rows
        ],
    }
    return render(request, "overview/parks.html", context)


@remembered()
def park(request: HttpRequest, place_id: str) -> HttpResponse:
    """One park, and the district it lay in at each time."""
    viewer = viewer_of(request)
    found, view = queries.results(viewer), queries.park(place_id, timezone.localdate(), viewer)
    scale = found.current.scale
    names = {**words.words("measure"), "park_workers": _("people employed here")}
    context = {
        "view": view,
        "count": numbers.counted(view.values["park_workers"], scale),
        "measures": [
            (names[name], drawing.Cell(numbers.counted(value, scale), drawing.marked(name, place_id)))
            for name, value in view.values.items()
            if value is not None
        ],
        "employed": [
            (on, drawing.Cell(numbers.counted(value, scale), drawing.marked("park_workers", place_id))) for on, value in view.employed
        ],
        "results": found,
    }
    return render(request, "overview/park.html", context)
