"""Townships from a published list: rows into dated places, by the mergers the registry already knows.

A list speaks of one day and names the district of that day. What later mergers did to a township follows from the concordance:
townships named there keep their own history; the others go with the district's remainder, or with the whole district.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from guildhall.kernel.errors import Fault
from guildhall.kernel.imports import Odd, name_in
from guildhall.kernel.sheets import Row, Sheet, plain_code, read_csv
from guildhall.kernel.territory import Edge, Territory, holds

REQUIRED = ("code", "name", "district_code")
OPTIONAL = ("district_name",)
_DISTRICT = re.compile(r"[0-9]{6}")
_TOWNSHIP = re.compile(r"[0-9]{9}")


@dataclass(frozen=True, slots=True)
class Township:
    """A row of the list that can be accepted: the place it names and the key of its district."""

    place_id: str
    code: str
    name_zh: str
    district: str
    row: int


@dataclass(frozen=True)
class Townships:
    """The townships of a list, and what happened to each row of the file."""

    sheet: Sheet
    rows: tuple[Township, ...]
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]
    repeated: int


@dataclass(frozen=True, slots=True)
class District:
    """A district or county as the registry knows it."""

    place_id: str
    name_zh: str


def read_townships(content: bytes, name: str, districts: Mapping[str, District]) -> Townships:
    """The townships in a CSV file with the columns code, name, district_code; `districts` are known by official code.

    Raises FaultsFound where the file is no such table at all; faults of single rows are returned.
    """
    sheet = read_csv(content, name, required=REQUIRED, optional=OPTIONAL)
    taken: dict[str, Township] = {}
    faults, notes, repeated = list(sheet.faults), [], 0
    for row in sheet.rows:
        try:
            found = _township(row, districts)
            first = taken.setdefault(found.code, found)
            if first is not found:
                _refuse_other(first, found)
                repeated += 1
                notes.append(Fault(name, row.number, "code", f"repeats row {first.row} ({found.code})"))
        except Odd as odd:
            faults.append(odd.fault(sheet, row))
            continue
        if what := _other_district_name(row, districts):
            notes.append(Fault(name, row.number, "district_name", what))
    return Townships(sheet, tuple(taken.values()), tuple(faults), tuple(notes), repeated)


def _township(row: Row, districts: Mapping[str, District]) -> Township:
    code, district = _code(row, "code", _TOWNSHIP, "nine digits"), _code(row, "district_code", _DISTRICT, "six digits")
    if district not in districts:
        raise Odd(
            "district_code", f"unknown parent: no district or county has the code {district}", "correct it, or add the district to the pack"
        )
    if not code.startswith(district):
        raise Odd("code", f"{code} does not begin with its district's code {district}")
    key = districts[district].place_id
    place_id = key.removesuffix(district) + code if key.endswith(district) else f"{key}-{code}"
    return Township(place_id, code, name_in(row), key, row.number)


def _code(row: Row, column: str, form: re.Pattern[str], words: str) -> str:
    code = plain_code(row.cells[column])
    if not form.fullmatch(code):
        reason = "holds a letter" if re.search("[A-Za-z]", code) else f"is not {words}"
        raise Odd(column, f"{code!r} {reason}", f"a code is {words}")
    return code


def _refuse_other(first: Township, again: Township) -> None:
    if first.name_zh != again.name_zh:
        raise Odd("name", f"row {first.row} gives {first.code} another name, {first.name_zh}", "keep one of the two")


def _other_district_name(row: Row, districts: Mapping[str, District]) -> str:
    said = row.cells.get("district_name", "")
    known = districts[plain_code(row.cells["district_code"])].name_zh
    return "" if said in ("", known) else f"the district is called {said} here, {known} in the registry"


def edges_of(township: Township, territory: Territory) -> list[Edge]:
    """The dated parents of a township that the registry does not know yet, oldest first.

    It follows the remainder of its district where the pack keeps one, otherwise the district and its successors.
    """
    for node in territory.nodes.values():
        above = territory.parents_ever(node.place_id) if node.kind == "remainder" else []
        if above and above[0].parent_id == township.district:
            return [replace(edge, place_id=township.place_id) for edge in above]
    edges: list[Edge] = []
    place, start = territory.node(township.district), None
    while place.valid_until:
        edges.append(Edge(township.place_id, place.place_id, valid_from=start, valid_until=place.valid_until))
        heirs = [s for s in territory.successions(place.place_id) if s.scope in ("whole", "remainder")]
        if not heirs:
            return edges
        place, start = territory.node(heirs[0].successor_id), place.valid_until
    return [*edges, Edge(township.place_id, place.place_id, valid_from=start)]


@dataclass(frozen=True, slots=True)
class Move:
    """A township that counts towards another unit since a date."""

    place_id: str
    before: str
    after: str
    on: date


def moves(edges: Iterable[Edge]) -> list[Move]:
    """Where townships changed hands: each pair of parents that follow one another."""
    last: dict[str, Edge] = {}
    found: list[Move] = []
    for edge in sorted(edges, key=lambda edge: (edge.place_id, edge.valid_from or date.min)):
        before = last.get(edge.place_id)
        if before and edge.valid_from and before.parent_id != edge.parent_id:
            found.append(Move(edge.place_id, before.parent_id, edge.parent_id, edge.valid_from))
        last[edge.place_id] = edge
    return found


def balance(edges: Iterable[Edge], moved: Iterable[Move], on: date) -> tuple[Counter[str], Counter[str]]:
    """Townships per unit on the eve of a change and on its day, for the units it touched."""
    touched = {unit for move in moved if move.on == on for unit in (move.before, move.after)}
    eve = on - timedelta(days=1)
    inside = [edge for edge in edges if edge.parent_id in touched]
    before = Counter(edge.parent_id for edge in inside if holds(edge.valid_from, edge.valid_until, eve))
    after = Counter(edge.parent_id for edge in inside if holds(edge.valid_from, edge.valid_until, on))
    return before, after
