"""What facts of certificates, hires and businesses share: the person, the days feeds speak of, and what authorities had reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from guildhall.incentives.engine.facts.asked import HIGHER
from guildhall.incentives.engine.facts.world import World, beside

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression


def with_person(world: World, rows: Expression) -> Expression:
    """Rows with the month of birth, schooling, migrant status and home units of their `person`."""
    workers = world.with_units(world.tables["registry.workers"], "residence")
    person = workers.select(
        holder=workers.worker_id, born=workers.birth_month, schooling=workers.education, migrant=workers.migrant,
        **{f"home_{name}": workers[name] for name in world.unit_columns},
    )  # fmt: skip
    return beside(rows, "person", person, "holder")


def days(world: World) -> dict[str, Any]:
    """The days of application and grant, and those that feeds speak of."""
    return {
        "applied_on": world.day(world.asked.applied),
        "granted_on": world.day(world.on),
        "insured_as_of": world.as_of("insurance"),
        "hardship_as_of": world.as_of("hardship"),
        "graduates_as_of": world.as_of("graduates"),
        "unemployed_as_of": world.as_of("unemployment"),
    }


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


def reported(world: World, kind: str) -> Expression:
    """What authorities had reported by the day: person, detail and dates."""
    facts = world.tables["registry.reported_facts"]
    found = world.of_persons(facts.filter(facts.kind == kind, facts.started_on <= world.on))
    return found.select("person", "detail", since="started_on", until="ended_on")


def with_hardship(world: World, rows: Expression, key: str, day: str, name: str) -> Expression:
    """Rows with `in_monitored` and `in_hard_to_employ`: whether the person was in those groups on the day of a column."""
    groups = reported(world, "hardship").filter(lambda t: t.detail.isin(["monitored", "hard_to_employ"]))
    events = rows.select("person", key=key, day=day)
    joined = events.join(groups, "person")
    held = joined.filter(joined.since <= joined.day, joined.until.isnull() | (joined.until > joined.day))
    flags = {f"in_{group}": (held.detail == group).any() for group in ("monitored", "hard_to_employ")}
    found = world.keep(f"{name}.hardship", held.group_by(reported_of=held.key).agg(**flags))
    return beside(rows, key, found, "reported_of")


def with_registration(world: World, rows: Expression, key: str, day: str, name: str) -> Expression:
    """Rows with `unemployed_since`: the first day of the registration as unemployed in force on the day of a column."""
    events = rows.select("person", key=key, day=day)
    joined = events.join(reported(world, "unemployed"), "person")
    held = joined.filter(joined.since <= joined.day, joined.until.isnull() | (joined.until > joined.day))
    found = world.keep(f"{name}.unemployed", held.group_by(reported_of=held.key).agg(unemployed_since=held.since.max()))
    return beside(rows, key, found, "reported_of")


def with_graduation(world: World, rows: Expression, key: str, day: str, name: str) -> Expression:
    """Rows with `graduated`: the last graduation from higher education up to the end of the year of a column."""
    degrees = reported(world, "graduate").filter(lambda t: t.detail.split(" ")[0].isin(HIGHER))
    events = rows.select("person", key=key, day=day)
    joined = events.join(degrees, "person")
    held = joined.filter(joined.since.year() <= joined.day.year())
    found = world.keep(f"{name}.graduated", held.group_by(reported_of=held.key).agg(graduated=held.since.max()))
    return beside(rows, key, found, "reported_of")


def graduate(rows: Expression) -> Any:
    """Whether the person completed higher education: no only where the schooling on record is lower."""
    lower = rows.schooling.isin(["primary", "junior", "senior"])
    return ibis.cases((rows.graduated.notnull(), True), (lower, False), else_=ibis.null("boolean"))
