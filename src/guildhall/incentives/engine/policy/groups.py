"""How cases are grouped: by district on the day that decides, by cluster, age, level, and month."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis

from guildhall.rules.rulebook import Rule

AGES = (16, 25, 35, 45, 55)
"""The first years of the bands; below and above stand by themselves."""
MONTHS = 36
"""So many months back are told apart; earlier ones stand together."""
EARLIER = "earlier"
Rows = Any
Sql = Any


def groups(rule: Rule, rows: Rows, on: date) -> dict[str, Sql]:
    """For each dimension that the facts of a rule can be grouped by, the part of each row as text; "" where it is not known."""
    found: dict[str, Sql] = {"district": rows.place, "cluster": rows.cluster}
    if "birth_month" in rows.columns:
        found["age"] = _age(rows.birth_month, on)
    if level := next((name for name in ("highest_level", "level") if name in rows.columns), ""):
        found["level"] = rows[level]
    found["month"] = _month(rows[rule.governed_by], on)
    return {name: sql.cast("string").fill_null("") for name, sql in found.items()}


def _age(born: Sql, on: date) -> Sql:
    """The band of completed years on the day, of somebody born on the first of the month."""
    months = (on.year * 12 + on.month) - (born.year() * 12 + born.month())
    ends = [(months < AGES[0] * 12, f"0-{AGES[0] - 1}")]
    ends += [(months < after * 12, f"{first}-{after - 1}") for first, after in zip(AGES, AGES[1:], strict=False)]
    return ibis.cases((born.isnull(), ibis.null("string")), *ends, else_=f"{AGES[-1]}+")


def _month(day: Sql, on: date) -> Sql:
    """Months since the year 0, as text, of the day that decides; earlier ones together."""
    month = day.year() * 12 + day.month() - 1
    first = on.year * 12 + on.month - 1 - MONTHS
    return ibis.cases((day.isnull(), ibis.null("string")), (month <= first, EARLIER), else_=month.cast("string"))


def month_named(part: str) -> str:
    """A part of the dimension month as people write it: 2025-03."""
    return part if not part.isdigit() else f"{int(part) // 12}-{int(part) % 12 + 1:02d}"
