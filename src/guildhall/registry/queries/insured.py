"""Insured months of a person, as of the day the insurance data speaks of: they are never said for a day it knows nothing of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from guildhall.registry.engine.months import insured_months
from guildhall.registry.models import InsuranceSpell
from guildhall.registry.queries.feeds import Freshness, day_of, freshness
from guildhall.registry.queries.merged import one_person


@dataclass(frozen=True)
class Insured:
    """Months insured in a scheme up to `as_of`; `as_of` is None where no insurance data has ever come in, and months say nothing."""

    scheme: str
    months: int
    as_of: date | None
    lasts: bool
    fresh: Freshness | None = None


def insured(worker_id: int, today: date, scheme: str = "unemployment") -> Insured:
    """The insured months of a person over every record merged into theirs."""
    rows = InsuranceSpell.objects.filter(worker_id__in=one_person(worker_id), scheme=scheme)
    spells = list(rows.values_list("started_on", "ended_on"))
    as_of = day_of("insurance", today)
    until = as_of or today
    lasts = any(start <= until and (end is None or end > until) for start, end in spells)
    return Insured(scheme, insured_months(spells, until), as_of, lasts, freshness(today)["insurance"])
