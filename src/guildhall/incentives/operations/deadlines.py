"""Terms worked out again when a year's working days are published.

Claims are read without holding them, some at a time; each that moves is locked, moved and told in a transaction of its own. A run that was
killed is taken up by the next: what moved stays, and is not moved or told again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from guildhall.incentives.engine.terms import TERMS
from guildhall.incentives.models import Appeal, Claim, Verdict
from guildhall.incentives.operations.moving import due_on
from guildhall.incentives.operations.telling import tell
from guildhall.incentives.queries import benefits, inputs
from guildhall.incentives.queries.standing import chain, no_such_claim
from guildhall.incentives.queries.terms import BEGINS, PAY_UNTIL, decided_on, due, pay_by
from guildhall.office.operations.audit import record
from guildhall.web.viewer import Viewer

PAGE = 500
"""Rows read at a time."""
CLAIMANTS = ("returned", "failed", "refused", "recalled")
"""States whose term is the claimant's: a day that was told is never brought forward."""


def recompute_deadlines(*, by: Viewer, now: datetime) -> int:
    """Works out the last day of every term that runs again; how many moved. Claimants are told of theirs.

    Raises NotFound for anyone but the city's machinery.
    """
    if by.role != "system":
        raise no_such_claim()
    running = (claim.pk for claim in _each(Claim.objects.filter(state__in=TERMS)) if _moved(claim, now))
    disputable = Verdict.objects.filter(state="final", what__in=BEGINS).exclude(remedy_until=None)
    later = (verdict.pk for verdict in _each(disputable) if _later(verdict))
    return sum(_move(key, by, now) for key in running) + sum(_move_remedy(key, by, now) for key in later)


def _each(rows: QuerySet[Any]) -> Iterator[Any]:
    """Rows by key, read page by page: no cursor stays open while some of them are moved."""
    after = 0
    while found := list(rows.filter(pk__gt=after).order_by("pk")[:PAGE]):
        yield from found
        after = found[-1].pk


def _moved(claim: Claim, now: datetime) -> tuple[date | None, date | None] | None:
    """The last day of a claim's term and the day by which it is to be paid, where either is another than the claim has."""
    before = claim.due_on, claim.pay_by
    if PAY_UNTIL in benefits.parameters().of(claim.benefit):
        claim.pay_by = pay_by(claim.benefit, inputs.inputs(claim, timezone.localdate(now)))
    ends = due(claim)
    day = None if ends is None else ends.value
    if claim.state in CLAIMANTS and before[0] is not None and (day is None or day < before[0]):
        day = before[0]
    return None if (day, claim.pay_by) == before else (day, claim.pay_by)


def _move(key: int, by: Viewer, now: datetime) -> bool:
    with transaction.atomic():
        claim = Claim.objects.select_for_update().get(pk=key)
        before = claim.due_on
        found = _moved(claim, now) if claim.state in TERMS else None
        if found is None:
            return False
        claim.due_on, claim.pay_by = found
        claim.save(update_fields=["due_on", "pay_by"])
        details = {"claim": claim.pk, "before": str(before), "due": str(claim.due_on)}
        record(subject=chain(claim), action="incentives.move_deadlines", by=by, now=now, details=details)
        if claim.due_on != before and _is_told(claim):
            tell(claim, "claim_term_moved", {"due": str(claim.due_on)}, now=now, key=f"claim:{claim.pk}:{claim.state}:{claim.due_on}")
        return True


def _is_told(claim: Claim) -> bool:
    """Whether somebody still acts on the term of a claim: a refusal that was objected to before can be objected to no more."""
    if claim.state == "refused":
        return not Appeal.objects.filter(verdict__claim=claim, verdict__what="refusal", verdict__state="final").exists()
    return claim.state in CLAIMANTS


def _later(verdict: Verdict) -> date | None:
    """The last day to object to a verdict where it has become later; a day that was told is never brought forward."""
    day = due_on(BEGINS[verdict.what], decided_on(verdict))
    return day if day is not None and verdict.remedy_until is not None and day > verdict.remedy_until else None


def _move_remedy(key: int, by: Viewer, now: datetime) -> bool:
    with transaction.atomic():
        verdict = Verdict.objects.select_for_update().get(pk=key)
        day = _later(verdict) if verdict.state == "final" else None
        if day is None:
            return False
        details = {"claim": verdict.claim_id, "verdict": verdict.pk, "before": str(verdict.remedy_until), "due": str(day)}
        record(subject=chain(verdict.claim), action="incentives.move_deadlines", by=by, now=now, details=details)
        verdict.remedy_until = day
        verdict.save(update_fields=["remedy_until"])
        return True
