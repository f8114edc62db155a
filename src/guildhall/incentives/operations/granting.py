"""Grants: what counts as given from the day of the approval, so that limits and exclusions hold between claims decided at once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from guildhall.incentives.models import BenefitGrant, Claim
from guildhall.incentives.queries.inputs import inputs


def grant(claim: Claim, on: date) -> BenefitGrant:
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
        shortage=facts.get("shortage"),
        amount=claim.amount_fen or 0,
        granted_on=on,
        source="paid",
    )
    claim.save(update_fields=["grant"])
    return claim.grant


def revoke(claim: Claim, now: datetime) -> None:
    """Ends the grant of a claim from today: it was withdrawn, taken back into review, or claimed back."""
    BenefitGrant.objects.filter(claim=claim, revoked_on=None).update(revoked_on=timezone.localdate(now))


def restore(claim: Claim) -> None:
    """Lets the grant of a claim stand again: the claim back was set aside."""
    BenefitGrant.objects.filter(claim=claim).update(revoked_on=None)
