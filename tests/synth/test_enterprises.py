"""Enterprises: many small ones, few large, as far as published numbers of sizes go."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from guildhall.registry import tables
from tests.synth.cities import Made


def staff(made: Made) -> NDArray[np.int64]:
    """People now at work, by organisation_id - 1."""
    now = made.days(tables.EMPLOYMENT, "ended_on") > made.today
    size = made.table(tables.ORGANISATIONS).num_rows
    found: NDArray[np.int64] = np.bincount(made.numbers(tables.EMPLOYMENT, "organisation_id")[now], minlength=size + 1)[1:]
    return found


def of(made: Made, column: str, *words: str) -> NDArray[np.bool_]:
    """The organisations whose column has one of the words."""
    return np.isin(made.words(tables.ORGANISATIONS, column).astype(str), words)


@pytest.fixture(params=["chongqing", pytest.param("third", marks=pytest.mark.slow)])
def model(request: pytest.FixtureRequest) -> Made:
    found: Made = request.getfixturevalue(request.param)
    return found


def test_enterprises_are_as_large_as_published(model: Made) -> None:
    """Manufacturing 19.8 a unit (Kaizhou 2023), software 356 thousand in 38 thousand firms, without the large ones 8.8."""
    people = staff(model)
    for sector, mean in (("manufacturing", 19.8), ("software", 9.4)):
        assert abs(people[of(model, "sector", sector)].mean() / mean - 1) < 0.05, sector
    small = of(model, "kind", "enterprise") & ~of(model, "size", "large")
    assert abs(people[small].mean() / 8.8 - 1) < 0.15


def test_most_are_micro_and_sectors_differ(model: Made) -> None:
    people, counts = staff(model), model.counts(tables.ORGANISATIONS, "size")
    assert counts["micro"] > 10 * counts["small"] > 50 * counts["medium"] > 50 * counts["large"]
    means = {sector: people[of(model, "sector", sector)].mean() for sector in tables.SECTORS}
    assert means["manufacturing"] > means["construction"] > means["transport"] > means["trade"] > means["resident_services"] > 1
    assert np.median(people[of(model, "sector", "trade")]) < 5


def test_every_enterprise_has_staff(made: Made) -> None:
    assert staff(made)[of(made, "kind", "enterprise")].min() >= 1


@pytest.mark.slow
def test_above_scale_industry_is_as_large_as_published(third: Made) -> None:
    """6,500 to 7,100 enterprises with 1.42 to 1.5 million workers; about 157 large ones of 2,900 on average; the others have 157."""
    people, part = staff(third), Fraction(third.scale)
    above = third.table(tables.ORGANISATIONS).column("above_scale").to_numpy(zero_copy_only=False)
    assert 6_500 * part <= above.sum() <= 7_100 * part
    assert 1_420_000 * part <= people[above].sum() <= 1_500_000 * part
    large = above & of(third, "size", "large")
    assert abs(large.sum() / float(157 * part) - 1) < 0.05
    assert abs(people[large].mean() / 2_900 - 1) < 0.05
    assert abs(people[above & ~large].mean() / 157 - 1) < 0.1


@pytest.mark.slow
def test_staff_agree_with_the_size_class(third: Made) -> None:
    people = staff(third)
    for size, least, most in (("large", 1000, 15_000), ("medium", 300, 999), ("small", 20, 299), ("micro", 1, 19)):
        found = people[of(third, "size", size)]
        assert least <= found.min() <= found.max() <= most, size
