"""Who the people are: the fit, plausible lives, and places of work near home."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from numpy.typing import NDArray

from guildhall.registry import tables
from guildhall.synth.plan import base_day
from guildhall.synth.workdays import term
from tests.synth.cities import ORDINAL, Made


def months_old(made: Made) -> NDArray[np.int64]:
    """Completed months of everyone on the reference date, by worker_id - 1, one too few at most."""
    born = made.table(tables.WORKERS).column("birth_month").cast(pa.int32()).to_numpy().astype("datetime64[D]").astype("datetime64[M]")
    months: NDArray[np.int64] = (np.datetime64(made.city.reference_date, "M") - born).astype(np.int64)
    return months


SCHOOL_END = {"primary": 16, "junior": 16, "senior": 18, "college": 21, "bachelor": 22}


def school_end(made: Made) -> NDArray[np.int64]:
    """The first day on which schooling is completed for sure, by worker_id - 1: the first of the month after the birthday."""
    born = made.table(tables.WORKERS).column("birth_month").cast(pa.int32()).to_numpy().astype("datetime64[D]").astype("datetime64[M]")
    years = np.array([SCHOOL_END[name] for name in made.words(tables.WORKERS, "education")])
    days: NDArray[np.int64] = (born + 12 * years + 1).astype("datetime64[D]").astype(np.int64)
    return days


def test_no_one_holds_a_diploma_before_the_age_for_it(made: Made) -> None:
    assert np.all(school_end(made) <= made.today)


def test_no_job_begins_before_school_ends_or_at_less_than_16(made: Made) -> None:
    worker, start = made.numbers(tables.EMPLOYMENT, "worker_id") - 1, made.days(tables.EMPLOYMENT, "started_on")
    assert np.all(start >= school_end(made)[worker])
    assert np.all(start >= made.days(tables.WORKERS, "birth_month")[worker] + 16 * 365)


@pytest.mark.slow
def test_no_day_of_the_last_year_stands_out_as_the_beginning_of_jobs(chongqing: Made, third: Made) -> None:
    for made in (chongqing, third):
        start = made.days(tables.EMPLOYMENT, "started_on")[made.days(tables.EMPLOYMENT, "ended_on") > made.today]
        by_day = np.bincount(start[start > made.today - 365] - (made.today - 364), minlength=365)
        assert 0 < by_day[-1] <= 3 * by_day.mean()
        assert by_day.max() <= 3 * by_day.mean()


def test_certificates_are_issued_on_working_days(made: Made) -> None:
    issued = set(made.table(tables.CERTIFICATES).column("issued_on").to_pylist())
    assert len(issued) > 500
    assert [day for day in sorted(issued) if day.weekday() >= 5 or not made.city.calendar.is_working(day).value] == []


def years_later(days: NDArray[np.int64], years: int) -> NDArray[np.int64]:
    """The same day some calendar years later; 29 February becomes 1 March."""
    dates = days.astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    found: NDArray[np.int64] = ((month + 12 * years).astype("datetime64[D]") + (dates - month.astype("datetime64[D]"))).astype(np.int64)
    return found


def test_between_two_levels_lie_the_calendar_years_of_the_ladder(made: Made) -> None:
    level = made.words(tables.CERTIFICATES, "level")
    worker, issued = made.numbers(tables.CERTIFICATES, "worker_id"), made.days(tables.CERTIFICATES, "issued_on")
    for lower, upper, years in (("L5", "L4", 3), ("L4", "L3", 4), ("L3", "L2", 4), ("L2", "L1", 4)):
        first = dict(zip(worker[level == lower].tolist(), issued[level == lower].tolist(), strict=True))
        pairs = np.array(
            [(first[w], d) for w, d in zip(worker[level == upper].tolist(), issued[level == upper].tolist(), strict=True) if w in first]
        )
        assert len(pairs), (lower, upper)
        assert np.all(years_later(pairs[:, 0], years) <= pairs[:, 1]), (lower, upper)


def test_a_term_of_years_is_never_short_of_the_calendar() -> None:
    for years in (1, 2, 3, 4, 5, 8):
        days = np.arange(9_000, 20_500)
        assert np.all(years_later(days, years) <= days + term(Fraction(years)))
        assert term(Fraction(years)) <= years * 365 + years // 4 + 1


def test_women_leave_work_earlier(chongqing: Made) -> None:
    worker = chongqing.words(tables.WORKERS, "standing") == "worker"
    female = chongqing.words(tables.WORKERS, "sex")[worker] == "female"
    age = (months_old(chongqing)[worker] - 1) // 12
    share = [female[(age >= first) & (age <= last)].mean() for first, last in ((25, 49), (50, 54), (55, 64))]
    assert share[0] > 0.38 > share[1] > 0.25 > share[2]


def test_the_fit_meets_every_margin(made: Made) -> None:
    fit = made.folder.manifest.meta["fit"]
    for part, people in (("workers", made.table(tables.WORKERS).num_rows), ("outside work", 200)):
        assert fit[part]["largest_miss_ppm"] < 0.11
        for name, miss in fit[part]["people_miss_ppm"].items():
            assert miss <= 1e6 / people, f"{part} {name}: more than one person off"


def test_margins_can_be_counted_in_the_tables(made: Made) -> None:
    workers = made.table(tables.WORKERS).filter(pc.equal(made.table(tables.WORKERS).column("standing").cast(pa.string()), "worker"))
    for name in ("sex", "education", "migrant"):
        wanted = {
            row: Fraction(v)
            for (row, of), v in {**made.city.marginals.get(name, {}), **made.city.assumptions.get(name, {})}.items()
            if of == "worker"
        }
        found = {r["values"]: r["counts"] for r in pc.value_counts(workers.column(name).cast(pa.string()).combine_chunks()).to_pylist()}
        for row, share in wanted.items():
            assert abs(found.get(row, 0) - share / sum(wanted.values()) * workers.num_rows) <= 1, f"{name} {row}"


def test_age_meets_its_bands(made: Made) -> None:
    worker = made.words(tables.WORKERS, "standing") == "worker"
    age = (months_old(made)[worker] - 1) // 12
    for (band, of), share in made.city.assumptions["age"].items():
        if of == "worker":
            first, last = (int(year) for year in band.split("-"))
            assert abs(((age >= first) & (age <= last)).sum() - float(share) * len(age)) <= 1, band


def test_mean_age_and_schooling_are_near_the_survey(chongqing: Made) -> None:
    """The ninth national survey of workers: ages and schooling are assumed, so they need not agree, only be near."""
    worker = chongqing.words(tables.WORKERS, "standing") == "worker"
    survey = chongqing.city.marginals["survey"]
    assert abs(months_old(chongqing)[worker].mean() / 12 - float(survey["mean_age", ""])) < 0.75
    years = {"primary": 6, "junior": 9, "senior": 12, "college": 15, "bachelor": 16}
    schooling = [years[name] for name in chongqing.words(tables.WORKERS, "education")[worker]]
    assert abs(np.mean(schooling) - float(survey["school_years", ""])) < 0.25


def test_no_sector_employs_more_people_than_the_whole_city_has(chongqing: Made) -> None:
    now = chongqing.days(tables.EMPLOYMENT, "ended_on") > chongqing.today
    sector = chongqing.words(tables.ORGANISATIONS, "sector")[chongqing.numbers(tables.EMPLOYMENT, "organisation_id")[now] - 1]
    for (names, _), cap in chongqing.city.marginals["sector_cap"].items():
        assert np.isin(sector.astype(str), names.split("+")).sum() <= Fraction(cap) * Fraction(chongqing.scale), names


def test_no_one_is_too_young_for_their_level(made: Made) -> None:
    levels, age = made.level_on(made.today), months_old(made) / 12
    assert age.min() >= 16
    for level, least in (("L4", 18), ("L3", 19), ("L2", 25), ("L1", 30), ("LT", 30)):
        assert age[levels >= ORDINAL[level]].min() >= least, level


def test_certificates_come_in_order_and_never_before_the_holder_is_16(made: Made) -> None:
    held = made.table(tables.CERTIFICATES)
    worker = made.numbers(tables.CERTIFICATES, "worker_id")
    ordinal = np.array([ORDINAL[level] for level in made.words(tables.CERTIFICATES, "level")])
    issued = made.days(tables.CERTIFICATES, "issued_on")
    order = np.lexsort((ordinal, worker))
    same = worker[order][1:] == worker[order][:-1]
    assert np.all(np.diff(ordinal[order])[same] >= 1)
    assert np.all(np.diff(issued[order])[same] >= 0)
    born = made.days(tables.WORKERS, "birth_month")
    assert np.all(issued - born[worker - 1] >= 16 * 365)
    assert issued.max() <= made.today
    assert held.num_rows > len(set(worker.tolist())), "some hold several"


def test_appointments_end_or_stay_open_and_rest_on_a_senior_certificate(made: Made) -> None:
    kind = made.words(tables.CERTIFICATES, "kind") == "appointment"
    worker, until = made.numbers(tables.CERTIFICATES, "worker_id"), made.days(tables.CERTIFICATES, "valid_until")
    level = made.words(tables.CERTIFICATES, "level")
    appointed = set(worker[kind].tolist())
    assert set(level[kind].tolist()) == {"LT", "LS"}
    assert appointed <= set(worker[level == "L1"].tolist())
    chiefs, special = set(worker[level == "LS"].tolist()), set(worker[level == "LT"].tolist())
    assert chiefs < special, "a chief technician was special-grade before"
    still = kind & (until > made.today)
    assert len(set(worker[still].tolist())) == int(still.sum()) == len(appointed)
    assert set(made.words(tables.CERTIFICATES, "source")[kind].tolist()) == {"employer"}


def test_an_employer_certifies_only_its_own_staff(made: Made) -> None:
    own = np.flatnonzero(
        (made.words(tables.CERTIFICATES, "source") == "employer") & (made.words(tables.CERTIFICATES, "kind") == "skill_level")
    )
    now = made.days(tables.EMPLOYMENT, "ended_on") > made.today
    employer = dict(
        zip(made.numbers(tables.EMPLOYMENT, "worker_id")[now], made.numbers(tables.EMPLOYMENT, "organisation_id")[now], strict=True)
    )
    worker, issuer = made.numbers(tables.CERTIFICATES, "worker_id"), made.numbers(tables.CERTIFICATES, "issuer_id")
    assert len(own) > 20
    assert all(employer[worker[n]] == issuer[n] for n in own)
    bodies = set(
        made.numbers(tables.ORGANISATIONS, "organisation_id")[made.words(tables.ORGANISATIONS, "kind") == "assessment_body"].tolist()
    )
    public = made.words(tables.CERTIFICATES, "source") == "public_body"
    assert set(issuer[public].tolist()) <= bodies


def test_spells_of_one_person_do_not_overlap(made: Made) -> None:
    for table in (tables.EMPLOYMENT, tables.INSURANCE):
        worker, start, end = made.numbers(table, "worker_id"), made.days(table, "started_on"), made.days(table, "ended_on")
        assert np.all(start < end)
        assert start.max() <= made.today
        order = np.lexsort((start, worker))
        same = worker[order][1:] == worker[order][:-1]
        assert np.all(end[order][:-1][same] <= start[order][1:][same]), table.name


def test_insured_months_begin_on_the_first(made: Made) -> None:
    for name in ("started_on", "ended_on"):
        dates = made.table(tables.INSURANCE).column(name).drop_null()
        assert set(pc.day(dates).unique().to_pylist()) == {1}


def test_most_people_work_in_their_own_unit(made: Made) -> None:
    territory, day = made.city.territory, base_day(made.city)
    unit = {place.place_id: territory.unit_of(place.place_id, day) for place in made.city.places}
    home = [unit[place] for place in made.words(tables.WORKERS, "residence")]
    place = dict(zip(made.numbers(tables.ORGANISATIONS, "organisation_id"), made.words(tables.ORGANISATIONS, "place"), strict=True))
    now = made.days(tables.EMPLOYMENT, "ended_on") > made.today
    pairs = zip(made.numbers(tables.EMPLOYMENT, "worker_id")[now], made.numbers(tables.EMPLOYMENT, "organisation_id")[now], strict=True)
    near = [home[worker - 1] == unit[place[organisation]] for worker, organisation in pairs]
    assert 0.6 < sum(near) / len(near) < 0.98


def test_above_scale_industry_stays_within_what_is_published(made: Made) -> None:
    scale = Fraction(made.scale)
    above = made.table(tables.ORGANISATIONS).column("above_scale").to_numpy(zero_copy_only=False)
    industry = np.isin(made.words(tables.ORGANISATIONS, "sector").astype(str), ["manufacturing", "energy_mining"])
    assert np.all(industry[above])
    now = made.days(tables.EMPLOYMENT, "ended_on") > made.today
    staff = np.bincount(made.numbers(tables.EMPLOYMENT, "organisation_id")[now], minlength=len(above) + 1)[1:]
    cap = {**made.city.marginals.get("cap", {}), **made.city.assumptions.get("cap", {})}
    assert staff[above].sum() <= float(cap["above_scale_industry", ""]) * scale
    assert above.sum() <= round(float(cap["above_scale_enterprises", ""]) * scale)
    assert above.sum() > 0


def test_size_classes_are_what_they_say(chongqing: Made) -> None:
    now = chongqing.days(tables.EMPLOYMENT, "ended_on") > chongqing.today
    size = chongqing.words(tables.ORGANISATIONS, "size")
    staff = np.bincount(chongqing.numbers(tables.EMPLOYMENT, "organisation_id")[now], minlength=len(size) + 1)[1:]
    means = [staff[size == name].mean() for name in ("micro", "small", "medium", "large")]
    assert means == sorted(means)
    assert staff[size == "micro"].max() < 20
    assert staff[chongqing.words(tables.ORGANISATIONS, "kind") == "enterprise"].min() >= 1


def test_each_cluster_has_people_in_proportion(chongqing: Made) -> None:
    now = chongqing.days(tables.EMPLOYMENT, "ended_on") > chongqing.today
    cluster = chongqing.words(tables.ORGANISATIONS, "cluster")
    staff = np.bincount(chongqing.numbers(tables.EMPLOYMENT, "organisation_id")[now], minlength=len(cluster) + 1)[1:]
    made_here = staff[chongqing.words(tables.ORGANISATIONS, "sector") == "manufacturing"].sum()
    for name, share in (("vehicles", 0.22), ("electronics", 0.24), ("materials", 0.20)):
        assert abs(staff[cluster == name].sum() / made_here - share) < 0.06, name


def test_more_women_in_health_and_more_men_in_construction(chongqing: Made) -> None:
    now = chongqing.days(tables.EMPLOYMENT, "ended_on") > chongqing.today
    sex = chongqing.words(tables.WORKERS, "sex")[chongqing.numbers(tables.EMPLOYMENT, "worker_id")[now] - 1]
    sector = chongqing.words(tables.ORGANISATIONS, "sector")[chongqing.numbers(tables.EMPLOYMENT, "organisation_id")[now] - 1]
    assert (sex[sector == "education_health"] == "female").mean() > 0.5 > 0.2 > (sex[sector == "construction"] == "female").mean()
