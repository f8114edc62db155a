"""Faults of values that hold between dates: minimum wages, and the tier each district belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from guildhall.city import files
from guildhall.city.integrity import Sheets, overlap
from guildhall.city.model import UNIT_KINDS, MinimumWage
from guildhall.city.reading import Sheet
from guildhall.kernel.dated import Dated
from guildhall.kernel.dated import faults as dated_faults
from guildhall.kernel.errors import Fault


def validity_faults(sheets: Sheets) -> Iterator[Fault]:
    """Gaps and overlaps between dated rows of one thing; tiers without a wage, and districts without a tier."""
    wages, tiers = sheets[files.MINIMUM_WAGES.name], sheets[files.MINIMUM_WAGE_TIERS.name]
    yield from _timelines(wages, lambda row: row.tier)
    yield from _timelines(tiers, lambda row: row.place_id)
    yield from _falling(wages)
    for row, belongs in tiers.rows:
        if wages.stands and belongs.tier not in wages.keys:
            yield Fault(
                tiers.file.name, row, "tier", f"tier {belongs.tier!r} has no wage in {wages.file.name}", "add the wage, or correct the tier"
            )
    places = sheets[files.PLACES.name]
    for row, place in places.rows:
        if tiers.rows and place.kind in UNIT_KINDS and place.place_id not in tiers.keys:
            yield Fault(
                places.file.name, row, "place_id", f"{place.place_id} has no tier of the minimum wage", f"add it to {tiers.file.name}"
            )


def _falling(sheet: Sheet[MinimumWage]) -> Iterator[Fault]:
    """Tier 1 has the highest wage on every day, by the month and by the hour."""
    for row, low in sheet.sound:
        for higher_row, high in sheet.sound:
            if high.tier >= low.tier or not overlap((low.valid_from, low.valid_until), (high.valid_from, high.valid_until)):
                continue
            for column, below, above in (
                ("monthly_yuan", low.monthly_fen, high.monthly_fen),
                ("hourly_yuan", low.hourly_fen, high.hourly_fen),
            ):
                if below is not None and above is not None and below > above:
                    what = f"tier {low.tier} has more than tier {high.tier} in row {higher_row}"
                    yield Fault(sheet.file.name, row, column, what, "tier 1 has the highest wage: correct the amounts or the tiers")


def _timelines(sheet: Sheet[Any], thing: Callable[[Any], str]) -> Iterator[Fault]:
    groups: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    for row, record in sheet.sound:
        if not (record.valid_from and record.valid_until and record.valid_from >= record.valid_until):  # told by itself
            groups[thing(record)].append((row, record))
    for group in groups.values():
        values = [Dated(record, record.valid_from, record.valid_until, record.source, record.status) for _, record in group]
        yield from dated_faults(sheet.file.name, values, rows=[row for row, _ in group])
