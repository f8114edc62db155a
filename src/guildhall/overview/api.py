"""The overview as JSON: figures, ladder, measures of places, clusters, years, parks, and the snapshot behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as n_
from ninja import Field, Router, Schema
from ninja.params.functions import Query

from guildhall.city.model import Park
from guildhall.city.ruletext import Clause, Paper
from guildhall.kernel.disclosure import WITHHELD, Withheld
from guildhall.overview import queries
from guildhall.overview.queries.results import Shown
from guildhall.overview.queries.rulebook import Reading, reading, readings
from guildhall.web.answers import After, Day, Key, Listed, Size, Words, answers, page_of, words
from guildhall.web.viewer import viewer_of

router = Router(tags=["overview"])
WITHHELD_SAYS = n_("what is hidden because it counts fewer than ten people, or would give such a count away")


class Figure(Schema):
    """One figure: published, expected at the model's scale, and computed, side by side."""

    id: str = Field(description=n_("identifier of the figure"))
    family: str = Field(description=n_("rival definitions of one subject share it"))
    kind: Literal["published", "derived", "target"] = Field(
        description=n_("published; derived, that is worked out from published values; or a target")
    )
    title: Words = Field(description=n_("what it counts"))
    published: float | None = Field(description=n_("the value as published; null where only this system computes it"))
    qualifier: str = Field(description=n_("a sign that belongs to the published and the expected value, such as >"))
    expected: float | None = Field(description=n_("the published value at the scale of the model"))
    computed: float | None = Field(description=n_("the value computed from the records; null where it is not built yet"))
    measured_on: str | None = Field(description=n_("date the computed value speaks of; null where there is none"))
    numerator: int | None = Field(description=n_("exact numerator of the computed value"))
    denominator: int | None = Field(description=n_("exact denominator; 1 for a count"))
    unit: str = Field(description=n_("unit of all values"))
    scale: float = Field(description=n_("size of the model against the city"))
    calibrated: bool = Field(description=n_("the synthetic city was calibrated to it: agreement is by construction"))
    source: str = Field(description=n_("key of the document that states it"))
    date: str | None = Field(description=n_("date the published value speaks of, or on which it was stated"))
    status: str = Field(description=n_("how well it is known"))
    snapshot: str = Field(description=n_("snapshot it was computed from"))
    version: str = Field(description=n_("version of the engine"))


class FigureInFull(Figure):
    """One figure with its definition, formula and inputs."""

    window: Words = Field(description=n_("period it speaks of"))
    definition: Words = Field(description=n_("definition as published; empty where none was"))
    formula: Words | None = Field(description=n_("how it is computed; null where it is not built yet"))
    tables: dict[str, str] = Field(description=n_("sha256 of each table the formula reads"))
    run: str = Field(description=n_("run that computed it"))
    rivals: list[str] = Field(description=n_("other figures about the same subject"))


class Rung(Schema):
    """One rung of the ladder."""

    level: str = Field(description=n_("code of the level"))
    ordinal: int = Field(description=n_("place on the ladder, counting upwards"))
    name: Words = Field(description=n_("name of the level"))
    persons: int = Field(description=n_("people in the model"))
    year_before: int | None = Field(description=n_("people in the model a year earlier"))
    stands_for: int = Field(description=n_("people of the city they stand for"))


class Measured(Schema):
    """One measure of one unit."""

    place_id: str = Field(description=n_("key of the district or county"))
    name: Words = Field(description=n_("its name"))
    value: float | None = Field(description=n_("value of the measure; a share as a fraction of 1"))
    withheld: bool = Field(description=WITHHELD_SAYS)


class Cluster(Schema):
    """One industry cluster."""

    cluster: str = Field(description=n_("key of the cluster"))
    tier: str = Field(description=n_("tier in the city's plan"))
    name: Words = Field(description=n_("its name"))
    enterprises: int = Field(description=n_("enterprises on record"))
    employed: int | None = Field(description=n_("people employed"))
    skilled: int | None = Field(description=n_("of them skilled"))
    high_skilled: int | None = Field(description=n_("of them highly skilled"))
    withheld: list[str] = Field(description=WITHHELD_SAYS)


class Year(Schema):
    """Stocks on one date."""

    on: date = Field(description=n_("date"))
    skilled: int = Field(description=n_("skilled workers"))
    high_skilled: int = Field(description=n_("highly skilled workers"))


