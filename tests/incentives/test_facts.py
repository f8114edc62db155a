"""Facts of everybody and of one are the same; each rests on what had happened by the day, at the place that answered then."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest

from guildhall.city import load as load_pack
from guildhall.incentives.engine import facts as engine
from guildhall.incentives.engine.facts.everybody import READS
from guildhall.incentives.tables import FACTS, TABLES
from guildhall.kernel.backends import Tables, open_arrow
from guildhall.kernel.tables import Table
from guildhall.registry import tables as registry
from guildhall.synth import build
from tests.incentives.registers import KEYS, one_by_one, together
from tests.registry import folders

DECLARED: dict[str, Table] = {table.name: table for table in (*registry.TABLES, *TABLES)}
ON = date(2026, 3, 31)
CERTIFICATES = ("incentives.certificate_facts",)
Rows = dict[str, list[dict[str, Any]]]


def register(**rows: list[dict[str, Any]]) -> dict[str, pa.Table]:
    """A register of a few places and two firms, with the rows given by the last part of a table's name; what a row leaves out is empty."""
    found: Rows = {**folders.places(), **folders._organisations()}
    found["registry.feeds"] = [{"kind": kind, "as_of": date(2026, 2, 15)} for kind in registry.FEEDS]
    found["registry.workers"] = [worker(n) for n in (1, 2)]
    found |= {name: rows[last] for name in READS if (last := name.split(".")[1]) in rows}
    return {name: DECLARED[name].build(_columns(DECLARED[name], found.get(name, []))) for name in READS}


