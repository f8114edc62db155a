"""What the commands that bring files in share: what they say of a file and its rows, and where rows that were not taken go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from guildhall.registry.engine.cells.findings import CellFault
    from guildhall.registry.models import ImportBatch

OUTCOMES = ("accepted", "changed", "unchanged", "rejected")


def goes_on(batch: ImportBatch) -> None:
    """Says that an import that stopped goes on, or that it had ended and was not told of."""
    if batch.state == "done":
        click.echo(f"  import {batch.pk} of this file had ended when it was stopped; this is what became of it", err=True)
    if batch.state == "applying":
        click.echo(f"  import {batch.pk} of this file, begun on {batch.brought_at:%Y-%m-%d}, goes on at row {batch.position:,}", err=True)


def write_rejected(batch: ImportBatch, path: Path) -> Path | None:
    """The spreadsheet of the rows that were not taken, where there are any; a file that somebody may be correcting is left alone."""
    from guildhall.registry.engine.roster import rejected_workbook
    from guildhall.registry.queries import imports as queries

    if not queries.has_cells(batch):
        return None
    content = rejected_workbook(queries.rejected(batch), batch.mapping["header"], language="en")
    try:
        path = _free(path, content)
        path.write_bytes(content)
    except OSError as error:  # the import itself has ended well
        click.echo(f"  the rejected rows could not be written to {path}: {error.strerror}; name another place with --rejected", err=True)
        return None
    return path


def _free(path: Path, content: bytes) -> Path:
    """The path, or the first numbered one, where nothing else stands: NAME-2.xlsx, NAME-3.xlsx."""
    numbered = (path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(1))
    return next(each for each in numbered if not each.exists() or (each.is_file() and each.read_bytes() == content))


def as_json(batch: ImportBatch, faults: Mapping[int, list[CellFault]]) -> dict[str, Any]:
    """What was odd about the file and its rows: rows rejected and rows taken all the same, columns that were not read, what went by."""
    found = batch.forecast
    return {
        "columns": batch.mapping["columns"],
        "columns_not_read": [{"column": column, "state": state, **words} for column, state, words in found.get("columns", [])],
        "remarks": found.get("remarks", []),
        "warned": found.get("warned", 0),
        "warnings": found.get("warnings", []),
        "rejected_rows": [{"row": row, "faults": [fault.as_json() for fault in told]} for row, told in sorted(faults.items())],
    }


def lines(batch: ImportBatch, faults: Mapping[int, list[CellFault]]) -> Iterator[str]:
    """The same as lines: the file, then every fault by row, then what was odd and cost nothing."""
    from guildhall.registry.queries.imports import faults_of

    found = batch.forecast
    yield from (f"column    {column}: {words['en']}" for column, _, words in found.get("columns", []))
    yield from (f"file      {told['en']}" for told in found.get("remarks", []))
    for row, told in sorted(faults.items()):
        yield from (f"rejected  {_where(batch, row, fault)}: {fault.what.en} — {fault.next.en}" for fault in told)
    warnings = found.get("warnings", [])
    alike: dict[tuple[str, str], list[tuple[int, CellFault]]] = {}
    for entry in warnings:
        for fault in faults_of(entry["faults"]):
            alike.setdefault((fault.column, fault.what.en), []).append((entry["row"], fault))
    for (column, what), places in alike.items():
        if len(places) == 1:
            yield f"odd       {_where(batch, *places[0])}: {what}"
        else:
            numbers = ", ".join(str(row) for row, _ in places)
            yield f"odd       {batch.name}, {len(places)} rows, column {column or '—'}: {what} (rows {numbers})"
    if (more := found.get("warned", 0) - len(warnings)) > 0:
        yield f"odd       {more} more, taken like these"


def _where(batch: ImportBatch, row: int, fault: CellFault) -> str:
    value = f" “{fault.value}”" if fault.value else ""
    return f"{batch.name}, row {row}, column {fault.column or '—'}{value}"


def noted(notes: Mapping[str, int], words: Mapping[str, str]) -> Iterator[str]:
    """Lines on what was noted of rows that were taken, in the words of each name."""
    for name, number in notes.items():
        if number:
            told = words[name]
            yield f"note      {number} {told.replace('rows:', 'row:', 1) if number == 1 else told}"
