"""Pages of places and organisations."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.registry import queries
from guildhall.web import words
from guildhall.web.current import current
from guildhall.web.pack import city
from guildhall.web.viewer import viewer_of

PAGE = 50
UNITS = ("district", "county")
OWN_PAGE = {"district": "district", "county": "district", "park": "park"}


def places(request: HttpRequest) -> HttpResponse:
    """Districts, counties and zones on a date (`?on=`), and those that have ended by then."""
    shown, viewer = current(), viewer_of(request)
    on = _date(request.GET.get("on", ""), date.fromisoformat(shown.snapshot.manifest.as_of))
    every = queries.places(viewer, size=queries.LARGEST_PAGE).rows
    units = [place for kind in UNITS for place in queries.places(viewer, kind=kind, size=queries.LARGEST_PAGE).rows]
    standing = [place for place in units if _stands(place.valid_from, place.valid_until, on)]
    context = {
        "on": on,
        "top": [place for place in every if place.kind == "city"],
        "units": standing,
        "ended": [place for place in units if place.valid_until and place.valid_until <= on],
        "to_come": [place for place in units if place.valid_from and place.valid_from > on],
        "zones": queries.places(viewer, kind="functional_zone", on=on, size=queries.LARGEST_PAGE).rows,
    }
    return render(request, "registry/places.html", context)


def _stands(valid_from: date | None, valid_until: date | None, on: date) -> bool:
    return (valid_from is None or valid_from <= on) and (valid_until is None or on < valid_until)


def _date(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        raise GuildhallError(
            _("“%(text)s” is not a date") % {"text": text}, next=_("write it as %(example)s") % {"example": default}
        ) from None


def place(request: HttpRequest, place_id: str) -> HttpResponse:
    """One place: what lies in it, what it lies in, and what mergers did to it."""
    shown, viewer = current(), viewer_of(request)
    on = date.fromisoformat(shown.snapshot.manifest.as_of)
    history = queries.history(viewer, place_id, timezone.localdate())
    last = history.place.valid_until
    seen = date.fromordinal(last.toordinal() - 1) if last and last <= on else on
    context = {
        "history": history,
        "seen": seen,
        "children": queries.children(viewer, place_id, seen),
        "own_page": OWN_PAGE.get(history.place.kind),
    }
    return render(request, "registry/place.html", context)


def organisations(request: HttpRequest) -> HttpResponse:
    """Organisations, narrowed by kind, place, cluster and the beginning of the name."""
    current()
    viewer = viewer_of(request)
    asked = {name: request.GET.get(name, "").strip() for name in ("kind", "place", "cluster", "name")}
    found = queries.organisations(viewer, **asked, after=request.GET.get("after", ""), size=PAGE)
    pack = city()
    context = {
        "found": found,
        "asked": asked,
        "kinds": words.words("organisation").items(),
        "clusters": pack.clusters,
        "cluster_names": {row.cluster: row.name for row in pack.clusters},
        "units": [place for kind in UNITS for place in queries.places(viewer, kind=kind, size=queries.LARGEST_PAGE).rows],
        "within": _within(request, asked["place"]),
        "next": urlencode({**{k: v for k, v in asked.items() if v}, "after": found.next}) if found.next else "",
    }
    return render(request, "registry/organisations.html", context)


def _within(request: HttpRequest, place_id: str) -> object:
    """The place a list is narrowed to, or None where it is unknown."""
    try:
        return queries.place(viewer_of(request), place_id) if place_id else None
    except NotFound:
        return None


def organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """One organisation, where it stands and who is responsible for it today."""
    current()
    viewer = viewer_of(request)
    found = queries.organisation(viewer, organisation_id)
    context = {
        "organisation": found,
        "cluster": next((row.name for row in city().clusters if row.cluster == found.cluster), None),
        "responsible": queries.responsible_today(viewer, found.place_id, timezone.localdate()),
        "own_page": OWN_PAGE.get(found.place.kind),
    }
    return render(request, "registry/organisation.html", context)
