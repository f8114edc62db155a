"""Reads on rosters: imports and their rows for who may see them, the lookups a roster is read with, and the proof of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.office.queries import work
from guildhall.registry.engine.decisions import NOTES, REJECTED, Staged
from guildhall.registry.engine.roster import CellFault, KnownPlace, Reference, Rejected
from guildhall.registry.models import ColumnMapping, ImportBatch, ImportChunk, Organisation, Place
from guildhall.registry.models.staged import open_cells, unpack
from guildhall.registry.queries import storable, territory
from guildhall.registry.queries.scope import jurisdiction, organisations_of
from guildhall.web.viewer import PUBLIC, Viewer

KIND, TASK, FEEDS = "roster", "roster", "feeds"
CITY_OFFICERS = ("assessor", "claims_officer")
"""Roles that keep people's records."""
LIVED_IN = ("city", "district", "county", "functional_zone", "township", "remainder")


@dataclass(frozen=True)
class Occupations:
    """The classification as a roster is read with it: code → name, and other words (job names, names in English) → codes."""

    names: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def batches(viewer: Viewer, today: date) -> QuerySet[ImportBatch]:
    """The rosters a viewer may see: of the organisations whose rosters the viewer may bring."""
    found = ImportBatch.objects.filter(kind=KIND).select_related("organisation")
    if not viewer.may(TASK):
        return found.none()
    return found if viewer.role == "system" else found.filter(organisation__in=organisations_of(viewer, today))


def batch(viewer: Viewer, batch_id: int, today: date) -> ImportBatch:
    """One of them. Raises NotFound."""
    found = batches(viewer, today).filter(pk=batch_id).first()
    if found is None:
        raise NotFound(_("There is no such import"), why=_("or it is not one of yours"), next=_("see the list of rosters"))
    return found


def recent(viewer: Viewer, today: date, *, before: int = 0, size: int = 50) -> tuple[list[ImportBatch], int]:
    """The newest of them, before an earlier one; and the key to go on from, 0 at the end."""
    rows = batches(viewer, today).order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else 0


@dataclass(frozen=True)
class Progress:
    """How far background work on a batch is: rows done and in all, and whether it stopped and will be tried again."""

    done: int
    total: int
    tried_again: bool


def progress_of(batch: ImportBatch, step: str) -> Progress | None:
    """How far the job is that reads (`check`) or applies (`apply`) a batch; None where none waits or runs."""
    job = (
        work.unfinished()
        .filter(kind="import" if batch.kind == KIND else "feed", key=f"{step} {batch.pk}", state__in=("waiting", "running"))
        .first()
    )
    if job is None:
        return None
    done, total = (batch.position, batch.rows) if step == "apply" else (job.done, batch.mapping.get("count", 0))
    return Progress(min(done, total), total, bool(job.error) and job.state == "waiting")


def owner(viewer: Viewer, organisation: int, today: date) -> Organisation:
    """An organisation whose roster a viewer may bring. Raises NotFound: who may not is told no more than that."""
    found = organisations_of(viewer, today).filter(pk=organisation).first() if viewer.may(TASK) else None
    if found is None:
        raise NotFound(_("There is no such organisation"), why=_("or it is not one of yours"), next=_("choose one of your organisations"))
    return found


def may_bring(viewer: Viewer, batch: ImportBatch, today: date) -> None:
    """Raises NotFound unless the viewer may bring files like this one: rosters of its organisation, or what other authorities send."""
    if batch.kind == KIND:
        owner(viewer, batch.organisation_id or 0, today)
    elif not brings_feeds(viewer, today):
        raise NotFound(_("There is no such import"))


def brings_feeds(viewer: Viewer, today: date) -> bool:
    """Whether the viewer may bring what other authorities send: it speaks of people of the whole city, so officers who keep people's
    records for the whole city may, and nobody for a part of it.
    """
    if viewer.role == "system":
        return True
    return viewer.role in CITY_OFFICERS and not viewer.mandate and viewer.may(FEEDS) and jurisdiction(viewer, today) is None


def owners(viewer: Viewer, today: date, name: str = "", limit: int = 50) -> list[Organisation]:
    """Organisations whose roster a viewer may bring, by name or the beginning of a name or code."""
    if not viewer.may(TASK):
        return []
    found = organisations_of(viewer, today)
    if name := storable(name):
        found = found.filter(Q(name_zh__contains=name) | Q(name_en__icontains=name) | Q(code__startswith=name))
    return list(found.order_by("name_zh", "organisation_id")[:limit])


def organisation_called(viewer: Viewer, code: str) -> Organisation:
    """The organisation with a code of ours. Raises NotFound."""
    found = Organisation.objects.filter(code=storable(code.strip())).first()
    if found is None:
        raise NotFound(_("There is no organisation “%(id)s”") % {"id": code}, next=_("see the list of organisations"))
    return found


def remembered(organisation: int) -> dict[str, str]:
    """What the columns of an organisation's files meant last time: {field: header}."""
    found = ColumnMapping.objects.filter(organisation_id=organisation, kind=KIND).first()
    return dict(found.mapping) if found else {}


def rejected_rows(batch: ImportBatch, *, after: int = 0, size: int = 200) -> list[tuple[int, list[CellFault]]]:
    """Rows that were not taken, in the order of the file, with what was wrong; values are masked."""
    rows = batch.rejected_rows.filter(row__gt=after).order_by("row")[:size]
    return [(row.row, faults_of(row.faults)) for row in rows]


