"""Reads the files of `rules/`: one instrument of policy in each, with every fault placed at its line.

A file names its documents and, for each parameter, the versions that held one after the other. `until` is the first day a
version no longer holds. A version says `missing = { zh = "…", en = "…" }` in place of a value where an instrument should set one and none
was found: the answer for those days is undetermined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

from guildhall.city.instruments import Document, Entry, Instrument
from guildhall.city.reading import read_settings
from guildhall.city.toml_lines import Path as Key
from guildhall.city.toml_lines import line_at, lines_of
from guildhall.kernel.dated import STATUS_NAMES
from guildhall.kernel.errors import Fault
from guildhall.kernel.tables import Text
from guildhall.rules.parameters import NATION, Kind, Parameter, Value, Version
from guildhall.rules.rulebook import CHANNELS

FOLDER = "rules"
UNITS: Mapping[str, str] = {
    "fen": "money, in fen",
    "months": "months",
    "days": "days",
    "persons": "people",
    "grants": "times something is granted",
    "kinds": "kinds of something",
    "age": "years of age",
    "year": "a calendar year",
    "ratio": 'an exact share, written "1/4"',
    "flag": "true or false",
    "word": "a word from a closed list, such as a level or a group",
    "date": "a day",
}
"""The units a parameter may have, in words."""
PLAIN = ("age", "year", "ratio", "flag", "word", "date")
"""Units that say of what kind a value is; to a rule it has none."""
NO_RULE = "none"
"""The channel of an instrument that has figures on file and no rule that reads them yet."""
_FILE = ("title", "channel", "checked_on", "document", "parameter")
_DOCUMENT = ("number", "title", "issuer", "address", "published", "note", "held")
_PARAMETER = ("title", "unit", "by", "uplift", "caps", "note", "unread", "version")
_VALUES: Mapping[str, Kind] = {"value": "scalar", "values": "table", "members": "list", "scale": "scale"}
_VERSION = (*_VALUES, "missing", "from", "until", "jurisdiction", "edition", "document", "article", "status", "uplift", "note")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")
"""Codes of GB/T 2260: the first two digits of every place of a province."""
_RATIO = re.compile(r"[0-9]{1,9}(/[1-9][0-9]{0,8})?")


@dataclass
class RuleSheet:
    """One file as read: the instrument, if it could be read, and every fault with its line."""

    name: str
    lines: Mapping[Key, int] = field(default_factory=dict)
    instrument: Instrument | None = None
    faults: list[Fault] = field(default_factory=list)
    allowances: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """For each parameter the keys of the rows that may lie above its cap."""

    def fault(self, path: Key, what: str, next: str = "") -> None:
        named = [str(part) for part in path if isinstance(part, str) and part not in ("parameter", "version")]
        self.faults.append(Fault(self.name, line_at(self.lines, path), ".".join(named), what, next))


def rule_sheets(folder: Path, places: Collection[str]) -> list[RuleSheet]:
    """Every file of the pack's `rules/`, in order of name; none where the pack has no such folder. `places` are its places."""
    found = sorted(path for path in (folder / FOLDER).iterdir()) if (folder / FOLDER).is_dir() else []
    return [_read(path, places) for path in found if not path.name.startswith(".")]


def _read(path: Path, places: Collection[str]) -> RuleSheet:
    sheet = RuleSheet(f"{FOLDER}/{path.name}")
    if path.suffix != ".toml" or not _NAME.fullmatch(path.stem):
        sheet.fault((), "no such file is read", "one file for each rule: its name, small letters and underscores, then .toml")
        return sheet
    raw, faults = read_settings(path)
    sheet.faults += [Fault(sheet.name, fault.row, fault.column, fault.what, fault.next) for fault in faults]
    if faults:
        return sheet
    sheet.lines = lines_of(path.read_text(encoding="utf-8-sig"))
    _Reader(sheet, places).instrument(path.stem, raw)
    return sheet


