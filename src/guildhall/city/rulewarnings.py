"""What is likely a slip in the files of `rules/`, though it can be read: unlikely years, days to come, a figure ten times the last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from guildhall.city.instruments import Entry, Instrument
from guildhall.city.model import City
from guildhall.kernel.errors import Fault

EARLIEST, AHEAD = 1949, 10
"""Years in which a text can begin to hold: from the first, and up to so many ahead."""
JUMP = 10


def rule_warnings(city: City, today: date) -> Iterator[Fault]:
    """Everything that somebody should look at again, in the order of the files. None of it stops a rule."""
    for instrument in city.instruments:
        file = f"rules/{instrument.name}.toml"
        yield from _to_come(instrument, file, today)
        for entry in instrument.entries:
            yield from _years(entry, file, today)
        for name in dict.fromkeys(entry.name for entry in instrument.entries):
            yield from _jumps(list(instrument.of(name)), file)


def _to_come(instrument: Instrument, file: str, today: date) -> Iterator[Fault]:
    """Days on which something happened that has not come yet."""
    if instrument.checked_on > today:
        yield Fault(file, 0, "checked_on", f"{instrument.checked_on} is yet to come", "give the day on which it was compared")
    for id, document in instrument.documents.items():
        if document.published and document.published > today:
            yield Fault(file, 0, f"{id}.published", f"{document.published} is yet to come", "give the day on which it was published")


def _years(entry: Entry, file: str, today: date) -> Iterator[Fault]:
    for column, day in (("from", entry.version.valid_from), ("until", entry.version.valid_until)):
        if day is not None and not EARLIEST <= day.year <= today.year + AHEAD:
            yield Fault(
                file, entry.row, f"{entry.name}.{column}", f"{day} is an unlikely day for a text of policy", "look at the year again"
            )


def _jumps(entries: list[Entry], file: str) -> Iterator[Fault]:
    """Values that are ten times, or a tenth, of those of the version before, in the same place and edition."""
    last: dict[tuple[str, str | None], Mapping[Any, int | Fraction]] = {}
    for entry in sorted(entries, key=lambda one: one.version.valid_from or date.min):
        version, values = entry.version, _numbers(entry)
        before = last.get((version.jurisdiction, version.edition), {})
        for key, value in values.items():
            old = before.get(key)
            if old and value and not Fraction(1, JUMP) < Fraction(value) / old < JUMP:
                said = f"{'' if key is None else f'{_key(key)}: '}{value} where the version before has {old}"
                yield Fault(file, entry.row, entry.name, said, "look at the unit and the digits; money is in fen")
        if values:
            last[version.jurisdiction, version.edition] = values


def _numbers(entry: Entry) -> Mapping[Any, int | Fraction]:
    """The numbers of a version by the key of their row."""
    value: Any = entry.version.value
    if entry.parameter.kind not in ("scalar", "table", "scale"):
        return {}
    rows = value if isinstance(value, tuple) else ((None, value),)
    return {key: number for key, number in rows if isinstance(number, (int, Fraction)) and not isinstance(number, bool)}


def _key(key: Any) -> str:
    return " ".join(str(part) for part in key) if isinstance(key, tuple) else f"from {key}"
