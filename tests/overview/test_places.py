"""Districts and parks by the places that existed on each date, and who answers for those that ended."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from guildhall.kernel.disclosure import WITHHELD, Withheld
from guildhall.kernel.errors import NotFound
from guildhall.web.viewer import PUBLIC
from tests.shown import AS_OF, HIGH, IN_EAST_PARK, SKILLED

BEFORE = date(2024, 12, 31)


def test_a_measure_is_shown_by_the_units_of_its_date(shown: Path) -> None:
    from guildhall.overview import queries

    then = {row.place.place_id for row in queries.measured("skilled", BEFORE, PUBLIC)}
    now = {row.place.place_id for row in queries.measured("skilled", AS_OF, PUBLIC)}
    assert then == {"tiny-east", "tiny-west", "tiny-south"}
    assert now == {"tiny-west", "tiny-harbour"}


def test_units_add_up_to_the_city_before_and_after_a_merger(shown: Path) -> None:
    from guildhall.overview import queries

    for on in (BEFORE, AS_OF):
        found = queries.results(PUBLIC)
        units = found.city.territory.units(on)
        assert sum(found.measures[unit, on, "skilled"] for unit in units) == SKILLED
        assert sum(found.measures[unit, on, "high_skilled"] for unit in units) == HIGH


def test_the_share_is_an_exact_fraction(shown: Path) -> None:
    from guildhall.overview import queries

    for row in queries.measured("high_share", AS_OF, PUBLIC):
        found = queries.unit(row.place.place_id, AS_OF, PUBLIC).values
        skilled, high = found["skilled"], found["high_skilled"]
        if isinstance(skilled, Withheld) or isinstance(high, Withheld):
            assert row.value is WITHHELD
        else:
            assert skilled
            assert row.value == Fraction(high or 0) / skilled


@pytest.mark.parametrize(("measure", "on"), [("happiness", AS_OF), ("skilled", date(1999, 1, 1)), ("people", BEFORE)])
def test_what_is_not_measured_is_refused_with_what_is(shown: Path, measure: str, on: date) -> None:
    from guildhall.overview import queries

    with pytest.raises(NotFound) as caught:
        queries.measured(measure, on, PUBLIC)
    assert caught.value.next


def test_a_new_district_shows_what_it_came_from(shown: Path) -> None:
    from guildhall.overview import queries

    harbour = queries.unit("tiny-harbour", AS_OF, PUBLIC)
    assert {place.place_id for place, _ in harbour.predecessors} == {"tiny-east", "tiny-south", "tiny-west", "tiny-zone-port"}
    assert {(stock.place.place_id, stock.on) for stock in harbour.stocks if stock.place.place_id == "tiny-harbour"} == {
        ("tiny-harbour", on) for on in queries.dates(PUBLIC) if on >= date(2025, 7, 1)
    }
    assert all(stock.place.exists(stock.on) for stock in harbour.stocks)
    assert "tiny-zone-port" not in {stock.place.place_id for stock in harbour.stocks}
    assert {move.place.place_id for move in harbour.moves if not move.whole} == {"tiny-east-rest", "tiny-west-quay", "tiny-park-1"}
    first = harbour.moves[0]
    assert (first.whole, first.place.place_id, first.after and first.after.place_id) == (True, "tiny-south", "tiny-harbour")


def test_someone_answers_today_for_a_district_that_ended(shown: Path) -> None:
    from guildhall.overview import queries

    east = queries.unit("tiny-east", AS_OF, PUBLIC)
    assert not east.exists
    assert east.responsible is not None
    assert east.responsible.place_id == "tiny-harbour"


def test_a_park_keeps_its_history(shown: Path) -> None:
    from guildhall.overview import queries

    one = queries.park("tiny-park-1", AS_OF, PUBLIC)
    assert one.values["park_workers"] == IN_EAST_PARK
    assert [place.place_id for place, _ in one.districts] == ["tiny-east", "tiny-harbour"]
    assert one.responsible is not None
    assert one.responsible.place_id == "tiny-harbour"


@pytest.mark.parametrize("id", ["tiny", "tiny-park-1", "nowhere"])
def test_only_districts_and_counties_have_a_district_page(shown: Path, id: str) -> None:
    from guildhall.overview import queries

    with pytest.raises(NotFound):
        queries.unit(id, AS_OF, PUBLIC)


def test_rungs_kept_whole_stand_for_themselves(shown: Path) -> None:
    from guildhall.overview import queries

    rungs = {rung.level.code: rung for rung in queries.ladder(PUBLIC)}
    assert (rungs["LS"].persons, rungs["LS"].whole, rungs["LS"].stands_for) == (1, True, 1)
    assert (rungs["L3"].whole, rungs["L3"].stands_for) == (False, rungs["L3"].persons * 100)
    assert sum(r.stands_for for r in rungs.values() if r.level.skilled) == 4 + 36 * 100
    assert [rung.level.ordinal for rung in queries.ladder(PUBLIC)] == sorted((r.level.ordinal for r in rungs.values()), reverse=True)