def _columns(table: Table, rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {column.name: [row.get(column.name) for row in rows] for column in table.columns}


def worker(n: int, **other: Any) -> dict[str, Any]:
    made = {"worker_id": n, "birth_month": date(1990, 1, 1), "sex": "female", "education": "senior", "migrant": "none"}
    return {**made, "standing": "worker", "residence": "t-990101001", "weight": 1, **other}


def certificate(key: int, issued: date, **other: Any) -> dict[str, Any]:
    made = {"certificate_id": key, "worker_id": 1, "kind": "skill_level", "level": "L4", "occupation": "6-31-01-03", "issuer_id": 1}
    return {**made, "source": "employer", "issued_on": issued, **other}


def job(key: int, start: date, end: date | None = None, **other: Any) -> dict[str, Any]:
    made = {"spell_id": key, "worker_id": 1, "organisation_id": 1, "contract": "regular", "started_on": start, "ended_on": end}
    return {**made, **other}


def insured(key: int, start: date, end: date | None = None, **other: Any) -> dict[str, Any]:
    made = {"spell_id": key, "worker_id": 1, "organisation_id": 1, "scheme": "unemployment", "started_on": start, "ended_on": end}
    return {**made, **other}


def report(kind: str, start: date, end: date | None = None, detail: str = "", **other: Any) -> dict[str, Any]:
    return {"worker_id": 1, "kind": kind, "detail": detail, "started_on": start, "ended_on": end, "as_of": date(2026, 2, 15), **other}


def grant(key: int, granted: date, benefit: str = "skill_upgrade_subsidy", **other: Any) -> dict[str, Any]:
    return {"grant_id": key, "benefit": benefit, "worker_id": 1, "amount": 1, "granted_on": granted, "source": "recorded", **other}


def fact(tables: Mapping[str, pa.Table], on: date, table: str, key: tuple[int, ...], name: str) -> Any:
    """One fact, as the readable engine tells it; that the fast one tells the same is tried below on many registers at once."""
    return one_by_one(tables, on)[f"incentives.{table}_facts"][key][name]


# Months insured: each once, up to what the feed knows, and without a break since the hire.

SPELLS = [
    ("one", [(2024, 1, 2024, 7)], 6),
    ("two that overlap", [(2024, 1, 2024, 7), (2024, 4, 2024, 10)], 9),
    ("one inside the other", [(2024, 1, 2024, 12), (2024, 3, 2024, 5)], 11),
    ("two with a gap", [(2024, 1, 2024, 3), (2024, 5, 2024, 6)], 3),
    ("three with a gap", [(2023, 1, 2023, 3), (2023, 2, 2023, 6), (2023, 8, 2023, 9)], 6),
    ("four, two of them the same", [(2023, 1, 2023, 3), (2023, 1, 2023, 3), (2023, 3, 2023, 4), (2024, 1, 2024, 2)], 4),
]


@pytest.mark.parametrize(("spells", "months"), [row[1:] for row in SPELLS], ids=[str(row[0]) for row in SPELLS])
def test_a_month_counts_once(spells: list[tuple[int, int, int, int]], months: int) -> None:
    rows = [insured(n, date(a, b, 1), date(c, d, 1)) for n, (a, b, c, d) in enumerate(spells, 1)]
    tables = register(certificates=[certificate(1, date(2024, 1, 9))], insurance_spells=rows)
    assert fact(tables, date(2025, 6, 1), "certificate", (1,), "insured_months") == months


def test_months_go_up_to_what_the_feed_knows() -> None:
    tables = register(certificates=[certificate(1, date(2025, 1, 9))], insurance_spells=[insured(1, date(2025, 1, 1))])
    for on, months in ((date(2025, 1, 31), 1), (date(2025, 2, 1), 2), (date(2026, 2, 14), 14), (date(2026, 3, 31), 14)):
        assert fact(tables, on, "certificate", (1,), "insured_months") == months
    assert fact(tables, date(2026, 3, 31), "certificate", (1,), "insured_as_of") == date(2026, 2, 15)


def test_without_a_feed_nothing_is_known_of_insurance() -> None:
    tables = register(certificates=[certificate(1, date(2025, 1, 9))], feeds=[], insurance_spells=[insured(1, date(2025, 1, 1))])
    for name in ("insured_months", "insured", "insured_as_of", "employer_here"):
        assert fact(tables, ON, "certificate", (1,), name) is None


@pytest.mark.parametrize(
    ("spells", "run"),
    [
        ([(2024, 3, 2024, 9)], 6),
        ([(2023, 1, 2024, 9)], 6),  # insured there before: counted from the month of the hire
        ([(2024, 5, 2024, 9)], 4),  # begun late
        ([(2024, 3, 2024, 5), (2024, 5, 2024, 9)], 6),  # renewed without a gap
        ([(2024, 3, 2024, 5), (2024, 6, 2024, 9)], 3),  # a month unpaid: counted afresh
        ([(2024, 3, 2024, 5), (2024, 4, 2024, 6), (2024, 8, 2024, 9)], 1),
        ([], 0),
    ],
)
def test_of_runs_since_the_hire_the_latest_counts_on(spells: list[tuple[int, int, int, int]], run: int) -> None:
    rows = [insured(n, date(a, b, 1), date(c, d, 1)) for n, (a, b, c, d) in enumerate(spells, 1)]
    rows.append(insured(99, date(2020, 1, 1), organisation_id=2))  # another employer's months are not this one's
    tables = register(employment_spells=[job(7, date(2024, 3, 15))], insurance_spells=rows)
    assert fact(tables, date(2025, 6, 1), "hire", (7,), "insured_months") == run


def test_a_break_leaves_the_longest_run_and_all_months_and_says_whether_the_latest_lasts() -> None:
    paid = [insured(1, date(2024, 3, 1), date(2024, 10, 1)), insured(2, date(2024, 11, 1), date(2025, 1, 1))]
    names = ("insured_months", "longest_run", "paid_months", "insuring")
    for until, left, told in (
        (date(2025, 1, 1), None, [2, 7, 9, False]),  # ended in December
        (None, None, [8, 8, 15, True]),
        (None, date(2025, 5, 20), [7, 7, 14, False]),
    ):
        spells = [paid[0], {**paid[1], "ended_on": until}]
        tables = register(employment_spells=[job(7, date(2024, 3, 15), left)], insurance_spells=spells)
        assert [fact(tables, date(2025, 6, 1), "hire", (7,), name) for name in names] == told


def test_months_of_contributions_granted_add_up_and_one_unknown_leaves_them_open() -> None:
    for months, told in (([], (0, 0)), ([2, 10], (2, 12)), ([2, None], (2, None))):
        given = [grant(n, date(2025, 9, 1), "social_insurance_subsidy", spell_id=7, months=one) for n, one in enumerate(months, 1)]
        tables = register(employment_spells=[job(7, date(2025, 3, 15))], grants=given)
        assert tuple(fact(tables, ON, "hire", (7,), name) for name in ("insurance_grants", "insurance_months")) == told


GRANTS: tuple[tuple[dict[str, Any], tuple[Any, Any]], ...] = (
    ({"occupation": "6-31-01-03", "level": "L4"}, (1, 0)),
    ({"occupation": "6-31-01-03", "level": "L3"}, (0, 1)),
    ({"occupation": "6-31-01-01", "level": "L4"}, (0, 0)),
    ({"occupation": None, "level": "L4"}, (None, 0)),  # may have been for this one
    ({"occupation": None, "level": "L3"}, (0, None)),
    ({"occupation": "6-31-01-03", "level": None}, (None, None)),
    ({"occupation": "6-31-01-01", "level": None}, (0, 0)),
    ({"occupation": None, "level": "L4", "certificate_id": 8}, (1, 0)),  # for this very certificate
)


def test_a_grant_of_unknown_occupation_or_level_is_not_counted_as_none() -> None:
    people = range(1, len(GRANTS) + 1)
    tables = register(
        workers=[worker(n) for n in people],
        certificates=[certificate(n, date(2024, 12, 1), worker_id=n) for n in people],
        grants=[grant(n, date(2025, 1, 2), worker_id=n, **other) for n, (other, _) in zip(people, GRANTS, strict=True)],
    )
    for found in (one_by_one(tables, ON), together(tables, ON, CERTIFICATES)):
        rows = found["incentives.certificate_facts"]
        assert [(rows[n,]["same_level_grants"], rows[n,]["higher_level_grants"]) for n in people] == [told for _, told in GRANTS]


def test_an_occupation_is_the_same_under_its_earlier_code() -> None:
    codes = ("2-02-38-01", "2-02-10-09")
    tables = register(
        certificates=[certificate(n, date(2024, 12, 1), worker_id=n, occupation=mine) for n, mine in enumerate(codes, 1)],
        grants=[grant(n, date(2021, 5, 2), worker_id=n, occupation=its, level="L4") for n, its in enumerate(reversed(codes), 1)],
    )
    for rows in (one_by_one(tables, ON), together(tables, ON, CERTIFICATES)):
        assert [rows["incentives.certificate_facts"][n,]["same_level_grants"] for n in (1, 2)] == [1, 1]


def test_a_run_ends_with_the_job() -> None:
    paid = [insured(1, date(2024, 3, 1))]
    for left, months in ((date(2024, 6, 1), 3), (date(2024, 6, 2), 4), (None, 16)):
        tables = register(employment_spells=[job(7, date(2024, 3, 15), left)], insurance_spells=paid)
        assert fact(tables, date(2025, 6, 1), "hire", (7,), "insured_months") == months


def test_months_of_relief_are_those_of_the_year() -> None:
    tables = register(
        employment_spells=[job(7, date(2024, 11, 15))],
        insurance_spells=[insured(1, date(2024, 11, 1), date(2025, 2, 1)), insured(2, date(2025, 4, 1))],
        grants=[grant(1, date(2025, 1, 5), "key_group_hiring_relief", spell_id=7, year=2024, months=2)],
    )
    assert fact(tables, date(2025, 6, 30), "hire", (7,), "months_in_year") == 4
    assert fact(tables, date(2025, 6, 30), "hire", (7,), "months_before") is None  # only a claim can say: the tax authority grants it
    assert fact(tables, date(2025, 6, 30), "hire", (7,), "tax_year_from") == date(2025, 1, 1)
    assert fact(tables, date(2024, 12, 31), "hire", (7,), "months_in_year") == 2


# Places


@pytest.mark.parametrize(
    ("place", "hired", "unit"),
    [
        ("t-990101001", date(2026, 1, 24), "t-990101"),
        ("t-990101001", date(2026, 1, 25), "t-990103"),  # its town went west
        ("t-990101-rest", date(2026, 1, 24), "t-990101"),
        ("t-990101-rest", date(2026, 1, 25), "t-new"),
        ("t-990102", date(2026, 1, 24), "t-990102"),
        ("t-990102", date(2026, 1, 25), "t-new"),  # a district that ended counts with the one that follows it
        ("t-new", date(2026, 1, 24), "t"),  # not yet there
        ("t", date(2026, 1, 25), "t"),
    ],
)
def test_a_hire_counts_where_its_place_lay_that_day(place: str, hired: date, unit: str) -> None:
    firm = {**folders._organisations()["registry.organisations"][0], "place": place}
    tables = register(organisations=[firm], employment_spells=[job(7, hired)])
    assert fact(tables, ON, "hire", (7,), "place") == unit


def test_a_certificate_counts_with_who_insured_its_holder() -> None:
    issued = date(2025, 5, 20)
    firms = [
        {**row, "place": place}
        for row, place in zip(folders._organisations()["registry.organisations"], ("t-990102", "t-990103"), strict=False)
    ]
    paid, works = insured(1, date(2025, 5, 1), date(2025, 6, 1)), job(1, date(2025, 1, 1), organisation_id=2)
    cases = [
        ([paid], [works], "t-990102"),
        ([], [works], "t-990103"),
        ([], [], "t-990101"),
        ([{**paid, "organisation_id": None}], [], "t-990101"),
    ]
    cases.append(([paid, insured(2, date(2025, 4, 1), organisation_id=2)], [], "t-990102"))  # the spell that began last
    for insurance, jobs, unit in cases:
        tables = register(certificates=[certificate(1, issued)], organisations=firms, insurance_spells=insurance, employment_spells=jobs)
        assert fact(tables, ON, "certificate", (1,), "place") == unit


# What authorities report


def test_registration_counts_up_to_the_day_before_the_hire() -> None:
    hired = date(2024, 3, 1)
    for since, until, told in (
        (date(2023, 8, 1), None, True),
        (date(2023, 8, 1), hired, True),
        (date(2023, 8, 1), date(2024, 2, 29), False),
        (date(2024, 2, 29), None, True),
        (hired, None, False),
    ):
        tables = register(employment_spells=[job(7, hired)], reported_facts=[report("unemployed", since, until)])
        assert fact(tables, ON, "hire", (7,), "registered_unemployed") is told
        assert fact(tables, ON, "hire", (7,), "unemployed_since") == (since if told else None)


def test_silence_after_the_day_of_the_feed_is_no_no() -> None:
    for hired, told in ((date(2026, 2, 16), False), (date(2026, 2, 17), None)):
        tables = register(employment_spells=[job(7, hired)])
        assert fact(tables, ON, "hire", (7,), "registered_unemployed") is told
    for hired, told in ((date(2026, 2, 15), False), (date(2026, 2, 16), None)):
        assert fact(register(employment_spells=[job(7, hired)]), ON, "hire", (7,), "hard_to_employ") is told


def test_a_graduate_is_one_of_the_year_of_the_hire_or_before() -> None:
    degrees = [report("graduate", date(2021, 6, 30), detail="college 460301"), report("graduate", date(2024, 6, 30), detail="bachelor")]
    tables = register(
        employment_spells=[job(1, date(2020, 5, 1)), job(2, date(2023, 5, 1)), job(3, date(2024, 3, 1))],
        reported_facts=[*degrees, report("graduate", date(2019, 6, 30), detail="senior")],
        workers=[worker(1, education="bachelor"), worker(2)],
    )
    assert [fact(tables, ON, "hire", (n,), "graduated_on") for n in (1, 2, 3)] == [None, date(2021, 6, 30), date(2024, 6, 30)]
    assert [fact(tables, ON, "hire", (n,), "graduate") for n in (1, 2, 3)] == [None, True, True]
    assert fact(register(employment_spells=[job(1, date(2020, 5, 1))]), ON, "hire", (1,), "graduate") is False


def test_a_job_between_graduation_and_hire_is_one_of_the_months_between() -> None:
    for first, last, told in (((2024, 6), (2024, 7), False), ((2024, 7), (2024, 8), True), ((2024, 9), (2024, 12), False)):
        tables = register(
            employment_spells=[job(1, date(2024, 9, 10))],
            reported_facts=[report("graduate", date(2024, 6, 30), detail="college")],
            insurance_spells=[insured(1, date(*first, 1), date(*last, 1), organisation_id=2), insured(2, date(2024, 1, 1))],
        )
        assert fact(tables, ON, "hire", (1,), "employed_before") is told


# Grants


def test_grants_count_by_the_year_they_were_made_in() -> None:
    tables = register(
        certificates=[certificate(1, date(2024, 12, 1)), certificate(2, date(2024, 3, 1), level="L5")],
        grants=[
            grant(1, date(2024, 12, 31), certificate_id=2, occupation="6-31-01-03", level="L5", shortage=True),
            grant(2, date(2025, 1, 1), occupation="6-31-01-03", level="L4", shortage=False),
            grant(3, date(2025, 2, 1), occupation="6-31-01-03", level="L3", shortage=False),
            grant(
                4, date(2025, 3, 1), certificate_id=1, occupation="6-31-01-03", level="L4", shortage=True, revoked_on=date(2025, 4, 1)
            ),
            grant(5, date(2025, 3, 1), "training_subsidy", certificate_id=1),
            grant(6, date(2025, 3, 1), worker_id=2, occupation="6-31-01-03", level="L3"),
        ],
        trainings=[
            {"training_id": 1, "worker_id": 1, "certificate_id": 1, "kind": "catalogue", "started_on": date(2024, 10, 1), "days": 9,
             "subsidised_on": date(2025, 3, 2)},
        ],
    )  # fmt: skip

    def told(on: date, *names: str) -> list[Any]:
        return [fact(tables, on, "certificate", (1,), name) for name in names]

    counts = (
        "grants_in_year",
        "ordinary_grants_in_year",
        "same_level_grants",
        "higher_level_grants",
        "skill_subsidies",
        "training_subsidies",
    )
    assert told(date(2024, 12, 31), *counts) == [1, 0, 0, 0, 0, 0]
    assert told(date(2025, 3, 31), *counts) == [2, 2, 2, 1, 1, 2]
    assert told(date(2025, 4, 1), *counts) == [2, 2, 1, 1, 0, 2]
    assert told(date(2026, 1, 1), *counts) == [0, 0, 1, 1, 0, 2]


def test_a_grant_that_does_not_say_for_what_leaves_the_ordinary_ones_of_its_year_open() -> None:
    held: dict[str, Any] = {"occupation": "6-31-01-03", "level": "L5", "certificate_id": 2}
    tables = register(
        certificates=[certificate(1, date(2024, 12, 1)), certificate(2, date(2024, 3, 1), level="L5")],
        grants=[grant(1, date(2025, 1, 2), **held), grant(2, date(2025, 1, 3), **{**held, "certificate_id": 1})],
    )
    for on, told in ((date(2025, 1, 1), 0), (date(2025, 1, 2), None), (date(2026, 1, 1), 0)):
        assert fact(tables, on, "certificate", (1,), "ordinary_grants_in_year") == told
    assert fact(tables, date(2025, 1, 3), "certificate", (2,), "ordinary_grants_in_year") is None
    own = register(certificates=[certificate(1, date(2024, 12, 1))], grants=[grant(2, date(2025, 1, 3), certificate_id=1)])
    assert fact(own, date(2025, 1, 3), "certificate", (1,), "ordinary_grants_in_year") == 0, "its own grant is none before it"


def test_a_household_is_granted_to_once() -> None:
    shop = {"worker_id": 1, "place": "t-990103", "kind": "self_employed", "registered_on": date(2023, 1, 5)}
    shops = [
        {**shop, "business_id": 1, "household": 9},
        {**shop, "business_id": 2, "worker_id": 2, "household": 9},
        {**shop, "business_id": 3},
    ]
    tables = register(businesses=shops, grants=[grant(1, date(2024, 5, 5), "startup_grant", business_id=2, worker_id=2)])
    assert [fact(tables, ON, "business", (n,), "household_grants") for n in (1, 2, 3)] == [1, 1, None]
    assert fact(tables, date(2024, 5, 4), "business", (1,), "household_grants") == 0


# Merged records, statements, and what the day leaves out


def test_records_that_were_merged_are_one_person() -> None:
    tables = register(
        certificates=[certificate(1, date(2025, 1, 9), worker_id=2)],
        insurance_spells=[insured(1, date(2024, 1, 1), date(2024, 7, 1)), insured(2, date(2024, 5, 1), date(2024, 9, 1), worker_id=2)],
        grants=[grant(1, date(2025, 2, 1), level="L4", occupation="6-31-01-03")],
        aliases=[{"worker_id": 2, "merged_into_id": 1}],
    )
    for name, told in (("worker_id", 1), ("insured_months", 8), ("same_level_grants", 1)):
        assert fact(tables, ON, "certificate", (1,), name) == told


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("contract_until", "2027-02-28", date(2027, 2, 28)),
        ("contract_until", "2027-02-29", None),
        ("contract_until", "soon", None),
        ("open_ended", "true", True),
        ("open_ended", "yes", None),
        ("individual_contributions", "-12", -12),
        ("individual_contributions", "1.5", None),
        ("individual_contributions", " 12", None),
        ("hiring_grants", "0", 1),  # what is on record, nobody says otherwise
    ],
)
def test_what_was_said_counts_where_records_know_nothing(name: str, text: str, told: Any) -> None:
    said = {"subject": "spell", "subject_id": 7, "fact": name, "value": text, "worker_id": 1, "said_on": date(2025, 1, 1)}
    tables = register(
        employment_spells=[job(7, date(2024, 3, 15))], statements=[said], grants=[grant(1, date(2024, 5, 5), "hiring_subsidy")]
    )
    assert fact(tables, ON, "hire", (7,), name) == told
    if name != "hiring_grants":
        assert fact(tables, date(2024, 12, 31), "hire", (7,), name) is None


