"""What facts of certificates, hires and businesses share: the person, the days feeds speak of, and what authorities had reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from guildhall.incentives.engine.facts.asked import HIGHER
from guildhall.incentives.engine.facts.asked import month as month_of
from guildhall.incentives.engine.facts.spans import covered
from guildhall.incentives.engine.facts.world import World, beside

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression


def persons(world: World) -> Expression:
    """Per person: month of birth, whether schooling is below higher education, whether a migrant worker, home, months insured and work.

    `insured` and `payer_known` are as of what the feed knows on the day of application, `at_work` as of that day; null stands for no.
    """
    return world.keep("persons", lambda: _persons(world))


def _persons(world: World) -> Expression:
    workers = world.numbered(world.tables["registry.workers"], "residence")
    nothing = ibis.null("boolean")
    rows = workers.select(
        person="worker_id",
        born="birth_month",
        lower=workers.education.isin(["primary", "junior", "senior"]),
        moved=ibis.cases((workers.migrant == "none", False), (workers.migrant == "unknown", nothing), else_=True),
        home="place_number",
    )
    until = world.asked.as_of("insurance")
    last = month_of(until) if until else 0
    paid = world.insured.filter(world.insured.start <= last)
    spans = covered(world, "persons", paid.select(key=paid.person, start=paid.start, end=ibis.least(paid.end, last + 1)))
    rows = beside(rows, "person", spans.select(insured_of="key", insured_months="months"), "insured_of")
    now = paid.filter(paid.end > last)
    now = now.group_by(payer_of=now.person).agg(insured=ibis.literal(True), payer_known=(now.organisation > 0).any())
    rows = beside(rows, "person", now, "payer_of")
    applied, jobs = world.asked.applied, world.tables["registry.employment_spells"]
    jobs = world.of_persons(jobs.filter(jobs.started_on <= applied, jobs.ended_on.isnull() | (jobs.ended_on > applied)))
    here = jobs.group_by(employed=jobs.person).agg(at_work=ibis.literal(True))
    return beside(rows, "person", here, "employed")


def with_person(world: World, rows: Expression) -> Expression:
    """Rows with what is known of their `person`."""
    return beside(rows, "person", persons(world).rename(holder="person"), "holder")


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
