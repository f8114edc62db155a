"""A new pack to fill in, and the page that describes the files of a pack; both follow from the declared columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from guildhall.city import files
from guildhall.city.columns import Column, File, Unreadable, identifier
from guildhall.city.totals import COUNTED
from guildhall.kernel.dated import STATUS_NAMES
from guildhall.kernel.errors import AlreadyDone, GuildhallError

_SETTINGS = """\
# A city pack. This file names the city; the CSV files beside it hold everything else, each row with source and status.
# Check it with `guildhall city check {name}`; the demonstration uses it where GUILDHALL_CITY names this folder.
id = "{name}"
version = "1"
root = "{name}"                  # key of the city itself in places.csv
reference_date = 2026-01-01      # the day the city is described on

[name]
zh = "{name}"
en = "{name}"

[calendar]
# Years whose holidays stand complete in holidays.csv. Deadlines that reach any other year are shown as provisional.
published_years = []

[regions]
# Groups of districts, used as `region` in places.csv.
centre = {{ zh = "中心", en = "Centre" }}

[counts]
# How many rows a file must have; may name {counted}.
levels = 8

# How many districts and counties there are on a date, or what the latest values of a measure in place_facts.csv add up to.
[[unit_totals]]
on = 2026-01-01
value = 1

# [[unit_totals]]
# on = 2026-01-01
# measure = "population"
# value = 100000

# Cells of a table in marginals.csv or assumptions.csv that add up to a published figure (or to `value`).
# [[sums]]
# table = "level"
# figure = "skilled.count"
"""


def new(name: str, folder: Path) -> Path:
    """Writes a commented pack called `name` into `folder`, complete enough to load, and returns its path.

    Raises AlreadyDone where something stands there, and GuildhallError for a name that cannot be a key.
    """
    try:
        identifier(name)
    except Unreadable as error:
        raise GuildhallError(f"A city cannot be called {name!r}", why=str(error), next=error.next) from None
    path = folder / name
    if path.exists():
        raise AlreadyDone(f"{path} already exists", next="choose another name or folder")
    path.mkdir(parents=True)
    (path / files.SETTINGS).write_text(_SETTINGS.format(name=name, counted=", ".join(COUNTED)), encoding="utf-8")
    rows = _first_rows(name)
    for file in files.FILES:
        _write(path / file.name, file, rows.get(file.name, ()))
    return path


def _write(path: Path, file: File[Any], rows: tuple[Mapping[str, str], ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        out.write(f"# {file.doc[0].upper()}{file.doc[1:]}. Lines that begin with # are passed over.\n")
        for column in file.columns:
            out.write(f"# {' and '.join(column.headers)}: {_described(column)}\n")
        writer.writerow(file.headers)
        writer.writerows([row.get(name, "") for name in file.headers] for row in rows)


def _described(column: Column) -> str:
    words = [column.doc]
    if column.values:
        words.append(f"one of {', '.join(filter(None, column.values))}")
    if column.ref:
        words.append("a region of city.toml" if column.ref == "regions" else f"found in {column.ref}")
    return "; ".join(words) + ("" if column.required else " (may be empty)")


def _first_rows(name: str) -> Mapping[str, tuple[Mapping[str, str], ...]]:
    """One source, the eight levels, the city and one district: the least that loads."""
    end = {"source": "own", "status": "unverified"}
    district = f"{name}-1"
    return {
        files.SOURCES.name: ({"id": "own", "title_zh": "待补充", "title_en": "To be named", "remark": "replace by documents"},),
        files.LEVELS.name: tuple(_levels(end)),
        files.PLACES.name: (
            {"place_id": name, "kind": "city", "name_zh": name, "name_en": name, **end},
            {"place_id": district, "kind": "district", "name_zh": "第一区", "name_en": "First District", "region": "centre", **end},
        ),
        files.PARENTS.name: ({"place_id": district, "parent_id": name, "relation": "administrative", **end},),
        files.TILES.name: ({"place_id": district, "column": "1", "row": "1", **end},),
    }


def _levels(end: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    either, employer = "employer_or_public_body", "employer"
    rungs = (
        ("L0", "学徒工", "apprentice", "", "no", "no", "no", employer),
        ("L5", "初级工（五级）", "junior worker", "5", "yes", "yes", "no", either),
        ("L4", "中级工（四级）", "intermediate worker", "4", "yes", "yes", "no", either),
        ("L3", "高级工（三级）", "senior worker", "3", "yes", "yes", "yes", either),
        ("L2", "技师（二级）", "technician", "2", "yes", "yes", "yes", either),
        ("L1", "高级技师（一级）", "senior technician", "1", "yes", "yes", "yes", either),
        ("LT", "特级技师", "special-grade technician", "", "yes", "yes", "yes", employer),
        ("LS", "首席技师", "chief technician", "", "no", "yes", "yes", employer),
    )
    names = ("code", "name_zh", "name_en", "national_digit", "certificate", "skilled", "high_skilled", "awarded_by")
    for ordinal, rung in enumerate(rungs, start=1):
        yield {**dict(zip(names, rung, strict=True)), "ordinal": str(ordinal), **end}


def described() -> str:
    """The page that documents a pack's files, in Markdown."""
    lines = ["# The files of a city pack", "", "Made from the declared columns; `guildhall city new NAME` writes the same as comments.", ""]
    lines += [
        "A pack is a folder with `city.toml` and the CSV files below, in UTF-8. Blank lines and lines that begin with `#` are passed over."
    ]
    lines += ["", "A status says how well a row is known:", ""]
    lines += [f"- `{status}`: {name.en} ({name.zh})" for status, name in STATUS_NAMES.items()]
    for file in files.FILES:
        lines += [
            "",
            f"## {file.name}",
            "",
            f"{file.doc[0].upper()}{file.doc[1:]}. No two rows share {_key(file)}.",
            "",
            "| column | what |",
            "|---|---|",
        ]
        lines += [f"| {', '.join(f'`{name}`' for name in column.headers)} | {_described(column)} |" for column in file.columns]
    return "\n".join(lines) + "\n"


def _key(file: File[Any]) -> str:
    return " and ".join(f"`{name}`" for name in file.key)
