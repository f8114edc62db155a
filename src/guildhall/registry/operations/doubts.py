"""Doubt about employment that a roster reported, and how it ends: insurance bears it out, or the person says no and an officer agrees."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from guildhall.registry.models import EmploymentSpell, InsuranceSpell
from guildhall.registry.operations.history import supersede
from guildhall.registry.operations.leavers import left
from guildhall.registry.queries.feeds import day_of
from guildhall.web.viewer import Viewer


def confirm_by_insurance(*, today: date, workers: Collection[int] | None = None) -> int:
    """Ends the doubt about employment that insurance bears out (engine.months.bears_out), of everybody or of some records; how many.

    Call it in the transaction that writes the insurance. What the person denies stays denied.
    """
    on = day_of("insurance", today) or today
    doubted = EmploymentSpell.objects.filter(doubtful=True, denied_at=None)
    if workers is not None:
        doubted = doubted.filter(worker_id__in=workers)
    lasts = Q(ended_on=None) | Q(ended_on__gt=on)
    paid = InsuranceSpell.objects.filter(Q(ended_on=None) | Q(ended_on__gt=OuterRef("started_on")))
    lasting = paid.filter(lasts, started_on__lte=on)
    over = paid.filter(started_on__lt=OuterRef("ended_on"))
    return doubted.filter(lasts & _paid(lasting)).update(doubtful=False) + doubted.filter(~lasts & _paid(over)).update(doubtful=False)


def _paid(insurance: QuerySet[InsuranceSpell]) -> Q:
    """That the employer of a spell paid some insurance for its person, on whichever record of the person it stands."""
    same = insurance.filter(organisation_id=OuterRef("organisation_id"))
    ways = (
        same.filter(worker_id=OuterRef("worker_id")),
        same.filter(worker__alias__merged_into_id=OuterRef("worker_id")),
        same.filter(worker_id=OuterRef("worker__alias__merged_into_id")),
    )
    return reduce(or_, (Q(Exists(way)) for way in ways))


def void(*, spell: EmploymentSpell, by: Viewer, now: datetime) -> None:
    """Voids an employment that the person denied: it ends with its first day, stays denied, and nobody goes on acting on it.

    Call it in the transaction of the decision, whose rights the caller has checked.
    """
    supersede(row=spell, changes={"ended_on": spell.started_on + timedelta(days=1)}, now=now)
    left(organisation_id=spell.organisation_id, ended={spell.worker_id: spell.started_on}, by=by, now=now)


def take_denial_back(*, spell_id: int) -> None:
    """An employment that the person denied counts as it did before."""
    for spell in EmploymentSpell.objects.select_for_update().filter(pk=spell_id):  # none where it was erased meanwhile
        spell.denied_at = None
        spell.save(update_fields=["denied_at"])
