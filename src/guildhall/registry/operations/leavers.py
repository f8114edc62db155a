"""What follows when people leave an organisation: nobody goes on acting for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db.models import Q

from guildhall.office.operations.delegations import end_delegations
from guildhall.office.queries.delegations import has_delegates
from guildhall.registry.models import Alias, EmploymentSpell
from guildhall.registry.queries.merged import leaders
from guildhall.registry.queries.vouched import UNDENIED
from guildhall.web.viewer import Viewer


def left(*, organisation_id: int, ended: Mapping[int, date], by: Viewer, now: datetime) -> int:
    """Ends what people could do for an organisation they leave; call it after their spells of employment were ended, in the same
    transaction.

    `ended` has the first day on which each no longer works there by one spell; who still does by another has not left. Whatever record
    of a person the spell is of, the account that claimed another record of the same person loses access too. Gives how many
    delegations ended.
    """
    if not ended or not has_delegates(organisation_id):
        return 0
    by_day: dict[date, list[int]] = {}
    for worker, day in ended.items():
        by_day.setdefault(day, []).append(worker)
    return sum(
        end_delegations(organisation_id=organisation_id, worker_ids=_gone(organisation_id, workers, day), on=day, by=by, now=now)
        for day, workers in sorted(by_day.items())
    )


def _gone(organisation_id: int, workers: Collection[int], day: date) -> set[int]:
    """Every record of those of the people who have no spell there that lasts beyond a day."""
    lasting = EmploymentSpell.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), UNDENIED, organisation_id=organisation_id)
    there = set(lasting.filter(worker_id__in=records_of(workers)).values_list("worker_id", flat=True))
    return records_of(workers) - records_of(there)


def records_of(workers: Collection[int]) -> set[int]:
    """Every record of the people that some records are of."""
    first = set(leaders(workers).values())
    return first | set(Alias.objects.filter(merged_into_id__in=first).values_list("worker_id", flat=True))
