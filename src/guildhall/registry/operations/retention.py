"""What the registry erases on schedule. What is recorded by duty stays, under a key that leads to nobody once the identity is gone.

An erased person leaves a stub: the row under the opaque key, so that past figures still add up, and one event that says when and under
which rule; no name, number, phone, paper or own word is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from guildhall.kernel.retention import Rule
from guildhall.office.models import Attachment, Grant, Job, Notice
from guildhall.office.operations.audit import record
from guildhall.office.operations.retention import Eraser, cut, deleted, destroy_papers, moment, past
from guildhall.registry.engine.retention import RULES
from guildhall.registry.models import (
    Alias,
    Certificate,
    CertificateNumber,
    ClaimedCertificate,
    Consent,
    CorrectionRequest,
    EmploymentSpell,
    FormerName,
    Identity,
    IdentityDocument,
    ImportBatch,
    ImportChunk,
    InsuranceSpell,
    NumberChange,
    RejectedRow,
    ReportedFact,
    Representative,
    Superseded,
    Wish,
    Worker,
)
from guildhall.registry.operations.imports.batches import subject
from guildhall.registry.queries.merged import one_person
from guildhall.web.viewer import system

BY_KEY: Mapping[str, Rule] = {rule.key: rule for rule in RULES}
NOTHING = b""
"""What stands in a sealed column that may not be empty, once it has been emptied."""
ERASE = "registry.erase_person"
SPELLS = (EmploymentSpell, InsuranceSpell, ReportedFact)
OPEN = ("received", "staged")
"""States of an import of which nothing has been applied."""
BEGUN = "applying"
APPLY = "apply "
"""What the key of a job that applies an import begins with; its number follows."""
PEOPLE = 25
"""People erased in one transaction: each is a dozen statements."""


# rows apart from the person


def _documents(on: date) -> QuerySet[IdentityDocument]:
    return IdentityDocument.objects.filter(ended_at__lt=past(BY_KEY, "registry.identity_document", on))


def _former_names(on: date) -> QuerySet[FormerName]:
    return FormerName.objects.filter(until__lt=past(BY_KEY, "registry.former_name", on))


def _number_changes(on: date) -> QuerySet[NumberChange]:
    return NumberChange.objects.filter(decided_at__lt=past(BY_KEY, "registry.number_change", on)).exclude(number_sealed=NOTHING)


def _reported(on: date) -> QuerySet[ReportedFact]:
    return ReportedFact.objects.filter(ended_on__lt=cut(BY_KEY["registry.reported_fact"], on))


def _superseded(on: date) -> QuerySet[Superseded]:
    return Superseded.objects.filter(until__lt=past(BY_KEY, "registry.superseded", on), value_sealed__isnull=False)


def _corrections(on: date) -> QuerySet[CorrectionRequest]:
    rows = CorrectionRequest.objects.filter(decided_at__lt=past(BY_KEY, "registry.correction", on)).exclude(state="open")
    return rows.exclude(wanted_sealed=NOTHING)


def _correction_papers(on: date) -> QuerySet[Attachment]:
    """Of requests that were answered long ago, or that are no longer there; the subject names the request by its key."""
    closed = CorrectionRequest.objects.filter(decided_at__lt=past(BY_KEY, "registry.correction_paper", on)).exclude(state="open")
    subjects = [f"correction:{key}" for key in closed.values_list("pk", flat=True)]
    return Attachment.objects.filter(removed_at=None, subject__in=subjects)


def _consents(on: date) -> QuerySet[Consent]:
    return Consent.objects.filter(withdrawn_at__lt=past(BY_KEY, "registry.consent", on))


def _wishes(on: date) -> QuerySet[Wish]:
    return Wish.objects.filter(closed_at__lt=past(BY_KEY, "registry.wish", on))


def _open_wishes(on: date) -> QuerySet[Wish]:
    return Wish.objects.filter(said_on__lt=cut(BY_KEY["registry.wish_open"], on))


def _representatives(on: date) -> QuerySet[Representative]:
    return Representative.objects.filter(ended_at__lt=past(BY_KEY, "registry.representative", on)).exclude(name_sealed=NOTHING)


def _rejected(on: date) -> QuerySet[RejectedRow]:
    return RejectedRow.objects.filter(cells_sealed__isnull=False, batch__brought_at__lt=past(BY_KEY, "registry.rejected_row", on))


def _chunks(on: date) -> QuerySet[ImportChunk]:
    """Of files that were never applied, or not to the end; one that waits in the queue, or is being applied from it, is left."""
    rows = ImportChunk.objects.filter(content_sealed__isnull=False, batch__brought_at__lt=past(BY_KEY, "registry.import_chunk", on))
    queued = Job.objects.filter(state__in=("waiting", "running"), key__startswith=APPLY).values_list("key", flat=True)
    keys = [int(key.removeprefix(APPLY)) for key in queued if key.removeprefix(APPLY).isdecimal()]
    return rows.filter(batch__state__in=(*OPEN, BEGUN, "abandoned")).exclude(batch__state=BEGUN, batch__in=keys)


def _remove(model: type[Any]) -> Callable[[Sequence[Any], datetime], int]:
    return lambda keys, now: deleted(model._default_manager.filter(pk__in=keys))


def _empty(model: type[Any], **fields: Any) -> Callable[[Sequence[Any], datetime], int]:
    return lambda keys, now: int(model._default_manager.filter(pk__in=keys).update(**fields))


def _empty_chunks(keys: Sequence[Any], now: datetime) -> int:
    """A file whose rows are gone is given up: it can be confirmed no more, and one that was stopped half-way does not go on."""
    batches = {*ImportChunk.objects.filter(pk__in=keys).values_list("batch_id", flat=True)}
    for batch in ImportBatch.objects.select_for_update().filter(pk__in=batches, state__in=(*OPEN, BEGUN)).order_by("pk"):
        begun, batch.state, batch.finished_at = batch.state == BEGUN, "abandoned", now
        batch.save(update_fields=["state", "finished_at"])
        if begun:
            details = {"position": batch.position, "rows": batch.rows}
            by = system("retention")
            record(subject=subject(batch), action="registry.abandon_import", by=by, now=now, details=details, batch=batch.pk)
    return ImportChunk.objects.filter(pk__in=keys, content_sealed__isnull=False, batch__state="abandoned").update(content_sealed=None)


# people


def _aged(on: date) -> QuerySet[Identity]:
    """Certificate holders as old as the rule says, for whom nothing runs: a certificate does not lapse, so only age ends it.

    The record that leads says how old a person is, and the records merged into it go with it.
    """
    merged = Alias.objects.filter(merged_into=OuterRef("pk"))
    certified = _certified("pk") | Exists(merged.filter(_certified("worker_id")))
    running = _running("pk", on) | Exists(merged.filter(_running("worker_id", on)))
    old = Identity.objects.filter(worker__alias=None, worker__birth_month__lt=cut(BY_KEY["registry.identity"], on))
    return old.filter(certified).exclude(running)


def _idle(on: date) -> QuerySet[Identity]:
    """People without a certificate whose every record ended before the day, who use no account, and for whom nothing is open.

    A person about whom no date is known is never due: that they are idle cannot be said. A merged record goes with the one that leads.
    """
    merged = Alias.objects.filter(merged_into=OuterRef("pk"))
    known = _dated("pk", on) | Exists(merged.filter(_dated("worker_id", on)))
    busy = _busy("pk", on) | Exists(merged.filter(_busy("worker_id", on)))
    return Identity.objects.filter(known, worker__alias=None).exclude(busy)


def _dated(key: str, on: date) -> Q:
    """Records of which it is known since when nothing is new: they have a spell, or came with a file long ago."""
    since = past(BY_KEY, "registry.identity_idle", on)
    old = Worker.objects.filter(pk=OuterRef(key), batch_id__in=ImportBatch.objects.filter(brought_at__lt=since).values("pk"))
    return reduce(or_, (Q(Exists(model._default_manager.filter(worker=OuterRef(key)))) for model in SPELLS), Q(Exists(old)))


def _busy(key: str, on: date) -> Q:
    """Records with a certificate, with anything that ended since, with something that runs, or that were changed since."""
    before = cut(BY_KEY["registry.identity_idle"], on)
    since, mine = moment(before), Q(worker=OuterRef(key))
    rows: tuple[QuerySet[Any], ...] = (
        *(model._default_manager.filter(mine, ended_on__gte=before) for model in SPELLS),
        CorrectionRequest.objects.filter(mine, decided_at__gte=since),
        Superseded.objects.filter(worker_id=OuterRef(key), until__gte=since),
    )
    return _certified(key) | _running(key, on) | _any(rows)


def _certified(key: str) -> Q:
    """Records with a certificate, be it one that only an employer named."""
    return _any(model._default_manager.filter(worker=OuterRef(key)) for model in (Certificate, ClaimedCertificate))


def _running(key: str, on: date) -> Q:
    """Records with anything that lasts, with a request or a wish that is open, or with an account."""
    mine = Q(worker=OuterRef(key))
    return _any(
        (
            *(model._default_manager.filter(mine, Q(ended_on=None) | Q(ended_on__gt=on)) for model in SPELLS),
            CorrectionRequest.objects.filter(mine, state="open"),
            Wish.objects.filter(mine, closed_at=None),
            Grant.objects.filter(worker_id=OuterRef(key), revoked_at=None),
        )
    )


def _any(rows: Iterable[QuerySet[Any]]) -> Q:
    return reduce(or_, (Q(Exists(found)) for found in rows))


def _erase_people(rule: str) -> Callable[[Sequence[Any], datetime], int]:
    return lambda keys, now: sum(erase_person(worker_id=key, rule=rule, now=now) for key in keys)


def erase_person(*, worker_id: int, rule: str, now: datetime) -> int:
    """Destroys who a person is, over every record merged into theirs, and leaves the stub; how many records it was.

    Only on schedule: nobody is erased by hand.
    """
    records = one_person(worker_id)
    with transaction.atomic():
        found = deleted(Identity.objects.filter(pk__in=records))
        if found:
            counts = _clear(records, now)
            for key in records:
                details = {"rule": rule, "records": len(records), **counts}
                record(subject=f"worker:{key}", action=ERASE, by=system("retention"), now=now, details=details)
    return found


def _clear(records: Iterable[int], now: datetime) -> dict[str, int]:
    """What says who the person is in every other table, or was said by them; counts of rows."""
    mine = {"worker_id__in": list(records)}
    papers = list(Attachment.objects.filter(removed_at=None, **mine).values_list("pk", flat=True))
    return {
        "names": deleted(FormerName.objects.filter(**mine)),
        "documents": deleted(IdentityDocument.objects.filter(**mine)),
        "number_changes": deleted(NumberChange.objects.filter(**mine)),
        "certificate_numbers": deleted(CertificateNumber.objects.filter(certificate__worker_id__in=mine["worker_id__in"])),
        "claims": ClaimedCertificate.objects.filter(**mine).update(number_sealed=None, number_hash=None),
        "superseded": Superseded.objects.filter(**mine).update(value_sealed=None),
        "corrections": CorrectionRequest.objects.filter(**mine).update(wanted_sealed=NOTHING, answer=""),
        "consents": Consent.objects.filter(**mine).update(guardian_sealed=None),
        "wishes": deleted(Wish.objects.filter(**mine)),
        "notices": deleted(Notice.objects.filter(**mine)),
        "papers": destroy_papers(papers, now),
    }


ERASERS: tuple[Eraser, ...] = (
    Eraser("registry.import_chunk", _chunks, _empty_chunks),
    Eraser("registry.rejected_row", _rejected, _empty(RejectedRow, cells_sealed=None)),
    Eraser("registry.correction_paper", _correction_papers, destroy_papers),
    Eraser("registry.correction", _corrections, _empty(CorrectionRequest, wanted_sealed=NOTHING, answer="")),
    Eraser("registry.consent", _consents, _remove(Consent)),
    Eraser("registry.wish", _wishes, _remove(Wish)),
    Eraser("registry.wish_open", _open_wishes, _remove(Wish)),
    Eraser("registry.reported_fact", _reported, _remove(ReportedFact)),
    Eraser("registry.number_change", _number_changes, _empty(NumberChange, number_sealed=NOTHING, number_hash=NOTHING)),
    Eraser("registry.former_name", _former_names, _remove(FormerName)),
    Eraser("registry.identity_document", _documents, _remove(IdentityDocument)),
    Eraser("registry.superseded", _superseded, _empty(Superseded, value_sealed=None)),
    Eraser(
        "registry.representative",
        _representatives,
        _empty(Representative, name_sealed=NOTHING, number_sealed=NOTHING, number_hash=NOTHING, phone_hash=None),
    ),
    Eraser("registry.identity_idle", _idle, _erase_people("registry.identity_idle"), PEOPLE),
    Eraser("registry.identity", _aged, _erase_people("registry.identity"), PEOPLE),
)
"""In the order in which they run: what hangs on a person before the person."""
