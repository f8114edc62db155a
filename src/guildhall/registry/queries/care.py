"""People whom one may act for: an officer for those of the own places, a broker for those who live where the broker is registered.

Neither is shown a list to choose from. The person stands there, or has signed: so name and identity number are both known, and both
must agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from guildhall.office.models import Mandate
from guildhall.office.queries.mandates import given_to, kind_of, usable
from guildhall.registry.engine.identity import masked, normalise_number
from guildhall.registry.engine.names import plain
from guildhall.registry.models import FormerName, Identity, Place, Worker, vault
from guildhall.registry.models.sealed import TABLE
from guildhall.registry.queries import scope
from guildhall.registry.queries.merged import leader, one_person
from guildhall.web.viewer import Viewer


@dataclass(frozen=True)
class InCare:
    """A person and the leave to act for them; who they are is opened for the page alone."""

    mandate: Mandate
    name: str
    number: str
    phone: str
    residence: Place
    holds: bool


def reach(viewer: Viewer, today: date) -> QuerySet[Worker]:
    """The people a viewer may come to act for; nobody in a role that acts for nobody, or while acting already."""
    if viewer.mandate or not kind_of(viewer):
        return Worker.objects.none()
    if viewer.role != "broker":
        return scope.people(viewer, today)
    places = scope.jurisdiction(viewer, today)
    rows = Worker.objects.filter(alias=None)
    return rows if places is None else rows.filter(residence_id__in=places)


def within_reach(viewer: Viewer, worker_id: int, today: date) -> bool:
    """Whether the person of a record is still among those whom the viewer may come to act for."""
    return reach(viewer, today).filter(pk=leader(worker_id)).exists()


def person_called(viewer: Viewer, name: str, number: str, today: date) -> Worker | None:
    """The one person within reach with this identity number who is, or was, called so; None where the two do not agree."""
    hashed = vault().keyed_hash("identity_number", normalise_number(number))
    found = Identity.objects.filter(number_hash=hashed).values_list("worker_id", flat=True).first()
    if found is None or not called_so(one_person(found), name):
        return None
    return reach(viewer, today).filter(pk=leader(found)).first()


def called_so(records: Sequence[int], name: str) -> bool:
    """Whether the person of some records is, or was, called so."""
    held = vault()
    rows = Identity.objects.filter(worker_id__in=records)
    earlier = FormerName.objects.filter(worker_id__in=records)
    sealed = [(row.worker_id, row.name_sealed) for row in rows] + [(row.worker_id, row.name_sealed) for row in earlier]
    return plain(name) in {plain(held.open(TABLE, "name", worker, known)) for worker, known in sealed}


def in_care(viewer: Viewer, today: date) -> list[InCare]:
    """The people whom the viewer's account has or had leave to act for in this role, those where it holds first, then the latest."""
    if viewer.mandate:
        return []
    mandates = list(given_to(viewer)[:500])
    live = set(usable(today).filter(pk__in=[mandate.pk for mandate in mandates]).values_list("pk", flat=True))
    people = Worker.objects.filter(pk__in={mandate.worker_id for mandate in mandates}).select_related("identity", "residence")
    workers = {worker.pk: worker for worker in people}
    rows = [_row(mandate, workers[mandate.worker_id], mandate.pk in live) for mandate in mandates if mandate.worker_id in workers]
    return sorted(rows, key=lambda row: (not row.holds, -row.mandate.pk))


def _row(mandate: Mandate, worker: Worker, holds: bool) -> InCare:
    held, row = vault(), worker.identity
    phone = held.open(TABLE, "phone", row.pk, row.phone_sealed) if row.phone_sealed else ""
    number = held.open(TABLE, "identity_number", row.pk, row.number_sealed)
    return InCare(mandate, held.open(TABLE, "name", row.pk, row.name_sealed), masked(number), masked(phone), worker.residence, holds)
