"""The steps that make the overview's tables: each names what it reads, so that a change reruns just what depends on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from guildhall.kernel.backends import Tables
from guildhall.kernel.figures import Context
from guildhall.kernel.tables import Table
from guildhall.kernel.territory import Territory
from guildhall.overview import tables as declared
from guildhall.overview.engine.collect import FIGURES
from guildhall.registry.engine import places, stocks
from guildhall.registry.engine.levels import PARAMETER, Held, Scale, count_where, levels_at
from guildhall.skills.engine import gray_counts
from guildhall.skills.tables import GRAY_COLLAR, GRAY_COLLAR_UNKNOWN

_STOCKS = (*places.READS, *stocks.READS_RESIDENCE, *stocks.READS_WORKPLACE)
_SENIOR_AND_ABOVE = "L1"
_APPRENTICE = "L0"


@dataclass(frozen=True)
class Step:
    """One result table, the tables and parameters it reads, and the pure function that computes it."""

    table: Table
    reads: tuple[str, ...]
    parameters: tuple[str, ...]
    compute: Callable[[Tables, Context], pa.Table]


def figures(tables: Tables, context: Context) -> pa.Table:
    """The computed value of each figure whose tables are present, as an exact numerator and denominator."""
    ready = [figure for figure in FIGURES.values() if all(name in tables for name in figure.tables)]
    values = [value for figure in ready for value in _pair(figure.compute(tables, context))]
    numbers = _together(tables, values)
    return declared.FIGURES.build({"id": [figure.id for figure in ready], "numerator": numbers[0::2], "denominator": numbers[1::2]})


def _pair(value: Any) -> tuple[Any, Any]:
    return value if isinstance(value, tuple) else (value, 1)


def _together(tables: Tables, values: list[Any]) -> list[int]:
    """The values in order; scalars over the same table are asked for in one query."""
    numbers = {n: value for n, value in enumerate(values) if isinstance(value, int)}
    asked: dict[Any, dict[str, Any]] = {}
    for n, value in enumerate(values):
        if n not in numbers:
            (over,) = value.op().relations
            asked.setdefault(over, {})[f"v{n}"] = value
    for over, scalars in asked.items():
        for name, number in tables.rows(over.to_expr().aggregate(**scalars))[0].items():
            numbers[int(name[1:])] = int(number)
    return [numbers[n] for n in range(len(values))]


def ladder(tables: Tables, context: Context) -> pa.Table:
    """People on each rung on the reference date and a year before; apprentices stand beside the ladder's stock."""
    ordinals, homes = Scale.of(context).ordinals, tables.rows(stocks.by_residence(tables, context))
    rows: list[tuple[Any, ...]] = []
    for day in (context.year_before, context.on):
        for level, n in ordinals.items():
            if level != _APPRENTICE:
                key = f"{day:%Y%m%d}_{n}"
                rows.append((day, level, sum(home[f"rung_{key}"] for home in homes), sum(home[f"weight_{key}"] for home in homes)))
    learning = tables.rows(stocks.apprentices(tables, context))[0]
    rows.append((context.on, _APPRENTICE, learning["people"], learning["weight"]))
    return _build(declared.LADDER, rows)


def place_measures(tables: Tables, context: Context) -> pa.Table:
    """Each measure of the city, its units and its parks, at each date, by the places that exist on that date."""
    land = _territory(tables)
    totals: Counter[tuple[str, date, str]] = Counter()
    for row in tables.rows(stocks.by_residence(tables, context)):
        for day in context.dates:
            values = {"skilled": row[f"skilled_{day:%Y%m%d}"], "high_skilled": row[f"high_{day:%Y%m%d}"]}
            if day == context.on:
                values["people"] = row["people"]
            _add(totals, _above(land, row["residence"], day), day, values)
    for row in tables.rows(stocks.by_workplace(tables, context)):
        for day in context.dates:
            _add_workplace(totals, land, row, day, day == context.on)
    return _build(declared.PLACE_MEASURES, [(place, day, name, value) for (place, day, name), value in sorted(totals.items())])


def _add_workplace(totals: Counter[tuple[str, date, str]], land: Territory, row: dict[str, Any], day: date, reference: bool) -> None:
    """A park's people count for the park itself, its unit and the city; a unit's skilled are counted where they live."""
    text = f"{day:%Y%m%d}"
    place = row["place"]
    in_park = land.node(place).kind == "park"
    values = {"employed": row[f"employed_{text}"]}
    if in_park:
        values["park_workers"] = row[f"employed_{text}"]
    if reference:
        values["apprentices"] = row["apprentices"]
    _add(totals, _above(land, place, day), day, values)
    if in_park:
        if reference:
            values |= {"skilled": row["skilled"], "high_skilled": row["high"]}
        _add(totals, [place], day, values)


