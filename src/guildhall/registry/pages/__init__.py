"""Pages of places and organisations."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guildhall.city.model import Cluster
from guildhall.kernel.errors import NotFound
from guildhall.registry import queries
from guildhall.registry.models import Organisation, Place
from guildhall.registry.pages.people import seen_at, seen_in
from guildhall.web import words
from guildhall.web.current import current
from guildhall.web.dates import asked_day
from guildhall.web.pack import city
from guildhall.web.templatetags.guildhall import name, text
from guildhall.web.viewer import viewer_of

PAGE = 50
OWN_PAGE = {"district": "district", "county": "district", "park": "park"}


def places(request: HttpRequest) -> HttpResponse:
    """Districts, counties and zones on a date (`?on=`), and those that have ended by then."""
    on = asked_day(request, current().on)
    return render(request, "registry/places.html", {"on": on, "division": queries.division(viewer_of(request), on)})


def place(request: HttpRequest, place_id: str) -> HttpResponse:
    """One place: what lies in it, what it lies in, and what mergers did to it."""
    viewer, on = viewer_of(request), current().on
    history = queries.history(viewer, place_id, timezone.localdate())
    seen = queries.seen(history.place, on)
    context = {
        "history": history,
        "told": history.parents or history.predecessors or history.successors,
        "seen": seen,
        "children": queries.children(viewer, place_id, seen),
        "own_page": OWN_PAGE.get(history.place.kind),
        "people": seen_in(viewer, place_id),
    }
    return render(request, "registry/place.html", context)


def organisations(request: HttpRequest) -> HttpResponse:
    """Organisations, narrowed by kind, place, cluster and the beginning of the name."""
    on, viewer, clusters = current().on, viewer_of(request), city().clusters
    asked = {key: request.GET.get(key, "").strip() for key in ("kind", "place", "cluster", "name")}
    _check(asked, clusters)
    within = queries.place(viewer, asked["place"]) if asked["place"] else None
    found = queries.organisations(
        viewer,
        **asked,
        on=on,
        language=get_language() or "zh",
        after=request.GET.get("after", ""),
        size=PAGE,
    )
    context = {
        "found": found,
        "asked": asked,
        "kinds": words.words("organisation").items(),
        "clusters": clusters,
        "cluster_names": {row.cluster: row.name for row in clusters},
        "division": queries.division(viewer, on),
        "within": within,
        "next": urlencode({**{k: v for k, v in asked.items() if v}, "after": found.next}) if found.next else "",
    }
    return render(request, "registry/organisations.html", context)


def _check(asked: dict[str, str], clusters: tuple[Cluster, ...]) -> None:
    """Raises NotFound for a kind or a cluster that nobody has declared."""
    if asked["kind"] and asked["kind"] not in words.WORDS["organisation"]:
        raise NotFound(_("There is no kind of organisation “%(kind)s”") % {"kind": asked["kind"]}, next=_("choose one from the list"))
    if asked["cluster"] and asked["cluster"] not in {row.cluster for row in clusters}:
        raise NotFound(_("There is no cluster “%(cluster)s”") % {"cluster": asked["cluster"]}, next=_("choose one from the list"))


def organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """One organisation, where it stands and who is responsible for it today."""
    current()
    viewer = viewer_of(request)
    found = queries.organisation(viewer, organisation_id)
    cluster = next((row.name for row in city().clusters if row.cluster == found.cluster), None)
    responsible = queries.responsible_today(viewer, found.place_id, timezone.localdate())
    context = {
        "organisation": found,
        "title": _title(found, text(cluster), responsible),
        "cluster": cluster,
        "responsible": responsible,
        "own_page": OWN_PAGE.get(found.place.kind),
        "people": seen_at(viewer, found),
    }
    return render(request, "registry/organisation.html", context)


def _title(row: Organisation, cluster: str, responsible: Place | None) -> str:
    """What the organisation is and where, in one line; a park lies in its district and not in itself."""
    where = responsible if row.kind == "park" and responsible else row.place
    said = {"name": name(row), "kind": words.word("organisation", row.kind), "place": name(where)}
    marks = [mark for mark in (cluster, words.word("size", row.size)) if mark]
    if not marks:
        return _("%(name)s: %(kind)s in %(place)s") % said
    return _("%(name)s: %(kind)s in %(place)s (%(marks)s)") % {**said, "marks": _(", ").join(marks)}
