"""Enterprises: how many, how large, in which cluster; every workplace and sector is divided among them to the last person."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from guildhall.registry.tables import SECTORS, SIZES
from guildhall.synth.fitting import Margin, fit
from guildhall.synth.integers import as_fixed, largest_remainder, nearest, running, stream
from guildhall.synth.jobs import above_scale_limit
from guildhall.synth.plan import Plan

Ints = NDArray[np.int64]
INDUSTRY = ("manufacturing", "energy_mining")
_GRID = 32
"""Points at which the mean of a curve of sizes is taken."""


@dataclass(frozen=True)
class Enterprises:
    """One element per enterprise, ordered by workplace and sector. `cluster` is -1 for none."""

    place: Ints
    sector: Ints
    staff: Ints
    size: Ints
    cluster: Ints
    above_scale: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.staff)


def enterprises(plan: Plan, staff: Ints) -> Enterprises:
    """Enterprises for the given people by workplace and sector: the larger ones drawn, micro enterprises for everyone else."""
    cells = staff.ravel()
    counts = numbers(plan)
    parts = [_sector(plan, staff[:, column], counts[:, column], name) for column, name in enumerate(SECTORS)]
    place = np.concatenate([part[0] for part in parts])
    drawn, heads = np.concatenate([part[1] for part in parts]), np.concatenate([part[2] for part in parts])
    cell = place * len(SECTORS) + np.repeat(np.arange(len(SECTORS), dtype=np.int64), [len(part[0]) for part in parts])
    order = np.argsort(cell, kind="stable")
    cell, drawn, heads = cell[order], drawn[order], heads[order]
    if not np.array_equal(np.bincount(cell, weights=heads, minlength=len(cells)).astype(np.int64), cells):
        raise AssertionError("staff of enterprises do not add up to the people at work")
    place, sector = cell // len(SECTORS), cell % len(SECTORS)
    size = _size_class(plan, drawn, heads)
    return Enterprises(place, sector, heads, size, _clusters(plan, staff, place, sector, heads), _above_scale(plan, sector, size, heads))


def numbers(plan: Plan) -> Ints:
    """Enterprises by size class (large first) and sector: the pack's numbers at this scale, the sum of each class rounded as a whole."""
    counts = [plan.book.vector("enterprise", SIZES, sector) for sector in SECTORS]
    by_size = [[counts[n][k] for n in range(len(SECTORS))] for k in range(len(SIZES))]
    return np.array([largest_remainder(row, nearest(sum(row, Fraction(0)) * plan.scale)) for row in by_size], np.int64)


def _sector(plan: Plan, people: Ints, counts: Ints, name: str) -> tuple[Ints, Ints, Ints]:
    """Workplace, drawn size class and staff of every enterprise of a sector, by workplace; staff of a workplace add up to its people."""
    chance = stream(plan.seed, "enterprise sizes", name)
    drawn, heads = [], []
    for size, count in enumerate(counts[:-1].tolist()):
        low, high = (int(plan.book.one("enterprise", SIZES[size], limit)) for limit in ("minimum", "maximum"))
        drawn.append(np.full(count, size))
        heads.append(_long_tail(low, high, _even(chance, count)))
    place, staff = _place(people, np.concatenate(heads), chance)
    left = people - np.bincount(place, weights=staff, minlength=len(people)).astype(np.int64)
    micro = np.minimum(np.maximum(running(left.astype(np.float64), int(counts[-1])), left > 0), left)
    most = int(plan.book.one("enterprise", SIZES[-1], "maximum")) - 1
    small = [_micro(int(n), int(m), most, chance) for n, m in zip(left, micro, strict=True)]
    where = np.concatenate([place, np.repeat(np.arange(len(people)), micro)])
    kind = np.concatenate([*drawn, np.full(int(micro.sum()), len(SIZES) - 1)])
    found = np.concatenate([staff, *small])
    keep = np.flatnonzero(found > 0)
    keep = keep[np.argsort(where[keep], kind="stable")]
    return where[keep].astype(np.int64), kind[keep].astype(np.int64), found[keep].astype(np.int64)


