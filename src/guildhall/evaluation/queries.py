"""What recognition answers one person: for each certificate the title and its pay, for a class its schooling, for a title the level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guildhall.city.instruments import Document
from guildhall.evaluation.engine import RULEBOOK
from guildhall.evaluation.tables import CLASSES, RECOGNITION_FACTS, SOUGHT_LEVELS, TITLE_FACTS, TITLES
from guildhall.kernel.tables import Table
from guildhall.kernel.territory import Territory
from guildhall.office.queries.parameters import parameters as in_force
from guildhall.registry.queries import published, territory
from guildhall.registry.queries.standing import kept
from guildhall.rules import Decision, Rule, decide
from guildhall.rules.parameters import NATION, Found, Parameters
from guildhall.skills.engine.earlier import EARLIER_CODES
from guildhall.web.pack import city
from guildhall.web.viewer import PUBLIC, Viewer

Facts = dict[str, object]
Rows = Mapping[str, list[dict[str, Any]]]
FULL_SENIOR = "full_senior"
OPENS = dict(zip(SOUGHT_LEVELS, TITLES, strict=False))
"""The title a level is asked about where no text in force names one: the answer is then that it cannot be said."""
BELOW = {"L3": "L4", "L2": "L3", "L1": "L2"}


@dataclass(frozen=True)
class Said:
    """What a person says of themselves, which no record holds; None where nothing is said."""

    appointed: bool | None = None
    class_completed: str | None = None
    title_held: str | None = None
    title_since: date | None = None
    worked_months: int | None = None
    edition: str | None = None
    sought_level: str | None = None


@dataclass(frozen=True)
class Answer:
    """One rule, the facts it read, and what it says."""

    rule: Rule
    facts: Facts
    decision: Decision


@dataclass(frozen=True)
class Elsewhere:
    """What another province's text would say: shown beside, and deciding nothing here."""

    jurisdiction: str
    document: Document | None
    answer: Answer


@dataclass(frozen=True)
class OfCertificate:
    """What one certificate or appointment opens: a title, pay on a par with one, and the highest title."""

    row: Mapping[str, Any]
    title: Answer | None
    pay: Answer | None
    full: Answer | None = None
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True)
class Recognition:
    """Everything recognition answers of a person on a day."""

    on: date
    certificates: tuple[OfCertificate, ...]
    lower: int
    schooling: tuple[Answer, ...]
    level: Answer | None = None
    said: Said = field(default_factory=Said)


def of_person(viewer: Viewer, worker_id: int, *, on: date, today: date, said: Said | None = None) -> Recognition:
    """What a person's certificates, class and title are worth as of a day. Raises NotFound for whom the viewer may not see."""
    told = said or Said()
    rows = published.of_person(viewer, worker_id, today)
    held = [row for row in rows["registry.certificates"] if row["issued_on"] <= on]
    high = [row for row in held if row["level"] in (*SOUGHT_LEVELS, "LT", "LS")]
    parameters = in_force()
    shared = _person(rows, on)
    ordered = sorted(high, key=lambda row: (row["issued_on"], row["certificate_id"]), reverse=True)
    return Recognition(
        on,
        tuple(_of_certificate(parameters, rows, row, shared, told, on) for row in ordered),
        len(held) - len(high),
        tuple(_schooling(parameters, shared, told.class_completed, on)),
        _level(parameters, rows, shared, told, on) if told.sought_level else None,
        told,
    )


def _person(rows: Rows, on: date) -> Facts:
    """What is the same whatever is asked: who applies, where, and when."""
    worker = rows["registry.workers"][0]
    jobs = [row for row in rows["registry.employment_spells"] if _holds(row["started_on"], row["ended_on"], on)]
    job = max(jobs, key=lambda row: (row["started_on"], row["spell_id"]), default=None)
    at = next((row["place"] for row in rows["registry.organisations"] if job and row["organisation_id"] == job["organisation_id"]), None)
    return {
        "worker_id": worker["worker_id"],
        "birth_month": worker["birth_month"],
        "place": _unit(str(at or worker["residence"]), on),
        "applied_on": on,
    }


def _unit(place: str, on: date) -> str:
    """The district of a place on a day, for which texts may be on file; the city's where there is none."""
    tree: Territory = kept(("territory",), lambda: territory(PUBLIC))
    found = tree.unit_of(place, on) if place in tree.nodes else None
    return found or city().root


def _holds(start: date, end: date | None, on: date) -> bool:
    return start <= on and (end is None or on < end)


