"""The facts of every certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from guildhall.incentives.engine.facts import grants, persons, reports
from guildhall.incentives.engine.facts.world import World, beside, month
from guildhall.incentives.tables.certificates import CERTIFICATE_FACTS
from guildhall.registry.tables import CERTIFIED
from guildhall.skills.engine.earlier import EARLIER_CODES

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression

TAKEN = ("certificate_id", "kind", "level", "occupation", "source", "issued_on", "valid_until")


def made(world: World) -> tuple[Expression, dict[str, Any], dict[str, Any]]:
    """Rows, what records know of them, and what claims said."""
    rows, said = _with_course(world)
    begun, event = reports.events(rows, "certificate_id", rows.began), rows.began.coalesce(rows.issued_on)
    dated = reports.events(rows, "certificate_id", event)
    found = persons.with_contradictions(world, persons.with_person(world, rows), "person")
    found = _with_payer(world, found)
    found = _with_grants(world, found)
    found = reports.with_hardship(world, found, "certificate_id", begun, "certificates")
    found = reports.with_registration(world, found, "certificate_id", begun, "certificates")
    found = reports.with_graduation(world, found, "certificate_id", dated, "certificates")
    found = _with_job(world, found, begun)
    found = world.with_unit(found.mutate(where=found["at"].coalesce(found.home)), "where", found.issued_on)
    return found, _known(world, found), {name: found[f"said_{name}"] for name in said}


def _certificates(world: World) -> Expression:
    """Certificates that had been issued by the day, with their person."""
    rows = world.tables["registry.certificates"]
    return world.of_persons(rows.filter(rows.issued_on <= world.on)).drop("worker_id", "issuer_id")


def _known(world: World, rows: Expression) -> dict[str, Any]:
    course = {name: rows[f"course_{name}"] for name in ("training", "training_started_on", "training_days", "listed_cost")}
    taught = rows.course_training.notnull()
    until = world.asked.as_of("insurance")
    insured = rows.insured.fill_null(False)
    nothing: Any = ibis.null("boolean")
    here = ibis.cases(
        (rows.at_work.fill_null(False) | rows.payer_known.fill_null(False), True),
        (insured, nothing),
        else_=nothing if until is None else ibis.literal(False),
    )
    return {
        **{name: rows[name] for name in TAKEN},
        **persons.days(world),
        **course,
        "worker_id": rows.person,
        "birth_month": rows.born,
        "place": rows.unit,
        "insured_months": rows.insured_months.fill_null(0) if until else ibis.null("int64"),
        "insured": insured if until else nothing,
        "insurance_contradicts": rows.contradicts,
        "employer_here": here,
        **{name: rows[name] for name in GRANTED},
        "trained": taught.ifelse(True, nothing),
        "monitored": world.heard(rows.in_monitored, "hardship", rows.began),
        "hard_to_employ": world.heard(rows.in_hard_to_employ, "hardship", rows.began),
        "graduated_on": rows.graduated,
        "graduate": reports.graduate(rows),
        "rural_transferred": rows.moved,
        "registered_unemployed": world.heard(rows.unemployed_since.notnull(), "unemployment", rows.began),
        "employed": rows.began.isnull().ifelse(nothing, rows.job_since.notnull()),
        "hired_on": rows.job_since,
    }


def _with_course(world: World) -> tuple[Expression, list[str]]:
    """Certificates with what was said of them, the last course that had begun, and the day the course began, if only as said."""
    rows, said = world.with_said(_certificates(world), "certificate", "certificate_id", CERTIFICATE_FACTS.columns)
    courses = world.tables["incentives.trainings"]
    courses = courses.filter(courses.started_on <= world.on)
    order = ibis.window(group_by="certificate_id", order_by=[courses.started_on.desc(), courses.training_id.desc()])
    ranked = courses.mutate(place=ibis.row_number().over(order))
    last = ranked.filter(ranked.place == 0).select(
        course_of="certificate_id", course_training="kind", course_training_started_on="started_on", course_training_days="days",
        course_listed_cost="listed_cost",
    )  # fmt: skip
    joined = beside(rows, "certificate_id", last, "course_of")
    told = joined.said_training_started_on if "training_started_on" in said else ibis.null("date")
    return joined.mutate(began=joined.course_training_started_on.coalesce(told)), list(said)


def _with_payer(world: World, rows: Expression) -> Expression:
    """Rows with `at`, the place of who insured, else employed, the holder on the day of issue: who began last, then of the highest key."""
    paid, jobs = world.insured, world.of_persons(world.tables["registry.employment_spells"])
    issued = _certificates(world)
    events = issued.select("certificate_id", "person", "issued_on", issued=month(issued.issued_on))
    insured = events.join(paid.filter(paid.organisation > 0), "person")
    insured = insured.filter(insured.start <= insured.issued, insured.end > insured.issued)
    worked = events.join(jobs.select("person", "organisation_id", "started_on", "ended_on"), "person")
    worked = worked.filter(worked.started_on <= worked.issued_on, worked.ended_on.isnull() | (worked.ended_on > worked.issued_on))
    # One number orders by what pays before what employs, then by beginning, then by key, so that a plain maximum finds the organisation.
    began = (worked.started_on.year() * 512 + worked.started_on.month() * 32 + worked.started_on.day()).cast("int64")
    marks = insured.select("certificate_id", mark=PAYS + insured.start.cast("int64") * SHIFT + insured.organisation)
    marks = marks.union(worked.select("certificate_id", mark=began * SHIFT + worked.organisation_id))
    last = marks.group_by(at_certificate="certificate_id").agg(mark=lambda t: t.mark.max())
    places = world.numbered(world.tables["registry.organisations"].select("organisation_id", "place"))
    places = places.select(payer="organisation_id", at="place_number")
    kept = world.keep("certificates.payers", lambda: last.mutate(payer=last.mark % SHIFT).join(places, "payer").drop("payer", "mark"))
    return beside(rows, "certificate_id", kept, "at_certificate")


SHIFT, PAYS = 1 << 36, 1 << 60


GRANTED = (
    "grants_in_year",
    "ordinary_grants_in_year",
    "same_level_grants",
    "higher_level_grants",
    "skill_subsidies",
    "training_subsidies",
    "allowances_in_year",
)


def _with_grants(world: World, rows: Expression) -> Expression:
    """Rows with what the holder was granted before, by year, occupation, level and certificate."""
    granted = grants.standing(world, "skill_upgrade_subsidy").select(
        "person", "granted_on", "shortage", granted_for="certificate_id", granted_occupation="occupation", granted_level="level"
    )
    pairs = _certificates(world).select("certificate_id", "person", "occupation", "level").join(granted, "person")
    own = (pairs.granted_for == pairs.certificate_id).fill_null(False)
    other = (pairs.granted_on.year() == world.on.year) & ~own
    same = own | (_today(pairs.granted_occupation) == _today(pairs.occupation))
    rank, granted_rank = _rank(pairs.level), _rank(pairs.granted_level)
    counts = pairs.group_by(granted_of=pairs.certificate_id).agg(
        grants_in_year=_count(other),
        ordinary_of_year=_count(other & (~pairs.shortage).fill_null(False)),
        untold_of_year=_count(other & pairs.shortage.isnull()),
        same_level_grants=_known_count(same & (granted_rank == rank)),
        higher_level_grants=_known_count(same & (granted_rank > rank)),
        skill_subsidies=_count(own),
    )
    kept = world.keep("certificates.granted", lambda: counts)
    rows = beside(rows, "certificate_id", kept, "granted_of")
    rows = grants.counted(rows, grants.standing(world, "training_subsidy"), "certificate_id", "certificate_id", "trained_by_us")
    courses = world.tables["incentives.trainings"]
    rows = grants.counted(rows, courses.filter(courses.subsidised_on <= world.on), "certificate_id", "certificate_id", "trained_before")
    allowances = grants.standing(world, "trainee_living_allowance")
    allowances = allowances.filter(allowances.granted_on.year() == world.on.year)
    rows = grants.counted(rows, allowances, "person", "person", "allowances_in_year")
    never = rows.skill_subsidies.isnull()
    counted = {name: never.ifelse(0, rows[name]) for name in GRANTED[:5] if name != "ordinary_grants_in_year"}
    # A grant of the year that does not say for what leaves the number of ordinary ones open.
    told = (rows.untold_of_year.fill_null(0) == 0).ifelse(rows.ordinary_of_year.fill_null(0), ibis.null("int32"))
    return rows.mutate(ordinary_grants_in_year=told).mutate(**counted, training_subsidies=rows.trained_by_us + rows.trained_before)


def _count(condition: Any) -> Any:
    return condition.cast("int32").sum().cast("int32")


def _known_count(condition: Any) -> Any:
    """How many are known to be so; null where none is and one may be. A condition on something unknown is null."""
    known, open_ = _count(condition.fill_null(False)), _count(condition.isnull())
    return ((known == 0) & (open_ > 0)).ifelse(ibis.null("int32"), known)


def _today(code: Any) -> Any:
    """The code of today for an occupation."""
    return ibis.cases(*((code == earlier, now) for earlier, now in EARLIER_CODES.items()), else_=code)


def _rank(level: Any) -> Any:
    return ibis.cases(*((level == name, n) for n, name in enumerate(CERTIFIED)), else_=ibis.null("int32"))


def _with_job(world: World, rows: Expression, begun: Expression) -> Expression:
    """Rows with `job_since`: the first day of the job held when the course began."""
    jobs = world.of_persons(world.tables["registry.employment_spells"]).select("person", "started_on", "ended_on")
    pairs = begun.join(jobs, "person")
    held = pairs.filter(pairs.started_on <= pairs.day, pairs.ended_on.isnull() | (pairs.ended_on > pairs.day))
    kept = world.keep("certificates.jobs", lambda: held.group_by(job_of=held.key).agg(job_since=held.started_on.max()))
    return beside(rows, "certificate_id", kept, "job_of")
