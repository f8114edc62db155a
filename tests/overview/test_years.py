"""Charts over the years say in the drawing what they say in the table, and join nothing that was parted."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from guildhall.city import load
from guildhall.city.model import SeriesPoint
from guildhall.overview.pages import years
from guildhall.overview.pages.drawing import Chart
from guildhall.overview.queries import SeriesRow
from guildhall.overview.queries.places import Stock
from guildhall.web import charts

SCALE = Fraction(1, 100)
DAYS = (date(2022, 12, 31), date(2023, 12, 31), date(2024, 12, 31))


def _point(on: date, value: int, qualifier: str = "", status: str = "press") -> SeriesPoint:
    return SeriesPoint(figure="skilled.count", date=on, value=Decimal(value), qualifier=qualifier, source="s", status=status)


def _chart(*points: SeriesPoint) -> Chart:
    rows = tuple(SeriesRow(on, 30 + n, 10 + n) for n, on in enumerate(DAYS))
    return years.years(rows, (years.Stated(load("tiny").figure["skilled.count"], points),), SCALE)


def test_the_table_holds_what_the_rings_show(shown: Path) -> None:
    chart = _chart(_point(DAYS[0], 3400, "≈"), _point(DAYS[1], 3500, ">"), _point(DAYS[2], 3800))
    rings = re.findall(r'class="ring[^"]*"[^>]*><title>[^<]*: ([^<]+)</title>', chart.drawing)
    assert [row[3].words for row in chart.table.rows] == [ring.replace("&gt;", ">") for ring in rings] == ["≈ 34", "> 35", "38"]


def test_points_that_nobody_published_as_they_stand_are_dashed(shown: Path) -> None:
    chart = _chart(_point(DAYS[0], 3400, status="computed"), _point(DAYS[1], 3500, ">"), _point(DAYS[2], 3800))
    assert re.findall(r'circle class="(ring[ a-z]*) t\d"', chart.drawing) == ["ring dashed", "ring dashed", "ring"]
    assert [entry.shape for entry in chart.legend] == ["ring", "ring dashed"]


def test_no_line_crosses_the_day_on_which_districts_changed(shown: Path) -> None:
    west = load("tiny").place["tiny-west"]
    stocks = [Stock(west, on, 10 + n, 5) for n, on in enumerate(DAYS)]
    joined = years.stocks(stocks, west, (), SCALE).drawing
    parted = years.stocks(stocks, west, (date(2024, 6, 1),), SCALE).drawing
    assert joined.count('<line class="t1"') == 2
    assert parted.count('<line class="t1"') == 1
    assert '<line class="rule"' in parted
    assert "2024-06-01" in parted


def test_names_of_lines_do_not_touch() -> None:
    lines = [charts.Line(name, (charts.Point(Fraction(1), Fraction(100), name),), "t1") for name in "abc"]
    drawn = charts.lines(lines, (), (), key="k", title="t", desc="d")
    heights = [float(y) for y in re.findall(r'class="name t1" x="[^"]+" y="([^"]+)"', drawn)]
    assert all(b - a >= 15 for a, b in zip(heights, heights[1:], strict=False))