def _above(land: Territory, place_id: str, day: date) -> list[str]:
    """The unit that a place counts towards on a day, and the city."""
    unit = land.unit_of(place_id, day)
    if unit is None:
        return []
    top = land.parent(unit, day)
    return [unit, top] if top else [unit]


def _add(totals: Counter[tuple[str, date, str]], targets: Iterable[str], day: date, values: dict[str, int]) -> None:
    for target in targets:
        for name, value in values.items():
            totals[target, day, name] += value


def place_ladder(tables: Tables, context: Context) -> pa.Table:
    """The rungs of each unit on the reference date; senior technicians and above are one group, as their numbers are small."""
    land, scale = _territory(tables), Scale.of(context)
    top = scale.ordinals[_SENIOR_AND_ABOVE]
    names = {ordinal: level for level, ordinal in scale.ordinals.items()}
    totals: Counter[tuple[str, int]] = Counter()
    for row in tables.rows(stocks.by_residence(tables, context)):
        unit = land.unit_of(row["residence"], context.on)
        if unit is None:
            continue
        for ordinal in scale.ordinals.values():
            totals[unit, min(ordinal, top)] += row[f"rung_{context.on:%Y%m%d}_{ordinal}"]
    rows = [(unit, context.on, names[n], value) for (unit, n), value in sorted(totals.items()) if n >= scale.skilled_from]
    return _build(declared.PLACE_LADDER, rows)


def clusters(tables: Tables, context: Context) -> pa.Table:
    """Enterprises and people employed in each industry cluster on the reference date."""
    enterprises = tables["registry.organisations"].filter(lambda t: (t.kind == "enterprise") & t.cluster.notnull())
    counted = {row["cluster"]: row["n"] for row in tables.rows(enterprises.group_by("cluster").agg(n=lambda t: t.count()))}
    totals: dict[str, list[int]] = {}
    for row in tables.rows(stocks.by_workplace(tables, context)):
        if row["cluster"] is not None:
            sums = totals.setdefault(row["cluster"], [0, 0, 0])
            for n, name in enumerate((f"employed_{context.on:%Y%m%d}", "skilled", "high")):
                sums[n] += row[name]
    names = sorted(counted.keys() | totals.keys())
    return _build(declared.CLUSTERS, [(name, counted.get(name, 0), *totals.get(name, (0, 0, 0))) for name in names])


def series(tables: Tables, context: Context) -> pa.Table:
    """The stock of skilled and highly skilled people at each date."""
    held, levels = Held.of(context), levels_at(tables, context)
    sums = {f"skilled_{day:%Y%m%d}": count_where(held.skilled(levels.held, day)) for day in context.dates}
    sums |= {f"high_{day:%Y%m%d}": count_where(held.high(levels.held, day)) for day in context.dates}
    found = tables.rows(levels.aggregate(**sums))[0]
    return _build(declared.SERIES, [(day, found[f"skilled_{day:%Y%m%d}"], found[f"high_{day:%Y%m%d}"]) for day in context.dates])


def _territory(tables: Tables) -> Territory:
    return places.territory(*(tables.fetch(tables[name]) for name in places.READS))


def _build(table: Table, rows: list[tuple[Any, ...]]) -> pa.Table:
    return table.build({column.name: [row[n] for row in rows] for n, column in enumerate(table.columns)})


STEPS = (
    Step(declared.FIGURES, tuple(sorted({name for f in FIGURES.values() for name in f.tables})), (PARAMETER,), figures),
    Step(declared.LADDER, (*stocks.READS_RESIDENCE, "registry.employment_spells"), (PARAMETER,), ladder),
    Step(declared.PLACE_MEASURES, tuple(sorted(set(_STOCKS))), (PARAMETER,), place_measures),
    Step(declared.PLACE_LADDER, tuple(sorted({*places.READS, *stocks.READS_RESIDENCE})), (PARAMETER,), place_ladder),
    Step(declared.CLUSTERS, stocks.READS_WORKPLACE, (PARAMETER,), clusters),
    Step(declared.SERIES, ("registry.certificates",), (PARAMETER,), series),
    Step(GRAY_COLLAR, gray_counts.READS, (gray_counts.PARAMETER,), gray_counts.counts),
    Step(GRAY_COLLAR_UNKNOWN, gray_counts.READS, (gray_counts.PARAMETER,), gray_counts.unknown),
)
