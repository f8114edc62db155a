"""How relief from taxes is set off: against which tax, in which order, and how much of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guildhall.incentives.engine.taxes import DUE, set_off
from guildhall.incentives.queries import benefits
from guildhall.rules.decisions import Decision
from guildhall.rules.parameters import Found
from guildhall.rules.rulebook import Rule

TAXES = "taxes"
"""The parameter by which a text names the taxes, in their order."""


@dataclass(frozen=True)
class Part:
    """What relief takes of one tax, by its word in the text, of what is payable; in fen."""

    tax: str
    taken: int
    due: int


def parts(rule: Rule, known: Mapping[str, object], decision: Decision) -> tuple[Part, ...]:
    """The relief that a rule gives by the facts known, tax by tax in the order of the text; nothing where it gives none, or no relief."""
    held = benefits.parameters()
    if TAXES not in held.of(rule.name) or decision.outcome != "entitled" or not decision.value:
        return ()
    year, place = known.get("tax_year_from"), known.get(rule.place)
    on, where = year if isinstance(year, date) else None, place if isinstance(place, str) else None
    found = held.select(rule.name, TAXES, on=on, place=where, edition=None)
    order = found.version.value if isinstance(found, Found) else None
    if not isinstance(order, tuple):
        return ()
    due = {str(tax): amount for tax in order if isinstance(amount := known.get(DUE[str(tax)]), int)}
    taken = set_off(decision.value, due, [tax for tax in order if tax in due])
    return tuple(Part(tax, part, due[tax]) for tax, part in taken.items())
