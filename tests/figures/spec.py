"""Small tables written as text, turned into a folder of registry tables: what a spec test reads at a glance."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from guildhall.city import load, rule_parameters
from guildhall.kernel.figures import Context
from guildhall.kernel.runs import Folder, FolderWriter, write_folder
from guildhall.kernel.tables import Table
from guildhall.registry import tables as declared
from guildhall.rules.parameters import Link
from guildhall.skills.engine import gray_counts
from guildhall.skills.tables import OCCUPATIONS

ON = date(2026, 1, 30)
ORDINALS = {level: n for n, level in enumerate(declared.LEVELS, start=1)}
LEVELS = {level: {"ordinal": n, "skilled": n > 1, "high": n > 3} for level, n in ORDINALS.items()}
LAW = rule_parameters(load("tiny"))
GRAY = gray_counts.parameter(replace(LAW, links=(*LAW.links, Link("city", "tiny"))))
"""The definitions of gray-collar workers of the tiny pack, for the city drawn here."""
CONTEXT = Context(ON, (date(2024, 12, 31), date(2025, 12, 31)), {"levels": LEVELS, gray_counts.PARAMETER: GRAY})

PUBLIC = (*(table for table in declared.TABLES if not table.private), OCCUPATIONS)
DEFAULTS: dict[str, Any] = {
    "birth_month": date(1990, 1, 1),
    "sex": "female",
    "education": "senior",
    "migrant": "none",
    "standing": "worker",
    "residence": "west",
    "weight": 1,
    "kind": "skill_level",
    "occupation": "6-31-01-02",
    "issuer_id": 1,
    "source": "public_body",
    "valid_until": None,
    "contract": "regular",
    "ended_on": None,
    "scheme": "unemployment",
    "name_en": None,
    "cluster": None,
    "sector": None,
    "size": None,
    "above_scale": False,
    "status": "generated",
    "relation": "administrative",
    "valid_from": None,
    "latitude": None,
    "longitude": None,
}


def rows(text: str) -> list[dict[str, Any]]:
    """Rows of a table drawn with `|`; numbers and dates are read as such, `-` is empty."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(lines[0], map(_value, line), strict=True)) for line in lines[1:]]


def _value(cell: str) -> Any:
    if cell == "-":
        return None
    if cell.isdigit():
        return int(cell)
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return cell


def full(table: Table, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with every declared column: what the spec leaves out takes a default."""
    return [{c.name: _cell(table, c.name, row, n) for c in table.columns} for n, row in enumerate(given, start=1)]


def _cell(table: Table, column: str, row: Mapping[str, Any], n: int) -> Any:
    if column in row:
        return row[column]
    if column in table.key and table.column(column).type == pa.int64():
        return n
    if column in ("name_zh", "code"):
        return f"{column}{n}"
    if column == "name_en" and not table.column(column).nullable:
        return f"{column}{n}"
    return DEFAULTS[column]


def folder(tables: Mapping[str, list[dict[str, Any]]], path: Path | None = None) -> Folder:
    """A folder with every public registry table; those not given are empty."""

    def fill(writer: FolderWriter) -> None:
        for table in PUBLIC:
            given = full(table, tables.get(table.name, []))
            writer.add(table, table.build({c.name: [row[c.name] for row in given] for c in table.columns}))

    path = path or Path(tempfile.mkdtemp()) / "spec"
    return write_folder(path, id="spec", kind="snapshot", version="1", as_of=str(ON), meta={"scale": "1"}, fill=fill)


PLACES = rows(
    """
    place_id | kind     | valid_from | valid_until
    city     | city     | -          | -
    west     | district | -          | 2026-01-25
    east     | district | -          | -
    union    | district | 2026-01-25 | -
    hill     | township | -          | -
    rest     | remainder| -          | -
    park     | park     | -          | -
    """
)
PARENTS = rows(
    """
    place_id | parent_id | valid_from | valid_until
    west     | city      | -          | 2026-01-25
    east     | city      | -          | -
    union    | city      | 2026-01-25 | -
    hill     | west      | -          | 2026-01-25
    hill     | east      | 2026-01-25 | -
    rest     | west      | -          | 2026-01-25
    rest     | union     | 2026-01-25 | -
    park     | west      | -          | 2026-01-25
    park     | union     | 2026-01-25 | -
    """
)
SUCCESSORS = rows(
    """
    place_id | successor_id | effective_on | scope
    west     | union        | 2026-01-25   | remainder
    west     | east         | 2026-01-25   | part
    """
)
LAND = {"registry.places": PLACES, "registry.place_parents": PARENTS, "registry.place_successors": SUCCESSORS}
