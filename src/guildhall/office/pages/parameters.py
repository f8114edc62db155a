"""Parameters of rules: which of them the city stands by, by instrument, and saying so with the document in hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guildhall.city.instruments import Document
from guildhall.city.wording import days_of, jurisdiction_of, lines_of
from guildhall.kernel.tables import Text
from guildhall.office.operations import parameters as operations
from guildhall.office.queries import parameters as queries
from guildhall.office.queries.parameters import Standing
from guildhall.web import pack
from guildhall.web.doors import for_roles, no_such_page
from guildhall.web.forms import attempt
from guildhall.web.uploads import takes_file, was_too_large
from guildhall.web.viewer import Viewer, viewer_of


class HeldForm(forms.Form):
    """Where the document lies, and a copy of it; the second officer is asked for neither."""

    reference = forms.CharField(
        label=gettext_lazy("Where the document lies"),
        help_text=gettext_lazy("its number in the city's files"),
        max_length=operations.LONGEST,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    names = forms.CharField(
        label=gettext_lazy("Which document sets these values"),
        help_text=gettext_lazy("its title as 《title》, or its number with the year, such as 渝人社规〔2025〕11号"),
        max_length=operations.LONGEST,
        widget=forms.TextInput({"autocomplete": "off"}),
        required=False,
    )
    paper = forms.FileField(
        label=gettext_lazy("A copy of it (may be left out)"),
        help_text=gettext_lazy("A photo (JPEG or PNG) or a PDF."),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,application/pdf"}),
        required=False,
    )


class WithdrawForm(forms.Form):
    """Why the city no longer stands by a value."""

    reason = forms.CharField(
        label=gettext_lazy("Why the city no longer stands by it"),
        help_text=gettext_lazy("It stays with the event; write no names or numbers of people."),
        max_length=operations.LONGEST,
    )


@dataclass(frozen=True)
class Line:
    """One version as a page shows it; `choose` is `first` or `second` where the viewer may tick it now."""

    standing: Standing
    values: list[Text]
    days: Text
    whose: Text
    choose: str = ""


@dataclass(frozen=True)
class Group:
    """What one document sets; without one, days for which nothing was found."""

    document: Document | None
    lines: list[Line]

    @property
    def first(self) -> bool:
        return any(line.choose == "first" for line in self.lines)

    @property
    def second(self) -> bool:
        return any(line.choose == "second" for line in self.lines)


@for_roles(*queries.READERS)
def parameters(request: HttpRequest) -> HttpResponse:
    """How many values wait for an officer, by instrument?"""
    viewer = viewer_of(request)
    found = queries.standings(viewer)
    total = Counter(standing.state for standing in found)
    rows = []
    for instrument in pack.city().instruments:
        counts = Counter(standing.state for standing in found if standing.instrument is instrument)
        by_state: dict[str, int] = {state: counts[state] for state in queries.STATES}
        rows.append({"instrument": instrument, "valued": counts.total() - counts["missing"], **by_state})
    context = {
        "rows": rows,
        "waiting": total["waiting"] + total["second"],
        "demonstration": settings.DEMONSTRATION,
        "reads_only": not any(queries.may_confirm(viewer, standing.entry) for standing in found if standing.state != "missing"),
    }
    return render(request, "office/parameters.html", context)


@for_roles(*queries.READERS)
@takes_file
def parameters_of(request: HttpRequest, rule: str) -> HttpResponse:
    """What does each document set, and does the city hold it? Ticking what it shows."""
    viewer = viewer_of(request)
    form = HeldForm()
    if request.method == "POST":
        if viewer.role not in queries.CONFIRMERS:
            raise no_such_page()
        form = _said(request, viewer, rule)
        if not form.errors:
            return redirect("parameters_of", rule)
    found = queries.standings(viewer, rule)
    context = {
        "instrument": found[0].instrument,
        "groups": _groups(viewer, found),
        "form": form,
        "at": request.POST.get("document", ""),
        "ticked": request.POST.getlist("version") + request.POST.getlist("looked"),
        "ended": queries.ended(viewer, rule),
        "demonstration": settings.DEMONSTRATION,
        "reads_only": not any(queries.may_confirm(viewer, standing.entry) for standing in found if standing.state != "missing"),
    }
    return render(request, "office/parameters_of.html", context)


@for_roles(*queries.CONFIRMERS)
def parameter(request: HttpRequest, confirmation_id: int) -> HttpResponse:
    """Does the city still stand by this value? Taking the confirmation back, with a reason."""
    viewer = viewer_of(request)
    row, standing = queries.one(viewer, confirmation_id)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        work = partial(operations.withdraw, confirmation_id=row.pk, reason=form.cleaned_data["reason"], by=viewer, now=timezone.now())
        if attempt(form, work):
            messages.success(request, _("The confirmation is withdrawn. In production the value decides nothing from now on."))
            return redirect("parameters_of", row.rule)
    context = {"row": row, "line": _line(viewer, standing), "form": form, "may": queries.may_confirm(viewer, standing.entry)}
    return render(request, "office/parameter.html", context)


def _said(request: HttpRequest, viewer: Viewer, rule: str) -> HeldForm:
    """The form after the word of a first or second officer; without errors where it was taken."""
    second = "second" in request.POST
    digests = request.POST.getlist("looked" if second else "version")
    given: dict[str, Any] = {"rule": rule, "digests": digests, "by": viewer, "now": timezone.now()}
    form = HeldForm(request.POST, request.FILES)
    if second:
        form.fields["reference"].required = False
    if form.is_valid() and was_too_large(request):
        form.add_error("paper", _("the file is too large"))
    if not form.is_valid():
        return form
    if second:
        done = attempt(form, partial(operations.second, **given))
    else:
        file: UploadedFile[Any] | None = form.cleaned_data["paper"]
        paper = (file.name or "", file.read()) if file else None
        done = attempt(
            form,
            partial(
                operations.confirm, reference=form.cleaned_data["reference"], document=form.cleaned_data["names"], paper=paper, **given
            ),
        )
    if done:
        messages.success(request, _told(len(done), waits=not second and any(row.two_needed for row in done)))
    return form


def _told(count: int, *, waits: bool) -> str:
    if waits:
        said = ngettext("%(n)s value now waits for a second officer.", "%(n)s values now wait for a second officer.", count)
    else:
        said = ngettext("The city now stands by %(n)s value.", "The city now stands by %(n)s values.", count)
    return said % {"n": count}


def _groups(viewer: Viewer, found: Iterable[Standing]) -> list[Group]:
    """The versions by document, in the order of the file; what is missing comes last."""
    groups: dict[str, Group] = {}
    for standing in found:
        document = standing.entry.document
        group = groups.setdefault(document.id if document else "", Group(document, []))
        group.lines.append(_line(viewer, standing))
    return sorted(groups.values(), key=lambda group: group.document is None)


def _line(viewer: Viewer, standing: Standing) -> Line:
    city, entry = pack.city(), standing.entry
    choose = ""
    if queries.may_confirm(viewer, entry):
        own = standing.row is not None and standing.row.confirmed_by_id == viewer.account
        choose = {"waiting": "first", "second": "" if own else "second"}.get(standing.state, "")
    return Line(standing, lines_of(city, standing.instrument, entry), days_of(entry), jurisdiction_of(city, entry), choose)
