"""What a rule is told of one claim: the facts on record for its subject, and what the claim says where no record knows."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from django.utils import timezone

from guildhall.incentives.engine.subjects import month_of, once
from guildhall.incentives.models import Business, Claim
from guildhall.incentives.queries import benefits, facts
from guildhall.incentives.queries.sealed import Said, as_text, said_in
from guildhall.kernel.errors import NotFound
from guildhall.registry.queries import place
from guildhall.registry.queries.merged import leader
from guildhall.web.viewer import PUBLIC, system

CITY = system("claims")
"""Rules read all that is on record, whoever claims."""


def inputs(claim: Claim, on: date) -> dict[str, object]:
    """The inputs of the claim's rule as known on a day, by name; what nobody provides is left out.

    What the claim says takes the place of what was said before, for inputs that come from claims; what records know wins over both. The
    day of application is that on which it was first lodged; that of the grant is the day asked about.
    """
    rule = benefits.rule_of(claim.benefit)
    applied = timezone.localdate(claim.lodged_at) if claim.lodged_at else on
    found = {**recorded(claim, applied, on), "applied_on": applied, "granted_on": on}
    return {name: value for name, value in found.items() if name in rule.inputs and value is not None}


def denied(claim: Claim, on: date) -> dict[str, tuple[Said, object]]:
    """What a claim says and the records know to be otherwise on a day, by the name of the input: what it says, and what counts."""
    told = {name: value for name, value in said_in(claim).items() if value is not None}
    counts = inputs(claim, on) if told and claim.benefit in benefits.rulebook() else {}
    return {name: (value, counts[name]) for name, value in told.items() if counts.get(name, value) != value}


def recorded(claim: Claim, applied: date, on: date) -> dict[str, object]:
    """What is on record for the subject of a claim, as its facts table has it, and what the claim says where no record knows.

    Nothing where the subject is not there on that day.
    """
    if claim.kind == "year":
        organisation, _dash, year = claim.subject.rpartition("-")
        rows = facts.of_employer(CITY, int(organisation), on=on, today=on, applied=applied)
        return next((row for row in rows if row["year"] == int(year)), {})
    try:
        return facts.of_subject(CITY, claim.kind, int(claim.subject), on=on, today=on, applied=applied, said=_said(claim, on))
    except NotFound:
        return {}


def _said(claim: Claim, on: date) -> list[facts.Facts]:
    """What the claim says of its subject, as rows of statements of the day asked about."""
    inputs = benefits.rule_of(claim.benefit).inputs
    told = {name: value for name, value in said_in(claim).items() if name in inputs and inputs[name].origin.source == "claim"}
    about = {"subject": claim.kind, "subject_id": int(claim.subject), "worker_id": claim.worker_id, "said_on": on}
    return [{**about, "fact": name, "value": as_text(value)} for name, value in told.items() if value is not None]


class Wider(TypedDict):
    """What is wider than a claim's subject."""

    person: int | None
    household: str | None


def paid_once_by(claim: Claim) -> Wider:
    """Whatever wider than its subject a benefit may be paid once by, as known today: the person and the household."""
    person = leader(claim.worker_id) if claim.worker_id is not None else None
    household = None
    if claim.kind == "business":
        known = Business.objects.filter(pk=claim.subject).values_list("household", flat=True).first()
        household = str(known) if known is not None else None
    return {"person": person, "household": household}


def paid_once(claim: Claim, month: int | None = None) -> str:
    """What is paid once by a claim as known today; of what is paid by months, from `month` on, or from the one it was lodged for."""
    begins = month_of(claim.once) if month is None else month
    return once(claim.benefit, claim.kind, claim.subject, month=begins, **paid_once_by(claim))


def is_known(place_id: str) -> bool:
    """Whether a place of this key is on record."""
    try:
        place(PUBLIC, place_id)
    except NotFound:
        return False
    return True
