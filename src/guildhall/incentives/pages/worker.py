"""What am I entitled to, and why not that one? A worker's own pages as of any day, and the same as an officer sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guildhall.incentives.engine.states import STATES
from guildhall.incentives.operations.looking import note_benefits
from guildhall.incentives.pages.in_words import Teller, where_to_go
from guildhall.incentives.pages.searched import searched
from guildhall.incentives.pages.subjects import Key, titles_of
from guildhall.incentives.queries import answers as queries
from guildhall.incentives.queries.answers import GROUPS, Answer
from guildhall.incentives.queries.objections import objectable
from guildhall.kernel.errors import NotFound
from guildhall.kernel.money import Fen, format_yuan
from guildhall.kernel.tables import Text
from guildhall.office.queries.mandates import CLAIMS
from guildhall.registry.queries.naming import attested, names_of_people
from guildhall.rules.rulebook import Rule
from guildhall.web.doors import for_roles, of_the_person
from guildhall.web.forms import DayField
from guildhall.web.templatetags.guildhall import text
from guildhall.web.viewer import Viewer, viewer_of

FIRST = date(1990, 1, 1)
OFFICERS = ("claims_officer",)
"""Officers who advise on benefits at the counter: the reasons tell what other authorities report, which assessors are not shown."""


class OnForm(forms.Form):
    """The day that is asked about."""

    on = DayField(label=gettext_lazy("As of which day?"), required=False)

    def clean_on(self) -> date | None:
        day: date | None = self.cleaned_data["on"]
        if day and not FIRST <= day <= timezone.localdate():
            raise forms.ValidationError(_("choose a day from %(first)s to today") % {"first": FIRST})
        return day


@dataclass(frozen=True)
class Shown:
    """One answer in words, what it is about, and where the page with all of it is."""

    answer: Answer
    told: Teller
    about: str
    address: str

    @property
    def state(self) -> Text | None:
        """How the claim stands, where there is one."""
        return STATES[self.answer.claim.state] if self.answer.claim else None

    @property
    def granted(self) -> str:
        """What was granted for it, in yuan; empty where nothing was."""
        grant = self.answer.grant
        return format_yuan(Fen(grant.amount), self.told.language) if grant else ""

    @property
    def go(self) -> tuple[str, str]:
        return where_to_go(self.answer)


@dataclass(frozen=True)
class Lot:
    """What one rule answers within a group, for each thing it is about."""

    rule: Rule
    shown: tuple[Shown, ...]

    @property
    def short(self) -> str:
        """What stands in the way of the latest of them."""
        return self.shown[0].told.short


@of_the_person(task=CLAIMS)
def benefits(request: HttpRequest) -> HttpResponse:
    """What is mine, what nearly, what not and why, and what cannot be said: as of any day."""
    viewer = viewer_of(request)
    context = _everything(request, viewer, viewer.worker or 0, "")
    context |= {"employers": queries.claimed_by_employers(viewer), "attested": attested(viewer, viewer.worker or 0, context["today"])}
    if context["may_claim"]:
        context["searched"] = searched(viewer, context["today"], context["titles"])
    return render(request, "incentives/benefits.html", context)


@of_the_person(task=CLAIMS)
def benefit(request: HttpRequest, benefit: str, kind: str, key: int) -> HttpResponse:
    """One benefit for one certificate or business: every condition, and the law beside it."""
    viewer = viewer_of(request)
    context = _one(request, viewer, viewer.worker or 0, (benefit, kind, key))
    context["attested"] = attested(viewer, viewer.worker or 0, context["today"])
    return render(request, "incentives/benefit.html", context)


@for_roles(*OFFICERS, task="people")
def person_benefits(request: HttpRequest, worker_id: int) -> HttpResponse:
    """What a person is entitled to, for an officer who sees that person; the person may read who looked."""
    viewer = viewer_of(request)
    context = _everything(request, viewer, worker_id, names_of_people([worker_id]).get(worker_id, ""))
    note_benefits(worker_id=worker_id, by=viewer, now=timezone.now())
    return render(request, "incentives/benefits.html", context)


@for_roles(*OFFICERS, task="people")
def person_benefit(request: HttpRequest, worker_id: int, benefit: str, kind: str, key: int) -> HttpResponse:
    """One benefit of a person with every condition, for an officer who sees that person."""
    viewer = viewer_of(request)
    context = _one(request, viewer, worker_id, (benefit, kind, key))
    context["name"] = names_of_people([worker_id]).get(worker_id, "")
    note_benefits(worker_id=worker_id, by=viewer, now=timezone.now())
    return render(request, "incentives/benefit.html", context)


def _everything(request: HttpRequest, viewer: Viewer, worker: int, name: str) -> dict[str, Any]:
    today = timezone.localdate()
    form = OnForm(request.GET or None)
    on = form.is_valid() and form.cleaned_data["on"] or today
    found = queries.answers(viewer, worker, on=on, today=today)
    person = worker if _is_officer(viewer) else 0
    titles = titles_of(found)
    groups = _grouped(found, titles, person, on, today)
    return {
        "form": OnForm({"on": on}) if form.is_valid() or not form.is_bound else form,
        "on": on,
        "today": today,
        "groups": groups,
        "until": {} if person else objectable([each.claim for each in found if each.claim], today),
        "titles": titles,
        "title": _title(groups, name),
        "name": name,
        "person": person,
        "may_claim": on == today and not person,
    }


def _one(request: HttpRequest, viewer: Viewer, worker: int, key: tuple[str, str, int]) -> dict[str, Any]:
    today = timezone.localdate()
    form = OnForm(request.GET or None)
    if form.is_bound and not form.is_valid():
        raise NotFound(_("There is no answer for that day"), next=_("choose a day up to today"))
    on = form.is_bound and form.cleaned_data["on"] or today
    found = queries.answer(viewer, worker, *key, on=on, today=today)
    person = worker if _is_officer(viewer) else 0
    return {
        "shown": _shown(found, titles_of([found]), person, on, today),
        "until": objectable([found.claim], today) if found.claim and not person else {},
        "on": on,
        "today": today,
        "person": person,
        "form": OnForm({"on": on}),
        "may_claim": on == today and not person,
    }


def _is_officer(viewer: Viewer) -> bool:
    return viewer.role in OFFICERS and not viewer.mandate


def _grouped(found: Iterable[Answer], titles: Mapping[Key, str], person: int, on: date, today: date) -> dict[str, list[Lot]]:
    """The answers by group, and within a group by rule in the order of the book."""
    lots: dict[str, dict[str, list[Shown]]] = {group: {} for group in GROUPS}
    for each in found:
        lots[each.group].setdefault(each.rule.name, []).append(_shown(each, titles, person, on, today))
    return {group: [Lot(some[0].answer.rule, tuple(some)) for some in rules.values()] for group, rules in lots.items()}


def _shown(each: Answer, titles: Mapping[Key, str], person: int, on: date, today: date) -> Shown:
    at = [each.rule.name, each.kind, each.key]
    address = reverse("person_benefit", args=[person, *at]) if person else reverse("benefit", args=at)
    return Shown(each, Teller(each), titles[each.kind, each.key], address if on == today else f"{address}?on={on}")


def _title(groups: Mapping[str, list[Lot]], name: str) -> str:
    """The question of the page, answered: how many are there for me?"""
    mine = [shown for lot in groups["yours"] for shown in lot.shown]
    near = [shown for lot in groups["nearly"] for shown in lot.shown if shown.answer.decision.kind != "deduct"]
    claimed = sum(len(lot.shown) for lot in groups["claimed"])
    if not any(groups.values()):
        return _("Nothing is on record that a benefit could be for")
    is_money = any(shown.answer.decision.kind != "deduct" for shown in mine)
    if mine and (is_money or not (near or claimed)):
        said = ngettext("%(n)s benefit is yours", "%(n)s benefits are yours", len(mine))
        said = ngettext("%(n)s benefit for %(name)s", "%(n)s benefits for %(name)s", len(mine)) if name else said
        return said % {"n": len(mine), "name": name}
    if claimed:
        return ngettext("%(n)s claim is on its way", "%(n)s claims are on their way", claimed) % {"n": claimed}
    if near:
        return _("Nearly: %(by)s short of the %(benefit)s") % {"by": near[0].told.by, "benefit": text(near[0].answer.rule.title)}
    return _("Nothing can be promised to %(name)s yet") % {"name": name} if name else _("Nothing can be promised yet")
