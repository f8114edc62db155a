"""The terms of a claim's steps: those of the city's pack on a day, with document and status, else what the engine assumes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils import timezone

from guildhall.city.instruments import Entry
from guildhall.incentives.engine import terms
from guildhall.incentives.engine.terms import RECONSIDER, RECONSIDERATION, TERMS, Term
from guildhall.incentives.models import Claim, Verdict
from guildhall.incentives.queries import benefits
from guildhall.kernel.calendar import Answer
from guildhall.kernel.tables import Text
from guildhall.office.engine.notices import Fact
from guildhall.office.queries.parameters import confirmations
from guildhall.rules.parameters import Found
from guildhall.web.pack import city

INSTRUMENT = "claim_terms"
BEGINS = {"refusal": "refused", "recall": "recalled"}
"""The state whose term is the last day to object to a verdict."""
PAY_UNTIL = "pay_until"
"""The parameter by which an instrument says when it is to be paid at the latest. It binds the office; no claim is refused by it."""
OFFICES = ("lodged", "accepted", "proposed", "refusing", "approved", "noticed", "batched")
"""States in which it is for the office to bring a claim nearer to its payment."""
ENDINGS = {"working_days": True, "days": False}
"""How the name of a term ends in the pack: `returned_working_days`, `refused_days`."""


def term_of(state: str, on: date) -> Term | None:
    """The term that begins with a state, or that of `reconsideration`, as it holds on a day; None where it has none."""
    assumed = RECONSIDERATION if state == RECONSIDER else TERMS.get(state)
    if assumed is None:
        return None
    found = _entry(state, on)
    if found is None:
        return assumed
    entry, working = found
    assert isinstance(entry.version.value, int)
    document = entry.document.cited if entry.document else entry.version.document
    source = " ".join(part for part in (document, entry.version.article) if part)
    return Term(entry.version.value, working, assumed.title, source, entry.version.status, entry.digest in confirmations())


def _entry(state: str, on: date) -> tuple[Entry, bool] | None:
    instrument = city().instrument.get(INSTRUMENT)
    for ending, working in ENDINGS.items() if instrument else ():
        assert instrument is not None
        for entry in instrument.of(f"{state}_{ending}"):
            if entry.version.value is not None and entry.version.holds_on(on):
                return entry, working
    return None


def last_day(state: str, since: date) -> Answer[date] | None:
    """The last day of the term that began with a state; None where it has none."""
    return terms.due(city().calendar, term_of(state, since), since)


def due(claim: Claim) -> Answer[date] | None:
    """The last day of the term of a claim's state: that of paying runs from the end of the public notice, and for the office none ends
    later than the day by which the instrument has it paid.
    """
    begins = max(claim.since, claim.notice_until) if claim.state == "noticed" and claim.notice_until else claim.since
    found = last_day(claim.state, begins)
    if found is None or claim.pay_by is None or claim.state not in OFFICES or found.value <= claim.pay_by:
        return found
    return Answer(claim.pay_by, provisional=False)


def pay_by(benefit: str, known: Mapping[str, object]) -> date | None:
    """The day by which an instrument has a claim paid, from the inputs of its rule; None where none is in force."""
    held, rule = benefits.parameters(), benefits.rule_of(benefit)
    if PAY_UNTIL not in held.of(benefit):
        return None
    day, place = known.get(rule.governed_by), known.get(rule.place)
    on, where = day if isinstance(day, date) else None, place if isinstance(place, str) else None
    found = held.select(benefit, PAY_UNTIL, on=on, place=where, edition=None)
    return found.version.value if isinstance(found, Found) and isinstance(found.version.value, date) else None


def until(state: str, since: date) -> Fact:
    """The last day of a term as a letter says it, provisional where it is."""
    found = last_day(state, since)
    assert found is not None
    return terms.day_in_words(found) if found.provisional else str(found.value)


def remedies(since: date, *, objection: bool = True) -> Text:
    """Before whom a decision of a day can be disputed: here, and beside that, with its own last day."""
    found = last_day(terms.RECONSIDER, since)
    assert found is not None
    other = terms.beside(found)
    return Text(f"{terms.OFFICE.zh}；{other.zh}", f"{terms.OFFICE.en}; {other.en}") if objection else other


def decided_on(verdict: Verdict) -> date:
    """The day from which a verdict can be disputed."""
    return timezone.localdate(verdict.confirmed_at or verdict.proposed_at)


def may_move(verdict: Verdict) -> bool:
    """Whether the last day to object to a verdict lies in a year whose working days are not published."""
    found = last_day(BEGINS[verdict.what], decided_on(verdict)) if verdict.what in BEGINS and verdict.remedy_until else None
    return found is not None and found.provisional
