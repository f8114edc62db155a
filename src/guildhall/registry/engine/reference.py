"""Levels and stocks written the slow, obvious way: what the set-based engine must agree with, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from guildhall.kernel.territory import holds

Row = Mapping[str, Any]


def level_on(certificates: Iterable[Row], ordinals: Mapping[str, int], on: date) -> dict[int, int]:
    """The highest ordinal each person holds on a date; people who hold nothing then are absent."""
    best: dict[int, int] = {}
    for row in certificates:
        if holds(row["issued_on"], row["valid_until"], on):
            ordinal = ordinals[row["level"]]
            best[row["worker_id"]] = max(ordinal, best.get(row["worker_id"], 0))
    return best


def count_from(certificates: Iterable[Row], ordinals: Mapping[str, int], on: date, lowest: int) -> int:
    """People at or above an ordinal on a date."""
    return sum(ordinal >= lowest for ordinal in level_on(certificates, ordinals, on).values())


def skilled_by_residence(
    workers: Iterable[Row], certificates: Iterable[Row], ordinals: Mapping[str, int], on: date, lowest: int
) -> dict[str, int]:
    """People at or above an ordinal on a date, by where they live."""
    levels = level_on(certificates, ordinals, on)
    found: Counter[str] = Counter()
    for row in workers:
        found[row["residence"]] += levels.get(row["worker_id"], 0) >= lowest
    return dict(found)


def employed_by_workplace(spells: Iterable[Row], organisations: Iterable[Row], on: date) -> dict[str, int]:
    """Spells in force on a date, by the place of the employer."""
    places = {row["organisation_id"]: row["place"] for row in organisations}
    return dict(Counter(places[row["organisation_id"]] for row in spells if holds(row["started_on"], row["ended_on"], on)))


def park_workers(spells: Iterable[Row], organisations: Iterable[Row], parks: set[str], on: date) -> int:
    """Distinct people at work in a park on a date."""
    inside = {row["organisation_id"] for row in organisations if row["place"] in parks}
    return len({row["worker_id"] for row in spells if row["organisation_id"] in inside and holds(row["started_on"], row["ended_on"], on)})
