"""Pages on which an officer changes who someone is: the name, the phone, documents and the identity number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from guildhall.kernel.errors import NotFound
from guildhall.office.queries.actors import called
from guildhall.registry.engine import wordbook
from guildhall.registry.operations import identity
from guildhall.registry.pages.records import ReasonForm, guarded, taken
from guildhall.registry.queries import identity as queries
from guildhall.web.templatetags.guildhall import text
from guildhall.web.viewer import Viewer, viewer_of

SEEN: dict[str, Any] = {
    "identity_card": gettext_lazy("resident identity card"),
    "household_register": gettext_lazy("household register"),
    "police_certificate": gettext_lazy("certificate of the police station"),
    "court_decision": gettext_lazy("decision of a court"),
    "passport": gettext_lazy("passport"),
    "permit": gettext_lazy("travel or residence permit"),
}
ASK = gettext_lazy("choose one")
DETACHED = gettext_noop(
    "The account that holds the record signed in by the phone before and cannot any more. Take the record back from it, then open the "
    "record to the person with the new phone."
)


def _words(words: dict[str, Any]) -> list[tuple[str, Any]]:
    return [("", ASK), *words.items()]


class GroundsForm(ReasonForm):
    """Why, and which paper was seen."""

    document = forms.ChoiceField(label=gettext_lazy("Which document did you see?"), choices=lambda: _words(SEEN))


class RenameForm(GroundsForm):
    """A name, since when, and on which grounds."""

    name = forms.CharField(label=gettext_lazy("New name"), help_text=gettext_lazy("As on the document."), max_length=identity.LONGEST_NAME)
    on = forms.DateField(
        label=gettext_lazy("From which day?"), help_text=gettext_lazy("Year-month-day, such as 2026-01-30."), input_formats=["%Y-%m-%d"]
    )
    field_order = ("name", "on", "document", "reason")


class PhoneForm(ReasonForm):
    """A phone, or none."""

    phone = forms.CharField(
        label=gettext_lazy("New phone"), help_text=gettext_lazy("Leave it empty to take the number away."), max_length=30, required=False
    )
    field_order = ("phone", "reason")


class DocumentForm(forms.Form):
    """Another document of a person."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of document"), choices=lambda: _words({kind: text(word) for kind, word in wordbook.DOCUMENT.items()})
    )
    number = forms.CharField(
        label=gettext_lazy("Number"), help_text=gettext_lazy("As printed; spaces do not matter."), max_length=40,
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    valid_until = forms.DateField(
        label=gettext_lazy("Valid until (may be left empty)"), help_text=gettext_lazy("Year-month-day, such as 2026-01-30."),
        input_formats=["%Y-%m-%d"], required=False,
    )  # fmt: skip


class NumberForm(GroundsForm):
    """Another identity number, for a second officer to confirm."""

    number = forms.CharField(
        label=gettext_lazy("New identity number"), help_text=gettext_lazy("18 characters, as on the document."), max_length=40,
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    field_order = ("number", "document", "reason")


@guarded
def rename(request: HttpRequest, worker_id: int) -> HttpResponse:
    """What is the person called now? The name before stays on record and is still found."""
    viewer, form = viewer_of(request), RenameForm(request.POST or None)
    found = identity.look(worker_id=worker_id, by=viewer, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        work = _verb(identity.rename, viewer, worker_id=worker_id, **form.cleaned_data)
        if taken(form, work):
            messages.success(request, _("The name is changed. The one before stays on record and is still found."))
            return redirect("person", worker_id=found.worker.pk)
    return render(request, "registry/rename.html", {"found": found, "form": form})


@guarded
def change_phone(request: HttpRequest, worker_id: int) -> HttpResponse:
    """Under which phone is the person reached?"""
    viewer, form = viewer_of(request), PhoneForm(request.POST or None)
    found = identity.look(worker_id=worker_id, by=viewer, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        detached: list[bool] = []
        work = _verb(identity.change_phone, viewer, worker_id=worker_id, **form.cleaned_data)
        if taken(form, lambda: detached.append(work())):
            messages.success(request, _("The phone is changed."))
            if any(detached):
                messages.warning(request, _(DETACHED))
            return redirect("person", worker_id=found.worker.pk)
    return render(request, "registry/change_phone.html", {"found": found, "form": form})


@guarded
def documents(request: HttpRequest, worker_id: int) -> HttpResponse:
    """By which documents is the person known? Adds one, and ends one."""
    viewer = viewer_of(request)
    found = identity.look(worker_id=worker_id, by=viewer, now=timezone.now())
    ending = request.POST.get("action") == "end"
    form = DocumentForm(None if ending else request.POST or None)
    end = ReasonForm(request.POST if ending else None, prefix="end")
    if request.method == "POST" and (_ended(request, end, found, viewer) if ending else _added(request, form, found, viewer)):
        return redirect("documents", worker_id=found.worker.pk)
    context = {"found": found, "form": form, "end": end, "book": wordbook.DOCUMENT, "asked": request.POST.get("document", "")}
    return render(request, "registry/documents.html", context)


def _added(request: HttpRequest, form: DocumentForm, found: queries.Known, viewer: Viewer) -> bool:
    if not form.is_valid():
        return False
    work = _verb(identity.add_document, viewer, worker_id=found.worker.pk, **form.cleaned_data)
    done = taken(form, work)
    if done:
        messages.success(request, _("The document is on record. The person is found by its number."))
    return done


def _ended(request: HttpRequest, form: ReasonForm, found: queries.Known, viewer: Viewer) -> bool:
    key = request.POST.get("document", "")
    if key not in {str(paper.row.pk) for paper in found.documents}:
        raise NotFound(_("There is no such document"), next=_("see the documents of the person"))
    done = form.is_valid() and taken(form, _verb(identity.end_document, viewer, document_id=int(key), **form.cleaned_data))
    if done:
        messages.success(request, _("The document has ended. It stays on record, and the person is still found by it."))
    return done


@guarded
def number(request: HttpRequest, worker_id: int) -> HttpResponse:
    """Is the identity number wrong? One officer proposes another, a second one confirms or refuses it."""
    viewer, action = viewer_of(request), request.POST.get("action", "")
    found = identity.look(worker_id=worker_id, by=viewer, now=timezone.now())
    context: dict[str, Any] = {"found": found, "form": NumberForm(), "refusal": ReasonForm(prefix="refuse"), "own": False, "shown": ""}
    if found.change:
        context |= {"own": found.change.proposed_by == viewer.name, "names": called([found.change.proposed_by]), "seen": SEEN}
    if request.method == "POST":
        done = _number_decided(request, action, context, viewer)
        if done:
            messages.success(request, done)
            return redirect("number", worker_id=found.worker.pk)
    return render(request, "registry/number.html", context)


def _number_decided(request: HttpRequest, action: str, context: dict[str, Any], viewer: Viewer) -> str:
    """What was done, in words; empty where the form says why not, or where the proposed number is only shown."""
    found: queries.Known = context["found"]
    if action == "propose":
        return _proposed(context, NumberForm(request.POST), viewer)
    if found.change is None or action not in ("show", "confirm", "refuse"):
        raise NotFound(_("There is no number to decide about"), next=_("see the documents of the person"))
    verb: dict[str, Any] = {"change_id": found.change.pk}
    if action == "refuse":
        refusal = context["refusal"] = ReasonForm(request.POST, prefix="refuse")
        done = refusal.is_valid() and taken(refusal, _verb(identity.refuse_number, viewer, **verb, **refusal.cleaned_data))
        return _("The proposed number is refused.") if done else ""
    plain = context["confirmation"] = forms.Form({})
    plain.is_valid()
    if action == "show":
        show = _verb(identity.reveal_proposed, viewer, **verb)
        taken(plain, lambda: context.update(shown=show()))
        return ""
    done = taken(plain, _verb(identity.confirm_number, viewer, **verb))
    return _("The identity number is changed. The one before stays on record and is still found.") if done else ""


def _proposed(context: dict[str, Any], form: NumberForm, viewer: Viewer) -> str:
    context["form"], worker = form, context["found"].worker
    if form.is_valid() and taken(form, _verb(identity.propose_number, viewer, worker_id=worker.pk, **form.cleaned_data)):
        return _("The number is proposed. A second officer has to confirm it.")
    return ""


def _verb(verb: Callable[..., Any], viewer: Viewer, **given: Any) -> Callable[[], Any]:
    """An operation with all it needs, to be carried out now."""
    return lambda: verb(**given, by=viewer, now=timezone.now())
