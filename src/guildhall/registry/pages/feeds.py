"""Pages on what other authorities send: how each feed stands, and for officers of the whole city, bringing a file in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.kernel.workbooks import Refused
from guildhall.office.queries.actors import called
from guildhall.registry.engine.decisions import OUTCOMES
from guildhall.registry.engine.feeds import CONTRACTS
from guildhall.registry.engine.feeds.decisions import NOTES
from guildhall.registry.engine.roster import NotATable
from guildhall.registry.models import ImportBatch
from guildhall.registry.operations import feeds, imports
from guildhall.registry.pages.files import SHOWN, file_field, language, say_too_large, to_correct, told
from guildhall.registry.pages.records import said
from guildhall.registry.queries import feeds as queries
from guildhall.registry.queries import imports as import_queries
from guildhall.registry.queries.feeds import Standing
from guildhall.registry.queries.imports import Occupations
from guildhall.web.doors import for_roles
from guildhall.web.uploads import takes_file, was_too_large
from guildhall.web.viewer import viewer_of

Known = Callable[[], Occupations]
guarded = for_roles(*import_queries.CITY_OFFICERS, task=import_queries.FEEDS)


@for_roles(*queries.READERS)
def feeds_(request: HttpRequest) -> HttpResponse:
    """How does each feed stand, and is it fresh enough to decide by?"""
    viewer, today = viewer_of(request), timezone.localdate()
    found = queries.standing(viewer, today)
    brings = import_queries.brings_feeds(viewer, today)
    context = {"found": found, "title": _title(found), "brings": brings, "waiting": queries.waiting(viewer, today)}
    return render(request, "registry/feeds.html", context)


def _title(found: list[Standing]) -> str:
    """The question of the page, answered."""
    old, broken, all = sum(one.stale for one in found), sum(one.state == "broken" for one in found), len(found)
    missing = sum(one.as_of is None for one in found)
    if broken:
        return ngettext("%(n)s of %(all)s files is broken", "%(n)s of %(all)s files are broken", broken) % {"n": broken, "all": all}
    if old:
        return ngettext("%(old)s of %(all)s files is too old to decide", "%(old)s of %(all)s files are too old to decide", old) % {
            "old": old,
            "all": all,
        }
    if missing:
        return ngettext("%(n)s of %(all)s files has never come", "%(n)s of %(all)s files have never come", missing) % {
            "n": missing,
            "all": all,
        }
    return _("Every file is fresh")


class FeedForm(forms.Form):
    """Which file, the day it speaks of, and whether it corrects an earlier day."""

    file = file_field(gettext_lazy("The file"))
    as_of = forms.DateField(
        label=gettext_lazy("The day it speaks of"),
        help_text=gettext_lazy("only where the file does not say it itself, such as 2026-10-31"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    correction = forms.BooleanField(
        label=gettext_lazy("It corrects an earlier day"),
        help_text=gettext_lazy("a file that is older than what is on record is refused otherwise"),
        required=False,
    )


@guarded
@takes_file
def feed_file(request: HttpRequest, kind: str, occupations: Known) -> HttpResponse:
    """Which file? It is read and compared; nothing comes in before that is confirmed."""
    contract = queries.bringer(viewer_of(request), kind, timezone.localdate())
    form = FeedForm()
    if request.method == "POST":
        too_large = was_too_large(request)
        form = FeedForm(request.POST, request.FILES)
        if form.is_valid() and (batch := _received(request, form, kind, occupations)):
            return redirect("feed_import", batch_id=batch.pk)
        if too_large:
            say_too_large(form)
    return render(request, "registry/feed_file.html", {"form": form, "contract": contract})


def _received(request: HttpRequest, form: FeedForm, kind: str, occupations: Known) -> ImportBatch | None:
    """The batch, or None with the form saying what is wrong with the file. A large file is read in the background."""
    file: UploadedFile[Any] = form.cleaned_data["file"]
    content, viewer, now = file.read(), viewer_of(request), timezone.now()
    batch = feeds.receive(
        content=content,
        kind=kind,
        name=(file.name or "")[:200],
        as_of=form.cleaned_data["as_of"],
        by=viewer,
        now=now,
        correction=form.cleaned_data["correction"],
    )
    if len(content) > feeds.AT_ONCE_BYTES:
        feeds.check_later(batch=batch, by=viewer, now=now)
        return batch
    try:
        return feeds.read(batch=batch, occupations=occupations, by=viewer, now=now)
    except (Refused, NotATable) as unfit:
        form.add_error("file", told(*unfit.said(language())))
    except NotFound:
        raise
    except GuildhallError as error:
        form.add_error("correction", told(error.what, error.why, error.next))
    return None


@guarded
def feed_import(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What would happen, what became of it, or how far it is; the form confirms the file or gives it up."""
    viewer, today = viewer_of(request), timezone.localdate()
    batch = queries.batch(viewer, batch_id, today)
    wrong = ""
    if request.method == "POST":
        try:
            return _decided(request, batch)
        except feeds.ManyEnd as many:
            wrong = said(many)
            batch.refresh_from_db()
    progress = import_queries.progress_of(batch, "check" if batch.state == "received" else "apply")
    contrary = [(entry["row"], import_queries.faults_of(entry["faults"])) for entry in batch.forecast.get("contrary", [])]
    rows = import_queries.rejected_rows(batch, size=SHOWN)
    context: dict[str, Any] = {
        "batch": batch,
        "contract": CONTRACTS[batch.kind],
        "counts": _counts(batch),
        "sides": _sides(batch),
        "notes": _notes(batch),
        "rejected": sorted(rows if batch.state == "done" else [*rows, *contrary], key=lambda entry: entry[0])[:SHOWN],
        "shown": SHOWN,
        "has_cells": batch.state == "done" and import_queries.has_cells(batch),
        "progress": progress,
        "names": called([batch.brought_by]),
        "me": viewer.name,
        "held_back": [(HELD_BACK[why], rows) for why, rows in batch.forecast.get("held_back", {}).items()],
        "asks": batch.state == "staged" and feeds.is_many(batch.forecast.get("would_end", 0), batch.forecast.get("lasting", 0)),
        "wrong": wrong,
    }
    response = render(request, "registry/feed_import.html", context)
    if progress is not None:
        response.headers["Refresh"] = "3"
    return response