def _even(chance: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Numbers between 0 and 1, one in each of `count` equal stretches: their mean does not depend on luck."""
    found: NDArray[np.float64] = (np.arange(count) + chance.random(count)) / max(count, 1)
    return found


def _long_tail(low: int, high: int, part: NDArray[np.float64]) -> Ints:
    """Staff between low and high, the largest first, at a density that falls as 1/n²."""
    return np.sort((low / (1 - part * (1 - low / high))).astype(np.int64))[::-1]


def _place(people: Ints, sizes: Ints, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """A workplace for each enterprise, the largest first: any with room for it, in proportion to the people left there.

    Where none has room, the one with most people left takes it with half of them: a model city is too small for its giants.
    """
    left, place, staff = people.astype(np.int64), np.zeros(len(sizes), np.int64), sizes.copy()
    draws = chance.integers(0, 1 << 32, size=len(sizes))
    for n, size in enumerate(sizes.tolist()):
        limits = np.cumsum(np.where(left >= size, left, 0))
        whole = int(limits[-1])
        at = int(np.searchsorted(limits, int(draws[n]) * whole >> 32, side="right")) if whole else int(np.argmax(left))
        place[n], staff[n] = at, size if whole else int(left[at]) // 2
        left[at] -= staff[n]
    return place, staff


def _micro(people: int, count: int, most: int, chance: np.random.Generator) -> Ints:
    """Staff of `count` micro enterprises with `people` in all: one each, and more along a curve that keeps nearly all below `most`."""
    if not count:
        return np.zeros(0, np.int64)
    part = _even(chance, count)
    bend = _bend((people - count) / (count * max(most - 1, 1)))
    drawn: NDArray[np.float64] = part / (part + bend * (1 - part))
    chance.shuffle(drawn)
    return 1 + running(drawn, people - count)


def _bend(mean: float) -> float:
    """The bend c at which u / (u + c(1 - u)) has a given mean over u from 0 to 1: 1 is a straight line, more favours small ones."""
    grid = (np.arange(_GRID) + 0.5) / _GRID
    low, high = 1 / 64, 4096.0
    for _ in range(40):
        middle = (low + high) / 2
        if float(np.add.accumulate(grid / (grid + middle * (1 - grid)))[-1]) / _GRID > mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _size_class(plan: Plan, drawn: Ints, heads: Ints) -> Ints:
    """The class by staff, but never below a drawn class of medium or large: a model city is too small to fill its giants."""
    least = [int(plan.book.one("enterprise", size, "minimum")) for size in reversed(SIZES[:-1])]
    by_staff = len(SIZES) - 1 - np.searchsorted(least, heads, side="right")
    return np.where(drawn <= SIZES.index("medium"), np.minimum(drawn, by_staff), by_staff)


def _clusters(plan: Plan, staff: Ints, place: Ints, sector: Ints, heads: Ints) -> Ints:
    """The cluster of each enterprise, so that staff by cluster follow the pack's shares and each park its own industries."""
    names = [cluster.cluster for cluster in plan.city.clusters]
    parks = [park.place_id for park in plan.city.parks]
    found = np.full(len(heads), -1, np.int64)
    for column, name in enumerate(SECTORS):
        members = plan.book.vector("cluster", names, name)
        here = np.flatnonzero(sector == column)
        if not sum(members) or not len(here):
            continue
        people = staff[:, column].astype(np.float64)
        lift = np.ones((len(people), len(names)))
        lift[: len(parks)] = plan.book.association("park_cluster", parks, names)
        lift *= np.array([float(value) for value in members]) > 0
        whole = float(np.add.accumulate(people)[-1])
        shares = np.array([float(value / sum(members)) for value in members]) * whole
        table = fit(lift, [Margin("clusters", (1,), shares), Margin("workplaces", (0,), people)], tolerance=1e-4).table
        found[here] = _deal(table, place[here], heads[here], stream(plan.seed, "clusters", name))
    return found


def _deal(table: NDArray[np.float64], place: Ints, heads: Ints, chance: np.random.Generator) -> Ints:
    """Deals clusters to the enterprises of each workplace along a running count of staff, in an order left to chance."""
    found = np.empty(len(place), np.int64)
    ends = np.searchsorted(place, np.arange(len(table) + 1))
    for n in range(len(table)):
        a, b = int(ends[n]), int(ends[n + 1])
        if b == a:
            continue
        order = chance.permutation(b - a)
        staff = heads[a:b][order]
        middle = np.cumsum(staff) * 2 - staff
        limits = np.cumsum(as_fixed(table[n]))
        position = middle * (int(limits[-1]) // (2 * int(staff.sum())))
        found[a + order] = np.searchsorted(limits, position, side="right")
    return found


def _above_scale(plan: Plan, sector: Ints, size: Ints, heads: Ints) -> NDArray[np.bool_]:
    """Industrial enterprises above the designated size: the largest first, until the number or the staff of them is reached."""
    industry = np.isin(sector, [SECTORS.index(name) for name in INDUSTRY])
    candidates = np.flatnonzero(industry)
    order = candidates[np.lexsort((candidates, -heads[candidates], size[candidates]))]
    within = np.cumsum(heads[order]) <= above_scale_limit(plan)
    within &= np.arange(len(order)) < nearest(plan.book.one("cap", "above_scale_enterprises") * plan.scale)
    above = np.zeros(len(heads), np.bool_)
    above[order[within]] = True
    return above
