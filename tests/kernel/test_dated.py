"""Dated values: half-open, with a source and a status; what is missing is named and what clashes is reported."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kernel.dated import EVIDENCE, STATUS_NAMES, STATUSES, UNSETTLED, Dated, Missing, Timeline, Unsettled, faults, settled
from guildhall.kernel.errors import FaultsFound

WAGES = [  # the monthly minimum, with a year left out
    Dated(2100_00, date(2022, 4, 1), date(2025, 1, 1), "notice-2022", "press"),
    Dated(1800_00, date(2019, 1, 1), date(2021, 4, 1), "notice-2019", "press"),
    Dated(2330_00, date(2025, 1, 1), None, "hearsay", "unverified"),
]


def test_a_value_holds_from_its_first_day_until_the_day_before_its_end() -> None:
    wages = Timeline("minimum wage", WAGES)
    found = {day: wages.at(day) for day in (date(2019, 1, 1), date(2024, 12, 31), date(2025, 1, 1), date(2100, 1, 1))}
    assert [value.value for value in found.values() if isinstance(value, Dated)] == [1800_00, 2100_00, 2330_00, 2330_00]


@pytest.mark.parametrize(("on", "reason"), [(date(2018, 12, 31), "before"), (date(2021, 4, 1), "gap"), (date(2022, 3, 31), "gap")])
def test_a_day_without_a_value_is_an_outcome_of_its_own(on: date, reason: str) -> None:
    found = Timeline("minimum wage", WAGES).at(on)
    assert isinstance(found, Missing)
    assert (found.name, found.on, found.reason) == ("minimum wage", on, reason)
    assert not found
    assert str(found) == f"no value of minimum wage in force on {on}"


def test_a_lapsed_rule_is_not_extended() -> None:
    subsidy = Timeline("subsidy", [Dated("up to 2000 yuan", None, date(2026, 1, 1), "notice-2025", "press")])
    assert isinstance(subsidy.at(date(1950, 1, 1)), Dated)
    assert subsidy.at(date(2026, 1, 1)) == Missing("subsidy", date(2026, 1, 1), "after")
    assert Timeline[str]("nothing", []).at(date(2026, 1, 1)) == Missing("nothing", date(2026, 1, 1), "empty")


def test_values_are_kept_in_order() -> None:
    assert [value.value for value in Timeline("minimum wage", WAGES)] == [1800_00, 2100_00, 2330_00]


def test_gaps_and_overlaps_are_reported_by_row() -> None:
    clash = Dated(2000_00, date(2024, 6, 1), date(2024, 7, 1), "notice", "press")
    found = faults("wages.csv", [*WAGES, clash], rows=[2, 3, 4, 5])
    assert [(fault.row, fault.column) for fault in found] == [(2, "valid_from"), (5, "valid_from")]
    assert "no value from 2021-04-01 to 2022-04-01" in found[0].what
    assert "while an earlier value holds until 2025-01-01" in found[1].what
    assert [fault.row for fault in faults("wages.csv", [*WAGES, clash], rows=[2, 3, 4, 5], gaps=False)] == [5]


def test_a_value_inside_a_longer_one_clashes_with_it_and_leaves_no_gap_after() -> None:
    long = Dated(1, date(2020, 1, 1), date(2022, 1, 1), "s", "press")
    inside = Dated(2, date(2020, 6, 1), date(2020, 7, 1), "s", "press")
    after = Dated(3, date(2022, 1, 1), None, "s", "press")
    assert [fault.row for fault in faults("x", [long, inside, after], rows=[2, 3, 4])] == [3]


def test_two_open_values_clash() -> None:
    forever = Dated(1, None, None, "s", "press")
    found = faults("x", [forever, forever])
    assert len(found) == 1
    assert "until further notice" in found[0].what
    with pytest.raises(FaultsFound, match="contradict"):
        Timeline("x", [forever, forever])


def test_reversed_intervals_unknown_statuses_and_missing_sources_are_reported() -> None:
    values = [
        Dated(1, date(2020, 1, 1), date(2020, 1, 1), "s", "press"),
        Dated(1, date(2020, 1, 1), None, "", "certain"),
        Dated(1, None, date(2020, 1, 1), "", "unknown"),
    ]
    assert [(fault.row, fault.column) for fault in faults("x", values, rows=[2, 3, 4])] == [
        (2, "valid_from"),
        (3, "status"),
        (3, "source"),
    ]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=12), st.integers(-100, 7000), st.randoms())
def test_a_complete_timeline_answers_every_day_with_the_one_value_that_holds(lengths: list[int], offset: int, random: Random) -> None:
    start, values = date(2010, 1, 1), []
    for number, length in enumerate(lengths):
        values.append(Dated(number, start, start + timedelta(length), "s", "press"))
        start += timedelta(length)
    assert faults("x", values) == []
    random.shuffle(values)
    on = date(2010, 1, 1) + timedelta(offset)
    holding = [value for value in values if value.holds_on(on)]
    found = Timeline("x", values).at(on)
    assert ([found] if isinstance(found, Dated) else []) == holding


def test_every_status_and_evidence_code_is_known_and_named_in_both_languages() -> None:
    assert STATUSES == ("statute", "official", "press", "repository", "computed", "unverified", "assumed", "generated", "unknown")
    assert all(name.zh and name.en for name in STATUS_NAMES.values())
    assert "".join(EVIDENCE) == "LOSRCIMA"
    assert set(EVIDENCE.values()) <= set(STATUSES)
    assert EVIDENCE["I"] == EVIDENCE["M"] == "unverified"
    assert set(UNSETTLED) < set(STATUSES)


@pytest.mark.parametrize("status", STATUSES)
def test_a_value_not_well_enough_known_is_an_outcome_of_its_own_where_only_settled_ones_will_do(status: str) -> None:
    on = date(2025, 6, 1)
    value = Dated(2330_00, date(2025, 1, 1), None, "hearsay", status)
    found = settled("minimum wage", on, value)
    if status in UNSETTLED:
        assert found == Unsettled("minimum wage", on, "hearsay", status)
        assert not found
        assert STATUS_NAMES[status].en in str(found)
    else:
        assert found == value


def test_what_is_missing_stays_missing_where_only_settled_values_will_do() -> None:
    missing = Missing("minimum wage", date(2001, 1, 1), "before")
    assert settled("minimum wage", missing.on, missing) is missing