class ParkInList(Schema):
    """One park."""

    place_id: str = Field(description=n_("key of the park"))
    name: Words = Field(description=n_("its name"))
    unit: str | None = Field(description=n_("district or county it lies in on the snapshot's date"))
    park_class: str = Field(description=n_("class of the park"))
    workers_assumed: int = Field(description=n_("workers assumed for the whole city; an assumption"))
    employed: int | None = Field(description=n_("people employed there, computed"))
    withheld: list[str] = Field(description=WITHHELD_SAYS)


class ParkInFull(ParkInList):
    """One park with its history."""

    industries: Words = Field(description=n_("leading industries"))
    status: str = Field(description=n_("how well it is known"))
    values: dict[str, int | None] = Field(description=n_("measures on the snapshot's date"))
    responsible: str | None = Field(description=n_("district or county responsible on the snapshot's date"))


class Snapshot(Schema):
    """What everything else was computed from."""

    snapshot: str = Field(description=n_("key of the snapshot"))
    run: str = Field(description=n_("run that computed it"))
    as_of: date = Field(description=n_("date"))
    version: str = Field(description=n_("version of the engine"))
    synthetic: bool = Field(description=n_("whether the people are made up"))
    scale: float = Field(description=n_("size of the model against the city"))
    city: Words = Field(description=n_("the city"))
    tables: dict[str, str] = Field(description=n_("sha256 of each table"))


@router.get("/snapshot", response=answers(Snapshot), summary=n_("Which snapshot everything shown here was computed from"))
def snapshot(request: HttpRequest) -> dict[str, Any]:
    found = queries.results(viewer_of(request))
    manifest = found.current.snapshot.manifest
    return {
        "snapshot": manifest.id,
        "run": found.current.figures.manifest.id,
        "as_of": found.on,
        "version": found.current.figures.manifest.version,
        "synthetic": found.current.synthetic,
        "scale": float(found.current.scale),
        "city": words(found.city.name),
        "tables": {name: entry.sha256 for name, entry in manifest.tables.items()},
    }


@router.get("/figures", response=answers(Listed[Figure]), summary=n_("Every figure: published, expected and computed"))
def figures(request: HttpRequest, after: After = "", size: Size = 50) -> dict[str, Any]:
    viewer = viewer_of(request)
    rows, next_ = page_of(queries.figures(viewer), lambda row: row.id, after, size)
    return {"items": [queries.record(row, viewer) for row in rows], "next": next_}


@router.get("/figures/{figure_id}", response=answers(FigureInFull), summary=n_("One figure, its definition, formula and inputs"))
def figure(request: HttpRequest, figure_id: Key) -> dict[str, Any]:
    viewer = viewer_of(request)
    found, standing = queries.results(viewer), queries.figure(figure_id, viewer)
    entries = found.current.snapshot.manifest.tables
    empty = {"zh": "", "en": ""}
    return queries.record(standing, viewer) | {
        "window": words(standing.published.window) if standing.published else empty,
        "definition": words(standing.published.definition) if standing.published else empty,
        "formula": words(standing.formula.formula) if standing.formula else None,
        "tables": {name: entries[name].sha256 for name in (standing.formula.tables if standing.formula else ()) if name in entries},
        "run": found.current.figures.manifest.id,
        "rivals": [rival.id for rival in queries.rivals(standing, viewer)],
    }


@router.get("/ladder", response=answers(Listed[Rung]), summary=n_("People on each rung of the ladder, from the top"))
def ladder(request: HttpRequest, after: After = "", size: Size = 50) -> dict[str, Any]:
    rows, next_ = page_of(queries.ladder(viewer_of(request)), lambda row: row.level.code, after, size)
    items = [
        {
            "level": row.level.code,
            "ordinal": row.level.ordinal,
            "name": words(row.level.name),
            "persons": row.persons,
            "year_before": row.year_before,
            "stands_for": row.stands_for,
        }
        for row in rows
    ]
    return {"items": items, "next": next_}


Measure = Annotated[
    Literal["skilled", "high_skilled", "high_share", "people", "employed", "apprentices", "park_workers"],
    Query(description=n_("what to measure")),
]
ON: Any = Query(None, description=n_("date; the snapshot's by default"))


MEASURES_SAY = n_(
    "People, the skilled and the highly skilled count where they live; the employed, apprentices and people in parks where they work. "
    "In a synthetic city earlier jobs are not all on record, so earlier dates show fewer at work than there were."
)


