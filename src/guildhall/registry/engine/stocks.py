"""Stocks of people by where they live and by where they work, at each date of a context.

Both are small tables: one row per place of residence, or per workplace and cluster. Statistics of districts, parks and
clusters are sums over them, so 5.68 million people are read once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from guildhall.kernel.backends import Tables
from guildhall.kernel.figures import Context
from guildhall.registry.engine.levels import Held, count_where, in_force, levels_at

if TYPE_CHECKING:
    from ibis.expr.types import Table

READS_RESIDENCE = ("registry.workers", "registry.certificates")
READS_WORKPLACE = ("registry.employment_spells", "registry.organisations", "registry.certificates")


def by_residence(tables: Tables, context: Context) -> Table:
    """Per residence: `people`, and for each date `skilled_` and `high_<date>`; for each ordinal n, on the reference date and the day a
    year before, `rung_<date>_<n>` people and the `weight_<date>_<n>` they stand for.
    """
    return tables.once("registry.stocks_by_residence", lambda found: _by_residence(found, context))


def _by_residence(tables: Tables, context: Context) -> Table:
    held = Held.of(context)
    workers = tables["registry.workers"].select("worker_id", "residence", "weight")
    # People alike in residence and history are counted first, so that the many sums below run over few rows.
    joined = workers.left_join(levels_at(tables, context), "worker_id")
    alike = joined.group_by("residence", "held").agg(people=joined.count().cast("int64"), weight=joined.weight.sum().cast("int64"))
    counts: dict[str, Any] = {"people": _sum(alike.people)}
    for day in context.dates:
        counts[f"skilled_{day:%Y%m%d}"] = _sum(alike.people, held.skilled(alike.held, day))
        counts[f"high_{day:%Y%m%d}"] = _sum(alike.people, held.high(alike.held, day))
    for day in sorted(held.full):
        for ordinal in held.scale.ordinals.values():
            here = held.rung(alike.held, day, ordinal)
            counts[f"rung_{day:%Y%m%d}_{ordinal}"] = _sum(alike.people, here)
            counts[f"weight_{day:%Y%m%d}_{ordinal}"] = _sum(alike.weight, here)
    result: Table = alike.group_by("residence").agg(**counts)
    return result


def _sum(numbers: Any, where: Any = None) -> Any:
    return numbers.sum(where=where).fill_null(0).cast("int64")


def employed_on(tables: Tables, context: Context) -> Table:
    """One row per person and workplace on any date of the context: place, cluster, and `on_<date>` whether at work then."""
    spells = tables["registry.employment_spells"]
    organisations = tables["registry.organisations"].select("organisation_id", "place", "cluster")
    days = {f"on_{day:%Y%m%d}": in_force(spells.started_on, spells.ended_on, day) for day in context.dates}
    apprentice = (spells.contract == "apprentice") & in_force(spells.started_on, spells.ended_on, context.on)
    flagged = spells.select("worker_id", "organisation_id", apprentice=apprentice, **days)
    result: Table = flagged.join(organisations, "organisation_id")
    return result


def by_workplace(tables: Tables, context: Context) -> Table:
    """Per place of work and cluster: `employed_<date>`, and `apprentices`, `skilled` and `high` on the reference date.

    Counts spells in force: a person with two employers counts at each, once.
    """
    return tables.once("registry.stocks_by_workplace", lambda found: _by_workplace(found, context))


def _by_workplace(tables: Tables, context: Context) -> Table:
    held = Held.of(context)
    joined = employed_on(tables, context).left_join(levels_at(tables, context), "worker_id")
    working = joined[f"on_{context.on:%Y%m%d}"]
    counts: dict[str, Any] = {f"employed_{day:%Y%m%d}": count_where(joined[f"on_{day:%Y%m%d}"]) for day in context.dates}
    counts["apprentices"] = count_where(joined.apprentice & ~held.skilled(joined.held, context.on).fill_null(False))
    counts["skilled"] = count_where(working & held.skilled(joined.held, context.on))
    counts["high"] = count_where(working & held.high(joined.held, context.on))
    result: Table = joined.group_by("place", "cluster").agg(**counts)
    return result


def apprentices(tables: Tables, context: Context) -> Table:
    """One row: `people` in apprenticeship on the reference date who hold no certificate, and the `weight` they stand for."""
    held = Held.of(context)
    spells = tables["registry.employment_spells"]
    learning = spells.filter((spells.contract == "apprentice") & in_force(spells.started_on, spells.ended_on, context.on))
    workers = tables["registry.workers"].select("worker_id", "weight")
    joined = learning.select("worker_id").distinct().join(workers, "worker_id").left_join(levels_at(tables, context), "worker_id")
    uncertified = joined.filter(~held.skilled(joined.held, context.on).fill_null(False))
    result: Table = uncertified.aggregate(people=uncertified.count().cast("int64"), weight=_sum(uncertified.weight))
    return result
