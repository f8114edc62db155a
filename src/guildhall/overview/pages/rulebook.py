"""The rulebook: which instruments are there, and what does each ask, on whose word and since when?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from guildhall.city.ruletext import Paper, RuleText, Setting
from guildhall.kernel.dated import UNSETTLED
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
        "histories": _histories(reading.text, on, today),
        "excludes": links,
        "demonstration": settings.DEMONSTRATION,
    }
    return render(request, "overview/rulebook_rule.html", context)


@dataclass(frozen=True)
class Band:
    """One version on a line of time, in thousandths of it."""

    x: int
    width: int
    tone: str


@dataclass(frozen=True)
class History:
    """A figure with its line of time, from the first day on file to a year after the day asked about."""

    setting: Setting
    bands: list[Band]
    mark: int
    first: date
    last: date


def _histories(text: RuleText, on: date, today: date) -> list[History]:
    """Every figure of a rule on one line of time, the same for all."""
    first = min((*text.starts, on))
    last = max((*text.starts, on, today))
    last = date(min(last.year + 1, 9999), 1, 1)
    mark = 1000 * (on - first).days // max((last - first).days, 1)
    return [
        History(setting, [Band(x, width, _tone(paper)) for paper, x, width in setting.spans(first, last)], mark, first, last)
        for setting in text.settings.values()
    ]


def _tone(paper: Paper) -> str:
    """How a version looks on the line: found and settled, found but weak, or not found."""
    if not paper.is_found:
        return "none"
    return "weak" if paper.entry.version.status in UNSETTLED else "known"


def _days(today: date, on: date) -> list[date]:
    """Other days to look at: the middle of the three years before, and today."""
    days = [date(today.year - back, 7, 1) for back in (3, 2, 1)]
    return [day for day in (*days, today) if day != on]
