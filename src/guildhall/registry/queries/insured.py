"""Insured months of a person, as of the day the insurance data speaks of: they are never said for a day it knows nothing of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from guildhall.registry.engine.months import insured_months
from guildhall.registry.models import Feed, InsuranceSpell, LoadBatch
from guildhall.registry.queries.merged import one_person


@dataclass(frozen=True)
class Insured:
    """Months insured in a scheme up to `as_of`; `as_of` is None where no insurance data has ever come in, and months say nothing."""

    scheme: str
    months: int
    as_of: date | None
    lasts: bool


def insured(worker_id: int, today: date, scheme: str = "unemployment") -> Insured:
    """The insured months of a person over every record merged into theirs."""
    rows = InsuranceSpell.objects.filter(worker_id__in=one_person(worker_id), scheme=scheme)
    spells = list(rows.values_list("started_on", "ended_on"))
    as_of = data_day(today)
    until = as_of or today
    return Insured(
        scheme, insured_months(spells, until), as_of, any(start <= until and (end is None or end > until) for start, end in spells)
    )


def data_day(today: date) -> date | None:
    """The day the insurance data speaks of: that of the authority's last file, or of the load that filled the register."""
    feed = Feed.objects.filter(pk="insurance").values_list("as_of", flat=True).first()
    load = LoadBatch.objects.filter(table="registry.insurance_spells").order_by("-pk").values_list("manifest", flat=True).first()
    said = load.get("as_of") if isinstance(load, dict) else None
    days = [day for day in (feed, date.fromisoformat(said) if said else None) if day]
    return min(max(days), today) if days else None
