"""Places through a merger and a split: which lies in which on a date, and who answers today for one that ended."""

from __future__ import annotations

from datetime import date

import pytest

from guildhall.kernel.errors import NotFound
from guildhall.kernel.figures import Context
from guildhall.kernel.territory import Edge, Node, Succession, Territory

MERGER = date(2026, 1, 25)
BEFORE, AFTER = date(2026, 1, 24), date(2026, 1, 30)
# East ended whole; West was split: one town went to North, which lives on, and the rest to the new district.
MERGED = Territory(
    [
        Node("city", "city"),
        Node("east", "district", None, MERGER),
        Node("west", "district", None, MERGER),
        Node("north", "district"),
        Node("new", "district", MERGER),
        Node("zone", "functional_zone"),
        Node("town", "township"),
        Node("rest", "remainder"),
        Node("park", "park"),
    ],
    [
        Edge("east", "city", valid_until=MERGER),
        Edge("west", "city", valid_until=MERGER),
        Edge("north", "city"),
        Edge("new", "city", valid_from=MERGER),
        Edge("town", "west", valid_until=MERGER),
        Edge("town", "north", valid_from=MERGER),
        Edge("rest", "west", valid_until=MERGER),
        Edge("rest", "new", valid_from=MERGER),
        Edge("park", "rest"),
        Edge("park", "zone", "functional"),
    ],
    [
        Succession("west", "north", MERGER, "part"),
        Succession("west", "new", MERGER, "remainder"),
        Succession("east", "new", MERGER, "whole"),
    ],
)


def test_units_are_those_that_exist_on_the_date() -> None:
    assert MERGED.units(BEFORE) == ["east", "north", "west"]
    assert MERGED.units(MERGER) == ["new", "north"]
    assert MERGED.exists("west", BEFORE)
    assert not MERGED.exists("west", MERGER)


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        ("town", "west", "north"),
        ("rest", "west", "new"),
        ("park", "west", "new"),
        ("east", "east", "new"),
        ("west", "west", "new"),
        ("city", None, None),
    ],
)
def test_each_place_counts_towards_one_unit_at_every_date(place: str, before: str | None, after: str | None) -> None:
    assert (MERGED.unit_of(place, BEFORE), MERGED.unit_of(place, AFTER)) == (before, after)
    assert MERGED.responsible_today(place, AFTER) == after


def test_a_place_counts_nowhere_before_it_begins() -> None:
    assert MERGED.unit_of("new", BEFORE) is None


def test_parents_and_children_change_on_the_day() -> None:
    assert MERGED.children("west", BEFORE) == ["rest", "town"]
    assert MERGED.children("west", MERGER) == []
    assert MERGED.children("city", AFTER) == ["new", "north"]
    assert MERGED.parent("park", AFTER, "functional") == "zone"
    assert [edge.parent_id for edge in MERGED.parents_ever("town")] == ["west", "north"]


def test_successors_and_predecessors_are_listed() -> None:
    assert [(s.successor_id, s.scope) for s in MERGED.successions("west")] == [("north", "part"), ("new", "remainder")]
    assert sorted(s.place_id for s in MERGED.predecessors("new")) == ["east", "west"]


def test_a_chain_of_mergers_leads_to_who_answers_today_and_a_broken_or_circular_one_to_nobody() -> None:
    nodes = [Node("a", "district", None, date(2000, 1, 1)), Node("b", "district", date(2000, 1, 1), date(2010, 1, 1))]
    first = Succession("a", "b", date(2000, 1, 1), "whole")
    chain = Territory([*nodes, Node("c", "district", date(2010, 1, 1))], [], [first, Succession("b", "c", date(2010, 1, 1), "whole")])
    assert [chain.unit_of("a", date(year, 1, 1)) for year in (1999, 2005, 2020)] == ["a", "b", "c"]
    assert Territory(nodes, [], [first]).unit_of("a", date(2020, 1, 1)) is None
    assert Territory(nodes, [], [first, Succession("b", "a", date(2010, 1, 1), "whole")]).unit_of("a", date(2020, 1, 1)) is None


def test_an_unknown_place_is_not_found() -> None:
    with pytest.raises(NotFound, match="atlantis"):
        MERGED.unit_of("atlantis", AFTER)


def test_the_dates_of_a_context_are_in_order_and_a_leap_day_has_a_day_the_year_before() -> None:
    context = Context(date(2024, 2, 29), (date(2024, 2, 29), date(2020, 12, 31)), {})
    assert context.year_before == date(2023, 2, 28)
    assert context.dates == (date(2020, 12, 31), date(2023, 2, 28), date(2024, 2, 29))
