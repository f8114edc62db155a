"""Every CSV file of a pack, described once: reading, checking, documentation and the skeleton all follow from here."""

from __future__ import annotations

from typing import Any

from guildhall.city import model
from guildhall.city.columns import Column, File, day, fen, flag, identifier, number, official_code, sourced, wage_tier, whole
from guildhall.kernel.calendar import KINDS as DAY_KINDS
from guildhall.kernel.calendar import SpecialDay
from guildhall.kernel.dated import STATUS_NAMES

_FROM = Column("valid_from", "first day it holds; empty: always", day, required=False)
_UNTIL = Column("valid_until", "first day it no longer holds; empty: to this day", day, required=False)
_NAME = Column("name", "name", bilingual=True)
_QUALIFIER = Column("qualifier", "more than, about …; empty: as it stands", required=False, values=model.QUALIFIERS)
_UNIT = Column("unit", "unit of the value", values=model.UNITS)
_STATUS_WORDS = tuple(STATUS_NAMES)


def _place(name: str, doc: str, required: bool = True) -> Column:
    return Column(name, doc, identifier, required, ref="places.csv")


def _aside(name: str, what: str) -> tuple[Column, Column]:
    """A source and a status for one part of a row that is known from elsewhere."""
    return (
        Column(f"{name}_source", f"document that gives {what}", identifier, False, ref="sources.csv"),
        Column(f"{name}_status", f"how well this is known: {what}", required=False, values=_STATUS_WORDS),
    )


