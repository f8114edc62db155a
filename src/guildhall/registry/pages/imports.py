"""Pages that bring a roster in: whose, which file, do we read its columns right, what would happen, what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.kernel.errors import AlreadyDone, NotFound
from guildhall.kernel.workbooks import Refused
from guildhall.office.queries.actors import called
from guildhall.registry.engine.decisions import OUTCOMES
from guildhall.registry.engine.roster import FIELDS, REQUIRED, NotATable
from guildhall.registry.models import ImportBatch, Organisation
from guildhall.registry.operations import imports
from guildhall.registry.operations.imports import DAY
from guildhall.registry.pages.files import SHOWN, file_field, language, say_too_large, to_correct, told
from guildhall.registry.pages.records import said
from guildhall.registry.queries import imports as queries
from guildhall.registry.queries.imports import Occupations
from guildhall.web.doors import for_roles
from guildhall.web.templatetags.guildhall import text
from guildhall.web.uploads import takes_file, was_too_large
from guildhall.web.viewer import viewer_of

Known = Callable[[], Occupations]
FEW = 12
"""Organisations that are offered without asking for a name first."""
guarded = for_roles("employer", "assessor", "claims_officer", task=queries.TASK)


@guarded
def imports_(request: HttpRequest) -> HttpResponse:
    """The rosters that came in, the newest first."""
    viewer, today = viewer_of(request), timezone.localdate()
    before = request.GET.get("before", "")
    found, further = queries.recent(viewer, today, before=int(before) if before.isdecimal() else 0)
    context = {"found": found, "me": viewer.name, "names": called(row.brought_by for row in found)}
    return render(request, "registry/imports.html", context | {"next": f"before={further}" if further else ""})


@guarded
def import_new(request: HttpRequest) -> HttpResponse:
    """Whose roster is it? Who answers for one organisation alone is not asked."""
    viewer, today = viewer_of(request), timezone.localdate()
    asked = request.GET.get("name", "").strip()
    found = queries.owners(viewer, today, asked, FEW + 1)
    if len(found) == 1 and not asked:
        return redirect("import_file", organisation_id=found[0].pk)
    few = asked or len(found) <= FEW
    return render(request, "registry/import_new.html", {"found": found[:FEW] if few else [], "asked": asked, "more": len(found) > FEW})


class DayForm(forms.Form):
    """The day a roster speaks of."""

    as_of = forms.DateField(
        label=gettext_lazy("The day the roster speaks of"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("give the day"), "invalid": gettext_lazy("write it as 2026-10-31")},
    )

    def clean_as_of(self) -> date:
        """The day, unless it lies ahead."""
        day: date = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise forms.ValidationError(gettext_lazy("a roster cannot speak of a day to come"))
        return day


class FileForm(forms.Form):
    """Which file, and which of its sheets."""

    file = file_field(gettext_lazy("The roster"))
    sheet = forms.CharField(
        label=gettext_lazy("Name of the sheet"),
        help_text=gettext_lazy("only where the workbook holds several rosters"),
        required=False,
        max_length=80,
    )


@guarded
@takes_file
def import_file(request: HttpRequest, organisation_id: int, occupations: Known) -> HttpResponse:
    """Which file? It is read at once, as far as its columns."""
    owner = _owner(request, organisation_id)
    corrects = _corrected(request, owner)
    form = FileForm()
    if request.method == "POST":
        too_large = was_too_large(request)
        form = FileForm(request.POST, request.FILES)
        if form.is_valid() and (batch := _received(request, form, owner, corrects.pk if corrects else None, occupations)):
            return redirect("import_columns", batch_id=batch.pk)
        if too_large:
            say_too_large(form)
    return render(request, "registry/import_file.html", {"form": form, "owner": owner, "corrects": corrects})


def _received(request: HttpRequest, form: FileForm, owner: Organisation, corrects: int | None, occupations: Known) -> ImportBatch | None:
    """The batch, or None with the form saying what is wrong with the file."""
    file: UploadedFile[Any] = form.cleaned_data["file"]
    try:
        return imports.receive(
            content=file.read(),
            name=(file.name or "")[:200],
            organisation=owner.pk,
            occupations=occupations,
            by=viewer_of(request),
            now=timezone.now(),
            today=timezone.localdate(),
            sheet=form.cleaned_data["sheet"].strip(),
            corrects=corrects,
        )
    except (Refused, NotATable) as unfit:
        form.add_error("file", told(*unfit.said(language())))
        if sheets := getattr(unfit, "sheets", ()):
            form.fields["sheet"].widget = forms.Select(choices=[(sheet, sheet) for sheet in sheets])
    return None


def _owner(request: HttpRequest, organisation_id: int) -> Organisation:
    return queries.owner(viewer_of(request), organisation_id, timezone.localdate())


def _corrected(request: HttpRequest, owner: Organisation) -> ImportBatch | None:
    """The earlier import whose rejected rows are brought again, where the address names one."""
    given = request.GET.get("corrects", "")
    if not given.isdecimal():
        return None
    found = _batch(request, int(given))
    if found.organisation_id != owner.pk:
        raise NotFound(_("There is no such import"))
    return found


def _batch(request: HttpRequest, batch_id: int) -> ImportBatch:
    return queries.batch(viewer_of(request), batch_id, timezone.localdate())


@guarded
def import_columns(request: HttpRequest, batch_id: int, occupations: Known) -> HttpResponse:
    """Do we read the columns right? What is confirmed is remembered for the organisation's next file."""
    batch = _batch(request, batch_id)
    if batch.state not in ("received", "staged"):
        return redirect("import", batch_id=batch.pk)
    faults = [json.loads(batch.failure)[language()]] if batch.failure else []
    chosen = {header: field for field, header in batch.mapping["columns"].items()}
    source = batch.mapping.get(DAY, "")
    form = DayForm(initial={"as_of": batch.as_of if source not in UNSAID else None})
    if request.method == "POST":
        chosen, form = _chosen(request.POST, batch), DayForm(request.POST)
        faults = _column_faults(chosen)
        if form.is_valid() and not faults:
            faults = _checked(request, batch, chosen, form.cleaned_data["as_of"], occupations)
            if not faults:
                return redirect("import_check", batch_id=batch.pk)
    context = {"batch": batch, "columns": _columns(batch, chosen), "fields": FIELDS.items(), "required": REQUIRED, "faults": faults}
    context |= {"form": form, "day": DAY_FROM.get(source, "")}
    return render(request, "registry/import_columns.html", context)


