"""Faults that show when the versions of an instrument are read together: overlaps, uncovered days, amounts above a cap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, cast

from guildhall.city.instruments import Entry, Instrument
from guildhall.city.rulefiles import RuleSheet
from guildhall.kernel.errors import Fault
from guildhall.rules.parameters import NATION, Row

Days = tuple[date, date]
"""Half-open; date.max where the end is open."""


def rule_faults(sheets: list[RuleSheet], root: str, home: str) -> Iterator[Fault]:
    """Faults of the dates and caps of every file. `root` is the place at the top of the pack, `home` the code it answers to as well."""
    for sheet in sheets:
        if sheet.instrument and not sheet.faults:
            overlaps = list(_overlaps(sheet.name, sheet.instrument))
            yield from overlaps or _uncovered(sheet.name, sheet.instrument, {NATION, root, home})
            yield from _above_cap(sheet, sheet.instrument)


def _overlaps(file: str, instrument: Instrument) -> Iterator[Fault]:
    """Two versions of one parameter, jurisdiction and edition never hold on one day."""
    groups: dict[tuple[str, str, str | None], list[Entry]] = defaultdict(list)
    for entry in instrument.entries:
        groups[entry.name, entry.version.jurisdiction, entry.version.edition].append(entry)
    for group in groups.values():
        ordered = sorted(group, key=lambda entry: _days(entry))
        for before, after in zip(ordered, ordered[1:], strict=False):
            if _days(after)[0] < _days(before)[1]:
                what = f"begins {_days(after)[0]} while the version in row {before.row} holds until {_shown(_days(before)[1])}"
                yield Fault(
                    file,
                    after.row,
                    f"{after.name}.from",
                    what,
                    "`until` is the first day the earlier one no longer holds: correct the dates",
                )


def _uncovered(file: str, instrument: Instrument, jurisdictions: Collection[str]) -> Iterator[Fault]:
    """Every parameter has a value, or says what is missing, on every day on which any parameter of the instrument has one."""
    valued = [_days(entry) for entry in instrument.entries if entry.version.value is not None]
    span = (min(days[0] for days in valued), max(days[1] for days in valued)) if valued else None
    for name in instrument.parameters:
        entries = [entry for entry in instrument.of(name) if entry.version.jurisdiction in jurisdictions]
        reach = span[0] if span else date.max
        for entry in sorted(entries, key=_days):
            start, end = _days(entry)
            if start > reach:
                yield _gap(file, entry.row, name, reach, start)
            reach = max(reach, end)
        if span and reach < span[1]:
            row = max((entry.row for entry in entries), default=next(instrument.of(name)).row)
            yield _gap(file, row, name, reach, span[1])


def _gap(file: str, row: int, name: str, start: date, end: date) -> Fault:
    return Fault(
        file,
        row,
        name,
        f"nothing from {start} to {_shown(end)}, while the instrument has values on those days",
        'correct the dates, or add a version with missing = { zh = "…", en = "…" } that says why, for the days that are open',
    )


def _above_cap(sheet: RuleSheet, instrument: Instrument) -> Iterator[Fault]:
    """No amount lies above the cap of the same days, unless a document raises just such rows."""
    for cap, name in instrument.caps.items():
        for entry in instrument.of(name):
            for limit in instrument.of(cap):
                if entry.version.value is not None and limit.version.value is not None and _meet(_days(entry), _days(limit)):
                    yield from _compared(sheet, entry, limit)


def _compared(sheet: RuleSheet, entry: Entry, limit: Entry) -> Iterator[Fault]:
    for row, value in _rows(entry):
        most = next((cap for held, cap in _rows(limit) if all(row.get(key) == word for key, word in held.items())), None)
        if most is None or value <= most or _raised(entry, row, sheet.allowances.get(entry.name)):
            continue
        of = " ".join(str(part) for part in row.values())
        yield Fault(
            sheet.name,
            entry.row,
            f"{entry.name}.value{'s' if row else ''}",
            f"{value}{f' for {of}' if of else ''} is above the cap of {most} in row {limit.row}",
            "correct the amount; if a document raises it, name that in `uplift` of the version and such rows in `uplift` of the parameter",
        )


def _rows(entry: Entry) -> list[tuple[dict[str, Any], Any]]:
    """The values of a version, each with the keys of its row by name."""
    value = entry.version.value
    if isinstance(value, tuple):
        return [(dict(zip(entry.parameter.keys, keys, strict=True)), one) for keys, one in cast(tuple[Row, ...], value)]
    return [({}, value)]


def _raised(entry: Entry, row: Mapping[str, Any], allowed: Mapping[str, Any] | None) -> bool:
    return bool(entry.version.uplift) and allowed is not None and all(row.get(key) == value for key, value in allowed.items())


def _meet(one: Days, other: Days) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def _days(entry: Entry) -> Days:
    return (entry.version.valid_from or date.min, entry.version.valid_until or date.max)


def _shown(day: date) -> str:
    return "further notice" if day == date.max else str(day)
