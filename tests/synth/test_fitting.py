"""Fitting: one spec, held by the fast engine and by the slow one that reads like the textbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from guildhall.kernel.errors import GuildhallError
from guildhall.synth import fitting, fitting_reference
from guildhall.synth.fitting import Margin, miss, outer, whole_people

Floats = NDArray[np.float64]
Fitter = Callable[[Floats, Sequence[Margin]], Floats]


def fast(seed: Floats, margins: Sequence[Margin]) -> Floats:
    return fitting.fit(seed, margins, tolerance=1e-10).table


def slow(seed: Floats, margins: Sequence[Margin]) -> Floats:
    cells = {cell: float(value) for cell, value in np.ndenumerate(seed)}
    goals = [(margin.axes, {cell: float(value) for cell, value in np.ndenumerate(margin.totals)}) for margin in margins]
    fitted = fitting_reference.fit(cells, goals, tolerance=1e-10 * float(margins[0].totals.sum()))
    table = np.zeros(seed.shape)
    for cell, value in fitted.items():
        table[cell] = value
    return table


@pytest.fixture(params=[fast, slow], ids=["fast", "reference"])
def fit(request: pytest.FixtureRequest) -> Fitter:
    fitter: Fitter = request.param
    return fitter


ROWS = Margin("rows", (0,), np.array([30.0, 70.0]))
COLUMNS = Margin("columns", (1,), np.array([20.0, 30.0, 50.0]))


def test_a_flat_seed_gives_the_product_of_the_margins(fit: Fitter) -> None:
    assert fit(np.ones((2, 3)), [ROWS, COLUMNS]) == pytest.approx(np.outer([30, 70], [0.2, 0.3, 0.5]))


def test_odds_ratios_of_the_seed_are_kept(fit: Fitter) -> None:
    seed = np.array([[4.0, 1.0, 1.0], [1.0, 1.0, 2.0]])
    table = fit(seed, [ROWS, COLUMNS])
    assert table.sum(axis=1) == pytest.approx(ROWS.totals)
    assert table.sum(axis=0) == pytest.approx(COLUMNS.totals)
    for a, b in ((0, 1), (1, 2)):
        odds = seed[0, a] * seed[1, b] / (seed[0, b] * seed[1, a])
        assert table[0, a] * table[1, b] / (table[0, b] * table[1, a]) == pytest.approx(odds)


def test_what_the_seed_forbids_stays_empty(fit: Fitter) -> None:
    table = fit(np.array([[0.0, 1.0, 1.0], [1.0, 1.0, 1.0]]), [ROWS, COLUMNS])
    assert table[0, 0] == 0
    assert table[1, 0] == pytest.approx(20)


def test_two_way_margins_are_met(fit: Fitter) -> None:
    wanted = np.array([[5.0, 15.0], [10.0, 20.0], [20.0, 30.0]])
    table = fit(np.ones((2, 3, 2)), [Margin("pairs", (1, 2), wanted), ROWS])
    assert table.sum(axis=0) == pytest.approx(wanted)
    assert table.sum(axis=(1, 2)) == pytest.approx(ROWS.totals)


@given(st.lists(st.integers(1, 50), min_size=24, max_size=24), st.lists(st.integers(1, 50), min_size=24, max_size=24))
def test_the_fast_and_the_slow_agree(seed: list[int], goal: list[int]) -> None:
    goals = np.array(goal, np.float64).reshape(2, 3, 4)
    margins = [Margin(str(axis), (axis,), goals.sum(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    cells = np.array(seed, np.float64).reshape(2, 3, 4)
    assert fast(cells, margins) == pytest.approx(slow(cells, margins), rel=1e-6)


def test_margins_that_disagree_or_ask_for_the_impossible_are_named() -> None:
    with pytest.raises(GuildhallError, match="columns adds up to 100"):
        fitting.fit(np.ones((2, 3)), [Margin("rows", (0,), np.array([1.0, 2.0])), COLUMNS])
    with pytest.raises(GuildhallError, match="rows asks for 30 where no cell is possible"):
        fitting.fit(np.array([[0.0, 0, 0], [1, 1, 1]]), [ROWS, COLUMNS])
    with pytest.raises(GuildhallError, match="cannot be met together"):
        fitting.fit(np.array([[1.0, 0, 0], [0, 1, 1]]), [ROWS, COLUMNS])


def test_whole_people_meet_every_margin_and_stay_where_they_are_possible() -> None:
    seed = np.random.Generator(np.random.PCG64(1)).integers(0, 5, (6, 3, 5, 4)).astype(np.float64)
    shares = [np.array(values, np.float64) for values in ([9, 8, 7, 6, 5, 4], [20, 12, 7], [3, 9, 11, 9, 7], [6, 13, 13, 7])]
    margins = [Margin(f"axis {axis}", (axis,), share * 39) for axis, share in enumerate(shares)]
    fitted = fitting.fit(seed, margins).table
    people = whole_people(fitted, [20 * 39, 12 * 39, 7 * 39], margins)
    assert miss(people, margins) == {margin.name: 0 for margin in margins}
    assert np.all(people[seed == 0] == 0)
    assert people.min() >= 0


def test_a_seed_of_associations_is_their_product() -> None:
    seed = outer((2, 3, 2), [((0, 1), np.arange(6.0).reshape(2, 3)), ((2,), np.array([1.0, 10.0]))])
    assert seed[1, 2].tolist() == [5, 50]
