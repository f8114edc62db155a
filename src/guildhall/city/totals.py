"""Faults of addition: what a pack declares about itself against what its rows add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from guildhall.city import files
from guildhall.city.columns import File
from guildhall.city.integrity import Sheets
from guildhall.city.model import Cell, PlaceFact, Totals
from guildhall.city.reading import row_of_key
from guildhall.kernel.errors import Fault
from guildhall.kernel.territory import Territory

SHARE = "share"
TOLERANCE = Decimal("0.002")
"""What roundings may leave between the shares of a distribution and 1."""
COUNTED: dict[str, File[Any]] = {
    "parks": files.PARKS,
    "colleges": files.COLLEGES,
    "academies": files.ACADEMIES,
    "clusters": files.CLUSTERS,
    "levels": files.LEVELS,
    "figures": files.FIGURES,
}
"""What `[counts]` in city.toml may declare, and the file whose rows it counts."""


def total_faults(folder: Path, sheets: Sheets, territory: Territory, totals: Totals) -> Iterator[Fault]:
    """Every declared total that the rows do not meet."""
    settings = folder / files.SETTINGS
    for name, declared in totals.counts.items():
        sheet = sheets[COUNTED[name].name]
        found = len(sheet.keys)
        if sheet.stands and found != declared:
            yield Fault(files.SETTINGS, row_of_key(settings, name), name, f"declares {declared}, {COUNTED[name].name} has {found}")
    yield from _unit_faults(sheets, territory, totals)
    yield from _sum_faults(sheets, totals)
    yield from _share_faults(sheets)
    yield from _park_faults(sheets, territory)


def latest(facts: tuple[PlaceFact, ...], measure: str, on: date) -> dict[str, PlaceFact]:
    """The last value of a measure known on a date, by place."""
    found: dict[str, PlaceFact] = {}
    for fact in sorted(facts, key=lambda fact: fact.as_of):
        if fact.measure == measure and fact.as_of <= on:
            found[fact.place_id] = fact
    return found


def _unit_faults(sheets: Sheets, territory: Territory, totals: Totals) -> Iterator[Fault]:
    if sheets[files.PLACES.name].faults or sheets[files.PARENTS.name].faults:
        return  # what could not be read would be missed a second time
    for total in totals.units:
        units = territory.units(total.on)
        if not total.measure:
            if len(units) != total.value:
                yield Fault(
                    files.PLACES.name,
                    0,
                    "valid_from",
                    f"{len(units)} districts and counties on {total.on}, {files.SETTINGS} declares {total.value}",
                )
            continue
        if sheets[files.PLACE_FACTS.name].faults:
            continue
        facts = latest(sheets[files.PLACE_FACTS.name].records, total.measure, total.on)
        missing = [unit for unit in units if unit not in facts]
        if missing:
            yield Fault(files.PLACE_FACTS.name, 0, "measure", f"no {total.measure} on {total.on} for {', '.join(missing)}")
        found = sum((facts[unit].value for unit in units if unit in facts), Decimal(0))
        if not missing and found != total.value:
            what = f"{total.measure} of all districts and counties on {total.on} is {found}, {files.SETTINGS} declares {total.value}"
            yield Fault(files.PLACE_FACTS.name, 0, "value", what, f"the difference is {found - total.value}")


def _sum_faults(sheets: Sheets, totals: Totals) -> Iterator[Fault]:
    figures = {figure.id: figure.value for figure in sheets[files.FIGURES.name].records}
    for total in totals.sums:
        expected = figures.get(total.figure, total.value)
        if expected is None:
            yield Fault(files.SETTINGS, 0, "figure", f"{total.figure!r} is not in {files.FIGURES.name}", "correct the entry of [[sums]]")
            continue
        cells: list[tuple[str, int, Cell]] = [
            (file.name, row, cell)
            for file in (files.MARGINALS, files.ASSUMPTIONS)
            for row, cell in sheets[file.name].rows
            if cell.table == total.table and (not total.column or cell.column == total.column)
        ]
        found = sum((cell.value for _, _, cell in cells), Decimal(0))
        if not cells:
            yield Fault(files.SETTINGS, 0, "table", f"no rows of table {total.table}", f"add them to {files.ASSUMPTIONS.name}")
        elif found != expected:
            name, row, _ = cells[-1]
            what = f"table {total.table} adds up to {found}, {total.figure or files.SETTINGS} says {expected}"
            yield Fault(name, row, "value", what, f"the difference is {found - expected}")


def _share_faults(sheets: Sheets) -> Iterator[Fault]:
    """A table of nothing but shares is a distribution, sourced in one file and assumed in the other: each column adds up to 1."""
    held = [sheets[file.name] for file in (files.MARGINALS, files.ASSUMPTIONS)]
    if any(sheet.faults for sheet in held):
        return  # what could not be read would be missed a second time
    cells = [(sheet.file.name, row, cell) for sheet in held for row, cell in sheet.rows]
    mixed = {cell.table for _, _, cell in cells if cell.unit != SHARE}
    columns: dict[tuple[str, str], list[tuple[str, int, Cell]]] = defaultdict(list)
    for found in cells:
        if found[2].table not in mixed:
            columns[found[2].table, found[2].column].append(found)
    for (table, column), parts in columns.items():
        whole = sum((cell.value for _, _, cell in parts), Decimal(0))
        if abs(whole - 1) > TOLERANCE:
            name, row, _ = parts[-1]
            what = f"the shares of {table}{f' × {column}' if column else ''} add up to {whole}, not 1"
            yield Fault(name, row, "value", what, f"correct the rows; roundings may leave {TOLERANCE} at most")


def _park_faults(sheets: Sheets, territory: Territory) -> Iterator[Fault]:
    """The district a park's source names is one the park lies in at some date; every park is a place of that kind."""
    for row, park in sheets[files.PARKS.name].rows:
        if park.place_id not in territory.nodes:
            continue
        if territory.node(park.place_id).kind != "park":
            yield Fault(files.PARKS.name, row, "place_id", f"{park.place_id} is not of kind park in {files.PLACES.name}")
        elif park.district not in {edge.parent_id for edge in territory.parents_ever(park.place_id)}:
            yield Fault(files.PARKS.name, row, "district", f"{park.place_id} never lies in {park.district} in {files.PARENTS.name}")
