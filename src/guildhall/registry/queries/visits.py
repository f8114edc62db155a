"""What a visit sheet is made of and read with: people in care, places, purposes; and what became of sheets that were brought in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.registry.engine.cells.places import Places
from guildhall.registry.engine.purposes import PURPOSES, Purpose
from guildhall.registry.engine.roster import CellFault, Rejected
from guildhall.registry.engine.visits import Known, letters
from guildhall.registry.models import ImportBatch
from guildhall.registry.models.staged import open_cells
from guildhall.registry.queries.care import InCare, in_care
from guildhall.registry.queries.homes import homes
from guildhall.registry.queries.imports import known_places
from guildhall.web.viewer import Viewer


@dataclass(frozen=True)
class Sheet:
    """What is printed: one line for each person in care, and the purposes one can agree to, each under its letter."""

    people: tuple[InCare, ...]
    purposes: tuple[tuple[str, Purpose], ...]


def asked() -> tuple[Purpose, ...]:
    """The purposes that need consent, in order."""
    return tuple(purpose for purpose in PURPOSES if purpose.needs_consent)


def sheet(viewer: Viewer, today: date) -> Sheet:
    """The sheet of a broker. Raises NotFound for anyone else.

    Who took the leave back is not on it; whose leave ran out is, as it may be given anew by signature.
    """
    if viewer.role != "broker" or viewer.mandate:
        raise NotFound(_("There is no such page"), why=_("only brokers print visit sheets"))
    people, seen = [], set[int]()
    for row in in_care(viewer, today):
        if row.mandate.revoked_at is None and row.mandate.worker_id not in seen:
            seen.add(row.mandate.worker_id)
            people.append(row)
    lettered = letters([purpose.key for purpose in asked()])
    return Sheet(tuple(people), tuple(zip(lettered, asked(), strict=True)))


def known(today: date) -> Known:
    """What must be known to read a filled sheet."""
    city, names, places = known_places(today)
    precise = frozenset(place.pk for _unit, inside in homes(today) for place in inside)
    return Known(Places(city, names, places), precise, letters([purpose.key for purpose in asked()]), today)


def brought(viewer: Viewer, batch_id: int) -> ImportBatch:
    """A sheet that the viewer brought in. Raises NotFound."""
    own = viewer.role == "broker" and not viewer.mandate
    found = ImportBatch.objects.filter(pk=batch_id, kind="visits", brought_by=viewer.name if own else "").first()
    if found is None:
        raise NotFound(_("There is no such sheet"), next=_("see the people in your care"))
    return found


def rejected(batch: ImportBatch) -> Iterator[Rejected]:
    """The rows of a sheet that were not taken, with their cells."""
    for row in batch.rejected_rows.order_by("row"):
        yield Rejected(row.row, tuple(CellFault.from_json(fault) for fault in row.faults), open_cells(row))
