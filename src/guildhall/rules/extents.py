"""What is known of a table before a rule is asked of it: least and greatest values, whether anything is empty, the words it holds.

Of a Parquet file most of it stands in the footer and costs nothing. A fold leaves out every test that this already answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from guildhall.kernel.backends import Tables
from guildhall.rules.rulebook import Rule
from guildhall.rules.usable import ANYTHING, Extent, Extents


def of_table(tables: Tables, facts: Any, rules: Iterable[Rule], *, file: Path | None = None) -> Extents:
    """The extents of what these rules read in a facts table, from the footer of its Parquet `file` where there is one.

    The words of closed lists and of places are always read from the table: no footer has them all.
    """
    read = {name: rule.inputs[name] for rule in rules for name in rule.reads}
    counted = {name for name, given in read.items() if given.type in ("whole", "date")}
    found = dict(of_file(file, read)) if file else _counted(tables, facts, counted)
    places = {rule.place for rule in rules if rule.place}
    for name, given in read.items():
        if given.type == "word" and (given.values or name in places):
            words = [row[name] for row in tables.rows(facts.select(name).distinct())]
            found[name] = Extent(empty=None in words, words=frozenset(word for word in words if word is not None))
    return found


def _counted(tables: Tables, facts: Any, names: Iterable[str]) -> dict[str, Extent]:
    asked = {f"{what} {name}": getattr(facts[name], call)() for name in names for what, call in (("low", "min"), ("high", "max"))}
    asked |= {f"empty {name}": facts[name].isnull().any() for name in names}
    if not asked:
        return {}
    row = tables.rows(facts.aggregate(**asked))[0]
    return {name: Extent(row[f"low {name}"], row[f"high {name}"], row[f"empty {name}"] is not False) for name in names}


def of_file(file: Path, names: Iterable[str]) -> Extents:
    """The extents that the footer of a Parquet file gives; a column without statistics in any part of it is left out."""
    footer = pq.read_metadata(file)
    places = {footer.schema.column(at).path: at for at in range(footer.num_columns)}
    found = ((name, _of_column(footer, places[name])) for name in names if name in places)
    return {name: extent for name, extent in found if extent is not None}


def _of_column(footer: pq.FileMetaData, at: int) -> Extent | None:
    parts = list(_parts(footer, at))
    if not parts or None in parts:
        return None
    whole = [part for part in parts if part is not None]
    lows, highs = [part.low for part in whole if part.low is not None], [part.high for part in whole if part.high is not None]
    empty = any(part.empty for part in whole)
    return Extent(min(lows, default=None), max(highs, default=None), empty)


def _parts(footer: pq.FileMetaData, at: int) -> Iterator[Extent | None]:
    for group in range(footer.num_row_groups):
        column = footer.row_group(group).column(at)
        known = column.statistics
        if known is None or not known.has_null_count:
            yield None
        elif not known.has_min_max:
            yield Extent() if known.null_count == column.num_values else None
        elif isinstance(known.min, (int, date)) and not isinstance(known.min, bool):
            yield Extent(known.min, known.max, known.null_count > 0)
        else:
            yield replace(ANYTHING, empty=known.null_count > 0)
