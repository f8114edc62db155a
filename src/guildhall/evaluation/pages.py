"""Which title may I apply for, what is it worth, and what is missing? A worker's own page, and the same as an officer sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guildhall.city.wording import WORDS
from guildhall.evaluation import queries
from guildhall.evaluation.operations import note_recognition
from guildhall.evaluation.queries import Answer, OfCertificate, Recognition, Said
from guildhall.evaluation.tables import CLASSES, EDITIONS, SOUGHT_LEVELS, TITLES
from guildhall.kernel.tables import Text
from guildhall.office.queries.mandates import CLAIMS
from guildhall.office.queries.parameters import parameters
from guildhall.registry.queries.naming import names_of_people
from guildhall.registry.tables import CERTIFIED
from guildhall.rules import sentences
from guildhall.rules.decisions import Condition, Operand
from guildhall.skills.queries import names_of
from guildhall.web.doors import for_roles, of_the_person
from guildhall.web.forms import DayField
from guildhall.web.levels import levelled
from guildhall.web.pack import city
from guildhall.web.templatetags.guildhall import text
from guildhall.web.viewer import viewer_of

FIRST = date(1990, 1, 1)
OFFICERS = ("claims_officer", "assessor")
SIGNS = {True: "y", False: "x", None: "q"}
OUTCOMES = {"entitled": "y", "refused": "x", "undetermined": "q"}
NOT_SAID = ("", gettext_lazy("not said"))
MOST_MONTHS = 800


def _words(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Choices of words that parameters use, in the reader's language."""
    return [(code, text(WORDS[code]) if code in WORDS else code) for code in codes]


