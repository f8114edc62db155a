"""Charts over the years: what the records give as lines, what was published as points, and the days on which units changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guildhall.city.model import Place, PublishedFigure, SeriesPoint
from guildhall.overview.pages.drawing import Behind, Cell, Chart, Legend, bare, marked, said
from guildhall.overview.queries import SeriesRow
from guildhall.overview.queries.places import Stock
from guildhall.web import charts, numbers

TONES = ("t1", "t2", "t3", "t4")


@dataclass(frozen=True)
class Stated:
    """What was published of one figure over the years."""

    figure: PublishedFigure
    points: tuple[SeriesPoint, ...]


def years(rows: Sequence[SeriesRow], published: Sequence[Stated], scale: Fraction) -> Chart:
    """Computed stocks as lines, published stocks at the model's scale as rings: the two are never joined."""
    days = [row.on for row in rows] + [point.date for stated in published for point in stated.points]
    if not days:
        return Chart(SafeString(""), Behind((), ()))
    axis = _Axis(min(days), max(days))
    skilled, high = _("Skilled"), _("Highly skilled")
    lines = [
        charts.Line(skilled, tuple(axis.point(r.on, Fraction(r.skilled), skilled) for r in rows), "t1"),
        charts.Line(high, tuple(axis.point(r.on, Fraction(r.high_skilled), high) for r in rows), "t2"),
    ]
    for tone, stated in zip(TONES, published, strict=False):
        name = said(stated.figure.title)
        points = tuple(axis.point(p.date, Fraction(p.value) * scale, name, p.qualifier, firm=firm(p)) for p in stated.points)
        lines.append(charts.Line(name, points, tone, joined=False))
    title = _("Skilled and highly skilled workers over the years")
    return Chart(_lines(lines, axis, "years", title), _years_table(rows, published, scale, title), _kinds(published))


def firm(point: SeriesPoint) -> bool:
    """Whether a point was published as it stands: not worked out from others, and no plan or bound."""
    return point.status != "computed" and point.qualifier not in (">", "≥")


def _kinds(published: Sequence[Stated]) -> tuple[Legend, ...]:
    points = [point for stated in published for point in stated.points]
    legend = []
    if any(firm(point) for point in points):
        legend.append(Legend("t4", _("published, at the size of the model"), "ring"))
    if not all(firm(point) for point in points):
        legend.append(Legend("t4", _("worked out from other numbers, a plan, or a bound"), "ring dashed"))
    return tuple(legend)


def stocks(rows: Sequence[Stock], own: Place, changes: Iterable[date], scale: Fraction) -> Chart:
    """Skilled workers of a unit and of those it came from or went to, each only while it existed; a change breaks every line."""
    if not rows:
        return Chart(SafeString(""), Behind((), ()))
    axis = _Axis(rows[0].on, rows[-1].on)
    places = {own.place_id: own} | {row.place.place_id: row.place for row in rows}
    lines = []
    for (id, place), tone in zip(places.items(), TONES, strict=False):
        held = [row for row in rows if row.place.place_id == id]
        lines.append(
            charts.Line(
                bare(place.name),
                tuple(axis.point(r.on, Fraction(r.skilled), said(place.name)) for r in held if isinstance(r.skilled, int)),
                tone,
            )
        )
    rules = [charts.Rule(axis.at(on), _("districts changed on %(on)s") % {"on": on}) for on in changes if axis.first < on <= axis.last]
    title = _("Skilled workers by the units that existed on each date")
    table = []
    for on in sorted({row.on for row in rows}):
        found = {row.place.place_id: row.skilled for row in rows if row.on == on}
        table.append((Cell(str(on)), *(Cell(numbers.counted(found.get(id), scale), marked("skilled", id)) for id in places)))
    heads = (_("Date"), *(said(place.name) for place in places.values()))
    return Chart(_lines(lines, axis, "stocks", title, rules), Behind(heads, tuple(table), title, dated=True))


@dataclass(frozen=True)
class _Axis:
    first: date
    last: date

    def at(self, on: date) -> Fraction:
        return Fraction((on - self.first).days, max((self.last - self.first).days, 1))

    def point(self, on: date, value: Fraction, name: str, qualifier: str = "", *, firm: bool = True) -> charts.Point:
        said = numbers.with_unit(value, "persons", qualifier, places=0)
        return charts.Point(self.at(on), value, f"{name} {on}: {said}", firm)

    def ticks(self) -> list[tuple[Fraction, str]]:
        """Year ends by their year, without crowding."""
        ends = [date(year, 12, 31) for year in range(self.first.year, self.last.year + 1)]
        found: list[tuple[Fraction, str]] = []
        for on in ends:
            at = self.at(on)
            if 0 <= at <= 1 and (not found or at - found[-1][0] > Fraction(1, 10)):
                found.append((at, str(on.year)))
        return found or [(Fraction(0), str(self.first)), (Fraction(1), str(self.last))]


def _lines(lines: Sequence[charts.Line], axis: _Axis, key: str, title: str, rules: Sequence[charts.Rule] = ()) -> SafeString:
    most = max((point.value for line in lines for point in line.points), default=Fraction(0))
    marks = [(value, numbers.grouped(value)) for value in charts.round_marks(most)]
    desc = "; ".join(line.points[-1].label for line in lines if line.points)
    return charts.lines(lines, axis.ticks(), marks, rules, key=key, title=title, desc=desc)


def _years_table(rows: Sequence[SeriesRow], published: Sequence[Stated], scale: Fraction, title: str) -> Behind:
    names = [_("%(title)s, published × scale") % {"title": said(stated.figure.title)} for stated in published]
    heads = (_("Date"), _("Skilled, computed"), _("Highly skilled, computed"), *names)
    held = {row.on: row for row in rows}
    points = [{point.date: point for point in stated.points} for stated in published]
    table = []
    for on in sorted({*held, *(day for found in points for day in found)}):
        row = held.get(on)
        cells = [
            Cell(numbers.grouped(row.skilled if row else None), charts.mark("skilled.count", value="computed")),
            Cell(numbers.grouped(row.high_skilled if row else None), charts.mark("highskilled.count", value="computed")),
        ]
        cells += [_point(found.get(on), stated, scale) for found, stated in zip(points, published, strict=True)]
        table.append((Cell(str(on)), *cells))
    return Behind(heads, tuple(table), title, dated=True)


def _point(point: SeriesPoint | None, stated: Stated, scale: Fraction) -> Cell:
    mark = charts.mark(stated.figure.id, value="expected")
    if point is None:
        return Cell(numbers.MISSING, mark)
    return Cell(numbers.with_unit(Fraction(point.value) * scale, "persons", point.qualifier, places=0), mark)
