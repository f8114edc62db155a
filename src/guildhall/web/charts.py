"""Charts drawn on the server as SVG: they print, need no script, and name themselves to a screen reader.

Positions are percentages of the width, so words keep their size on a phone; only the tile cartogram scales as a whole.
Colour comes from classes in look.css: a strict content policy allows no inline style. Every chart starts at zero, and the
template puts the table of its values behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True)
class Bar:
    """One bar: its words, its length, the number shown beside it, a colour class, and a note such as "kept whole"."""

    label: str
    value: Fraction
    shown: str
    tone: str = "river"
    note: str = ""


@dataclass(frozen=True)
class Tile:
    """One cell of a cartogram; `shade` runs from 1 (least) to 5 (most), 0 where there is no value."""

    column: int
    row: int
    name: str
    short: str
    shown: str
    shade: int
    href: str = ""


@dataclass(frozen=True)
class Point:
    """One value at a place on the axis (0 to 1, from the first to the last date)."""

    at: Fraction
    value: Fraction
    label: str


@dataclass(frozen=True)
class Line:
    """A series: a drawn line (`joined`) or points standing alone."""

    name: str
    points: tuple[Point, ...]
    tone: str
    joined: bool = True


def _frame(key: str, title: str, desc: str, inner: str, *, height: int, kind: str, role: str = "img", box: str = "") -> SafeString:
    size = f'viewBox="{box}"' if box else f'width="100%" height="{height}"'
    return mark_safe(  # noqa: S308 — every word inside was escaped where it was put in
        f'<svg class="chart {kind}" role="{role}" aria-labelledby="{key}-t {key}-d" {size} xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(desc)}</desc>{inner}</svg>'
    )


def _share(value: Fraction, most: Fraction, of: float) -> str:
    """Width in per cent, never so small that the bar vanishes; nothing at all for zero."""
    if value <= 0 or most <= 0:
        return "0"
    return f"{max(float(value / most) * of, 0.4):.2f}"


def pyramid(bars: Sequence[Bar], *, key: str, title: str, desc: str) -> SafeString:
    """Bars centred on one axis, the first on top: a ladder whose shape shows how many stand on each rung."""
    most = max((bar.value for bar in bars), default=Fraction(0))
    step = 42
    parts = []
    for index, bar in enumerate(bars):
        y = index * step
        width = _share(bar.value, most, 34)
        note = f'<tspan class="note" dx="6">{escape(bar.note)}</tspan>' if bar.note else ""
        parts.append(
            f'<text x="0" y="{y + 23}">{escape(bar.label)}{note}</text>'
            f'<rect class="{bar.tone}" x="{62 - float(width) / 2:.2f}%" y="{y + 4}" width="{width}%" height="31" rx="3"/>'
            f'<text class="v" x="100%" y="{y + 23}">{escape(bar.shown)}</text>'
        )
    return _frame(key, title, desc, "".join(parts), height=len(bars) * step, kind="pyramid")


def bars(rows: Sequence[Bar], *, title: str) -> SafeString:
    """A list of bars from the left edge, each under its own words, so that long names wrap on a phone.

    The words and numbers are text of the page, so a screen reader needs no table; the bars themselves are hidden from it.
    """
    most = max((row.value for row in rows), default=Fraction(0))
    items = "".join(_bar(row, most) for row in rows)
    return mark_safe(f'<ul class="bars" aria-label="{escape(title)}">{items}</ul>')  # noqa: S308 — every word was escaped above


def _bar(row: Bar, most: Fraction) -> str:
    return (
        f"<li><span>{escape(row.label)}</span><b>{escape(row.shown)}</b>"
        f'<svg class="chart bar-svg" aria-hidden="true" width="100%" height="9"><rect class="rail" width="100%" height="9" rx="2"/>'
        f'<rect class="{row.tone}" width="{_share(row.value, most, 100)}%" height="9" rx="2"/></svg></li>'
    )


CELL = 72


def cartogram(tiles: Sequence[Tile], *, key: str, title: str, desc: str) -> SafeString:
    """One square per place on a grid that keeps neighbours together; each square leads to its page."""
    columns = [tile.column for tile in tiles] or [0]
    rows = [tile.row for tile in tiles] or [0]
    left, top = min(columns), min(rows)
    inner = "".join(_tile(tile, (tile.column - left) * CELL, (tile.row - top) * CELL) for tile in tiles)
    box = f"0 0 {(max(columns) - left + 1) * CELL} {(max(rows) - top + 1) * CELL}"
    return _frame(key, title, desc, inner, height=0, kind="cartogram", role="group", box=box)


def _tile(tile: Tile, x: int, y: int) -> str:
    middle = x + CELL // 2 - 1
    label = escape(f"{tile.name}: {tile.shown}")
    body = (
        f'<rect x="{x}" y="{y}" width="{CELL - 3}" height="{CELL - 3}" rx="4"/>'
        f'<text class="full" x="{middle}" y="{y + 32}">{escape(tile.name)}</text>'
        f'<text class="abbr" x="{middle}" y="{y + 44}">{escape(tile.short)}</text>'
        f'<text class="val" x="{middle}" y="{y + 52}">{escape(tile.shown)}</text>'
    )
    group = f'<g class="q{tile.shade}">{body}</g>'
    return f'<a href="{escape(tile.href)}" aria-label="{label}">{group}</a>' if tile.href else group


TOP, BOTTOM, HEIGHT = 14, 206, 236


def lines(
    series: Sequence[Line], ticks: Sequence[tuple[Fraction, str]], marks: Sequence[tuple[Fraction, str]], *, key: str, title: str, desc: str
) -> SafeString:
    """Values over time from a zero line: joined series as lines, others as points; `marks` are gridlines with their words."""
    most = max([value for value, _ in marks] + [point.value for line in series for point in line.points], default=Fraction(1)) or Fraction(
        1
    )
    parts = []
    for value, words in marks:
        y = _y(value, most)
        parts.append(f'<line class="grid-line" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
        parts.append(f'<text class="axis" x="0" y="{float(y) - 4:.1f}">{escape(words)}</text>')
    parts.extend(f'<text class="axis mid" x="{_x(at)}%" y="{HEIGHT - 8}">{escape(words)}</text>' for at, words in ticks)
    parts.extend(_line(line, most) for line in series)
    return _frame(key, title, desc, "".join(parts), height=HEIGHT, kind="lines")


def _x(at: Fraction) -> str:
    return f"{16 + float(at) * 78:.2f}"


def _y(value: Fraction, most: Fraction) -> str:
    return f"{BOTTOM - float(value / most) * (BOTTOM - TOP):.1f}"


def _line(line: Line, most: Fraction) -> str:
    places = [(_x(p.at), _y(p.value, most), p.label) for p in line.points]
    drawn = ""
    if line.joined:
        pairs = zip(places, places[1:], strict=False)
        drawn = "".join(f'<line class="{line.tone}" x1="{a[0]}%" y1="{a[1]}" x2="{b[0]}%" y2="{b[1]}"/>' for a, b in pairs)
    shape = "dot" if line.joined else "ring"
    radius = 3 if line.joined else 5
    dots = "".join(
        f'<circle class="{shape} {line.tone}" cx="{x}%" cy="{y}" r="{radius}"><title>{escape(label)}</title></circle>'
        for x, y, label in places
    )
    return drawn + dots


def round_marks(most: Fraction, count: int = 3) -> list[Fraction]:
    """Zero and a few round values up to and just over `most`: 0, 20,000, 40,000, 60,000."""
    if most <= 0:
        return [Fraction(0)]
    step = Fraction(1)
    while step * count < most:
        step *= 2 if str(step)[0] == "1" else Fraction(5, 2) if str(step)[0] == "2" else 2
    marks = [Fraction(0)]
    while marks[-1] < most:
        marks.append(marks[-1] + step)
    return marks


def shades(values: Sequence[Fraction | None], steps: int = 5) -> tuple[list[int], list[tuple[int, Fraction, Fraction]]]:
    """A shade from 1 to `steps` per value by equal counts of places, 0 for None; and the range that each shade in use spans."""
    ranked = sorted(value for value in values if value is not None)
    cuts = [ranked[len(ranked) * step // steps] for step in range(1, steps)] if ranked else []
    found = [0 if value is None else 1 + sum(value >= cut for cut in cuts) for value in values]
    spans = []
    for shade in sorted(set(found) - {0}):
        held = [value for value, own in zip(values, found, strict=True) if own == shade and value is not None]
        spans.append((shade, min(held), max(held)))
    return found, spans