class _Reader:
    """Takes a file apart, key by key, and remembers what is wrong."""

    def __init__(self, sheet: RuleSheet, places: Collection[str]) -> None:
        self.sheet = sheet
        self.places = places
        self.documents: dict[str, Document] = {}

    def instrument(self, name: str, raw: Mapping[str, Any]) -> None:
        self.known(raw, (), _FILE)
        title, checked = self.text(raw, ("title",)), self.day(raw, ("checked_on",))
        channel = self.word(raw, ("channel",), (*CHANNELS, NO_RULE))
        for id in self.tables(raw, ("document",)):
            self.documents[id] = self.document(id, raw["document"][id])
        caps: dict[str, str] = {}
        units: dict[str, str] = {}
        unread: dict[str, Text] = {}
        entries: list[Entry] = []
        for parameter in self.tables(raw, ("parameter",)):
            table = raw["parameter"][parameter]
            path: Key = ("parameter", parameter)
            if not _NAME.fullmatch(parameter):
                self.sheet.fault(path, f"{parameter!r} is no name of a parameter", "small letters, digits and underscores")
            entries += self.parameter(name, parameter, table)
            units[parameter] = str(table.get("unit", ""))
            if "unread" in table:
                unread[parameter] = self.text(table, (*path, "unread"))
            if "caps" in table:
                caps[parameter] = self.word(table, (*path, "caps"), tuple(raw["parameter"]))
        if not entries and not self.sheet.faults:
            self.sheet.fault((), "no parameter", "add [parameter.<name>] and its versions")
        self.sheet.instrument = Instrument(name, title, channel, checked or date.min, self.documents, tuple(entries), caps, units, unread)

    def document(self, id: str, table: Mapping[str, Any]) -> Document:
        path: Key = ("document", id)
        self.known(table, path, _DOCUMENT)
        if not _ID.fullmatch(id):
            self.sheet.fault(path, f"{id!r} is not an identifier", "letters, digits and hyphens")
        strings = {key: self.string(table, (*path, key), needed=False) for key in ("number", "address")}
        published = self.day(table, (*path, "published"), needed=False)
        title, issuer, note = (self.text(table, (*path, key), needed=key != "note") for key in ("title", "issuer", "note"))
        if not isinstance(held := table.get("held", True), bool):
            self.sheet.fault((*path, "held"), f"is {held!r}", "true, or false of what is no document: a recollection, an assumption")
        return Document(id, title, issuer, published=published, note=note, held=held is not False, **strings)

    def parameter(self, rule: str, name: str, table: Mapping[str, Any]) -> list[Entry]:
        path: Key = ("parameter", name)
        self.known(table, path, _PARAMETER)
        unit = self.word(table, (*path, "unit"), tuple(UNITS))
        keys = tuple(self.strings(table, (*path, "by"), needed=False))
        self.text(table, (*path, "note"), needed=False)
        if allowed := table.get("uplift"):
            self.sheet.allowances[name] = allowed if isinstance(allowed, dict) else {}
            if not isinstance(allowed, dict) or not set(allowed) <= set(keys):
                self.sheet.fault((*path, "uplift"), f"is {allowed!r}", "name the keys of rows that may pass the cap: { shortage = true }")
        versions = table.get("version")
        if not isinstance(versions, list) or not versions or not all(isinstance(one, dict) for one in versions):
            self.sheet.fault(path, "has no version", f"add [[parameter.{name}.version]]")
            return []
        kind = self.kind(path, versions, keys)
        made = [self.version((*path, "version", at), one, kind, unit, keys) for at, one in enumerate(versions)]
        parameter = Parameter(
            name, "" if unit in PLAIN else unit, kind, tuple(version for version, _ in made), self.text(table, (*path, "title")), keys
        )
        return [self.entry(rule, parameter, (*path, "version", at), versions[at], *pair) for at, pair in enumerate(made)]

    def kind(self, path: Key, versions: list[Mapping[str, Any]], keys: tuple[str, ...]) -> Kind:
        """The kind of a parameter: the one way in which its versions give values."""
        ways = [way for version in versions for way in _VALUES if way in version]
        found = _VALUES[ways[0]] if ways else "table" if keys else "scalar"
        for at, version in enumerate(versions):
            given = [way for way in (*_VALUES, "missing") if way in version]
            if len(given) != 1:
                what = f"gives {' and '.join(given)}" if given else "gives no value"
                self.sheet.fault((*path, "version", at), what, f"one of {', '.join(_VALUES)}, or missing with the reason")
            elif given[0] != "missing" and _VALUES[given[0]] != found:
                self.sheet.fault(
                    (*path, "version", at, given[0]), f"a {_VALUES[given[0]]} where other versions are a {found}", "give all in one way"
                )
        if bool(keys) != (found == "table"):
            self.sheet.fault((*path, "by"), f"`by` goes with values, and this is a {found}", "name the key columns of the rows in `by`")
        return found

    def version(self, path: Key, table: Mapping[str, Any], kind: Kind, unit: str, keys: tuple[str, ...]) -> tuple[Version, Document | None]:
        self.known(table, path, _VERSION)
        start, end = self.day(table, (*path, "from")), self.day(table, (*path, "until"), needed=False)
        if start and end and start >= end:
            self.sheet.fault((*path, "until"), f"ends {end}, not after it begins on {start}", "until is the first day after")
        slot = "missing" in table
        document = self.cited(table, (*path, "document"), needed=not slot)
        uplift = self.cited(table, (*path, "uplift"), needed=False)
        version = Version(
            value=None if slot else self.value(table, path, kind, unit, keys),
            valid_from=start,
            valid_until=end,
            jurisdiction=self.jurisdiction(table, (*path, "jurisdiction")),
            document=document.cited if document else "",
            article=self.string(table, (*path, "article"), needed=False),
            status="unknown" if slot else self.word(table, (*path, "status"), tuple(STATUS_NAMES)),
            edition=self.string(table, (*path, "edition"), needed=False) or None,
            uplift=uplift.cited if uplift else None,
        )
        return version, document

    def entry(
        self, rule: str, parameter: Parameter, path: Key, table: Mapping[str, Any], version: Version, document: Document | None
    ) -> Entry:
        note, missing = (self.text(table, (*path, key), needed=False) for key in ("note", "missing"))
        return Entry(rule, parameter, version, line_at(self.sheet.lines, path), document, note, missing)

    # Values

    def value(self, table: Mapping[str, Any], path: Key, kind: Kind, unit: str, keys: tuple[str, ...]) -> Value:
        way = next((way for way in _VALUES if way in table), "")
        raw = table.get(way)
        if way == "value":
            return cast(Value, self.one((*path, way), raw, unit))
        if way and (not isinstance(raw, list) or not raw):
            self.sheet.fault((*path, way), f"is {raw!r}", "write a list that holds something: [ … ]")
            return ()
        if way == "members":
            return cast(Value, tuple(self.distinct((*path, way), [self.one((*path, way), member, "word") for member in raw or ()])))
        if way == "values":
            return cast(Value, self.rows((*path, way), raw or [], keys, unit))
        return cast(Value, self.steps((*path, way), raw or [], unit))

    def rows(self, path: Key, raw: list[Any], keys: tuple[str, ...], unit: str) -> tuple[tuple[tuple[Any, ...], Any], ...]:
        made: list[tuple[tuple[Any, ...], Any]] = []
        for row in raw:
            if not isinstance(row, dict) or set(row) != {*keys, "value"}:
                self.sheet.fault(path, f"a row is {row!r}", f"each row has {', '.join((*keys, 'value'))} and nothing else")
                continue
            if not all(isinstance(row[key], (str, int)) for key in keys):
                self.sheet.fault(path, f"a row is {row!r}", "its keys are words, whole numbers, true or false")
                continue
            made.append((tuple(row[key] for key in keys), self.one(path, row["value"], unit)))
        self.distinct(path, [key for key, _ in made])
        return tuple(made)

    def steps(self, path: Key, raw: list[Any], unit: str) -> tuple[tuple[int, Any], ...]:
        made: list[tuple[int, Any]] = []
        for row in raw:
            if not isinstance(row, dict) or set(row) != {"from", "value"} or type(row["from"]) is not int:
                self.sheet.fault(path, f"a step is {row!r}", "each step has from, a whole number, and value")
                continue
            made.append((row["from"], self.one(path, row["value"], unit)))
        if [step for step, _ in made] != sorted({step for step, _ in made}):
            self.sheet.fault(path, "the steps do not rise", "put them in order, each number once")
        return tuple(made)

    def distinct(self, path: Key, values: list[Any]) -> list[Any]:
        for at, value in enumerate(values):
            if value in values[:at]:
                shown = ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
                self.sheet.fault(path, f"{shown} stands twice", "keep one of them")
        return values

    def one(self, path: Key, raw: Any, unit: str) -> Any:
        """One value, of the kind its unit asks for."""
        wants, make = _READ.get(unit, ("a value", lambda value: value))
        value = make(raw)
        if value is None:
            self.sheet.fault(path, f"is {raw!r}", f"in {unit or 'this unit'} write {wants}")
            return 0
        return value

    # Keys

    def known(self, table: Mapping[str, Any], path: Key, keys: Collection[str]) -> None:
        for key in table:
            if key not in keys:
                self.sheet.fault((*path, key), "unknown key", f"the keys are {', '.join(keys)}")

    def tables(self, raw: Mapping[str, Any], path: Key) -> Iterator[str]:
        """The names of the tables under a key; what is no table is a fault."""
        tables = raw.get(str(path[0]), {})
        for name in tables if isinstance(tables, dict) else ():
            if isinstance(tables[name], dict):
                yield name
            else:
                self.sheet.fault((*path, name), f"is {tables[name]!r}, not a table", f"write [{path[0]}.{name}]")
        if not isinstance(tables, dict):
            self.sheet.fault(path, f"is {tables!r}, not tables", f"write [{path[0]}.<name>]")

    def string(self, table: Mapping[str, Any], path: Key, *, needed: bool = True) -> str:
        raw = table.get(str(path[-1]))
        if raw is None and not needed:
            return ""
        if not isinstance(raw, str) or not raw.strip():
            self.sheet.fault(path, "is missing" if raw is None else f"is {raw!r}", "write text in quotes")
            return ""
        return raw.strip()

    def strings(self, table: Mapping[str, Any], path: Key, *, needed: bool = True) -> list[str]:
        raw = table.get(str(path[-1]))
        if raw is None and not needed:
            return []
        if not isinstance(raw, list) or not all(isinstance(one, str) and _NAME.fullmatch(one) for one in raw):
            self.sheet.fault(path, f"is {raw!r}", "write a list of names")
            return []
        return cast(list[str], self.distinct(path, raw))

    def word(self, table: Mapping[str, Any], path: Key, words: tuple[str, ...]) -> str:
        found = self.string(table, path)
        if found and found not in words:
            self.sheet.fault(path, f"unknown word {found!r}", f"one of {', '.join(words)}")
            return ""
        return found

    def text(self, table: Mapping[str, Any], path: Key, *, needed: bool = True) -> Text:
        raw = table.get(str(path[-1]))
        if raw is None and not needed:
            return Text("", "")
        if not isinstance(raw, dict) or set(raw) != {"zh", "en"} or not all(isinstance(part, str) and part for part in raw.values()):
            self.sheet.fault(path, "is missing" if raw is None else f"is {raw!r}", 'write { zh = "…", en = "…" }')
            return Text("", "")
        return Text(raw["zh"], raw["en"])

    def day(self, table: Mapping[str, Any], path: Key, *, needed: bool = True) -> date | None:
        raw = table.get(str(path[-1]))
        if raw is None and not needed:
            return None
        if not isinstance(raw, date) or isinstance(raw, datetime):
            self.sheet.fault(path, "is missing" if raw is None else f"is {raw!r}, not a date", "write YYYY-MM-DD, without quotes")
            return None
        return raw

    def cited(self, table: Mapping[str, Any], path: Key, *, needed: bool) -> Document | None:
        id = self.string(table, path, needed=needed)
        if id and id not in self.documents:
            self.sheet.fault(path, f"no document {id!r}", f"one of {', '.join(self.documents) or 'none yet'}, or add [document.{id}]")
        return self.documents.get(id)

    def jurisdiction(self, table: Mapping[str, Any], path: Key) -> str:
        found = self.string(table, path)
        if found and found != NATION and not _PROVINCE.fullmatch(found) and found not in self.places:
            self.sheet.fault(
                path, f"unknown place {found!r}", f"{NATION}, the two digits of a province, or the key of a place of this pack"
            )
        return found


def _whole(raw: Any) -> int | None:
    return raw if type(raw) is int and 0 <= raw < 10**15 else None


def _ratio(raw: Any) -> Fraction | None:
    return Fraction(raw) if isinstance(raw, str) and _RATIO.fullmatch(raw) else None


def _word(raw: Any) -> str | None:
    return raw if isinstance(raw, str) and raw.strip() else None


def _flag(raw: Any) -> bool | None:
    return raw if type(raw) is bool else None


def _day(raw: Any) -> date | None:
    return raw if isinstance(raw, date) and not isinstance(raw, datetime) else None


_READ: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    **{unit: ("a whole number, not below nothing", _whole) for unit in UNITS},
    "ratio": ('an exact share in quotes, such as "1/4" or "1"', _ratio),
    "word": ("a word in quotes", _word),
    "flag": ("true or false", _flag),
    "date": ("YYYY-MM-DD, without quotes", _day),
}
