"""Places, organisations and people as JSON. People need a key: a program asks in one role, and sees what that role sees."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as n_
from ninja import Field, Router, Schema
from ninja.params.functions import Path, Query
from pydantic import model_validator

from guildhall.office.bearer import Bearer
from guildhall.registry import queries
from guildhall.registry.models import Organisation as OrganisationRow
from guildhall.registry.models import Place as PlaceRow
from guildhall.registry.operations.people import find, look
from guildhall.registry.queries.people import ROLES, Found, Question, Row
from guildhall.registry.queries.people.leavers import organisation_of
from guildhall.registry.queries.people.record import Person as PersonRecord
from guildhall.web.answers import After, Day, Key, Listed, Search, Size, Words, answers
from guildhall.web.current import current
from guildhall.web.viewer import viewer_of

router = Router(tags=["registry"])

PlaceKind = Literal["city", "district", "county", "functional_zone", "township", "remainder", "park"]
OrganisationKind = Literal["enterprise", "college", "academy", "assessment_body", "park"]
ON: Any = Query(None, description=n_("only places that exist on this date"))
WITHIN: Any = Query(None, description=n_("with a place: the day on which what lay in it counts; the snapshot's date unless given"))
AnyPlaceKind = Annotated[Literal["", PlaceKind], Query(description=n_("kind of place"))]
AnyOrganisationKind = Annotated[Literal["", OrganisationKind], Query(description=n_("kind of organisation"))]
AskedLevel = Literal["", "L0", "L5", "L4", "L3", "L2", "L1", "LT", "LS"]
AskedStanding = Literal["", "worker", "student", "job_seeker"]
SealedAfter = Annotated[str, Query(max_length=500, pattern=r"^[A-Za-z0-9_-]*$", description=n_("`next` of the page before"))]
OF_PEOPLE = Bearer(*ROLES, task="people")
"""Routes of people: a key of a role that sees people, with the task `people`."""
Identifier = Annotated[int, Path(ge=1, le=2**53, description=n_("its key"))]
OptionalKey = Annotated[str, Query(max_length=80, pattern=r"^[A-Za-z0-9._-]*$", description=n_("key to narrow by; empty for all"))]


class Place(Schema):
    """A place and the dates between which it exists."""

    place_id: str = Field(description=n_("our key of the place"))
    code: str | None = Field(description=n_("official code; null while unknown"))
    kind: PlaceKind = Field(description=n_("kind of place"))
    name: Words = Field(description=n_("its name"))
    latitude: float | None = Field(description=n_("latitude, WGS-84"))
    longitude: float | None = Field(description=n_("longitude, WGS-84"))
    valid_from: date | None = Field(description=n_("first day it exists; null for always"))
    valid_until: date | None = Field(description=n_("first day it no longer exists; null to this day"))
    source: str = Field(description=n_("key of the document that states it"))
    status: str = Field(description=n_("how well it is known"))


class Relation(Schema):
    """A dated relation to another place."""

    place_id: str = Field(description=n_("the other place"))
    relation: str = Field(description=n_("kind of relation, or how much of it passed over"))
    valid_from: date | None = Field(description=n_("first day it holds; null for always"))
    valid_until: date | None = Field(description=n_("first day it no longer holds; null to this day"))


class PlaceInFull(Place):
    """A place with its history across mergers."""

    parents: list[Relation] = Field(description=n_("the places it lies in, by date"))
    predecessors: list[Relation] = Field(description=n_("the places it took over from"))
    successors: list[Relation] = Field(description=n_("the places it passed to"))
    responsible: str | None = Field(description=n_("the district or county responsible today"))


class Organisation(Schema):
    """An enterprise, college, academy, assessment body or park."""

    organisation_id: int = Field(description=n_("key of the organisation"))
    code: str = Field(description=n_("our own reference, not an official code"))
    kind: OrganisationKind = Field(description=n_("kind of organisation"))
    name: Words = Field(description=n_("its name"))
    cluster: str | None = Field(description=n_("industry cluster"))
    sector: str | None = Field(description=n_("sector"))
    size: str | None = Field(description=n_("size class"))
    above_scale: bool = Field(description=n_("industry above the designated size"))
    place_id: str = Field(description=n_("key of the place it stands in"))
    source: str = Field(description=n_("key of the document that states it"))
    status: str = Field(description=n_("how well it is known"))


class Person(Schema):
    """Somebody on record. What the role of the key is not shown is null."""

    worker_id: int = Field(description=n_("key of the person"))
    name: str = Field(description=n_("name"))
    identity_number: str | None = Field(description=n_("identity number, all but a few characters hidden"))
    phone: str | None = Field(description=n_("phone, all but a few characters hidden"))
    age: int | None = Field(description=n_("whole years of age today"))
    sex: str | None = Field(description=n_("sex"))
    level: str | None = Field(description=n_("level today, worked out from the certificates that hold; null also where there is none"))
    standing: str | None = Field(description=n_("main activity"))
    residence: str | None = Field(description=n_("key of the place of residence"))
    employers: list[int] | None = Field(description=n_("keys of the organisations the person works for today"))


class People(Listed[Person]):
    """One page of people."""

    count: int = Field(description=n_("how many there are, at most 1,000"))
    more: bool = Field(description=n_("whether there are more than `count`"))
    recognised: str = Field(description=n_("what the text was taken for"))
    not_sought: Literal["", "nothing", "short", "surname_where", "surname_many", "broad"] = Field(
        description=n_(
            "why nobody was looked for: nothing asked, too short, a surname without or with too large a place, a filter too wide"
        )
    )


class Asked(Schema):
    """What to look for. The text is sent in the body, so that no name and no number stands in an address."""

    text: str = Field("", max_length=80, description=n_("a name's beginning, initials, or a whole number; empty for the filters alone"))
    organisation: int | None = Field(None, ge=1, le=2**53, description=n_("only people who work for this organisation today"))
    place: str = Field("", max_length=80, pattern=r"^[A-Za-z0-9._-]*$", description=n_("only people who live in this place"))
    level: AskedLevel = Field("", description=n_("only people of this level today"))
    standing: AskedStanding = Field("", description=n_("only people with this main activity"))
    after: str = Field("", max_length=500, pattern=r"^[A-Za-z0-9_-]*$", description=n_("`next` of the page before"))
    size: int = Field(50, ge=1, le=200, description=n_("rows on a page"))

    @model_validator(mode="before")
    @classmethod
    def _is_an_object(cls, sent: Any) -> Any:
        """What is sent is an object: a list would be taken for one without fields."""
        if not isinstance(getattr(sent, "_obj", sent), dict):
            raise ValueError("an object is needed")
        return sent


class CertificateHeld(Schema):
    """A certificate or an appointment."""

    certificate_id: int = Field(description=n_("key of the certificate"))
    kind: str = Field(description=n_("skill-level certificate, or appointment to a post"))
    level: str = Field(description=n_("level"))
    occupation: str = Field(description=n_("occupation code"))
    issuer_id: int = Field(description=n_("issuing organisation"))
    issued_on: date = Field(description=n_("date of issue or appointment"))
    valid_until: date | None = Field(description=n_("first day it no longer holds"))
    state: Literal["decides", "holds", "ended", "to_come"] = Field(description=n_("what it says about the level today"))


class Spell(Schema):
    """A stretch of employment, or of insurance."""

    organisation_id: int | None = Field(description=n_("employer, or who pays"))
    occupation: str | None = Field(description=n_("occupation of the job; null for insurance"))
    kind: str = Field(description=n_("kind of contract, or scheme"))
    started_on: date = Field(description=n_("first day"))
    ended_on: date | None = Field(description=n_("first day after it; null while it lasts"))


class PersonInFull(Person):
    """Somebody on record with the history, as far as the role of the key is shown it."""

    certificates: list[CertificateHeld] = Field(description=n_("certificates and appointments, latest first"))
    employment: list[Spell] = Field(description=n_("spells of employment, latest first"))
    insurance: list[Spell] = Field(description=n_("spells of insurance, latest first"))


@router.get("/places", response=answers(Listed[Place]), summary=n_("Places, narrowed by kind, name and date"))
def places(
    request: HttpRequest,
    kind: AnyPlaceKind = "",
    name: Search = "",
    on: Day = ON,
    after: After = "",
    size: Size = 50,
) -> dict[str, Any]:
    found = queries.places(viewer_of(request), kind=kind, name=name, on=on, after=after, size=size)
    return {"items": [_place(row) for row in found.rows], "next": found.next}


@router.get("/places/{place_id}", response=answers(PlaceInFull), summary=n_("One place, its parents by date, and what mergers did to it"))
def place(request: HttpRequest, place_id: Key) -> dict[str, Any]:
    found = queries.history(viewer_of(request), place_id, timezone.localdate())
    return _place(found.place) | {
        "parents": [_relation(row.place.place_id, row.relation, row.valid_from, row.valid_until) for row in found.parents],
        "predecessors": [_relation(row.place_id, row.scope, row.effective_on, None) for row in found.predecessors],
        "successors": [_relation(row.successor_id, row.scope, row.effective_on, None) for row in found.successors],
        "responsible": found.responsible.place_id if found.responsible else None,
    }


@router.get(
    "/organisations", response=answers(Listed[Organisation]), summary=n_("Organisations, narrowed by kind, place, cluster and name")
)
def organisations(
    request: HttpRequest,
    kind: AnyOrganisationKind = "",
    place: OptionalKey = "",
    on: Day = WITHIN,
    cluster: OptionalKey = "",
    name: Search = "",
    after: After = "",
    size: Size = 50,
) -> dict[str, Any]:
    on = (on or current().on) if place else date.max
    found = queries.organisations(viewer_of(request), kind=kind, place=place, on=on, cluster=cluster, name=name, after=after, size=size)
    return {"items": [_organisation(row) for row in found.rows], "next": found.next}


@router.get("/organisations/{organisation_id}", response=answers(Organisation), summary=n_("One organisation"))
def organisation(request: HttpRequest, organisation_id: Identifier) -> dict[str, Any]:
    return _organisation(queries.organisation(viewer_of(request), organisation_id))


def _place(row: PlaceRow) -> dict[str, Any]:
    names = ("place_id", "code", "kind", "latitude", "longitude", "valid_from", "valid_until", "source", "status")
    return {name: getattr(row, name) for name in names} | {"name": {"zh": row.name_zh, "en": row.name_en}}


def _relation(place_id: str, relation: str, valid_from: date | None, valid_until: date | None) -> dict[str, Any]:
    return {"place_id": place_id, "relation": relation, "valid_from": valid_from, "valid_until": valid_until}


def _organisation(row: OrganisationRow) -> dict[str, Any]:
    names = ("organisation_id", "code", "kind", "cluster", "sector", "size", "above_scale", "place_id", "source", "status")
    return {name: getattr(row, name) for name in names} | {"name": {"zh": row.name_zh, "en": row.name_en or ""}}


@router.post("/people/search", response=answers(People), auth=OF_PEOPLE, summary=n_("People, by what is known of them"))
def search_people(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    question = Question(asked.text, asked.organisation, asked.place, asked.level, asked.standing)
    return _people(find(question=question, by=viewer_of(request), now=timezone.now(), after=asked.after, size=asked.size))


@router.get("/people/{worker_id}", response=answers(PersonInFull), auth=OF_PEOPLE, summary=n_("One person; the look is written down"))
def person(request: HttpRequest, worker_id: Identifier) -> dict[str, Any]:
    return _in_full(look(worker_id=worker_id, by=viewer_of(request), now=timezone.now()))


@router.get(
    "/organisations/{organisation_id}/people",
    response=answers(People),
    auth=OF_PEOPLE,
    summary=n_("People who work for an organisation today"),
)
def organisation_people(request: HttpRequest, organisation_id: Identifier, after: SealedAfter = "", size: Size = 50) -> dict[str, Any]:
    viewer, now = viewer_of(request), timezone.now()
    organisation_of(viewer, organisation_id, timezone.localdate(now))
    return _people(find(question=Question(organisation=organisation_id), by=viewer, now=now, after=after, size=size))


def _people(found: Found) -> dict[str, Any]:
    rows = [_person(row) for row in found.rows]
    told = {"count": found.count, "more": found.more, "recognised": found.asked.kind, "not_sought": found.hint}
    return {"items": rows, "next": found.next, **told}


def _person(row: Row) -> dict[str, Any]:
    return {
        "worker_id": row.worker_id,
        "name": row.name,
        "identity_number": row.number or None,
        "phone": row.phone or None,
        "age": row.age,
        "sex": row.sex or None,
        "level": row.level or None,
        "standing": row.standing or None,
        "residence": row.residence.place_id if row.residence else None,
        "employers": [employer.organisation_id for employer in row.employers],
    }


def _in_full(found: PersonRecord) -> dict[str, Any]:
    worker, shown = found.worker, found.shown
    return {
        "worker_id": worker.worker_id,
        "name": found.name,
        "identity_number": found.number or None,
        "phone": found.phone or None,
        "age": found.age if "birth" in shown else None,
        "sex": worker.sex if "sex" in shown else None,
        "level": found.level or None,
        "standing": worker.standing if "standing" in shown else None,
        "residence": worker.residence_id if "residence" in shown else None,
        "employers": [employer.organisation_id for employer in found.employers],
        "certificates": [_certificate(held.row) | {"state": held.state} for held in found.certificates],
        "employment": [_spell(job.row) | {"occupation": job.row.occupation, "kind": job.row.contract} for job in found.employment],
        "insurance": [_spell(job.row) | {"occupation": None, "kind": job.row.scheme} for job in found.insurance],
    }


def _certificate(row: Any) -> dict[str, Any]:
    names = ("certificate_id", "kind", "level", "occupation", "issuer_id", "issued_on", "valid_until")
    return {name: getattr(row, name) for name in names}


def _spell(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("organisation_id", "started_on", "ended_on")}
