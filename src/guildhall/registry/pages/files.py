"""What the pages that bring a file in share: the field for it, what is said of one that does not fit, and the rows to correct."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guildhall.registry.engine.roster import Rejected, rejected_workbook
from guildhall.web.uploads import LARGEST

SHOWN = 200
"""Rejected rows shown on one page; the spreadsheet has them all."""
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def language() -> str:
    """The language of the words of a fault: zh or en."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def file_field(label: Any) -> forms.FileField:
    """The field for a spreadsheet."""
    return forms.FileField(
        label=label,
        help_text=gettext_lazy("an Excel workbook (.xlsx, .xls) or a CSV file"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": gettext_lazy("choose a file"), "empty": gettext_lazy("the file is empty")},
    )


def say_too_large(form: forms.Form) -> None:
    """Says beside the field that the file was too large, and nothing else."""
    form.errors.pop("file", None)
    form.add_error("file", _("the file has more than %(most)s MB; split it into several") % {"most": LARGEST >> 20})


def told(what: str, why: str, next: str) -> str:
    """Why a file is not read and what to do, in one line."""
    return _("%(what)s. %(why)s. What to do: %(next)s") % {"what": what, "why": why, "next": next}


def to_correct(rows: Iterable[Rejected], header: Sequence[str], name: str) -> HttpResponse:
    """Rows that were not taken, as a spreadsheet to correct."""
    content = rejected_workbook(rows, header, language=language())
    return HttpResponse(content, content_type=SPREADSHEET, headers={"Content-Disposition": f'attachment; filename="{name}"'})