UNSAID = ("several", "ahead")
"""Where the file does not say its day plainly, nothing is filled in."""
DAY_FROM: dict[str, Any] = {
    "file": gettext_lazy("taken from the file, where it stands above the header"),
    "earlier": gettext_lazy("taken from the import whose rows are corrected"),
    "none": gettext_lazy("the file does not say it, so today is filled in; change it where the roster is older"),
    "several": gettext_lazy("the file names several days: say which it is"),
    "ahead": gettext_lazy("the file names a day that lies ahead: give the right one"),
}


def _chosen(form: QueryDict, batch: ImportBatch) -> dict[str, str]:
    """{header: field} as the form says; a column that is not used is left out."""
    given = ((header, form.get(f"column-{at}", "")) for at, header in enumerate(batch.mapping["header"]))
    return {header: field for header, field in given if field in FIELDS}


def _column_faults(chosen: dict[str, str]) -> list[str]:
    fields = list(chosen.values())
    doubled = sorted({field for field in fields if fields.count(field) > 1})
    faults = [_("Two columns are said to be “%(field)s”: choose one") % {"field": text(FIELDS[field])} for field in doubled]
    missing = [field for field in REQUIRED if field not in fields]
    return faults + [_("No column is said to be “%(field)s”: choose one") % {"field": text(FIELDS[field])} for field in missing]


def _checked(request: HttpRequest, batch: ImportBatch, chosen: dict[str, str], as_of: date, occupations: Known) -> list[str]:
    """Keeps columns and day, and reads the file with them, at once or in the background; what was wrong with it."""
    viewer, now = viewer_of(request), timezone.now()
    unused = dict.fromkeys(batch.mapping["columns"], "")  # a column that was found and is not wanted must not be found again
    mapping = unused | {field: header for header, field in chosen.items()}
    try:
        with transaction.atomic():
            imports.refuse_too_many(batch, viewer, now)
    except imports.TooOften as refused:
        return [said(refused)]
    batch = imports.keep_columns(batch=batch, mapping=mapping, sheet=batch.sheet, by=viewer, now=now, as_of=as_of)
    if batch.mapping["count"] > imports.AT_ONCE:
        imports.check_later(batch=batch, by=viewer, now=now)
        return []
    try:
        imports.foresee(batch=imports.stage(batch=batch, occupations=occupations, by=viewer, now=now), by=viewer, now=now)
    except (Refused, NotATable) as unfit:
        return [told(*unfit.said(language()))]
    return []


def _columns(batch: ImportBatch, chosen: dict[str, str]) -> list[dict[str, Any]]:
    """Each column of the file: its header, a few masked values, and what it is said to mean."""
    notes = {column: words[language()] for column, state, words in batch.mapping["notes"] if state != "used"}
    given = zip(batch.mapping["header"], batch.mapping["samples"], strict=True)
    return [{"header": head, "samples": found, "field": chosen.get(head, ""), "note": notes.get(head, "")} for head, found in given]


