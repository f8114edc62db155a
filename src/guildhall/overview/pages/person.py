"""A person's own pages: what is on record, all that is held, who looked, and everything in one file."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.kernel.holdings import Held
from guildhall.kernel.tables import Text
from guildhall.office.queries.mandates import CERTIFICATES, CLAIMS, OWN, WHOLE
from guildhall.overview.engine.takeaway import shown
from guildhall.overview.operations.person import take_all
from guildhall.overview.queries import person as queries
from guildhall.overview.queries.holdings import all_about, own_accounts, records_of
from guildhall.overview.queries.person import Me
from guildhall.overview.queries.retention import kept
from guildhall.registry.engine import minors
from guildhall.registry.engine.book import BOOK
from guildhall.registry.queries import looks
from guildhall.registry.queries.authorities import behind
from guildhall.web.doors import of_the_person
from guildhall.web.pack import city
from guildhall.web.templatetags.guildhall import name, text
from guildhall.web.viewer import viewer_of

ROWS_SHOWN = 40
"""Rows of one table on the page; the files hold all of them."""
OPEN = ("registry.workers", "registry.identity")
YOUNG = {"under_14": minors.CHILD, "under_16": minors.TOO_YOUNG, "protected": minors.PROTECTED}


@of_the_person(task=OWN)
def me(request: HttpRequest) -> HttpResponse:
    """The person's level and how it was decided, what is on record and what is missing."""
    viewer, today = viewer_of(request), timezone.localdate()
    found = queries.me(viewer, today)
    agents = behind([f"account:{mandate.agent_id}" for mandate in found.mandates])
    context = {
        "me": found,
        "title": _title(found),
        "lead": _lead(found),
        "levels": {level.code: level.name for level in city().levels},
        "book": BOOK,
        "young": YOUNG.get(found.band),
        "claims": viewer.may(CLAIMS),
        "agents": {mandate.agent_id: agents[f"account:{mandate.agent_id}"] for mandate in found.mandates},
    }
    return render(request, "overview/me.html", context)


def _title(found: Me) -> str:
    """The question of the page, answered: what level is this?"""
    if CERTIFICATES not in found.parts:
        return _("For %(name)s") % {"name": found.person.name}
    said = {"level": text(found.level.name) if found.level else "", "name": found.person.name}
    if found.level:
        return _("Your level: %(level)s") % said if found.in_person else _("The level of %(name)s: %(level)s") % said
    return _("No level is on record for you yet") if found.in_person else _("No level is on record for %(name)s yet") % said


def _lead(found: Me) -> str:
    """Who and where, in one line."""
    deciding = next((held for held in found.person.certificates if held.state == "decides"), None)
    occupation = text(found.occupations.get(deciding.row.occupation)) if deciding else ""
    parts = [found.person.name, occupation, name(found.person.worker.residence)]
    return " · ".join(part for part in parts if part)


@dataclass(frozen=True)
class Part:
    """One table on the page: its rows as words, how many more there are, and how long they are kept."""

    held: Held
    rows: list[list[tuple[str, str]]]
    more: int
    kept: Text | None
    open: bool


@of_the_person(task=WHOLE)
def held(request: HttpRequest) -> HttpResponse:
    """All that is held about the person, table by table."""
    viewer, today, language = viewer_of(request), timezone.localdate(), get_language() or "zh-hans"
    periods = kept()
    parts = [_part(table, periods.get(table.rule), language) for table in all_about(viewer, today)]
    rows = sum(len(part.held.rows) for part in parts)
    context = {
        "parts": [part for part in parts if part.rows],
        "empty": [part.held.title for part in parts if not part.rows],
        "title": _("The city holds %(rows)s rows about you in %(tables)s tables")
        % {"rows": rows, "tables": sum(bool(part.held.rows) for part in parts)},
        "in_person": viewer.mandate is None,
    }
    return render(request, "overview/held.html", context)


def _part(table: Held, period: Text | None, language: str) -> Part:
    """The latest rows come first where there are many."""
    latest = table.rows[-ROWS_SHOWN:][::-1] if len(table.rows) > ROWS_SHOWN else table.rows
    cells = [
        [(text(heading.title), shown(heading, value, language)) for heading, value in zip(table.columns, row, strict=True)]
        for row in latest
    ]
    return Part(table, cells, len(table.rows) - len(latest), period, table.table in OPEN)


class Confirming(forms.Form):
    """That it is the person who asks, and that nobody looks over the shoulder."""

    ending = forms.CharField(
        label=gettext_lazy("The last four characters of your identity number"),
        help_text=gettext_lazy("so that nobody takes your data from a screen left open"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 6}),
    )
    alone = forms.BooleanField(label=gettext_lazy("This device is mine, and I keep the file safe"))


@of_the_person(task=WHOLE)
def held_files(request: HttpRequest) -> HttpResponse:
    """Everything in one file, once the person has confirmed who they are."""
    viewer, now = viewer_of(request), timezone.now()
    records_of(viewer, timezone.localdate(now), in_person=True)
    form = Confirming(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            content = take_all(ending=form.cleaned_data["ending"], by=viewer, now=now, kept=kept())
        except NotFound:
            raise
        except GuildhallError as error:
            form.add_error("ending", f"{error.what}. {error.next}")
        else:
            answer = HttpResponse(content, content_type="application/zip")
            answer["Content-Disposition"] = f'attachment; filename="guildhall-{timezone.localdate(now)}.zip"'
            return answer
    return render(request, "overview/held_files.html", {"form": form})


@of_the_person(task=WHOLE)
def looked(request: HttpRequest) -> HttpResponse:
    """Who looked at the person's record: which authority, when, at what, and why."""
    viewer, today = viewer_of(request), timezone.localdate()
    records = records_of(viewer, today)
    own = own_accounts(records)
    before = request.GET.get("before", "")
    found = looks.looks(records[0], own=own, before=int(before[:18]) if before.isdigit() else 0)
    times = looks.count(records[0], today, own=own)
    title = _("Nobody has looked at your record within a year")
    if times:
        shown_times = {"times": "1,000+" if times > looks.COUNTED else times}
        title = ngettext("Your record was looked at once within a year", "Your record was looked at %(times)s times within a year", times)
        title = title % shown_times
    return render(request, "overview/looked.html", {"found": found, "title": title})
