"""Cases that a change of one figure can touch, kept with what the rule says of them, so that a change decides nothing else again.

A case is touched only where the figure is read on a day on which the changed versions hold, and where no condition fails that does
not read it. Of such cases only the conditions that do, and the amount, have to be worked out: what the rest say is kept as two masks.
All other cases are as they were, and their counts stand in the run. `change` gives the same from the facts alone, and a test holds
the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import pyarrow as pa

from guildhall.incentives.engine.policy.changes import Change, changed, figures
from guildhall.incentives.engine.policy.groups import groups
from guildhall.incentives.engine.policy.kept import Seen, as_kept, extents
from guildhall.incentives.engine.policy.outcomes import Law, grouped, known, named_parts
from guildhall.incentives.tables.policy import DIMENSIONS, EXTENTS, KEPT
from guildhall.kernel.backends import Tables
from guildhall.kernel.tables import COUNT, NAME, Column, Table, Text
from guildhall.rules import population
from guildhall.rules.expressions import InputRef, Node, ParameterRef, walk
from guildhall.rules.parameters import Parameter
from guildhall.rules.rulebook import Rule

Row = Mapping[str, Any]
Sql = Any
CASES = "incentives.policy_cases"
SAID = ("outcome", "value", "amount", "failed", "unknown")
MARK, GROUP = "said_", "by_"
SIDES = (population.BEFORE, population.AFTER)
COUNTS = ("entitled", "undetermined", "low", "possible", "unpriced")


@dataclass(frozen=True)
class Reach:
    """What a change of one figure can touch: the conditions that read it, as a mask, and the days on which what changes is read.

    `columns` hold the day that selects the version; none where it is worked out, and any day may be one.
    """

    bits: int
    columns: tuple[str, ...]
    spans: tuple[tuple[date | None, date | None], ...]

    def on_a_day(self, rows: Sql) -> Sql:
        """Whether what changes is read in a row."""
        if not self.spans or not self.columns:
            return ibis.literal(bool(self.spans))
        return reduce(or_, (_within(rows[column], *span) for column in self.columns for span in self.spans))

    def touches(self, failed: Sql) -> Sql:
        """Whether no other condition fails."""
        return (failed & ~self.bits) == 0


def _within(day: Sql, start: date | None, end: date | None) -> Sql:
    tests = ([day >= start] if start else []) + ([day < end] if end else [])
    return reduce(and_, tests) if tests else day.notnull()


def reach(rule: Rule, before: Parameter, after: Parameter) -> Reach:
    """What the step from one to the other can touch."""
    pairs = zip(before.versions, after.versions, strict=True)
    spans = dict.fromkeys((old.valid_from, old.valid_until) for old, new in pairs if old != new)
    days = [rule.governed_by if node.at is None else _column(node.at) for node in _reading(rule, before.name)]
    return Reach(affected(rule, before.name), tuple(dict.fromkeys(day for day in days if day)) if all(days) else (), tuple(spans))


def _column(day: Node) -> str:
    return day.name if isinstance(day, InputRef) else ""


def _reading(rule: Rule, parameter: str) -> Iterator[ParameterRef]:
    """Where a rule reads a parameter."""
    trees = (*rule.conditions.values(), rule.result.value, rule.result.cap)
    nodes = (node for tree in trees if tree is not None for node in walk(tree))
    return (node for node in nodes if isinstance(node, ParameterRef) and node.name == parameter)


def affected(rule: Rule, parameter: str) -> int:
    """The conditions that read a figure, as a mask."""
    reading = (any(isinstance(node, ParameterRef) and node.name == parameter for node in walk(tree)) for tree in rule.conditions.values())
    return sum(1 << bit for bit, reads in enumerate(reading) if reads)


def reaches(law: Law) -> list[Reach]:
    """What a change of any of its figures can touch, each once."""
    found: dict[Reach, None] = {}
    held = law.parameters.of(law.rule.name)
    for figure in figures(held, law.rule, law.on):
        assert figure.value is not None
        asked = Change(law.rule.name, figure.parameter.name, figure.key, figure.value + 1)
        after = changed(law.parameters, asked, law.on).of(law.rule.name)
        found[reach(law.rule, figure.parameter, after[figure.parameter.name])] = None
    return [*found]


def declared(rule: Rule) -> Table:
    """The table of kept cases of a rule: what it reads, what it says, and what cases are grouped by."""
    facts = KEPT[rule.facts]
    said = [Column(f"{MARK}{name}", NAME if name == "outcome" else COUNT, Text(name, name), nullable=True) for name in SAID]
    parts_ = [Column(f"{GROUP}{name}", NAME, Text(name, name)) for name in DIMENSIONS]
    return Table(CASES, facts.doc, (*(replace(facts.column(name), nullable=True) for name in rule.reads), *said, *parts_), ())


def parts(tables: Tables, law: Law, seen: Seen) -> Iterator[pa.Table]:
    """The cases to keep, part by part, from the facts; what lies in their columns is noted in `seen`."""
    rule, table = law.rule, declared(law.rule)
    facts, all_reaches = tables[rule.facts], reaches(law)
    facts = facts.filter(_any(each.on_a_day(facts) for each in all_reaches))
    folded = law.fold(known(tables, rule.facts), grouped(rule))(facts)
    rows = folded.filter((folded.bad == 0) & _any(each.on_a_day(folded) & each.touches(folded.failed) for each in all_reaches))
    for part in tables.parts(_cases(rule, rows, groups(rule, rows, law.on))):
        kept = as_kept(part, table)
        seen.see(kept.select(list(rule.reads)))
        yield kept


def _any(tests: Iterable[Sql]) -> Sql:
    return reduce(or_, tests, ibis.literal(False))


def _cases(rule: Rule, rows: Sql, named: Mapping[str, Sql]) -> Sql:
    by = {name: named.get(name, ibis.literal("")) for name in DIMENSIONS}
    said = {f"{MARK}{name}": rows[name] for name in SAID}
    return rows.select(*rule.reads, **said, **{f"{GROUP}{name}": sql for name, sql in by.items()})


def reduced(rule: Rule, bits: int) -> Rule:
    """The rule with these conditions alone; its amount and cap stay."""
    kept = {name: tree for bit, (name, tree) in enumerate(rule.conditions.items()) if bits >> bit & 1}
    conditions = replace(rule.result.conditions, parts=tuple(kept.values()), names=tuple(kept))
    return replace(rule, result=replace(rule.result, conditions=conditions), says={})


def change_of_open(tables: Tables, before: Law, after: Law, parameter: str, by: str, whole: Iterable[Row]) -> list[Row]:
    """What changing one figure does, by one dimension, as rows of `population.difference`.

    `tables` are the kept cases with their extents; `whole` are the counts of all cases in the run, a row for each part.
    """
    rule = after.rule
    found = reach(rule, before.parameters.of(rule.name)[parameter], after.parameters.of(rule.name)[parameter])
    touched = named_parts(tables.rows(_difference(tables, after, found, by)), by) if found.spans else []
    return with_the_rest(touched, whole)


def _difference(tables: Tables, law: Law, found: Reach, by: str) -> Sql:
    rows = tables[CASES]
    rows = rows.filter(found.on_a_day(rows) & found.touches(rows[f"{MARK}failed"]))
    rows = rows.mutate(others=(rows[f"{MARK}unknown"] & ~found.bits) == 0)
    some = replace(law, rule=reduced(law.rule, found.bits))
    lies = extents(KEPT[law.rule.facts], tables.rows(tables[EXTENTS.name]))
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
    return population.difference(compared, compared.part)


def with_the_rest(touched: Iterable[Row], whole: Iterable[Row]) -> list[Row]:
    """Rows of a difference over some cases, made rows over all: nothing becomes of the others."""
    found = {row["part"]: row for row in touched}
    return [_with_the_rest(found.get(row["part"], {}), row) for row in whole]


def _with_the_rest(touched: Row, whole: Row) -> Row:
    turned = {name: touched.get(name, 0) for name in ("gained", "dropped", "winners", "losers")}
    counts = {
        f"{side}{name}": whole[name] + (touched.get(f"{side}{name}", 0) - touched.get(f"{population.BEFORE}{name}", 0))
        for side in SIDES
        for name in COUNTS
    }
    return {"part": whole["part"], "cases": whole["cases"], **turned, **counts}
