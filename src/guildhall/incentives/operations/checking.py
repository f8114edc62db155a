"""The check by rule: decided from the facts of the day, kept as it was made, and made again to the same bytes whenever asked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives.engine.states import OFFICER, SYSTEM
from guildhall.incentives.models import Check, Claim, Rulebook
from guildhall.incentives.operations.moving import locked
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.inputs import inputs
from guildhall.incentives.queries.sealed import check_text, seal_check
from guildhall.incentives.queries.standing import actors, chain, claim_seen, no_such_claim
from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.office.models import AuditEvent
from guildhall.office.operations.audit import record
from guildhall.rules.replay import replay as made_again
from guildhall.rules.rows import decide
from guildhall.rules.serial import inputs_json, rulebook_json
from guildhall.web.viewer import Viewer

CHECKED = "incentives.check"
UNDECIDED = ("lodged", "returned", "accepted", "proposed", "refusing", "refused", "appealed")


@dataclass(frozen=True)
class Replayed:
    """A stored decision beside the same one made again from what was stored; `same` where not a byte differs."""

    stored: str
    again: str

    @property
    def same(self) -> bool:
        return self.stored == self.again


def check(*, claim_id: int, by: Viewer, now: datetime) -> Check:
    """What the rule says of a claim today, kept, for the officer it lies with and the city's machinery.

    Raises NotFound, and GuildhallError once it was decided: what was granted by it would then count against it.
    """
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        if not actors(by, claim) & {OFFICER, SYSTEM} or claim.lodged_at is None:
            raise no_such_claim()
        if claim.state not in UNDECIDED:
            raise GuildhallError(_("The claim has been decided"), next=_("look at the check it was decided on; it can be replayed"))
        return run(claim, by, now)


def run(claim: Claim, by: Viewer, now: datetime) -> Check:
    """The rule decided on a locked claim: rulebook, inputs and decision kept with their digests."""
    rule, on, held = benefits.rule_of(claim.benefit), timezone.localdate(now), benefits.parameters()
    facts = inputs(claim, on)
    decision = decide(rule, facts, parameters=held, on=on)
    _keep(decision.rulebook, rulebook_json(rule, held), now)
    number = Check.objects.filter(claim=claim).count() + 1
    told, said = inputs_json(rule, facts), decision.to_json()
    row = Check.objects.create(
        claim=claim, number=number, rulebook_id=decision.rulebook, on=on, outcome=decision.outcome, value_fen=decision.value,
        inputs_digest=decision.inputs, inputs_sealed=seal_check(claim.pk, number, "inputs", told),
        decision_digest=_sha256(said), decision_sealed=seal_check(claim.pk, number, "decision", said), by=by.name, at=now,
    )  # fmt: skip
    details = {
        "claim": claim.pk, "check": number, "outcome": decision.outcome, "rulebook": decision.rulebook, "inputs": decision.inputs,
        "decision": row.decision_digest, "on": on.isoformat(),
    }  # fmt: skip
    record(subject=chain(claim), action=CHECKED, by=by, now=now, details=details)
    return row


def _keep(digest: str, content: str, now: datetime) -> None:
    Rulebook.objects.bulk_create([Rulebook(digest=digest, content=content, kept_at=now)], ignore_conflicts=True)


def replay(*, check_id: int, by: Viewer, now: datetime) -> Replayed:
    """A stored decision made again from the rulebook and the inputs that were stored with it, whatever the rules are today.

    For whoever reviews or audits the claim; recorded with what came of it. Raises NotFound, and GuildhallError where what was stored was
    erased on schedule or is not what was sealed into the event of its day.
    """
    with transaction.atomic():
        row = Check.objects.select_related("rulebook", "claim").filter(pk=check_id).first()
        if row is None or by.role not in ("claims_officer", "auditor", "system"):
            raise no_such_claim()
        claim_seen(by, row.claim_id, timezone.localdate(now))
        stored, told = check_text(row, "decision"), check_text(row, "inputs")
        if not stored:
            raise NotFound(_("The decision is no longer kept"), why=_("it was erased on schedule"))
        if (_sha256(row.rulebook.content), _sha256(told), _sha256(stored)) != _witnessed(row):
            raise GuildhallError(
                _("What was stored has been changed"),
                why=_("its digest is not the one in the event of that day"),
                next=_("tell the auditor"),
            )
        found = Replayed(stored, made_again(row.rulebook.content, told, on=row.on).to_json())
        details = {"claim": row.claim_id, "check": row.number, "same": found.same}
        record(subject=chain(row.claim), action="incentives.replay", by=by, now=now, details=details)
    return found


def _witnessed(row: Check) -> tuple[str, str, str]:
    """The digests of rulebook, inputs and decision as the event of the check holds them: the row itself could have been changed."""
    for event in AuditEvent.objects.filter(chain=chain(row.claim), action=CHECKED).order_by("-pk"):
        told = json.loads(event.details)
        if (told["claim"], told["check"]) == (row.claim_id, row.number):
            return told["rulebook"], told["inputs"], told["decision"]
    return "", "", ""


def latest(claim: Claim) -> Check | None:
    """The last check of a claim."""
    return Check.objects.filter(claim=claim).order_by("-number").first()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
