"""Every figure as it stands: what was published, what the model should show, what the records say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.city.model import Cell, PublishedFigure, Source
from guildhall.kernel.errors import NotFound
from guildhall.kernel.figures import Figure
from guildhall.kernel.tables import Text
from guildhall.overview.engine.collect import FIGURES
from guildhall.overview.queries.results import Results, results
from guildhall.web.numbers import rounded
from guildhall.web.viewer import Viewer


@dataclass(frozen=True)
class Standing:
    """One figure with its published, expected and computed values side by side, none ever copied from another.

    `expected` and `computed` are in the figure's unit at the model's scale; `computed` is None where no domain computes it
    yet, or where the records hold nothing to divide by. `on` is the day the computed value speaks of; `elsewhen` marks a
    figure that is computed for other days than its own.
    """

    id: str
    title: Text
    unit: str
    published: PublishedFigure | None
    formula: Figure | None
    numerator: int | None
    denominator: int | None
    scale: Fraction
    calibrated: bool
    source: Source | None
    on: date
    rival_computed: bool = False
    elsewhen: bool = False

    @property
    def kind(self) -> str:
        """published, target, or derived: a value that someone worked out from published ones."""
        if self.published is None:
            return "published"
        return "derived" if self.published.kind == "published" and self.published.status == "computed" else self.published.kind

    @property
    def family(self) -> str:
        return self.published.family if self.published else self.id

    @property
    def value(self) -> Decimal | None:
        return self.published.value if self.published else None

    @property
    def qualifier(self) -> str:
        return self.published.qualifier if self.published else ""

    @property
    def date(self) -> date | None:
        return self.published.date if self.published else None

    @property
    def expected(self) -> Fraction | None:
        """The published value at the model's scale; None for targets and for what a model does not reproduce."""
        return self.published.expected(self.scale) if self.published else None

    @property
    def computed(self) -> Fraction | None:
        if self.numerator is None or not self.denominator:
            return None
        return Fraction(self.numerator, self.denominator) * (100 if self.unit == "percent" else 1)

    @property
    def is_ratio(self) -> bool:
        return self.denominator is not None and self.unit == "percent"

    @property
    def places(self) -> int | None:
        """Decimals to show the computed value with: as many as were published, at least one for a percentage."""
        if self.unit != "percent":
            return None
        exponent = self.value.normalize().as_tuple().exponent if self.value is not None else 0
        return max(1, -exponent if isinstance(exponent, int) else 1)

    @property
    def agrees(self) -> bool:
        """Whether computed is expected, within rounding."""
        return self.expected is not None and self.computed is not None and agree(self.computed, self.expected, self.places)

    @property
    def missing_because(self) -> str:
        """Why there is no computed value, in words; empty where there is one."""
        if self.computed is not None:
            return ""
        if self.kind == "target":
            return _("a target, not a measurement")
        if self.elsewhen:
            return _("not measured on that date")
        if self.formula is None:
            return _("other date or definition: not built yet") if self.rival_computed else _("not built yet")
        return _("the records hold nothing to compute it from")


def agree(computed: Fraction, expected: Fraction, places: int | None = None) -> bool:
    """Whether two values are the same within rounding: to the decimals shown, or to less than one where things are counted."""
    return abs(computed - expected) < 1 if places is None else rounded(computed, places) == rounded(expected, places)


@dataclass(frozen=True)
class Family:
    """Figures about one subject: rivals beside each other, and the targets set for it."""

    id: str
    figures: tuple[Standing, ...]
    targets: tuple[Standing, ...]


@dataclass(frozen=True)
class Line:
    """A figure and the targets that stand beside it."""

    figure: Standing
    targets: tuple[Standing, ...] = ()


@dataclass(frozen=True)
class Topic:
    """Families that answer one question."""

    id: str
    question: str
    families: tuple[Family, ...]

    @property
    def computed(self) -> tuple[Line, ...]:
        """The figures that the records give, each first one of a family with the family's targets."""
        return tuple(line for family in self.families for line in lines(family) if line.figure.computed is not None)

    @property
    def stated(self) -> tuple[Line, ...]:
        """What was only published or set out to be reached."""
        return tuple(line for family in self.families for line in lines(family) if line.figure.computed is None)


def lines(family: Family) -> tuple[Line, ...]:
    """A family as lines: its targets stand beside its first computed figure, or its first; alone where it has no other."""
    if not family.figures:
        return tuple(Line(target) for target in family.targets)
    first = next((figure for figure in family.figures if figure.computed is not None), family.figures[0])
    return tuple(Line(figure, family.targets if figure is first else ()) for figure in family.figures)


TOPICS = (
    ("skills", gettext_lazy("Who holds which skills?"), ("skilled", "highskilled", "ladder", "digital_skilled", "industrial")),
    (
        "training",
        gettext_lazy("Who trains and evaluates?"),
        (
            "programmes",
            "graduates",
            "newworkers",
            "alignment",
            "academies",
            "courses",
            "training",
            "evaluations",
            "colleges",
            "cooperation",
            "students",
        ),
    ),
    ("work", gettext_lazy("Where is the work?"), ("jobs", "entrepreneurs", "demand", "parks", "employment")),
    ("places", gettext_lazy("How near is what people need?"), ("circles", "housing")),
)
OTHER = gettext_lazy("What else has been published?")


def figures(viewer: Viewer) -> tuple[Standing, ...]:
    """Every figure: the published ones in the order of the pack, then those that only this system computes."""
    found = results(viewer)
    only_computed = [id for id in FIGURES if id not in found.city.figure]
    return tuple(_standing(found, id) for id in (*found.city.figure, *only_computed))


