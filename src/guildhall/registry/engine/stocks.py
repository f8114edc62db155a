"""Stocks of people by where they live and by where they work, at each date of a context.

Both are small tables: one row per place of residence, or per workplace and cluster. Statistics of districts, parks and
clusters are sums over them, so 5.68 million people are read once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from guildhall.kernel.backends import Tables
from guildhall.kernel.figures import Context
from guildhall.registry.engine.levels import Scale, at, count_where, in_force, levels_at

if TYPE_CHECKING:
    from ibis.expr.types import Table

READS_RESIDENCE = ("registry.workers", "registry.certificates")
READS_WORKPLACE = ("registry.employment_spells", "registry.organisations", "registry.certificates")


def by_residence(tables: Tables, context: Context) -> Table:
    """Per residence: people, `skilled_<date>` and `high_<date>` for each date, `ordinal_<n>` on the reference date."""
    return tables.once("registry.stocks_by_residence", lambda found: _by_residence(found, context))


def _by_residence(tables: Tables, context: Context) -> Table:
    scale = Scale.of(context)
    workers = tables["registry.workers"].select("worker_id", "residence")
    joined = workers.left_join(levels_at(tables, context), "worker_id")
    counts: dict[str, Any] = {"people": joined.count().cast("int64")}
    for day in context.dates:
        counts[f"skilled_{day:%Y%m%d}"] = count_where(joined[at(day)] >= scale.skilled_from)
        counts[f"high_{day:%Y%m%d}"] = count_where(joined[at(day)] >= scale.high_from)
    for ordinal in scale.ordinals.values():
        counts[f"ordinal_{ordinal}"] = count_where(joined[at(context.on)] == ordinal)
    result: Table = joined.group_by("residence").agg(**counts)
    return result


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
    """Per place of work and cluster: `employed_`, `skilled_` and `high_<date>`, and `apprentices` on the reference date.

    Counts spells in force: a person with two employers counts at each, once.
    """
    return tables.once("registry.stocks_by_workplace", lambda found: _by_workplace(found, context))


def _by_workplace(tables: Tables, context: Context) -> Table:
    scale = Scale.of(context)
    joined = employed_on(tables, context).left_join(levels_at(tables, context), "worker_id")
    counts: dict[str, Any] = {"apprentices": count_where(joined.apprentice & joined[at(context.on)].isnull())}
    for day in context.dates:
        working = joined[f"on_{day:%Y%m%d}"]
        counts[f"employed_{day:%Y%m%d}"] = count_where(working)
        counts[f"skilled_{day:%Y%m%d}"] = count_where(working & (joined[at(day)] >= scale.skilled_from))
        counts[f"high_{day:%Y%m%d}"] = count_where(working & (joined[at(day)] >= scale.high_from))
    result: Table = joined.group_by("place", "cluster").agg(**counts)
    return result
