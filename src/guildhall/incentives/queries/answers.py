"""What the rules answer a person: every benefit for each certificate and business, as of any day, in groups that a page shows.

Hires are their employers' to claim for; a person sees of those no more than that an employer did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives import tables
from guildhall.incentives.engine.states import BEFORE, LIVE, PAID
from guildhall.incentives.engine.subjects import BY_TABLE
from guildhall.incentives.models import BenefitGrant, Claim
from guildhall.incentives.queries import benefits, facts, inputs
from guildhall.incentives.queries.standing import claim_seen, claims_seen, no_such_claim
from guildhall.kernel.errors import NotFound
from guildhall.kernel.tables import Text
from guildhall.registry.queries.authorities import organisation_names
from guildhall.registry.queries.merged import one_person
from guildhall.rules.decisions import Decision
from guildhall.rules.rows import decide
from guildhall.rules.rulebook import Rule
from guildhall.web.viewer import Viewer

Group = Literal["yours", "claimed", "received", "nearly", "not", "unknown"]
GROUPS: tuple[Group, ...] = ("yours", "claimed", "received", "nearly", "not", "unknown")
OWN: Mapping[str, tuple[str, str]] = {
    tables.CERTIFICATE_FACTS.name: ("certificate_id", "issued_on"),
    tables.BUSINESS_FACTS.name: ("business_id", "registered_on"),
}
"""What a person claims for by facts table: the column that names it, and the day it began."""
STANDING = (*BEFORE, *LIVE, "refused")
"""States of a claim that say more than the rule alone."""


@dataclass(frozen=True)
class Answer:
    """One rule for one thing of a person's: the facts it read, what it says, and the claim or grant that there is already."""

    rule: Rule
    kind: str
    key: int
    facts: facts.Facts
    decision: Decision
    claim: Claim | None = None
    grant: BenefitGrant | None = None

    @property
    def group(self) -> Group:
        """Where a page shows it. A claim that is under way goes before what the rule says of another one."""
        if self.claim and self.claim.state not in (*PAID, "refused"):
            return "claimed"
        if self.grant or (self.claim and self.claim.state in PAID):
            return "received"
        if self.decision.outcome == "entitled":
            return "yours"
        if self.decision.outcome == "refused":
            return "nearly" if self.decision.near else "not"
        return "unknown"

    @property
    def may_begin(self) -> bool:
        """Whether a claim for it can be begun here: of the benefits that are asked for, where none stands."""
        return self.rule.channel == "claim" and self.claim is None and self.grant is None


@dataclass(frozen=True)
class Claimed:
    """That an employer claimed a benefit of its own for somebody's employment: which, who, and when. No more is the employee's to see."""

    benefit: Text
    employer: Text
    on: date


def answers(viewer: Viewer, worker_id: int, *, on: date, today: date) -> list[Answer]:
    """Every rule for every certificate and business that a person had on a day, in the order of the book, the latest subject first.

    Raises NotFound for whom the viewer may not see, and for employers.
    """
    found = facts.of_person(viewer, worker_id, on=on, today=today)
    given = _given(worker_id, on)
    claimed = _claimed(viewer, worker_id, today) if on == today else {}
    parameters = benefits.parameters()
    return [
        Answer(rule, kind, key, row, decide(rule, row, parameters=parameters, on=on), claimed.get(at), given.get(at))
        for rule, kind, key, row in _asked(found)
        for at in [(rule.name, kind, key)]
    ]


def answer(viewer: Viewer, worker_id: int, benefit: str, kind: str, key: int, *, on: date, today: date) -> Answer:
    """One rule for one certificate or business of a person. Raises NotFound, also where there was no such thing on that day."""
    for found in answers(viewer, worker_id, on=on, today=today):
        if (found.rule.name, found.kind, found.key) == (benefit, kind, key):
            return found
    raise NotFound(_("There is no such benefit, or there was nothing on that day that it is about"), next=_("choose from the list"))


def before_sending(viewer: Viewer, claim_id: int, today: date) -> Answer:
    """What the rule says of a worker's claim as it is written now: what an officer's check would say today. Nothing is kept.

    For the claimant alone. Raises NotFound, also for an employer: it would learn what other authorities know of its worker.
    """
    claim = claim_seen(viewer, claim_id, today)
    if viewer.role != "worker" and not viewer.mandate:
        raise no_such_claim()
    rule, told = benefits.rule_of(claim.benefit), inputs.inputs(claim, today)
    decision = decide(rule, told, parameters=benefits.parameters(), on=today)
    return Answer(rule, claim.kind, int(claim.subject), told, decision, claim)


def standing_claim(viewer: Viewer, benefit: str, subject: str, today: date) -> Claim | None:
    """The viewer's claim that stands for a thing, begun or live; None where there is none of theirs."""
    rows = claims_seen(viewer, today).filter(benefit=benefit, subject=subject, payee="worker", state__in=(*BEFORE, *LIVE))
    return rows.order_by("-pk").first()


def claimed_by_employers(viewer: Viewer) -> list[Claimed]:
    """The claims that employers lodged in their own name for the viewer's employment; nothing for anybody else."""
    if viewer.role != "worker" or not viewer.worker or viewer.mandate:
        return []
    rows = Claim.objects.filter(payee="organisation", worker_id__in=one_person(viewer.worker)).exclude(lodged_at=None).order_by("-pk")
    listed = list(rows)
    names = organisation_names({row.organisation_id for row in listed if row.organisation_id is not None})
    return [
        Claimed(benefits.title(row.benefit), names[row.organisation_id or 0], timezone.localdate(row.lodged_at))
        for row in listed
        if row.lodged_at
    ]


def _asked(found: Mapping[str, list[facts.Facts]]) -> Iterator[tuple[Rule, str, int, facts.Facts]]:
    for rule in benefits.rulebook().values():
        if rule.facts in OWN:
            column, began = OWN[rule.facts]
            for row in sorted(found[rule.facts], key=lambda row: (row[began], row[column]), reverse=True):
                key = row[column]
                assert isinstance(key, int)
                yield rule, BY_TABLE[rule.facts].kind, key, row


def _claimed(viewer: Viewer, worker_id: int, today: date) -> dict[tuple[str, str, int], Claim]:
    """The claim that stands for each thing, the latest where there were several."""
    rows = claims_seen(viewer, today).filter(worker_id__in=one_person(worker_id), payee="worker", state__in=STANDING).order_by("pk")
    return {(row.benefit, row.kind, int(row.subject)): row for row in rows}


def _given(worker_id: int, on: date) -> dict[tuple[str, str, int], BenefitGrant]:
    """What was granted by that day, by what it was granted for."""
    rows = BenefitGrant.objects.filter(worker_id__in=one_person(worker_id), revoked_on=None, granted_on__lte=on).order_by("pk")
    found = {}
    for row in rows:
        kind, key = ("certificate", row.certificate_id) if row.certificate_id else ("business", row.business_id)
        if key:
            found[row.benefit, kind, key] = row
    return found
