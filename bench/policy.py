"""What both sides of the comparison of rule engines are given: the same people in one Parquet file, and the same parameters.

Everything is known of everybody, since the peer has no word for what is not. The parameters are those of the Chongqing pack in two
versions each, of 2024 and of 2025; what the pack does not know stands here as made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guildhall.city import load, rule_parameters
from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.tables import BUSINESS_FACTS, CERTIFICATE_FACTS, HIRE_FACTS
from guildhall.kernel.tables import Table
from guildhall.rules import Parameter, Parameters, Rule, Version

ON = date(2025, 12, 31)
YEARS = (date(2024, 1, 1), date(2025, 1, 1), date(2026, 12, 31))
RULES: tuple[Rule, ...] = tuple(
    RULEBOOK[name]
    for name in (
        "skill_upgrade_subsidy",
        "training_subsidy",
        "trainee_living_allowance",
        "continuing_education_deduction",
        "hiring_subsidy",
        "job_expansion_subsidy",
        "social_insurance_subsidy",
        "small_firm_graduate_subsidy",
        "key_group_hiring_relief",
        "self_employed_relief",
        "startup_grant",
    )
)
MADE_UP: Mapping[tuple[str, str], Any] = {
    ("continuing_education_deduction", "covers_skill_levels"): True,
    ("job_expansion_subsidy", "graduate_months"): 24,
    ("skill_upgrade_subsidy", "very_short_occupations"): ("6-01-01-01", "6-02-01-01"),
    ("skill_upgrade_subsidy", "urgent_occupations"): ("6-03-01-01", "6-04-01-01"),
    ("small_firm_graduate_subsidy", "earliest_graduation"): 2023,
    ("small_firm_graduate_subsidy", "min_insured_months"): 1,
    ("small_firm_graduate_subsidy", "stacks"): False,
    ("social_insurance_subsidy", "later_months"): True,
    ("social_insurance_subsidy", "stacks"): False,
}
SUBJECTS: tuple[Table, ...] = (CERTIFICATE_FACTS, HIRE_FACTS, BUSINESS_FACTS)
"""A person has one certificate, one job and one business here, so that the three facts tables are columns of one file."""
RENAMED = {BUSINESS_FACTS.name: {"kind": "business_kind"}}
KEYS = ("certificate_id", "spell_id", "business_id", "worker_id", "organisation_id")
OCCUPATIONS = tuple(f"6-{group:02d}-{one:02d}-01" for group in range(1, 32) for one in range(1, 5))
BATCH = 491_520
ROW_GROUP = 122_880
"""What DuckDB reads at a time and OpenFisca does not mind."""
ORDINAL = date(1970, 1, 1).toordinal()


def parameters() -> Parameters:
    """Each parameter of the eleven rules in two dated versions, every one of them known."""
    pack = rule_parameters(load("chongqing"))
    rules = {rule.name: {name: _completed(rule.name, pack.of(rule.name)[name]) for name in rule.parameters} for rule in RULES}
    return replace(pack, rules=rules)


def _completed(rule: str, found: Parameter) -> Parameter:
    known = [version for version in found.versions if version.value is not None and version.jurisdiction in ("CN", "50")]
    versions = []
    for start, end in zip(YEARS, YEARS[1:], strict=False):
        there = [version for version in known if version.holds_on(date(start.year, 6, 30))] or known[-1:]
        versions.append(_version(there[0], start, end) if there else _made_up(MADE_UP[rule, found.name], start, end))
    listed = isinstance(versions[0].value, tuple) and found.kind == "scalar"
    return replace(found, versions=tuple(versions), kind="list" if listed else found.kind)


def _version(version: Version, start: date, end: date) -> Version:
    return replace(version, valid_from=start, valid_until=end)


def _made_up(value: Any, start: date, end: date) -> Version:
    return Version(value, start, end, "CN", "bench", "", "assumed")


def columns_read() -> dict[str, list[str]]:
    """For each facts table the columns that any of its rules reads."""
    return {table.name: sorted({name for rule in RULES if rule.facts == table.name for name in rule.reads} - {*KEYS}) for table in SUBJECTS}


def write(path: Path, people: int, seed: int = 7) -> None:
    """The people, drawn by a seed, in one Parquet file."""
    with pq.ParquetWriter(path, _schema(), compression="zstd", compression_level=1) as writer:
        for first in range(0, people, BATCH):
            writer.write_table(_people(first, min(BATCH, people - first), np.random.default_rng((seed, first))), row_group_size=ROW_GROUP)


def columns() -> Iterator[tuple[str, pa.Field, Any]]:
    """Every column once: its name in the file, its type, and its declaration."""
    seen = set()
    for table in SUBJECTS:
        declared = {column.name: column for column in table.columns}
        for name in columns_read()[table.name]:
            there = RENAMED.get(table.name, {}).get(name, name)
            if there not in seen:
                seen.add(there)
                yield there, pa.field(there, declared[name].type), declared[name]


def _schema() -> pa.Schema:
    return pa.schema([pa.field("worker_id", pa.int64()), *(field for _, field, _ in columns())])


def _people(first: int, size: int, draw: np.random.Generator) -> pa.Table:
    days = _Days(size, draw)
    rows: dict[str, Any] = {"worker_id": pa.array(np.arange(first, first + size))}
    for name, field, declared in columns():
        rows[name] = pa.array(days.of(name)) if pa.types.is_date(field.type) else _drawn(name, field.type, declared, size, draw)
        rows[name] = rows[name].cast(field.type)
    return pa.table(rows, schema=_schema())


def _drawn(name: str, type_: pa.DataType, declared: Any, size: int, draw: np.random.Generator) -> pa.Array:
    if pa.types.is_boolean(type_):
        return pa.array(draw.random(size) < RATES.get(name, 0.5))
    if pa.types.is_integer(type_):
        return pa.array(_numbers(name, declared.unit, size, draw))
    words = {"place": PLACES, "occupation": OCCUPATIONS}.get(name) or declared.values
    picks = draw.integers(0, len(words), size, dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(picks), pa.array(words)).cast(pa.string())


PLACES = tuple(f"cq-5001{number:02d}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20))
RATES = {
    "insured": 0.9,
    "employer_here": 0.9,
    "trained": 0.3,
    "graduate": 0.4,
    "hard_to_employ": 0.1,
    "monitored": 0.1,
    "key_group": 0.3,
    "very_short_shown": 0.2,
    "urgent_shown": 0.2,
    "insuring": 0.8,
    "insurance_contradicts": 0.0,
}
"""Share of people of whom something is so; one half where nothing is said."""


def _numbers(name: str, unit: str, size: int, draw: np.random.Generator) -> np.ndarray:
    if unit == "fen":
        return draw.integers(0, 1_000_000, size)
    if unit == "months":
        return draw.integers(0, 48 if name.startswith(("insured", "months_before", "longest", "paid_months")) else 13, size)
    if unit in ("grants", "persons"):
        return np.where(draw.random(size) < 0.8, 0, draw.integers(0, 5, size)) if unit == "grants" else draw.integers(0, 8, size)
    return draw.integers(0, 100, size)


class _Days:
    """Dates that stand to each other as they would: nobody is hired before birth, nothing is claimed before it is issued."""

    def __init__(self, size: int, draw: np.random.Generator) -> None:
        self.size, self.draw = size, draw
        self.years = self.drawn(date(2024, 1, 1), date(2025, 12, 20))
        months = draw.integers(0, 45 * 12, size)
        self.born = (np.datetime64("1964-01") + months).astype("datetime64[D]")

    def drawn(self, low: date, high: date) -> np.ndarray:
        found = self.draw.integers(low.toordinal() - ORDINAL, high.toordinal() - ORDINAL, self.size)
        return found.astype("datetime64[D]")

    def of(self, name: str) -> np.ndarray:
        if name.endswith("as_of"):
            return np.full(self.size, np.datetime64(ON))
        if name in ("died_on", "valid_until", "closed_on"):
            return np.full(self.size, np.datetime64("NaT"), dtype="datetime64[D]")
        if name == "birth_month":
            return self.born
        if name == "born_on":
            return self.born + self.draw.integers(0, 28, self.size)
        if name in ("issued_on", "hired_on"):
            return self.years
        if name == "tax_year_from":
            return np.full(self.size, np.datetime64("2025-01-01"))
        if name in ("applied_on", "granted_on"):
            return np.minimum(self.years + self.draw.integers(0, 400, self.size), np.datetime64(ON))
        if name in ("contract_from", "training_started_on"):
            return self.years + self.draw.integers(-200, 20, self.size)
        if name == "contract_until":
            return self.years + self.draw.integers(100, 1200, self.size)
        return self.drawn(date(2021, 6, 1), date(2025, 12, 1))
