"""An answer of a rule in plain words: each condition with the law it rests on, what is missing and who can supply it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.city.instruments import Document, Instrument
from guildhall.incentives.pages.codes import language, of_decision
from guildhall.incentives.queries import benefits, relief
from guildhall.incentives.queries.answers import Answer
from guildhall.kernel.money import Fen, format_yuan
from guildhall.rules import sentences
from guildhall.rules.decisions import Condition, Missing, Operand
from guildhall.rules.parameters import Parameter
from guildhall.web.levels import levelled
from guildhall.web.pack import city

UNVERIFIED = "unverified"
"""How a figure is marked of which no document is at hand: there is nothing to cite."""
SIGNS = {True: "y", False: "x", None: "q"}
LAW, SAID, ELSEWHERE, OFFICE, FEEDS, GRANTS, WRONG = "law", "said", "elsewhere", "office", "feeds", "grants", "wrong"
AUTHORITIES: Mapping[str, Any] = {
    "insured_as_of": gettext_lazy("the social insurance authority sends it, usually each month"),
    "unemployed_as_of": gettext_lazy("the public employment service sends it, usually each month"),
    "hardship_as_of": gettext_lazy("the authorities for hardship groups send it, usually twice a year"),
    "graduates_as_of": gettext_lazy("the education authority sends it once a year"),
}
"""Which authority dates an input by a column, as registry.engine.feeds knows them."""
WHO: Mapping[str, Any] = {
    LAW: gettext_lazy("No rule in force was found; the city has to set it, or to find and confirm what was set"),
    SAID: gettext_lazy("You can say it in the claim, with a document"),
    ELSEWHERE: gettext_lazy("You say it where the benefit is asked for, with a document"),
    FEEDS: gettext_lazy("Another authority sends it"),
    OFFICE: gettext_lazy("Your district's employment counter can enter it"),
    GRANTS: gettext_lazy("The city's office for benefits can look it up"),
    WRONG: gettext_lazy("Your district's employment counter has to put it right"),
}
"""Who can supply what is missing, in the order in which a page says so."""
SHORT: Mapping[str, Any] = {
    LAW: gettext_lazy("no rule in force was found"),
    WRONG: gettext_lazy("something on record cannot be right"),
    FEEDS: gettext_lazy("what another authority has not sent"),
    OFFICE: gettext_lazy("what is not on record"),
    GRANTS: gettext_lazy("what was granted before"),
    SAID: gettext_lazy("what you can say in the claim"),
    ELSEWHERE: gettext_lazy("what you say where you ask for it"),
}
"""The same in a word or two, what weighs most first."""


@dataclass(frozen=True)
class Law:
    """One parameter that an answer rests on: its name, value, document with dates, and how well it is known."""

    name: str
    value: str
    source: str
    status: str
    document: Document | None


@dataclass(frozen=True)
class Need:
    """One thing that is missing, in words, and what is known about why."""

    said: str
    more: str


@dataclass(frozen=True)
class Wanted:
    """What is missing from one who can supply it."""

    who: str
    kind: str
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Line:
    """One condition: whether it holds (y, x, q), in words, what is known for it, and the law beside it."""

    sign: str
    said: str
    known: tuple[tuple[str, str], ...]
    law: tuple[Law, ...]
    needs: tuple[Need, ...]


class Teller:
    """Says one answer in the reader's language."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.rule, self.decision = answer, answer.rule, answer.decision
        self.language = language()
        self.parameters: Mapping[str, Parameter] = benefits.parameters().of(answer.rule.name)
        self.instrument: Instrument | None = city().instrument.get(answer.rule.name)
        self.codes = of_decision(answer.decision, self.parameters)

    @property
    def outcome(self) -> str:
        return sentences.outcome(self.decision, self.language)

    @property
    def verdict(self) -> str:
        """The outcome as a headline: what is nearly there is called so."""
        return _("Nearly") if self.decision.near else self.outcome

    @property
    def amount(self) -> str:
        """What it comes to; empty where it carries no amount."""
        return "" if self.decision.value is None else sentences.said(self.decision.value, self.decision.unit, self.language)

    @property
    def set_off(self) -> list[tuple[str, str, str]]:
        """Relief tax by tax, in the order in which it is set off: which, how much, and of how much that is payable."""
        found = relief.parts(self.rule, self.answer.facts, self.decision)
        return [
            (
                self.codes.code(relief.TAXES, part.tax),
                format_yuan(Fen(part.taken), self.language),
                format_yuan(Fen(part.due), self.language),
            )
            for part in found
        ]

    @property
    def amount_of(self) -> list[tuple[str, str]]:
        """What the amount is a product of, such as premiums and a rate, each with its value; nothing for an amount of another kind."""
        used = [each for each in self.decision.value_operands if each.kind in ("input", "parameter")]
        whole = [each for each in used if each.unit == self.decision.unit and isinstance(each.value, int)]
        rates = [each for each in used if isinstance(each.value, Fraction)]
        product = next(((a, b) for a in whole for b in rates if _makes(a.value, b.value, self.decision.value)), ())
        return [(self.name(each), self.codes.said(each.name, each.value, each.unit)) for each in product]

    @property
    def near(self) -> str:
        """What would have to change, and from when it would hold."""
        return sentences.nearly(self.rule, self.decision.near, self.language) if self.decision.near else ""

    @property
    def by(self) -> str:
        """How far off it is, with its unit: “3 months”."""
        near = self.decision.near
        return sentences.said(near.by, near.unit, self.language) if near else ""

    def lines(self) -> list[Line]:
        """Every condition in the rule's own order."""
        return [self.line(condition) for condition in self.decision.conditions]

    def failing(self) -> list[Line]:
        """The conditions that do not hold."""
        return [self.line(condition) for condition in self.decision.conditions if condition.state is False]

    def line(self, condition: Condition) -> Line:
        unknown = sentences.NOT_KNOWN.in_(self.language)
        text = sentences.sentence(self.rule, condition, self.language, self.parameters).replace(unknown, "…")
        known = tuple(
            (self.name(each), self.codes.said(each.name, each.value, each.unit))
            for each in condition.operands
            if each.kind == "input" and each.value is not None
        )
        needs = () if condition.state is not None else tuple(self.need(each) for each in condition.missing)
        return Line(SIGNS[condition.state], levelled(text), known, tuple(self.laws(condition.operands)), needs)

    def laws(self, operands: Iterable[Operand]) -> Iterator[Law]:
        """The parameters among the operands, each once."""
        for operand in dict.fromkeys(each for each in operands if each.kind == "parameter"):
            held = self._listed(operand) if operand.value is None else operand.value
            document = self.document(operand.document)
            named = replace(operand, document=document.title.in_(self.language)) if document and not document.number else operand
            value = self.codes.said(operand.name, held, operand.unit)
            yield Law(self.name(operand), value, sentences.source(named, self.language), operand.status, document)

    def _listed(self, operand: Operand) -> object:
        """What stands in a list that was read; nothing for any other parameter."""
        parameter = self.parameters.get(operand.name)
        if parameter is None or parameter.kind != "list":
            return None
        held = (each for each in parameter.versions if (each.valid_from, each.jurisdiction) == (operand.valid_from, operand.jurisdiction))
        return next((each.value for each in held), None)

    def rests_on(self) -> list[Law]:
        """Every parameter that the answer rests on, amounts first."""
        operands = [*self.decision.value_operands, *(each for condition in self.decision.conditions for each in condition.operands)]
        return list(dict.fromkeys(self.laws(operands)))

    def documents(self) -> list[str]:
        """The documents it rests on, by name; those the rule cites where no parameter of one was read."""
        found = [law for law in self.rests_on() if law.status != UNVERIFIED]
        cited = dict.fromkeys(law.source.partition("（" if self.language == "zh" else " (")[0] for law in found)
        return [each for each in cited if each] or list(self.rule.basis)

    def wanted(self) -> list[Wanted]:
        """What is missing, by who can supply it; said once each."""
        found: dict[str, dict[Need, None]] = {kind: {} for kind in WHO}
        for missing in self.decision.missing:
            found[self.supplier(missing)][self.need(missing)] = None
        return [Wanted(str(WHO[kind]), kind, tuple(needs)) for kind, needs in found.items() if needs]

    @property
    def lacks_law(self) -> bool:
        """Whether no rule was found for some of what is asked: then nothing that a person says helps."""
        return any(self.supplier(missing) == LAW for missing in self.decision.missing)

    @property
    def short(self) -> str:
        """What stands in the way, in a word or two: the law before what others send, and that before what the person says."""
        kinds = {self.supplier(missing) for missing in self.decision.missing}
        return str(next((SHORT[kind] for kind in SHORT if kind in kinds), ""))

    def supplier(self, missing: Missing) -> str:
        """Who can supply what is missing: one of WHO."""
        if missing.why in ("no_parameter", "unconfirmed"):
            return LAW
        if missing.why == "bad":
            return WRONG
        given = self.rule.inputs.get(missing.name.partition(".")[0])
        if given is None:
            return OFFICE
        if given.origin.source == "claim":
            return SAID if self.rule.channel == "claim" else ELSEWHERE
        return {"feed": FEEDS, "grants": GRANTS}.get(given.origin.source, OFFICE)

    def need(self, missing: Missing) -> Need:
        said = sentences.needs(self.rule, missing, self.language, self.parameters)
        if missing.why == "absent" or (missing.why == "no_parameter" and not missing.detail):
            said = sentences.name_of(self.rule, missing.name, self.language, self.parameters)
        given = self.rule.inputs.get(missing.name)
        if given is not None and missing.why != "bad" and given.origin.as_of in AUTHORITIES:
            return Need(said, str(AUTHORITIES[given.origin.as_of]))
        return Need(said, self._why_open(missing.name) if missing.why == "no_parameter" else "")

    def _why_open(self, parameter: str) -> str:
        """What the pack notes about a figure that was looked for and not found."""
        day = self.answer.facts.get(self.rule.governed_by)
        if self.instrument is None or not isinstance(day, date):
            return ""
        holds = [entry for entry in self.instrument.of(parameter) if entry.version.holds_on(day) and entry.version.value is None]
        return holds[0].missing.in_(self.language) if holds else ""

    def document(self, cited: str) -> Document | None:
        found = self.instrument.documents.values() if self.instrument else ()
        return next((document for document in found if document.cited == cited), None)

    def name(self, operand: Operand) -> str:
        return sentences.name_of(self.rule, operand.name, self.language, self.parameters)


def _makes(whole: object, rate: object, value: int | None) -> bool:
    """Whether an amount is so much of a whole, but for what rounding takes or gives."""
    return value is not None and isinstance(whole, int) and isinstance(rate, Fraction) and abs(whole * rate - value) < 1


def where_to_go(answer: Answer) -> tuple[str, str]:
    """Where a benefit that is not claimed here is asked for, and what to bring; what happens by itself, for one paid without asking."""
    if answer.rule.channel == "automatic":
        return _("Nothing: it is paid without your asking."), ""
    if answer.rule.channel == "tax":
        if answer.decision.kind == "deduct":
            go = _("Declare it to the tax authority as a deduction from your income of the year.")
        else:
            go = _("Declare it to the tax authority with the taxes of the year.")
        return go, _("Bring this page as an attestation of what is on record, and the papers it names. The tax authority decides.")
    if answer.rule.channel == "bank":
        return (
            _("Ask the bank that gives the loan; the finance bureau pays by way of it."),
            _("Bring this page as an attestation, the loan contract and the receipts. The bank and the finance bureau decide."),
        )
    return _("Ask at the counter of your district."), _("Bring this page as an attestation of what is on record.")
