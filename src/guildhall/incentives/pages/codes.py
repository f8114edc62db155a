"""The codes of facts and figures in words: levels, occupations, places, and the words of closed lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from django.utils.translation import get_language, ngettext

from guildhall.city.wording import WORDS
from guildhall.incentives.engine.codes import CODES
from guildhall.kernel.tables import Text
from guildhall.rules import sentences
from guildhall.rules.decisions import Decision
from guildhall.rules.parameters import Parameter
from guildhall.skills.queries import names_of
from guildhall.web import words
from guildhall.web.numbers import yes_no
from guildhall.web.pack import city
from guildhall.web.templatetags.guildhall import text

MOST_LISTED = 8
"""Words of a list that are all said."""


class Codes:
    """Words for the codes among some values; the names of their occupations are looked up together, when the first is asked for."""

    def __init__(self, values: Iterable[object]) -> None:
        self.values = tuple(values)
        self.levels = {row.code: row.name for row in city().levels}

    @cached_property
    def occupations(self) -> dict[str, Text]:
        return names_of({value for value in _words(self.values) if value[:1].isdigit()})

    def said(self, name: str, value: object, unit: str) -> str:
        """A value as a person reads it; of a long list how many it has."""
        if isinstance(value, tuple) and len(value) > MOST_LISTED:
            return ngettext("a list of %(n)s", "a list of %(n)s", len(value)) % {"n": len(value)}
        if isinstance(value, tuple):
            return separator().join(self.code(name, word) for word in value)
        return self.code(name, value) if isinstance(value, str) else sentences.said(value, unit, language())

    def code(self, name: str, value: object) -> str:
        """One code in words; itself where no list has it."""
        if isinstance(value, bool):
            return yes_no(value)
        key = str(value)
        found = self.levels.get(key) or CODES.get(name, {}).get(key)
        if name == "place" and key in city().place:
            found = city().place[key].name
        elif found is None and key[:1].isdigit():
            found = self.occupations.get(key)
        if found is None and name not in words.WORDS:
            found = WORDS.get(key)
        return words.word(name, key) if found is None else text(found)


def of_decision(decision: Decision, parameters: Mapping[str, Parameter]) -> Codes:
    """Words for the codes of a decision and of the lists it reads."""
    used = (*decision.value_operands, *(operand for condition in decision.conditions for operand in condition.operands))
    listed = (version.value for parameter in parameters.values() if parameter.kind == "list" for version in parameter.versions)
    return Codes([*(operand.value for operand in used), *listed])


def language() -> str:
    """The language of the words of a rule: zh or en."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def separator() -> str:
    """What stands between the parts of a list."""
    return "、" if language() == "zh" else ", "


def _words(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        parts = value if isinstance(value, tuple) else (value,)
        yield from (part for part in parts if isinstance(part, str))
