"""How long what is kept and why: a page for everyone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guildhall.kernel.retention import ENDS
from guildhall.overview.queries.retention import RULES


def retention(request: HttpRequest) -> HttpResponse:
    """What is erased, what is emptied and what is kept, each with its period and its ground."""
    groups = [(then, ENDS[then], [rule for rule in RULES if rule.then == then]) for then in ("erased", "emptied", "superseded", "kept")]
    return render(request, "overview/retention.html", {"groups": groups})
