"""Tables of a register gathered by person, as the readable engine wants them; and the same facts for everybody from the fast one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from guildhall.incentives.engine import facts as engine
from guildhall.incentives.engine.facts import Asked
from guildhall.incentives.tables import FACTS
from guildhall.kernel.backends import Tables, open_arrow
from guildhall.registry.engine.places import READS, territory
from guildhall.rules.parameters import Parameters

Row = Mapping[str, Any]
OF_PERSONS = (
    *("registry.certificates", "registry.employment_spells", "registry.insurance_spells", "registry.reported_facts"),
    *("incentives.grants", "incentives.trainings", "incentives.businesses"),
)
KEYS = {
    "incentives.certificate_facts": ("certificate_id",),
    "incentives.hire_facts": ("spell_id",),
    "incentives.employer_facts": ("organisation_id", "year"),
    "incentives.business_facts": ("business_id",),
}


def asked(tables: Mapping[str, pa.Table], on: date, parameters: Parameters, applied: date | None = None) -> Asked:
    feeds = {row["kind"]: row["as_of"] for row in tables["registry.feeds"].to_pylist()}
    return Asked(on, applied or on, feeds, territory(*(tables[name] for name in READS)), parameters)


def one_by_one(tables: Mapping[str, pa.Table], on: date, parameters: Parameters) -> dict[str, dict[Any, Row]]:
    """Every row of the four facts tables by key, worked out one at a time."""
    question = asked(tables, on, parameters)
    found: dict[str, dict[Any, Row]] = {name: {} for name in FACTS}
    for table, row in _each(_by_person(tables), tables, question):
        found[table][tuple(row[name] for name in KEYS[table])] = row
    return found


def _each(people: Sequence[engine.Rows], tables: Mapping[str, pa.Table], question: Asked) -> Iterator[tuple[str, Row]]:
    on = question.on
    for rows in people:
        for row in rows["registry.certificates"]:
            if row["issued_on"] <= on:
                yield "incentives.certificate_facts", engine.certificate(rows, row, question)
        for row in rows["registry.employment_spells"]:
            if row["started_on"] <= on:
                yield "incentives.hire_facts", engine.hire(rows, row, question)
        for row in rows["own businesses"]:
            if row["registered_on"] <= on:
                yield "incentives.business_facts", engine.business(rows, row, question)
    whole = {name: tables[name].to_pylist() for name in ("registry.organisations", "incentives.grants")}
    for row in tables["incentives.employer_years"].to_pylist():
        if row["year"] < on.year:
            yield "incentives.employer_facts", engine.employer(whole, row, question)


def _by_person(tables: Mapping[str, pa.Table]) -> list[dict[str, list[Row]]]:
    leads = {row["worker_id"]: row["merged_into_id"] for row in tables["registry.aliases"].to_pylist()}
    organisations = tables["registry.organisations"].to_pylist()
    statements, businesses = tables["incentives.statements"].to_pylist(), tables["incentives.businesses"].to_pylist()
    startups = [row for row in tables["incentives.grants"].to_pylist() if row["benefit"] == "startup_grant"]
    gathered: dict[str, dict[int, list[Row]]] = {name: defaultdict(list) for name in OF_PERSONS}
    for name in OF_PERSONS:
        for row in tables[name].to_pylist():
            gathered[name][leads.get(row["worker_id"], row["worker_id"])].append(row)
    by_subject = defaultdict(list)
    for row in statements:
        by_subject[row["subject"], row["subject_id"]].append(row)
    people = []
    for worker in tables["registry.workers"].to_pylist():
        key = worker["worker_id"]
        if key in leads:
            continue
        rows: dict[str, list[Row]] = {name: gathered[name][key] for name in OF_PERSONS}
        subjects = [("certificate", r["certificate_id"]) for r in rows["registry.certificates"]]
        subjects += [("spell", r["spell_id"]) for r in rows["registry.employment_spells"]]
        subjects += [("business", r["business_id"]) for r in rows["incentives.businesses"]]
        rows["own businesses"] = rows["incentives.businesses"]
        if rows["own businesses"]:
            rows["incentives.businesses"] = businesses
            rows["incentives.grants"] = [*(g for g in rows["incentives.grants"] if g["benefit"] != "startup_grant"), *startups]
        people.append(
            {
                **rows,
                "registry.workers": [worker],
                "registry.organisations": organisations,
                "incentives.statements": [row for subject in subjects for row in by_subject[subject]],
            }
        )
    return people


def together(tables: Mapping[str, pa.Table], on: date, parameters: Parameters) -> dict[str, dict[Any, Row]]:
    """The same from the engine for everybody."""
    with open_arrow(tables) as opened:
        return from_tables(opened, on, parameters)


def from_tables(opened: Tables, on: date, parameters: Parameters) -> dict[str, dict[Any, Row]]:
    made = engine.facts(opened, on=on, parameters=parameters)
    return {name: {tuple(row[key] for key in KEYS[name]): row for row in opened.rows(expression)} for name, expression in made.items()}
