"""Pages of people: the search, a person's record, one number in clear, and the people of an organisation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guildhall.kernel.errors import NotFound
from guildhall.kernel.tables import Text
from guildhall.registry import queries
from guildhall.registry.engine import minors
from guildhall.registry.engine.book import BOOK
from guildhall.registry.engine.wordbook import reported
from guildhall.registry.models import Organisation
from guildhall.registry.operations.people import FIELDS, LONGEST_NOTE, REASONS, find, look, reveal
from guildhall.registry.queries import people as query
from guildhall.registry.queries import scope
from guildhall.registry.queries.duplicates import pairs_of
from guildhall.registry.queries.feeds import freshness
from guildhall.registry.queries.imports import batches
from guildhall.registry.queries.people import ROLES, Found, Question, shown_to, tokens
from guildhall.registry.queries.people.fields import ALL
from guildhall.registry.queries.people.leavers import leavers, organisation_of
from guildhall.registry.queries.people.record import Person
from guildhall.registry.queries.records import held_since, is_registrar
from guildhall.registry.tables import LEVELS, STANDINGS
from guildhall.web import words
from guildhall.web.doors import for_roles
from guildhall.web.numbers import grouped
from guildhall.web.pack import city
from guildhall.web.templatetags.guildhall import name as name_of
from guildhall.web.templatetags.guildhall import text
from guildhall.web.viewer import Viewer, viewer_of

PAGE = 50
TASK = "people"
OFFICERS = tuple(role for role in ROLES if role != "employer")
ASKED = ("organisation", "place", "level", "standing")
"""Filters that may stand in an address as they are; what was typed never does."""
CHOICES = 20
ROSTERS = 5
Names = Callable[[Collection[str]], Mapping[str, Text]]
"""Names of occupations by code; they stand in a domain above, and whoever hangs the page hands them in."""

HINTS = {
    "nothing": gettext_lazy("Type a name, initials, an identity number, a phone or a certificate number, or choose a filter."),
    "short": gettext_lazy("One letter or digit is too little: type at least two."),
    "surname_where": gettext_lazy(
        "A surname alone is shared by too many. Add the first character of the given name, or choose an organisation or a place."
    ),
    "surname_many": gettext_lazy(
        "There are more than %(most)s people there, too many to go through by surname. Add a character of the given name, or choose a "
        "smaller place."
    ),
    "broad": gettext_lazy("This filter alone is met by too many. Add a name, an organisation, a place or a level."),
}
RECOGNISED = {
    "identity_number": gettext_lazy("sought as an identity number"),
    "phone": gettext_lazy("sought as a phone number"),
    "certificate": gettext_lazy("sought as a certificate number"),
    "number": gettext_lazy("sought as the number of a document or a certificate"),
    "name": gettext_lazy("sought as the beginning of a name"),
    "initials": gettext_lazy("sought as initials, and as the beginning of a name"),
    "mixed": gettext_lazy("sought as characters and then initials"),
    "surname": gettext_lazy("sought as a surname"),
}
WHY = {
    "counter": gettext_lazy("the person is at the counter"),
    "contact": gettext_lazy("to reach the person"),
    "correction": gettext_lazy("to put the record right"),
    "assessment": gettext_lazy("to enter the person for an assessment"),
    "claim": gettext_lazy("to decide a claim"),
    "case": gettext_lazy("to work on a case of wages"),
    "law": gettext_lazy("because a court or a law asks for it"),
}
SHOWN_IN_CLEAR = {
    "identity_number": gettext_lazy("identity number"),
    "phone": gettext_lazy("phone"),
    "document": gettext_lazy("number of the document"),
    "certificate": gettext_lazy("certificate number"),
    "claim": gettext_lazy("number of the certificate that was claimed"),
}


@for_roles(*ROLES, task=TASK)
def people(request: HttpRequest) -> HttpResponse:
    """Searches for people. What was typed is sent by POST and stands sealed in the address of the answer."""
    viewer, now = viewer_of(request), timezone.now()
    if request.method == "POST":
        return _ask(request, viewer)
    typed = _typed(request, viewer)
    choices = _choices(viewer, request.GET.get("employer", ""))
    question = _question(request, typed)
    found = find(question=question, by=viewer, now=now, after=request.GET.get("after", ""), size=PAGE)
    return render(request, "registry/people.html", _list_context(request, viewer, question, found) | {"choices": choices})


def _ask(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Sends the reader on to the answer; the text goes along sealed."""
    told = {name: request.POST.get(name, "").strip() for name in ASKED if request.POST.get(name, "").strip()}
    employer, typed = request.POST.get("employer", "").strip(), request.POST.get("text", "").strip()[:80]
    if employer and "organisation" not in told:
        known = _employers(viewer, employer)
        told |= {"organisation": str(known[0].pk)} if len(known) == 1 else {"employer": employer[:80]}
    if typed:
        told["s"] = tokens.sealed("question", viewer, typed)
    return redirect(f"{request.path}?{urlencode(told)}" if told else request.path)