class AskForm(forms.Form):
    """The day asked about, and what only the person knows."""

    on = DayField(label=gettext_lazy("As of which day?"), required=False)
    appointed = forms.ChoiceField(
        label=gettext_lazy("Appointed by the employer to a post of this level?"),
        choices=(NOT_SAID, ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))),
        required=False,
    )
    class_completed = forms.ChoiceField(label=gettext_lazy("Class completed at a technical school"), required=False)
    title_held = forms.ChoiceField(label=gettext_lazy("Professional title held, in a field that matches the occupation"), required=False)
    title_since = DayField(label=gettext_lazy("Day the title was obtained"), required=False)
    worked_months = forms.IntegerField(
        label=gettext_lazy("Months in the occupation since then"), min_value=0, max_value=MOST_MONTHS, required=False
    )
    edition = forms.ChoiceField(label=gettext_lazy("By which rules was the standard of the occupation drawn up?"), required=False)
    sought_level = forms.ChoiceField(label=gettext_lazy("Skill level to sit for on the strength of the title"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        none = ("none", _("none"))
        levels = {level.code: text(level.name) for level in city().levels}
        choices = {
            "class_completed": [NOT_SAID, none, *_words(CLASSES[1:])],
            "title_held": [NOT_SAID, *_words(TITLES)],
            "edition": [NOT_SAID, *((edition, _("edition of %(year)s") % {"year": edition}) for edition in EDITIONS)],
            "sought_level": [NOT_SAID, *((code, levels.get(code, code)) for code in SOUGHT_LEVELS)],
        }
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]

    def clean_on(self) -> date | None:
        day: date | None = self.cleaned_data["on"]
        if day and not FIRST <= day <= timezone.localdate():
            raise forms.ValidationError(_("choose a day from %(first)s to today") % {"first": FIRST})
        return day

    @property
    def said(self) -> Said:
        """What was said; nothing while the form has an error."""
        if not self.is_bound or not self.is_valid():
            return Said()
        told = {name: self.cleaned_data[name] or None for name in Said.__dataclass_fields__ if name != "worked_months"}
        told["appointed"] = {"yes": True, "no": False}.get(str(told["appointed"]))
        return Said(**told, worked_months=self.cleaned_data["worked_months"])


@dataclass(frozen=True)
class Law:
    """One figure an answer rests on: what it is, its value, its document with the days it holds, and how well it is known."""

    name: str
    value: str
    source: str
    status: str


@dataclass(frozen=True)
class Line:
    """One condition in words, with the law beside it and what is missing."""

    sign: str
    said: str
    law: tuple[Law, ...]
    needs: tuple[str, ...]


class Told:
    """One answer in the reader's language."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.rule, self.decision = answer, answer.rule, answer.decision
        self.language = "zh" if (get_language() or "zh").startswith("zh") else "en"
        self.parameters = parameters().of(answer.rule.name)
        self.sign = OUTCOMES[self.decision.outcome]

    @property
    def sought(self) -> str:
        """The title asked about."""
        return _word(str(self.answer.facts.get("sought") or ""))

    @property
    def outcome(self) -> str:
        return sentences.outcome(self.decision, self.language)

    @property
    def near(self) -> str:
        """How long to wait, and until which day."""
        return sentences.nearly(self.rule, self.decision.near, self.language) if self.decision.near else ""

    @property
    def lines(self) -> list[Line]:
        return [self._line(condition) for condition in self.decision.conditions]

    @property
    def against(self) -> list[Line]:
        """The conditions that do not hold, or are not known."""
        wanted = False if self.decision.outcome == "refused" else None
        return [self._line(condition) for condition in self.decision.conditions if condition.state is wanted]

    @property
    def documents(self) -> list[tuple[str, str]]:
        """The documents it rests on, each once, and how well each is known; those the rule cites where no figure was found."""
        operands = [each for condition in self.decision.conditions for each in condition.operands if each.kind == "parameter"]
        found = [(self._cited(each.document), each.status) for each in operands if each.document]
        return list(dict.fromkeys(found)) or [(cited, "") for cited in self.rule.basis]

    def _cited(self, document: str) -> str:
        """A document by its number, or by its title in the reader's language."""
        instrument = city().instrument.get(self.rule.name)
        known = instrument.documents.values() if instrument else ()
        return next((text(each.title) for each in known if each.cited == document and not each.number), document)

    def _line(self, condition: Condition) -> Line:
        said = sentences.sentence(self.rule, condition, self.language, self.parameters).replace(sentences.NOT_KNOWN.in_(self.language), "…")
        needs = () if condition.state is not None else tuple(self._needs(condition))
        return Line(SIGNS[condition.state], levelled(said), tuple(self._law(condition)), needs)

    def _needs(self, condition: Condition) -> Iterator[str]:
        for missing in condition.missing:
            yield sentences.needs(self.rule, missing, self.language, self.parameters)
            if missing.why == "no_parameter" and (note := self._why_open(missing.name)):
                yield note

    def _why_open(self, name: str) -> str:
        """What the pack notes of a figure that was looked for and not found."""
        instrument, day = city().instrument.get(self.rule.name), self.answer.facts["applied_on"]
        held = [entry for entry in (instrument.of(name) if instrument else ()) if isinstance(day, date) and entry.version.holds_on(day)]
        return next((text(entry.missing) for entry in held if entry.version.value is None), "")

    def _law(self, condition: Condition) -> Iterator[Law]:
        for operand in dict.fromkeys(each for each in condition.operands if each.kind == "parameter"):
            name = sentences.name_of(self.rule, operand.name, self.language, self.parameters)
            yield Law(name, self._value(operand), sentences.source(operand, self.language), operand.status)

    def _value(self, operand: Operand) -> str:
        if isinstance(operand.value, str):
            return _word(operand.value)
        return sentences.said(operand.value, operand.unit, self.language)


def _word(code: str) -> str:
    return text(WORDS[code]) if code in WORDS else code


@dataclass(frozen=True)
class Shown:
    """One certificate with what it opens, in words."""

    found: OfCertificate
    about: str
    leads: bool

    @property
    def answers(self) -> list[tuple[str, Told]]:
        """What is asked, and what the rule says, in the order of the page."""
        asked = []
        if self.found.title:
            told = Told(self.found.title)
            asked.append((_("May apply for: %(title)s") % {"title": told.sought}, told))
        if self.found.full:
            told = Told(self.found.full)
            asked.append((_("May apply for: %(title)s") % {"title": told.sought}, told))
        if self.found.pay:
            told = Told(self.found.pay)
            asked.append((_("Pay on a par with: %(title)s") % {"title": told.sought}, told))
        return asked

    @property
    def elsewhere(self) -> list[tuple[str, str, Told]]:
        """What other provinces say, with the document."""
        return [(each.jurisdiction, text(each.document.title) if each.document else "", Told(each.answer)) for each in self.found.elsewhere]


@of_the_person(task=CLAIMS)
def recognition(request: HttpRequest) -> HttpResponse:
    """Which title may I apply for with what I hold, what is it worth, and what is missing: as of any day."""
    return render(request, "evaluation/recognition.html", _context(request, viewer_of(request).worker or 0, "", 0))


@for_roles(*OFFICERS, task="people")
def person_recognition(request: HttpRequest, worker_id: int) -> HttpResponse:
    """The same of a person whom an officer sees; the person may read who looked."""
    viewer = viewer_of(request)
    context = _context(request, worker_id, names_of_people([worker_id]).get(worker_id, ""), worker_id)
    note_recognition(worker_id=worker_id, by=viewer, now=timezone.now())
    return render(request, "evaluation/recognition.html", context)


def _context(request: HttpRequest, worker: int, name: str, person: int) -> dict[str, Any]:
    today = timezone.localdate()
    form = AskForm(request.GET or None, initial={"on": today})
    on = today
    if form.is_bound and form.is_valid():
        on = form.cleaned_data["on"] or today
    found = queries.of_person(viewer_of(request), worker, on=on, today=today, said=form.said)
    shown = _shown(found)
    return {
        "form": form,
        "on": on,
        "today": today,
        "person": person,
        "name": name,
        "title": _title(shown, name),
        "shown": [each for each in shown if each.leads],
        "older": [each for each in shown if not each.leads],
        "lower": found.lower,
        "schooling": [(Told(review), Told(general)) for review, general in zip(found.schooling[::2], found.schooling[1::2], strict=True)],
        "words": {code: _word(code) for code in WORDS},
        "level": Told(found.level) if found.level else None,
        "level_name": next((level.name for level in city().levels if level.code == found.said.sought_level), Text("", "")),
        "said_more": any(form.data.get(field) for field in form.fields if field != "on") if form.is_bound else False,
    }


def _shown(found: Recognition) -> list[Shown]:
    rows = [each.row for each in found.certificates]
    occupations = names_of({str(row["occupation"]) for row in rows})
    levels = {level.code: text(level.name) for level in city().levels}
    about = [
        {
            "level": levels.get(row["level"], row["level"]),
            "occupation": text(occupations.get(row["occupation"])) or row["occupation"],
            "day": f"{row['issued_on']:%Y-%m-%d}",
        }
        for row in rows
    ]
    said = _("%(level)s, %(occupation)s, of %(day)s")
    best: dict[tuple[str, str], int] = {}
    for row in rows:
        key = row["kind"], row["occupation"]
        best[key] = max(best.get(key, 0), CERTIFIED.index(row["level"]))
    leads = [CERTIFIED.index(row["level"]) == best[row["kind"], row["occupation"]] for row in rows]
    return [Shown(each, said % what, first) for each, what, first in zip(found.certificates, about, leads, strict=True)]


def _title(shown: list[Shown], name: str) -> str:
    """The question of the page, answered."""
    asked = [each.found.title for each in shown if each.found.title]
    may = {str(answer.facts["sought"]) for answer in asked if answer.decision.outcome == "entitled"}
    if may:
        highest = _word(max(may, key=TITLES.index))
        if name:
            return _("%(name)s may apply for a title: %(title)s") % {"name": name, "title": highest}
        return _("You may apply for a title: %(title)s") % {"title": highest}
    if turns := sorted(answer.decision.near.turns_on for answer in asked if answer.decision.near and answer.decision.near.turns_on):
        return _("A title may be applied for from %(day)s") % {"day": turns[0]}
    return _("No certificate on record opens a title yet")
