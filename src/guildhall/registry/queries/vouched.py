"""What stands on record on the word of a roster alone: a job that nobody else confirms, a phone that came with an employer's file.

Whoever knows an identity number can write a roster. A roster that names somebody whom its bringer had not seen before therefore opens
nothing: neither the record to the employer or to the officers of its district, nor the record to whoever holds the phone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q

from guildhall.office.models import Account
from guildhall.registry.models import EmploymentSpell, ImportBatch, Superseded, Worker
from guildhall.registry.models.sealed import TABLE

ROSTER = "roster"
UNDENIED = Q(denied_at=None)
"""Employment that the person has not said no to."""
CONFIRMED = Q(doubtful=False, denied_at=None)
"""Employment that opens something: nobody doubts it and the person has not said no."""


def said_by_employers(batches: Iterable[int]) -> frozenset[int]:
    """Those of the imports that are rosters which no officer and no command brought."""
    brought = dict(ImportBatch.objects.filter(pk__in=list(batches), kind=ROSTER).values_list("pk", "brought_by"))
    accounts = {by: int(key) for by in brought.values() if (key := by.removeprefix("account:")).isdecimal()}
    public = {*Account.objects.filter(pk__in=accounts.values(), kind="public").values_list("pk", flat=True)}
    return frozenset(batch for batch, by in brought.items() if accounts.get(by) in public)


def known_among(organisation: int, records: Collection[int], today: date) -> set[int]:
    """Those of the records whose employment with the organisation lasts today and is confirmed."""
    spells = EmploymentSpell.objects.filter(_lasting(today), CONFIRMED, organisation_id=organisation)
    return {*spells.filter(worker_id__in=records).values_list("worker_id", flat=True)}


def unconfirmed(records: Collection[int], today: date) -> frozenset[int]:
    """Keys of the spells of a person that last today, that only a roster says, and of which the person has said nothing yet."""
    spells = EmploymentSpell.objects.filter(_lasting(today), UNDENIED, worker_id__in=records, doubtful=True)
    return frozenset(spells.values_list("pk", flat=True))


def in_doubt() -> list[int]:
    """Keys of all spells that somebody doubts or denies."""
    return sorted(EmploymentSpell.objects.exclude(CONFIRMED).values_list("pk", flat=True))


def confirmed_among(spells: Collection[int]) -> set[int]:
    """Those of the spells that nobody doubts or denies."""
    return {*EmploymentSpell.objects.filter(CONFIRMED, pk__in=spells).values_list("pk", flat=True)}


def _lasting(today: date) -> Q:
    return Q(started_on__lte=today) & (Q(ended_on=None) | Q(ended_on__gt=today))


def is_phone_vouched(record: int) -> bool:
    """Whether the phone of a record was last written by somebody else than an employer: what a roster of its own says never counts."""
    changed = (
        Superseded.objects.filter(table=TABLE, row=record, column="phone").order_by("-until", "-pk").values_list("batch_id", flat=True)
    )
    batches = list(changed[:1]) or list(Worker.objects.filter(pk=record).values_list("batch_id", flat=True))
    batch = batches[0] if batches else None
    return batch is None or batch not in said_by_employers([batch])