@router.get(
    "/measures",
    response=answers(Listed[Measured]),
    summary=n_("One measure of every district and county that exists on a date"),
    description=MEASURES_SAY,
)
def measures(
    request: HttpRequest,
    measure: Measure = "skilled",
    on: Day = ON,
    after: After = "",
    size: Size = 50,
) -> dict[str, Any]:
    viewer = viewer_of(request)
    every = queries.measured(measure, on or queries.results(viewer).on, viewer)
    rows, next_ = page_of(every, lambda row: row.place.place_id, after, size)
    items = [
        {"place_id": row.place.place_id, "name": words(row.place.name), "value": _float(row.value), "withheld": row.value is WITHHELD}
        for row in rows
    ]
    return {"items": items, "next": next_}


@router.get("/clusters", response=answers(Listed[Cluster]), summary=n_("People employed in each industry cluster"))
def clusters(request: HttpRequest, after: After = "", size: Size = 50) -> dict[str, Any]:
    rows, next_ = page_of(queries.clusters(viewer_of(request)), lambda row: row.cluster.cluster, after, size)
    names = ("enterprises", "employed", "skilled", "high_skilled")
    items = [
        {"cluster": row.cluster.cluster, "tier": row.cluster.tier, "name": words(row.cluster.name)}
        | _open({name: getattr(row, name) for name in names})
        for row in rows
    ]
    return {"items": items, "next": next_}


@router.get("/series", response=answers(Listed[Year]), summary=n_("Stocks of skilled workers over the years"))
def series(request: HttpRequest, after: After = "", size: Size = 50) -> dict[str, Any]:
    rows, next_ = page_of(queries.series(viewer_of(request)), lambda row: row.on.isoformat(), after, size)
    return {"items": [{"on": row.on, "skilled": row.skilled, "high_skilled": row.high_skilled} for row in rows], "next": next_}


@router.get("/parks", response=answers(Listed[ParkInList]), summary=n_("Every industrial park"))
def parks(request: HttpRequest, after: After = "", size: Size = 50) -> dict[str, Any]:
    rows, next_ = page_of(queries.parks(viewer_of(request)), lambda row: row[0].place_id, after, size)
    return {"items": [_park(one, unit.place_id if unit else None, employed) for one, unit, employed in rows], "next": next_}


@router.get("/parks/{park_id}", response=answers(ParkInFull), summary=n_("One industrial park"))
def park(request: HttpRequest, park_id: Key) -> dict[str, Any]:
    viewer = viewer_of(request)
    view = queries.park(park_id, queries.results(viewer).on, viewer)
    responsible = view.responsible.place_id if view.responsible else None
    return _park(view.park, responsible, view.values["park_workers"]) | {
        "industries": words(view.park.industries),
        "status": view.park.status,
        **_open(view.values, key="values"),
        "responsible": responsible,
    }


def _park(one: Park, unit: str | None, employed: Shown | None) -> dict[str, Any]:
    return {
        "place_id": one.place_id,
        "name": words(one.name),
        "unit": unit,
        "park_class": one.park_class,
        "workers_assumed": one.workers_assumed,
        **_open({"employed": employed}),
    }


def _float(value: Fraction | Withheld | None) -> float | None:
    return None if value is None or isinstance(value, Withheld) else float(value)


def _open(values: Mapping[str, Shown | None], key: str = "") -> dict[str, Any]:
    """Counts with null where one is hidden, and the names of those that are."""
    plain = {name: None if isinstance(value, Withheld) else value for name, value in values.items()}
    hidden = [name for name, value in values.items() if isinstance(value, Withheld)]
    return {**({key: plain} if key else plain), "withheld": hidden}


class RuleInList(Schema):
    """A rule as it reads on a day."""

    rule: str = Field(description=n_("name of the rule"))
    domain: str = Field(description=n_("domain that decides by it"))
    title: Words = Field(description=n_("what the instrument is called"))
    subject: Words = Field(description=n_("what a decision is about"))
    facts: str = Field(description=n_("table of facts it reads"))
    channel: Literal["claim", "automatic", "tax", "bank", "attestation"] = Field(description=n_("where it is claimed or declared"))
    kind: Literal["pay", "deduct", "attest"] = Field(description=n_("money paid, a deduction from income, or only attested"))
    unit: str = Field(description=n_("unit of the amount"))
    governed_by: str = Field(description=n_("column of the table whose day selects the figures"))
    on_file: Literal["whole", "partly", "none"] = Field(description=n_("whether all figures, some, or none have a value on the day"))
    statuses: dict[str, int] = Field(description=n_("how well the figures of the day are known: how many of each status"))
    confirmed: int = Field(description=n_("how many of the figures of the day this city has confirmed"))
    checked_on: date | None = Field(description=n_("day on which the file was last compared with its sources; null without a file"))


