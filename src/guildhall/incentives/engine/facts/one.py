"""The facts of one certificate, hire, employer or business from its rows: the readable reference of `everybody`, and what pages ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from guildhall.incentives.engine.facts import rows as read
from guildhall.incentives.engine.facts.asked import Asked, month
from guildhall.incentives.engine.facts.rows import Row, Rows
from guildhall.incentives.tables.businesses import BUSINESS_FACTS
from guildhall.incentives.tables.certificates import CERTIFICATE_FACTS
from guildhall.incentives.tables.employers import EMPLOYER_FACTS
from guildhall.incentives.tables.hires import HIRE_FACTS
from guildhall.kernel.tables import Table
from guildhall.registry.tables import CERTIFIED
from guildhall.skills.engine.earlier import EARLIER_CODES

Facts = dict[str, object]


def certificate(rows: Rows, row: Row, asked: Asked) -> Facts:
    """One row of `incentives.certificate_facts`."""
    said = read.said(rows, "certificate", row["certificate_id"], CERTIFICATE_FACTS.columns, asked.on)
    course = _course(rows, row["certificate_id"], asked.on)
    began = course["started_on"] if course else said.get("training_started_on")
    day, issued = began if isinstance(began, date) else None, row["issued_on"]
    holder = rows["registry.workers"][0]
    job = read.jobs_on(rows, issued)
    where = read.payer_on(rows, issued) or (job[-1]["organisation_id"] if job else 0)
    place = asked.unit(read.place_of(rows, where) or holder["residence"], issued)
    graduation = read.graduated(rows, day or issued, asked.on)
    found = {
        **{name: row[name] for name in ("certificate_id", "kind", "level", "occupation", "source", "issued_on", "valid_until")},
        "place": place,
        **_holder(holder),
        **_days(asked),
        **_insured(rows, asked),
        **_grants_of_certificate(rows, row, asked.on),
        **_trained(course),
        "monitored": read.in_group(rows, "monitored", day, asked),
        "hard_to_employ": read.in_group(rows, "hard_to_employ", day, asked),
        "graduated_on": graduation,
        "graduate": read.graduate(rows, graduation),
        "rural_transferred": {"none": False, "local": True, "away": True}.get(holder["migrant"]),
        "registered_unemployed": _registered(rows, day, asked),
        **_at_work(rows, day),
    }
    return _filled(CERTIFICATE_FACTS, found, said)


def hire(rows: Rows, row: Row, asked: Asked) -> Facts:
    """One row of `incentives.hire_facts`."""
    said = read.said(rows, "spell", row["spell_id"], HIRE_FACTS.columns, asked.on)
    hired, employer = row["started_on"], _organisation(rows, row["organisation_id"])
    left = row["ended_on"] if row["ended_on"] and row["ended_on"] <= asked.on else None
    before = _registrations(rows, hired - timedelta(1), asked.on)
    graduation = read.graduated(rows, hired, asked.on)
    found = {
        **{name: row[name] for name in ("spell_id", "organisation_id", "contract")},
        "place": asked.unit(employer["place"], hired),
        "size": employer["size"],
        "sector": employer["sector"],
        **_holder(rows["registry.workers"][0]),
        "hired_on": hired,
        "left_on": left,
        **_days(asked),
        **_insured_here(rows, row, asked),
        "employed_before": _employed_before(rows, row, graduation, asked),
        "graduated_on": graduation,
        "graduate": read.graduate(rows, graduation),
        "registered_unemployed": read.heard(bool(before), "unemployment", hired - timedelta(1), asked),
        "unemployed_since": max(before, default=None),
        "hard_to_employ": read.in_group(rows, "hard_to_employ", hired, asked),
        "monitored": read.in_group(rows, "monitored", hired, asked),
        "hiring_grants": len(read.own_grants(rows, "hiring_subsidy", asked.on)),
        "expansion_grants": len(read.own_grants(rows, "job_expansion_subsidy", asked.on)),
        "graduate_grants": len(read.own_grants(rows, "small_firm_graduate_subsidy", asked.on)),
        **_insurance_granted(rows, row, asked.on),
        "tax_year": asked.on.year,
        "tax_year_from": asked.on.replace(month=1, day=1),
    }
    return _filled(HIRE_FACTS, found, said)


def employer(rows: Rows, row: Row, asked: Asked) -> Facts:
    """One row of `incentives.employer_facts`, for the refund of what the employer paid in the year of `row`."""
    organisation, year = _organisation(rows, row["organisation_id"]), row["year"] + 1
    refunds = [
        r for r in read.standing_grants(rows, "job_stabilisation_refund", asked.on) if r["organisation_id"] == row["organisation_id"]
    ]
    found = {
        "organisation_id": row["organisation_id"],
        "year": year,
        "place": asked.unit(organisation["place"], asked.applied),
        "size": organisation["size"],
        **_days(asked),
        **{name: row[name] for name in ("premiums", "months_paid", "laid_off")},
        "insured_people": row["insured_average"],
        "premiums_as_of": min(row["as_of"], asked.applied),
        "refunds": sum(r["year"] == year for r in refunds),
    }
    return _filled(EMPLOYER_FACTS, found, {})


def business(rows: Rows, row: Row, asked: Asked) -> Facts:
    """One row of `incentives.business_facts`; `incentives.businesses` holds those of the owner's household too."""
    said = read.said(rows, "business", row["business_id"], BUSINESS_FACTS.columns, asked.on)
    began, before = row["registered_on"], row["registered_on"] - timedelta(1)
    closed = row["closed_on"] if row["closed_on"] and row["closed_on"] <= asked.on else None
    graduation = read.graduated(rows, began, asked.on)
    last = month(closed - timedelta(1)) if closed else month(asked.on)
    loan = {name: row[name] for name in LOAN} if row["borrowed_on"] is None or row["borrowed_on"] <= asked.on else {}
    found = {
        **{name: row[name] for name in ("business_id", "organisation_id", "kind", "registered_on", "first_business", "insured_employees")},
        "place": asked.unit(row["place"], began),
        **_holder(rows["registry.workers"][0]),
        "closed_on": closed,
        **_days(asked),
        "legal_representative": True if row["kind"] == "self_employed" else None,
        "household_grants": _household_grants(rows, row, asked.on),
        "graduated_on": graduation,
        "graduate": read.graduate(rows, graduation),
        "registered_unemployed": read.heard(bool(_registrations(rows, before, asked.on)), "unemployment", before, asked),
        "monitored": read.in_group(rows, "monitored", began, asked),
        "hard_to_employ": read.in_group(rows, "hard_to_employ", began, asked),
        "veteran": _veteran(rows, asked),
        **loan,
        "tax_year": asked.on.year,
        "months_in_year": read.months([read.clipped((month(began), last + 1), *_year(asked.on))]),
        "tax_year_from": asked.on.replace(month=1, day=1),
    }
    return _filled(BUSINESS_FACTS, found, said)


