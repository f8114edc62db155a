"""What city.toml says, checked key by key."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from guildhall.city import files
from guildhall.city.columns import Unreadable, number
from guildhall.city.model import Sum, Totals, UnitTotal
from guildhall.city.reading import read_settings, row_of_key
from guildhall.kernel.errors import Fault
from guildhall.kernel.tables import Text

_KEYS = ("id", "version", "root", "reference_date", "name", "calendar", "regions", "counts", "unit_totals", "sums")
_KINDS: dict[type, str] = {str: "text", date: "a date", int: "a whole number", dict: "a table", list: "a list"}


@dataclass(frozen=True)
class Settings:
    """The settings of a pack."""

    id: str
    name: Text
    root: str
    reference_date: date
    version: str
    regions: Mapping[str, Text]
    published_years: tuple[int, ...]
    totals: Totals


@dataclass
class _Toml:
    """Asks for keys and remembers what is wrong with them; a wrong value is answered with an empty one of its kind."""

    path: Path
    faults: list[Fault] = field(default_factory=list)
    entry: int = 0
    """The line at which the entry of a list being read begins."""

    def fault(self, key: str, what: str, next: str = "see `guildhall city new` for one that loads") -> None:
        row = row_of_key(self.path, key, self.entry) or self.entry
        self.faults.append(Fault(self.path.name, row, key, what, next))

    def get(self, table: Mapping[str, Any], key: str, kind: type, *, needed: bool = True) -> Any:
        empty = date.min if kind is date else kind()
        if key not in table:
            if needed:
                self.fault(key, "is missing")
            return empty
        value = table[key]
        if type(value) is not kind:
            self.fault(key, f"is {value!r}, not {_KINDS[kind]}")
            return empty
        return value

    def text(self, table: Mapping[str, Any], key: str) -> Text:
        pair = self.get(table, key, dict)
        missing = [language for language in ("zh", "en") if not isinstance(pair.get(language), str)]
        if key in table and missing:
            self.fault(key, f"has no {' and no '.join(missing)}", 'write zh = "…" and en = "…"')
        return Text(str(pair.get("zh", "")), str(pair.get("en", "")))

    def tables(self, raw: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
        """The entries [[key]], one after the other; faults found meanwhile are placed within the entry."""
        for entry in self.get(raw, key, list, needed=False):
            if isinstance(entry, dict):
                self.entry = row_of_key(self.path, key, self.entry)
                yield entry
            else:
                self.fault(key, f"holds {entry!r}", f"write each entry under [[{key}]]")
        self.entry = 0


def settings_of(folder: Path, countable: Collection[str]) -> tuple[Settings | None, list[Fault]]:
    """The settings of a pack, or the faults that keep them from being read. `countable` are the names `[counts]` may hold."""
    raw, faults = read_settings(folder / files.SETTINGS)
    if faults:
        return None, faults
    toml = _Toml(folder / files.SETTINGS)
    for key in raw:
        if key not in _KEYS:
            toml.fault(key, "unknown key", f"the keys are {', '.join(_KEYS)}")
    regions = toml.get(raw, "regions", dict, needed=False)
    years = toml.get(toml.get(raw, "calendar", dict), "published_years", list)
    settings = Settings(
        id=toml.get(raw, "id", str),
        name=toml.text(raw, "name"),
        root=toml.get(raw, "root", str),
        reference_date=toml.get(raw, "reference_date", date),
        version=toml.get(raw, "version", str),
        regions={key: toml.text(regions, key) for key in regions},
        published_years=tuple(year for year in years if isinstance(year, int)),
        totals=_totals(toml, raw, countable),
    )
    return (None if toml.faults else settings), toml.faults


def _totals(toml: _Toml, raw: Mapping[str, Any], countable: Collection[str]) -> Totals:
    counts = toml.get(raw, "counts", dict, needed=False)
    for name in counts:
        if name not in countable:
            toml.fault(name, "unknown count", f"one of {', '.join(countable)}")
    return Totals(
        counts={name: toml.get(counts, name, int) for name in counts if name in countable},
        units=tuple(
            UnitTotal(on=toml.get(entry, "on", date), value=_number(toml, entry), measure=toml.get(entry, "measure", str, needed=False))
            for entry in toml.tables(raw, "unit_totals")
        ),
        sums=tuple(
            Sum(
                table=toml.get(entry, "table", str),
                column=toml.get(entry, "column", str, needed=False),
                figure=toml.get(entry, "figure", str, needed=False),
                value=_number(toml, entry) if "figure" not in entry else None,
            )
            for entry in toml.tables(raw, "sums")
        ),
    )


def _number(toml: _Toml, table: Mapping[str, Any]) -> Decimal:
    """An exact number; fractions are written as text, so that none passes through a binary float."""
    value = table.get("value")
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        toml.fault("value", "is missing" if value is None else f"is {value!r}", 'write a whole number, or "89.05" in quotes')
        return Decimal(0)
    try:
        return number(str(value))
    except Unreadable as error:
        toml.fault("value", str(error), error.next)
        return Decimal(0)
