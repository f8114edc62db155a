"""A file of another authority received and staged; what becomes of its feed where it cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel import workbooks
from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.kernel.workbooks import Refused
from guildhall.registry.engine.feeds import CONTRACTS, open_feed
from guildhall.registry.engine.feeds.decisions import staged
from guildhall.registry.engine.roster import NotATable, Reference
from guildhall.registry.models import Feed, ImportBatch, Organisation, refuse_unfinished, vault
from guildhall.registry.models.staged import PIECE, open_file, seal_file
from guildhall.registry.operations.imports.batches import ASKED, TRIAL, UNTOLD, WAITING, lease, let_go, unfinished
from guildhall.registry.operations.imports.staging import Progress, fill
from guildhall.registry.queries import feeds as queries
from guildhall.registry.queries.imports import Occupations, may_bring
from guildhall.web.viewer import Viewer

Known = Callable[[], Occupations]


def receive(
    *,
    content: bytes,
    kind: str,
    name: str,
    as_of: date | None,
    by: Viewer,
    now: datetime,
    correction: bool = False,
    kept: bool = True,
    corrects: int | None = None,
    trial: bool = False,
    untold: bool = False,
) -> ImportBatch:
    """A received file, kept sealed until its rows are staged; with `kept` false whoever has it in hand keeps it.

    Raises NotFound where `by` may not bring files of other authorities, or there is no such feed, or `corrects` is no file of it.
    """
    refuse_unfinished()
    queries.bringer(by, kind, timezone.localdate(now))
    if corrects is not None and not ImportBatch.objects.filter(pk=corrects, kind=kind).exists():
        raise NotFound(_("There is no such import"))
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            kind=kind,
            name=name,
            sha256=sha256(content).hexdigest(),
            as_of=as_of,
            mapping={
                "correction": correction,
                ASKED: _asked(as_of, correction),
                **({TRIAL: True} if trial else {}),
                **({UNTOLD: True} if untold else {}),
            },
            state="received",
            corrects_id=corrects,
            brought_by=by.name,
            brought_at=now,
        )
        pieces = (content[at : at + PIECE] for at in range(0, len(content), PIECE)) if kept else ()
        for chunk in seal_file(batch.pk, pieces):
            chunk.save(force_insert=True)
    return batch


def _asked(as_of: date | None, correction: bool) -> dict[str, Any]:
    """What was asked for when a file came: one that was not finished goes on where the same is asked for again."""
    return {"as_of": str(as_of or ""), "correction": correction}


def stage(
    *,
    batch: ImportBatch,
    occupations: Known,
    by: Viewer,
    now: datetime,
    content: bytes | None = None,
    progress: Progress | None = None,
    token: str = "",
) -> ImportBatch:
    """Reads a received file into sealed chunks and rejected rows; killed and run again, it begins anew.

    Raises Refused or NotATable where the file does not keep to its contract, and GuildhallError where it speaks of an earlier day
    than the last one and was not said to correct it.
    """
    may_bring(by, batch, timezone.localdate(now))
    token = token or lease(batch)
    workbook = workbooks.read(open_file(batch) if content is None else content, batch.name)
    key = vault().keyed_hash("import_row", "digest")
    found = open_feed(
        workbook, batch.kind, reference=_reference(occupations), today=timezone.localdate(now), as_of=batch.as_of, digest_key=key
    )
    refuse_older(batch.kind, found.as_of, correction=bool(batch.mapping.get("correction")))
    ImportBatch.objects.filter(pk=batch.pk, state__in=WAITING).update(as_of=found.as_of)
    return fill(batch=batch, found=found, keep=staged, progress=progress, token=token)


def _reference(occupations: Known) -> Reference:
    known = occupations()
    return Reference(
        occupations=known.names,
        occupation_words=known.words,
        organisations=dict(Organisation.objects.values_list("code", "pk")),
        made_up=settings.DEMONSTRATION,
    )


def refuse_older(kind: str, as_of: date, *, correction: bool) -> None:
    """Raises GuildhallError for a file of an earlier day than what is on record already, unless it is said to correct that day."""
    last = queries.day_of(kind)
    if last and as_of < last and not correction:
        raise GuildhallError(
            _("This file speaks of %(day)s, and data of %(last)s are on record already") % {"day": as_of, "last": last},
            why=_("older data would take the place of newer data"),
            next=_("bring the newest file; or say that this one corrects what was said of that day"),
        )


def bring(
    *,
    content: bytes,
    name: str,
    kind: str,
    as_of: date | None,
    occupations: Known,
    by: Viewer,
    now: datetime,
    correction: bool = False,
    trial: bool = False,
    untold: bool = False,
    progress: Progress | None = None,
) -> ImportBatch:
    """Receives and stages a file at hand; the import of this very file that was not finished goes on instead, where the same was asked.

    A file that cannot be read leaves its feed `broken`, with the reason. A `trial` begins anew, is never gone on with, and changes nothing.
    With `untold` the caller tells of the rows once they are applied, and says so with `imports.tell`; until then this import is given back.
    """
    asked = _asked(as_of, correction)
    begun = None if trial else unfinished(sha256=sha256(content).hexdigest(), kind=kind, asked=asked, by=by)
    if begun and begun.state != "received":
        return begun
    batch = begun or receive(
        content=content, kind=kind, name=name, as_of=as_of, by=by, now=now, correction=correction, kept=False, trial=trial, untold=untold
    )
    token = lease(batch)
    try:
        return stage(batch=batch, occupations=occupations, by=by, now=now, content=content, progress=progress, token=token)
    except Exception as error:  # whatever it was, what cannot be read is not kept
        let_go(batch, token)
        if not trial and isinstance(error, Refused | NotATable):
            note_broken(kind=kind, error=error, now=now)
        raise


def note_broken(*, kind: str, error: Refused | NotATable, now: datetime) -> None:
    """The feed's last file could not be read, or held nothing: its state says so and why; what came before stays as it is."""
    assert kind in CONTRACTS
    said = {language: stop.join(filter(None, error.said(language))) for language, stop in (("zh", "。"), ("en", ". "))}
    state = "no_data" if isinstance(error, NotATable) and error.empty else "broken"
    told = {"state": state, "error": json.dumps(said, ensure_ascii=False), "last_tried_at": now}
    Feed.objects.update_or_create(kind=kind, defaults=told)
