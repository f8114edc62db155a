"""No small count can be read or worked out: held against everything an attacker could try on small tables."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from guildhall.kernel.disclosure import Sum, hidden
from guildhall.kernel.errors import GuildhallError

Key = tuple[str, str]


def table(rows: list[list[int]]) -> tuple[dict[Key, int], list[Sum[Key]]]:
    """A table with a total for each row, each column and all."""
    cells = {(str(r), str(c)): value for r, row in enumerate(rows) for c, value in enumerate(row)}
    names = [str(c) for c in range(len(rows[0]))]
    cells |= {(str(r), "all"): sum(row) for r, row in enumerate(rows)}
    cells |= {("all", str(c)): sum(column) for c, column in enumerate(zip(*rows, strict=True))}
    cells["all", "all"] = sum(map(sum, rows))
    sums = [Sum((r, "all"), tuple((r, c) for c in names)) for r in [str(r) for r in range(len(rows))] + ["all"]]
    sums += [Sum(("all", c), tuple((str(r), c) for r in range(len(rows)))) for c in [*names, "all"]]
    return cells, sums


def feasible(cells: dict[Key, int], sums: list[Sum[Key]], kept: frozenset[Key], largest: int) -> Mapping[Key, NDArray[np.int64]]:
    """What each cell is in every table of counts up to `largest` that agrees with what is shown: all that an attacker with time finds."""
    unknown = [key for key in cells if "all" not in key and key in kept]
    guesses = np.indices((largest + 1,) * len(unknown)).reshape(len(unknown), -1)
    tried = {key: np.full(guesses.shape[1], value) for key, value in cells.items()} | dict(zip(unknown, guesses, strict=True))
    stands = np.ones(guesses.shape[1], dtype=bool)
    for relation in sums:  # totals in order: rows and columns before the grand total
        total = np.sum([tried[part] for part in relation.parts], axis=0)
        if relation.total in kept:
            tried[relation.total] = total
        stands &= tried[relation.total] == total
    return {key: could[stands] for key, could in tried.items()}


def test_a_small_count_is_hidden_and_a_zero_is_not() -> None:
    assert hidden({"a": 3, "b": 0, "c": 10}, []) == {"a"}


def test_the_only_hidden_cell_of_a_total_gets_the_smallest_other_beside_it() -> None:
    cells = {"all": 103, "a": 3, "b": 40, "c": 60, "d": 0}
    assert hidden(cells, [Sum("all", ("a", "b", "c", "d"))]) == {"a", "b"}


def test_two_small_counts_whose_sum_is_small_get_a_third() -> None:
    cells = {"all": 64, "a": 3, "b": 1, "c": 60}
    assert hidden(cells, [Sum("all", ("a", "b", "c"))]) == {"a", "b", "c"}


def test_a_total_published_elsewhere_stays_and_the_parts_bear_it() -> None:
    cells = {"all": 5, "a": 5, "b": 0}
    assert hidden(cells, [], open_cells=frozenset({"all"})) == {"a"}


def test_where_a_known_total_gives_its_parts_away_all_the_others_are_hidden() -> None:
    assert hidden({"all": 5, "a": 5, "b": 0}, [Sum("all", ("a", "b"))], open_cells=frozenset({"all"})) == {"a", "b"}


def test_cells_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(GuildhallError, match="not the sum"):
        hidden({"all": 5, "a": 4}, [Sum("all", ("a",))])


def test_a_cell_that_all_sums_together_pin_down_is_protected() -> None:
    """No single sum gives the 1 of the second row away; the totals of two rows and two columns together do."""
    cells, sums = table([[0, 14, 9, 0], [0, 2, 0, 1], [0, 1, 14, 0], [1, 25, 25, 14]])
    found = hidden(cells, sums)
    assert {("1", "3"), ("0", "3")} <= found, "a nil beside it must be hidden too, or the 1 is 0 or 1"


def test_a_cell_that_follows_from_several_totals_together_is_protected() -> None:
    """Two totals that differ in one cell: each hides two cells or more, and their difference would give the third."""
    cells = {"x": 130, "y": 125, "a": 60, "b": 65, "c": 5}
    sums = [Sum("x", ("a", "b", "c")), Sum("y", ("a", "b"))]
    found = hidden(cells, sums)
    assert "c" in found
    assert found & {"x", "y"}, "x − y is c: one of them must be hidden"


def test_nobody_can_pin_a_small_count_down() -> None:
    """Every table of two by two over these counts: with a threshold of 3 each small count could be anything over a range of 3."""
    for a, b, c, d in product([0, 1, 2, 5], repeat=4):
        cells, sums = table([[a, b], [c, d]])
        found = hidden(cells, sums, threshold=3)
        small = [key for key, value in cells.items() if 0 < value < 3]
        assert set(small) <= found
        tables = feasible(cells, sums, found, 14) if small else {}
        for key in small:
            could = tables[key]
            assert could.max() - could.min() >= 3, f"{key} of {a, b, c, d} can only be {sorted({*could.tolist()})}"