LOAN = ("has_loan", "borrower", "partners", "borrowed_on", "loan_until", "principal", "loan_rate")


def _filled(table: Table, found: Mapping[str, object], said: Mapping[str, object]) -> Facts:
    """Every column of a facts table: what records know, else what was said, else nothing."""
    return {c.name: found[c.name] if found.get(c.name) is not None else said.get(c.name) for c in table.columns}


def _holder(worker: Row) -> Facts:
    return {"worker_id": worker["worker_id"], "birth_month": worker["birth_month"]}


def _organisation(rows: Rows, key: int) -> Row:
    return next(r for r in rows["registry.organisations"] if r["organisation_id"] == key)


def _days(asked: Asked) -> Facts:
    """The days of application and grant, and those that feeds speak of."""
    return {
        "applied_on": asked.applied,
        "granted_on": asked.on,
        "insured_as_of": asked.as_of("insurance"),
        "hardship_as_of": asked.as_of("hardship"),
        "graduates_as_of": asked.as_of("graduates"),
        "unemployed_as_of": asked.as_of("unemployment"),
    }


def _year(on: date) -> tuple[int, int]:
    """The months of the calendar year, half open."""
    return on.year * 12 + 1, on.year * 12 + 13


def _insured(rows: Rows, asked: Asked) -> Facts:
    """Months insured up to what the feed knows on the day of application, whether insured then, and whether by somebody here."""
    until, spells = asked.as_of("insurance"), read.insured(rows)
    paid = [paid_by for start, end, paid_by in spells if until and start <= month(until) < end]
    employed = bool(read.jobs_on(rows, asked.applied)) or any(paid)
    return {
        "insured_months": read.months(read.clipped((a, b), 0, month(until) + 1) for a, b, _ in spells) if until else None,
        "insured": bool(paid) if until else None,
        "insurance_contradicts": bool(read.contradicted(rows, until)) if until else None,
        "employer_here": True if employed else None if paid or not until else False,
    }


def _grants_of_certificate(rows: Rows, row: Row, on: date) -> Facts:
    """What the holder was granted before, by year, occupation, level and certificate."""
    granted = read.own_grants(rows, "skill_upgrade_subsidy", on)
    others = [r for r in granted if r["granted_on"].year == on.year and r["certificate_id"] != row["certificate_id"]]
    rank = CERTIFIED.index(row["level"])
    of_level = [(_same_occupation(r, row), CERTIFIED.index(r["level"]) - rank if r["level"] else None) for r in granted]
    trained = [r for r in read.standing_grants(rows, "training_subsidy", on) if r["certificate_id"] == row["certificate_id"]]
    courses = [r for r in rows["incentives.trainings"] if r["certificate_id"] == row["certificate_id"]]
    allowances = read.own_grants(rows, "trainee_living_allowance", on)
    return {
        "grants_in_year": len(others),
        "ordinary_grants_in_year": None if any(r["shortage"] is None for r in others) else sum(not r["shortage"] for r in others),
        "same_level_grants": _counted([_both(same, None if above is None else above == 0) for same, above in of_level]),
        "higher_level_grants": _counted([_both(same, None if above is None else above > 0) for same, above in of_level]),
        "skill_subsidies": sum(r["certificate_id"] == row["certificate_id"] for r in granted),
        "training_subsidies": len(trained) + sum(r["subsidised_on"] is not None and r["subsidised_on"] <= on for r in courses),
        "allowances_in_year": sum(r["granted_on"].year == on.year for r in allowances),
    }


