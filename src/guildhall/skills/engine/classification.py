"""The classification of occupations from its published list: rows into a tree, with every oddity by row.

Groups are keyed by the part of the code that names them (`6`, `6-31`, `6-31-01`), occupations by the whole code
(`6-31-01-02`), so that a minor group and an occupation printed under one code (`2-03-01-00`) stay two nodes.
Source of the form: 中华人民共和国职业分类大典 (2022), which marks digital occupations S and green ones L after the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guildhall.kernel.errors import Fault
from guildhall.kernel.imports import Odd, name_in
from guildhall.kernel.sheets import Row, Sheet, plain_code, read_csv

REQUIRED = ("level", "code", "name")
OPTIONAL = ("definition", "alias")
RANK_OF_LEVEL = {"1": "major", "2": "middle", "3": "minor", "4": "leaf"}
MAJORS = frozenset("12345678")
"""The classification has eight major classes."""
_CODE = re.compile(r"([0-9])-([0-9]{2})-([0-9]{2})-([0-9]{2})")
_MARKS = re.compile(r"(L/S|S/L|LS|SL|L|S)$")
_GROUP_RANKS = ("major", "middle", "minor")


@dataclass(frozen=True, slots=True)
class Node:
    """An occupation or a group. `row` is where it stands in the file, 0 for a group the file lacks."""

    code: str
    rank: str
    parent: str | None
    name_zh: str | None
    definition: str | None = None
    digital: bool | None = None
    green: bool | None = None
    row: int = 0


@dataclass(frozen=True)
class Classification:
    """The tree in an order where groups come before what they hold, and what happened to each row of the file."""

    sheet: Sheet
    nodes: tuple[Node, ...]
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]
    repeated: int

    @property
    def created(self) -> tuple[Node, ...]:
        """Groups the file lacks, made from the codes below them."""
        return tuple(node for node in self.nodes if not node.row)


class _Reader:
    """Gathers nodes, faults and notes while the rows go by."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.nodes: dict[str, Node] = {}
        self.faults = list(sheet.faults)
        self.notes: list[Fault] = []
        self.repeated = 0
        self.other_titles = 0

    def note(self, row: int, column: str, what: str) -> None:
        self.notes.append(Fault(self.sheet.name, row, column, what))

    def take(self, row: Row) -> None:
        try:
            node = _node(row)
        except Odd as odd:
            self.faults.append(odd.fault(self.sheet, row))
            return
        if first := self.nodes.get(node.code):
            self._repeat(first, node)
            return
        self.nodes[node.code] = node
        self.other_titles += row.cells.get("alias", "") not in ("", row.cells["name"])
        for what in _oddities(row, node):
            self.note(row.number, "code", what)

    def _repeat(self, first: Node, again: Node) -> None:
        different = [name for name in ("name_zh", "definition") if getattr(first, name) != getattr(again, name)]
        if different:
            what = f"row {first.row} gives {first.code} another {different[0].removesuffix('_zh')}"
            self.faults.append(Fault(self.sheet.name, again.row, different[0].removesuffix("_zh"), what, "keep one of the two"))
            return
        self.repeated += 1
        self.note(again.row, "code", f"repeats row {first.row} ({first.code})")

    def fill_gaps(self) -> None:
        """Makes the groups the file lacks, nameless, from the codes of what they hold."""
        for node in sorted(self.nodes.values(), key=lambda node: node.row):
            parent, row = node.parent, node.row
            while parent is not None and parent not in self.nodes:
                rank = _GROUP_RANKS[parent.count("-")]
                made = Node(parent, rank, _above(parent), None)
                self.nodes[parent] = made
                self.note(row, "code", f"its {rank} group {parent} is not in the file; kept without a name")
                parent = made.parent


def read_classification(content: bytes, name: str) -> Classification:
    """The tree in a CSV file with the columns level, code, name and, where known, definition and alias.

    Raises FaultsFound where the file is no such table at all; faults of single rows are returned.
    """
    sheet = read_csv(content, name, required=REQUIRED, optional=OPTIONAL)
    reader = _Reader(sheet)
    for column in sheet.missing:
        reader.note(1, column, "column is missing; the rest is read without it")
    for row in sheet.rows:
        reader.take(row)
    reader.fill_gaps()
    _note_clashes(reader)
    if reader.other_titles:
        reader.note(
            0, "alias", f"{reader.other_titles} rows list other job titles; they are no part of the classification and are left out"
        )
    nodes = tuple(sorted(reader.nodes.values(), key=lambda node: node.code))
    return Classification(sheet, nodes, tuple(reader.faults), tuple(reader.notes), reader.repeated)


def _note_clashes(reader: _Reader) -> None:
    """Occupations printed under the very code of a minor group that the file also names."""
    for node in list(reader.nodes.values()):
        group = reader.nodes.get(node.code.removesuffix("-00")) if node.rank == "leaf" and node.code.endswith("-00") else None
        if group and group.row:
            reader.note(node.row, "code", f"the code of minor group {group.code} in row {group.row}; kept as two nodes")


def _node(row: Row) -> Node:
    """The node of one row. Raises Odd where the row contradicts itself or the classification."""
    parts, level = _parts(row), row.cells["level"]
    if level not in RANK_OF_LEVEL:
        raise Odd("level", f"{level!r} is no level", "one of 1, 2, 3, 4")
    _agree(parts, level)
    name = name_in(row)
    rank, definition = RANK_OF_LEVEL[level], row.cells.get("definition") or None
    if rank != "leaf":
        code = "-".join(parts[: int(level)])
        return Node(code, rank, _above(code), name, definition, row=row.number)
    marks = _MARKS.search(name)
    found = marks.group() if marks else ""
    code = "-".join(parts)
    plain = name.removesuffix(found).strip()
    return Node(code, rank, _group_of(parts), plain, definition, "S" in found, "L" in found, row.number)


def _parts(row: Row) -> list[str]:
    code = plain_code(row.cells["code"])
    match = _CODE.fullmatch(code)
    if not match:
        letter = re.search("[A-Za-z]", code)
        raise Odd("code", f"{code!r} holds a letter" if letter else f"{code!r} is not of the form 6-31-01-02")
    if match[1] not in MAJORS:
        raise Odd("code", f"unknown parent: there is no major class {match[1]}", "classes run from 1 to 8")
    return list(match.groups())


def _agree(parts: list[str], level: str) -> None:
    """A group's code ends in 00 after its own parts; an occupation's names at least a middle group and something below."""
    filled = [part != "00" for part in parts]
    if level == "4":
        if not filled[1] or not (filled[2] or filled[3]):
            raise Odd("level", f"level 4, but {'-'.join(parts)} is the code of a group")
    elif not all(filled[: int(level)]) or any(filled[int(level) :]):
        raise Odd("level", f"level {level}, but {'-'.join(parts)} is not the code of a {RANK_OF_LEVEL[level]} group")


def _above(group: str) -> str | None:
    return group.rpartition("-")[0] or None


def _group_of(parts: list[str]) -> str:
    """The group an occupation belongs to: its minor group, or the middle one where the code names no minor group."""
    return "-".join(parts[:3] if parts[2] != "00" else parts[:2])


def _oddities(row: Row, node: Node) -> Iterator[str]:
    if node.rank != "leaf":
        return
    if node.code.endswith("-00"):
        yield f"level 4 under the code of a minor group; kept as the occupation {node.code}"
    if node.parent and node.parent.count("-") == 1:
        yield f"the code names no minor group; kept directly under {node.parent}"
    number = row.cells.get("code_num", "")
    if number and number != node.code.replace("-", ""):
        yield f"code_num says {number}"