def test_nothing_is_known_before_it_happened() -> None:
    tables = register(
        certificates=[certificate(1, date(2025, 1, 9))], employment_spells=[job(7, date(2025, 1, 9), date(2025, 3, 1))],
        employer_years=[employer_year(1, 2024)],
    )  # fmt: skip
    assert all(not rows for rows in one_by_one(tables, date(2024, 12, 31)).values())
    assert fact(tables, date(2025, 2, 28), "hire", (7,), "left_on") is None
    assert fact(tables, date(2025, 3, 1), "hire", (7,), "left_on") == date(2025, 3, 1)
    assert fact(tables, date(2025, 3, 1), "employer", (1, 2025), "premiums") == 1


# Both engines on registers nobody thought of

BOUNDARIES = (
    *(date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2024, 6, 30), date(2024, 7, 1)),
    *(date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 24), date(2026, 1, 25), date(2026, 2, 14), date(2026, 2, 15), date(2026, 2, 16)),
)
PLACES = ("t-990101001", "t-990101-rest", "t-990102", "t-990103", "t-new", "t")
BENEFITS = (
    *("skill_upgrade_subsidy", "skill_upgrade_subsidy", "training_subsidy", "trainee_living_allowance", "hiring_subsidy", "startup_grant"),
    *(
        "job_expansion_subsidy",
        "social_insurance_subsidy",
        "small_firm_graduate_subsidy",
        "key_group_hiring_relief",
        "self_employed_relief",
    ),
    "job_stabilisation_refund",
)
SAID = ("2024-02-29", "2024-02-30", "true", "no", "17", "1.5", "person", "catalogue", "")
PERSONS, FIRMS = 300, 4


