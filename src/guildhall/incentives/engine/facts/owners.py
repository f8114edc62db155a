"""The facts of every employer by year, and of every business somebody founded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from guildhall.incentives.engine.facts import grants, persons, reports
from guildhall.incentives.engine.facts.asked import month as month_of
from guildhall.incentives.engine.facts.world import World, beside, last_month, month
from guildhall.incentives.tables.businesses import BUSINESS_FACTS

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression

PAID = ("premiums", "months_paid", "laid_off")
TAKEN = ("business_id", "organisation_id", "kind", "registered_on", "first_business", "insured_employees")
LOAN = ("has_loan", "borrower", "partners", "borrowed_on", "loan_until", "principal", "loan_rate")


def employers(world: World) -> tuple[Expression, dict[str, Any], dict[str, Any]]:
    """A row for the refund of what each employer paid in a year: that of the year after, once it has begun."""
    years = world.tables["incentives.employer_years"]
    years = years.filter(years.year < world.on.year)
    organisations = world.numbered(world.tables["registry.organisations"].select("organisation_id", "place", "size"))
    rows = years.mutate(refund=years.year + 1).join(organisations, "organisation_id")
    rows = world.with_unit(rows, "place_number", world.day(world.asked.applied))
    granted = grants.standing(world, "job_stabilisation_refund")
    granted = granted.filter(granted.organisation_id.notnull(), granted.year.notnull())
    counts = granted.group_by(refunded=granted.organisation_id, refund=granted.year).agg(refunds=granted.count())
    rows = rows.left_join(counts, [rows.organisation_id == counts.refunded, rows.refund == counts.refund])
    known = {
        **{name: rows[name] for name in ("organisation_id", "size", *PAID)},
        **persons.days(world),
        "year": rows.refund,
        "place": rows.unit,
        "insured_people": rows.insured_average,
        "premiums_as_of": ibis.least(rows.as_of, world.day(world.asked.applied)),
        "refunds": rows.refunds.fill_null(0),
    }
    return rows, known, {}


def businesses(world: World) -> tuple[Expression, dict[str, Any], dict[str, Any]]:
    """A row for each business that had been registered."""
    found = world.tables["incentives.businesses"]
    every = world.of_persons(found.filter(found.registered_on <= world.on)).drop("worker_id")
    began = reports.events(every, "business_id", every.registered_on)
    rows, said = world.with_said(every, "business", "business_id", BUSINESS_FACTS.columns)
    rows = persons.with_person(world, rows)
    rows = reports.with_hardship(world, rows, "business_id", began, "businesses")
    rows = reports.with_registration(world, rows, "business_id", began, "businesses", before=True)
    rows = reports.with_graduation(world, rows, "business_id", began, "businesses")
    rows = _with_veterans(world, rows)
    rows = _with_household(world, rows)
    rows = world.numbered(rows)
    rows = world.with_unit(rows, "place_number", rows.registered_on)
    return rows, _known(world, rows), {name: rows[f"said_{name}"] for name in said}


def _known(world: World, rows: Expression) -> dict[str, Any]:
    nothing: Any = ibis.null("boolean")
    closed = (rows.closed_on <= world.on).ifelse(rows.closed_on, ibis.null("date"))
    first, last = world.on.year * 12 + 1, last_month(closed).fill_null(month_of(world.on)) + 1
    spent = ibis.least(last, first + 12) - ibis.greatest(month(rows.registered_on), first)
    lent = rows.borrowed_on.isnull() | (rows.borrowed_on <= world.on)
    return {
        **{name: rows[name] for name in TAKEN},
        **{name: lent.ifelse(rows[name], ibis.null(rows[name].type())) for name in LOAN},
        **persons.days(world),
        "worker_id": rows.person,
        "birth_month": rows.born,
        "place": rows.unit,
        "closed_on": closed,
        "legal_representative": (rows.kind == "self_employed").ifelse(True, nothing),
        "household_grants": rows.household.isnull().ifelse(ibis.null("int64"), rows.household_grants.fill_null(0)),
        "graduated_on": rows.graduated,
        "graduate": reports.graduate(rows),
        "registered_unemployed": world.heard(rows.unemployed_since.notnull(), "unemployment", rows.registered_on, before=True),
        "monitored": world.heard(rows.in_monitored, "hardship", rows.registered_on),
        "hard_to_employ": world.heard(rows.in_hard_to_employ, "hardship", rows.registered_on),
        "veteran": rows.is_veteran.fill_null(False).ifelse(True, nothing if world.asked.as_of("hardship") is None else ibis.literal(False)),
        "tax_year": ibis.literal(world.on.year),
        "months_in_year": ibis.greatest(spent, 0),
        "tax_year_from": ibis.literal(world.on.replace(month=1, day=1)),
    }


def _with_veterans(world: World, rows: Expression) -> Expression:
    facts = reports.reported(world, "hardship")
    found = facts.filter(facts.detail == "veteran").group_by(served=lambda t: t.person).agg(is_veteran=ibis.literal(True))
    return beside(rows, "person", found, "served")


def _with_household(world: World, rows: Expression) -> Expression:
    """Rows with `household_grants`: start-up grants to any business of the household."""
    every = world.tables["incentives.businesses"].select("business_id", "household")
    granted = grants.standing(world, "startup_grant").select("business_id", "grant_id").join(every, "business_id")
    granted = granted.filter(granted.household.notnull())
    counts = granted.group_by(granted_to=granted.household).agg(household_grants=granted.count())
    return beside(rows, "household", counts, "granted_to")