def _of_certificate(parameters: Parameters, rows: Rows, row: Mapping[str, Any], shared: Facts, told: Said, on: date) -> OfCertificate:
    taken = {name: row[name] for name in ("certificate_id", "kind", "level", "occupation", "issued_on", "valid_until")}
    facts = _row(RECOGNITION_FACTS, {**taken, **shared, "appointed": _appointed(rows, row, told, on)})
    if row["level"] not in SOUGHT_LEVELS:
        return OfCertificate(row, None, _asked(parameters, "title_parity", facts | {"sought": FULL_SENIOR}, on))
    opens = _listed(parameters, "title_recognition", "title", str(row["level"]), facts, on)
    par = _listed(parameters, "title_parity", "parity", str(row["level"]), facts, on)
    full = _asked(parameters, "title_recognition", facts | {"sought": FULL_SENIOR}, on) if row["level"] == "L1" else None
    return OfCertificate(
        row,
        _asked(parameters, "title_recognition", facts | {"sought": opens}, on),
        _asked(parameters, "title_parity", facts | {"sought": par}, on),
        full,
        tuple(_elsewhere(parameters, full, on)) if full else (),
    )


def _appointed(rows: Rows, row: Mapping[str, Any], told: Said, on: date) -> bool | None:
    """Whether the employer appointed the holder: as an appointment on record says, else as the person does."""
    same = (
        found
        for found in rows["registry.certificates"]
        if found["kind"] == "appointment" and (found["level"], found["occupation"]) == (row["level"], row["occupation"])
    )
    if any(_holds(found["issued_on"], found["valid_until"], on) for found in same):
        return True
    return False if row["kind"] == "appointment" else told.appointed


def _listed(parameters: Parameters, rule: str, name: str, level: str, facts: Facts, on: date) -> str:
    """The title that a table in force names for a level."""
    found = parameters.select(rule, name, on=on, place=str(facts["place"]), edition=None)
    table = found.parameter.tables[found.place] if isinstance(found, Found) else {}
    return str(table.get((level,), OPENS[level]))


def _elsewhere(parameters: Parameters, here: Answer, on: date) -> list[Elsewhere]:
    """The same under the texts of other provinces that are on file: of places this city does not answer to."""
    known = parameters.of(here.rule.name).get("months_to_full_senior")
    own = {NATION, *parameters.chain(str(here.facts["place"]), on)}
    instrument = city().instrument.get(here.rule.name)
    documents = {document.cited: document for document in instrument.documents.values()} if instrument else {}
    return [
        Elsewhere(
            version.jurisdiction,
            documents.get(version.document),
            _asked(parameters, here.rule.name, here.facts | {"place": version.jurisdiction}, on),
        )
        for version in (known.versions if known else ())
        if version.jurisdiction not in own and version.holds_on(on) and version.value is not None
    ]


def _schooling(parameters: Parameters, shared: Facts, completed: str | None, on: date) -> list[Answer]:
    """What each class counts as in the review of titles; of the one completed, also what it counts as elsewhere."""
    found = parameters.select("title_schooling", "equivalent_schooling", on=on, place=str(shared["place"]), edition=None)
    table = found.parameter.tables[found.place] if isinstance(found, Found) else {}
    answers = []
    for name in CLASSES[1:] if completed in (None, "none") else (completed,):
        for purpose in ("title_review", "general"):
            asked = {"class_completed": name, "schooling_asked": table.get((str(name),), "college"), "counted_for": purpose}
            answers.append(_asked(parameters, "title_schooling", _row(RECOGNITION_FACTS, {**shared, **asked}), on))
    return answers


def _level(parameters: Parameters, rows: Rows, shared: Facts, told: Said, on: date) -> Answer:
    """Whether a title opens the level asked about, in the occupation of the highest certificate or the job of the day."""
    below = BELOW[str(told.sought_level)]
    held = [row for row in rows["registry.certificates"] if row["level"] == below and _holds(row["issued_on"], row["valid_until"], on)]
    first = min(held, key=lambda row: (row["issued_on"], row["certificate_id"]), default=None)
    code = first["occupation"] if first else None
    facts = _row(
        TITLE_FACTS,
        {
            **shared,
            **{name: getattr(told, name) for name in ("sought_level", "title_held", "title_since", "worked_months", "edition")},
            "occupation": EARLIER_CODES.get(code, code) if code else None,
            "below_since": first["issued_on"] if first else None,
        },
    )
    return _asked(parameters, "skill_recognition", facts, on)


def _row(table: Table, known: Mapping[str, object]) -> Facts:
    """Every column of a facts table; None where nobody has said."""
    return {column.name: known.get(column.name) for column in table.columns}


def _asked(parameters: Parameters, name: str, facts: Facts, on: date) -> Answer:
    rule = RULEBOOK[name]
    return Answer(rule, facts, decide(rule, facts, parameters=parameters, on=on))
