"""The same fitting as `fitting.fit`, cell by cell in plain Python: slow, and easy to read. Tests hold both to one spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Cell = tuple[int, ...]


def fit(
    seed: Mapping[Cell, float], margins: Sequence[tuple[tuple[int, ...], Mapping[Cell, float]]], *, tolerance: float, rounds: int = 200
) -> dict[Cell, float]:
    """Scales the cells to each margin in turn until a whole round moves no marginal sum by more than `tolerance`."""
    cells = dict(seed)
    for _ in range(rounds):
        largest = 0.0
        for axes, goals in margins:
            sums = marginal(cells, axes)
            largest = max(largest, *(abs(sums.get(key, 0.0) - goal) for key, goal in goals.items()))
            for cell in cells:
                key = tuple(cell[axis] for axis in axes)
                if sums[key] > 0:
                    cells[cell] *= goals[key] / sums[key]
        if largest <= tolerance:
            return cells
    raise ArithmeticError("the marginals cannot be met together")


def marginal(cells: Mapping[Cell, float], axes: tuple[int, ...]) -> dict[Cell, float]:
    """The sums of the cells over all axes but the named ones."""
    sums: dict[Cell, float] = {}
    for cell, value in cells.items():
        key = tuple(cell[axis] for axis in axes)
        sums[key] = sums.get(key, 0.0) + value
    return sums
