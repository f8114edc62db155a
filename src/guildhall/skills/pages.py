"""Pages of occupations, as a tree and by search; and of gray-collar workers, under each definition."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guildhall.skills import queries
from guildhall.web.current import current
from guildhall.web.remember import remembered
from guildhall.web.viewer import viewer_of

PAGE = 50


def occupations(request: HttpRequest) -> HttpResponse:
    """The major groups, or what a search finds in codes and names."""
    current()
    viewer = viewer_of(request)
    search = request.GET.get("search", "").strip()
    found = queries.occupations(viewer, parent=None if search else "", search=search, after=request.GET.get("after", ""), size=PAGE)
    again = urlencode({"search": search, "after": found.next}) if found.next else ""
    context = {"found": found, "search": search, "next": again, "loaded": queries.loaded(viewer)}
    return render(request, "skills/occupations.html", context)


def occupation(request: HttpRequest, code: str) -> HttpResponse:
    """One occupation or group, the groups above it and what stands under it."""
    current()
    viewer = viewer_of(request)
    under = queries.occupations(viewer, parent=code, after=request.GET.get("after", ""), size=PAGE)
    context = {
        "occupation": queries.occupation(viewer, code),
        "above": queries.above(viewer, code),
        "under": under,
        "next": urlencode({"after": under.next}) if under.next else "",
    }
    return render(request, "skills/occupation.html", context)


@remembered()
def gray_collar(request: HttpRequest) -> HttpResponse:
    """How many gray-collar workers are there? It depends on the definition, and no statute gives one: each side by side."""
    return render(request, "skills/gray_collar.html", {"found": queries.gray_collar(viewer_of(request)), "current": current()})
