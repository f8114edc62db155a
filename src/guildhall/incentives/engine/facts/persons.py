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
    rows = beside(rows, "person", _covered(world).select(insured_of="key", insured_months="months"), "insured_of")
    paid = _paid(world)
    now = paid.filter(paid.end > _last(world))
    now = now.group_by(payer_of=now.person).agg(insured=ibis.literal(True), payer_known=(now.organisation > 0).any())
    rows = beside(rows, "person", now, "payer_of")
    applied, jobs = world.asked.applied, world.tables["registry.employment_spells"]
    jobs = world.of_persons(jobs.filter(jobs.started_on <= applied, jobs.ended_on.isnull() | (jobs.ended_on > applied)))
    here = jobs.group_by(employed=jobs.person).agg(at_work=ibis.literal(True))
    return beside(rows, "person", here, "employed")


def _last(world: World) -> int:
    """The month up to which insurance is known."""
    until = world.asked.as_of("insurance")
    return month_of(until) if until else 0


def _paid(world: World) -> Expression:
    """Spells of insurance begun by then."""
    return world.insured.filter(world.insured.start <= _last(world))


def _covered(world: World) -> Expression:
    paid = _paid(world)
    return covered(world, "persons", paid.select(key=paid.person, start=paid.start, end=ibis.least(paid.end, _last(world) + 1)))


def _contradicted(world: World) -> Expression:
    """Each `person` with each `organisation` two of whose spells of insurance overlap without being the same.

    Hardly anybody has a month that is covered twice at all, so only those are put in order.
    """
    paid, twice = _paid(world), _covered(world).filter(lambda t: t.overlap)
    spells = paid.filter(paid.organisation > 0).semi_join(twice, [paid.person == twice.key]).distinct()
    order = ibis.window(group_by=["person", "organisation"], order_by=["start", "end"])
    spells = spells.mutate(over=spells.end.lag().over(order))
    found = spells.filter(spells.start < spells.over).select("person", "organisation").distinct()
    return world.keep("persons.contradicted", lambda: found)


def with_contradictions(world: World, rows: Expression, *by: str) -> Expression:
    """Rows with `contradicts`: whether the insurance record of their person contradicts itself, or that with their organisation.

    `by` names the columns of the person and, where it matters, of the organisation.
    """
    if world.asked.as_of("insurance") is None:
        return rows.mutate(contradicts=ibis.null("boolean"))
    found = _contradicted(world)
    if not world.tables.scalar(found.count()):
        return rows.mutate(contradicts=ibis.literal(False))
    names = {mine: f"doubted_{name}" for mine, name in zip(by, ("person", "organisation"), strict=False)}
    doubted = found.rename({name: name.removeprefix("doubted_") for name in names.values()}).select(*names.values()).distinct()
    doubted = doubted.mutate(doubted=ibis.literal(True))
    joined = rows.left_join(doubted, [rows[mine] == doubted[name] for mine, name in names.items()])
    return joined.mutate(contradicts=joined.doubted.fill_null(False)).drop("doubted", *names.values())


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
