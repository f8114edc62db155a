"""Charts drawn on the server as SVG: they print, need no script, and name themselves to a screen reader.

Positions are percentages of the width, so words keep their size on a phone; only the tile cartogram scales as a whole.
Colour comes from classes in look.css: a strict content policy allows no inline style. Every chart starts at zero, and the
template puts the table of its values behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True)
class Bar:
    """One bar: its words, its length, the number shown beside it, a colour class, and a note such as "kept whole"."""

    label: str
    value: Fraction
    shown: str
    tone: str = "river"
    note: str = ""
    mark: str = ""
    href: str = ""


@dataclass(frozen=True)
class Span:
    """An interval from zero: certain up to `low`, possible up to `high`; `open` where it may be more than that."""

    label: str
    low: Fraction
    high: Fraction
    shown: str
    open: bool = False
    href: str = ""


@dataclass(frozen=True)
class Tile:
    """One cell of a cartogram; `shade` runs from 1 (least) to 5 (most), 0 where there is no value."""

    column: int
    row: int
    name: str
    shown: str
    shade: int
    href: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Point:
    """One value at a place on the axis (0 to 1, from the first to the last date); dashed where it is not `firm`."""

    at: Fraction
    value: Fraction
    label: str
    firm: bool = True


@dataclass(frozen=True)
class Line:
    """A series: a drawn line (`joined`), named at its end, or points standing alone."""

    name: str
    points: tuple[Point, ...]
    tone: str
    joined: bool = True


@dataclass(frozen=True)
class Rule:
    """A day on which what is counted changed: no line crosses it."""

    at: Fraction
    words: str


def mark(figure: str, *, measure: str = "", place: str = "", value: str = "") -> SafeString:
    """Attributes that say which figure a number shows: its identifier, or the result table where it stands by itself."""
    named = {"figure": figure, "measure": measure, "place": place, "value": value}
    return format_html_join("", ' data-{}="{}"', ((name, held) for name, held in named.items() if held))


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
            f'<text class="v" x="100%" y="{y + 23}"{bar.mark}>{escape(bar.shown)}</text>'
        )
    return _frame(key, title, desc, "".join(parts), height=len(bars) * step, kind="pyramid")


def bars(rows: Sequence[Bar], *, title: str, most: Fraction | None = None) -> SafeString:
    """A list of bars from the left edge, each under its own words, so that long names wrap on a phone.

    The longest bar stands for `most`, by default the highest value of the list. The words and numbers are text of the page, so a
    screen reader needs no table; the bars themselves are hidden from it.
    """
    top = max((row.value for row in rows), default=Fraction(0)) if most is None else most
    items = "".join(_bar(row, top) for row in rows)
    return mark_safe(f'<ul class="bars" aria-label="{escape(title)}">{items}</ul>')  # noqa: S308 — every word was escaped above


def _bar(row: Bar, most: Fraction) -> str:
    words = f'<a href="{escape(row.href)}">{escape(row.label)}</a>' if row.href else f"<span>{escape(row.label)}</span>"
    return (
        f"<li>{words}<b{row.mark}>{escape(row.shown)}</b>"
        f'<svg class="chart bar-svg" aria-hidden="true" width="100%" height="9"><rect class="rail" width="100%" height="9" rx="2"/>'
        f'<rect class="{row.tone}" width="{_share(row.value, most, 100)}%" height="9" rx="2"/></svg></li>'
    )


def spans(rows: Sequence[Span], *, title: str, most: Fraction | None = None) -> SafeString:
    """A list of intervals, each under its own words: dark up to its lower end, light up to its upper one, hatched where that is open."""
    top = max((row.high for row in rows), default=Fraction(0)) if most is None else most
    items = "".join(_span(row, top) for row in rows)
    return mark_safe(f'<ul class="bars spans" aria-label="{escape(title)}">{items}</ul>')  # noqa: S308 — every word was escaped above


def _span(row: Span, most: Fraction) -> str:
    words = f'<a href="{escape(row.href)}">{escape(row.label)}</a>' if row.href else f"<span>{escape(row.label)}</span>"
    full = 96.0
    end = _share(row.high, most, full)
    beyond = f'<rect class="beyond" x="{end}%" y="3" width="4%" height="3"/>' if row.open else ""
    return (
        f"<li>{words}<b>{escape(row.shown)}</b>"
        f'<svg class="chart bar-svg" aria-hidden="true" width="100%" height="9"><rect class="rail" width="100%" height="9" rx="2"/>'
        f'<rect class="soft" width="{end}%" height="9" rx="2"/>'
        f'<rect class="river" width="{_share(row.low, most, full)}%" height="9" rx="2"/>{beyond}</svg></li>'
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
        f'<text class="val" x="{middle}" y="{y + 52}"{tile.mark}>{escape(tile.shown)}</text>'
    )
    group = f'<g class="q{tile.shade}">{body}</g>'
    return f'<a href="{escape(tile.href)}" aria-label="{label}">{group}</a>' if tile.href else group


TOP, BOTTOM, HEIGHT = 24, 206, 236
LEFT, WIDTH = 14, 62
"""Where the first date stands and how far the last is from it, per cent; the names of lines stand right of it."""


def lines(
    series: Sequence[Line],
    ticks: Sequence[tuple[Fraction, str]],
    marks: Sequence[tuple[Fraction, str]],
    rules: Sequence[Rule] = (),
    *,
    key: str,
    title: str,
    desc: str,
) -> SafeString:
    """Values over time from a zero line: joined series as lines, others as points; `marks` are gridlines with their words.

    A line ends at a rule and begins anew after it; its name stands at its end.
    """
    heights = [value for value, _ in marks] + [point.value for line in series for point in line.points]
    most = max(heights, default=Fraction(1)) or Fraction(1)
    parts = []
    for value, words in marks:
        y = _y(value, most)
        parts.append(f'<line class="grid-line" x1="0" x2="{LEFT + WIDTH}%" y1="{y}" y2="{y}"/>')
        parts.append(f'<text class="axis" x="0" y="{float(y) - 4:.1f}">{escape(words)}</text>')
    parts.extend(f'<text class="axis mid" x="{_x(at)}%" y="{HEIGHT - 8}">{escape(words)}</text>' for at, words in ticks)
    parts.extend(_rule(rule) for rule in rules)
    parts.extend(_line(line, most, rules) for line in series)
    parts.extend(_names([line for line in series if line.joined and line.points], most))
    return _frame(key, title, desc, "".join(parts), height=HEIGHT, kind="lines")


def _x(at: Fraction) -> str:
    return f"{LEFT + float(at) * WIDTH:.2f}"


def _y(value: Fraction, most: Fraction) -> str:
    return f"{BOTTOM - float(value / most) * (BOTTOM - TOP):.1f}"


def _rule(rule: Rule) -> str:
    x = _x(rule.at)
    return (
        f'<line class="rule" x1="{x}%" x2="{x}%" y1="{TOP - 8}" y2="{BOTTOM}"/>'
        f'<text class="axis rule-words" x="{x}%" y="{TOP - 12}">{escape(rule.words)}</text>'
    )


def _line(line: Line, most: Fraction, rules: Sequence[Rule]) -> str:
    drawn = ""
    if line.joined:
        pairs = zip(line.points, line.points[1:], strict=False)
        whole = [(a, b) for a, b in pairs if not any(a.at < rule.at <= b.at for rule in rules)]
        drawn = "".join(
            f'<line class="{line.tone}" x1="{_x(a.at)}%" y1="{_y(a.value, most)}" x2="{_x(b.at)}%" y2="{_y(b.value, most)}"/>'
            for a, b in whole
        )
    radius = 3 if line.joined else 5
    dots = "".join(
        f'<circle class="{_shape(line, p)} {line.tone}" cx="{_x(p.at)}%" cy="{_y(p.value, most)}" r="{radius}">'
        f"<title>{escape(p.label)}</title></circle>"
        for p in line.points
    )
    return drawn + dots


def _shape(line: Line, point: Point) -> str:
    return "dot" if line.joined else "ring" if point.firm else "ring dashed"


def _names(series: Sequence[Line], most: Fraction) -> list[str]:
    """Each line's name beside its end, moved down where two would touch."""
    parts, lowest = [], float(TOP)
    for line in sorted(series, key=lambda line: -line.points[-1].value):
        y = max(float(_y(line.points[-1].value, most)) + 4, lowest)
        lowest = y + 15
        parts.append(f'<text class="name {line.tone}" x="{LEFT + WIDTH + 2}%" y="{y:.1f}">{escape(line.name)}</text>')
    return parts


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
