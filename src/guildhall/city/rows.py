"""The rows of a city pack: one frozen record for each, with its source, status and date, and the words they may hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Day
from decimal import Decimal
from fractions import Fraction

from guildhall.kernel.tables import Text
from guildhall.kernel.territory import holds

PLACE_KINDS = ("city", "district", "county", "functional_zone", "township", "remainder", "park")
UNIT_KINDS = frozenset({"district", "county"})
RELATIONS = ("administrative", "functional")
SCOPES = ("whole", "part", "remainder")
PARK_CLASSES = ("national_etdz", "national_htdz", "national_bonded", "municipal")
TIERS = ("leading", "pillar", "special", "rising")
GROUPS = ("", "high_growth", "future")
RANKS = ("major", "middle", "minor", "leaf")
KINDS = ("published", "target")
SCALES = ("people", "whole", "ratio", "none")
QUALIFIERS = ("", ">", "≥", "<", "≤", "≈", "+")
UNITS = (
    "persons",
    "households",
    "participant_times",
    "participant_hours",
    "programmes",
    "percent",
    "count",
    "bases",
    "yuan",
    "yuan_100m",
    "km2",
    "townships",
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """Where a row comes from, how well it is known, and the date it was stated or speaks of."""

    source: str
    status: str
    date: Day | None = None
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A document that rows cite; `date` is its date of publication, `checked` the day it was last looked at."""

    id: str
    title: Text
    publisher: str = ""
    address: str = ""
    date: Day | None = None
    checked: Day | None = None
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class Level(Row):
    """One rung of the ladder. `ordinal` counts upwards; `national_digit` (5 to 1) runs downwards and may be absent.

    `skilled` and `high_skilled` say what its holders count as; `certificate`, whether it is awarded by one.
    """

    code: str
    ordinal: int
    name: Text
    national_digit: int | None = None
    certificate: bool
    skilled: bool
    high_skilled: bool
    awarded_by: str


@dataclass(frozen=True, kw_only=True)
class Place(Row):
    """A place between two dates. `code` is the official code or empty while unknown; `position` says whence the coordinates."""

    place_id: str
    code: str = ""
    kind: str
    name: Text
    region: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    position_source: str = ""
    position_status: str = ""
    valid_from: Day | None = None
    valid_until: Day | None = None

    def exists(self, on: Day) -> bool:
        return holds(self.valid_from, self.valid_until, on)


@dataclass(frozen=True, kw_only=True)
class Parent(Row):
    """`place_id` lies in `parent_id` between two dates."""

    place_id: str
    parent_id: str
    relation: str
    valid_from: Day | None = None
    valid_until: Day | None = None


@dataclass(frozen=True, kw_only=True)
class Successor(Row):
    """From `effective_on`, `successor_id` answers for `place_id`: the whole, a named part, or all that remains."""

    place_id: str
    successor_id: str
    effective_on: Day
    scope: str


@dataclass(frozen=True, kw_only=True)
class PlaceFact(Row):
    """One published measure of a place; `as_of` is the day (or the last day of the period) it speaks of."""

    place_id: str
    measure: str
    value: Decimal
    unit: str
    qualifier: str = ""
    as_of: Day


@dataclass(frozen=True, kw_only=True)
class Tile(Row):
    """The cell of a place in the tile cartogram; columns run east, rows run south."""

    place_id: str
    column: int
    row: int


@dataclass(frozen=True, kw_only=True)
class Park(Row):
    """An industrial park. `district` is the district its source names; `workers_assumed` is an assumption of this pack."""

    place_id: str
    name: Text = Text("", "")
    district: str
    park_class: str
    industries: Text
    workers_assumed: int


@dataclass(frozen=True, kw_only=True)
class College(Row):
    """A vocational college; `place_id` is None while its district is unknown, with a status of its own."""

    code: str
    name: Text
    place_id: str | None = None
    place_source: str = ""
    place_status: str = ""


@dataclass(frozen=True, kw_only=True)
class Academy(College):
    """An artisan academy, and the institution that hosts it."""

    host: Text = Text("", "")


@dataclass(frozen=True, kw_only=True)
class Cluster(Row):
    """An industry cluster and its tier in the city's plan."""

    cluster: str
    tier: str
    group: str = ""
    name: Text


@dataclass(frozen=True, kw_only=True)
class Occupation(Row):
    """A node of the classification of occupations; `digital` and `green` are None where the source does not say."""

    code: str
    edition: str
    rank: str
    parent: str = ""
    name: Text
    digital: bool | None = None
    green: bool | None = None


@dataclass(frozen=True, kw_only=True)
class PublishedFigure(Row):
    """A number someone published. Rivals (other windows or definitions of one subject) share `family`."""

    id: str
    family: str
    title: Text
    value: Decimal
    qualifier: str = ""
    unit: str
    kind: str
    scales: str
    window: Text = Text("", "")
    definition: Text = Text("", "")
    note: Text = Text("", "")

    def expected(self, scale: Fraction) -> Fraction | None:
        """What a model city at `scale` should show: scaled for people, as it stands for wholes and ratios.

        None for targets, and for what a model does not reproduce.
        """
        if self.kind == "target" or self.scales == "none":
            return None
        return Fraction(self.value) * (scale if self.scales == "people" else 1)


@dataclass(frozen=True, kw_only=True)
class SeriesPoint(Row):
    """A published stock of one figure on one day."""

    figure: str
    date: Day
    value: Decimal
    qualifier: str = ""


@dataclass(frozen=True, kw_only=True)
class MinimumWage(Row):
    """The statutory minimum of a tier between two dates, in fen."""

    tier: str
    monthly_fen: int
    hourly_fen: int | None = None
    valid_from: Day
    valid_until: Day | None = None


@dataclass(frozen=True, kw_only=True)
class MinimumWageTier(Row):
    """Which tier of the minimum wage a place belongs to."""

    place_id: str
    tier: str
    valid_from: Day | None = None
    valid_until: Day | None = None


@dataclass(frozen=True, kw_only=True)
class Cell(Row):
    """One cell of a table of marginals or assumptions; `column` is empty in a one-dimensional table."""

    table: str
    row: str
    column: str = ""
    value: Decimal
    unit: str
