"""A small city made by hand, row by row predictable: what a load is tried on without any generator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from guildhall.incentives.tables import SOURCES
from guildhall.kernel.runs import Folder, FolderWriter, write_folder
from guildhall.kernel.tables import Table
from guildhall.registry import tables as registry
from guildhall.skills import tables as skills

MERGER = date(2026, 1, 25)
AS_OF = date(2026, 1, 30)
PEOPLE = 40
Rows = dict[str, list[dict[str, Any]]]


def check_digit(first: str) -> str:
    return "10X98765432"[sum(int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(first)) % 11]


def identity_number(region: str, born: date, order: int) -> str:
    first = f"{region}{born:%Y%m%d}{order:03d}"
    return first + check_digit(first)


def _place(place_id: str, code: str | None, kind: str, name: str, start: date | None = None, end: date | None = None) -> dict[str, Any]:
    return {
        "place_id": place_id, "code": code, "kind": kind, "name_zh": name, "name_en": place_id, "latitude": 29.5, "longitude": 106.5,
        "valid_from": start, "valid_until": end, "source": "made-up", "status": "generated",
    }  # fmt: skip


def _parent(place_id: str, parent_id: str, start: date | None = None, end: date | None = None) -> dict[str, Any]:
    return {
        "place_id": place_id, "parent_id": parent_id, "relation": "administrative", "valid_from": start, "valid_until": end,
        "source": "made-up", "status": "generated",
    }  # fmt: skip


def _succession(place_id: str, successor_id: str, scope: str) -> dict[str, Any]:
    row = {"place_id": place_id, "successor_id": successor_id, "effective_on": MERGER, "scope": scope}
    return {**row, "source": "made-up", "status": "generated"}


def places() -> Rows:
    """Three districts of which two merge into a new one; one town of the north goes to the west instead."""
    return {
        "registry.places": [
            _place("t", "990000", "city", "城"),
            _place("t-990101", "990101", "district", "北区", end=MERGER),
            _place("t-990102", "990102", "district", "东区", end=MERGER),
            _place("t-990103", "990103", "district", "西区"),
            _place("t-new", None, "district", "新区", start=MERGER),
            _place("t-990101001", "990101001", "township", "石桥镇"),
            _place("t-990101-rest", None, "remainder", "北区其余街镇"),
        ],
        "registry.place_parents": [
            _parent("t-990101", "t", end=MERGER),
            _parent("t-990102", "t", end=MERGER),
            _parent("t-990103", "t"),
            _parent("t-new", "t", start=MERGER),
            _parent("t-990101001", "t-990101", end=MERGER),
            _parent("t-990101001", "t-990103", start=MERGER),
            _parent("t-990101-rest", "t-990101", end=MERGER),
            _parent("t-990101-rest", "t-new", start=MERGER),
        ],
        "registry.place_successors": [
            _succession("t-990101", "t-new", "remainder"),
            _succession("t-990101", "t-990103", "part"),
            _succession("t-990102", "t-new", "whole"),
        ],
    }


def rows() -> Rows:
    """Every table of a city build, as lists of rows."""
    return {**places(), **_organisations(), **_people(), **_histories(), **_occupations()}


def _organisations() -> Rows:
    def one(n: int) -> dict[str, Any]:
        return {
            "organisation_id": n, "code": f"ORG{n:04d}", "kind": registry.ORGANISATION_KINDS[n % 5], "name_zh": f"第{n:02d}厂",
            "name_en": None if n % 2 else f"Works, {n}", "cluster": "vehicles" if n % 3 else None, "sector": "manufacturing",
            "size": "small", "above_scale": n % 4 == 0, "place": "t-990103" if n % 2 else "t-990101001", "source": "made-up",
            "status": "generated",
        }  # fmt: skip

    return {"registry.organisations": [one(n) for n in range(1, 13)]}


def born(n: int) -> date:
    return date(1970 + n % 30, 1 + n % 12, 1)


def _people() -> Rows:
    def worker(n: int) -> dict[str, Any]:
        return {
            "worker_id": n, "birth_month": born(n), "sex": registry.SEXES[n % 2], "education": registry.EDUCATIONS[n % 5],
            "migrant": registry.MIGRANTS[n % 3], "standing": "worker", "residence": ("t-990101001", "t-990102", "t-990103")[n % 3],
            "weight": 1 + 99 * (n % 2),
        }  # fmt: skip

    def identity(n: int) -> dict[str, Any]:
        number = identity_number("990101", born(n) + timedelta(days=3), n)
        return {"worker_id": n, "name": f"王{n}", "identity_number": number, "phone": None if n % 5 == 0 else f"1380000{n:04d}"}

    people = range(1, PEOPLE + 1)
    return {"registry.workers": [worker(n) for n in people], "registry.identity": [identity(n) for n in people]}


def _histories() -> Rows:
    def certificate(n: int) -> dict[str, Any]:
        level = ("L5", "L4", "L3", "L2", "L1", "LT", "LS")[n % 7]
        return {
            "certificate_id": n, "worker_id": 1 + n % PEOPLE, "kind": "appointment" if level in ("LT", "LS") else "skill_level",
            "level": level, "occupation": "6-31-01-03", "issuer_id": 1 + n % 12, "source": registry.CERTIFICATE_SOURCES[n % 2],
            "issued_on": date(2015, 1, 1) + timedelta(days=n), "valid_until": None if n % 3 else date(2027, 1, 1),
        }  # fmt: skip

    def job(n: int) -> dict[str, Any]:
        return {
            "spell_id": n, "worker_id": 1 + n % PEOPLE, "organisation_id": 1 + n % 12, "occupation": None if n % 4 else "6-31-01-03",
            "contract": registry.CONTRACTS[n % 3], "started_on": date(2018, 1, 1) + timedelta(days=n),
            "ended_on": None if n % 2 else date(2024, 6, 1),
        }  # fmt: skip

    def insured(n: int) -> dict[str, Any]:
        return {
            "spell_id": n, "worker_id": 1 + n % PEOPLE, "organisation_id": None if n % 6 == 0 else 1 + n % 12,
            "scheme": "unemployment", "started_on": date(2018, 1 + n % 12, 1), "ended_on": None if n % 2 else date(2024, 6, 1),
        }  # fmt: skip

    def said(n: int) -> dict[str, Any]:
        fact, value = ("local_household", "true") if n % 2 else ("unemployed_from", "2017-03-04")
        return {
            "subject": "spell", "subject_id": n, "fact": fact, "value": value, "worker_id": 1 + n % PEOPLE, "said_on": date(2024, 5, n),
        }  # fmt: skip

    return {
        "incentives.statements": [said(n) for n in range(1, 6)],
        "registry.reported_facts": [],
        "registry.feeds": [{"kind": kind, "as_of": AS_OF} for kind in ("certificates", "insurance")],
        "registry.aliases": [],
        "registry.certificates": [certificate(n) for n in range(1, 46)],
        "registry.certificate_numbers": [{"certificate_id": n, "number": f"S000099{n:015d}"} for n in range(1, 46)],
        "registry.employment_spells": [job(n) for n in range(1, 51)],
        "registry.insurance_spells": [insured(n) for n in range(1, 51)],
    }


def _occupations() -> Rows:
    def one(code: str, rank: str, parent: str | None, name: str | None) -> dict[str, Any]:
        leaf = rank == "leaf"
        return {
            "code": code, "edition": "2022", "rank": rank, "parent": parent, "name_zh": name, "name_en": None, "definition": None,
            "digital": False if leaf else None, "green": True if leaf else None, "source": "made-up",
        }  # fmt: skip

    return {
        "skills.occupations": [
            one("6", "major", None, "生产制造及有关人员"),
            one("6-31", "middle", "6", None),
            one("6-31-01", "minor", "6-31", "机械设备修理人员"),
            one("6-31-01-03", "leaf", "6-31-01", "电工"),
        ]
    }


def table(declared: Table, found: list[dict[str, Any]]) -> pa.Table:
    return declared.build({column.name: [row[column.name] for row in found] for column in declared.columns})


def write(path: Path, change: Callable[[Rows], None] | None = None, meta: Mapping[str, Any] | None = None) -> Folder:
    """The small city as a folder; `change` may spoil its rows first."""
    found = rows()
    if change:
        change(found)

    def fill(writer: FolderWriter) -> None:
        for declared in (*registry.TABLES, *skills.SOURCES, *SOURCES):
            writer.add(declared, table(declared, found.get(declared.name, [])))

    told = {"synthetic": True, "city": "small", "scale": "0.01", "seed": 7, "calibrated": [], "remark": "not carried over"}
    return write_folder(path, id=path.name, kind="city", version="1", as_of=AS_OF.isoformat(), meta={**told, **(meta or {})}, fill=fill)


NOT_LOADED = (registry.FEED_DAYS.name, registry.ALIASES.name)
"""Worked out from files and loads, and kept by merges: a folder tells them to engines, no load takes them."""


def brought(folder: Folder) -> dict[str, int]:
    """How many rows a load of the folder brings, by table."""
    return {name: entry.rows for name, entry in folder.manifest.tables.items() if name not in NOT_LOADED}
