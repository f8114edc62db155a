"""What a rule comes to over a whole table: people and money by group, who misses one condition, and what a change would do.

Everything reads the columns that `fold` adds. Undetermined cases are counted apart: their amount, where it is known, lies between
the cost of those entitled and the upper end; where it is not, they are counted as `unpriced`, and the upper end is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from guildhall.rules.decisions import OUTCOMES
from guildhall.rules.rulebook import Rule

Table: TypeAlias = Any
"""An Ibis table; Ibis ships no types."""
Sql: TypeAlias = Any
ENTITLED, REFUSED, UNDETERMINED = OUTCOMES
BEFORE, AFTER = "before_", "after_"
COMPARED = ("outcome", "value", "amount")
Kind: TypeAlias = Literal["only", "fails", "unknown", "bad"]
KINDS: tuple[Kind, ...] = ("only", "fails", "unknown", "bad")


@dataclass(frozen=True)
class Reason:
    """How many cases a condition, or an input, decides.

    `only`: refused for this condition and no other, everything else known. `fails`: refused, whatever else. `unknown`: undetermined,
    and this condition is among what is not known. `bad`: the input holds what cannot be right.
    """

    kind: Kind
    name: str
    cases: int


def totals(folded: Table) -> Table:
    """One row over all cases: see `measures`."""
    return folded.aggregate(**measures(folded))


def by(folded: Table, group: Sql) -> Table:
    """One row for each value of `group`, in `part`: see `measures`."""
    rows = folded.mutate(part=group)
    return rows.group_by("part").agg(**measures(rows))


def measures(folded: Table) -> dict[str, Sql]:
    """Cases by outcome; `low`, what those entitled get; `possible`, what is known of the amounts of the undetermined; `unpriced`, of
    how many of these nothing is known. All int64.
    """
    entitled, undetermined = folded.outcome == ENTITLED, folded.outcome == UNDETERMINED
    return {
        "cases": _whole(folded.count()),
        "entitled": _whole(folded.count(where=entitled)),
        "refused": _whole(folded.count(where=folded.outcome == REFUSED)),
        "undetermined": _whole(folded.count(where=undetermined)),
        "low": _sum(folded.value, entitled),
        "possible": _sum(folded.amount, undetermined),
        "unpriced": _whole(folded.count(where=undetermined & folded.amount.isnull())),
    }


def claimants(folded: Table, who: Sql) -> dict[str, Sql]:
    """How many different claimants are entitled, and how many may be: those with an undetermined case besides."""
    entitled, undetermined = folded.outcome == ENTITLED, folded.outcome == UNDETERMINED
    return {"entitled_people": _whole(who.nunique(where=entitled)), "possible_people": _whole(who.nunique(where=entitled | undetermined))}


def reasons(rule: Rule, folded: Table) -> Table:
    """One row that `read_reasons` turns into reasons."""
    asked: dict[str, Sql] = {}
    refused, undetermined = folded.outcome == REFUSED, folded.outcome == UNDETERMINED
    for n in range(len(rule.conditions)):
        only = refused & (folded.failed == 1 << n) & (folded.unknown == 0)
        asked[f"only_{n}"] = _whole(folded.count(where=only))
        asked[f"fails_{n}"] = _whole(folded.count(where=refused & _has(folded.failed, n)))
        asked[f"unknown_{n}"] = _whole(folded.count(where=undetermined & _has(folded.unknown, n)))
    for n in range(len(rule.reads)):
        asked[f"bad_{n}"] = _whole(folded.count(where=_has(folded.bad, n)))
    return folded.aggregate(**asked)


def read_reasons(rule: Rule, row: Mapping[str, int]) -> Iterator[Reason]:
    """The reasons that occur, in the order of the rule."""
    names: dict[Kind, Sequence[str]] = {**dict.fromkeys(("only", "fails", "unknown"), tuple(rule.conditions)), "bad": rule.reads}
    for kind in KINDS:
        for n, name in enumerate(names[kind]):
            if row[f"{kind}_{n}"]:
                yield Reason(kind, name, row[f"{kind}_{n}"])


def bad_rows(folded: Table, key: Sequence[str], most: int) -> Table:
    """The first cases, in the order of their key, that hold what cannot be right, with the mask of the inputs it stands in."""
    return folded.filter(folded.bad != 0).select(*key, "bad").order_by(*key).limit(most)


def bad_inputs(rule: Rule, mask: int) -> tuple[str, ...]:
    """The names of the inputs that a mask points out."""
    return tuple(name for n, name in enumerate(rule.reads) if mask >> n & 1)


def both(facts: Table, before: Callable[[Table], Table], after: Callable[[Table], Table]) -> Table:
    """Facts decided in two ways, in one pass: the columns of COMPARED twice, beginning with BEFORE and AFTER, beside those of the facts
    that both ways let through.
    """
    first = before(facts)
    rest = [name for name in first.columns if name in facts.columns]
    kept = first.select(*rest, **{f"{BEFORE}{name}": first[name] for name in COMPARED})
    second = after(kept)
    others = [name for name in second.columns if name in kept.columns]
    return second.select(*others, **{f"{AFTER}{name}": second[name] for name in COMPARED})


def matched(before: Table, after: Table, key: Sequence[str], kept: Sequence[str]) -> Table:
    """Two folded tables of facts, such as of two days, put together by key; `kept` are columns of the later, else of the earlier.

    A case that stands in one of them alone is refused in the other.
    """
    import ibis

    left = before.select(**{f"{BEFORE}{name}": before[name] for name in (*key, *kept, *COMPARED)})
    right = after.select(**{f"{AFTER}{name}": after[name] for name in (*key, *kept, *COMPARED)})
    joined = left.outer_join(right, [left[f"{BEFORE}{name}"] == right[f"{AFTER}{name}"] for name in key])
    names = {name: ibis.coalesce(joined[f"{AFTER}{name}"], joined[f"{BEFORE}{name}"]) for name in (*key, *kept)}
    outcomes = {f"{side}outcome": joined[f"{side}outcome"].fill_null(REFUSED) for side in (BEFORE, AFTER)}
    sums = {f"{side}{name}": joined[f"{side}{name}"] for side in (BEFORE, AFTER) for name in ("value", "amount")}
    return joined.select(**names, **outcomes, **sums)


def difference(compared: Table, group: Sql | None = None) -> Table:
    """What becomes of each group (all, without one): cases entitled and undetermined before and after, winners, losers, and fen.

    A winner gets more after than before, what is not known counting as nothing; a loser less. Of them those newly entitled are
    `gained`, those no longer entitled `dropped`.
    """
    if group is None:
        return compared.aggregate(**_differences(compared))
    rows = compared.mutate(part=group)
    return rows.group_by("part").agg(**_differences(rows))


def _differences(rows: Table) -> dict[str, Sql]:
    gets = {side: _worth(rows, side) for side in (BEFORE, AFTER)}
    was, is_ = rows[f"{BEFORE}outcome"] == ENTITLED, rows[f"{AFTER}outcome"] == ENTITLED
    found = {
        "cases": _whole(rows.count()),
        "gained": _whole(rows.count(where=is_ & ~was)),
        "dropped": _whole(rows.count(where=was & ~is_)),
        "winners": _whole(rows.count(where=gets[AFTER] > gets[BEFORE])),
        "losers": _whole(rows.count(where=gets[AFTER] < gets[BEFORE])),
    }
    for side in (BEFORE, AFTER):
        outcome = rows[f"{side}outcome"]
        found[f"{side}entitled"] = _whole(rows.count(where=outcome == ENTITLED))
        found[f"{side}undetermined"] = _whole(rows.count(where=outcome == UNDETERMINED))
        found[f"{side}low"] = _sum(rows[f"{side}value"], outcome == ENTITLED)
        found[f"{side}possible"] = _sum(rows[f"{side}amount"], outcome == UNDETERMINED)
        found[f"{side}unpriced"] = _whole(rows.count(where=(outcome == UNDETERMINED) & rows[f"{side}amount"].isnull()))
    return found


def _worth(rows: Table, side: str) -> Sql:
    """What a case gets: its value where it is entitled, 1 where the rule gives no money, else nothing."""
    import ibis

    return ibis.cases((rows[f"{side}outcome"] == ENTITLED, rows[f"{side}value"].fill_null(1)), else_=0)


def _has(mask: Sql, bit: int) -> Sql:
    return (mask & (1 << bit)) != 0


def _sum(column: Sql, where: Sql) -> Sql:
    # Cast twice, as in `translation`: Ibis takes a sum for int64 and would leave out a single cast, DuckDB makes 128 bits of it.
    return column.sum(where=where).fill_null(0).cast("decimal(38, 0)").cast("int64")


def _whole(count: Sql) -> Sql:
    return count.cast("int64")
