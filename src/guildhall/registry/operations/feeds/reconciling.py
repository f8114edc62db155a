"""What a newer complete file no longer says has ended: the two sides beside each other, and the counts of both.

A bad file must not end what still holds. One of which no row was taken ends nothing, and neither does one with a row that could be about
anybody; where much would end, somebody has to say so with the number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError
from guildhall.registry.engine.cells.numbers import read_identity
from guildhall.registry.engine.cells.problems import Wrong
from guildhall.registry.engine.cells.text import plain
from guildhall.registry.engine.feeds import CONTRACTS
from guildhall.registry.engine.feeds.decisions import REPORTED
from guildhall.registry.models import Certificate, ImportBatch, InsuranceSpell, ReportedFact, Superseded, vault
from guildhall.registry.models.staged import open_cells
from guildhall.registry.operations.history import superseded_rows
from guildhall.registry.operations.imports.recorded import keys_of, records_of

AT_ONCE = 1_000
"""Facts ended in one transaction."""
ASKED_ABOVE = Fraction(1, 5)
"""Where more than this share of what holds on record would end, somebody has to confirm the number. Our assumption: no rule names one."""
NONE_TAKEN, UNMATCHED = "none_taken", "unmatched"
"""Why a file ends nothing: no row of it was taken; the number in some rejected rows cannot be told, so they may be about anybody."""


class ManyEnd(GuildhallError):
    """A file would end so much that the number has to be confirmed first."""


def ends_unsaid(batch: ImportBatch, *, older: bool) -> bool:
    """Whether what a file leaves out ends with it: a complete one, not older than what is known, and the first of its day to be taken."""
    return CONTRACTS[batch.kind].complete and not older and not _is_second(batch)


def _is_second(batch: ImportBatch) -> bool:
    """Whether rows of another file of this day were taken before; so rejected rows can be corrected and brought alone."""
    done = ImportBatch.objects.filter(kind=batch.kind, as_of=batch.as_of, state="done", rows__gt=F("rejected"))
    return done.exclude(pk=batch.pk).exists()


def refuse_many(forecast: Mapping[str, Any], ends: int | None) -> None:
    """Raises ManyEnd where a file would end more than ASKED_ABOVE of what holds and `ends` is not that very number; and where `ends` is
    given and is another one.
    """
    gone, lasting = forecast["would_end"], forecast["lasting"]
    if ends == gone or (ends is None and not is_many(gone, lasting)):
        return
    raise ManyEnd(
        _("%(gone)s of the %(lasting)s that hold on record are not in this file and would end") % {"gone": gone, "lasting": lasting},
        why=_("above %(percent)s %% of them the number is confirmed first, so that a file with a part missing ends nobody (our assumption)")
        % {"percent": ASKED_ABOVE * 100},
        next=_("ask the authority whether that is right; then tick the box on the page, or give --ends %(gone)s to the command")
        % {"gone": gone},
    )


def is_many(gone: int, lasting: int) -> bool:
    """Whether so much would end that the number has to be confirmed."""
    return gone > lasting * ASKED_ABOVE


def lasting(kind: str, as_of: date) -> int:
    """How many facts of a feed hold on a day."""
    return ReportedFact.objects.filter(Q(ended_on=None) | Q(ended_on__gt=as_of), kind=REPORTED[kind]).count()


def unsaid(kind: str, as_of: date) -> QuerySet[ReportedFact]:
    """Facts of a feed that lasted when they were last reported, and that no file of this day or a later one reports."""
    facts = ReportedFact.objects.filter(kind=REPORTED[kind], as_of__lt=as_of)
    return facts.filter(Q(ended_on=None) | Q(ended_on__gt=as_of)) if CONTRACTS[kind].complete else facts


def unsaid_now(batch: ImportBatch) -> int:
    """How many facts would count as unsaid before a row of the file is taken; 0 for feeds that report none."""
    assert batch.as_of is not None
    return unsaid(batch.kind, batch.as_of).count() if batch.kind in REPORTED else 0


def end_unsaid(*, batch: ImportBatch, now: datetime) -> int:
    """Ends, on the file's day, what a newer complete file no longer says; how many facts of the whole batch were ended by that.

    Whoever is named in a row that was rejected is left alone: the authority did speak of them. Where no row was taken, or a rejected one
    may be about anybody, nothing ends, and the batch says so (`held_back`). Killed and run again it goes on.
    """
    assert batch.as_of is not None
    spared, unmatched = named(batch)
    batch.refresh_from_db()
    if held_back := holds_back(batch.rows - batch.rejected, batch.rows, unmatched):
        ImportBatch.objects.filter(pk=batch.pk).update(forecast={**batch.forecast, "held_back": held_back})
        return 0
    while True:
        with transaction.atomic():
            held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            gone = list(unsaid(batch.kind, batch.as_of).exclude(worker_id__in=spared).select_for_update().order_by("pk")[:AT_ONCE])
            before = [(fact, {"ended_on": batch.as_of}) for fact in gone]
            Superseded.objects.bulk_create(superseded_rows(before=before, now=now, batch=batch.pk), batch_size=500)
            ReportedFact.objects.filter(pk__in=[fact.pk for fact in gone]).update(ended_on=batch.as_of)
            held.forecast = {**held.forecast, "ended": held.forecast.get("ended", 0) + len(gone)}
            held.save(update_fields=["forecast"])
        if len(gone) < AT_ONCE:
            return int(held.forecast["ended"])


def holds_back(taken: int, rows: int, unmatched: int) -> dict[str, int]:
    """Why a file ends nothing, with the number of rows that are the reason; empty where it may."""
    if not taken:
        return {NONE_TAKEN: rows}
    return {UNMATCHED: unmatched} if unmatched else {}


def named(batch: ImportBatch) -> tuple[set[int], int]:
    """Records of the people whom rejected rows name, and how many of these rows name nobody who could be told.

    A number that can be read and that nobody on record has is about nobody on record.
    """
    header, column = batch.mapping["header"], batch.mapping["columns"].get("identity_number")
    at = header.index(column) if column in header else -1
    told = [_number_in(open_cells(row), at) for row in batch.rejected_rows.order_by("row").iterator(chunk_size=1_000)]
    hashes = vault().keyed_hashes("identity_number", sorted(set(filter(None, told))))
    leading = set(keys_of([number for number in hashes if number]).values())
    return set(records_of(dict.fromkeys(leading))[0]), told.count("")


def _number_in(cells: tuple[str, ...], at: int) -> str:
    """The identity number in a row; empty where there is none that can be read, and once the cells are erased."""
    try:
        return read_identity(plain(cells[at]), made_up=True).number if 0 <= at < len(cells) else ""
    except Wrong:
        return ""


def reconciled(batch: ImportBatch) -> dict[str, Any]:
    """A file beside the record: what it added, ended, changed and left, what stands here only and what there only."""
    assert batch.as_of is not None
    added, changed, unchanged = batch.accepted, batch.changed, batch.unchanged
    if batch.kind in REPORTED:
        here = unsaid(batch.kind, batch.as_of).count()
    else:
        every = Certificate.objects.count() if batch.kind == "certificates" else InsuranceSpell.objects.count()
        here = max(0, every - added - changed - unchanged + batch.forecast.get("repeated", 0))
    ended, there = batch.forecast.get("ended", 0), batch.forecast.get("only_there", 0)
    return {"added": added, "ended": ended, "changed": changed, "unchanged": unchanged, "only_here": here, "only_there": there}
