"""The overview's charts: rows of its queries turned into bars, tiles and lines, each with the table behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from guildhall.city.model import Place, SeriesPoint
from guildhall.kernel.tables import Text
from guildhall.overview.queries import ClusterRow, Measured, Rung, SeriesRow
from guildhall.overview.queries.places import SHARE, Stock
from guildhall.web import charts, numbers, words


@dataclass(frozen=True)
class Behind:
    """The table behind a chart."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Legend:
    """One entry of a legend: a shade of tiles, or a line."""

    tone: str
    words: str
    joined: bool = True


@dataclass(frozen=True)
class Chart:
    """A drawing, its legend and its table."""

    drawing: SafeString
    table: Behind
    legend: tuple[Legend, ...] = ()


def said(text: Text) -> str:
    """Words in the reader's language."""
    return text.in_(get_language() or "zh-hans")


def ladder(rungs: Sequence[Rung], on: date) -> Chart:
    """The ladder as a pyramid: lengths are the people of the city each rung stands for, numbers those of the model."""
    bars = [
        charts.Bar(said(r.level.name), r.stands_for, numbers.grouped(r.persons), f"l{r.level.ordinal}", "1 : 1" if _apart(r, rungs) else "")
        for r in rungs
    ]
    title = _("People on each rung of the ladder on %(on)s") % {"on": on}
    desc = "; ".join(f"{bar.label} {bar.shown}" for bar in bars)
    heads = (_("Level"), _("In the model"), _("A year earlier"), _("Stands for"))
    rows = tuple(
        (f"{said(r.level.name)} {r.level.code}", numbers.grouped(r.persons), numbers.grouped(r.year_before), numbers.grouped(r.stands_for))
        for r in rungs
    )
    return Chart(charts.pyramid(bars, key="ladder", title=title, desc=desc), Behind(heads, rows))


def _apart(rung: Rung, rungs: Sequence[Rung]) -> bool:
    """Whether the rung is kept whole while others are not."""
    return rung.whole and not all(other.whole for other in rungs)


def rungs_of_unit(rungs: Sequence[tuple[str, int]], names: dict[str, Text], name: str) -> Chart:
    """The ladder of one district."""
    bars = [charts.Bar(said(names[code]), Fraction(n), numbers.grouped(n), _tone(code)) for code, n in rungs]
    title = _("Skilled workers of %(name)s by level") % {"name": name}
    return Chart(charts.bars(bars, title=title), Behind((_("Level"), _("People")), tuple((bar.label, bar.shown) for bar in bars)))


def _tone(code: str) -> str:
    return {"L5": "l2", "L4": "l3", "L3": "l4", "L2": "l5", "L1": "l6", "LT": "l7", "LS": "l8"}.get(code, "l1")


def tiles(rows: Sequence[Measured], measure: str, on: date) -> Chart:
    """Districts as squares, five shades of equal counts, the value in each."""
    shades, spans = charts.shades([row.value for row in rows])
    short = _abbreviated([row.place for row in rows])
    cells = [
        charts.Tile(
            row.tile.column,
            row.tile.row,
            _bare(row.place.name),
            short[row.place.place_id],
            shown(row.value, measure),
            shade,
            _unit_page(row.place),
        )
        for row, shade in zip(rows, shades, strict=True)
        if row.tile
    ]
    name = words.word("measure", measure)
    title = _("Districts and counties by %(measure)s on %(on)s") % {"measure": name, "on": on}
    desc = ngettext("%(n)d unit; each square leads to its page.", "%(n)d units; each square leads to its page.", len(cells)) % {
        "n": len(cells)
    }
    legend = tuple(Legend(f"q{n}", f"{shown(low, measure)} – {shown(high, measure)}") for n, low, high in spans)
    table = Behind((_("District or county"), name), tuple((said(row.place.name), shown(row.value, measure)) for row in rows))
    return Chart(charts.cartogram(cells, key="tiles", title=title, desc=desc), table, legend)


def shown(value: Fraction | None, measure: str) -> str:
    """A measure as words: shares as percentages, the rest as counts."""
    return numbers.percent(value) if measure == SHARE else numbers.grouped(value)


def _unit_page(place: Place) -> str:
    return reverse("district", args=[place.place_id])


def _bare(name: Text) -> str:
    """A unit's name without the word for its kind."""
    if (get_language() or "zh").startswith("en"):
        return (
            name.en.split(" (")[0]
            .replace(" District", "")
            .replace(" County", "")
            .replace(" New Area", "")
            .split(" Tujia")[0]
            .split(" Miao")[0]
        )
    zh = name.zh
    if zh.endswith("自治县"):
        return zh[:2]
    for ending in ("新区", "区", "县"):
        if zh.endswith(ending) and len(zh) - len(ending) >= 2:
            return zh.removesuffix(ending)
    return zh


def _abbreviated(places: Sequence[Place]) -> dict[str, str]:
    """Three characters or four letters for a square on a phone; letters that two would share give way to the end of the name."""
    names = {place.place_id: _bare(place.name).replace("'", "") for place in places}
    if not (get_language() or "zh").startswith("en"):
        return {id: name[:3] for id, name in names.items()}
    taken = Counter(name[:4] for name in names.values())
    return {id: name[:4] if taken[name[:4]] == 1 else name[0] + name[-3:] for id, name in names.items()}


