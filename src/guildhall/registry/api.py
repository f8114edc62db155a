"""Places and organisations as JSON."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as n_
from ninja import Field, Router, Schema
from ninja.params.functions import Path, Query

from guildhall.registry import queries
from guildhall.registry.models import Organisation as OrganisationRow
from guildhall.registry.models import Place as PlaceRow
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
