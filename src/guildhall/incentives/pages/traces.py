"""A decision laid open for a reader: each condition with the facts it rests on, where each comes from, and the law beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guildhall.incentives.pages.codes import language, of_decision, separator
from guildhall.incentives.queries.benefits import SET_HERE
from guildhall.incentives.queries.trace import Trace
from guildhall.rules import sentences
from guildhall.rules.decisions import Condition, Decision, Operand
from guildhall.rules.parameters import Parameter
from guildhall.rules.rulebook import Rule
from guildhall.web.levels import levelled
from guildhall.web.templatetags.guildhall import text

SIGNS = {True: "y", False: "x", None: "q"}
"""Holds, does not, not known: the classes that the style sheet gives a sign."""


@dataclass(frozen=True)
class Fact:
    """One fact of the case: what it is, what it says, and where it comes from."""

    name: str
    value: str
    origin: str
    claimed: bool = False


@dataclass(frozen=True)
class Law:
    """One parameter: what it is, its value, the document with article and days, and how well that is known."""

    name: str
    value: str
    source: str
    status: str


@dataclass(frozen=True)
class Line:
    """One condition in words, with what it rests on and what is missing."""

    sign: str
    said: str
    facts: tuple[Fact, ...]
    laws: tuple[Law, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Opened:
    """A decision in words: its outcome, its conditions in the order of the rule, and how the amount came about."""

    trace: Trace
    outcome: str
    lines: tuple[Line, ...]
    amount: Line | None
    cap: str
    uplift: str
    nearly: str
    failed: tuple[str, ...]


def opened(trace: Trace) -> Opened | None:
    """A trace in the reader's language; None where there is nothing to read."""
    if trace.decision is None or trace.rule is None or trace.parameters is None:
        return None
    decision, writer = trace.decision, _Writer(trace.rule, trace.decision, trace.parameters)
    lines = tuple(writer.line(condition) for condition in decision.conditions)
    return Opened(
        trace,
        outcome=sentences.outcome(decision, writer.language),
        lines=lines,
        amount=writer.amount(),
        cap="" if decision.cap is None else sentences.said(decision.cap, decision.unit, writer.language),
        uplift=decision.uplift or "",
        nearly="" if decision.near is None else sentences.nearly(trace.rule, decision.near, writer.language),
        failed=tuple(line.said for line in lines if line.sign == "x"),
    )


class _Writer:
    """Says the parts of one decision in the reader's language."""

    def __init__(self, rule: Rule, decision: Decision, parameters: Mapping[str, Parameter]) -> None:
        self.rule, self.decision, self.parameters = rule, decision, parameters
        self.language = language()
        self.words = of_decision(decision, parameters)

    def line(self, condition: Condition) -> Line:
        said = levelled(sentences.sentence(self.rule, condition, self.language, self.parameters))
        missing = tuple(sentences.needs(self.rule, found, self.language, self.parameters) for found in condition.missing)
        return Line(SIGNS[condition.state], said, *self.rests_on(condition.operands), missing)

    def amount(self) -> Line | None:
        """How the amount came about; None where the rule pays nothing."""
        if not self.decision.value_operands:
            return None
        return Line("", "", *self.rests_on(self.decision.value_operands))

    def rests_on(self, operands: Iterable[Operand]) -> tuple[tuple[Fact, ...], tuple[Law, ...]]:
        held = list(operands)
        facts = tuple(self.fact(operand) for operand in held if operand.kind == "input")
        laws = tuple(self.law(operand) for operand in held if operand.kind == "parameter")
        return facts, laws

    def fact(self, operand: Operand) -> Fact:
        name = sentences.name_of(self.rule, operand.name, self.language, self.parameters)
        given = self.rule.inputs.get(operand.name)
        emptiness = given.origin.empty if given and operand.value is None else None
        value = text(emptiness) if emptiness else self.words.said(operand.name, operand.value, operand.unit)
        if operand.name in SET_HERE:
            return Fact(name, value, _("set by the day of the step itself"))
        return Fact(name, value, _origin(operand), operand.origin == "claim")

    def law(self, operand: Operand) -> Law:
        name = sentences.name_of(self.rule, operand.name, self.language, self.parameters)
        keys = separator().join(self.words.code("", key) for key in operand.keys)
        name = f"{name} [{keys}]" if keys else name
        if not operand.document:
            return Law(name, "", _("no instrument is on file for that day"), "")
        listed = self.listed(operand) if operand.value is None else operand.value
        return Law(name, self.words.said(operand.name, listed, operand.unit), sentences.source(operand, self.language), operand.status)

    def listed(self, operand: Operand) -> object:
        """The words of a list that was read, as it stood in the version that the operand names."""
        versions = self.parameters[operand.name].versions if operand.name in self.parameters else ()
        where = (operand.document, operand.jurisdiction, operand.valid_from)
        found = (version.value for version in versions if (version.document, version.jurisdiction, version.valid_from) == where)
        return next(found, None)


def _origin(operand: Operand) -> str:
    said = {
        "records": _("our own records"),
        "grants": _("what was granted before"),
        "claim": _("said in the claim"),
        "feed": _("reported by another authority"),
    }.get(operand.origin, operand.origin)
    return _("%(origin)s, as of %(day)s") % {"origin": said, "day": operand.as_of} if operand.as_of else said
