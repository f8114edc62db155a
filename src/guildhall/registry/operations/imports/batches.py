"""A file's way before and beside its rows: received, confirmed, abandoned, forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from secrets import token_hex
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.operations import audit
from guildhall.registry.models import ColumnMapping, ImportBatch, refuse_unfinished
from guildhall.registry.models.staged import PIECE, seal_file
from guildhall.registry.queries.imports import KIND, may_bring, owner
from guildhall.web.viewer import Viewer

LEASE, ASKED, TRIAL = "reader", "asked", "trial"
"""In a batch's mapping: who reads the file just now, what was asked for when it came, and that it is only tried."""
WAITING = ("received", "staged")
DAY = "day"
"""In a batch's mapping: where the day it speaks of was taken from (DAYS)."""
FILE, EARLIER, NONE, SEVERAL, AHEAD, GIVEN = DAYS = ("file", "earlier", "none", "several", "ahead", "given")
"""Written above the header; that of the import it corrects; nowhere, so it is today; named in several ways, or still to come, so that
somebody has to say; given by whoever brought it.
"""
UNTOLD = "untold"
"""In a batch's mapping while nobody has been told yet what became of its rows, where whoever brings it tells of them at once."""
KEPT_OF_COLUMNS = ("columns", "header", "header_row", "correction", ASKED, DAY, UNTOLD)
"""What stays known of a file's columns once it is being applied."""


def begin(
    *,
    pieces: Iterable[bytes],
    name: str,
    organisation: int,
    as_of: date,
    by: Viewer,
    now: datetime,
    corrects: int | None = None,
    digest: str = "",
    mapping: Mapping[str, Any] | None = None,
    sheet: str = "",
) -> ImportBatch:
    """Receives a file: kept sealed, piece by piece, until its rows are staged and confirmed. Nothing of it is read yet.

    Whoever has the file in hand gives no pieces and its SHA-256 as `digest`.

    Raises NotFound where `by` may not bring rosters of the organisation, or `corrects` is no import of it;
    GuildhallError for a day to come.
    """
    refuse_unfinished()
    brings = owner(by, organisation, timezone.localdate(now))
    refuse_ahead(as_of, timezone.localdate(now))
    if corrects is not None and not ImportBatch.objects.filter(pk=corrects, organisation=brings).exists():
        raise NotFound(_("There is no such import"))
    summed = sha256()
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            kind=KIND,
            organisation=brings,
            place=brings.place_id,
            name=name,
            sha256="",
            as_of=as_of,
            mapping=dict(mapping or {}),
            sheet=sheet,
            state="received",
            corrects_id=corrects,
            brought_by=by.name,
            brought_at=now,
        )
        for chunk in seal_file(batch.pk, _told(pieces, summed)):
            chunk.save(force_insert=True)
        batch.sha256 = digest or summed.hexdigest()
        batch.save(update_fields=["sha256"])
    return batch


def refuse_ahead(as_of: date | None, today: date) -> None:
    """Raises GuildhallError for a day to come."""
    if as_of and as_of > today:
        raise GuildhallError(_("A roster cannot speak of a day to come"), next=_("give the day of the roster"))


def day_of_file(said: Sequence[date], today: date) -> tuple[date, str]:
    """The day a roster speaks of by what is written in it, and where that was taken from; today where it does not say it plainly."""
    if len(said) > 1:
        return today, SEVERAL
    if said and said[0] > today:
        return today, AHEAD
    return (said[0], FILE) if said else (today, NONE)


def _told(pieces: Iterable[bytes], summed: Any) -> Iterable[bytes]:
    for piece in pieces:
        summed.update(piece)
        yield piece


def in_pieces(file: IO[bytes]) -> Iterable[bytes]:
    """A file, PIECE bytes at a time."""
    while piece := file.read(PIECE):
        yield piece


def keep_columns(
    *, batch: ImportBatch, mapping: Mapping[str, str], sheet: str, by: Viewer, now: datetime, as_of: date | None = None
) -> ImportBatch:
    """Says what the columns of a received file mean ({field: header}, "" for none), and remembers it for the organisation's next one;
    `as_of` the day it speaks of, where that is another one than was taken.

    Rows staged under another meaning are dropped. Raises AlreadyDone where the file is being applied or was, GuildhallError for a day
    to come.
    """
    assert batch.organisation_id is not None
    owner(by, batch.organisation_id, timezone.localdate(now))
    refuse_ahead(as_of, timezone.localdate(now))
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if held.state not in WAITING:
            raise AlreadyDone(_("This file has been confirmed already"))
        held.mapping, held.sheet, held.failure = {**held.mapping, "columns": dict(mapping)}, sheet, ""
        if as_of and as_of != held.as_of:
            held.as_of, held.mapping[DAY] = as_of, GIVEN
        clear_staged(held)
        held.save()
        ColumnMapping.objects.update_or_create(
            organisation_id=batch.organisation_id, kind=KIND, defaults={"mapping": dict(mapping), "confirmed_at": now}
        )
    return held


