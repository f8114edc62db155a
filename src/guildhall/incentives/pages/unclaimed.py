"""What could be claimed and is not, by district; files of it, and of whom a claims officer may tell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guildhall.incentives.operations.outreach import take_outreach, take_unclaimed
from guildhall.incentives.queries import benefits, candidates
from guildhall.incentives.queries.candidates import Unclaimed
from guildhall.kernel.disclosure import THRESHOLD
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.money import Fen, plain_yuan
from guildhall.registry.engine.roster import neutral
from guildhall.web.doors import for_roles
from guildhall.web.forms import said
from guildhall.web.pack import city
from guildhall.web.templatetags.guildhall import text
from guildhall.web.viewer import viewer_of

READERS = ("planner", "claims_officer")
TASK = "people"


@for_roles(*READERS)
def unclaimed(request: HttpRequest) -> HttpResponse:
    """How many could claim a benefit and have not, and where?"""
    viewer, today = viewer_of(request), timezone.localdate()
    found = candidates.unclaimed(viewer, today)
    context = {
        "found": found,
        "rows": _rows(found) if found else [],
        "heads": [benefits.title(benefit) for benefit in found.benefits] if found else [],
        "totals": [found.totals[benefit] for benefit in found.benefits] if found else [],
        "officer": viewer.role == "claims_officer",
        "people": len(candidates.outreach(viewer, today)) if viewer.role == "claims_officer" else 0,
        "most": candidates.MOST_OUTREACH,
        "threshold": THRESHOLD,
        "title": _title(found),
    }
    return render(request, "incentives/unclaimed.html", context)


def _title(found: Unclaimed | None) -> str:
    known = [total for total in found.totals.values() if total] if found else []
    if not known:
        return _("Who could claim and has not?")
    return ngettext("%(n)s benefit is not claimed", "%(n)s benefits are not claimed", sum(known)) % {"n": f"{sum(known):,}"}


def _rows(found: Unclaimed) -> list[tuple[Any, list[int | None]]]:
    return [(name, [found.cells[place, benefit] for benefit in found.benefits]) for place, name in found.places]


@for_roles(*READERS)
def unclaimed_file(request: HttpRequest) -> HttpResponse:
    """The counts as a file; that it was taken is recorded."""
    try:
        found = take_unclaimed(by=viewer_of(request), now=timezone.now())
    except GuildhallError as refused:
        return _nothing(request, refused)
    head = [_("place"), _("key of the place"), _("as of"), *(text(benefits.title(benefit)) for benefit in found.benefits)]
    rows = [
        [text(name), place, found.on.isoformat(), *(_cell(found.cells[place, benefit]) for benefit in found.benefits)]
        for place, name in found.places
    ]
    totals = [_("all"), "", found.on.isoformat(), *(_cell(found.totals[benefit]) for benefit in found.benefits)]
    return _file(f"unclaimed-{found.on}.csv", [head, *rows, totals])


def _cell(count: int | None) -> str:
    return _("withheld") if count is None else str(count)


@for_roles("claims_officer", task=TASK)
def outreach_file(request: HttpRequest) -> HttpResponse:
    """The people of the jurisdiction to tell of a benefit; recorded, and each person can read that it was taken."""
    try:
        listed = take_outreach(by=viewer_of(request), now=timezone.now())
    except GuildhallError as refused:
        return _nothing(request, refused)
    head = [_("record"), _("name"), _("place"), _("benefit"), _("amount in yuan, if known"), _("since")]
    rows = [
        [
            str(one.row.worker_id),
            one.name,
            text(city().place[one.row.place_id].name) if one.row.place_id in city().place else one.row.place_id,
            text(benefits.title(one.row.benefit)),
            "" if one.row.amount_fen is None else plain_yuan(Fen(one.row.amount_fen)),
            one.row.since.isoformat(),
        ]
        for one in listed
    ]
    return _file(f"outreach-{timezone.localdate()}.csv", [head, *rows])


def _nothing(request: HttpRequest, refused: GuildhallError) -> HttpResponse:
    messages.info(request, said(refused))
    return redirect("unclaimed")


def _file(name: str, rows: Iterable[Sequence[str]]) -> HttpResponse:
    lines = io.StringIO()
    csv.writer(lines).writerows([[neutral(cell) for cell in row] for row in rows])
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(lines.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=headers)
