"""What follows when people leave an organisation: nobody goes on acting for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from guildhall.office.operations.delegations import end_delegations
from guildhall.registry.models import Alias
from guildhall.registry.queries.merged import leaders
from guildhall.web.viewer import Viewer


def left(*, organisation_id: int, ended: Mapping[int, date], by: Viewer, now: datetime) -> int:
    """Ends what people could do for an organisation they leave; call it in the transaction that ends their spells of employment.

    `ended` has the first day on which each no longer works there. Whatever record of a person the spell is of, the account that
    claimed another record of the same person loses access too. Gives how many delegations ended.
    """
    by_day: dict[date, list[int]] = {}
    for worker, day in ended.items():
        by_day.setdefault(day, []).append(worker)
    return sum(
        end_delegations(organisation_id=organisation_id, worker_ids=records_of(workers), on=day, by=by, now=now)
        for day, workers in sorted(by_day.items())
    )


def records_of(workers: Collection[int]) -> set[int]:
    """Every record of the people that some records are of."""
    first = set(leaders(workers).values())
    return first | set(Alias.objects.filter(merged_into_id__in=first).values_list("worker_id", flat=True))
