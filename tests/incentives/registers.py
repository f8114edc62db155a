"""Tables of a register gathered by person, as the readable engine wants them; and the same facts for everybody from the fast one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from guildhall.incentives.engine import facts as engine
from guildhall.incentives.engine.facts import Asked
from guildhall.incentives.tables import FACTS
from guildhall.kernel.backends import Tables, open_arrow
from guildhall.registry.engine.places import READS, territory

Row = Mapping[str, Any]
OF_PERSONS = ("registry.certificates", "registry.employment_spells", "registry.insurance_spells", "registry.reported_facts")
KEYS = {
    "incentives.certificate_facts": ("certificate_id",),
    "incentives.hire_facts": ("spell_id",),
    "incentives.employer_facts": ("organisation_id", "year"),
    "incentives.business_facts": ("business_id",),
}


def asked(tables: Mapping[str, pa.Table], on: date, applied: date | None = None) -> Asked:
    feeds = {row["kind"]: row["as_of"] for row in tables["registry.feeds"].to_pylist()}
    return Asked(on, applied or on, feeds, territory(*(tables[name] for name in READS)))


def one_by_one(tables: Mapping[str, pa.Table], on: date) -> dict[str, dict[Any, Row]]:
    """Every row of the four facts tables by key, worked out one at a time."""
    question = asked(tables, on)
    found: dict[str, dict[Any, Row]] = {name: {} for name in FACTS}
    for table, row in _each(_by_person(tables), tables, question):
        found[table][tuple(row[name] for name in KEYS[table])] = row
    return found


def of_certificate(tables: Mapping[str, pa.Table], key: int, question: Asked) -> Row:
    """The facts of one certificate, as of a question of any two days."""
    return next(row for _, row in _each(_by_person(tables), tables, question) if row.get("certificate_id") == key)


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
    """The rows of each person, by record that leads, with everything that points to what is theirs."""
    rows = {name: tables[name].to_pylist() for name in (*OF_PERSONS, "registry.workers", "incentives.statements", "incentives.businesses")}
    leads = {row["worker_id"]: row["merged_into_id"] for row in tables["registry.aliases"].to_pylist()}
    organisations = tables["registry.organisations"].to_pylist()
    people: dict[int, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for name in (*OF_PERSONS, "incentives.businesses", "registry.workers"):
        for row in rows[name]:
            people[leads.get(row["worker_id"], row["worker_id"])][name].append(row)
    by = {name: _grouped(tables["incentives.grants"].to_pylist(), name) for name in ("certificate_id", "spell_id", "business_id")}
    courses, said = _grouped(tables["incentives.trainings"].to_pylist(), "certificate_id"), defaultdict(list)
    for row in rows["incentives.statements"]:
        said[row["subject"], row["subject_id"]].append(row)
    granted = _grouped(tables["incentives.grants"].to_pylist(), "worker_id")
    homes = _grouped(rows["incentives.businesses"], "household")
    found = []
    for key, mine in people.items():
        own = mine["incentives.businesses"]
        household = {r["business_id"]: r for r in [*own, *(r for shop in own for r in homes[shop["household"]])]}
        keys = {
            "certificate": [r["certificate_id"] for r in mine["registry.certificates"]],
            "spell": [r["spell_id"] for r in mine["registry.employment_spells"]],
            "business": [r["business_id"] for r in own],
        }
        grants = [r for record in mine["registry.workers"] for r in granted[record["worker_id"]]]
        grants += [r for name in ("certificate", "spell") for one in keys[name] for r in by[f"{name}_id"][one]]
        grants += [r for one in household for r in by["business_id"][one]]
        found.append({
            **{name: mine[name] for name in OF_PERSONS},
            "own businesses": own,
            "incentives.businesses": list(household.values()),
            "incentives.grants": list({r["grant_id"]: r for r in grants}.values()),
            "incentives.trainings": [r for one in keys["certificate"] for r in courses[one]],
            "incentives.statements": [r for name, all_ in keys.items() for one in all_ for r in said[name, one]],
            "registry.workers": sorted(mine["registry.workers"], key=lambda r: r["worker_id"] != key),
            "registry.organisations": organisations,
        })  # fmt: skip
    return found


def _grouped(rows: list[Row], column: str) -> dict[Any, list[Row]]:
    """Rows by the value of a column, those without one left out."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        if row[column] is not None:
            found[row[column]].append(row)
    return found


def together(tables: Mapping[str, pa.Table], on: date, only: Collection[str] = ()) -> dict[str, dict[Any, Row]]:
    """The same from the engine for everybody, or some of the tables."""
    with open_arrow(tables) as opened:
        return from_tables(opened, on, only)


def from_tables(opened: Tables, on: date, only: Collection[str] = ()) -> dict[str, dict[Any, Row]]:
    made = engine.facts(opened, on=on, only=only)
    return {name: {tuple(row[key] for key in KEYS[name]): row for row in opened.rows(expression)} for name, expression in made.items()}