def _typed(request: HttpRequest, viewer: Viewer) -> str:
    sealed = request.GET.get("s", "")
    return str(tokens.opened("question", viewer, sealed)) if sealed else ""


def _question(request: HttpRequest, typed: str) -> Question:
    organisation = request.GET.get("organisation", "").strip()
    if organisation and not (organisation.isascii() and organisation.isdigit() and len(organisation) < 17):
        raise NotFound(_("There is no organisation “%(id)s”") % {"id": organisation}, next=_("see the list of organisations"))
    asked = {name: request.GET.get(name, "").strip() for name in ("place", "level", "standing")}
    return Question(typed, int(organisation) if organisation else None, **asked)


def _employers(viewer: Viewer, said: str) -> list[Organisation]:
    """Organisations that somebody may mean: by code, else by the beginning of the name."""
    if viewer.role == "employer":
        return []
    found = queries.organisations(viewer, name=said, size=CHOICES).rows
    return list(Organisation.objects.filter(code=queries.storable(said.upper()))[:1]) or list(found)


def _choices(viewer: Viewer, said: str) -> dict[str, Any]:
    """What an employer's name that was typed could mean, where it is not one organisation."""
    return {"said": said, "found": _employers(viewer, said)} if said and viewer.role != "employer" else {}


def _list_context(request: HttpRequest, viewer: Viewer, question: Question, found: Found) -> dict[str, Any]:
    told = {name: value for name in (*ASKED, "s") if (value := request.GET.get(name, "").strip())}
    return {
        "found": found,
        "question": question,
        "shown": shown_to(viewer),
        "is_officer": viewer.role in OFFICERS,
        "title": _whole_roster(found) if viewer.role == "employer" and question.is_empty else _title(found),
        "hint": HINTS.get(found.hint, "") % {"most": grouped(query.SMALL)} if found.hint else "",
        "recognised": RECOGNISED.get(found.asked.kind, ""),
        "employer": queries.organisation(viewer, question.organisation) if question.organisation else None,
        "within": queries.place(viewer, question.place) if question.place else None,
        "division": queries.division(viewer, timezone.localdate()) if "residence" in shown_to(viewer) else None,
        "levels": level_names(),
        "standings": {code: words.word("standing", code) for code in STANDINGS},
        "book": BOOK,
        "next": urlencode({**told, "after": found.next}) if found.next else "",
        "goes_on": request.GET.get("after", "") != "",
    }


def _title(found: Found) -> str:
    if found.hint:
        return _("Who are you looking for?")
    if found.more and not found.count:
        return _("Nobody yet: the search goes on")
    if found.more:
        return _("More than %(n)s people match") % {"n": grouped(found.count)}
    if not found.count:
        return _("Nobody matches")
    return _("One person matches") if found.count == 1 else _("%(n)s people match") % {"n": grouped(found.count)}


def _whole_roster(found: Found) -> str:
    """Who works for us? Nothing was asked, so it is everybody."""
    if found.more:
        return _("More than %(n)s people work for you") % {"n": grouped(found.count)}
    if not found.count:
        return _("Nobody on record works for you")
    return ngettext("One person works for you", "%(n)s people work for you", found.count) % {"n": grouped(found.count)}


def level_names() -> dict[str, Text]:
    """What the levels are called, lowest first."""
    named = {row.code: row.name for row in city().levels}
    return {code: named[code] for code in LEVELS if code in named}


@for_roles(*ROLES, task=TASK)
def one(request: HttpRequest, worker_id: int, *, occupations: Names) -> HttpResponse:
    """One person's record. Opening it is written down, and the person may see it."""
    viewer = viewer_of(request)
    found = look(worker_id=worker_id, by=viewer, now=timezone.now())
    rows: list[Any] = [one.row for part in (found.certificates, found.claims, found.employment) for one in part]
    context = {
        "person": found,
        "title": _person_title(found),
        "book": BOOK,
        "levels": level_names(),
        "occupations": occupations({row.occupation for row in rows if row.occupation}),
        "may_reveal": "reveal" in found.shown,
        "fresh": freshness(timezone.localdate()),
        "details": {job.row.pk: reported(job.row.kind, job.row.detail) for job in found.reported},
        "keeps": is_registrar(viewer),
        "all_reported": shown_to(viewer).get("reported") == ALL,
        "held_since": held_since(found.worker.pk) if is_registrar(viewer) else None,
        "young": minors.of_age_group(found.age) if "birth" in found.shown else None,
        "child": found.age < minors.CONSENTS_ALONE,
        "pairs": pairs_of(viewer, found.worker.pk, timezone.localdate()),
        "past_words": {**{name: BOOK[name] for name in ("sex", "education", "migrant", "standing", "contract")}, "level": level_names()},
    }
    return render(request, "registry/person.html", context)


