"""A new pack to fill in, and the page that describes the files of a pack; both follow from the declared columns."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guildhall.city import example, files
from guildhall.city.columns import Column, File, Unreadable, identifier
from guildhall.city.rulefiles import UNITS
from guildhall.city.totals import COUNTED, SHARE, TOLERANCE
from guildhall.kernel.dated import STATUS_NAMES
from guildhall.kernel.errors import AlreadyDone, GuildhallError

_SETTINGS = """\
# A city pack. This file names the city; the CSV files beside it hold everything else, each row with source and status.
# It can be tried as it stands:
#   guildhall city check {name}
#   GUILDHALL_CITY={name} guildhall demo
# Every number in it is an example. Replace the rows that say so, and name the document behind each in sources.csv:
# figures.csv first (what the synthetic people are fitted to), then places, parks, and assumptions.csv last.
id = "{name}"
version = "1"
root = "{name}"                  # key of the city itself in places.csv
reference_date = 2026-01-30      # the day the city is described on

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
on = 2026-01-30
value = 1

# [[unit_totals]]
# on = 2026-01-30
# measure = "population"
# value = 2400000

# Cells of a table in marginals.csv or assumptions.csv that add up to a published figure (or to `value`).
# [[sums]]                       # the certified levels; special-grade and chief technicians are figures of their own
# table = "level_split"
# value = 399600
"""


def new(name: str, folder: Path) -> Path:
    """Writes a commented pack called `name` into `folder`, that checks clean and can be built from at once, and returns its path.

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
    rows = example.rows(name)
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
    if column.range:
        words.append(column.range)
    if column.ref:
        words.append("a region of city.toml" if column.ref == "regions" else f"found in {column.ref}")
    return "; ".join(words) + ("" if column.required else " (may be empty)")


def described() -> str:
    """The page that documents a pack's files, in Markdown."""
    lines = ["# The files of a city pack", "", "Made from the declared columns; `guildhall city new NAME` writes the same as comments.", ""]
    lines += [
        "A pack is a folder with `city.toml` and the CSV files below, in UTF-8. Blank lines and lines that begin with `#` are passed over."
    ]
    lines += ["", "A status says how well a row is known:", ""]
    lines += [f"- `{status}`: {name.en} ({name.zh})" for status, name in STATUS_NAMES.items()]
    lines += [
        "",
        f"A table of the last two files with the one unit `{SHARE}` is a distribution: its columns add up to 1, give or take {TOLERANCE}.",
    ]
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
    return "\n".join([*lines, *_rules()]) + "\n"


def _rules() -> list[str]:
    """What stands in a file of `rules/`."""
    lines = ["", "## rules/", "", _RULES, "", "| unit | what |", "|---|---|", *(f"| `{unit}` | {what} |" for unit, what in UNITS.items())]
    return [*lines, "", "A small file that loads:", "", "```toml", _RULE.strip(), "```"]


_RULES = """\
One TOML file for each instrument of policy, called like its rule; a pack may have none. It has `title`, `channel`, `checked_on`,
its documents and its parameters. Text is written `{ zh = "…", en = "…" }`; `number`, `address`, `published` and `note` may be left out;
`held = false` marks what stands in the place of a document, such as a recollection: officers then name the document that sets a value.

A parameter has a `title`, a `unit` and versions. A version has `from` and `until` (the first day it no longer holds; left out: to
this day), a `jurisdiction` (`CN`, the two digits of a province, or the key of a place), a `document`, an `article` where it is known,
a `status`, and its value in one of four ways: `value`; `values`, rows of a table whose keys are named in `by`; `members`, a list of
words; `scale`, steps `{ from, value }`. `edition` limits it to that edition of the occupation's standard. In place of a value,
`missing` says why there is none: the answer for those days is undetermined.

On every day on which one parameter of an instrument has a value, each of the others has one too or says that it is missing, in a
text of the nation or of this city; versions of one jurisdiction and edition never overlap.

`caps = "amount"` makes a parameter the cap of another: no amount passes it, unless its version names
in `uplift` the document that allows it, for the rows that `uplift` of the parameter names."""
_RULE = """
title = { zh = "补贴", en = "Subsidy" }
channel = "claim"                # claim, automatic, tax, bank, attestation; none while no rule reads it
checked_on = 2026-11-20          # when the file was last compared with its documents

[document.notice]
number = "2023-1"
title = { zh = "通知", en = "Notice" }
issuer = { zh = "市人社局", en = "Municipal bureau" }
published = 2023-07-28

[parameter.amount]
title = { zh = "标准", en = "amount" }
unit = "fen"
by = ["level"]

[[parameter.amount.version]]
from = 2023-07-28
until = 2026-01-01
jurisdiction = "CN"
document = "notice"
status = "official"
values = [{ level = "L5", value = 100000 }, { level = "L4", value = 150000 }]

[[parameter.amount.version]]
from = 2026-01-01
jurisdiction = "CN"
missing = { zh = "未找到2026年的文件", en = "no instrument of 2026 was found" }
"""


def _key(file: File[Any]) -> str:
    return " and ".join(f"`{name}`" for name in file.key)
