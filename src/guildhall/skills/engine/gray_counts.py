"""How many are gray-collar workers under each definition: every definition folded over the facts of everybody, in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from guildhall.kernel.backends import Tables
from guildhall.kernel.disclosure import Sum, hidden
from guildhall.kernel.figures import Context
from guildhall.rules.fold import fold
from guildhall.rules.months import FIRST
from guildhall.rules.parameters import Parameters
from guildhall.rules.serial import load_rulebook, rulebook_json
from guildhall.skills.engine.gray_collar import gray_collar
from guildhall.skills.engine.gray_facts import READS, described, people
from guildhall.skills.tables import GRAY_COLLAR, GRAY_COLLAR_UNKNOWN, VERDICTS

__all__ = ["PARAMETER", "READS", "Row", "counts", "definitions", "parameter", "unknown", "withheld"]

PARAMETER = "gray_collar"
"""Name in `Context.parameters`: the rule with its definitions, as stored text."""
KEY = "min_level"
"""The parameter whose rows name the definitions."""
Row = Mapping[str, Any]
Cell = tuple[str, ...]
"""A count by its address: `group` and its verdicts; `of`, definition, verdict; `unknown`, definition, conditions."""


def parameter(parameters: Parameters) -> str:
    """What a run's identity says of the definitions."""
    return rulebook_json(gray_collar, parameters)


def definitions(parameters: Parameters, on: date) -> list[str]:
    """The names of the definitions in force on a day, in the order of the pack."""
    known = parameters.of(gray_collar.name).get(KEY)
    held = [version for version in (known.versions if known else ()) if version.holds_on(on) and isinstance(version.value, tuple)]
    return list(dict.fromkeys(str(row[0][0]) for version in held for row in version.value))  # type: ignore[index,union-attr]


def counts(tables: Tables, context: Context) -> pa.Table:
    """People by what the definitions say of them together."""
    found = _grouped(tables, context)
    named = definitions(_parameters(context), context.on)
    people: Counter[str] = Counter()
    for row in found:
        people[";".join(f"{name}={row[f'outcome_{n}']}" for n, name in enumerate(named))] += row["people"]
    return GRAY_COLLAR.build({"verdicts": sorted(people), "people": [people[key] for key in sorted(people)]})


def unknown(tables: Tables, context: Context) -> pa.Table:
    """People whom a definition cannot place, by the conditions that are not known."""
    named, conditions = definitions(_parameters(context), context.on), tuple(gray_collar.conditions)
    people: Counter[tuple[str, str]] = Counter()
    for row in _grouped(tables, context):
        for n, name in enumerate(named):
            if row[f"outcome_{n}"] == VERDICTS[2]:
                open_ = [condition for bit, condition in enumerate(conditions) if row[f"unknown_{n}"] >> bit & 1]
                people[name, "+".join(open_)] += row["people"]
    keys = sorted(people)
    columns = {"definition": [key[0] for key in keys], "conditions": [key[1] for key in keys]}
    return GRAY_COLLAR_UNKNOWN.build({**columns, "people": [people[key] for key in keys]})


def _parameters(context: Context) -> Parameters:
    return load_rulebook(context.parameters[PARAMETER]).parameters


def _grouped(tables: Tables, context: Context) -> list[dict[str, Any]]:
    """People by outcome and open conditions under every definition: a few rows; none where a pack has no definition."""
    if not definitions(_parameters(context), context.on):
        return []
    return tables.rows(tables.once("skills.gray_collar", lambda _: _decided(tables, context)))


def _decided(tables: Tables, context: Context) -> Any:
    """Each distinct case once with its number of people, decided under every definition: one row for each, so that one fold decides all."""
    people_ = people(tables, context.on)
    alike = people_.mutate(birth_month=_plausible(people_.birth_month, context.on)).group_by("birth_month", "education", "ranked", "code")
    alike = tables.once("skills.gray_alike", lambda _: alike.agg(people=lambda t: t.count()))
    rows = described(tables, alike, context.on)
    asked = [name for name in gray_collar.reads if name not in ("definition", "worker_id")]
    cases = rows.group_by(asked).agg(people=lambda t: t.people.sum())
    parameters = _parameters(context)
    named = definitions(parameters, context.on)
    cases = tables.once("skills.gray_cases", lambda _: cases.mutate(definition=ibis.array(named).unnest()))
    folded = fold(gray_collar, parameters, context.on, keep=[*asked, "definition", "people"])(cases)
    told: dict[str, Any] = {}
    for n, name in enumerate(named):
        told |= {f"{what}_{n}": folded[what].max(where=folded.definition == name) for what in ("outcome", "unknown")}
    alike = folded.group_by(asked).agg(**told, people=folded.people.max())
    return alike.group_by([*told]).agg(people=lambda t: t.people.sum().cast("int64"))


def _plausible(born: Any, on: date) -> Any:
    """One day for every birth that can be right, as no definition asks for an age: few cases stand for many people."""
    return ((born >= FIRST) & (born <= on)).ifelse(ibis.literal(FIRST, type="date"), born)


def withheld(groups: Iterable[Row], unknowns: Iterable[Row], named: Sequence[str]) -> frozenset[Cell]:
    """The counts that stay hidden, asked of the one rule over everything the page shows: groups, each definition's totals, what is open."""
    cells: dict[Cell, int] = {("group", row["verdicts"]): row["people"] for row in groups}
    together = list(cells)
    sums = []
    for n, name in enumerate(named):
        for verdict in VERDICTS:
            parts = tuple(cell for cell in together if cell[1].split(";")[n] == f"{name}={verdict}")
            cells["of", name, verdict] = sum(cells[cell] for cell in parts)
            sums.append(Sum[Cell](("of", name, verdict), parts))
        open_: dict[Cell, int] = {("unknown", name, row["conditions"]): row["people"] for row in unknowns if row["definition"] == name}
        cells |= open_
        sums.append(Sum[Cell](("of", name, VERDICTS[2]), tuple(open_)))
    cells["all",] = sum(cells[cell] for cell in together)
    sums += [Sum[Cell](("all",), tuple(("of", name, verdict) for verdict in VERDICTS)) for name in named]
    return hidden(cells, sums, open_cells=frozenset({("all",)}))
