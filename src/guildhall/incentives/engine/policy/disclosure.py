"""Which counts of a policy stay hidden: everything shown of one rule is asked of the one rule on small counts at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from guildhall.kernel.disclosure import Sum, hidden

Cell = tuple[str, str, str]
"""A count by its address: what cases are grouped by, the part, and what is counted."""
Row = Mapping[str, Any]
ALL = "all"
OUTCOMES = ("entitled", "refused", "undetermined")
SPLITS = {"cases": OUTCOMES, "undetermined": ("unpriced", "priced")}
CHANGES = {
    "before_entitled": ("kept", "dropped"),
    "after_entitled": ("kept", "gained"),
    "winners": ("gained", "raised"),
    "losers": ("dropped", "lowered"),
}
"""What can be worked out of what: who was entitled is still, or is dropped; who wins is newly entitled, or gets more."""


def of_outcomes(rows: Iterable[Row], only: Mapping[str, int]) -> frozenset[Cell]:
    """The cells of one rule to hide, of rows of incentives.policy; `only` counts who misses one condition alone, by condition."""
    cells: dict[Cell, int] = {}
    for row in rows:
        counts = {**{name: row[name] for name in ("cases", *OUTCOMES, "unpriced")}, "priced": row["undetermined"] - row["unpriced"]}
        cells |= {(row["by"], row["part"], name): number for name, number in counts.items()}
    sums = _sums(cells, SPLITS)
    refused = (ALL, "", "refused")
    cells |= {("only", name, "refused"): number for name, number in only.items()}
    if refused in cells and only:
        rest = ("only", "", "several")
        cells[rest] = cells[refused] - sum(only.values())
        sums.append(Sum(refused, (*(("only", name, "refused") for name in only), rest)))
    return hidden(cells, sums)


def of_changes(rows: Iterable[Row], by: str, withheld: frozenset[Cell] = frozenset()) -> frozenset[Cell]:
    """The cells of one change to hide, of rows of a difference: those of the parts of one dimension, and of all together.

    How many are entitled as things stand is published with the run, but for the cells `withheld` there: these stay hidden here, and
    all others count as known.
    """
    cells: dict[Cell, int] = {}
    for row in rows:
        counts = {name: row[name] for name in (*CHANGES, "gained", "dropped")}
        counts |= {"kept": row["before_entitled"] - row["dropped"], "raised": row["winners"] - row["gained"]}
        counts["lowered"] = row["losers"] - row["dropped"]
        cells |= {(by, row["part"], name): number for name, number in counts.items()}
    names = {name for _, _, name in cells}
    cells |= {(ALL, "", name): sum(number for (_, _, each), number in cells.items() if each == name) for name in names}
    before = {cell: (*cell[:2], "entitled") for cell in cells if cell[2] == "before_entitled"}
    published = frozenset(cell for cell, there in before.items() if there not in withheld)
    # That nobody wins by a stricter figure, or loses by a milder one, anybody can tell.
    told = frozenset(cell for cell in cells if not cells[ALL, "", cell[2]])
    return hidden(cells, _sums(cells, CHANGES), open_cells=published | told) | (frozenset(before) - published)


def _sums(cells: Mapping[Cell, int], splits: Mapping[str, tuple[str, ...]]) -> list[Sum[Cell]]:
    """Within a part, what is counted splits; over the parts of a dimension, each count adds up to that of all."""
    sums = [Sum((by, part, name), tuple((by, part, each) for each in splits[name])) for by, part, name in cells if name in splits]
    dimensions = dict.fromkeys(by for by, _, _ in cells if by != ALL)
    for total in [cell for cell in cells if cell[0] == ALL]:
        for by in dimensions:
            parts = tuple(cell for cell in cells if cell[0] == by and cell[2] == total[2])
            if parts:
                sums.append(Sum(total, parts))
    return sums
