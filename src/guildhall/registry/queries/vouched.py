"""What stands on record on an employer's word alone: a job that nobody else confirms, a phone that came with a roster.

Whoever knows an identity number can write a roster. What only its employer says of somebody therefore opens nothing: neither the record
to the employer, nor the record to whoever holds the phone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from guildhall.office.models import Account
from guildhall.registry.models import EmploymentSpell, ImportBatch, InsuranceSpell, Superseded, Worker
from guildhall.registry.models.sealed import TABLE
from guildhall.registry.queries.merged import one_person

ROSTER = "roster"
FAR = date(9999, 12, 31)


def said_by_employers(batches: Iterable[int]) -> frozenset[int]:
    """Those of the imports that are rosters which no officer and no command brought."""
    brought = dict(ImportBatch.objects.filter(pk__in=list(batches), kind=ROSTER).values_list("pk", "brought_by"))
    accounts = {by: int(key) for by in brought.values() if (key := by.removeprefix("account:")).isdecimal()}
    public = {*Account.objects.filter(pk__in=accounts.values(), kind="public").values_list("pk", flat=True)}
    return frozenset(batch for batch, by in brought.items() if accounts.get(by) in public)


def confirmed(organisation: int, *, own_word: bool = True) -> Q:
    """What is so of a spell with an organisation on more than its own word.

    It was on record before any roster, an officer brought it, the organisation pays insurance for the same time, or the person says so
    (unless `own_word` is not asked for).
    """
    batches = ImportBatch.objects.filter(organisation_id=organisation, kind=ROSTER).values_list("pk", flat=True)
    insured = InsuranceSpell.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=OuterRef("started_on")),
        organisation_id=organisation,
        worker_id=OuterRef("worker_id"),
        started_on__lt=Coalesce(OuterRef("ended_on"), Value(FAR)),
    )
    found = ~Q(batch_id__in=said_by_employers(batches)) | Q(Exists(insured))
    return found | Q(confirmed_at__isnull=False) if own_word else found


def known_among(organisation: int, records: Collection[int], today: date) -> set[int]:
    """Those of the records whose employment with the organisation lasts today and is confirmed."""
    lasting = Q(ended_on=None) | Q(ended_on__gt=today)
    spells = EmploymentSpell.objects.filter(lasting, confirmed(organisation), organisation_id=organisation, started_on__lte=today)
    return {*spells.filter(worker_id__in=records).values_list("worker_id", flat=True)}


def unconfirmed(records: Collection[int], today: date) -> frozenset[int]:
    """Keys of the spells of a person that last today and that nobody but the employer says."""
    lasting = Q(ended_on=None) | Q(ended_on__gt=today)
    spells = list(EmploymentSpell.objects.filter(lasting, worker_id__in=records, started_on__lte=today, batch_id__isnull=False))
    own = said_by_employers(spell.batch_id for spell in spells if spell.batch_id)
    doubtful = (spell for spell in spells if spell.batch_id in own)
    return frozenset(
        spell.pk for spell in doubtful if not EmploymentSpell.objects.filter(confirmed(spell.organisation_id), pk=spell.pk).exists()
    )


def is_phone_vouched(record: int) -> bool:
    """Whether the phone of a record came from somebody else than an employer who has the person on record by its own word only."""
    changed = (
        Superseded.objects.filter(table=TABLE, row=record, column="phone").order_by("-until", "-pk").values_list("batch_id", flat=True)
    )
    batches = list(changed[:1]) or list(Worker.objects.filter(pk=record).values_list("batch_id", flat=True))
    batch = batches[0] if batches else None
    if batch is None or batch not in said_by_employers([batch]):
        return True
    organisation = ImportBatch.objects.values_list("organisation_id", flat=True).get(pk=batch)
    spells = EmploymentSpell.objects.filter(confirmed(organisation or 0, own_word=False), organisation_id=organisation)
    return spells.filter(worker_id__in=one_person(record)).exists()
