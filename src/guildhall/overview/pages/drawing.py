"""The overview's charts: rows of its queries turned into bars and tiles, each with the table behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from guildhall.city.model import Level, Place
from guildhall.kernel.disclosure import Withheld
from guildhall.kernel.tables import Text
from guildhall.overview.engine.collect import FIGURES
from guildhall.overview.queries import ClusterRow, Measured, Rung
from guildhall.overview.queries.places import SHARE
from guildhall.overview.queries.results import Shown
from guildhall.web import addresses, charts, numbers, words

FIGURE_OF = {"skilled": "skilled.count", "high_skilled": "highskilled.count", SHARE: "skilled.high_share", "park_workers": "parks.workers"}
"""The figure whose formula gives a measure of a place; the others stand in a result table alone."""
RUNG_OF = {"LT": "ladder.special_grade", "LS": "ladder.chief"}
"""The figure that counts a rung by itself."""
TIERS = {"leading": "river", "pillar": "l5", "special": "soft", "rising": "l3"}
RANKED = 8
"""Districts that a phone lists before the rest."""


@dataclass(frozen=True)
class Cell:
    """One cell of the table behind a chart: words, the attributes that name its figure, and where it leads."""

    words: str
    mark: str = ""
    href: str = ""


@dataclass(frozen=True)
class Behind:
    """The table behind a chart; a `wide` one stands in columns on paper, the rows of a `dated` one begin with a day."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    wide: bool = False
    dated: bool = False


@dataclass(frozen=True)
class Legend:
    """One entry of a legend: a shade of tiles, the colour of bars, or a kind of point."""

    tone: str
    words: str
    shape: str = "tile"


@dataclass(frozen=True)
class Chart:
    """A drawing, its legend and its table; `ranked` is the same as bars for a narrow screen, the first and the rest."""

    drawing: SafeString
    table: Behind
    legend: tuple[Legend, ...] = ()
    ranked: tuple[SafeString, SafeString] = (SafeString(""), SafeString(""))


def said(text: Text) -> str:
    """Words in the reader's language."""
    return text.in_(get_language() or "zh-hans")


def figure_of(measure: str) -> str:
    """The figure that a measure of places derives from, or the result table where it stands."""
    return FIGURE_OF.get(measure, "overview.place_measures")


def explained(named: str) -> str:
    """Address that says how a figure, or a column of a result table, was computed."""
    return reverse("figure", args=[named]) if named in FIGURES else addresses.table(named)


def marked(measure: str, place: str) -> SafeString:
    """The attributes of a number that measures a place."""
    return charts.mark(figure_of(measure), measure=measure, place=place)


def ladder(rungs: Sequence[Rung], on: date) -> Chart:
    """The ladder as a pyramid: lengths are the people of the city each rung stands for, numbers those of the model."""
    bars = [
        charts.Bar(
            said(r.level.name),
            Fraction(r.stands_for),
            numbers.grouped(r.persons),
            f"l{r.level.ordinal}",
            "1 : 1" if _apart(r, rungs) else "",
            _on_rung(r.level),
        )
        for r in rungs
    ]
    title = _("People on each rung of the ladder on %(on)s") % {"on": on}
    desc = "; ".join(f"{bar.label} {bar.shown}" for bar in bars)
    heads = (_("Level"), _("In the model"), _("A year earlier"), _("Stands for"))
    rows = tuple(
        (Cell(f"{said(r.level.name)} {r.level.code}"), *(_rung_cell(r, n) for n in (r.persons, r.year_before, r.stands_for))) for r in rungs
    )
    return Chart(charts.pyramid(bars, key="ladder", title=title, desc=desc), Behind(heads, rows, title))


def _rung_cell(rung: Rung, number: int | None) -> Cell:
    return Cell(numbers.grouped(number), _on_rung(rung.level))


def _on_rung(level: Level) -> SafeString:
    named = RUNG_OF.get(level.code, "skilled.count" if level.skilled else "overview.ladder")
    return charts.mark(named, measure=level.code)


def _apart(rung: Rung, rungs: Sequence[Rung]) -> bool:
    """Whether the rung is kept whole while others are not."""
    return rung.whole and any(other.stands_for > other.persons for other in rungs)


def rungs_of_unit(rungs: Sequence[tuple[str, Shown]], levels: dict[str, Level], place: Place, scale: Fraction) -> Chart:
    """The ladder of one district; its first rung holds all above it too."""
    bars = []
    for n, (code, persons) in enumerate(rungs):
        name = said(levels[code].name)
        label = _("%(level)s and above") % {"level": name} if n == 0 else name
        mark = charts.mark("skilled.count", measure=code, place=place.place_id)
        bars.append(charts.Bar(label, length(persons), numbers.counted(persons, scale), f"l{levels[code].ordinal}", mark=mark))
    title = _("Skilled workers of %(name)s by level") % {"name": said(place.name)}
    table = Behind((_("Level"), _("People")), tuple((Cell(bar.label), Cell(bar.shown, bar.mark)) for bar in bars), title)
    return Chart(charts.bars(bars, title=title), table)


