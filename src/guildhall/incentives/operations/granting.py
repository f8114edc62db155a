"""Grants: what counts as given from the day of the approval, so that limits and exclusions hold between claims decided at once."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from guildhall.incentives.models import BenefitGrant, Claim, Verdict
from guildhall.incentives.queries.inputs import inputs
from guildhall.incentives.queries.sealed import check_text
from guildhall.rules.serial import load_rulebook

SHOWN, LISTED = "urgent_shown", "urgent_occupations"
"""The input and the list by which the rule tells occupations in urgent need."""


def grant(claim: Claim, verdict: Verdict, on: date) -> BenefitGrant:
    """Notes that a locked claim was granted on a day. The approval of one claim gives one grant that stands."""
    facts: dict[str, Any] = inputs(claim, on)
    year = int(claim.subject.rpartition("-")[2]) if claim.kind == "year" else None
    key = None if claim.kind == "year" else int(claim.subject)
    claim.grant = BenefitGrant.objects.create(
        benefit=claim.benefit,
        worker_id=claim.worker_id,
        organisation_id=claim.organisation_id if claim.payee == "organisation" else None,
        certificate_id=key if claim.kind == "certificate" else None,
        spell_id=key if claim.kind == "spell" else None,
        business_id=key if claim.kind == "business" else None,
        year=year,
        occupation=facts.get("occupation"),
        level=facts.get("level"),
        months=facts.get("contribution_months"),
        shortage=_for_shortage(verdict),
        amount=claim.amount_fen or 0,
        granted_on=on,
        source="paid",
    )
    claim.save(update_fields=["grant"])
    return claim.grant


def _for_shortage(verdict: Verdict) -> bool | None:
    """Whether the decision took the occupation as one in urgent need; None where it did not know, or is not what was decided by.

    A document of the claim says so, else the list that was in force, as the operands of the decision name both.
    """
    text = check_text(verdict.check_of, "decision") if verdict.check_of and not verdict.differs else ""
    if not text or verdict.check_of is None:
        return None
    read = {(part["kind"], part["name"]): part for row in json.loads(text)["conditions"] for part in row["operands"]}
    shown, listed = read.get(("input", SHOWN)), read.get(("parameter", LISTED))
    occupation = read.get(("input", "occupation"))
    if shown and isinstance(shown.get("value"), bool):
        return bool(shown["value"])
    if not listed or not occupation or not occupation.get("value"):
        return None
    kept = load_rulebook(verdict.check_of.rulebook.content)
    held = kept.parameters.of(kept.rule.name)[LISTED].versions
    same = [one for one in held if (str(one.valid_from), one.document) == (str(listed.get("valid_from")), listed.get("document", ""))]
    members = same[0].value if len(same) == 1 else None
    return occupation["value"] in members if isinstance(members, tuple) else None


def revoke(claim: Claim, now: datetime) -> None:
    """Ends the grant of a claim from today: it was withdrawn, taken back into review, or claimed back."""
    BenefitGrant.objects.filter(claim=claim, revoked_on=None).update(revoked_on=timezone.localdate(now))


def restore(claim: Claim) -> None:
    """Lets the grant of a claim stand again: the claim back was set aside."""
    BenefitGrant.objects.filter(claim=claim).update(revoked_on=None)
