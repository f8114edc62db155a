"""A file into staged rows: read row by row by the engine, sealed chunk by chunk; nothing of it is in the registry yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel import workbooks
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.workbooks import Workbook
from guildhall.registry.engine.cells.findings import CellFault, Rejected, Repeated
from guildhall.registry.engine.cells.table import OpenTable
from guildhall.registry.engine.decisions import staged
from guildhall.registry.engine.roster import NotATable, OpenRoster, Reference, open_roster
from guildhall.registry.models import ImportBatch, ImportChunk, RejectedRow, vault
from guildhall.registry.models.staged import open_file, seal_cells, seal_rows
from guildhall.registry.operations.imports.batches import (
    AHEAD,
    ASKED,
    DAY,
    LEASE,
    SEVERAL,
    TRIAL,
    UNTOLD,
    begin,
    day_of_file,
    lease,
    leased,
    let_go,
    unfinished,
)
from guildhall.registry.queries import imports as queries
from guildhall.registry.queries.imports import KIND, Occupations
from guildhall.web.viewer import Viewer

CHUNK_ROWS = 4_000
"""Rows applied in one transaction: under half a second of lock."""
SHOWN = 200
"""Rows named that were odd and taken all the same."""
Progress = Callable[[int, int], None]
Keep = Callable[[Any], tuple[Any, ...]]
"""What is kept of a row that was read until it is applied."""


@dataclass
class Counted:
    """What came out of the rows of a file, as they passed."""

    rows: int = 0
    rejected: int = 0
    repeated: int = 0
    chunks: int = 0
    warned: int = 0
    warnings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.rows + self.rejected + self.repeated

    def warn(self, row: int, notes: Iterable[CellFault]) -> None:
        """Notes what was odd about a row that is taken all the same."""
        self.warned += 1
        if len(self.warnings) < SHOWN:
            self.warnings.append({"row": row, "faults": [note.as_json() for note in notes]})


def understood(workbook: Workbook, reference: Reference, mapping: Mapping[str, str] | None, sheet: str, today: date) -> OpenRoster:
    """The roster in a workbook. Digests are keyed, so that nobody can try names and numbers against them.

    Raises FaultsFound where it is none.
    """
    key = vault().keyed_hash("import_row", "digest")
    return open_roster(workbook, reference=reference, today=today, mapping=mapping or None, sheet=sheet, digest_key=key)


def as_before(
    workbook: Workbook, reference: Reference, before: Mapping[str, str], sheet: str, today: date, given: Mapping[str, str] | None = None
) -> OpenRoster:
    """The columns as they are `given`, else as the organisation's last file had them, as far as this one has those; the others as their
    names say. Raises FaultsFound where it is no roster, GuildhallError where a column that is given is not there.
    """
    given = given or {}
    try:
        plain = understood(workbook, reference, given, sheet, today)
    except NotATable:
        if not before:
            raise
        return understood(workbook, reference, {**before, **given}, sheet, today)
    _all_there(given, plain)
    kept = {field: header for field, header in before.items() if field not in given and (not header or header in plain.header)}
    taken = {header for header in given.values() if header}
    kept = {field: header for field, header in kept.items() if header not in taken}
    return understood(workbook, reference, {**kept, **given}, sheet, today) if kept else plain


def _all_there(given: Mapping[str, str], found: OpenRoster) -> None:
    missing = [header for field, header in given.items() if header and field not in found.columns]
    if missing:
        raise GuildhallError(
            _("The file has no column “%(column)s”") % {"column": "、".join(missing)},
            why=_("its columns are: %(columns)s") % {"columns": "、".join(found.header)},
            next=_("name a column as its header has it"),
        )


def stage(
    *,
    batch: ImportBatch,
    occupations: Callable[[], Occupations],
    by: Viewer,
    now: datetime,
    content: bytes | None = None,
    progress: Progress | None = None,
    token: str = "",
) -> ImportBatch:
    """Reads a received file into sealed chunks and rejected rows; killed and run again, it begins anew.

    `content` spares opening the pieces where the caller has the file in hand, `token` is the caller's lease. Raises
    Refused or FaultsFound where the file is no roster, AlreadyDone where it has been confirmed.
    """
    assert batch.organisation_id is not None
    assert batch.as_of is not None
    queries.owner(by, batch.organisation_id, timezone.localdate(now))
    token = token or lease(batch)
    workbook = workbooks.read(open_file(batch) if content is None else content, batch.name)
    reference = queries.reference(batch.organisation_id, batch.as_of, occupations, made_up=settings.DEMONSTRATION)
    if "columns" in batch.mapping:
        found = understood(workbook, reference, batch.mapping["columns"], batch.sheet, batch.as_of)
    else:
        asked = batch.mapping.get(ASKED, {})
        before, given = queries.remembered(batch.organisation_id), asked.get("columns", {})
        found = as_before(workbook, reference, before, batch.sheet, batch.as_of, given)
        if not asked.get("as_of") and _dated(batch, found, timezone.localdate(now)):
            reference = queries.reference(batch.organisation_id, batch.as_of, occupations, made_up=settings.DEMONSTRATION)
            found = as_before(workbook, reference, before, batch.sheet, batch.as_of, given)
    return fill(batch=batch, found=found, progress=progress, token=token)


def _dated(batch: ImportBatch, found: OpenRoster, today: date) -> bool:
    """Takes the day that a roster says it speaks of where nobody gave one; whether it is another than was taken so far.

    Raises GuildhallError where the file names several, or one to come.
    """
    before = batch.as_of
    batch.as_of, source = day_of_file(found.days, today)
    if source in (SEVERAL, AHEAD):
        raise GuildhallError(
            _("It cannot be told of which day the roster speaks: it says %(days)s") % {"days": "、".join(map(str, found.days))},
            next=_("say it with --as-of"),
        )
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        held.as_of, held.mapping = batch.as_of, {**held.mapping, DAY: source}
        held.save(update_fields=["as_of", "mapping"])
    return batch.as_of != before


def fill(
    *, batch: ImportBatch, found: OpenTable[Any], keep: Keep = staged, progress: Progress | None = None, token: str = ""
) -> ImportBatch:
    """Stages the rows of a table that is understood, each as `keep` has it. Raises AlreadyDone where its batch has been confirmed,
    GuildhallError where another reader has taken it since it was leased with `token`.
    """
    token = token or lease(batch)
    counted = Counted()
    for chunk, rejected in _chunks(batch.pk, found, keep, counted):
        with transaction.atomic():
            leased(batch.pk, token)
            ImportChunk.objects.bulk_create(chunk)
            RejectedRow.objects.bulk_create(rejected, batch_size=500)
        if progress:
            progress(counted.read, counted.read)
    return _finish(batch, found, counted, token)


def _chunks(batch: int, found: OpenTable[Any], keep: Keep, counted: Counted) -> Iterator[tuple[list[ImportChunk], list[RejectedRow]]]:
    """Sealed chunks of CHUNK_ROWS rows in the order of the file, each with the rows rejected on the way."""
    rows: list[tuple[Any, ...]] = []
    rejected: list[RejectedRow] = []
    for row in found:
        if isinstance(row, Rejected):
            rejected.append(rejected_row(batch, row))
        elif isinstance(row, Repeated):
            counted.repeated += 1
        else:
            rows.append(keep(row))
            if row.notes:
                counted.warn(row.number, row.notes)
        if len(rows) == CHUNK_ROWS or len(rejected) == CHUNK_ROWS:
            yield _sealed(batch, rows, counted), rejected
            counted.rejected += len(rejected)
            rows, rejected = [], []
    yield _sealed(batch, rows, counted), rejected
    counted.rejected += len(rejected)


def _sealed(batch: int, rows: list[tuple[Any, ...]], counted: Counted) -> list[ImportChunk]:
    if not rows:
        return []
    number, counted.chunks, counted.rows = counted.chunks, counted.chunks + 1, counted.rows + len(rows)
    return [ImportChunk(batch_id=batch, number=number, rows=len(rows), content_sealed=seal_rows(batch, number, rows))]


def rejected_row(batch: int, row: Rejected) -> RejectedRow:
    """A rejected row as it is kept: its faults with masked values, its cells sealed."""
    faults = [fault.as_json() for fault in row.faults]
    return RejectedRow(batch_id=batch, row=row.number, faults=faults, cells_sealed=seal_cells(batch, row.number, row.cells))


def _finish(batch: ImportBatch, found: OpenTable[Any], counted: Counted, token: str) -> ImportBatch:
    """Rejected and repeated rows are decided by now; all others wait."""
    with transaction.atomic():
        held = leased(batch.pk, token)
        held.mapping.pop(LEASE)
        held.rows, held.position = counted.read, counted.rejected + counted.repeated
        held.rejected, held.unchanged, held.state = counted.rejected, counted.repeated, "staged"
        held.mapping = {**held.mapping, "columns": dict(found.columns), "header": list(found.header), "header_row": found.header_row}
        held.sheet, held.encoding, held.failure = found.sheet, found.encoding, ""
        remarks = [{"zh": remark.zh, "en": remark.en} for remark in found.remarks]
        unread = [
            [note.column, note.state, {"zh": note.what.zh, "en": note.what.en}] for note in found.column_notes if note.state != "used"
        ]
        odd = {"warned": counted.warned, "warnings": counted.warnings, "remarks": remarks, "columns": unread}
        held.forecast = {**odd, "repeated": counted.repeated}
        held.save()
    return held


def stage_roster(
    *,
    path: Path,
    organisation: int,
    as_of: date | None,
    occupations: Callable[[], Occupations],
    by: Viewer,
    now: datetime,
    mapping: Mapping[str, str] | None = None,
    sheet: str = "",
    trial: bool = False,
    untold: bool = False,
    progress: Progress | None = None,
) -> ImportBatch:
    """Receives and stages a roster from a file at hand, which is read from where it stands; see `begin` and `stage`.

    With `untold` the caller tells of the rows once they are applied, and says so with `tell`; until then this import is given back.
    The import of this very file that was not finished goes on instead, where the same was asked for; a `trial` begins anew and is
    never gone on with. Without a day the roster speaks of the one written above its header, else of today. `mapping` ({field: header}) wins
    over the columns that are remembered of the organisation, and these over what the headers say.
    """
    content = path.read_bytes()
    queries.owner(by, organisation, timezone.localdate(now))
    digest = sha256(content).hexdigest()
    asked = {"as_of": str(as_of or ""), "sheet": sheet, "columns": dict(mapping or {})}
    begun = None if trial else unfinished(sha256=digest, kind=KIND, organisation=organisation, asked=asked, by=by)
    if begun and begun.state != "received":
        return begun
    day = as_of or timezone.localdate(now)
    told = {ASKED: asked, **({TRIAL: True} if trial else {}), **({UNTOLD: True} if untold else {})}
    batch = begun or begin(
        pieces=(), name=path.name, organisation=organisation, as_of=day, by=by, now=now, digest=digest, mapping=told, sheet=sheet
    )
    token = lease(batch)
    try:
        return stage(batch=batch, occupations=occupations, by=by, now=now, content=content, progress=progress, token=token)
    except Exception:  # whatever it was, what cannot be read is not kept
        let_go(batch, token)
        raise
