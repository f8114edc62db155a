"""Facts and checks in words, both languages, for files and tables that are read as a whole: names of inputs, their values, conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from guildhall.incentives.engine.words import BUSINESS, WORDS
from guildhall.incentives.models import Check
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.candidates import Why
from guildhall.incentives.queries.trace import Trace, trace
from guildhall.kernel.tables import Text
from guildhall.registry.engine import wordbook
from guildhall.registry.engine.book import BOOK
from guildhall.rules import sentences
from guildhall.rules.inputs import Input
from guildhall.skills.queries import names_of
from guildhall.web.pack import city

LISTS: Mapping[str, Mapping[str, Text]] = {
    **BOOK,
    **WORDS,
    "kind": {**wordbook.CERTIFICATE_KIND, **BUSINESS},
    "source": wordbook.CERTIFICATE_SOURCE,
}
"""The words of closed lists by the input that takes them."""
FLAGS = {"true": True, "false": False}
SIGNS = {True: "✓", False: "✕", None: "?"}


def input_of(name: str) -> Input | None:
    """The input of that name, of the first rule that has it."""
    return next((rule.inputs[name] for rule in benefits.rulebook().values() if name in rule.inputs), None)


def called(name: str) -> Text:
    """What an input is called, without the explanation that follows; its name where no rule has it."""
    found = input_of(name)
    return Text(found.doc.zh.partition("；")[0].strip(), found.doc.en.partition(";")[0].strip()) if found else Text(name, name)


def valued(name: str, value: object) -> Text:
    """A value of an input in words, also one that was kept as text."""
    found = input_of(name)
    unit = found.unit if found else ""
    value = FLAGS.get(value, value) if isinstance(value, str) else value
    if isinstance(value, str) and found is not None and found.type == "whole" and value.isdigit():
        value = int(value)
    listed = _listed(name, value) if isinstance(value, str) else None
    return listed or Text(sentences.said(value, unit, "zh"), sentences.said(value, unit, "en"))


def _listed(name: str, word: str) -> Text | None:
    levels = {level.code: level.name for level in city().levels}
    if name == "place" and word in city().place:
        return city().place[word].name
    if name == "occupation":
        return names_of([word]).get(word)
    return levels.get(word) or LISTS.get(name, {}).get(word)


def names(inputs: Iterable[str]) -> Text | None:
    """What some inputs are called, one after the other; None for none."""
    found = [called(name) for name in inputs]
    return Text("；".join(one.zh for one in found), "; ".join(one.en for one in found)) if found else None


def said(told: Mapping[str, object]) -> Text | None:
    """What a claim says, question by question; None where it says nothing."""
    return _joined([(called(name), valued(name, value)) for name, value in told.items()])


def checked(row: Check) -> tuple[Text | None, Text | None]:
    """What a check went by, and each condition with its sign; None where that was erased, or can be read no more."""
    found = trace(row)
    if found.decision is None:
        return None, None
    inputs = {
        each.name: each.value
        for one in found.decision.conditions
        for each in one.operands
        if each.kind == "input" and each.value is not None
    }
    conditions = list(_conditions(found))
    told = Text("；".join(one.zh for one in conditions), "; ".join(one.en for one in conditions))
    return _joined([(called(name), valued(name, value)) for name, value in inputs.items()]), told


def _conditions(found: Trace) -> Iterator[Text]:
    assert found.decision is not None
    assert found.rule is not None
    for one in found.decision.conditions:
        chinese, english = (sentences.sentence(found.rule, one, language, found.parameters) for language in ("zh", "en"))
        yield Text(f"{SIGNS[one.state]} {chinese}", f"{SIGNS[one.state]} {english}")


def found(benefit: str, reasons: Why) -> Text | None:
    """What the search by night rests on, condition by condition; None where the rule is gone or nothing is kept."""
    rule = benefits.rulebook().get(benefit)
    kept = [("✓", reasons.holds), ("?", reasons.open), ("✕", reasons.fails)]
    told = [(sign, name) for sign, names in kept for name in names if rule is not None and name in rule.conditions]
    if rule is None or not told:
        return None
    chinese, english = ([f"{sign} {sentences.clause(rule, name, language)}" for sign, name in told] for language in ("zh", "en"))
    return Text("；".join(chinese), "; ".join(english))


def _joined(parts: list[tuple[Text, Text]]) -> Text | None:
    if not parts:
        return None
    return Text("；".join(f"{name.zh}：{value.zh}" for name, value in parts), "; ".join(f"{name.en}: {value.en}" for name, value in parts))