def figure(id: str, viewer: Viewer) -> Standing:
    """One figure. Raises NotFound."""
    found = results(viewer)
    if id not in found.city.figure and id not in FIGURES:
        raise NotFound(_("There is no figure “%(id)s”") % {"id": id}, next=_("see the list of figures"))
    return _standing(found, id)


def rivals(standing: Standing, viewer: Viewer) -> tuple[Standing, ...]:
    """Other figures about the same subject: other windows, other definitions, targets."""
    return tuple(other for other in figures(viewer) if other.family == standing.family and other.id != standing.id)


def topics(viewer: Viewer) -> tuple[Topic, ...]:
    """All figures by question, rivals and targets of one subject together."""
    families = _families(figures(viewer))
    left = list(families)
    made = []
    for id, question, prefixes in TOPICS:
        mine = tuple(family for family in families if _prefix(family) in prefixes)
        left = [family for family in left if family not in mine]
        made.append(Topic(id, str(question), mine))
    if left:
        made.append(Topic("other", str(OTHER), tuple(left)))
    return tuple(topic for topic in made if topic.families)


def lines_of(ids: Iterable[str], viewer: Viewer) -> tuple[Line, ...]:
    """Of the figures asked for, those of the pack that are computed or have a target, with those targets."""
    every = figures(viewer)
    chosen = [next((row for row in every if row.id == id), None) for id in ids]
    found = [Line(row, tuple(t for t in every if t.family == row.family and t.kind == "target")) for row in chosen if row]
    return tuple(line for line in found if line.figure.computed is not None or line.targets)


def assumptions(viewer: Viewer) -> dict[str, list[Cell]]:
    """What the synthetic city assumes without a source, by table of the pack."""
    tables: dict[str, list[Cell]] = {}
    for cell in results(viewer).city.assumption_cells:
        tables.setdefault(cell.table, []).append(cell)
    return tables


def record(standing: Standing, viewer: Viewer) -> dict[str, Any]:
    """A figure as plain values, the shape of `guildhall figures --json` and of the API."""
    found = results(viewer)
    return {
        "id": standing.id,
        "family": standing.family,
        "kind": standing.kind,
        "title": {"zh": standing.title.zh, "en": standing.title.en},
        "published": plain(standing.value),
        "qualifier": standing.qualifier,
        "expected": plain(standing.expected),
        "computed": plain(standing.computed),
        "measured_on": standing.on.isoformat() if standing.computed is not None else None,
        "numerator": standing.numerator,
        "denominator": standing.denominator,
        "unit": standing.unit,
        "scale": float(standing.scale),
        "calibrated": standing.calibrated,
        "source": standing.source.id if standing.source else "",
        "date": standing.date.isoformat() if standing.date else None,
        "status": standing.published.status if standing.published else "computed",
        "snapshot": found.current.snapshot.manifest.id,
        "version": found.current.figures.manifest.version,
    }


def figures_as_json(viewer: Viewer) -> list[dict[str, Any]]:
    """Every figure as plain values."""
    return [record(standing, viewer) for standing in figures(viewer)]


def plain(value: Decimal | Fraction | None) -> int | float | None:
    """A JSON number: whole where the value is whole."""
    if value is None:
        return None
    exact = Fraction(value)
    return exact.numerator if exact.denominator == 1 else float(exact)


STOCKS = {"skilled.count": ("skilled", ""), "highskilled.count": ("high_skilled", ""), "skilled.high_share": ("high_skilled", "skilled")}
"""Columns of `overview.series` that give a computed figure on earlier days: numerator, and denominator of a ratio."""


def _standing(found: Results, id: str) -> Standing:
    published = found.city.figure.get(id)
    base = _base(id)
    formula = FIGURES.get(base or id)
    pair = _on_its_day(found, base, published) if base and published else found.figures.get(id, (None, None))
    family = published.family if published else id
    standing = Standing(
        id=id,
        title=published.title if published else formula.formula if formula else Text(id, id),
        unit=published.unit if published else formula.unit if formula else "",
        published=published,
        formula=formula,
        numerator=pair[0],
        denominator=pair[1],
        scale=found.current.scale,
        calibrated=(base or id) in found.calibrated and pair[0] is not None,
        source=found.sources.get(published.source) if published else None,
        on=published.date if base and published and published.date else found.on,
        rival_computed=any(other.family == family and other.id in FIGURES for other in found.city.figures if other.id != id),
        elsewhen=bool(base) and pair[0] is None,
    )
    # Fitted was the figure of the end; that of another day only where it came out so.
    return standing if not base or standing.agrees else replace(standing, calibrated=False)


def _base(id: str) -> str:
    """The computed figure that `id` states for another day, such as `skilled.count` for `skilled.count.2022`; or nothing."""
    base = id.rpartition(".")[0]
    return base if id not in FIGURES and base in FIGURES else ""


def _on_its_day(found: Results, base: str, published: PublishedFigure) -> tuple[int | None, int | None]:
    """The computed figure on the day that the published one speaks of, where stocks are taken on it."""
    stock = found.stocks.get(published.date) if published.date else None
    if stock is None or base not in STOCKS:
        return None, None
    above, below = STOCKS[base]
    return stock[above], stock[below] if below else 1


def _families(rows: Iterable[Standing]) -> list[Family]:
    grouped: dict[str, list[Standing]] = {}
    for row in rows:
        grouped.setdefault(row.family, []).append(row)
    return [
        Family(id, tuple(r for r in rows if r.kind != "target"), tuple(r for r in rows if r.kind == "target"))
        for id, rows in grouped.items()
    ]


def _prefix(family: Family) -> str:
    return family.id.split(".")[0]
