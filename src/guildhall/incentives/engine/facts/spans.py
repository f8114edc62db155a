"""Months that spells cover, each counted once, for every key of a large table: closed forms for one and two spells, runs for more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from guildhall.incentives.engine.facts.world import World

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression


def covered(world: World, name: str, rows: Expression) -> Expression:
    """Per `key`: `months` covered, those of the latest `run` without a gap and of the `longest`, and `in_year` those of the year.

    `until` is the month after the last of the latest run, `overlap` whether any month is covered twice.

    `rows` have `key`, `start` and `end`, months half open, `start` before `end`. Most keys have one spell or two: two that meet or overlap
    cover all from the first to the last month, two that do not cover their sum. Only what is left is put in order.
    """
    first = world.on.year * 12 + 1
    by_key = world.keep(f"{name}.months", lambda: _closed(rows, first))
    if not world.tables.scalar((by_key.n > 2).any()):
        return by_key.drop("n")
    many = by_key.filter(by_key.n > 2).select("key")
    return by_key.filter(by_key.n <= 2).drop("n").union(world.keep(f"{name}.runs", lambda: _runs(rows.semi_join(many, "key"), first)))


def _within(start: Any, end: Any, first: int) -> Any:
    """How many months lie in the year that begins with the month `first`."""
    return ibis.greatest(ibis.least(end, first + 12) - ibis.greatest(start, first), 0)


def _closed(rows: Expression, first: int) -> Expression:
    """Per key the number of spells `n`, and what is right for up to two: those with a gap between them are the first and the last."""
    ends = rows.group_by("key").agg(
        n=rows.count(), first=rows.start.min(), begin=rows.start.max(), first_end=rows.end.min(), last=rows.end.max()
    )
    gap = ends.begin > ends.first_end
    first_run = gap.ifelse(ends.first_end, ends.last) - ends.first
    run = ends.last - gap.ifelse(ends.begin, ends.first)
    return ends.select(
        "key",
        n=ibis.least(ends.n, 3).cast("int16"),
        months=gap.ifelse(first_run + run, run).cast("int32"),
        run=run.cast("int32"),
        longest=ibis.greatest(first_run, run).cast("int32"),
        until=ends.last.cast("int32"),
        overlap=(ends.n > 1) & (ends.begin < ends.first_end),
        in_year=(
            _within(ends.first, gap.ifelse(ends.first_end, ends.last), first) + gap.ifelse(_within(ends.begin, ends.last, first), 0)
        ).cast("int32"),
    )


def _runs(rows: Expression, first: int) -> Expression:
    """The same for keys with any number of spells, in order of their first month."""
    before = ibis.window(group_by="key", order_by=["start", "end"], preceding=(None, 1))
    rows = rows.mutate(reach=rows.end.max().over(before))
    rows = rows.mutate(broken=(rows.start > rows.reach).fill_null(False).cast("int32"), begin=ibis.greatest(rows.start, rows.reach))
    upto = ibis.window(group_by="key", order_by=["start", "end"], following=0)
    rows = rows.mutate(gaps=rows.broken.sum().over(upto))
    runs = rows.group_by("key", "gaps").agg(
        length=ibis.greatest(rows.end - rows.begin, 0).sum(),
        until=rows.end.max(),
        in_year=_within(rows.begin, rows.end, first).sum(),
        overlap=(rows.start < rows.reach).fill_null(False).any(),
    )
    return runs.group_by("key").agg(
        months=runs.length.sum().cast("int32"),
        run=runs.length.argmax(runs.gaps).cast("int32"),
        longest=runs.length.max().cast("int32"),
        until=runs.until.max().cast("int32"),
        overlap=runs.overlap.any(),
        in_year=runs.in_year.sum().cast("int32"),
    )
