"""Iterative proportional fitting: a joint table that keeps the associations of a seed and meets given marginal sums.

Method: Deming and Stephan (1940). Cells that the seed holds to be impossible (zero) stay zero. Sums are taken in one fixed
order by `np.bincount`, so the result does not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from guildhall.kernel.errors import GuildhallError
from guildhall.synth.integers import largest_remainder, running

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Margin:
    """The sums that a table shall have over all axes but `axes`; `totals` has one dimension per named axis."""

    name: str
    axes: tuple[int, ...]
    totals: Floats


@dataclass(frozen=True)
class Fit:
    """A fitted table, the rounds it took, and the largest miss of any marginal sum as a share of the whole."""

    table: Floats
    rounds: int
    error: float


def fit(seed: Floats, margins: Sequence[Margin], *, tolerance: float = 1e-7, rounds: int = 200) -> Fit:
    """The fitted table of the seed's shape. Margins must agree on the whole.

    Raises GuildhallError where a margin asks for people in a place the seed holds impossible, or nothing converges.
    """
    at = np.flatnonzero(seed)
    cells = seed.ravel()[at].astype(np.float64)
    where = [_positions(seed.shape, margin.axes)[at] for margin in margins]
    wanted = [margin.totals.ravel().astype(np.float64) for margin in margins]
    _check(margins, wanted, where)
    whole = float(np.add.accumulate(wanted[0])[-1])
    if whole == 0:
        return Fit(np.zeros(seed.shape), 0, 0.0)
    error = 1.0
    for done in range(1, rounds + 1):
        error = 0.0
        for goal, position in zip(wanted, where, strict=True):
            sums = np.bincount(position, weights=cells, minlength=len(goal))
            error = max(error, float(np.max(np.abs(sums - goal))) / whole)
            factors = np.divide(goal, sums, out=np.zeros_like(goal), where=sums > 0)
            cells *= factors[position]
        if error <= tolerance:
            return Fit(_spread(seed.shape, at, cells), done, error)
    worst = f"after {rounds} rounds a marginal sum is still off by {error:.2e} of the whole"
    raise GuildhallError(
        "The marginals cannot be met together", why=worst, next="look for associations that forbid what a marginal asks for"
    )


def miss(table: Ints | Floats, margins: Sequence[Margin]) -> dict[str, float]:
    """How far each margin of `table` is from its goal: the largest difference as a share of the whole, by name."""
    flat = table.ravel().astype(np.float64)
    found = {}
    for margin in margins:
        goal = margin.totals.ravel()
        sums = np.bincount(_positions(table.shape, margin.axes), weights=flat, minlength=len(goal))
        found[margin.name] = float(np.max(np.abs(sums - goal))) / max(float(np.add.accumulate(goal)[-1]), 1.0)
    return found


def outer(shape: Sequence[int], factors: Sequence[tuple[tuple[int, ...], Floats]]) -> Floats:
    """The product of factors, each spread along the axes it names: a seed made of two-way associations."""
    seed = np.ones(shape)
    for axes, factor in factors:
        seed *= factor.reshape([shape[n] if n in axes else 1 for n in range(len(shape))])
    return seed


def whole_people(table: Floats, slices: Sequence[int], margins: Sequence[Margin]) -> Ints:
    """Whole people instead of fractions: `slices[n]` people along axis 1, and every other one-way margin met to the person.

    People come from rounding running sums (see `integers.running`); the few by which a margin is then off change the one
    attribute the margin speaks of, which leaves all other one-way margins as they are.
    """
    cells = np.stack([running(table[:, n], count).reshape(table[:, n].shape) for n, count in enumerate(slices)], axis=1)
    for margin in margins:
        if len(margin.axes) == 1 and margin.axes != (1,):
            _make_good(cells, table, margin)
    return cells


def _make_good(cells: Ints, table: Floats, margin: Margin) -> None:
    axis = margin.axes[0]
    along, fitted = np.moveaxis(cells, axis, 0), np.moveaxis(table, axis, 0)
    goals = largest_remainder([Fraction(float(value)) for value in margin.totals], int(cells.sum()))
    off = [int(part.sum()) - goal for part, goal in zip(along, goals, strict=True)]
    for giver in range(len(off)):
        for taker in range(len(off)):
            count = min(off[giver], -off[taker])
            if count > 0:
                # Nobody moves to where the fitted table has no one: too young for the level, say.
                able = along[giver] * (fitted[taker] > 0)
                count = min(count, int(able.sum()))
                moved = running(able.astype(np.float64), count).reshape(able.shape)
                along[giver] -= moved
                along[taker] += moved
                off[giver], off[taker] = off[giver] - count, off[taker] + count


def _positions(shape: Sequence[int], axes: tuple[int, ...]) -> NDArray[np.intp]:
    """For every cell of a table, the position of the marginal sum it belongs to."""
    position = np.zeros(shape, np.intp)
    for axis in axes:
        index = np.arange(shape[axis], dtype=np.intp).reshape([-1 if n == axis else 1 for n in range(len(shape))])
        position *= shape[axis]
        position += index
    return position.ravel()


def _spread(shape: Sequence[int], at: NDArray[np.intp], cells: Floats) -> Floats:
    table = np.zeros(int(np.prod(shape)))
    table[at] = cells
    return table.reshape(shape)


def _check(margins: Sequence[Margin], wanted: Sequence[Floats], where: Sequence[NDArray[np.intp]]) -> None:
    whole = float(np.add.accumulate(wanted[0])[-1])
    for margin, goal, position in zip(margins, wanted, where, strict=True):
        total = float(np.add.accumulate(goal)[-1])
        if abs(total - whole) > 1e-9 * whole:
            raise GuildhallError(f"Margin {margin.name} adds up to {total}, margin {margins[0].name} to {whole}")
        possible = np.bincount(position, minlength=len(goal))
        if np.any((goal > 0) & (possible == 0)):
            n = int(np.flatnonzero((goal > 0) & (possible == 0))[0])
            raise GuildhallError(
                f"Margin {margin.name} asks for {goal[n]:g} where no cell is possible",
                why=f"entry {n} of the margin",
                next="look for associations of 0",
            )
