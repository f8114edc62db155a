"""Published, expected and computed stand side by side, and none is copied from another."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from guildhall.kernel.errors import NotFound
from guildhall.web.viewer import PUBLIC
from tests.shown import CHIEF, HIGH, SKILLED

if TYPE_CHECKING:
    from django.test import Client


def test_expected_is_the_published_value_at_the_scale_and_computed_comes_from_the_records(shown: Path) -> None:
    from guildhall.overview import queries

    skilled = queries.figure("skilled.count", PUBLIC)
    assert (skilled.value, skilled.expected, skilled.computed) == (Decimal(4000), 40, SKILLED)
    share = queries.figure("skilled.high_share", PUBLIC)
    assert (share.value, share.expected) == (Decimal(32), 32)
    assert share.computed == Fraction(HIGH, SKILLED) * 100
    chief = queries.figure("ladder.chief", PUBLIC)
    assert (chief.expected, chief.computed) == (1, CHIEF)


def test_a_figure_the_city_was_fitted_to_says_so(shown: Path) -> None:
    from guildhall.overview import queries

    marked = {figure.id for figure in queries.figures(PUBLIC) if figure.calibrated}
    assert marked == {"skilled.count", "ladder.chief"}


@pytest.mark.parametrize(
    ("id", "reason"),
    [
        ("evaluations.count", "not built yet"),
        ("industrial.count", "other date or definition: not built yet"),
        ("target.high_share.2025", "a target, not a measurement"),
        ("skilled.count", ""),
    ],
)
def test_a_missing_value_gives_its_reason(shown: Path, id: str, reason: str) -> None:
    from django.utils.translation import override

    from guildhall.overview import queries

    with override("en"):
        assert queries.figure(id, PUBLIC).missing_because == reason


def test_targets_and_what_no_model_reproduces_are_not_expected(shown: Path) -> None:
    from guildhall.overview import queries

    assert queries.figure("target.high_share.2025", PUBLIC).expected is None
    assert queries.figure("alignment.published", PUBLIC).expected is None


def test_rivals_share_a_subject_and_keep_their_own_identifiers(shown: Path) -> None:
    from guildhall.overview import queries

    skilled = queries.figure("skilled.count", PUBLIC)
    assert "industrial.count" in {rival.id for rival in queries.rivals(skilled, PUBLIC)}
    assert skilled.id not in {rival.id for rival in queries.rivals(skilled, PUBLIC)}


def test_every_figure_stands_under_exactly_one_question(shown: Path) -> None:
    from guildhall.overview import queries

    grouped = [f.id for topic in queries.topics(PUBLIC) for family in topic.families for f in (*family.figures, *family.targets)]
    assert sorted(grouped) == sorted(figure.id for figure in queries.figures(PUBLIC))


def test_an_unknown_figure_is_named_in_the_error(shown: Path) -> None:
    from guildhall.overview import queries

    with pytest.raises(NotFound, match=r"nothing\.here"):
        queries.figure("nothing.here", PUBLIC)


def test_the_list_for_the_command_line_has_the_promised_fields(shown: Path) -> None:
    from guildhall.overview import queries

    promised = {"id", "published", "expected", "computed", "unit", "scale", "calibrated", "source", "date", "snapshot", "version"}
    listed: list[dict[str, Any]] = queries.figures_as_json(PUBLIC)
    assert all(promised <= row.keys() for row in listed)
    found = {row["id"]: row for row in listed}
    assert found["skilled.count"] | {"published": 4000, "expected": 40, "computed": 40, "scale": 0.01} == found["skilled.count"]
    assert found["evaluations.count"]["computed"] is None


def test_a_pack_that_changed_after_the_snapshot_is_noticed(shown: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    from django.conf import settings

    from guildhall.city import load
    from guildhall.overview import queries

    assert not queries.results(PUBLIC).pack_moved
    copy = tmp_path / "copy"
    shutil.copytree(load("tiny").folder, copy)
    figures = copy / "figures.csv"
    figures.write_text(figures.read_text(encoding="utf-8").replace(",4000,", ",5000,"), encoding="utf-8")
    monkeypatch.setattr(settings, "CITY", str(copy))
    assert queries.results(PUBLIC).pack_moved
    assert queries.figure("skilled.count", PUBLIC).expected == 50
    assert queries.figure("skilled.count", PUBLIC).computed == SKILLED


def test_a_figure_of_another_day_is_computed_on_that_day_or_says_why_not(wider: Client) -> None:
    from django.utils.translation import override

    from guildhall.overview import queries

    then = queries.figure("skilled.count.2024", PUBLIC)
    assert (then.numerator, then.denominator, then.on) == (SKILLED, 1, date(2024, 12, 31))
    share = queries.figure("skilled.high_share.2024", PUBLIC)
    assert share.computed == Fraction(HIGH, SKILLED) * 100
    assert not share.calibrated
    with override("en"):
        between = queries.figure("skilled.count.2023_06", PUBLIC)
        assert (between.computed, between.missing_because) == (None, "not measured on that date")


def test_a_figure_of_another_day_is_calibrated_only_where_it_came_out_as_expected(wider: Client) -> None:
    from guildhall.overview import queries

    met, missed = queries.figure("skilled.count.2023", PUBLIC), queries.figure("skilled.count.2024", PUBLIC)
    assert (met.expected, met.computed, met.calibrated) == (20, 20, True)
    assert (missed.expected, missed.computed, missed.calibrated) == (38, SKILLED, False)


@pytest.mark.parametrize(
    ("computed", "expected", "places", "same"),
    [("31.41", "31.4", 1, True), ("31.46", "31.4", 1, False), ("503", "503.4", None, True), ("44278", "50300", None, False)],
)
def test_values_agree_at_the_precision_they_are_shown_with(computed: str, expected: str, places: int | None, same: bool) -> None:
    from guildhall.overview.queries.figures import agree

    assert agree(Fraction(computed), Fraction(expected), places) is same


def test_what_was_worked_out_from_other_numbers_is_not_called_published(wider: Client) -> None:
    assert wider.get("/api/v1/figures/highskilled.count").json()["kind"] == "derived"
    assert wider.get("/api/v1/figures/skilled.count").json()["kind"] == "published"
    for path in ("figures/highskilled.count/", "figures/"):
        assert "derived" in wider.get(f"/en/{path}").content.decode()


def test_a_target_in_another_unit_says_it_cannot_be_compared(wider: Client) -> None:
    page = wider.get("/en/figures/").content.decode()
    assert re.search(r'data-figure="target.new_2025"[^>]*>≥ 80</span><small>participations, <b>not comparable</b>', page)
    assert not re.search(r'data-figure="target.high_share.2025"[^>]*>[^<]*</span><small>[^<]*<b>', page)


def test_the_sign_of_a_value_goes_with_it(shown: Path) -> None:
    from guildhall.overview import queries
    from guildhall.web.templatetags.guildhall import computes, expects, stated

    workers, growth = queries.figure("parks.workers", PUBLIC), queries.figure("ladder.top_growth", PUBLIC)
    assert (stated(workers), expects(workers), computes(workers)) == ("> 2,000", "> 20", "40")
    assert (stated(growth), expects(growth)) == ("+33 %", "+33 %")


def test_figures_of_a_question_are_computed_or_only_stated_and_none_is_lost(shown: Path) -> None:
    from guildhall.overview import queries

    for topic in queries.topics(PUBLIC):
        rows = [*topic.computed, *topic.stated]
        every = {f.id for family in topic.families for f in (*family.figures, *family.targets)}
        assert {row.figure.id for row in rows} | {target.id for row in rows for target in row.targets} == every
        assert all(row.figure.computed is not None for row in topic.computed)


def test_one_version_of_the_engine_is_named_everywhere(browser: Client) -> None:
    version = browser.get("/api/v1/snapshot").json()["version"]
    assert browser.get("/api/v1/figures/skilled.count").json()["version"] == version
    assert version in browser.get("/en/figures/skilled.count/").content.decode()
