"""Faults within and between files: doubled rows, references to nothing, rows at odds with themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from guildhall.city import files
from guildhall.city.model import Cell, Level, Occupation, Place
from guildhall.city.reading import Sheet
from guildhall.kernel.errors import Fault

Sheets = Mapping[str, Sheet[Any]]


def integrity_faults(sheets: Sheets, regions: Collection[str] | None) -> Iterator[Fault]:
    """Every fault that shows without knowing what a file means. References to what could not be read are passed over."""
    known: dict[str, Collection[str]] = {name: sheet.keys for name, sheet in sheets.items() if sheet.stands}
    if regions is not None:
        known["regions"] = regions
    for sheet in sheets.values():
        if sheet.file is not files.HOLIDAYS:  # the calendar tells of its own doubled days
            yield from _doubled(sheet)
        yield from _orphans(sheet, known)
        yield from _reversed(sheet)
    yield from _ordinals(sheets[files.LEVELS.name])
    yield from _codes(sheets[files.PLACES.name])
    yield from _ranks(sheets[files.OCCUPATIONS.name])
    yield from _asides(sheets[files.PLACES.name], "position", "latitude")
    yield from _half_positions(sheets[files.PLACES.name])
    yield from _labelled(sheets[files.MARGINALS.name], sheets[files.ASSUMPTIONS.name])
    for school in (files.COLLEGES, files.ACADEMIES):
        yield from _asides(sheets[school.name], "place", "place_id")


def _doubled(sheet: Sheet[Any]) -> Iterator[Fault]:
    seen: dict[tuple[object, ...], int] = {}
    for row, record in sheet.rows:
        key = tuple(getattr(record, name) for name in sheet.file.key)
        if key in seen:
            words = ", ".join(str(part) for part in key if part is not None)
            yield Fault(sheet.file.name, row, sheet.file.key[0], f"{words} stands twice, first in row {seen[key]}", "keep one of the rows")
        seen.setdefault(key, row)


def _orphans(sheet: Sheet[Any], known: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    for row, column, value in sheet.references:
        if column.ref in known and value not in known[column.ref]:
            where = "the regions of city.toml" if column.ref == "regions" else column.ref
            yield Fault(sheet.file.name, row, column.name, f"{value!r} is not in {where}", "correct it, or add the row it points to")


def _reversed(sheet: Sheet[Any]) -> Iterator[Fault]:
    for row, record in sheet.rows:
        start, end = getattr(record, "valid_from", None), getattr(record, "valid_until", None)
        if start and end and start >= end:
            yield Fault(
                sheet.file.name, row, "valid_until", f"ends {end}, not after it begins on {start}", "valid_until is the first day after"
            )


def _ordinals(sheet: Sheet[Level]) -> Iterator[Fault]:
    """The ranks of the levels are 1 … n, each once."""
    first: dict[int, int] = {}
    for row, level in sheet.sound:
        if level.ordinal in first:
            what = f"rank {level.ordinal} stands twice, first in row {first[level.ordinal]}"
            yield Fault(sheet.file.name, row, "ordinal", what, "give each level a rank of its own")
        elif level.ordinal > len(sheet.rows):
            what = f"rank {level.ordinal} of {len(sheet.rows)} levels leaves a gap below"
            yield Fault(sheet.file.name, row, "ordinal", what, f"number them from 1 to {len(sheet.rows)}")
        first.setdefault(level.ordinal, row)


def _codes(sheet: Sheet[Place]) -> Iterator[Fault]:
    """An official code belongs to one place at a time, and to none that is unknown. A successor may take over a code."""
    bearers: dict[str, list[tuple[int, Place]]] = defaultdict(list)
    for row, place in sheet.sound:
        if place.code and place.status == "unknown":
            yield Fault(sheet.file.name, row, "code", f"code {place.code} of a place whose status is unknown", "leave it empty until known")
        for other_row, other in bearers[place.code] if place.code else ():
            if overlap((place.valid_from, place.valid_until), (other.valid_from, other.valid_until)):
                what = f"code {place.code} is also that of {other.place_id}, row {other_row}"
                yield Fault(sheet.file.name, row, "code", what, "correct one of them, or leave it empty")
        bearers[place.code].append((row, place))


def overlap(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Whether two half-open intervals share a day; an empty end is open."""
    return max(one[0] or date.min, other[0] or date.min) < min(one[1] or date.max, other[1] or date.max)


def _ranks(sheet: Sheet[Occupation]) -> Iterator[Fault]:
    """A major group stands alone; every other rank hangs from the rank just above it, or from one further up."""
    order = {"major": 0, "middle": 1, "minor": 2, "leaf": 3}
    rank = {record.code: order[record.rank] for record in sheet.records}
    for row, record in sheet.rows:
        if bool(record.parent) == (record.rank == "major"):
            what = "a major group has a parent" if record.parent else f"a {record.rank} without a parent"
            yield Fault(sheet.file.name, row, "parent", what, "only major groups stand at the top")
        elif record.parent and rank.get(record.parent, -1) >= order[record.rank]:
            yield Fault(sheet.file.name, row, "parent", f"{record.parent} is not of a higher rank than {record.rank}")


def _asides(sheet: Sheet[Any], part: str, needed_by: str) -> Iterator[Fault]:
    """A part of a row known from elsewhere carries its own source and status exactly when it is filled in."""
    for row, record in sheet.rows:
        filled = getattr(record, needed_by) is not None
        for column in (f"{part}_source", f"{part}_status"):
            if filled and not getattr(record, column):
                what = "no source is named" if column.endswith("source") else "no status is given"
                yield Fault(sheet.file.name, row, column, f"{what} for {needed_by}")


def _half_positions(sheet: Sheet[Any]) -> Iterator[Fault]:
    for row, record in sheet.rows:
        if (record.latitude is None) != (record.longitude is None):
            empty = "latitude" if record.latitude is None else "longitude"
            yield Fault(sheet.file.name, row, empty, "half of the coordinates is empty", "give both or neither")


def _labelled(marginals: Sheet[Cell], assumptions: Sheet[Cell]) -> Iterator[Fault]:
    """What is assumed stands in a file of its own, and nothing else stands there."""
    for row, cell in marginals.rows:
        if cell.status == "assumed":
            yield Fault(marginals.file.name, row, "status", "an assumption among published numbers", f"move it to {assumptions.file.name}")
    for row, cell in assumptions.sound:
        if cell.status not in ("assumed", "generated"):
            what = f"status {cell.status} in the file of assumptions"
            yield Fault(assumptions.file.name, row, "status", what, f"say assumed, or move it to {marginals.file.name}")
