"""The extents of a table that has no footer: read from its rows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from guildhall.kernel.backends import Tables
from guildhall.rules import Rule
from guildhall.rules.extents import of_file
from guildhall.rules.usable import Extent, Extents


def of_table(tables: Tables, facts: Any, rules: Iterable[Rule], *, file: Path | None = None) -> Extents:
    """The extents of what these rules read in a facts table, from the footer of its Parquet `file` where there is one.

    The words of closed lists and of places are always read from the table: no footer has them all.
    """
    read = {name: rule.inputs[name] for rule in rules for name in rule.reads}
    counted = {name for name, given in read.items() if given.type in ("whole", "date", "flag")}
    found = dict(of_file(file, read)) if file else _counted(tables, facts, counted)
    places = {rule.place for rule in rules if rule.place}
    for name, given in read.items():
        if given.type == "word" and (given.values or name in places):
            words = [row[name] for row in tables.rows(facts.select(name).distinct())]
            found[name] = Extent(empty=None in words, words=frozenset(word for word in words if word is not None), void={*words} <= {None})
    return found


def _counted(tables: Tables, facts: Any, names: Iterable[str]) -> dict[str, Extent]:
    asked = {f"{what} {name}": getattr(facts[name], call)() for name in names for what, call in (("low", "min"), ("high", "max"))}
    asked |= {f"empty {name}": facts[name].isnull().any() for name in names} | {
        f"void {name}": facts[name].isnull().all() for name in names
    }
    if not asked:
        return {}
    row = tables.rows(facts.aggregate(**asked))[0]
    return {
        name: Extent(row[f"low {name}"], row[f"high {name}"], row[f"empty {name}"] is not False, void=row[f"void {name}"] is not False)
        for name in names
    }