def faults_of(kept: list[dict[str, Any]]) -> list[CellFault]:
    """Faults as they were kept."""
    return [CellFault.from_json(fault) for fault in kept]


def rejected(batch: ImportBatch) -> Iterator[Rejected]:
    """Those rows whole, to be written into a spreadsheet; without those whose cells have been erased."""
    for row in batch.rejected_rows.order_by("row").iterator(chunk_size=1_000):
        if row.cells_sealed is not None:
            yield Rejected(row.row, tuple(faults_of(row.faults)), open_cells(row))


def has_cells(batch: ImportBatch) -> bool:
    """Whether there are rejected rows whose cells are still kept."""
    return batch.rejected_rows.filter(cells_sealed__isnull=False).exists()


def may_take_rejected(viewer: Viewer, batch: ImportBatch) -> bool:
    """Whether the viewer gets the rejected rows in full: who brought the file, or its organisation, once it is applied.

    Other officers who may see the import see masked values: whoever corrects the rows has the numbers already.
    """
    own = viewer.role in ("employer", "college") and viewer.organisation == batch.organisation_id and not viewer.mandate
    brought = viewer.name == batch.brought_by and not viewer.mandate
    return batch.state == "done" and viewer.may(TASK) and (own or brought) and has_cells(batch)


def batch_proof(batch_id: int) -> Iterator[tuple[str, bytes]]:
    """The person and the row digest of every row of a batch that was taken: what the digest in its event is over."""
    packed = ImportChunk.objects.filter(batch_id=batch_id, outcomes__isnull=False).order_by("number").values_list("outcomes", flat=True)
    for outcomes in packed.iterator(chunk_size=8):
        yield from ((f"worker:{worker}", digest) for worker, _, outcome, _, digest in unpack(outcomes or b"") if outcome != REJECTED)


def noted(batch: ImportBatch, names: Sequence[str] = NOTES) -> dict[str, list[int]]:
    """Rows that were taken and of which something is told, by what is told."""
    found: dict[str, list[int]] = {}
    for packed in batch.chunks.filter(outcomes__isnull=False).order_by("number").values_list("outcomes", flat=True):
        for _worker, row, _outcome, notes, _digest in unpack(packed or b""):
            for bit, name in enumerate(names):
                if notes & 1 << bit:
                    found.setdefault(name, []).append(row)
    return found


def cells_again(row: Staged, mapping: Mapping[str, Any]) -> tuple[str, ...]:
    """The cells of a row that was read, under the header of its file, as they can be read again."""
    fields = {header: name for name, header in mapping["columns"].items()}
    return tuple(_cell(row, fields.get(header, "")) for header in mapping["header"])


def _cell(row: Staged, name: str) -> str:
    if name in ("occupation", "occupation_code"):
        return row.occupation or ""
    if name in ("residence", "township", "district"):
        return _place_cell(row.residence, name)
    if name == "ended_on" and row.ended_on:  # half open inside, the last day outside
        return (date.fromisoformat(row.ended_on) - timedelta(days=1)).isoformat()
    if name == "birth":
        return f"{row.identity_number[6:10]}-{row.identity_number[10:12]}-{row.identity_number[12:14]}"
    return str(getattr(row, name, None) or "")


def _place_cell(place_id: str | None, name: str) -> str:
    place = Place.objects.filter(pk=place_id).first() if place_id else None
    if place is None or (name != "residence" and (place.kind == "township") != (name == "township")):
        return ""
    return str(place.name_zh)


def reference(organisation: int, today: date, occupations: Callable[[], Occupations], *, made_up: bool) -> Reference:
    """What must be known to read a roster of an organisation: places with their districts, occupations, its own code, and whose unified
    credit codes are known.
    """
    owner = Organisation.objects.get(pk=organisation)
    known, credit = occupations(), Organisation.objects.exclude(credit_code=None).values_list("credit_code", "pk")
    city, names, places = known_places(today)
    return Reference(
        city=city,
        city_names=names,
        places=places,
        occupations=known.names,
        occupation_words=known.words,
        organisations={owner.code: owner.pk, **{code: key for code, key in credit if code}},
        organisation=owner.pk,
        made_up=made_up,
    )


def known_places(today: date) -> tuple[str, tuple[str, ...], tuple[KnownPlace, ...]]:
    """The key and the names of the city, and the places people live in, as `engine.cells.places` reads what people write."""
    city = Place.objects.filter(kind="city").order_by("pk").first()
    return city.pk if city else "", (city.name_zh, city.name_en) if city else (), tuple(_places(today))


def _places(today: date) -> Iterator[KnownPlace]:
    tree = territory(PUBLIC)
    names = dict(Place.objects.values_list("pk", "name_zh"))
    for place in Place.objects.filter(kind__in=LIVED_IN).order_by("pk"):
        above = [edge.parent_id for edge in tree.parents_ever(place.pk)]
        units = [unit for unit in above if tree.nodes[unit].kind in tree.unit_kinds]
        answers = tree.responsible_today(place.pk, today)
        ended = place.valid_until is not None and place.valid_until <= today
        told = tuple(dict.fromkeys(names[unit] for unit in units))
        yield KnownPlace(place.pk, place.name_zh, place.kind, told, names.get(answers or "", ""), ended)