class Chance:
    """Rows drawn at random, their dates mostly on boundaries, so that a few hundred people meet most of what can be."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def day(self) -> date:
        if self.random.random() < 0.5:
            return self.random.choice(BOUNDARIES)
        return date(2023, 6, 1) + timedelta(self.random.randrange(1000))

    def month(self) -> date:
        day = self.day()
        return day.replace(day=1)

    def one(self, *values: Any) -> Any:
        return self.random.choice(values)

    def person(self) -> int:
        return self.random.randint(1, PERSONS)

    def end(self, start: date, end: date) -> date | None:
        return end if end > start and self.random.random() < 0.7 else None

    def worker(self, n: int) -> dict[str, Any]:
        other = {name: self.one(*words) for name, words in (("education", registry.EDUCATIONS), ("migrant", registry.MIGRANTS))}
        return worker(n, residence=self.one(*PLACES), **other)

    def certificate(self, n: int) -> dict[str, Any]:
        return certificate(n, self.day(), worker_id=self.person(), level=self.one("L5", "L4", "L3"), occupation=self.code())

    def code(self) -> str:
        return str(self.one("6-31-01-03", "6-31-01-01", "2-02-10-09", "2-02-38-01"))

    def job(self, n: int) -> dict[str, Any]:
        start = self.day()
        return job(n, start, self.end(start, self.day()), worker_id=self.person(), organisation_id=self.random.randint(1, FIRMS))

    def insured(self, n: int) -> dict[str, Any]:
        start = self.month()
        return insured(n, start, self.end(start, self.month()), worker_id=self.person(), organisation_id=self.one(None, 1, 1, 2, 3, 4))

    def report(self, n: int) -> dict[str, Any]:
        kind, start = self.one(*registry.REPORTS), self.day()
        detail = {"hardship": self.one("monitored", "hard_to_employ", "veteran"), "graduate": self.one("college", "bachelor 1", "senior")}
        return report(kind, start, self.end(start, self.day()), detail.get(kind, ""), worker_id=self.person())

    def grant(self, n: int) -> dict[str, Any]:
        granted = self.day()
        number = {f"{name}_id": self.one(None, self.random.randint(1, 200)) for name in ("certificate", "spell", "business")}
        firm = self.random.randint(1, FIRMS)
        other = {"year": self.one(None, 2023, 2024, 2025), "months": self.one(None, 3), "shortage": self.one(None, True, False)}
        return grant(
            n, granted, self.one(*BENEFITS), worker_id=self.one(None, self.person(), self.person()), organisation_id=firm,
            level=self.one(None, "L5", "L4", "L3"), occupation=self.one(None, self.code(), self.code()),
            revoked_on=self.end(granted, self.day()), **number, **other,
        )  # fmt: skip

    def course(self, n: int) -> dict[str, Any]:
        paid = {"subsidised_on": self.one(None, self.day()), "listed_cost": self.one(None, 100), "kind": "catalogue", "days": n}
        return {"training_id": n, "worker_id": 1, "certificate_id": self.random.randint(1, 400), "started_on": self.day(), **paid}

    def business(self, n: int) -> dict[str, Any]:
        start = self.day()
        lent = {"has_loan": self.one(None, True), "borrowed_on": self.one(None, self.day()), "principal": 5}
        return {
            "business_id": n, "worker_id": self.person(), "place": self.one(*PLACES), "kind": self.one("self_employed", "micro"),
            "registered_on": start, "closed_on": self.end(start, self.day()), "household": self.one(None, 1, 2, 3), **lent,
        }  # fmt: skip

    def statement(self, n: int) -> dict[str, Any]:
        subject, table = self.one(("certificate", "certificate"), ("spell", "hire"), ("business", "business"))
        fact = self.one(*(column.name for column in DECLARED[f"incentives.{table}_facts"].columns), "nothing", "training_started_on")
        return {"subject": subject, "subject_id": n % 400 + 1, "fact": fact, "value": self.one(*SAID), "said_on": self.day()}

    def register(self, **other: Any) -> dict[str, pa.Table]:
        """Several hundred people, and a few merged ones."""
        counts = {"certificates": 400, "employment_spells": 500, "insurance_spells": 900, "grants": 500, "trainings": 150, "businesses": 80}
        makers = (self.certificate, self.job, self.insured, self.grant, self.course, self.business)
        rows = {name: [make(n) for n in range(1, count + 1)] for (name, count), make in zip(counts.items(), makers, strict=True)}
        reports = {(r["worker_id"], r["kind"], r["detail"], r["started_on"]): r for r in map(self.report, range(400))}
        said = {(r["subject"], r["subject_id"], r["fact"]): r for r in map(self.statement, range(2500))}
        firms = [{**row, "place": self.one(*PLACES)} for row in folders._organisations()["registry.organisations"][:FIRMS]]
        return register(
            **rows,
            workers=[self.worker(n) for n in range(1, PERSONS + 1)],
            organisations=firms,
            reported_facts=list(reports.values()),
            statements=list(said.values()),
            employer_years=[employer_year(firm, year) for firm in range(1, FIRMS + 1) for year in (2022, 2024, 2025)],
            **other,
        )


def employer_year(firm: int, year: int) -> dict[str, Any]:
    paid = {"premiums": 1, "insured_average": 1, "laid_off": 0, "months_paid": 9, "as_of": date(2026, 2, 15)}
    return {"organisation_id": firm, "year": year, **paid}


MERGED = [{"worker_id": 200 + n, "merged_into_id": n} for n in range(1, 60)]
SOME_FEEDS = [{"kind": "insurance", "as_of": date(2024, 5, 6)}, {"kind": "hardship", "as_of": date(2024, 1, 1)}]


@pytest.mark.parametrize(
    ("seed", "on", "other"),
    [
        (1, date(2026, 1, 25), {"aliases": MERGED}),
        pytest.param(2, date(2024, 6, 30), {"feeds": SOME_FEEDS}, marks=pytest.mark.slow),
        *(pytest.param(seed, date(2024, 12, 31), {"aliases": MERGED, "feeds": SOME_FEEDS}, marks=pytest.mark.slow) for seed in (3, 4)),
    ],
)
def test_both_engines_agree_on_any_register(seed: int, on: date, other: Any) -> None:
    tables = Chance(seed).register(**other)
    slow, fast = one_by_one(tables, on), together(tables, on)
    for name, rows in slow.items():
        assert rows.keys() == fast[name].keys()
        differing = {(key, column): (value, fast[name][key][column]) for key, row in rows.items() for column, value in row.items()
                     if fast[name][key][column] != value}  # fmt: skip
        assert differing == {}, name
        assert rows


def test_the_synthetic_city_has_every_outcome_and_both_engines_agree_on_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = build(load_pack("tiny"), scale=Fraction(1, 4), seed=7, out=tmp_path_factory.mktemp("facts") / "tiny")
    tables = {name: folder.read(name) for name in READS}
    found = together(tables, date(2024, 6, 30))
    assert found == one_by_one(tables, date(2024, 6, 30))
    hires, certificates = found["incentives.hire_facts"].values(), found["incentives.certificate_facts"].values()
    for rows, names in ((hires, ("graduate", "registered_unemployed", "open_ended")), (certificates, ("paid_in_full", "insured"))):
        for name in names:
            assert {True, False} <= {row[name] for row in rows}, name
    assert {row["skill_subsidies"] for row in certificates} >= {0, 1}
    assert any(row["contract_until"] is None for row in hires)


@pytest.mark.slow
def test_facts_have_their_declared_columns_and_compile_for_spark() -> None:
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler

    compiled: list[str] = []

    def also_for_spark(expression: Any) -> Any:
        compiled.append(PySparkCompiler().to_sqlglot(expression.as_table()).sql("spark"))
        return expression

    with open_arrow(register(certificates=[certificate(1, date(2025, 1, 9))], aliases=[{"worker_id": 2, "merged_into_id": 1}])) as opened:
        watched = Tables(
            dict(opened),
            lambda name, expression: opened.once(name, lambda _: also_for_spark(expression)),
            lambda expression: opened.fetch(also_for_spark(expression)),
            opened.parts,
        )
        for name, rows in engine.facts(watched, on=ON).items():
            table, part = DECLARED[name], watched.fetch(rows)
            assert table.check(table.build({column.name: part.column(column.name) for column in table.columns})) == []
        assert set(engine.facts(watched, on=ON, only=["incentives.hire_facts"])) == {"incentives.hire_facts"}
    assert len(compiled) > 20
    assert set(FACTS) == set(KEYS)
