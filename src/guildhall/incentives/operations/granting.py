"""Grants: what counts as given from the day of the approval, so that limits and exclusions hold between claims decided at once."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guildhall.incentives.models import BenefitGrant, Claim, Verdict
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.inputs import inputs
from guildhall.incentives.queries.sealed import check_text
from guildhall.kernel.errors import GuildhallError
from guildhall.registry.operations.people import hold
from guildhall.rules import sentences
from guildhall.rules.rows import decide
from guildhall.rules.serial import load_rulebook

OF_THE_YEAR = ("grants_in_year", "ordinary_grants_in_year", "allowances_in_year")
"""Inputs that count what was granted in one calendar year."""
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


def restore(claim: Claim, on: date) -> None:
    """Lets the grant of a locked claim stand again: the claim back was set aside.

    Raises GuildhallError where the rule bars it by what was granted since, which has to be settled first.
    """
    if claim.worker_id is not None:
        hold(worker_id=claim.worker_id)
    if barred := _barred(claim, on):
        rule, language = benefits.rule_of(claim.benefit), get_language() or "zh-hans"
        raise GuildhallError(
            _("What was granted since excludes this benefit"),
            why=_("; ").join(sentences.clause(rule, name, language) for name in barred),
            next=_("have that claimed back first; only one of the two can stand"),
        )
    BenefitGrant.objects.filter(claim=claim).update(revoked_on=None)


def _barred(claim: Claim, on: date) -> list[str]:
    """The conditions that what was granted since makes fail; counts of a year are those of the year of the claim's own grant."""
    rule, grant = benefits.rule_of(claim.benefit), claim.grant
    assert grant is not None
    that_year = inputs(claim, min(on, date(grant.granted_on.year, 12, 31)))
    facts = inputs(claim, on) | {name: that_year[name] for name in OF_THE_YEAR if name in that_year} | {"granted_on": grant.granted_on}
    counted = {name for name in rule.reads if rule.inputs[name].origin.source == "grants"}
    verdict = Verdict.objects.filter(claim=claim, what="approval", state="final").order_by("-pk").first()
    text = check_text(verdict.check_of, "decision") if verdict and verdict.check_of else ""
    before = {row["name"] for row in json.loads(text)["conditions"] if row["state"] is False} if text else set()
    conditions = decide(rule, facts, parameters=benefits.parameters(), on=on).conditions
    failed = [one for one in conditions if one.state is False and one.name not in before]
    return [one.name for one in failed if counted.intersection(operand.name for operand in one.operands)]
