"""The public notice: what is about to be paid, for everybody to read, with most of each name hidden; and how to object."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guildhall.incentives.queries.claims import notice_board as noticed
from guildhall.kernel.errors import NotFound
from guildhall.registry.queries import division
from guildhall.registry.queries.scope import jurisdiction
from guildhall.web.pack import city
from guildhall.web.viewer import PUBLIC, Viewer

PAGE = 50


def notice_board(request: HttpRequest) -> HttpResponse:
    """Who is about to be paid what, until when may one object, and how? By district, or by the number of a claim."""
    today = timezone.localdate()
    asked, number = request.GET.get("place", ""), request.GET.get("number", "").strip()
    found = division(PUBLIC, today)
    units = {row.pk: row for row in (*found.units, *found.zones)}
    if asked and asked not in units:
        raise NotFound(_("There is no such district"), next=_("choose one from the list"))
    key = int(number) if number.isascii() and number.isdecimal() and len(number) < 17 else 0 if number else None
    places = jurisdiction(Viewer(role="claims_officer", place=asked), today) if asked else None
    rows = noticed(today, places=places, number=key, after=request.GET.get("after", ""), size=PAGE + 1)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    kept = {name: value for name, value in (("place", asked), ("number", number)) if value}
    context = {
        "title": _title(len(rows), more=last is not None, asked=bool(number)),
        "rows": [(row, city().calendar.count(today, row.until).value) for row in rows[:PAGE]],
        "units": units,
        "place": asked,
        "number": number,
        "wrong": "" if rows else _wrong(number, key),
        "next": urlencode({**kept, "after": f"{last.until}.{last.key}"}) if last else "",
    }
    return render(request, "incentives/notice_board.html", context)


def _wrong(number: str, key: int | None) -> str:
    """What to say of a number that is not on notice; nothing where none was asked for."""
    if not number:
        return ""
    if not key:
        return _("“%(number)s” is not the number of a claim: write its digits alone, as in the notice.") % {"number": number[:16]}
    return _(
        "No claim with the number %(number)s is on public notice here. A notice that is over is no longer shown, and what an employer "
        "claims for people it hired stands as one sum without a number."
    ) % {"number": key}


def _title(count: int, *, more: bool, asked: bool) -> str:
    if not count:
        return _("No such number is on public notice") if asked else _("Nothing is on public notice today")
    if more:
        return _("More than %(n)s payments are on public notice") % {"n": PAGE}
    return ngettext("One payment is on public notice", "%(n)s payments are on public notice", count) % {"n": count}
