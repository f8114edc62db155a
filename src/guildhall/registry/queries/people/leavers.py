"""People who worked for an organisation and do so no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.registry.models import EmploymentSpell, Identity, Organisation, vault
from guildhall.registry.queries import scope
from guildhall.registry.queries.merged import leaders
from guildhall.registry.queries.people import tokens
from guildhall.registry.queries.people.criteria import ByKey, Employed, Step
from guildhall.registry.queries.people.fields import shown_to
from guildhall.registry.queries.people.rows import IDENTITY
from guildhall.web.viewer import Viewer

BATCHES = 20
"""Batches read for one page at most; a page that found too little goes on from there when asked."""


@dataclass(frozen=True)
class Leaver:
    """Somebody who left: the name, and the last time with the organisation. `person` leads to the record for whoever may open it."""

    name: str
    spell: EmploymentSpell
    person: int | None


@dataclass(frozen=True)
class Left(ByKey):
    """Records with a spell of employment at an organisation that is over."""

    organisation: int
    today: date

    def keys(self) -> list[QuerySet[Any, int]]:
        rows = EmploymentSpell.objects.filter(organisation_id=self.organisation, ended_on__lte=self.today)
        return [rows.values_list("worker_id", flat=True)]


def organisation_of(viewer: Viewer, organisation_id: int, today: date) -> Organisation:
    """An organisation whose people the viewer may list. Raises NotFound."""
    found = scope.organisations_of(viewer, today).filter(pk=organisation_id).select_related("place").first()
    if found is None or "employment" not in shown_to(viewer):
        raise NotFound(
            _("There is no organisation “%(id)s”") % {"id": organisation_id},
            why=_("or its people are not shown in the role you are in"),
            next=_("see the list of organisations"),
        )
    return found


def leavers(viewer: Viewer, organisation_id: int, *, today: date, after: str = "", size: int = 50) -> tuple[tuple[Leaver, ...], str]:
    """One page of those who left, and the cursor of the next. An employer is shown all who left it, an officer those whom the officer
    sees for another reason. Raises NotFound.
    """
    organisation_of(viewer, organisation_id, today)
    asking = ["leavers", organisation_id, str(today)]
    position = tokens.opened("cursor", viewer, after, asking) if after else None
    left, found = Left(organisation_id, today), list[Step]()
    seen: dict[int, int] = {}
    for _turn in range(BATCHES):
        batch = left.page(position, 2 * size)
        gone = {key for key, _at in batch} - Employed(organisation_id, today).among([key for key, _at in batch])
        shown = _seen(viewer, gone, today)
        found += [step for step in batch if step[0] in shown]
        seen |= shown
        position = batch[-1][1] if batch else position
        if len(found) > size or len(batch) < 2 * size:
            break
    more = len(found) > size or len(batch) == 2 * size
    edge = found[size - 1][1] if len(found) > size else position
    next_ = tokens.sealed("cursor", viewer, edge, asking) if more else ""
    return _rows(viewer, [key for key, _at in found[:size]], seen, organisation_id, today), next_


def _seen(viewer: Viewer, records: set[int], today: date) -> dict[int, int]:
    """Those of the records that are shown, each with the one that leads."""
    led = leaders(records)
    if viewer.role == "employer":
        return led
    seen = {*scope.people(viewer, today).filter(pk__in={*led.values()}).values_list("pk", flat=True)}
    return {record: leader for record, leader in led.items() if leader in seen}


def _rows(viewer: Viewer, keys: list[int], led: dict[int, int], organisation: int, today: date) -> tuple[Leaver, ...]:
    names = dict(Identity.objects.filter(worker_id__in=keys).values_list("worker_id", "name_sealed"))
    spells = EmploymentSpell.objects.filter(worker_id__in=keys, organisation_id=organisation, ended_on__lte=today).order_by("ended_on")
    last = {spell.worker_id: spell for spell in spells}
    opens = viewer.role != "employer"
    return tuple(Leaver(vault().open(IDENTITY, "name", key, names[key]), last[key], led[key] if opens else None) for key in keys)
