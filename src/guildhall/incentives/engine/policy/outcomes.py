"""What one rule comes to over kept facts: totals, groups, reasons, rows that cannot be right; and the difference a change makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from guildhall.incentives.engine.policy.disclosure import of_outcomes
from guildhall.incentives.engine.policy.groups import groups, month_named
from guildhall.incentives.engine.policy.kept import extents
from guildhall.incentives.engine.subjects import BY_TABLE
from guildhall.incentives.tables.policy import EXTENTS, KEPT, POLICY, POLICY_BAD, POLICY_HIDDEN, POLICY_REASONS
from guildhall.kernel.backends import Tables
from guildhall.kernel.tables import Table
from guildhall.rules import population
from guildhall.rules.fold import fold
from guildhall.rules.parameters import Parameters
from guildhall.rules.rulebook import Rule
from guildhall.rules.usable import Extents

MOST_BAD = 1000
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Law:
    """A rule with the parameters it is decided by, asked on a day."""

    rule: Rule
    parameters: Parameters
    on: date

    def fold(self, known: Extents, keep: Sequence[str] = ()) -> Callable[[Any], Any]:
        """A function that decides a whole table of facts; of its columns only those the rule reads, and `keep`, go on."""
        decide = fold(self.rule, self.parameters, self.on, extents=known)
        wanted = {*self.rule.reads, *keep}
        return lambda facts: decide(facts.select(*(name for name in facts.columns if name in wanted)))


def known(tables: Tables, name: str, before: str = "") -> Extents:
    """What lies in the columns of a kept facts table."""
    return extents(KEPT[name], tables.rows(tables[f"{before}{EXTENTS.name}"]))


def outcomes(tables: Tables, law: Law) -> Iterator[tuple[Table, pa.Table]]:
    """The result tables of one rule over the kept facts it reads: the fold runs once, everything else reads what it found."""
    rule = law.rule
    facts = tables[rule.facts]
    folded = law.fold(known(tables, rule.facts), grouped(rule))(facts)
    who = f"{BY_TABLE[rule.facts].claimant}_id" if rule.facts != "incentives.hire_facts" else "worker_id"
    key = KEPT[rule.facts].key
    named = groups(rule, folded, law.on)
    slim = folded.select(*key, *({who} - {*key}), *_COLUMNS, **{f"by_{name}": sql for name, sql in named.items()})
    held = tables.once(f"policy.{rule.name}", lambda _: slim)
    rows: list[Row] = [{"rule": rule.name, "by": "all", "part": "", **_totals(tables, held, who)}]
    for name in named:
        for row in tables.rows(population.by(held, held[f"by_{name}"])):
            part = month_named(row["part"]) if name == "month" else row["part"]
            rows.append({"rule": rule.name, "by": name, **row, "part": part, "entitled_people": None, "possible_people": None})
    yield POLICY, _table(POLICY, rows)
    reasons = list(population.read_reasons(rule, tables.rows(population.reasons(rule, held))[0]))
    yield POLICY_REASONS, _table(POLICY_REASONS, [{"rule": rule.name, **vars_of(reason)} for reason in reasons])
    secret = of_outcomes(rows, {reason.name: reason.cases for reason in reasons if reason.kind == "only"})
    hidden: list[Row] = [{"rule": rule.name, "by": by, "part": part, "count": count} for by, part, count in sorted(secret)]
    yield POLICY_HIDDEN, _table(POLICY_HIDDEN, hidden)
    yield POLICY_BAD, _table(POLICY_BAD, list(_bad(tables, rule, held)))


_COLUMNS = ("outcome", "value", "amount", "failed", "unknown", "bad")


def _totals(tables: Tables, held: Any, who: str) -> Row:
    measured = {**population.measures(held), **population.claimants(held, held[who])}
    found: Row = tables.rows(held.aggregate(**measured))[0]
    return found


def _bad(tables: Tables, rule: Rule, held: Any) -> Iterator[Row]:
    key = KEPT[rule.facts].key
    for row in tables.rows(population.bad_rows(held, key, MOST_BAD)):
        inputs = ", ".join(population.bad_inputs(rule, row["bad"]))
        yield {"rule": rule.name, "table": rule.facts, "row": "/".join(str(row[name]) for name in key), "inputs": inputs}


def vars_of(reason: population.Reason) -> Row:
    """A reason as a row of POLICY_REASONS, without its rule."""
    return {"kind": reason.kind, "condition": reason.name, "cases": reason.cases}


def _table(declared: Table, rows: list[Row]) -> pa.Table:
    return declared.build({column.name: [row[column.name] for row in rows] for column in declared.columns})


def change(tables: Tables, before: Law, after: Law, by: str = "") -> list[Row]:
    """What another law does to the same kept facts, in all or by one dimension: rows of `population.difference`, in one scan."""
    name = before.rule.facts
    lies = known(tables, name)
    names = [*grouped(before.rule), *(f"{population.BEFORE}{column}" for column in population.COMPARED)]
    compared = population.both(tables[name], before.fold(lies, [*names, *after.rule.reads]), after.fold(lies, names))
    return _differences(tables, compared, after, by)


def between(tables: Tables, before: Law, after: Law, earlier: str, by: str = "") -> list[Row]:
    """The difference between two days: the kept facts of the first stand under names that begin with `earlier`."""
    name, key = before.rule.facts, KEPT[before.rule.facts].key
    wanted = grouped(before.rule)
    first = before.fold(known(tables, name, earlier), wanted)(tables[f"{earlier}{name}"])
    second = after.fold(known(tables, name), wanted)(tables[name])
    others = ("place", "cluster", "birth_month", "level", "highest_level", before.rule.governed_by)
    kept = [column for column in dict.fromkeys(others) if column in second.columns and column not in key]
    return _differences(tables, population.matched(first, second, key, kept), after, by)


def _differences(tables: Tables, compared: Any, law: Law, by: str) -> list[Row]:
    if not by:
        return [{"part": "", **row} for row in tables.rows(population.difference(compared))]
    group = groups(law.rule, compared, law.on).get(by)
    if group is None:
        return []
    return named_parts(tables.rows(population.difference(compared, group)), by)


def named_parts(rows: list[dict[str, Any]], by: str) -> list[Row]:
    """Rows with months as people write them."""
    return [{**row, "part": month_named(row["part"]) if by == "month" else row["part"]} for row in rows]


def grouped(rule: Rule) -> tuple[str, ...]:
    """The columns of the facts that cases are told apart and grouped by."""
    columns = {column.name for column in KEPT[rule.facts].columns}
    named = ("place", "cluster", "birth_month", "level", "highest_level", "worker_id", "organisation_id", rule.governed_by)
    return tuple(name for name in dict.fromkeys((*KEPT[rule.facts].key, *named)) if name in columns)
