"""Names for the header of a page: the viewer's own place, organisation and person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from guildhall.kernel.tables import Text
from guildhall.office.viewers import Named
from guildhall.registry.engine.identity import masked
from guildhall.registry.models import Identity, Organisation, Place, vault
from guildhall.registry.models.sealed import TABLE
from guildhall.registry.queries import responsible_today
from guildhall.registry.queries.merged import leaders
from guildhall.registry.queries.scope import people
from guildhall.web.viewer import PUBLIC, Viewer


@dataclass(frozen=True)
class Attested:
    """Whom a printed page is about: the name, the identity number masked, and the place whose authority answers for them today."""

    name: str
    number: str
    place: Text | None


def names_of(viewer: Viewer) -> Named:
    """What the viewer stands for, by name in the reader's language. The person is the viewer's own record, or the one acted for."""
    place = Place.objects.filter(pk=viewer.place).first() if viewer.place else None
    organisation = Organisation.objects.filter(pk=viewer.organisation).first() if viewer.organisation else None
    return Named(_in_language(place), _in_language(organisation), _person(viewer.worker) if viewer.worker else "")


def _in_language(row: Place | Organisation | None) -> str:
    if row is None:
        return ""
    first, second = (row.name_en, row.name_zh) if (get_language() or "").startswith("en") else (row.name_zh, row.name_en)
    return str(first or second or "")


def _person(worker_id: int) -> str:
    found = Identity.objects.filter(pk=worker_id).first()
    return vault().open(TABLE, "name", worker_id, found.name_sealed) if found else ""


def names_of_people(worker_ids: Collection[int]) -> dict[int, str]:
    """The names of people by the keys of their records, opened for a page whose viewer may see them; who was erased is left out."""
    leading = leaders(worker_ids)
    sealed = dict(Identity.objects.filter(pk__in=leading.values()).values_list("pk", "name_sealed"))
    opened = {key: vault().open(TABLE, "name", key, value) for key, value in sealed.items()}
    return {key: opened[first] for key, first in leading.items() if first in opened}


def attested(viewer: Viewer, worker_id: int, today: date) -> Attested | None:
    """Whom a page printed for that person is about; None for whom the viewer does not see, or who was erased."""
    worker = people(viewer, today).select_related("identity").filter(pk=leaders([worker_id])[worker_id]).first()
    if worker is None or not hasattr(worker, "identity"):
        return None
    held, row = vault(), worker.identity
    number = masked(held.open(TABLE, "identity_number", worker.pk, row.number_sealed)) if row.number_sealed else ""
    found = responsible_today(PUBLIC, worker.residence_id, today)
    place = Text(found.name_zh, found.name_en or found.name_zh) if found else None
    return Attested(held.open(TABLE, "name", worker.pk, row.name_sealed), number, place)
