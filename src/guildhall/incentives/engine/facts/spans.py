"""Months that spells cover, each counted once, for every key of a large table: closed forms for one and two spells, runs for more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from guildhall.incentives.engine.facts.world import World

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression


def covered(world: World, name: str, rows: Expression) -> Expression:
    """Per `key`: `months` covered, `run` from the first month to the first gap, and `in_year` those of the year asked about.

    `rows` have `key`, `start` and `end`, months half open, `start` before `end`. Most keys have one spell or two: two that meet or overlap
    cover all from the first to the last month, two that do not cover their sum. Only what is left is put in order.
    """
    first = world.on.year * 12 + 1
    rows = world.keep(f"{name}.spans", rows.mutate(here=_within(rows.start, rows.end, first)))
    by_key = world.keep(f"{name}.keys", _sums(rows, first))
    few = by_key.filter(by_key.n <= 2)
    gap = few.total < few.last - few.first
    few = few.select(
        "key",
        months=gap.ifelse(few.total, few.last - few.first).cast("int32"),
        run=gap.ifelse(few.first_end - few.first, few.last - few.first).cast("int32"),
        in_year=ibis.least(few.here, few.here_last - few.here_first).fill_null(0).cast("int32"),
    )
    if not world.tables.scalar((by_key.n > 2).any()):
        return few
    many = by_key.filter(by_key.n > 2).select("key")
    return few.union(_runs(rows.semi_join(many, "key"), first))


def _within(start: Any, end: Any, first: int) -> Any:
    """How many months lie in the year that begins with the month `first`."""
    return ibis.greatest(ibis.least(end, first + 12) - ibis.greatest(start, first), 0).cast("int32")


def _sums(rows: Expression, first: int) -> Expression:
    """Per key what the closed forms need."""
    some = rows.here > 0
    return rows.group_by("key").agg(
        n=rows.count().cast("int32"),
        total=(rows.end - rows.start).sum().cast("int32"),
        first=rows.start.min(),
        last=rows.end.max(),
        first_end=rows.end.min(),
        here=rows.here.sum().cast("int32"),
        here_first=ibis.greatest(rows.start, first).min(where=some).cast("int32"),
        here_last=ibis.least(rows.end, first + 12).max(where=some).cast("int32"),
    )


def _runs(rows: Expression, first: int) -> Expression:
    """The same for keys with any number of spells, in order of their first month."""
    before = ibis.window(group_by="key", order_by=["start", "end"], following=-1)
    rows = rows.mutate(reach=rows.end.max().over(before))
    rows = rows.mutate(broken=(rows.start > rows.reach).fill_null(False).cast("int32"), begin=ibis.greatest(rows.start, rows.reach))
    upto = ibis.window(group_by="key", order_by=["start", "end"], following=0)
    rows = rows.mutate(gaps=rows.broken.sum().over(upto))
    fresh = rows.filter(rows.begin < rows.end)
    length = fresh.end - fresh.begin
    return fresh.group_by("key").agg(
        months=length.sum().cast("int32"),
        run=length.sum(where=fresh.gaps == 0).cast("int32"),
        in_year=_within(fresh.begin, fresh.end, first).sum().cast("int32"),
    )
