"""Whole numbers out of shares: exact totals, stable ties, and chance that is the same on every machine."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.synth.integers import as_fixed, below, happens, largest_remainder, nearest, running, spin, stream, u16, wheel


def test_nearest_rounds_halves_up() -> None:
    assert [nearest(Fraction(n, 2)) for n in range(5)] == [0, 1, 1, 2, 2]


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=40), st.integers(0, 10**7))
def test_largest_remainder_is_exact_and_within_one_of_each_share(weights: list[int], total: int) -> None:
    shares = largest_remainder(weights, total)
    if not sum(weights):
        assert set(shares) == {0}
        return
    assert sum(shares) == total
    assert all(abs(share - Fraction(weight * total, sum(weights))) < 1 for share, weight in zip(shares, weights, strict=True))


def test_largest_remainder_gives_equal_remainders_to_the_earlier() -> None:
    assert largest_remainder([1, 1, 1], 2) == [1, 1, 0]


@given(st.lists(st.decimals(0, 10**6, places=3).map(float), min_size=1, max_size=200), st.integers(0, 10**7))
def test_running_sums_are_never_off_by_more_than_one(cells: list[float], total: int) -> None:
    values = np.array(cells)
    if not as_fixed(values).sum():
        assert running(values, total).sum() == 0
        return
    people = running(values, total)
    assert people.sum() == total
    assert people.min() >= 0
    wanted = np.cumsum(values) / values.sum() * total
    assert np.max(np.abs(np.cumsum(people) - wanted)) <= 0.5 + 1e-3


def test_running_leaves_no_group_of_small_cells_out() -> None:
    """A hundred cells worth a tenth of a person each hold ten people, beside one cell worth ten."""
    people = running(np.array([0.1] * 100 + [10.0]), 20)
    assert people[:100].sum() == 10
    assert people.max() == 10


def test_running_holds_more_people_than_one_pass_can_count() -> None:
    assert running(np.ones(3), 30_000_000).tolist() == [10_000_000] * 3


def test_streams_do_not_depend_on_the_machine_or_on_each_other() -> None:
    """Pinned: a change here changes every synthetic city, so raise `guildhall.synth.writing.VERSION` with it."""
    assert u16(stream(7, "births"), 4).tolist() == u16(stream(7, "births"), 4).tolist()
    assert stream(7, "births").integers(0, 1000, 6).tolist() == BIRTHS_7
    assert stream(7, "births", 1).integers(0, 1000, 6).tolist() != BIRTHS_7
    assert stream(8, "births").integers(0, 1000, 6).tolist() != BIRTHS_7


BIRTHS_7 = [16, 980, 549, 991, 255, 461]


def test_draws_stay_below_their_limits() -> None:
    limits = np.array([1, 2, 1000, 2**31 - 1] * 500)
    draws = below(stream(1, "limits"), limits, len(limits))
    assert np.all((draws >= 0) & (draws < limits))
    assert set(draws[0::4].tolist()) == {0}
    assert set(draws[1::4].tolist()) == {0, 1}


@pytest.mark.parametrize(("share", "least", "most"), [(0, 0, 0), (1, 10_000, 10_000), (Fraction(1, 4), 2300, 2700)])
def test_happens_as_often_as_asked(share: int | Fraction, least: int, most: int) -> None:
    assert least <= int(happens(stream(1, "share"), Fraction(share), 10_000).sum()) <= most


def test_a_wheel_draws_by_weight_and_never_what_weighs_nothing() -> None:
    wheels = np.stack([wheel([1, 0, 3]), wheel([0, 1, 0])])
    drawn = spin(wheels, np.repeat([0, 1], 5000), stream(1, "wheel"))
    first, second = np.bincount(drawn[:5000], minlength=3), np.bincount(drawn[5000:], minlength=3)
    assert first[1] == 0
    assert 1100 < first[0] < 1400
    assert second.tolist() == [0, 5000, 0]
