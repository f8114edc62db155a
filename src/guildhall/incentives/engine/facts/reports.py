"""What other authorities had reported of each person by the day: registrations, hardship groups, graduations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from guildhall.incentives.engine.facts.asked import HIGHER
from guildhall.incentives.engine.facts.world import World, beside

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression


def events(rows: Expression, key: str, day: Any) -> Expression:
    """Rows as events: `key`, `person` and `day`, those without a day left out."""
    found = rows.select("person", key=key, day=day)
    return found.filter(found.day.notnull())


def reported(world: World, kind: str) -> Expression:
    """What authorities had reported by the day: person, detail and dates."""
    facts = world.tables["registry.reported_facts"]
    found = world.of_persons(facts.filter(facts.kind == kind, facts.started_on <= world.on))
    return found.select("person", "detail", since="started_on", until="ended_on")


def with_hardship(world: World, rows: Expression, key: str, events: Expression, name: str) -> Expression:
    """Rows with `in_monitored` and `in_hard_to_employ`: whether the person was in those groups on the day of the event."""
    groups = reported(world, "hardship").filter(lambda t: t.detail.isin(["monitored", "hard_to_employ"]))
    joined = events.join(groups, "person")
    held = joined.filter(joined.since <= joined.day, joined.until.isnull() | (joined.until > joined.day))
    flags = {f"in_{group}": (held.detail == group).any() for group in ("monitored", "hard_to_employ")}
    found = world.keep(f"{name}.hardship", lambda: held.group_by(reported_of=held.key).agg(**flags))
    return beside(rows, key, found, "reported_of")


def with_registration(world: World, rows: Expression, key: str, events: Expression, name: str, *, before: bool = False) -> Expression:
    """Rows with `unemployed_since`: the first day of the registration as unemployed in force on the day of the event, or the day before."""
    joined = events.join(reported(world, "unemployed"), "person")
    begun = joined.since < joined.day if before else joined.since <= joined.day
    held = joined.filter(begun, joined.until.isnull() | (joined.until >= joined.day if before else joined.until > joined.day))
    found = world.keep(f"{name}.unemployed", lambda: held.group_by(reported_of=held.key).agg(unemployed_since=held.since.max()))
    return beside(rows, key, found, "reported_of")


def with_graduation(world: World, rows: Expression, key: str, events: Expression, name: str) -> Expression:
    """Rows with `graduated`: the last graduation from higher education up to the end of the year of the event."""
    return beside(rows, key, graduations(world, events, name), "reported_of")


def graduations(world: World, events: Expression, name: str) -> Expression:
    """Per event with one, the last graduation from higher education up to the end of its year."""
    degrees = reported(world, "graduate").filter(lambda t: t.detail.split(" ")[0].isin(HIGHER))
    joined = events.join(degrees, "person")
    held = joined.filter(joined.since.year() <= joined.day.year())
    return world.keep(f"{name}.graduated", lambda: held.group_by(reported_of=held.key).agg(graduated=held.since.max()))


def graduate(rows: Expression) -> Any:
    """Whether the person completed higher education: no only where the schooling on record is lower."""
    return ibis.cases((rows.graduated.notnull(), True), (rows.lower, False), else_=ibis.null("boolean"))
