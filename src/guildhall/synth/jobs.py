"""Where the jobs are, and who travels to which: park quotas exact, people working mostly in their own unit.

The published three million park workers are twice all above-scale industry: who the others are is an assumption table of
the pack (`park_workforce`), not a hidden factor. See docs/method/synthetic-city.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from guildhall.kernel.errors import GuildhallError
from guildhall.registry.tables import SECTORS
from guildhall.synth.fitting import Margin, fit, outer
from guildhall.synth.integers import largest_remainder, nearest, running
from guildhall.synth.land import Land
from guildhall.synth.plan import Plan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Demand:
    """Jobs by workplace (parks in the order of the pack, then the rest of each unit) and sector, and each park's quota."""

    jobs: Floats
    quotas: tuple[int, ...]
    unit_of: NDArray[np.intp]

    def by_unit(self, units: int) -> Floats:
        """Jobs by unit and sector, parks included."""
        found = np.zeros((units, self.jobs.shape[1]))
        for row, unit in zip(self.jobs, self.unit_of, strict=True):
            found[unit] += row
        return found


def demand(plan: Plan, land: Land) -> Demand:
    """Jobs in parks as published and assumed, and elsewhere what remains of each sector; GuildhallError where that is less than nothing."""
    quotas = park_quotas(plan)
    employed = plan.book.model("employed_share") * plan.workers
    shares = plan.book.vector("sector", SECTORS)
    totals = [employed * share / sum(shares) for share in shares]
    inside = park_sectors(plan)
    outside = [total - part for total, part in zip(totals, inside, strict=True)]
    if plan.city.parks and min(outside) < 0:
        sector = SECTORS[outside.index(min(outside))]
        raise GuildhallError(
            f"Parks would employ more people in {sector} than the whole city",
            why=f"table park_workforce against table sector: {float(-min(outside)):,.0f} too many",
            next="change one of the two tables in assumptions.csv",
        )
    parks = _park_jobs(plan, quotas, inside)
    urban = np.array([float(value) for value in land.urban])
    remaining = np.array([float(value) for value in outside])
    rest = urban[:, None] * remaining[None, :] / float(sum(land.urban))
    units = np.array([*land.park_unit, *range(len(land.units))], np.intp)
    return Demand(np.concatenate([parks, rest]), quotas, units)


def park_quotas(plan: Plan) -> tuple[int, ...]:
    """Workers of each park, adding up to the published total at this scale. Raises GuildhallError where a park would be empty."""
    quotas = largest_remainder([park.workers_assumed for park in plan.city.parks], plan.park_workers)
    if quotas and min(quotas) < 1:
        park = plan.city.parks[quotas.index(min(quotas))].place_id
        raise GuildhallError(
            f"Scale {float(plan.scale):g} is too small for city {plan.city.id}",
            why=f"park {park} would have no workers",
            next="choose a larger scale",
        )
    return tuple(quotas)


def park_sectors(plan: Plan) -> list[Fraction]:
    """Park workers by sector, from the pack's table `park_workforce` scaled to the published total."""
    table = plan.book.table("park_workforce")
    whole = sum(table.values())
    return [sum((v for (row, _), v in table.items() if row == sector), Fraction(0)) * plan.park_workers / whole for sector in SECTORS]


def above_scale_limit(plan: Plan) -> int:
    """The most people above-scale industry employs in the model."""
    return nearest(plan.book.one("cap", "above_scale_industry") * plan.scale)


def _park_jobs(plan: Plan, quotas: tuple[int, ...], sectors: list[Fraction]) -> Floats:
    if not quotas:
        return np.zeros((0, len(SECTORS)))
    names = [park.place_id for park in plan.city.parks]
    margins = [
        Margin("sectors of park workers", (1,), np.array([float(value) for value in sectors])),
        Margin("park quotas", (0,), np.array(quotas, np.float64)),
    ]
    return fit(plan.book.association("park_sector", names, SECTORS), margins).table


def commutes(plan: Plan, land: Land, supply: Ints, wanted: Demand) -> Ints:
    """People by unit of residence, workplace and sector; rows meet `supply` (unit × sector), parks meet their quotas exactly."""
    targets = wanted.jobs.copy()
    parks = len(wanted.quotas)
    available = supply.sum(axis=0).astype(np.float64)
    rest = available - np.add.accumulate(targets[:parks], axis=0)[-1] if parks else available
    outside = np.add.accumulate(targets[parks:], axis=0)[-1]
    targets[parks:] *= np.maximum(rest, 0) / np.maximum(outside, 1e-9)
    # Where a small model has too few people of a sector, its parks take what there is; quotas are made good below.
    targets *= available / np.maximum(np.add.accumulate(targets, axis=0)[-1], 1e-9)
    shape = (len(land.units), len(targets), len(SECTORS))
    seed = outer(shape, [((0, 1), _closeness(plan, land, wanted))]) * (supply[:, None, :] > 0)
    margins = [Margin("jobs", (1, 2), targets), Margin("people", (0, 2), supply.astype(np.float64))]
    fitted = fit(seed, margins, tolerance=1e-4, rounds=500).table
    cells = np.zeros(shape, np.int64)
    for unit in range(shape[0]):
        for sector in range(shape[2]):
            cells[unit, :, sector] = running(fitted[unit, :, sector], int(supply[unit, sector]))
    _meet_quotas(cells, wanted, _preference(land, wanted))
    return cells


def _closeness(plan: Plan, land: Land, wanted: Demand) -> Floats:
    """How likely a workplace is for a resident: own unit, same region, elsewhere."""
    weights = [float(plan.book.one("closeness", row)) for row in ("unit", "region", "city")]
    regions = np.array([land.regions.index(region) for region in land.regions])
    same_unit = np.arange(len(land.units))[:, None] == wanted.unit_of[None, :]
    same_region = regions[:, None] == regions[wanted.unit_of][None, :]
    return np.where(same_unit, weights[0], np.where(same_region, weights[1], weights[2]))


def _preference(land: Land, wanted: Demand) -> list[list[int]]:
    """For each park, the other workplaces that give or take people: the rest of its own unit, of its region, of the city."""
    parks = len(wanted.quotas)

    def distance(park: int, unit: int) -> tuple[int, int]:
        own = int(wanted.unit_of[park])
        return (0 if unit == own else 1 if land.regions[unit] == land.regions[own] else 2), unit

    units = range(len(land.units))
    return [[parks + unit for unit in sorted(units, key=lambda u: distance(park, u))] for park in range(parks)]


def _meet_quotas(cells: Ints, wanted: Demand, preference: list[list[int]]) -> None:
    """Moves the last few people between a park and its surroundings until each park has exactly its quota."""
    for park, quota in enumerate(wanted.quotas):
        missing = quota - int(cells[:, park, :].sum())
        if missing < 0:
            _move(cells, park, preference[park][0], -missing)
        for other in preference[park]:
            if missing <= 0:
                break
            missing -= _move(cells, other, park, min(missing, int(cells[:, other, :].sum())))
        if missing > 0:
            raise GuildhallError("There are fewer people at work than the parks need", next="raise employed_share or choose a larger scale")


def _move(cells: Ints, giver: int, taker: int, count: int) -> int:
    """Moves `count` people from one workplace to another, by residence and sector in proportion."""
    if count:
        source = cells[:, giver, :]
        moved = running(source.astype(np.float64).ravel(), count).reshape(source.shape)
        cells[:, giver, :] -= moved
        cells[:, taker, :] += moved
    return count