@guarded
def import_check(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What would happen? Confirming applies the file, at once or in the background."""
    batch = _batch(request, batch_id)
    if request.method == "POST":
        return _confirmed(request, batch)
    if batch.state not in ("received", "staged"):
        return redirect("import", batch_id=batch.pk)
    progress = queries.progress_of(batch, "check")
    if progress is None:
        batch.refresh_from_db()  # it may have ended between the two looks
    ready = batch.state == "staged" and "counts" in batch.forecast
    failure = json.loads(batch.failure)[language()] if batch.failure else ""
    if not ready and progress is None:
        failure = failure or _("Reading it did not come to an end. Confirm the columns again, or bring another file.")
    context = {"batch": batch, "ready": ready, "failure": failure, "progress": progress, "shown": SHOWN, **_foreseen(batch)}
    return _waiting(render(request, "registry/import_check.html", context), not ready and not failure)


def _foreseen(batch: ImportBatch) -> dict[str, Any]:
    """What applying would do, in words."""
    counts, notes = batch.forecast.get("counts", {}), batch.forecast.get("notes", {})
    rows = queries.rejected_rows(batch, size=SHOWN)
    contrary = [(entry["row"], queries.faults_of(entry["faults"])) for entry in batch.forecast.get("contrary", [])]
    return {
        "counts": _counts(counts),
        "new": sum(counts.get(outcome, 0) for outcome in OUTCOMES[:2]),
        "fit": sum(counts.get(outcome, 0) for outcome in OUTCOMES[:3]),
        "notes": _notes({name: (count, []) for name, count in notes.items()}),
        "rejected": sorted([*rows, *contrary], key=lambda entry: entry[0])[:SHOWN],
        **_warnings(batch),
    }


def _waiting(response: HttpResponse, waits: bool) -> HttpResponse:
    """A page that looks again by itself while something is being done; a script makes that smooth where there is one."""
    if waits:
        response.headers["Refresh"] = "3"
    return response


def _confirmed(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    with suppress(AlreadyDone):  # pressed twice: the page of the import says how it stands
        if batch.rows > imports.AT_ONCE:
            imports.apply_later(batch=batch, by=viewer, now=now)
        else:
            imports.apply(batch=batch, by=viewer, now=now)
    return redirect("import", batch_id=batch.pk)


@guarded
def import_(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What became of a roster, or how far it is; while it is applied the form gives it up."""
    batch = _batch(request, batch_id)
    if request.method == "POST":
        return _given_up(request, batch)
    if batch.state in ("received", "staged"):
        return redirect("import_check" if batch.state == "staged" else "import_columns", batch_id=batch.pk)
    noted = {name: (len(rows), rows[:10]) for name, rows in queries.noted(batch).items()} if batch.state == "done" else {}
    progress = queries.progress_of(batch, "apply") if batch.state == "applying" else None
    context = {
        "batch": batch,
        "counts": _counts({outcome: getattr(batch, outcome) for outcome in OUTCOMES}),
        "notes": _notes(noted),
        "rejected": queries.rejected_rows(batch, size=SHOWN),
        **_warnings(batch),
        "shown": SHOWN,
        "has_cells": queries.may_take_rejected(viewer_of(request), batch),
        "progress": progress,
        "corrected_by": batch.corrected_by.exclude(state="abandoned").order_by("pk"),
        "me": viewer_of(request).name,
        "names": called([batch.brought_by]),
    }
    return _waiting(render(request, "registry/import.html", context), progress is not None)


def _given_up(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    with suppress(AlreadyDone):  # it ended in the meantime: the page says how
        imports.abandon(batch=batch, by=viewer_of(request), now=timezone.now())
    return redirect("import", batch_id=batch.pk)


@guarded
def import_rejected(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The rows that were not taken, as a spreadsheet to correct."""
    batch = _batch(request, batch_id)
    rows = imports.take_rejected(batch=batch, by=viewer_of(request), now=timezone.now())
    return to_correct(rows, batch.mapping["header"], f"roster-{batch.pk}-rejected.xlsx")


COUNTED: dict[str, Any] = {
    "accepted": gettext_lazy("new people or new jobs"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("already so on record"),
    "rejected": gettext_lazy("to be corrected"),
}
NOTED: dict[str, Any] = {
    "elsewhere": gettext_lazy("also employed elsewhere; that is lawful, and both are on record"),
    "renamed": gettext_lazy("on record under another name: the name is changed, the earlier one is kept"),
    "kept": gettext_lazy(
        "something differs from the record and is left as it is there: it is newer, was changed on a paper, or is not yours to change"
    ),
    "start_assumed": gettext_lazy("no first day at work: the day of the roster stands for it"),
    "left": gettext_lazy("on record as having left: give the day of the new start if they are back"),
    "certificate_elsewhere": gettext_lazy("the certificate is on record with another person"),
    "certificate_on_record": gettext_lazy("the certificate is on record with its issuer"),
}


def _counts(counts: dict[str, int]) -> list[tuple[Any, int, str]]:
    return [(COUNTED[outcome], counts.get(outcome, 0), outcome) for outcome in OUTCOMES]


def _notes(found: dict[str, tuple[int, list[int]]]) -> list[tuple[Any, int, list[int]]]:
    return [(NOTED[name], count, rows) for name, (count, rows) in found.items() if count]


def _warnings(batch: ImportBatch) -> dict[str, Any]:
    """What was odd about the file and about rows that are taken all the same."""
    found = [(entry["row"], queries.faults_of(entry["faults"])) for entry in batch.forecast.get("warnings", [])]
    remarks = [words[language()] for words in batch.forecast.get("remarks", [])]
    return {"warned": batch.forecast.get("warned", 0), "warnings": found, "remarks": remarks}
