"""Pages of correction requests: the worker's own, the officers' queue, and one request to be decided."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.kernel.errors import NotFound
from guildhall.office.queries.attachments import attachments
from guildhall.office.queries.mandates import OWN
from guildhall.registry.engine import wordbook
from guildhall.registry.engine.corrections import DENIAL, LONGEST_WORDS, NOTE, TERM, Part
from guildhall.registry.operations import corrections as operations
from guildhall.registry.pages.identity import SEEN
from guildhall.registry.pages.records import LONGEST, guarded, taken
from guildhall.registry.queries import corrections as queries
from guildhall.registry.queries.corrections import Asked, Item
from guildhall.registry.queries.homes import homes
from guildhall.web.doors import of_the_person
from guildhall.web.templatetags.guildhall import name as name_of
from guildhall.web.templatetags.guildhall import text
from guildhall.web.uploads import takes_file, was_too_large
from guildhall.web.viewer import Viewer, viewer_of

PAGE = 50
NEEDS_PAPER = frozenset({"name", "number"})
HINTS: dict[str, Any] = {
    "name": gettext_lazy("As on your identity card."),
    "number": gettext_lazy("18 characters, as on your identity card."),
    "phone": gettext_lazy("The digits, with the country's code where it is another country. Leave it empty to have it taken away."),
    "date": gettext_lazy("Year-month-day, such as 2026-01-30."),
    "month": gettext_lazy("Year-month, such as 2026-01."),
    NOTE: gettext_lazy("Describe what is missing, or what is not yours."),
}
EMPTY = gettext_lazy("Leave it empty where there is none.")


class CorrectForm(forms.Form):
    """What it should say, why, and a paper that shows it."""

    wanted = forms.CharField(label=gettext_lazy("What should it say?"), max_length=LONGEST_WORDS, required=False)
    why = forms.CharField(
        label=gettext_lazy("How do you know?"),
        help_text=gettext_lazy("In a sentence or two."),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea({"rows": 3}),
    )
    paper = forms.FileField(
        label=gettext_lazy("A document that shows it (may be left out)"),
        help_text=gettext_lazy("A photo (JPEG or PNG) or a PDF."),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,application/pdf"}),
        required=False,
    )

    def __init__(self, part: Part, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted"] = _field(part)


def _field(part: Part) -> forms.Field:
    """The field in which the right answer is given: a list where there is one, otherwise a line or some."""
    hint = " ".join(str(words) for words in (HINTS.get(part.kind, ""), EMPTY if part.empty and part.kind != "phone" else "") if words)
    given: dict[str, Any] = {"label": _("What should it say?"), "help_text": hint, "required": not part.empty}
    if part.kind == "word":
        words = [(code, text(word)) for code, word in part.words.items()]
        return forms.ChoiceField(choices=[("", _("choose one")), *words], **given)
    if part.kind == "place":
        groups = [(name_of(district), [(place.pk, name_of(place)) for place in inside]) for district, inside in homes(timezone.localdate())]
        return forms.ChoiceField(choices=[("", _("choose one")), *groups], **given)
    rows = forms.Textarea({"rows": 3}) if part.kind == NOTE else forms.TextInput({"autocomplete": "off"})
    return forms.CharField(max_length=LONGEST_WORDS, widget=rows, **given)


@of_the_person(task=OWN)
@takes_file
def correct(request: HttpRequest) -> HttpResponse:
    """Is something wrong about me? All that may be put right, my requests with their state, and one form for what was chosen."""
    viewer, today = viewer_of(request), timezone.localdate()
    if request.method == "POST" and "withdraw" in request.POST:
        return _withdrawn(request, viewer)
    about = request.GET.get("about", "")
    if about:
        return _asking(request, viewer, queries.correctable_item(viewer, about))
    items, asked = queries.correctable(viewer), queries.own(viewer, today)
    context = {
        "groups": [(group, list(some)) for group, some in groupby(items, key=lambda item: item.group)],
        "asked": asked,
        "refused": any(one.row.state == "refused" for one in asked),
        "states": wordbook.CORRECTION,
        "term": TERM,
    }
    return render(request, "registry/correct.html", context)


def _withdrawn(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    key = request.POST["withdraw"]
    form = forms.Form({})
    form.is_valid()
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0
    if taken(form, lambda: operations.withdraw(correction_id=number, by=viewer, now=timezone.now())):
        messages.success(request, _("The request is withdrawn."))
    else:
        messages.warning(request, " ".join(str(error) for error in form.non_field_errors()))
    return redirect("correct")


def _asking(request: HttpRequest, viewer: Viewer, item: Item) -> HttpResponse:
    part = item.subject.part
    form = CorrectForm(part, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and was_too_large(request):
        form.add_error("paper", _("the file is too large"))
    if request.method == "POST" and form.is_valid() and taken(form, lambda: _lodged(form, item, viewer)):
        messages.success(request, _("Your request was received. You are told when it is answered."))
        return redirect("correct")
    return render(request, "registry/correct_one.html", {"item": item, "form": form, "note": part.kind == NOTE, "term": TERM})


def _lodged(form: CorrectForm, item: Item, viewer: Viewer) -> None:
    given = form.cleaned_data
    file: UploadedFile[Any] | None = given["paper"]
    paper = (file.name or "", file.read()) if file else None
    said = {"wanted": given["wanted"], "why": given["why"], "paper": paper}
    operations.lodge(subject=str(item.subject), by=viewer, now=timezone.now(), **said)


@guarded
def corrections(request: HttpRequest) -> HttpResponse:
    """The requests for which the officer's authority answers today, deadline first; and those that were answered."""
    viewer, today = viewer_of(request), timezone.localdate()
    state = "answered" if request.GET.get("state") == "answered" else "open"
    found = queries.queue(viewer, today, state=state, after=request.GET.get("after", ""), size=PAGE)
    context = {
        "found": found,
        "state": state,
        "states": wordbook.CORRECTION,
        "next": urlencode({"state": state, "after": found.next}) if found.next else "",
    }
    return render(request, "registry/corrections.html", context)


