"""What is known of each person, whatever is asked about them: birth, schooling, home, insurance and work on the day of application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

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