def _decided(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    if "give_up" in request.POST:
        with suppress(AlreadyDone):  # it ended in the meantime: the page says how
            if batch.state == "applying":
                imports.abandon(batch=batch, by=viewer, now=now)
            else:
                imports.discard(batch=batch, by=viewer, now=now)
                return redirect("feeds")
        return redirect("feed_import", batch_id=batch.pk)
    with suppress(AlreadyDone):  # pressed twice: the page says how it stands
        ends = request.POST.get("ends", "")
        confirmed = int(ends) if ends.isdecimal() else None
        if batch.state == "staged" and batch.rows > feeds.AT_ONCE:
            feeds.apply_later(batch=batch, by=viewer, now=now, ends=confirmed)
        elif batch.state in ("staged", "applying"):
            feeds.apply(batch=batch, by=viewer, now=now, ends=confirmed)
    return redirect("feed_import", batch_id=batch.pk)


@guarded
def feed_rejected(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The rows that were not taken, as a spreadsheet to correct."""
    batch = queries.batch(viewer_of(request), batch_id, timezone.localdate())
    if not import_queries.has_cells(batch):
        raise NotFound(_("No rejected rows are kept of this import"))
    return to_correct(import_queries.rejected(batch), batch.mapping["header"], f"{batch.kind}-{batch.pk}-rejected.xlsx")


COUNTED: dict[str, Any] = {
    "accepted": gettext_lazy("new on record"),
    "changed": gettext_lazy("put right"),
    "unchanged": gettext_lazy("already so on record"),
    "rejected": gettext_lazy("not taken"),
}
SIDES: dict[str, Any] = {
    "ended": gettext_lazy("on record and no longer in the file: ended on its day"),
    "would_end": gettext_lazy("on record and no longer in the file: would end on its day"),
    "only_here": gettext_lazy("on record and not in the file: left as they are"),
    "only_there": gettext_lazy("in the file, about people who are not on record"),
    "not_on_record": gettext_lazy("in the file, about people who are not on record"),
}
HELD_BACK: dict[str, Any] = {
    "none_taken": gettext_lazy("rows, none of which could be taken: this file ends nobody."),
    "unmatched": gettext_lazy(
        "rejected rows in which no identity number can be read. They may be about anybody, so this file ends nobody."
    ),
}
NOTED: dict[str, Any] = {
    "other_name": gettext_lazy("on record under another name, which is left"),
    "confirms": gettext_lazy("confirms a certificate that an employer named"),
    "newer_end": gettext_lazy("ended by a newer file, and left so"),
}


def _counts(batch: ImportBatch) -> list[tuple[Any, int, str]]:
    found = batch.forecast.get("counts", {}) if batch.state == "staged" else {name: getattr(batch, name) for name in OUTCOMES}
    return [(COUNTED[name], found.get(name, 0), name) for name in OUTCOMES]


def _sides(batch: ImportBatch) -> list[tuple[Any, int]]:
    found = batch.forecast if batch.state == "staged" else batch.forecast.get("reconciled", {})
    return [(words, found[name]) for name, words in SIDES.items() if found.get(name)]


def _notes(batch: ImportBatch) -> list[tuple[Any, int]]:
    if batch.state == "done":
        return [(NOTED[name], len(rows)) for name, rows in import_queries.noted(batch, NOTES).items()]
    return [(NOTED[name], count) for name, count in batch.forecast.get("notes", {}).items()]