def clusters(rows: Sequence[ClusterRow]) -> Chart:
    """People employed in each cluster, in the order of the city's plan."""
    tones = {"leading": "river", "pillar": "l5", "special": "soft", "rising": "l3"}
    bars = [
        charts.Bar(said(r.cluster.name), Fraction(r.employed), numbers.grouped(r.employed), tones.get(r.cluster.tier, "soft")) for r in rows
    ]
    heads = (_("Cluster"), _("Tier"), _("Enterprises"), _("Employed"), _("Skilled"), _("Highly skilled"))
    table = tuple(
        (
            said(r.cluster.name),
            words.word("tier", r.cluster.tier),
            numbers.grouped(r.enterprises),
            numbers.grouped(r.employed),
            numbers.grouped(r.skilled),
            numbers.grouped(r.high_skilled),
        )
        for r in rows
    )
    return Chart(charts.bars(bars, title=_("People employed in each industry cluster")), Behind(heads, table))


def years(rows: Sequence[SeriesRow], published: dict[str, Sequence[SeriesPoint]], scale: Fraction) -> Chart:
    """Computed stocks as lines, published stocks at the model's scale as rings: the two are never joined."""
    days = [row.on for row in rows] + [point.date for points in published.values() for point in points]
    if not days:
        return Chart(SafeString(""), Behind((), ()))
    axis = _Axis(min(days), max(days))
    skilled, high = _("Skilled, computed"), _("Highly skilled, computed")
    lines = [
        charts.Line(skilled, tuple(axis.point(r.on, Fraction(r.skilled), skilled) for r in rows), "t1"),
        charts.Line(high, tuple(axis.point(r.on, Fraction(r.high_skilled), high) for r in rows), "t2"),
    ]
    for tone, (name, points) in zip(("t1", "t2", "t3", "t4"), published.items(), strict=False):
        lines.append(charts.Line(name, tuple(axis.point(p.date, Fraction(p.value) * scale, name) for p in points), tone, joined=False))
    return Chart(
        _lines(lines, axis, "years", _("Skilled and highly skilled workers over the years")),
        _years_table(rows, published, scale),
        _legend(lines),
    )


def stocks(rows: Sequence[Stock], own: Place) -> Chart:
    """Skilled workers of a unit and of those it came from or went to, each only while it existed."""
    if not rows:
        return Chart(SafeString(""), Behind((), ()))
    axis = _Axis(rows[0].on, rows[-1].on)
    names: dict[str, Text] = {own.place_id: own.name} | {row.place.place_id: row.place.name for row in rows}
    lines = [
        charts.Line(said(name), tuple(axis.point(r.on, Fraction(r.skilled), said(name)) for r in rows if r.place.place_id == id), tone)
        for (id, name), tone in zip(names.items(), ("t1", "t2", "t3", "t4"), strict=False)
    ]
    heads = (_("Date"), *(said(name) for name in names.values()))
    table = []
    for on in sorted({row.on for row in rows}):
        held = {row.place.place_id: row.skilled for row in rows if row.on == on}
        table.append((str(on), *(numbers.grouped(held.get(id)) for id in names)))
    title = _("Skilled workers by the units that existed on each date")
    return Chart(_lines(lines, axis, "stocks", title), Behind(heads, tuple(table)), _legend(lines) if len(lines) > 1 else ())


@dataclass(frozen=True)
class _Axis:
    first: date
    last: date

    def at(self, on: date) -> Fraction:
        return Fraction((on - self.first).days, max((self.last - self.first).days, 1))

    def point(self, on: date, value: Fraction, name: str) -> charts.Point:
        return charts.Point(self.at(on), value, f"{name} {on}: {numbers.grouped(value, 0)}")

    def ticks(self, days: Iterable[date]) -> list[tuple[Fraction, str]]:
        """Year ends by their year, without crowding."""
        found: list[tuple[Fraction, str]] = []
        for on in sorted(set(days)):
            at = self.at(on)
            if (on.month, on.day) == (12, 31) and (not found or at - found[-1][0] > Fraction(1, 10)):
                found.append((at, str(on.year)))
        return found or [(Fraction(0), str(self.first)), (Fraction(1), str(self.last))]


def _lines(lines: Sequence[charts.Line], axis: _Axis, key: str, title: str) -> SafeString:
    most = max((point.value for line in lines for point in line.points), default=Fraction(0))
    marks = [(value, numbers.grouped(value)) for value in charts.round_marks(most)]
    days = [date(year, 12, 31) for year in range(axis.first.year, axis.last.year + 1) if axis.first <= date(year, 12, 31) <= axis.last]
    desc = "; ".join(line.points[-1].label for line in lines if line.points)
    return charts.lines(lines, axis.ticks(days), marks, key=key, title=title, desc=desc)


def _legend(lines: Sequence[charts.Line]) -> tuple[Legend, ...]:
    return tuple(Legend(line.tone, line.name, line.joined) for line in lines if line.points)


def _years_table(rows: Sequence[SeriesRow], published: dict[str, Sequence[SeriesPoint]], scale: Fraction) -> Behind:
    heads = (_("Date"), _("Skilled, computed"), _("Highly skilled, computed"), *published)
    held = {row.on: row for row in rows}
    stated = {name: {point.date: point for point in points} for name, points in published.items()}
    table = []
    for on in sorted({*held, *(day for points in stated.values() for day in points)}):
        row = held.get(on)
        cells = [numbers.grouped(row.skilled if row else None), numbers.grouped(row.high_skilled if row else None)]
        for points in stated.values():
            point = points.get(on)
            cells.append(f"{point.qualifier} {numbers.grouped(point.value)}".strip() if point else numbers.MISSING)
        table.append((str(on), *cells))
    return Behind(heads, tuple(table))
