"""Reads for pages and the API, public to every viewer: the classification of occupations, and counts of gray-collar workers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from guildhall.city.instruments import Entry, Instrument
from guildhall.city.wording import WORDS, lines_of, value_under
from guildhall.kernel.disclosure import WITHHELD, Withheld
from guildhall.kernel.tables import Table, Text
from guildhall.registry.queries import Page, one, page, starts_with, storable
from guildhall.registry.queries.imports import Occupations
from guildhall.skills.engine import gray_counts
from guildhall.skills.engine.earlier import EARLIER_CODES
from guildhall.skills.engine.gray_collar import gray_collar as RULE
from guildhall.skills.models import Occupation
from guildhall.skills.tables import GRAY_COLLAR, GRAY_COLLAR_UNKNOWN, VERDICTS
from guildhall.web.current import Current, current
from guildhall.web.pack import city
from guildhall.web.viewer import PUBLIC, Viewer


def occupations(
    viewer: Viewer, *, parent: str | None = None, rank: str = "", search: str = "", after: str = "", size: int = 50
) -> Page[Occupation]:
    """Occupations and groups in the order of their codes.

    `parent` narrows to what stands directly under a group ("" for the major classes); `search` to codes or names that
    begin with it, or names that hold it.
    """
    rows = Occupation.objects.all()
    if parent is not None:
        rows = rows.filter(parent_id=storable(parent) or None)
    if rank:
        rows = rows.filter(rank=storable(rank))
    if search := storable(search).strip():
        rows = rows.filter(starts_with("code", search) | Q(name_zh__contains=search) | Q(name_en__icontains=search))
    return page(rows, ("code",), after, size)


def occupation(viewer: Viewer, code: str) -> Occupation:
    """One occupation or group. Raises NotFound."""
    return one(Occupation.objects.all(), code, _("There is no occupation “%(id)s”"), _("see the list of occupations"))


@dataclass(frozen=True)
class Loaded:
    """How much of the classification is on record."""

    occupations: int
    groups: int


def loaded(viewer: Viewer) -> Loaded:
    """The occupations on record, and the groups above them."""
    ranks = dict(Occupation.objects.order_by().values_list("rank").annotate(Count("code")))
    leaves = ranks.pop("leaf", 0)
    return Loaded(leaves, sum(ranks.values()))


def above(viewer: Viewer, code: str) -> Sequence[Occupation]:
    """The groups above an occupation, from its major class down. Raises NotFound."""
    groups: list[Occupation] = []
    row = occupation(viewer, code)
    while row.parent is not None:
        row = row.parent
        groups.insert(0, row)
    return groups


def known_occupations(viewer: Viewer = PUBLIC) -> Occupations:
    """How files may name an occupation: the name of each code, and the codes that an earlier code or a name in English may stand for."""
    names: dict[str, str] = {}
    english: dict[str, tuple[str, ...]] = {}
    for code, name, name_en in Occupation.objects.filter(rank="leaf").order_by("code").values_list("code", "name_zh", "name_en"):
        names[code] = name or code
        if name_en:
            english[name_en.casefold()] = (*english.get(name_en.casefold(), ()), code)
    earlier = {code: (now,) for code, now in EARLIER_CODES.items() if now in names and code not in names}
    return Occupations(names, english | earlier)


def names_of(codes: Collection[str]) -> dict[str, Text]:
    """The names of occupations by their codes, in both languages; a code nobody knows is left out."""
    rows = Occupation.objects.filter(code__in=codes).values_list("code", "name_zh", "name_en")
    return {code: Text(name or code, english or name or code) for code, name, english in rows}


Shown = int | Withheld
"""A count, or what stands where it is hidden."""


@dataclass(frozen=True)
class Definition:
    """One definition: its name, and people by verdict; what is not known of those it cannot place, the largest group first."""

    code: str
    name: Text
    people: Mapping[str, Shown]
    open: Sequence[tuple[tuple[Text, ...], Shown]]


@dataclass(frozen=True)
class Asked:
    """What the definitions ask about one thing, in their order, and where that stands."""

    title: Text
    values: Sequence[tuple[Text, Text | None]]
    status: str
    differs: bool


@dataclass(frozen=True)
class GrayCollar:
    """Gray-collar workers under each definition, side by side."""

    on: date
    definitions: Sequence[Definition]
    asked: Sequence[Asked]
    groups: Sequence[tuple[Sequence[tuple[Text, str]], Shown]]
    everybody: int
    instrument: Instrument | None

    @property
    def marked(self) -> Mapping[str, int]:
        """Occupations by mark: digital, green, both; one with both counts once in each index and once among all."""
        rows = Occupation.objects.filter(rank="leaf")
        digital, green = Q(digital=True), Q(green=True)
        marks = {"digital": digital, "green": green, "both": digital & green, "either": digital | green}
        found = rows.aggregate(**{f"n_{name}": Count("code", filter=mark) for name, mark in marks.items()})
        return {name: found[f"n_{name}"] for name in marks}


def gray_collar(viewer: Viewer) -> GrayCollar:
    """The counts of the run in force under the definitions it was made with. Raises NotBuiltYet."""
    del viewer  # counts of the whole city are public, under the rule for small ones
    found = current()
    groups, unknown = _rows(found, GRAY_COLLAR), _rows(found, GRAY_COLLAR_UNKNOWN)
    parts = [part.partition("=")[0] for part in groups[0]["verdicts"].split(";")] if groups else []
    named = [name for name in parts if name]
    hidden = gray_counts.withheld(groups, unknown, named)
    instrument = city().instrument.get(RULE.name)
    definitions = [_definition(n, name, groups, unknown, hidden) for n, name in enumerate(named)]
    names = [definition.name for definition in definitions]
    shown = sorted((_group(row, hidden) for row in groups), key=lambda group: [VERDICTS.index(verdict) for verdict in group[0]])
    return GrayCollar(
        found.on,
        definitions,
        _asked(instrument, named, found.on) if instrument else [],
        [(list(zip(names, verdicts, strict=True)), people) for verdicts, people in shown],
        sum(row["people"] for row in groups),
        instrument,
    )


def _rows(found: Current, table: Table) -> list[dict[str, Any]]:
    """The rows of a result; none where the run was made before there was such a result."""
    return found.figures.read(table).to_pylist() if table.name in found.figures.manifest.tables else []


def _group(row: Mapping[str, Any], hidden: frozenset[gray_counts.Cell]) -> tuple[tuple[str, ...], Shown]:
    verdicts = tuple(part.partition("=")[2] for part in row["verdicts"].split(";"))
    return verdicts, WITHHELD if ("group", row["verdicts"]) in hidden else row["people"]


def _definition(
    n: int, name: str, groups: Sequence[Mapping[str, Any]], unknown: Sequence[Mapping[str, Any]], hidden: frozenset[gray_counts.Cell]
) -> Definition:
    people: dict[str, Shown] = {}
    for verdict in VERDICTS:
        total = sum(row["people"] for row in groups if row["verdicts"].split(";")[n] == f"{name}={verdict}")
        people[verdict] = WITHHELD if ("of", name, verdict) in hidden else total
    open_ = [
        (_said(row["conditions"]), WITHHELD if ("unknown", name, row["conditions"]) in hidden else row["people"])
        for row in sorted(unknown, key=lambda row: -row["people"])
        if row["definition"] == name
    ]
    return Definition(name, WORDS.get(name, Text(name, name)), people, open_)


def _said(conditions: str) -> tuple[Text, ...]:
    return tuple(RULE.says[each] for each in conditions.split("+"))


def _asked(instrument: Instrument, named: Sequence[str], on: date) -> list[Asked]:
    """Each figure of the pack on a day: one value for each definition, or the same for all."""
    rows = []
    for entry in instrument.entries:
        if entry.version.holds_on(on):
            values = _values(instrument, entry, named)
            under = [WORDS.get(name, Text(name, name)) for name in named]
            rows.append(
                Asked(
                    entry.parameter.title or Text(entry.name, entry.name),
                    list(zip(under, values, strict=True)),
                    entry.version.status,
                    len(set(values)) > 1,
                )
            )
    return rows


def _values(instrument: Instrument, entry: Entry, named: Sequence[str]) -> list[Text | None]:
    if entry.parameter.kind == "table":
        return [value_under(city(), instrument, entry, (name,)) for name in named]
    lines = lines_of(city(), instrument, entry)
    return [lines[0] if lines else None] * len(named)
