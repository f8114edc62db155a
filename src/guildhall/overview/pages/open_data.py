"""Open data: the tables behind the pages, as files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guildhall.kernel.disclosure import THRESHOLD
from guildhall.kernel.errors import NotFound
from guildhall.overview.queries import release
from guildhall.overview.queries.results import results
from guildhall.web.remember import remembered
from guildhall.web.viewer import viewer_of

KINDS = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


@remembered()
def open_data(request: HttpRequest) -> HttpResponse:
    """Every table that can be taken away, and what is hidden in it."""
    viewer = viewer_of(request)
    context = {
        "results": results(viewer),
        "releases": release.releases(viewer),
        "about": release.about(viewer),
        "threshold": THRESHOLD,
    }
    return render(request, "overview/open_data.html", context)


def open_data_file(request: HttpRequest, table: str, kind: str) -> HttpResponse:
    """One table as CSV or Parquet; the name of the file says which run it is of."""
    viewer = viewer_of(request)
    if kind not in KINDS:
        raise NotFound(_("There is no file of the kind “%(kind)s”") % {"kind": kind}, next=_("take CSV or Parquet"))
    found, about = release.release(table, viewer), release.about(viewer)
    content = release.as_csv(found) if kind == "csv" else release.as_parquet(found, about)
    response = HttpResponse(content, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{found.name}-{about["as_of"]}-{about["run"]}.{kind}"'
    response["Cache-Control"] = "no-cache"
    return response
