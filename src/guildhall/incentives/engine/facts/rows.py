"""The rows that the facts of one subject rest on, by table, and what is read from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import pyarrow as pa

from guildhall.incentives.engine.facts.asked import HIGHER, Asked, month
from guildhall.kernel.tables import Column

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""Rows by the name of their table, in its columns: of one person over every record merged into theirs, the worker that leads first,
with the organisations they point to; grants also of others to the person's certificates, spells and businesses, and to the household's."""
OPEN = 10**6
"""The month in which a spell ends that lasts."""
Span = tuple[int, int]


def insured(rows: Rows) -> list[tuple[int, int, int]]:
    """Spells of insurance as months, half open, with the organisation that pays (0: not known)."""
    spells = rows["registry.insurance_spells"]
    return [(month(r["started_on"]), month(r["ended_on"]) if r["ended_on"] else OPEN, r["organisation_id"] or 0) for r in spells]


def contradicted(rows: Rows, until: date | None) -> set[int]:
    """The organisations two of whose spells of insurance, begun by the month of `until`, overlap without being the same."""
    if until is None:
        return set()
    spells = sorted({(paid_by, start, end) for start, end, paid_by in insured(rows) if paid_by and start <= month(until)})
    return {one for (one, _, end), (other, start, _) in pairwise(spells) if one == other and start < end}


def covered(spans: Iterable[Span]) -> list[Span]:
    """Months that spans cover, as runs without a gap, in order."""
    runs: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if runs and start <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs


def months(spans: Iterable[Span]) -> int:
    """How many months spans cover, each once."""
    return sum(end - start for start, end in covered(spans))


def clipped(span: Span, start: int, end: int) -> Span:
    """The part of a span between two months; empty where it lies outside."""
    return max(span[0], start), min(span[1], end)


def jobs_on(rows: Rows, day: date) -> list[Row]:
    """Spells of employment in force on a day, the one that decides last: that which began last, of the highest key among equals."""
    spells = [r for r in rows["registry.employment_spells"] if r["started_on"] <= day and (r["ended_on"] is None or day < r["ended_on"])]
    return sorted(spells, key=lambda r: (r["started_on"], r["organisation_id"]))


def payer_on(rows: Rows, day: date) -> int:
    """The organisation that paid insurance for the person on a day: of several the one that began last, then of the highest key."""
    paying = [(start, paid_by) for start, end, paid_by in insured(rows) if paid_by and start <= month(day) < end]
    return max(paying)[1] if paying else 0


def place_of(rows: Rows, organisation: int) -> str | None:
    """Where an organisation stands."""
    return next((str(r["place"]) for r in rows["registry.organisations"] if r["organisation_id"] == organisation), None)


def standing_grants(rows: Rows, benefit: str, on: date) -> list[Row]:
    """Grants of a benefit that had been made by a day and stood on it."""
    found = [r for r in rows["incentives.grants"] if r["benefit"] == benefit and r["granted_on"] <= on]
    return [r for r in found if r["revoked_on"] is None or r["revoked_on"] > on]


def own_grants(rows: Rows, benefit: str, on: date) -> list[Row]:
    """Those of them that were made for the person."""
    records = {r["worker_id"] for r in rows["registry.workers"]}
    return [r for r in standing_grants(rows, benefit, on) if r["worker_id"] in records]


def reported(rows: Rows, kind: str, on: date) -> list[Row]:
    """What authorities had reported of the person by a day."""
    return [r for r in rows["registry.reported_facts"] if r["kind"] == kind and r["started_on"] <= on]


def in_group(rows: Rows, group: str, day: date | None, asked: Asked) -> bool | None:
    """Whether the person was in a hardship group on a day; None where the day is not known, or lies after what the feed speaks of."""
    if day is None:
        return None
    held = [r for r in reported(rows, "hardship", asked.on) if r["detail"] == group and r["started_on"] <= day]
    return heard(any(r["ended_on"] is None or day < r["ended_on"] for r in held), "hardship", day, asked)


def heard(found: bool, feed: str, day: date, asked: Asked) -> bool | None:
    """Yes where something is reported; no only where the feed speaks of that day: it lists everybody of whom it holds."""
    as_of = asked.as_of(feed)
    return True if found else False if as_of is not None and day <= as_of else None


def graduated(rows: Rows, day: date, on: date) -> date | None:
    """The last graduation from higher education up to the end of the year of `day`: who graduates later in the year can work before."""
    found = [r for r in reported(rows, "graduate", on) if r["detail"].split(" ")[0] in HIGHER]
    return max((r["started_on"] for r in found if r["started_on"].year <= day.year), default=None)


def graduate(rows: Rows, on: date | None) -> bool | None:
    """Whether the person completed higher education: no only where the schooling on record is lower, as feeds are not complete."""
    if on is not None:
        return True
    return False if rows["registry.workers"][0]["education"] in ("primary", "junior", "senior") else None


def said(rows: Rows, subject: str, key: int, columns: Iterable[Column], on: date) -> dict[str, object]:
    """What claims said of a subject by a day, by column of the facts table; what cannot be read is not said."""
    known = {column.name: column for column in columns}
    found = [r for r in rows["incentives.statements"] if (r["subject"], r["subject_id"]) == (subject, key) and r["said_on"] <= on]
    values = {r["fact"]: value(known[r["fact"]], r["value"]) for r in found if r["fact"] in known}
    return {name: one for name, one in values.items() if one is not None}


def value(column: Column, text: str) -> object:
    """A text as the type of a column, or None where it is none."""
    if pa.types.is_boolean(column.type):
        return {"true": True, "false": False}.get(text)
    if pa.types.is_date(column.type):
        return _day(text)
    if pa.types.is_integer(column.type):
        return int(text) if re.fullmatch(WHOLE, text, re.ASCII) else None
    return text if not column.values or text in column.values else None


WHOLE, DAY = r"-?[0-9]{1,18}", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(DAY, text, re.ASCII) else None
    except ValueError:
        return None
