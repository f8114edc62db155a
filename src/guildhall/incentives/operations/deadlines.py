"""Terms worked out again when a year's working days are published."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from guildhall.incentives.engine.terms import TERMS
from guildhall.incentives.models import Claim, Verdict
from guildhall.incentives.operations.moving import due_on
from guildhall.incentives.queries import benefits, inputs
from guildhall.incentives.queries.standing import chain, no_such_claim
from guildhall.incentives.queries.terms import BEGINS, PAY_UNTIL, decided_on, due, pay_by
from guildhall.office.operations.audit import record
from guildhall.web.viewer import Viewer


def recompute_deadlines(*, by: Viewer, now: datetime) -> int:
    """Works out the last day of every term that runs again; how many moved. Raises NotFound for anyone but the city's machinery."""
    if by.role != "system":
        raise no_such_claim()
    moved = 0
    with transaction.atomic():
        for claim in Claim.objects.select_for_update().filter(state__in=TERMS).order_by("pk"):
            before = claim.due_on, claim.pay_by
            if PAY_UNTIL in benefits.parameters().of(claim.benefit):
                claim.pay_by = pay_by(claim.benefit, inputs.inputs(claim, timezone.localdate(now)))
            ends = due(claim)
            claim.due_on = None if ends is None else ends.value
            if (claim.due_on, claim.pay_by) != before:
                details = {"claim": claim.pk, "before": str(before[0]), "due": str(claim.due_on)}
                record(subject=chain(claim), action="incentives.move_deadlines", by=by, now=now, details=details)
                claim.save(update_fields=["due_on", "pay_by"])
                moved += 1
        moved += _remedies(by, now)
    return moved


def _remedies(by: Viewer, now: datetime) -> int:
    """Moves the last day to object where it has become later; a day that was told is never brought forward."""
    moved = 0
    rows = Verdict.objects.select_for_update().filter(state="final", what__in=BEGINS).exclude(remedy_until=None)
    for verdict in rows.select_related("claim").order_by("pk"):
        day = due_on(BEGINS[verdict.what], decided_on(verdict))
        if day is not None and verdict.remedy_until is not None and day > verdict.remedy_until:
            details = {"claim": verdict.claim_id, "verdict": verdict.pk, "before": str(verdict.remedy_until), "due": str(day)}
            record(subject=chain(verdict.claim), action="incentives.move_deadlines", by=by, now=now, details=details)
            verdict.remedy_until = day
            verdict.save(update_fields=["remedy_until"])
            moved += 1
    return moved
