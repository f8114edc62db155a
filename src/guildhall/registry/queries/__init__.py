"""Reads for pages and the API: organisations and places. Every query takes who is looking.

Organisations and places are public, so these give every viewer the same. People are not: see `scope`, which says whom a viewer is led to,
and `people`, which finds them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import IntegerField, Model, Q, QuerySet
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.kernel.territory import Edge, Node, Succession, Territory, holds
from guildhall.registry.models import Organisation, Place, PlaceParent, PlaceSuccessor
from guildhall.registry.queries.standing import kept
from guildhall.web.viewer import Viewer

COUNT_CAP = 1_000
"""Counting stops here: a page then says "1,000+"."""
LARGEST_PAGE = 200
UNITS = ("district", "county")
R = TypeVar("R")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[R]):
    """One page of a list: its rows, the cursor of the next page (empty at the end), and how many there are, capped."""

    rows: tuple[R, ...]
    next: str
    count: int
    capped: bool


@dataclass(frozen=True)
class DatedPlace:
    """A place, and the dates between which a relation to it holds."""

    place: Place
    relation: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True)
class PlaceHistory:
    """Where a place lay, what it came from and became, and the unit that answers for it on the day asked for."""

    place: Place
    parents: tuple[DatedPlace, ...]
    predecessors: tuple[PlaceSuccessor, ...]
    successors: tuple[PlaceSuccessor, ...]
    responsible: Place | None


@dataclass(frozen=True)
class Division:
    """How the city is divided on a date: what stands, what has ended by then, and what is still to come."""

    top: tuple[Place, ...]
    units: tuple[Place, ...]
    ended: tuple[Place, ...]
    to_come: tuple[Place, ...]
    zones: tuple[Place, ...]


def organisations(
    viewer: Viewer,
    *,
    kind: str = "",
    place: str = "",
    on: date = date.max,
    cluster: str = "",
    name: str = "",
    language: str = "zh",
    after: str = "",
    size: int = 50,
) -> Page[Organisation]:
    """Organisations in the order of their names, narrowed by any of kind, place, cluster and the beginning of the name.

    The order is that of the names in `language`. A beginning in Latin letters is sought among English names first, any other among
    Chinese ones; where none begins so, among the others. What is found is then in the order of the names that were searched.
    A place stands for all that counts towards it on the date `on`: a district for its townships and parks, and for the district
    it took over. Without a date that is after every change on record. Raises NotFound for a place that is unknown.
    """
    given: dict[str, Any] = {key: storable(value) for key, value in {"kind": kind, "cluster": cluster}.items() if value}
    if place:
        given["place_id__in"] = sorted(within(viewer, place, on))
    rows, column = _named(Organisation.objects.filter(**given).select_related("place"), name, language)
    return page(rows, (column, "organisation_id"), after, size)


def _named(rows: QuerySet[Organisation], prefix: str, language: str) -> tuple[QuerySet[Organisation], str]:
    """Those of the rows whose name begins so, and the column of that name: one index then both finds and orders them."""
    if not prefix:
        return rows, "english_key" if language.startswith("en") else "name_zh"
    asked = {"name_zh": prefix, "english_key": "".join(letter.lower() if letter.isascii() else letter for letter in prefix)}
    first, second = ("english_key", "name_zh") if prefix.isascii() else ("name_zh", "english_key")
    found = rows.filter(starts_with(first, asked[first]))
    return (found, first) if found.exists() else (rows.filter(starts_with(second, asked[second])), second)


def organisation(viewer: Viewer, organisation_id: int) -> Organisation:
    """One organisation. Raises NotFound."""
    return one(
        Organisation.objects.select_related("place"),
        organisation_id,
        _("There is no organisation “%(id)s”"),
        _("see the list of organisations"),
    )


def places(viewer: Viewer, *, kind: str = "", name: str = "", on: date | None = None, after: str = "", size: int = 50) -> Page[Place]:
    """Places in the order of their keys, narrowed by kind, the beginning of the name, and to those that exist on a date."""
    rows = Place.objects.filter(starts_with("name_zh", name))
    if kind:
        rows = rows.filter(kind=storable(kind))
    if on:
        rows = rows.filter(_holding(on))
    return page(rows, ("place_id",), after, size)


def place(viewer: Viewer, place_id: str) -> Place:
    """One place. Raises NotFound."""
    return one(Place.objects.all(), place_id, _("There is no place “%(id)s”"), _("see the list of places"))


def division(viewer: Viewer, on: date) -> Division:
    """The city, its districts and counties and its functional zones, by key, districts first."""
    every = Place.objects.filter(kind__in=("city", *UNITS, "functional_zone")).order_by("place_id")
    of_kind = {kind: [place for place in every if place.kind == kind] for kind in ("city", *UNITS, "functional_zone")}
    units = [place for kind in UNITS for place in of_kind[kind]]
    return Division(
        top=tuple(of_kind["city"]),
        units=tuple(place for place in units if holds(place.valid_from, place.valid_until, on)),
        ended=tuple(place for place in units if place.valid_until and place.valid_until <= on),
        to_come=tuple(place for place in units if place.valid_from and place.valid_from > on),
        zones=tuple(place for place in of_kind["functional_zone"] if holds(place.valid_from, place.valid_until, on)),
    )


def children(viewer: Viewer, place_id: str, on: date) -> list[DatedPlace]:
    """The places that lie in one on a date, by key."""
    rows = PlaceParent.objects.filter(_holding(on), parent_id=storable(place_id)).select_related("place").order_by("relation", "place_id")
    return [DatedPlace(row.place, row.relation, row.valid_from, row.valid_until) for row in rows]


def seen(place: Place, on: date) -> date:
    """The day a place is shown as it was: the date asked for, or its last day where it has ended by then."""
    return place.valid_until - timedelta(days=1) if place.valid_until and place.valid_until <= on else on


def within(viewer: Viewer, place_id: str, on: date) -> set[str]:
    """Keys of the places that count towards one on a date, itself included: what lies in it by either relation, at any depth, and
    what passed to it. A place that has ended by then is taken as on its last day. Raises NotFound.
    """
    top = place(viewer, place_id)
    on = seen(top, on)
    known, wanted = set[str](), {top.place_id}
    while wanted:
        known |= wanted
        below = PlaceParent.objects.filter(_holding(on), _holding(on, "place__"), parent_id__in=wanted)
        inherited = {"scope__in": ("whole", "remainder"), "effective_on__lte": on, "place__valid_until__lte": on}
        past = PlaceSuccessor.objects.filter(successor_id__in=wanted, **inherited)
        wanted = {*below.values_list("place_id", flat=True), *past.values_list("place_id", flat=True)} - known
    return known


def history(viewer: Viewer, place_id: str, today: date) -> PlaceHistory:
    """The whole history of a place across mergers. Raises NotFound."""
    found = place(viewer, place_id)
    rows = PlaceParent.objects.filter(place_id=place_id).select_related("parent")
    ordered = sorted(rows, key=lambda row: (row.valid_from or date.min, row.relation, row.parent_id))
    return PlaceHistory(
        found,
        tuple(DatedPlace(row.parent, row.relation, row.valid_from, row.valid_until) for row in ordered),
        tuple(PlaceSuccessor.objects.filter(successor_id=place_id).select_related("place").order_by("effective_on", "place_id")),
        tuple(PlaceSuccessor.objects.filter(place_id=place_id).select_related("successor").order_by("effective_on", "successor_id")),
        responsible_today(viewer, place_id, today),
    )


def responsible_today(viewer: Viewer, place_id: str, today: date) -> Place | None:
    """The district or county whose authority answers today for a place, even one that ended; None above districts.

    Raises NotFound.
    """
    found = kept(("responsible", place_id, today), lambda: _responsible(viewer, place_id, today))
    return Place.objects.get(pk=found) if found else None


def _responsible(viewer: Viewer, place_id: str, today: date) -> str | None:
    tree = _lineage(place_id)
    if place_id not in tree.nodes:
        place(viewer, place_id)
    return tree.responsible_today(place_id, today)


def territory(viewer: Viewer) -> Territory:
    """The whole dated tree of places."""
    return _territory(Place.objects.all(), PlaceParent.objects.all(), PlaceSuccessor.objects.all())


def _lineage(place_id: str) -> Territory:
    """The part of the tree that decides who answers for one place: what lies above it and what follows it."""
    known: set[str] = set()
    wanted = {storable(place_id)}
    while wanted:
        known |= wanted
        above = PlaceParent.objects.filter(place_id__in=wanted).values_list("parent_id", flat=True)
        heirs = PlaceSuccessor.objects.filter(place_id__in=wanted).values_list("successor_id", flat=True)
        wanted = {*above, *heirs} - known
    of_known = {"place_id__in": known}
    return _territory(Place.objects.filter(**of_known), PlaceParent.objects.filter(**of_known), PlaceSuccessor.objects.filter(**of_known))


def _territory(nodes: QuerySet[Place], edges: QuerySet[PlaceParent], successions: QuerySet[PlaceSuccessor]) -> Territory:
    return Territory(
        [Node(*row) for row in nodes.values_list("place_id", "kind", "valid_from", "valid_until")],
        [Edge(*row) for row in edges.values_list("place_id", "parent_id", "relation", "valid_from", "valid_until")],
        [Succession(*row) for row in successions.values_list("place_id", "successor_id", "effective_on", "scope")],
    )


def _holding(on: date, of: str = "") -> Q:
    """Rows whose half-open validity contains `on`, or that of what they point to; see kernel.territory.holds."""
    begun = Q(**{f"{of}valid_from": None}) | Q(**{f"{of}valid_from__lte": on})
    return begun & (Q(**{f"{of}valid_until": None}) | Q(**{f"{of}valid_until__gt": on}))


def one(rows: QuerySet[M], key: int | str, what: str, next: str) -> M:
    """The row with this primary key. Raises NotFound, which says `what` (with the key as %(id)s) and what to do `next`."""
    found = rows.filter(pk=storable(key) if isinstance(key, str) else key).first()
    if found is None:
        raise NotFound(what % {"id": key}, next=next)
    return found


def storable(text: str) -> str:
    """`text` with what no database column can hold (a null character, half a surrogate pair) made harmless: it then matches nothing."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def starts_with(column: str, prefix: str) -> Q:
    """The column begins with `prefix`: a range, so that the index of a bytewise column serves it on either database."""
    prefix = storable(prefix)
    stem = prefix.rstrip("\U0010ffff")  # the last character of all has none after it
    if not stem:
        return Q(**{f"{column}__gte": prefix}) if prefix else Q()
    following = "\ue000" if stem[-1] == "\ud7ff" else chr(ord(stem[-1]) + 1)
    return Q(**{f"{column}__gte": prefix, f"{column}__lt": stem[:-1] + following})


