"""What a rule is told of one claim: the facts on record for its subject, and what the claim says where nothing else knows."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from django.utils import timezone

from guildhall.incentives.models import Business, Claim
from guildhall.incentives.queries import benefits, facts
from guildhall.incentives.queries.sealed import said_in
from guildhall.kernel.errors import NotFound
from guildhall.registry.queries import place
from guildhall.registry.queries.merged import leader
from guildhall.web.viewer import PUBLIC, system

CITY = system("claims")
"""Rules read all that is on record, whoever claims."""


def inputs(claim: Claim, on: date) -> dict[str, object]:
    """The inputs of the claim's rule as known on a day, by name; what nobody provides is left out.

    What the claim says counts only for inputs that come from claims, so that nobody says otherwise than the records. The day of
    application is that on which it was first lodged; that of the grant is the day asked about.
    """
    rule = benefits.rule_of(claim.benefit)
    applied = timezone.localdate(claim.lodged_at) if claim.lodged_at else on
    found = recorded(claim, applied, on)
    told = {name: value for name, value in said_in(claim).items() if name in rule.inputs and rule.inputs[name].origin.source == "claim"}
    found |= told | {"applied_on": applied, "granted_on": on}
    return {name: value for name, value in found.items() if name in rule.inputs and value is not None}


def recorded(claim: Claim, applied: date, on: date) -> dict[str, object]:
    """What is on record for the subject of a claim, as its facts table has it; nothing where it is not there on that day."""
    if claim.kind == "year":
        organisation, _dash, year = claim.subject.rpartition("-")
        rows = facts.of_employer(CITY, int(organisation), on=on, today=on, applied=applied)
        return next((row for row in rows if row["year"] == int(year)), {})
    try:
        return facts.of_subject(CITY, claim.kind, int(claim.subject), on=on, today=on, applied=applied)
    except NotFound:
        return {}


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


def is_known(place_id: str) -> bool:
    """Whether a place of this key is on record."""
    try:
        place(PUBLIC, place_id)
    except NotFound:
        return False
    return True
