"""The benefits as they are written, over generated cases: a row and a table give the same answer, and a bad row stops no run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from guildhall.city import load, rule_parameters
from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.tables import CERTIFICATE_FACTS, EMPLOYER_FACTS, TABLES
from guildhall.kernel.backends import open_arrow
from guildhall.kernel.tables import Column, Table
from guildhall.rules import Parameters, Rule
from guildhall.rules.fold import fold
from guildhall.rules.inputs import LARGEST
from guildhall.rules.population import bad_inputs, bad_rows
from tests.rules.test_parity import by_row, by_table

ON = date(2026, 11, 20)
LEAPS = (date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2023, 1, 31), date(2023, 2, 28), date(2025, 8, 31))
PEOPLE = 100_000
"""Cases over the four tables together."""
AT_ONCE = 5_000
SUBJECTS = tuple(sorted({rule.facts for rule in RULEBOOK.values()}))
RULES = {name: [rule for rule in RULEBOOK.values() if rule.facts == name] for name in SUBJECTS}
FACTS = {table.name: table for table in TABLES}


@cache
def parameters() -> Parameters:
    return rule_parameters(load("chongqing"))


def figures(rules: list[Rule]) -> Iterator[Any]:
    """Every value that stands in the parameters of these rules: what a case may lie on, or one beside."""
    for rule in rules:
        for parameter in parameters().of(rule.name).values():
            for version in parameter.versions:
                yield from (day for day in (version.valid_from, version.valid_until) if day)
                yield from _plain(version.value)


def _plain(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for part in value:
            yield from _plain(part)
    elif value is not None:
        yield value


class Cases:
    """Cases for the rules on one table, drawn from what lies on the edges of those rules."""

    def __init__(self, table: Table, seed: int) -> None:
        self.table, self.random, found = table, Random(seed), list(figures(RULES[table.name]))
        places = sorted({link.place for link in parameters().links})
        whole = {number for value in found if type(value) is int for number in (value - 1, value, value + 1) if number >= 0}
        days = {day + timedelta(days=off) for day in found if isinstance(day, date) for off in (-366, -365, -1, 0, 1, 180, 365, 366)}
        words = sorted({value for value in found if isinstance(value, str)})
        self.pools: dict[str, tuple[Any, ...]] = {
            "whole": (0, 1, 2, 5, 12, 24, 36, 1999, 100_000, 2_500_000, *sorted(whole)),
            "date": (*LEAPS, *sorted(days)),
            "word": (*places[:40], "50", "nowhere", *words),
            "flag": (True, True, False),
        }

    def rows(self, number: int) -> list[dict[str, Any]]:
        return [self._row(at) for at in range(number)]

    def _row(self, at: int) -> dict[str, Any]:
        row = {column.name: self._value(column) for column in self.table.columns}
        if self.random.random() < 0.9 and "died_on" in row:
            row["died_on"] = None
        asked = row.get("applied_on") or ON
        for name in (each for each in row if each.endswith("_as_of") and row[each] is not None):
            row[name] = asked - timedelta(days=self.random.choice((0, 30, 45, 46, 120, 121, 190, 191, 400, 401)))
        return {**row, self.table.key[0]: at}

    def _value(self, column: Column) -> Any:
        if column.nullable and self.random.random() < 0.07:
            return None
        if self.random.random() < 0.002 and pa.types.is_integer(column.type):
            return self.random.choice((-1, LARGEST, LARGEST + 1))
        if column.name == "insurance_contradicts":
            return self.random.random() < 0.02
        if column.name in ("birth_month", "born_on"):
            return date(self.random.randrange(1960, 2010), self.random.randrange(1, 13), 1)
        if column.values:
            return self.random.choice(column.values)
        return self.random.choice(self.pools[_kind(column)])


def _kind(column: Column) -> str:
    if pa.types.is_integer(column.type):
        return "whole"
    return "date" if pa.types.is_date(column.type) else "flag" if pa.types.is_boolean(column.type) else "word"


def wrong(table: Table, seed: int, number: int) -> list[str]:
    """Cases on which a row and a table disagree, of every rule on the table."""
    rows, found = Cases(table, seed).rows(number), []
    for at, rule in enumerate(RULES[table.name]):
        expected = [by_row(rule, parameters(), row, ON) for row in rows]
        answered = by_table(rule, parameters(), table, rows, ON, extents=bool((at + seed) % 2))
        pairs = zip(rows, answered, expected, strict=True)
        found += [f"{rule.name} {row}\n  table {one}\n  row   {two}" for row, one, two in pairs if one != two]
    return found


def test_a_benefit_is_the_same_by_row_and_by_table() -> None:
    assert wrong(EMPLOYER_FACTS, 1, 300)[:3] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(PEOPLE // AT_ONCE // len(SUBJECTS)))
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_hundred_thousand_cases_are_the_same_by_row_and_by_table(name: str, seed: int) -> None:
    assert wrong(FACTS[name], 100 + seed, AT_ONCE)[:3] == []


def test_three_bad_rows_among_many_come_out_as_those_three() -> None:
    rule, table = RULEBOOK["skill_upgrade_subsidy"], CERTIFICATE_FACTS
    row = {column.name: None for column in table.columns} | {
        "certificate_id": 0,
        "worker_id": 0,
        "kind": "skill_level",
        "level": "L4",
        "occupation": "6-18-01-07",
        "birth_month": date(1990, 5, 1),
        "issued_on": date(2024, 5, 10),
        "applied_on": date(2024, 6, 1),
        "granted_on": date(2024, 7, 1),
        "insured_months": 14,
    }
    many = 20_000
    columns: dict[str, list[Any]] = {
        name: [value if value is not None or name.endswith("_on") else None] * many for name, value in row.items()
    }
    for column in table.columns:
        if columns[column.name][0] is None and not column.nullable:
            columns[column.name] = [0] * many
    columns["certificate_id"] = list(range(many))
    columns["insured_months"][7] = -3
    columns["applied_on"][4_321] = date(1989, 1, 1)
    columns["died_on"] = [date(2024, 5, 9) if at == 19_999 else None for at in range(many)]
    with open_arrow({"facts": table.build(columns)}) as tables:
        answered = fold(rule, parameters(), ON, keep=table.key)(tables["facts"])
        bad = tables.rows(bad_rows(answered, table.key, 10))
        outcomes = tables.rows(answered.filter(answered.bad != 0).select("outcome", "value").distinct())
    assert [(each["certificate_id"], bad_inputs(rule, each["bad"])) for each in bad] == [
        (7, ("insured_months",)),
        (4_321, ("applied_on",)),
        (19_999, ("died_on",)),
    ]
    assert outcomes == [{"outcome": "undetermined", "value": None}]