def page(rows: QuerySet[M], key: Sequence[str], after: str, size: int) -> Page[M]:
    """One page of `rows` in the order of `key` (at most two columns, the last unique), after a cursor from an earlier page."""
    size = max(1, min(size, LARGEST_PAGE))
    ordered = rows.order_by(*key)
    if after:
        ordered = ordered.filter(_beyond(key, _uncursor(after, key, rows.model)))
    found = list(ordered[: size + 1])
    more = len(found) > size
    count = rows.order_by()[: COUNT_CAP + 1].count() if more or after else len(found)  # a first page that is the last needs no count
    return Page(tuple(found[:size]), _cursor(found[size - 1], key) if more else "", min(count, COUNT_CAP), count > COUNT_CAP)


def _beyond(key: Sequence[str], last: Sequence[Any]) -> Q:
    """Rows after `last`. The first condition alone is a range of the index; the second drops what it lets through."""
    if len(key) == 1:
        return Q(**{f"{key[0]}__gt": last[0]})
    return Q(**{f"{key[0]}__gte": last[0]}) & (Q(**{f"{key[0]}__gt": last[0]}) | Q(**{f"{key[1]}__gt": last[1]}))


def _cursor(row: Model, key: Sequence[str]) -> str:
    values = [getattr(row, name) for name in key]
    return base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()).decode().rstrip("=")


def _uncursor(text: str, key: Sequence[str], model: type[Model]) -> list[Any]:
    """The key values in a cursor. Raises NotFound for a cursor that no list of this key gave out."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        kinds = [int if isinstance(model._meta.get_field(name), IntegerField) else str for name in key]
        if [type(value) for value in values] == kinds and json.dumps(values, ensure_ascii=False).encode():
            return [storable(value) if isinstance(value, str) else value for value in values]
    except (ValueError, TypeError, RecursionError):
        pass
    raise NotFound(_("The page asked for is not one this list gave out"), next=_("start again at the first page"))