def _person_title(found: Person) -> str:
    """Who it is and what the person can do, in one line."""
    where = found.employers[0] if found.employers else None
    said = {"name": found.name, "level": text(level_names().get(found.level)), "employer": name_of(where) if where else ""}
    if found.level and where:
        return _("%(name)s: %(level)s, works for %(employer)s") % said
    if found.level:
        return _("%(name)s: %(level)s") % said
    return _("%(name)s works for %(employer)s") % said if where else _("%(name)s: what is on record?") % said


class RevealForm(forms.Form):
    """Why a number is needed."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why do you need it?"), widget=forms.RadioSelect, choices=[(key, WHY[key]) for key in REASONS]
    )
    note = forms.CharField(
        label=gettext_lazy("In a few words (may be left empty)"),
        help_text=gettext_lazy("The person can read this. Write no numbers."),
        max_length=LONGEST_NOTE,
        required=False,
    )


@for_roles(*OFFICERS, task=TASK)
def show(request: HttpRequest, worker_id: int, field: str) -> HttpResponse:
    """Asks why a number is needed, then shows it once; every time is written down."""
    viewer, now = viewer_of(request), timezone.now()
    row = _row(request)
    found = look(worker_id=worker_id, by=viewer, now=now)  # the page says who it is about
    if field not in FIELDS:
        raise NotFound(_("There is no such number"), next=_("go back to the person's page"))
    form = RevealForm(request.POST or None)
    context: dict[str, Any] = {"person": found, "worker_id": worker_id, "field": SHOWN_IN_CLEAR[field], "form": form, "row": row}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        context["value"] = reveal(worker_id=worker_id, field=field, row=row, reason=said["reason"], note=said["note"], by=viewer, now=now)
        context["why"] = WHY[said["reason"]]
    return render(request, "registry/reveal.html", context)


def _row(request: HttpRequest) -> int | None:
    said = request.POST.get("row", "") or request.GET.get("row", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 17 else None


@for_roles(*ROLES, task=TASK)
def of_organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Who works for an organisation, and who did."""
    viewer, today = viewer_of(request), timezone.localdate()
    found_of = organisation_of(viewer, organisation_id, today)
    former, after = request.GET.get("list") == "former", request.GET.get("after", "")
    context: dict[str, Any] = {
        "organisation": found_of,
        "former": former,
        "shown": shown_to(viewer),
        "levels": level_names(),
        "book": BOOK,
        "own": viewer.role == "employer",
    }
    if former:
        rows, next_ = leavers(viewer, organisation_id, today=today, after=after, size=PAGE)
        context |= {"leavers": rows, "next": urlencode({"list": "former", "after": next_}) if next_ else ""}
    else:
        found = query.search(viewer, Question(organisation=organisation_id), today=today, after=after, size=PAGE)
        context |= {"found": found, "next": urlencode({"after": found.next}) if found.next else ""}
    return render(request, "registry/organisation_people.html", context)


def seen_at(viewer: Viewer, organisation: Organisation) -> dict[str, Any]:
    """What the page of an organisation adds for those who may list its people: how many they are, and the last rosters."""
    today = timezone.localdate()
    if "employment" not in shown_to(viewer) or not viewer.may(TASK) or viewer.mandate:
        return {}
    if not scope.organisations_of(viewer, today).filter(pk=organisation.pk).exists():
        return {}
    count, more = query.employed_at(viewer, organisation.pk, today)
    brought = batches(viewer, today).filter(organisation=organisation).order_by("-pk")[:ROSTERS]
    return {"count": count, "more": more, "imports": list(brought), "counter": viewer.role in scope.THROUGH}


def seen_in(viewer: Viewer, place_id: str) -> dict[str, Any]:
    """What the page of a place adds for officers: how many of the people who live there they see."""
    today = timezone.localdate()
    if "residence" not in shown_to(viewer) or not viewer.may(TASK):
        return {}
    count, more = query.people_in(viewer, place_id, today)
    return {"count": count, "more": more} if count or more else {}
