"""Pages of a broker's visits: a sheet to print and fill in, bringing it in, and what became of it."""

from __future__ import annotations

import csv
import io
from functools import partial

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.kernel.errors import FaultsFound, NotFound
from guildhall.kernel.workbooks import LARGEST_FILE, Refused, read
from guildhall.registry.engine.roster import NotATable, neutral
from guildhall.registry.engine.visits import FIELDS, WISHES
from guildhall.registry.operations.visits import bring_visits, note_sheet, said
from guildhall.registry.pages.files import SPREADSHEET, language, to_correct
from guildhall.registry.queries.visits import Sheet, brought, rejected, sheet
from guildhall.web.doors import for_roles
from guildhall.web.forms import attempt
from guildhall.web.uploads import takes_file, was_too_large
from guildhall.web.viewer import viewer_of

FORMATS = ("xlsx", "csv")
guarded = for_roles("broker")


class SheetForm(forms.Form):
    """The filled sheet."""

    file = forms.FileField(
        label=gettext_lazy("The filled sheet"),
        help_text=gettext_lazy("the file you got here, typed up after the visits (.xlsx, .xls, .csv)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )


@guarded
def visit_sheet(request: HttpRequest) -> HttpResponse:
    """A sheet for visits, to print, or as a file to type up what was written on it."""
    viewer, now = viewer_of(request), timezone.now()
    today, kind = timezone.localdate(now), request.GET.get("format", "")
    found = sheet(viewer, today)
    note_sheet(people=len(found.people), by=viewer, now=now)
    if kind in FORMATS:
        content = _workbook(found) if kind == "xlsx" else _csv(found)
        name = f"visits-{today.isoformat()}.{kind}"
        answer = HttpResponse(content, content_type=SPREADSHEET if kind == "xlsx" else "text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    context = {"sheet": found, "today": today, "wishes": list(enumerate(WISHES.values(), 1)), "broker": request.user}
    return render(request, "registry/visit_sheet.html", context)


def _header() -> list[str]:
    return [words.in_(language()) for words in FIELDS.values()]


def _rows(found: Sheet) -> list[list[str]]:
    return [[str(row.mandate.pk), row.name] for row in found.people]


def _workbook(found: Sheet) -> bytes:
    import xlsxwriter  # only when a file is asked for

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True, "bottom": 1})
    page = book.add_worksheet(_("visits"))
    page.freeze_panes(1, 2)
    page.set_column(0, len(FIELDS) - 1, 16, text)
    for at, row in enumerate([_header(), *_rows(found)]):
        for column, cell in enumerate(row):
            page.write_string(at, column, cell, text if at else bold)
    book.close()
    return content.getvalue()


def _csv(found: Sheet) -> bytes:
    lines = io.StringIO()
    csv.writer(lines).writerows([[neutral(cell) for cell in row] for row in (_header(), *_rows(found))])
    return lines.getvalue().encode("utf-8-sig")


@guarded
@takes_file
def visits(request: HttpRequest) -> HttpResponse:
    """Which sheet was filled in? It is applied at once, as far as it can be."""
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    if request.method == "POST" and was_too_large(request):
        form.add_error("file", _("the file has more than %(most)s MB") % {"most": LARGEST_FILE >> 20})
    if form.is_valid() and (batch := _brought(request, form)):
        return redirect("visit", batch_id=batch)
    return render(request, "registry/visits.html", {"form": form})


def _brought(request: HttpRequest, form: SheetForm) -> int | None:
    """The key of the batch; None where the file could not be taken, which then stands beside the field."""
    given = form.cleaned_data["file"]
    content = given.read()
    try:
        work = partial(bring_visits, content=content, by=viewer_of(request), now=timezone.now())
        workbook = read(content, given.name or "")
        batch = attempt(form, lambda: work(workbook=workbook))
    except (Refused, NotATable) as refused:
        form.add_error("file", _(": ").join(part for part in refused.said(language()) if part))
        return None
    except FaultsFound as faults:
        form.add_error("file", [str(fault) for fault in faults.faults] or str(faults))
        return None
    return batch.pk if batch else None


@guarded
def visit(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What became of the sheet? The rows that were not taken can be fetched, mended and brought again."""
    batch = brought(viewer_of(request), batch_id)
    rows = list(rejected(batch))
    if "rejected" in request.GET:
        if not rows:
            raise NotFound(_("Every row was taken"), next=_("see what became of the sheet"))
        return to_correct(rows, batch.forecast.get("header", []), f"visits-{batch.pk}-to-correct.xlsx")
    told = [(row.number, [(fault, fault.what.in_(language()), fault.next.in_(language())) for fault in row.faults]) for row in rows]
    return render(request, "registry/visit.html", {"batch": batch, "said": said(batch), "rows": told})
