"""The benefits that are claimed here: each rule with its parameters as this city has confirmed them, and what a claim may say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.engine.subjects import BY_TABLE, CLAIMED_HERE
from guildhall.incentives.engine.words import WORDS
from guildhall.incentives.queries.sealed import Said
from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.kernel.tables import Text
from guildhall.office.queries.parameters import parameters as in_force
from guildhall.rules import sentences
from guildhall.rules.inputs import Input
from guildhall.rules.parameters import Parameters
from guildhall.rules.rulebook import Rule

SET_HERE = frozenset({"applied_on", "granted_on"})
"""Inputs that the day of the claim gives, not the claimant."""
OF_THE_PERSON = frozenset({"drawing_benefit", "poor_trainee", "school_leaver", "left_school_on"})
"""Inputs on unemployment, hardship and schooling that a worker may say and an employer is not asked, in the worker's own claim."""
LARGEST = 10**13
LONGEST_WORD = 100


def rulebook() -> Mapping[str, Rule]:
    """Every rule on incentives by name."""
    return RULEBOOK


def rule_of(benefit: str) -> Rule:
    """The rule of a benefit that is claimed or paid here. Raises NotFound for any other."""
    rule = rulebook().get(benefit)
    if rule is None or rule.channel not in CLAIMED_HERE or rule.facts not in BY_TABLE:
        raise NotFound(_("There is no such benefit to claim here"), next=_("see the list of benefits"))
    return rule


def kind_of(benefit: str) -> str:
    """What a benefit is claimed for: a word of engine.subjects. Raises NotFound."""
    return BY_TABLE[rule_of(benefit).facts].kind


def title(benefit: str) -> Text:
    """What a benefit is called; its name where the rule is gone."""
    rule = rulebook().get(benefit)
    return rule.title if rule else Text(benefit, benefit)


def basis(benefit: str) -> tuple[str, ...]:
    """The documents that a benefit rests on; none where the rule is gone."""
    rule = rulebook().get(benefit)
    return rule.basis if rule else ()


def stated(benefit: str, name: str, value: Said) -> Text:
    """What a claim says in words: what the input of the rule is called, without the explanation that follows it, and the value."""
    rule = rulebook().get(benefit)
    if rule is None or name not in rule.inputs:
        return Text(name, name)
    given = rule.inputs[name]
    zh, en = given.doc.zh.partition("；")[0].strip(), given.doc.en.partition(";")[0].strip()
    if value is None:
        return Text(zh, en)
    told = in_words(benefit, name, value)
    return Text(f"{zh}：{told.zh}", f"{en}: {told.en}")


def in_words(benefit: str, name: str, value: object) -> Text:
    """A value of an input of a benefit's rule in words."""
    if isinstance(value, str):
        return WORDS.get(name, {}).get(value, Text(value, value))
    unit = rulebook()[benefit].inputs[name].unit
    return Text(sentences.said(value, unit, "zh"), sentences.said(value, unit, "en"))


def asked(benefit: str) -> tuple[Input, ...]:
    """The inputs that a claim may say, in the order of the rule's table. Raises NotFound."""
    rule = rule_of(benefit)
    every = (rule.inputs[name] for name in rule.inputs if name in rule.reads and name not in SET_HERE)
    return tuple(found for found in every if found.origin.source == "claim" and found.type != "rows")


def asked_of_employer(benefit: str) -> tuple[Input, ...]:
    """What an employer may be asked in a claim of its worker's: nothing of the person's own life. Raises NotFound."""
    return tuple(given for given in asked(benefit) if given.name not in OF_THE_PERSON)


def checked_said(benefit: str, said: Mapping[str, Said], *, of_employer: bool = False) -> dict[str, Said]:
    """What a claim says, each value of the type its input has. Raises GuildhallError for anything else, and NotFound."""
    offered = {found.name: found for found in (asked_of_employer(benefit) if of_employer else asked(benefit))}
    return {name: _checked(offered.get(name), name, value) for name, value in said.items()}


def _checked(asked_for: Input | None, name: str, value: Said) -> Said:
    if asked_for is None:
        raise GuildhallError(_("A claim cannot say “%(name)s”") % {"name": name}, next=_("leave it out: it is known from the records"))
    types = {"flag": bool, "whole": int, "date": date, "word": str}
    kind = types.get(asked_for.type)
    fits = value is None or (kind is not None and isinstance(value, kind) and (kind is not int or not isinstance(value, bool)))
    if isinstance(value, int) and not isinstance(value, bool):
        fits = fits and 0 <= value <= LARGEST
    if isinstance(value, str):
        fits = fits and len(value) <= LONGEST_WORD and (not asked_for.values or value in asked_for.values)
    if not fits:
        raise GuildhallError(_("“%(name)s” does not take this answer") % {"name": asked_for.doc.en}, next=_("look at the hint beside it"))
    return value


def parameters() -> Parameters:
    """The parameters in force here: in production only what this city has confirmed decides."""
    return in_force()
