"""Cases that a change of one figure can touch, kept with what the rule says of them, so that a change decides nothing else again.

A case stays refused while any condition fails that does not read the figure. Of the others only the conditions that do, and the
amount, have to be worked out: what the rest say is kept as two masks. `change` gives the same from the facts alone, and a test
holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

import pyarrow as pa

from guildhall.incentives.engine.policy.groups import groups
from guildhall.incentives.engine.policy.kept import as_kept
from guildhall.incentives.engine.policy.outcomes import Law, grouped, known, named_parts
from guildhall.incentives.tables.policy import DIMENSIONS, KEPT
from guildhall.kernel.backends import Tables
from guildhall.kernel.tables import COUNT, NAME, Column, Table, Text
from guildhall.rules import population
from guildhall.rules.expressions import ParameterRef, walk
from guildhall.rules.rulebook import Rule

Row = Mapping[str, Any]
Sql = Any
CASES = "incentives.policy_cases"
SAID = ("outcome", "value", "amount", "failed", "unknown")
MARK, GROUP = "said_", "by_"


def declared(rule: Rule) -> Table:
    """The table of kept cases of a rule: what it reads, what it says, and what cases are grouped by."""
    facts = KEPT[rule.facts]
    said = [Column(f"{MARK}{name}", NAME if name == "outcome" else COUNT, Text(name, name), nullable=True) for name in SAID]
    parts_ = [Column(f"{GROUP}{name}", NAME, Text(name, name)) for name in DIMENSIONS]
    return Table(CASES, facts.doc, (*(replace(facts.column(name), nullable=True) for name in rule.reads), *said, *parts_), ())


def cases(rule: Rule, folded: Sql, named: Mapping[str, Sql]) -> Sql:
    """Of folded facts, the cases that a change of some one figure can touch."""
    import ibis

    touching = {affected(rule, name) for name in rule.parameters} | {0}
    open_ = reduce(or_, ((folded.failed & ~bits) == 0 for bits in sorted(touching)))
    rows = folded.filter((folded.bad == 0) & open_)
    by = {name: named.get(name, ibis.literal("")) for name in DIMENSIONS}
    said = {f"{MARK}{name}": rows[name] for name in SAID}
    return rows.select(*rule.reads, **said, **{f"{GROUP}{name}": sql for name, sql in by.items()})


def affected(rule: Rule, parameter: str) -> int:
    """The conditions that read a figure, as a mask."""
    reading = (any(isinstance(node, ParameterRef) and node.name == parameter for node in walk(tree)) for tree in rule.conditions.values())
    return sum(1 << bit for bit, reads in enumerate(reading) if reads)


def reduced(rule: Rule, bits: int) -> Rule:
    """The rule with these conditions alone; its amount and cap stay."""
    kept = {name: tree for bit, (name, tree) in enumerate(rule.conditions.items()) if bits >> bit & 1}
    conditions = replace(rule.result.conditions, parts=tuple(kept.values()), names=tuple(kept))
    return replace(rule, result=replace(rule.result, conditions=conditions), says={})


def parts(tables: Tables, law: Law) -> Iterator[pa.Table]:
    """The cases to keep, part by part, from the facts."""
    rule, table = law.rule, declared(law.rule)
    folded = law.fold(known(tables, rule.facts), grouped(rule))(tables[rule.facts])
    for part in tables.parts(cases(rule, folded, groups(rule, folded, law.on))):
        yield as_kept(part, table)


def change_of_open(tables: Tables, law: Law, parameter: str, by: str) -> list[Row]:
    """What changing one figure does, by one dimension: `law` is the changed one. As rows of `population.difference`, without `cases`
    of those that nothing can touch; the tables are those of the kept cases, with the extents of the facts they are of.
    """
    import ibis

    rule, bits = law.rule, affected(law.rule, parameter)
    rows = tables[CASES]
    rows = rows.filter((rows[f"{MARK}failed"] & ~bits) == 0)
    rows = rows.mutate(others=(rows[f"{MARK}unknown"] & ~bits) == 0)
    some = replace(law, rule=reduced(rule, bits))
    lies = known(tables, rule.facts, "facts.")
    names = [f"{MARK}{name}" for name in population.COMPARED] + [f"{GROUP}{by}", "others"]
    decided = some.fold(lies, names)(rows)
    entitled = (decided.outcome == population.ENTITLED) & decided.others
    outcome = ibis.cases(
        (decided.outcome == population.REFUSED, population.REFUSED), (entitled, population.ENTITLED), else_=population.UNDETERMINED
    )
    before = {f"{population.BEFORE}{name}": decided[f"{MARK}{name}"] for name in population.COMPARED}
    after = {
        f"{population.AFTER}outcome": outcome,
        f"{population.AFTER}value": ibis.cases((entitled, decided.value)),
        f"{population.AFTER}amount": decided.amount,
    }
    compared = decided.select(part=decided[f"{GROUP}{by}"], **before, **after)
    return named_parts(tables.rows(population.difference(compared, compared.part)), by)