SOURCES = File(
    "sources.csv",
    "documents that rows cite",
    model.Source,
    (
        Column("id", "identifier used by the other files", identifier),
        Column("title", "title of the document", bilingual=True),
        Column("publisher", "who published it", required=False),
        Column("address", "where it can be found: an address, a document number", required=False),
        Column("date", "day of publication", day, required=False),
        Column("checked", "day it was last looked at", day, required=False),
        Column("remark", "for maintainers of the pack", required=False),
    ),
    key=("id",),
)
LEVELS = File(
    "levels.csv",
    "the ladder of skill levels",
    model.Level,
    sourced(
        Column("code", "code of the level", identifier),
        Column("ordinal", "rank, 1 is the lowest; the ranks run from 1 without a gap", whole, least=1),
        _NAME,
        Column("national_digit", "digit used on certificates; it runs downwards", whole, required=False, least=1, most=5),
        Column("certificate", "whether a certificate is issued", flag),
        Column("skilled", "whether holders count as skilled workers", flag),
        Column("high_skilled", "whether holders count as highly skilled", flag),
        Column("awarded_by", "who awards it", values=("employer", "employer_or_public_body")),
    ),
    key=("code",),
)
PLACES = File(
    "places.csv",
    "places, with the dates between which each exists",
    model.Place,
    sourced(
        Column("place_id", "our key", identifier),
        Column(
            "code",
            "official code of 6, 9 or 12 digits; empty while unknown, never invented; no two places of one time share it",
            official_code,
            required=False,
        ),
        Column("kind", "kind of place", values=model.PLACE_KINDS),
        _NAME,
        Column("region", "region of the city, from city.toml", identifier, required=False, ref="regions"),
        Column("latitude", "degrees north, WGS-84", number, required=False, least=-90, most=90),
        Column("longitude", "degrees east, WGS-84", number, required=False, least=-180, most=180),
        *_aside("position", "the coordinates"),
        _FROM,
        _UNTIL,
    ),
    key=("place_id",),
)
PARENTS = File(
    "place_parents.csv",
    "which place lies in which, with dates",
    model.Parent,
    sourced(
        _place("place_id", "the place"),
        _place("parent_id", "the place it lies in"),
        Column("relation", "administrative, or of a functional zone", values=model.RELATIONS),
        _FROM,
        _UNTIL,
    ),
    key=("place_id", "parent_id", "relation", "valid_from"),
)
SUCCESSORS = File(
    "place_successors.csv",
    "who is responsible after a merger or split",
    model.Successor,
    sourced(
        _place("place_id", "the old place"),
        _place("successor_id", "the place that follows it"),
        Column("effective_on", "first day the successor is responsible", day),
        Column("scope", "the whole, the places named, or all that remains", values=model.SCOPES),
    ),
    key=("place_id", "successor_id"),
)
PLACE_FACTS = File(
    "place_facts.csv",
    "published measures of places",
    model.PlaceFact,
    sourced(
        _place("place_id", "the place"),
        Column("measure", "what is measured", identifier),
        Column("value", "the value", number, least=0, unit_in="unit"),
        _UNIT,
        _QUALIFIER,
        Column("as_of", "the day, or last day of the period, it speaks of", day),
    ),
    key=("place_id", "measure", "as_of"),
)
TILES = File(
    "tiles.csv",
    "the cell of each district in the tile cartogram",
    model.Tile,
    sourced(
        _place("place_id", "the district"),
        Column("column", "counts eastwards from 1", whole, least=1),
        Column("row", "counts southwards from 1", whole, least=1),
    ),
    key=("place_id",),
)
PARKS = File(
    "parks.csv",
    "industrial parks; their names stand in places.csv",
    model.Park,
    sourced(
        _place("place_id", "the park as a place"),
        _place("district", "the district its source names"),
        Column("park_class", "class of the park", values=model.PARK_CLASSES),
        Column("industries", "leading industries", bilingual=True),
        Column("workers_assumed", "people working there: an assumption of this pack", whole, least=0),
    ),
    key=("place_id",),
)
_SCHOOL = (
    Column("code", "our own reference, not an official code", identifier),
    _NAME,
    _place("place_id", "the district; empty while unknown", required=False),
    *_aside("place", "the district"),
)
COLLEGES = File("colleges.csv", "vocational colleges", model.College, sourced(*_SCHOOL), key=("code",))
ACADEMIES = File(
    "academies.csv",
    "artisan academies known by name",
    model.Academy,
    sourced(*_SCHOOL, Column("host", "institution that hosts it", required=False, bilingual=True)),
    key=("code",),
)
CLUSTERS = File(
    "clusters.csv",
    "industry clusters of the city's plan",
    model.Cluster,
    sourced(
        Column("cluster", "key of the cluster", identifier),
        Column("tier", "tier in the plan", values=model.TIERS),
        Column("group", "part of the rising tier", required=False, values=model.GROUPS),
        _NAME,
    ),
    key=("cluster",),
)
OCCUPATIONS = File(
    "occupations.csv",
    "the part of the classification of occupations that the synthetic city uses",
    model.Occupation,
    sourced(
        Column("code", "code in the classification", identifier),
        Column("edition", "edition of the classification", identifier),
        Column("rank", "major, middle or minor group, or occupation", values=model.RANKS),
        Column("parent", "code of the group above", identifier, required=False, ref="occupations.csv"),
        _NAME,
        Column("digital", "marked digital (S); empty: the source does not say", flag, required=False),
        Column("green", "marked green (L); empty: the source does not say", flag, required=False),
    ),
    key=("code",),
)
FIGURES = File(
    "figures.csv",
    "published figures and targets; rivals share a family",
    model.PublishedFigure,
    sourced(
        Column("id", "identifier of the figure", identifier),
        Column("family", "identifier shared by rival definitions", identifier),
        Column("title", "title", bilingual=True),
        Column("value", "value as published", number, least=0, unit_in="unit"),
        _QUALIFIER,
        _UNIT,
        Column("kind", "published or target", values=model.KINDS),
        Column("scales", "how a model city at scale s should show it", values=model.SCALES),
        Column("window", "period or population it covers", required=False, bilingual=True),
        Column("definition", "what is counted, as far as stated", required=False, bilingual=True),
        Column("note", "what a reader should know", required=False, bilingual=True),
        date_required=True,
    ),
    key=("id",),
)
SERIES = File(
    "series.csv",
    "published stocks over the years",
    model.SeriesPoint,
    sourced(
        Column("figure", "the figure", identifier, ref="figures.csv"),
        Column("value", "the stock on that day", number, least=0),
        _QUALIFIER,
        date_required=True,
    ),
    key=("figure", "date"),
)
MINIMUM_WAGES = File(
    "minimum_wages.csv",
    "statutory minimum wages by tier",
    model.MinimumWage,
    sourced(
        Column("tier", "tier; 1 has the highest wage", wage_tier),
        Column("monthly_yuan", "yuan a month", fen, least=0, into="monthly_fen"),
        Column("hourly_yuan", "yuan an hour, for part-time work", fen, required=False, least=0, into="hourly_fen"),
        Column("valid_from", "first day it holds", day),
        _UNTIL,
    ),
    key=("tier", "valid_from"),
)
MINIMUM_WAGE_TIERS = File(
    "minimum_wage_tiers.csv",
    "which tier of the minimum wage each place belongs to",
    model.MinimumWageTier,
    sourced(_place("place_id", "the place"), Column("tier", "tier", wage_tier), _FROM, _UNTIL),
    key=("place_id", "tier", "valid_from"),
)
HOLIDAYS = File(
    "holidays.csv",
    "days arranged otherwise than their weekday; the years covered stand in city.toml",
    SpecialDay,
    (
        Column("date", "the day", day),
        Column("kind", "a day off, or a make-up workday", values=DAY_KINDS),
        Column("name", "the holiday it belongs to"),
        Column("source", "identifier of the document in sources.csv", identifier, ref="sources.csv"),
        Column("status", "how well the row is known", values=_STATUS_WORDS),
    ),
    key=("date",),
)
_CELLS = sourced(
    Column("table", "name of the table", identifier),
    Column("row", "label of the row"),
    Column("column", "label of the column; empty in a one-dimensional table", required=False),
    Column("value", "the value", number, least=0, unit_in="unit"),
    Column("unit", "unit of the value; a table of unit share alone is a distribution: each of its columns adds up to 1"),
)
MARGINALS = File("marginals.csv", "published marginal distributions", model.Cell, _CELLS, key=("table", "row", "column"))
ASSUMPTIONS = File("assumptions.csv", "assumptions of the synthetic city", model.Cell, _CELLS, key=("table", "row", "column"))

FILES: tuple[File[Any], ...] = (
    SOURCES,
    LEVELS,
    PLACES,
    PARENTS,
    SUCCESSORS,
    PLACE_FACTS,
    TILES,
    PARKS,
    COLLEGES,
    ACADEMIES,
    CLUSTERS,
    OCCUPATIONS,
    FIGURES,
    SERIES,
    MINIMUM_WAGES,
    MINIMUM_WAGE_TIERS,
    HOLIDAYS,
    MARGINALS,
    ASSUMPTIONS,
)
SETTINGS = "city.toml"
