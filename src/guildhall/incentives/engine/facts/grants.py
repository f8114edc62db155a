"""What had been granted by the day and stands on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def relief(world: World, rows: Expression, benefit: str, key: str) -> Expression:
    """Rows with `months_before`: the months of relief used in the years before."""
    grants = standing(world, benefit)
    grants = grants.filter(grants.year < world.on.year, grants[key].notnull())
    used = grants.group_by(relieved=grants[key]).agg(months_before=grants.months.fill_null(0).sum())
    joined = beside(rows, key, used, "relieved")
    return joined.mutate(months_before=joined.months_before.fill_null(0))
