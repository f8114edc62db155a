"""The rulebook: which instruments are there, and what does each ask, on whose word and since when?"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from guildhall.overview.engine.rulebooks import RULES
from guildhall.overview.queries import rulebook as queries
from guildhall.web import pack
from guildhall.web.dates import asked_day
from guildhall.web.viewer import viewer_of


def rulebook(request: HttpRequest) -> HttpResponse:
    """Which instruments are there, about what, and are they on file for a day?"""
    today = timezone.localdate()
    on = asked_day(request, today)
    found = queries.readings(viewer_of(request), on)
    counts = [sum(reading.text.force == force for reading in found) for force in ("whole", "partly", "none")]
    context = {
        "readings": found,
        "counts": counts,
        "on": on,
        "days": _days(today, on),
        "unwritten": queries.unwritten(pack.city()),
        "demonstration": settings.DEMONSTRATION,
    }
    return render(request, "overview/rulebook.html", context)


def rulebook_rule(request: HttpRequest, rule: str) -> HttpResponse:
    """What does one rule ask on a day, condition by condition, each beside its source?"""
    today = timezone.localdate()
    on = asked_day(request, today)
    reading = queries.reading(viewer_of(request), rule, on)
    links = [(name, title, name in RULES) for name, title in reading.excludes.items()]
    context = {
        "reading": reading,
        "text": reading.text,
        "rule": reading.rule,
        "on": on,
        "today": today,
        "starts": [day for day in reading.text.starts if day != on],
        "excludes": links,
        "demonstration": settings.DEMONSTRATION,
    }
    return render(request, "overview/rulebook_rule.html", context)


def _days(today: date, on: date) -> list[date]:
    """Other days to look at: the middle of the three years before, and today."""
    days = [date(today.year - back, 7, 1) for back in (3, 2, 1)]
    return [day for day in (*days, today) if day != on]
