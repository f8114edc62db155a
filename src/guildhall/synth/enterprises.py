"""Enterprises: how many, how large, in which cluster; every workplace and sector is divided among them to the last person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guildhall.registry.tables import SECTORS, SIZES
from guildhall.synth.fitting import Margin, fit
from guildhall.synth.integers import as_fixed, nearest, running, stream
from guildhall.synth.jobs import above_scale_limit
from guildhall.synth.plan import Plan

Ints = NDArray[np.int64]
INDUSTRY = ("manufacturing", "energy_mining")
_UPPER = (20, 300, 1000)
"""From this many staff on, an enterprise is at least small, medium, large (the size classes of industry statistics)."""


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
    """Enterprises for the given people by workplace and sector."""
    cells = staff.ravel()
    counts = _numbers(plan, cells)
    cell = np.concatenate([np.repeat(np.arange(len(cells), dtype=np.int64), count) for count in counts])
    drawn = np.repeat(np.arange(len(counts), dtype=np.int64), [int(count.sum()) for count in counts])
    order = np.argsort(cell, kind="stable")
    cell, drawn = cell[order], drawn[order]
    heads = _heads(plan, cells, cell, drawn)
    place, sector = cell // staff.shape[1], cell % staff.shape[1]
    size = _size_class(drawn, heads)
    return Enterprises(place, sector, heads, size, _clusters(plan, staff, place, sector, heads), _above_scale(plan, sector, size, heads))


def _numbers(plan: Plan, cells: Ints) -> list[Ints]:
    """Enterprises by size class (large first) and cell: no more than there are people, at least one where there is anyone."""
    left = cells.copy()
    drawn = []
    for size in SIZES:
        wanted = nearest(plan.book.one("enterprise", size, "count") * plan.scale)
        smallest = int(plan.book.one("enterprise", size, "minimum"))
        able = left >= smallest
        if not able.any():
            able = left * 2 >= max(int(left.max()), 1)
        counts = np.minimum(running(np.where(able, left, 0).astype(np.float64), wanted), left // min(smallest, 2))
        left = np.maximum(left - counts * smallest, 0)
        drawn.append(counts)
    empty = (cells > 0) & (np.sum(drawn, axis=0) == 0)
    drawn[SIZES.index("small")][empty] = 1
    over = np.maximum(np.sum(drawn, axis=0) - cells, 0)
    drawn[-1] -= np.minimum(over, drawn[-1])
    return drawn


def _heads(plan: Plan, cells: Ints, cell: Ints, size: Ints) -> Ints:
    """Staff per enterprise: long-tailed inside its class (density falling as 1/n²), adding up exactly in every cell."""
    low = np.array([float(plan.book.one("enterprise", name, "minimum")) for name in SIZES])[size]
    high = np.array([float(plan.book.one("enterprise", name, "maximum")) for name in SIZES])[size]
    chance = stream(plan.seed, "enterprise sizes").random(len(size))
    drawn = low / (1 - chance * (1 - low / high))
    heads = np.zeros(len(size), np.int64)
    ends = np.searchsorted(cell, np.arange(len(cells) + 1))
    for n, people in enumerate(cells):
        a, b = int(ends[n]), int(ends[n + 1])
        if b > a:
            heads[a:b] = 1 + running(drawn[a:b], int(people) - (b - a))
    return heads


def _size_class(drawn: Ints, heads: Ints) -> Ints:
    """The class by staff, but never below a drawn class of medium or large: a model city is too small to fill its giants."""
    by_staff = len(SIZES) - 1 - np.searchsorted(_UPPER, heads, side="right")
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