def tiles(rows: Sequence[Measured], measure: str, on: date, scale: Fraction) -> Chart:
    """Districts as squares, five shades of equal counts, the value in each; and as ranked bars."""
    shades, spans = charts.shades([None if isinstance(row.value, Withheld) else row.value for row in rows])
    name = words.word("measure", measure)
    title = _("Districts and counties by %(measure)s on %(on)s") % {"measure": name, "on": on}
    cells = [_tile(row, shade, measure, scale) for row, shade in zip(rows, shades, strict=True) if row.tile]
    desc = ngettext("%(n)d unit; each square leads to its page.", "%(n)d units; each square leads to its page.", len(cells))
    legend = tuple(Legend(f"q{n}", _span(shown(low, measure, scale), shown(high, measure, scale))) for n, low, high in spans)
    behind = tuple((Cell(said(row.place.name), href=_unit_page(row.place)), _value(row, measure, scale)) for row in rows)
    return Chart(
        charts.cartogram(cells, key="tiles", title=title, desc=desc % {"n": len(cells)}),
        Behind((_("District or county"), name), behind, title, wide=True),
        legend,
        _ranked(rows, measure, scale, title),
    )


def _tile(row: Measured, shade: int, measure: str, scale: Fraction) -> charts.Tile:
    assert row.tile is not None
    value = _value(row, measure, scale)
    return charts.Tile(row.tile.column, row.tile.row, bare(row.place.name), value.words, shade, _unit_page(row.place), value.mark)


def _value(row: Measured, measure: str, scale: Fraction) -> Cell:
    return Cell(shown(row.value, measure, scale), marked(measure, row.place.place_id))


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low} – {high}"


def _ranked(rows: Sequence[Measured], measure: str, scale: Fraction, title: str) -> tuple[SafeString, SafeString]:
    ordered = sorted(rows, key=lambda row: (row.value is None, -length(row.value)))
    bars = []
    for row in ordered:
        value = _value(row, measure, scale)
        bars.append(charts.Bar(said(row.place.name), length(row.value), value.words, "river", mark=value.mark, href=_unit_page(row.place)))
    most = max((bar.value for bar in bars), default=Fraction(0))
    rest = charts.bars(bars[RANKED:], title=title, most=most) if bars[RANKED:] else SafeString("")
    return charts.bars(bars[:RANKED], title=title, most=most), rest


def shown(value: Fraction | Withheld | None, measure: str, scale: Fraction) -> str:
    """A measure as words: shares as percentages, the rest as counts."""
    return numbers.percent(value) if measure == SHARE else numbers.counted(value, scale)


def length(value: int | Fraction | Withheld | None) -> Fraction:
    """What a bar measures: nothing where a count is hidden or not known, the words beside it say which."""
    return Fraction(0) if value is None or isinstance(value, Withheld) else Fraction(value)


def _unit_page(place: Place) -> str:
    return reverse("district", args=[place.place_id])


def bare(name: Text) -> str:
    """A unit's name without the word for its kind."""
    if (get_language() or "zh").startswith("en"):
        plain = name.en.split(" (")[0]
        if " Autonomous " in plain:
            return plain.split()[0]
        return plain.removesuffix(" District").removesuffix(" County").removesuffix(" New Area")
    if name.zh.endswith("自治县"):
        return name.zh[:2]
    for ending in ("新区", "区", "县"):
        if name.zh.endswith(ending) and len(name.zh) - len(ending) >= 2:
            return name.zh.removesuffix(ending)
    return name.zh


def clusters(rows: Sequence[ClusterRow], scale: Fraction) -> Chart:
    """People employed in each cluster, in the order of the city's plan."""
    bars = [
        charts.Bar(
            said(r.cluster.name),
            length(r.employed),
            numbers.counted(r.employed, scale),
            TIERS.get(r.cluster.tier, "soft"),
            mark=_in_cluster("employed", r),
        )
        for r in rows
    ]
    heads = (_("Cluster"), _("Tier"), _("Enterprises"), _("Employed"), _("Skilled"), _("Highly skilled"))
    title = _("People employed in each industry cluster")
    held = list(dict.fromkeys(r.cluster.tier for r in rows))
    legend = tuple(Legend(TIERS.get(tier, "soft"), words.word("tier", tier)) for tier in held)
    return Chart(charts.bars(bars, title=title), Behind(heads, tuple(_cluster(r, scale) for r in rows), title), legend)


def _cluster(row: ClusterRow, scale: Fraction) -> tuple[Cell, ...]:
    people = {"employed": row.employed, "skilled": row.skilled, "high_skilled": row.high_skilled}
    return (
        Cell(said(row.cluster.name)),
        Cell(words.word("tier", row.cluster.tier)),
        Cell(numbers.grouped(row.enterprises), _in_cluster("enterprises", row)),
        *(Cell(numbers.counted(number, scale), _in_cluster(name, row)) for name, number in people.items()),
    )


def _in_cluster(measure: str, row: ClusterRow) -> SafeString:
    return charts.mark("overview.clusters", measure=measure, place=row.cluster.cluster)
