"""The facts of every hire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from guildhall.incentives.engine.facts import grants, persons, reports
from guildhall.incentives.engine.facts.asked import month as month_of
from guildhall.incentives.engine.facts.rows import OPEN
from guildhall.incentives.engine.facts.spans import covered
from guildhall.incentives.engine.facts.world import World, beside, last_month, month
from guildhall.incentives.tables.hires import HIRE_FACTS

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression

BY_PERSON = {
    "hiring_grants": "hiring_subsidy",
    "expansion_grants": "job_expansion_subsidy",
    "graduate_grants": "small_firm_graduate_subsidy",
}


def made(world: World) -> tuple[Expression, dict[str, Any], dict[str, Any]]:
    """Rows, what records know of them, and what claims said."""
    spells = _spells(world)
    hired = reports.events(spells, "spell_id", spells.started_on)
    rows, said = world.with_said(spells, "spell", "spell_id", HIRE_FACTS.columns)
    rows = persons.with_contradictions(world, persons.with_person(world, rows), "person", "organisation_id")
    rows = _with_employer(world, rows)
    rows = reports.with_hardship(world, rows, "spell_id", hired, "hires")
    rows = reports.with_registration(world, rows, "spell_id", hired, "hires", before=True)
    rows = reports.with_graduation(world, rows, "spell_id", hired, "hires")
    rows = _with_insured(world, rows)
    rows = _with_job_before(world, rows, hired)
    for name, benefit in BY_PERSON.items():
        rows = grants.counted(rows, grants.standing(world, benefit), "person", "person", name)
    insurance = grants.standing(world, "social_insurance_subsidy")
    rows = grants.counted(rows, insurance, "spell_id", "spell_id", "insurance_grants")
    rows = grants.months(rows, insurance, "spell_id", "insurance_months")
    rows = world.with_unit(rows, "place_number", rows.started_on)
    return rows, _known(world, rows), {name: rows[f"said_{name}"] for name in said}


def _spells(world: World) -> Expression:
    """Spells of employment that had begun by the day, with their person."""
    spells = world.tables["registry.employment_spells"]
    return world.of_persons(spells.filter(spells.started_on <= world.on)).drop("worker_id", "occupation")


def _known(world: World, rows: Expression) -> dict[str, Any]:
    insured = world.asked.as_of("insurance") is not None
    nothing: Any = ibis.null("boolean")
    return {
        **{name: rows[name] for name in ("spell_id", "organisation_id", "contract", "size", "sector", "unemployed_since")},
        **{name: rows[name] for name in (*BY_PERSON, "insurance_grants", "insurance_months")},
        **persons.days(world),
        "worker_id": rows.person,
        "birth_month": rows.born,
        "place": rows.unit,
        "hired_on": rows.started_on,
        "left_on": (rows.ended_on <= world.on).ifelse(rows.ended_on, ibis.null("date")),
        "insured_months": rows.run.fill_null(0) if insured else ibis.null("int64"),
        "insuring": rows.lasting.fill_null(False) & ~(rows.ended_on <= world.on).fill_null(False) if insured else nothing,
        "insurance_contradicts": rows.contradicts,
        "longest_run": rows.longest.fill_null(0) if insured else ibis.null("int64"),
        "paid_months": rows.months.fill_null(0) if insured else ibis.null("int64"),
        "months_in_year": rows.in_year.fill_null(0) if insured else ibis.null("int64"),
        "employed_before": rows.graduated.isnull().ifelse(nothing, rows.worked_between.fill_null(False)) if insured else nothing,
        "graduated_on": rows.graduated,
        "graduate": reports.graduate(rows),
        "registered_unemployed": world.heard(rows.unemployed_since.notnull(), "unemployment", rows.started_on, before=True),
        "hard_to_employ": world.heard(rows.in_hard_to_employ, "hardship", rows.started_on),
        "monitored": world.heard(rows.in_monitored, "hardship", rows.started_on),
        "tax_year": ibis.literal(world.on.year),
        "tax_year_from": ibis.literal(world.on.replace(month=1, day=1)),
    }


def _with_employer(world: World, rows: Expression) -> Expression:
    organisations = world.numbered(world.tables["registry.organisations"].select("organisation_id", "place", "size", "sector"))
    employers = organisations.select("size", "sector", "place_number", employer="organisation_id")
    return beside(rows, "organisation_id", employers, "employer")


def _with_insured(world: World, rows: Expression) -> Expression:
    """Rows with the months the employer paid since the hire, the longest and the latest run of them, and those of the year asked about.

    The latest run is lasting if it reaches what the feed knows.
    """
    until = world.asked.as_of("insurance")
    last = month_of(until) if until else 0
    spells = _spells(world)
    events = spells.select(
        "spell_id",
        "person",
        organisation="organisation_id",
        hired=month(spells.started_on).cast("int32"),
        gone=ibis.least(last_month(spells.ended_on).fill_null(OPEN), last).cast("int32") + 1,
    )
    paid = events.join(world.insured, ["person", "organisation"])
    spans = paid.select(
        key=paid.spell_id,
        start=ibis.greatest(paid.start, paid.hired),
        end=ibis.least(paid.end, paid.gone),
    )
    found = covered(world, "hires", spans.filter(spans.start < spans.end))
    found = found.select("months", "run", "longest", "in_year", lasting=found.until == last + 1, insured_of="key")
    return beside(rows, "spell_id", found, "insured_of")


def _with_job_before(world: World, rows: Expression, hired: Expression) -> Expression:
    """Rows with `worked_between`: whether somebody else insured the person after the month of graduation and before that of the hire."""
    graduations = reports.graduations(world, hired, "hires").select(key="reported_of", graduated="graduated")
    spells = _spells(world).select("person", "organisation_id", "started_on", key="spell_id")
    events = spells.join(graduations, "key").select(
        "key", "person", "organisation_id", after=lambda t: month(t.graduated) + 1, before=lambda t: month(t.started_on)
    )
    pairs = events.filter(events.after < events.before).join(world.insured, "person")
    other = pairs.filter(
        pairs.organisation != pairs.organisation_id, ibis.greatest(pairs.start, pairs.after) < ibis.least(pairs.end, pairs.before)
    )
    found = world.keep("hires.before", lambda: other.group_by(worked=other.key).agg(worked_between=ibis.literal(True)))
    return beside(rows, "spell_id", found, "worked")
