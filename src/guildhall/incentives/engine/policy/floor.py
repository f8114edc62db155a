"""What benefits come to at the least: of those that exclude each other, or are paid once for a person, one case of each person counts.

Cases are decided one by one, as if each were claimed alone. Their sum is what all of them would cost together, which is more than can
be granted where a person has several cases of one benefit that is paid once, or cases of benefits that bar each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

import pyarrow as pa

from guildhall.incentives.engine.policy.outcomes import Law, known
from guildhall.incentives.engine.subjects import ONCE_BY
from guildhall.incentives.tables.policy import POLICY_FLOOR
from guildhall.kernel.backends import Tables
from guildhall.rules.fold import column, fold_all
from guildhall.rules.rulebook import Rule

PERSON = "worker_id"


def rivals(rules: Iterable[Rule]) -> list[tuple[Rule, ...]]:
    """Groups of rules of which a person is sure of one case at the most: those that exclude each other, and each that is paid once.

    Spouses of a household to which something is paid once count as two persons here, as no facts say who is whose.
    """
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.excludes or rule.name in ONCE_BY:
            group = next((found[name] for name in rule.excludes if name in found), [])
            group.append(rule)
            found[rule.name] = group
    return [tuple(group) for group in {id(group): group for group in found.values()}.values()]


def floor(tables: Tables, laws: Sequence[Law]) -> pa.Table:
    """One row of POLICY_FLOOR: how many persons are entitled to any of the rules, and what the least case of each comes to."""
    rules, first = [law.rule for law in laws], laws[0]
    decide = fold_all(rules, first.parameters, first.on, extents=known(tables, first.rule.facts), keep=(PERSON,))
    reads = {PERSON, *(name for rule in rules for name in rule.reads)}
    facts = tables[first.rule.facts]
    folded = decide(facts.select(*(name for name in facts.columns if name in reads)))
    values = [folded[column(rule, "value")] for rule in rules]
    least = reduce(_lesser, values)
    cases = folded.select(person=folded[PERSON], least=least).filter(lambda t: t.least.notnull())
    each = cases.group_by("person").agg(least=cases.least.min())
    row = tables.rows(each.aggregate(people=each.count().cast("int64"), low=_whole(each.least.sum())))[0]
    return POLICY_FLOOR.build({"rules": ["+".join(rule.name for rule in rules)], "people": [row["people"]], "low": [row["low"]]})


def _lesser(one: Any, other: Any) -> Any:
    """The lesser of two, or the one that is known."""
    import ibis

    return ibis.least(one.coalesce(other), other.coalesce(one))


def _whole(total: Any) -> Any:
    return total.fill_null(0).cast("decimal(38, 0)").cast("int64")