class Version(Schema):
    """What is on file about a figure for some days."""

    values: list[Words] = Field(description=n_("its values, one for each case; empty where nothing was found"))
    missing: Words = Field(description=n_("why nothing was found; empty where there is a value"))
    valid_from: date | None = Field(description=n_("first day it holds"))
    valid_until: date | None = Field(description=n_("first day it no longer holds; null while it has no end"))
    jurisdiction: Words = Field(description=n_("whose text it is"))
    document: str = Field(description=n_("document that sets it"))
    article: str = Field(description=n_("article of the document; may be empty"))
    status: str = Field(description=n_("how well it is known"))
    holds: bool = Field(description=n_("whether it holds on the day asked about"))
    confirmed: bool = Field(description=n_("whether this city has confirmed it"))


class Condition(Schema):
    """One condition of a rule, or its amount (`value`), or the most it may be (`cap`)."""

    name: str = Field(description=n_("name of the condition: its reason code"))
    sentence: Words = Field(description=n_("the condition in plain words, with the figures of the day"))
    reading: Words = Field(description=n_("the condition word for word"))
    inputs: list[str] = Field(description=n_("columns of the table of facts it asks about"))
    parameters: list[str] = Field(description=n_("figures it rests on"))


class RuleInFull(RuleInList):
    """One rule with its conditions, and every figure with its history."""

    conditions: list[Condition] = Field(description=n_("its conditions in order, then its amount, then the most it may be"))
    parameters: dict[str, list[Version]] = Field(description=n_("its figures, each with all that is on file, oldest first"))
    excludes: list[str] = Field(description=n_("rules that may not be granted beside it"))
    basis: list[str] = Field(description=n_("documents it rests on"))


TODAY: Any = Query(None, description=n_("date; today by default"))


@router.get("/rules", response=answers(Listed[RuleInList]), summary=n_("Every rule the city decides by, as it reads on a date"))
def rules(request: HttpRequest, on: Day = TODAY, after: After = "", size: Size = 50) -> dict[str, Any]:
    found = readings(viewer_of(request), on or timezone.localdate())
    rows, next_ = page_of(found, lambda row: row.rule.name, after, size)
    return {"items": [_rule(row) for row in rows], "next": next_}


@router.get("/rules/{rule}", response=answers(RuleInFull), summary=n_("One rule: its conditions, and every figure with its sources"))
def rule(request: HttpRequest, rule: Key, on: Day = TODAY) -> dict[str, Any]:
    found = reading(viewer_of(request), rule, on or timezone.localdate())
    return _rule(found) | {
        "conditions": [_condition(part) for part in found.text.parts],
        "parameters": {
            name: [_version(paper, found.confirmed) for paper in setting.papers] for name, setting in found.text.settings.items()
        },
        "excludes": list(found.excludes),
        "basis": list(found.rule.basis),
    }


def _rule(found: Reading) -> dict[str, Any]:
    own, text = found.rule, found.text
    return {
        "rule": own.name,
        "domain": found.domain,
        "title": words(own.title),
        "subject": words(found.subject),
        "kind": own.result.kind,
        "on_file": text.force,
        "statuses": text.statuses,
        "confirmed": found.confirmed_now,
        "checked_on": text.instrument.checked_on if text.instrument else None,
        **{name: getattr(own, name) for name in ("facts", "channel", "unit", "governed_by")},
    }


def _condition(part: Clause) -> dict[str, Any]:
    return {
        "name": part.name,
        "sentence": words(part.sentence),
        "reading": words(part.reading),
        "inputs": [asked.name for asked in part.asked],
        "parameters": [setting.name for setting in part.settings],
    }


def _version(paper: Paper, confirmed: frozenset[str]) -> dict[str, Any]:
    version = paper.entry.version
    return {
        "values": [words(value) for value in paper.values],
        "missing": words(paper.entry.missing),
        "jurisdiction": words(paper.whose),
        "holds": paper.holds,
        "confirmed": paper.entry.digest in confirmed,
        **{name: getattr(version, name) for name in ("valid_from", "valid_until", "document", "article", "status")},
    }
