"""A file brought through the browser: its columns understood at once, with a few masked values of each to look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.conf import settings

from guildhall.kernel import workbooks
from guildhall.kernel.workbooks import Workbook
from guildhall.registry.engine.identity import masked
from guildhall.registry.engine.roster import OpenRoster
from guildhall.registry.models import ImportBatch
from guildhall.registry.operations.imports.batches import DAY, EARLIER, NONE, begin, day_of_file, in_pieces
from guildhall.registry.operations.imports.staging import as_before
from guildhall.registry.queries import imports as queries
from guildhall.registry.queries.imports import Occupations
from guildhall.web.viewer import Viewer

SAMPLES = 3
PLAIN = frozenset({"sex", "education", "migrant", "district", "township", "occupation", "occupation_code", "post", "level", "contract"})
PLAIN_DATES = frozenset({"issued_on", "started_on", "ended_on"})
"""Columns whose values are shown as they are: they name nobody."""


def receive(
    *,
    content: bytes,
    name: str,
    organisation: int,
    occupations: Callable[[], Occupations],
    by: Viewer,
    now: datetime,
    today: date,
    sheet: str = "",
    corrects: int | None = None,
) -> ImportBatch:
    """A received file and what its columns seem to mean, going by the last file of the organisation and by their names.

    Raises Refused or FaultsFound where it is no roster, NotFound where `by` may not bring rosters of the organisation.
    """
    queries.owner(by, organisation, today)
    workbook = workbooks.read(content, name)
    reference = queries.reference(organisation, today, occupations, made_up=settings.DEMONSTRATION)
    found = as_before(workbook, reference, queries.remembered(organisation), sheet, today)
    day, source = _day(found, organisation, corrects, today)
    batch = begin(pieces=in_pieces(BytesIO(content)), name=name, organisation=organisation, as_of=day, by=by, now=now, corrects=corrects)
    batch.mapping, batch.sheet, batch.encoding = {**described(workbook, found), DAY: source}, found.sheet, found.encoding
    batch.save(update_fields=["mapping", "sheet", "encoding"])
    return batch


def _day(found: OpenRoster, organisation: int, corrects: int | None, today: date) -> tuple[date, str]:
    """The day a file speaks of: as written in it, else that of the import whose rows it corrects, else today."""
    day, source = day_of_file(found.days, today)
    if source == NONE and corrects is not None:
        earlier = ImportBatch.objects.filter(pk=corrects, organisation_id=organisation).values_list("as_of", flat=True).first()
        return (earlier, EARLIER) if earlier else (day, source)
    return day, source


def described(workbook: Workbook, found: OpenRoster) -> dict[str, Any]:
    """What is kept of the columns until the rows are staged."""
    return {
        "columns": dict(found.columns),
        "header": list(found.header),
        "header_row": found.header_row,
        "samples": _samples(workbook, found),
        "notes": [[note.column, note.state, {"zh": note.what.zh, "en": note.what.en}] for note in found.column_notes],
        "count": next((sheet.count for sheet in workbook.sheets if sheet.name == found.sheet), 0),
    }


def _samples(workbook: Workbook, found: OpenRoster) -> list[list[str]]:
    """Up to SAMPLES values of each column, masked where they could name somebody."""
    field_of = {header: name for name, header in found.columns.items()}
    samples: list[list[str]] = [[] for _ in found.header]
    sheet = next(sheet for sheet in workbook.sheets if sheet.name == found.sheet)
    for line in sheet.rows():
        if line.number <= found.header_row:
            continue
        for at, cell in enumerate(line.cells[: len(samples)]):
            if cell.strip() and len(samples[at]) < SAMPLES:
                samples[at].append(_shown(cell.strip(), field_of.get(found.header[at], "")))
        if all(len(column) == SAMPLES for column in samples) or line.number > found.header_row + 50:
            break
    return samples


def _shown(cell: str, name: str) -> str:
    if name in PLAIN | PLAIN_DATES:
        return cell[:40]
    return masked(cell)[:40] if len(cell) > 8 else cell[:1] + "*" * (len(cell) - 1)
