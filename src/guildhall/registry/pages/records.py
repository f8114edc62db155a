"""What the pages that keep records share: who they are for, and how a refusal of an operation stands on a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.registry.queries.records import REGISTRARS
from guildhall.web.doors import for_roles

TASK = "people"
guarded = for_roles(*REGISTRARS, task=TASK)
LONGEST = 300


class ReasonForm(forms.Form):
    """Why something is decided."""

    reason = forms.CharField(
        label=gettext_lazy("What decides it?"),
        help_text=gettext_lazy("In a sentence. It is kept with the decision. Write no numbers."),
        max_length=LONGEST,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


def taken(form: forms.Form, work: Callable[[], Any], field: str | None = None) -> bool:
    """Whether the operation was done; a refusal that can be mended stands on the form. NotFound stays a page of its own."""
    try:
        work()
    except NotFound:
        raise
    except GuildhallError as refused:
        form.add_error(field, said(refused))
        return False
    return True


def said(error: GuildhallError) -> str:
    """A refusal in one line: what, why, and what to do next."""
    full = "。" if (get_language() or "").startswith("zh") else ". "
    parts = [_(": ").join(part for part in (error.what, error.why) if part), error.next]
    sentences = (part[:1].upper() + part[1:] for part in parts if part)
    return full.join(sentences) + full.strip()
