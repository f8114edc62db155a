"""What can be done with the registry: verbs, each atomic, called by one page, route or command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from guildhall.kernel.errors import Fault, GuildhallError
from guildhall.kernel.imports import report
from guildhall.kernel.sheets import ImportReport
from guildhall.kernel.territory import Edge, Territory
from guildhall.office.operations.audit import record
from guildhall.registry.engine.townships import District, Move, Township, balance, edges_of, moves, read_townships
from guildhall.registry.load import BINDINGS, CHAIN, LoadReport, Progress, abandon_load, load_folder
from guildhall.registry.models import Place, PlaceParent, refuse_unfinished
from guildhall.registry.queries import territory
from guildhall.registry.snapshot import TABLES as PUBLISHED
from guildhall.registry.snapshot import origin
from guildhall.registry.snapshot import read as read_published
from guildhall.web.viewer import PUBLIC, Viewer

__all__ = [
    "BINDINGS",
    "PUBLISHED",
    "LoadReport",
    "Progress",
    "abandon_load",
    "import_townships",
    "load_folder",
    "origin",
    "read_published",
    "refuse_unfinished",
]

LIST_STATUS = "unverified"
"""How well a township from a list is known: a file does not say who vouches for it."""


def import_townships(*, content: bytes, name: str, by: Viewer, now: datetime) -> ImportReport:
    """Adds and renames townships from a list in CSV, with the districts they lay in before and after every merger.

    The same file again changes nothing; no place is removed. What it adds or renames has the file's name as its source, and
    counts as unverified. Raises FaultsFound where the file is no such table, and GuildhallError where the registry has no
    districts yet or a load is unfinished; faults of single rows are in the report.
    """
    refuse_unfinished()
    read = read_townships(content, name, _districts())
    with transaction.atomic():
        outcomes, renamed = _apply(read.rows, name)
        details = {"file": name, "sha256": sha256(content).hexdigest(), "rejected": len(read.faults), **outcomes}
        record(subject=CHAIN, action="registry.import_townships", by=by, now=now, details=details)
    notes, told = (*read.notes, *renamed), _merger_remarks([row.code for row in read.rows])
    return report(read.sheet, outcomes, by=by.name, now=now, repeated=read.repeated, faults=read.faults, notes=notes, remarks=told)


def _districts() -> dict[str, District]:
    """Districts and counties of any time, by official code."""
    rows = Place.objects.filter(kind__in=("district", "county"), code__isnull=False)
    if not rows:
        raise GuildhallError("The registry holds no districts yet", next="load a city first: `guildhall demo --no-serve`")
    return {row.code: District(row.place_id, row.name_zh) for row in rows if row.code}


def _apply(rows: Iterable[Township], source: str) -> tuple[Counter[str], list[Fault]]:
    """Adds townships and their dated parents, and corrects names; counts rows by outcome."""
    tree = territory(PUBLIC)
    known = {place.code: place for place in Place.objects.filter(kind="township")}
    outcomes: Counter[str] = Counter()
    places: list[Place] = []
    parents: list[PlaceParent] = []
    renamed: list[Fault] = []
    for row in rows:
        place = known.get(row.code)
        if place is None:
            places.append(_place(row, source))
            parents += [_parent(edge, source) for edge in edges_of(row, tree)]
            outcomes["accepted"] += 1
        elif place.name_zh != row.name_zh:
            renamed.append(Fault(source, row.row, "name", f"{row.code} was called {place.name_zh}"))
            place.name_zh, place.source, place.status = row.name_zh, source, LIST_STATUS
            place.save()
            outcomes["changed"] += 1
        else:
            outcomes["unchanged"] += 1
    Place.objects.bulk_create(places, batch_size=500)
    PlaceParent.objects.bulk_create(parents, batch_size=500)
    return outcomes, renamed


def _place(row: Township, source: str) -> Place:
    """The list gives a Chinese name only; the English page shows it as it is until a romanised one has a source."""
    names = {"name_zh": row.name_zh, "name_en": row.name_zh}
    return Place(place_id=row.place_id, code=row.code, kind="township", source=source, status=LIST_STATUS, **names)


def _parent(edge: Edge, source: str) -> PlaceParent:
    return PlaceParent(
        place_id=edge.place_id,
        parent_id=edge.parent_id,
        relation=edge.relation,
        valid_from=edge.valid_from,
        valid_until=edge.valid_until,
        source=source,
        status="computed",
    )


def _merger_remarks(codes: list[str]) -> Iterator[str]:
    """What mergers did to these townships: per change the totals before and after, then each township that moved."""
    tree: Territory = territory(PUBLIC)
    names = dict(Place.objects.values_list("place_id", "name_zh"))
    townships = Place.objects.filter(kind="township", code__in=codes).order_by("code").values_list("place_id", flat=True)
    edges = [edge for place_id in townships for edge in tree.parents_ever(place_id)]
    moved = moves(edges)
    for on in sorted({move.on for move in moved}):
        yield _balance_line(edges, moved, on, names)
        for move in (move for move in moved if move.on == on):
            yield f"  {move.place_id} {names[move.place_id]}: {names[move.before]} → {names[move.after]}"


def _balance_line(edges: list[Edge], moved: list[Move], on: date, names: dict[str, str]) -> str:
    before, after = balance(edges, moved, on)

    def told(count: Counter[str]) -> str:
        return " + ".join(f"{names[unit]} {count[unit]}" for unit in sorted(count)) + f" = {count.total()}"

    return f"Merger of {on}: {told(before)} → {told(after)}; {sum(move.on == on for move in moved)} townships changed districts"
