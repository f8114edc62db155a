"""What had been granted by the day and stands on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from guildhall.incentives.engine.facts.world import World, beside

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression


def standing(world: World, benefit: str) -> Expression:
    """Grants of a benefit that had been made by the day and stand on it, with their `person` where they have one."""
    grants = world.tables["incentives.grants"]
    found = grants.filter(
        grants.benefit == benefit, grants.granted_on <= world.on, grants.revoked_on.isnull() | (grants.revoked_on > world.on)
    )
    return world.of_persons(found)


def counted(rows: Expression, grants: Expression, column: str, by: str, name: str) -> Expression:
    """Rows with how many grants have the value of their column `column` in `by`."""
    named = grants.filter(grants[by].notnull())
    counts = named.group_by(counted_by=named[by]).agg(**{name: named.count()})
    joined = beside(rows, column, counts, "counted_by")
    return joined.mutate(**{name: joined[name].fill_null(0)})


def months(rows: Expression, grants: Expression, column: str, name: str) -> Expression:
    """Rows with the months that grants for them cover, in all; empty while those of any are unknown."""
    named = grants.filter(grants[column].notnull())
    covers = named.months.isnull().any().ifelse(ibis.null("int64"), named.months.fill_null(0).sum().cast("int64"))
    found = named.group_by(months_of=named[column]).agg(found=covers, granted=named.count())
    joined = beside(rows, column, found, "months_of")
    return joined.mutate(**{name: joined.granted.isnull().ifelse(0, joined.found)}).drop("found", "granted")