def clear_staged(batch: ImportBatch) -> None:
    """Takes away what was staged of a file that has not been confirmed; the caller saves the batch."""
    batch.chunks.filter(number__gte=0).delete()
    batch.rejected_rows.all().delete()
    batch.state, batch.forecast = "received", {}
    batch.mapping = {name: value for name, value in batch.mapping.items() if name != LEASE}
    batch.rows = batch.position = batch.accepted = batch.changed = batch.unchanged = batch.rejected = 0


def lease(batch: ImportBatch) -> str:
    """Takes a file that has not been confirmed for one reader, who begins it anew; whoever read it before can write no more.

    So a reader that was killed holds nobody up, and of two at once the later one goes on. Raises AlreadyDone where it is confirmed.
    """
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().filter(pk=batch.pk).first()
        if held is None or held.state not in WAITING:
            raise AlreadyDone(_("This file has been confirmed already"))
        clear_staged(held)
        held.mapping[LEASE] = token_hex(8)
        held.save()
    return str(held.mapping[LEASE])


def leased(batch: int, token: str) -> ImportBatch:
    """The batch, held until the transaction ends, as long as it is this reader's. Raises GuildhallError."""
    held = ImportBatch.objects.select_for_update().filter(pk=batch).first()
    if held is None or held.state != "received" or held.mapping.get(LEASE) != token:
        raise GuildhallError(_("Another worker is reading this file"), next=_("wait until it ends; nothing was lost"))
    return held


def let_go(batch: ImportBatch, token: str) -> None:
    """Takes away a file that this reader could not read, unless another one has taken it since."""
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().filter(pk=batch.pk).first()
        if held is not None and held.state in WAITING and held.mapping.get(LEASE) == token:
            held.rejected_rows.all().delete()
            held.delete()


def confirm(*, batch: ImportBatch, by: Viewer, now: datetime) -> ImportBatch:
    """Lets a staged file be applied; from here on it can be stopped, but what was applied stays.

    Raises AlreadyDone where it is confirmed already, GuildhallError where its rows are not staged.
    """
    may_bring(by, batch, timezone.localdate(now))
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if held.state == "received":
            raise GuildhallError(_("This file has not been checked yet"), next=_("say what its columns mean first"))
        if held.state != "staged":
            raise AlreadyDone(_("This file has been confirmed already"))
        held.state = "applying"
        held.mapping = {name: held.mapping[name] for name in KEPT_OF_COLUMNS if name in held.mapping}
        held.save(update_fields=["state", "mapping"])
        held.chunks.filter(number__lt=0).delete()
    return held


def abandon(*, batch: ImportBatch, by: Viewer, now: datetime) -> ImportBatch:
    """Gives a file up: what was applied of it stays on record, what was not is erased. Raises AlreadyDone where it is finished."""
    may_bring(by, batch, timezone.localdate(now))
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if held.state in ("done", "abandoned"):
            raise AlreadyDone(_("This import is finished"))
        begun = held.state == "applying"
        _erase(held, now)
        if begun:
            details = {"position": held.position, "rows": held.rows}
            audit.record(subject=subject(held), action="registry.abandon_import", by=by, now=now, details=details, batch=held.pk)
    return held


def discard(*, batch: ImportBatch, by: Viewer, now: datetime) -> None:
    """Takes a file away of which nothing was applied, as if it had never come. Raises AlreadyDone where it has been confirmed."""
    may_bring(by, batch, timezone.localdate(now))
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if held.state not in WAITING:
            raise AlreadyDone(_("This file has been confirmed already"))
        held.rejected_rows.all().delete()
        held.delete()


def _erase(batch: ImportBatch, now: datetime) -> None:
    batch.state, batch.finished_at = "abandoned", now
    batch.save(update_fields=["state", "finished_at"])
    batch.chunks.update(content_sealed=None)
    batch.chunks.filter(number__lt=0).delete()
    batch.rejected_rows.update(cells_sealed=None)


def unfinished(*, sha256: str, kind: str, asked: Mapping[str, Any], by: Viewer, organisation: int | None = None) -> ImportBatch | None:
    """The import of this very file that `by` began, asking for the same, and that is not finished: it goes on where it stopped.

    So is one whose rows are all decided and of which nobody was told. One that was only tried is none: what is tried changes nothing, not
    even how the file is brought in.
    """
    states = (*WAITING, "applying", "done")
    found = ImportBatch.objects.filter(kind=kind, sha256=sha256, organisation=organisation, state__in=states, brought_by=by.name)
    begun = (batch for batch in found.order_by("-pk") if TRIAL not in batch.mapping and batch.mapping.get(ASKED) == asked)
    return next((batch for batch in begun if batch.state != "done" or UNTOLD in batch.mapping), None)


def tell(*, batch: ImportBatch, by: Viewer, now: datetime) -> None:
    """Notes that whoever brought a file was told what became of its rows: the same file again is brought anew."""
    may_bring(by, batch, timezone.localdate(now))
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        held.mapping.pop(UNTOLD, None)
        held.save(update_fields=["mapping"])


def subject(batch: ImportBatch) -> str:
    """The chain on which a batch's events stand."""
    return f"organisation:{batch.organisation_id}" if batch.kind == KIND else f"feed:{batch.kind}"