def _same_occupation(grant: Row, row: Row) -> bool | None:
    """Whether a grant was for the occupation of a certificate, under the code of today or an earlier one; None where it is not known."""
    if grant["certificate_id"] == row["certificate_id"]:
        return True
    if grant["occupation"] is None:
        return None
    codes = (grant["occupation"], row["occupation"])
    return EARLIER_CODES.get(codes[0], codes[0]) == EARLIER_CODES.get(codes[1], codes[1])


def _both(one: bool | None, other: bool | None) -> bool | None:
    """Kleene's and."""
    return False if one is False or other is False else None if one is None or other is None else True


def _counted(found: list[bool | None]) -> int | None:
    """How many are known to be so; None where none is and one may be."""
    return sum(one is True for one in found) or (None if None in found else 0)


def _course(rows: Rows, key: int, on: date) -> Row | None:
    """The course that led to a certificate: the last that had begun."""
    found = [r for r in rows["incentives.trainings"] if r["certificate_id"] == key and r["started_on"] <= on]
    return max(found, key=lambda r: (r["started_on"], r["training_id"]), default=None)


def _trained(course: Row | None) -> Facts:
    if course is None:
        return {}
    return {
        "trained": True,
        "training": course["kind"],
        "training_started_on": course["started_on"],
        "training_days": course["days"],
        "listed_cost": course["listed_cost"],
    }


def _at_work(rows: Rows, day: date | None) -> Facts:
    """Whether and since when the holder had a job on the day a course began."""
    if day is None:
        return {}
    jobs = read.jobs_on(rows, day)
    return {"employed": bool(jobs), "hired_on": jobs[-1]["started_on"] if jobs else None}


def _registrations(rows: Rows, day: date, on: date) -> list[date]:
    """The first days of the registrations as unemployed in force on a day."""
    held = [r for r in read.reported(rows, "unemployed", on) if r["started_on"] <= day]
    return [r["started_on"] for r in held if r["ended_on"] is None or day < r["ended_on"]]


def _registered(rows: Rows, day: date | None, asked: Asked) -> bool | None:
    return read.heard(bool(_registrations(rows, day, asked.on)), "unemployment", day, asked) if day else None


def _insured_here(rows: Rows, row: Row, asked: Asked) -> Facts:
    """Months the employer has paid since the hire: in all, in the longest and the latest run, and those of the year asked about.

    The latest run lasts while the job does and it reaches what the feed knows.
    """
    until = asked.as_of("insurance")
    if until is None:
        return {}
    left = row["ended_on"]
    end = min(month(until), month(left - timedelta(1)) if left else read.OPEN) + 1
    spans = [read.clipped((a, b), month(row["started_on"]), end) for a, b, by in read.insured(rows) if by == row["organisation_id"]]
    runs = read.covered(spans)
    return {
        "insured_months": runs[-1][1] - runs[-1][0] if runs else 0,
        "insurance_contradicts": row["organisation_id"] in read.contradicted(rows, until),
        "insuring": bool(runs) and runs[-1][1] == month(until) + 1 and (left is None or left > asked.on),
        "longest_run": max((run_end - start for start, run_end in runs), default=0),
        "paid_months": read.months(runs),
        "months_in_year": read.months(read.clipped(run, *_year(asked.on)) for run in runs),
    }


def _employed_before(rows: Rows, row: Row, graduation: date | None, asked: Asked) -> bool | None:
    """Whether somebody else insured the person in a month after that of graduation and before that of the hire."""
    if graduation is None or asked.as_of("insurance") is None:
        return None
    between = (month(graduation) + 1, month(row["started_on"]))
    return bool(read.covered(read.clipped((a, b), *between) for a, b, by in read.insured(rows) if by != row["organisation_id"]))


def _insurance_granted(rows: Rows, row: Row, on: date) -> Facts:
    """How often contributions were subsidised for a hire, and of how many months; None while those of any grant are unknown."""
    granted = [r for r in read.standing_grants(rows, "social_insurance_subsidy", on) if r["spell_id"] == row["spell_id"]]
    unknown = any(r["months"] is None for r in granted)
    return {"insurance_grants": len(granted), "insurance_months": None if unknown else sum(r["months"] for r in granted)}


def _household_grants(rows: Rows, row: Row, on: date) -> int | None:
    """Start-up grants to the businesses of the household; None while the household is not known."""
    if row["household"] is None:
        return None
    own = {r["business_id"] for r in rows["incentives.businesses"] if r["household"] == row["household"]}
    return sum(r["business_id"] in own for r in read.standing_grants(rows, "startup_grant", on))


def _veteran(rows: Rows, asked: Asked) -> bool | None:
    """Who was a veteran once is one."""
    found = any(r["detail"] == "veteran" for r in read.reported(rows, "hardship", asked.on))
    as_of = asked.as_of("hardship")
    return read.heard(found, "hardship", as_of, asked) if as_of else (True if found else None)