class AnswerForm(forms.Form):
    """The answer to a request."""

    document = forms.ChoiceField(
        label=gettext_lazy("Which document did you see?"), choices=lambda: [("", _("choose one")), *SEEN.items()], required=False
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer to the person"),
        help_text=gettext_lazy("The person reads this. A refusal must say why; write no numbers."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


@guarded
def correction(request: HttpRequest, correction_id: int) -> HttpResponse:
    """What is recorded, what is wanted, and on which evidence; accept or refuse."""
    viewer, now = viewer_of(request), timezone.now()
    asked = operations.look(correction_id=correction_id, by=viewer, now=now)
    form = AnswerForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "shown": ""}
    if request.method == "POST" and form.is_valid():
        done = _answered(request, asked, form, context, viewer)
        if done:
            messages.success(request, done)
            return redirect("correction", correction_id=correction_id)
    if "shown" in request.POST and not context["shown"]:
        context["shown"] = operations.shown_again(correction_id=correction_id, by=viewer, now=now)
    context |= {
        "asked": asked,
        "states": wordbook.CORRECTION,
        "papers": attachments(viewer, f"correction:{correction_id}", now),
        "needs_paper": asked.part.kind in NEEDS_PAPER,
        "hidden": asked.part.kind in ("number", "phone") and bool(asked.wanted),
        "note": asked.part.kind == NOTE,
        "denial": asked.part.kind == DENIAL,
        "own": asked.waiting is not None and asked.waiting.proposed_by == viewer.name,
    }
    return render(request, "registry/correction.html", context)


def _answered(request: HttpRequest, asked: Asked, form: AnswerForm, context: dict[str, Any], viewer: Viewer) -> str:
    """What was done, in words; empty where the form says why not, or where the number is only shown."""
    action, now, key = request.POST.get("action", ""), timezone.now(), asked.row.pk
    verbs: dict[str, Callable[[], Any]] = {
        "accept": lambda: operations.accept(correction_id=key, by=viewer, now=now, **form.cleaned_data),
        "refuse": lambda: operations.refuse(correction_id=key, answer=form.cleaned_data["answer"], by=viewer, now=now),
        "show": lambda: context.update(shown=operations.reveal_wanted(correction_id=key, by=viewer, now=now)),
    }
    if action not in verbs:
        raise NotFound(_("There is no such decision"), next=_("go back, load the page again and try once more"))
    if not taken(form, verbs[action]) or action == "show":
        return ""
    if action == "refuse" and asked.part.kind == DENIAL:
        return _("The denial is taken back; the person is told why, and how to object.")
    if action == "refuse":
        return _("The request is refused; the person is told why, and how to object.")
    if asked.part.kind != "number" and queries.request(viewer, key, timezone.localdate(now)).row.state == "open":
        return _("No paper came with it: a second officer has to accept the request as well.")
    if asked.part.kind == DENIAL:
        return _("The employment is void; the person is told.")
    if asked.part.kind == "number" and asked.waiting is None:
        return _("The number is proposed. A second officer has to accept the request as well.")
    return _("The request is accepted; the person is told.")
