"""People who worked for an organisation and do so no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.registry.models import EmploymentSpell, Identity, Organisation, vault
from guildhall.registry.queries import scope
from guildhall.registry.queries.merged import leaders
from guildhall.registry.queries.people import tokens
from guildhall.registry.queries.people.criteria import Criterion, Employed, Rows, keys
from guildhall.registry.queries.people.fields import shown_to
from guildhall.registry.queries.people.rows import IDENTITY
from guildhall.registry.queries.people.short import short_reads
from guildhall.registry.queries.vouched import UNDENIED
from guildhall.web.viewer import Viewer

STRETCHES = 20
"""Stretches gone along for one page at most; a page that found too little goes on from there when asked."""


@dataclass(frozen=True)
class Leaver:
    """Somebody who left: the name, and the last time with the organisation. `person` leads to the record for whoever may open it."""

    name: str
    spell: EmploymentSpell
    person: int | None


@dataclass(frozen=True)
class Left(Criterion):
    """Records with a spell of employment at an organisation that is over."""

    organisation: int
    today: date

    def rows(self) -> Rows:
        return EmploymentSpell.objects.filter(UNDENIED, organisation_id=self.organisation, ended_on__lte=self.today)


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


@short_reads()
def leavers(viewer: Viewer, organisation_id: int, *, today: date, after: str = "", size: int = 50) -> tuple[tuple[Leaver, ...], str]:
    """One page of those who left, and the cursor of the next. An employer is shown all who left it, an officer those whom the officer
    sees for another reason. Raises NotFound.
    """
    organisation_of(viewer, organisation_id, today)
    asking = ["leavers", organisation_id, str(today)]
    position = tokens.opened("cursor", viewer, after, asking) if after else None
    left, found, led = Left(organisation_id, today), list[int](), dict[int, int]()
    here = Exists(Employed(organisation_id, today).rows().filter(worker_id=OuterRef("worker_id")))
    for _turn in range(STRETCHES):
        stretch = left.stretch(position, 4 * size)
        gone = _seen(viewer, {*keys(stretch.rows.exclude(here))} if stretch.rows is not None else set(), today)
        found, led, position = found + sorted(gone), led | gone, stretch.end
        if len(found) > size or position is None:
            break
    edge = (found[size - 1],) if len(found) > size else position
    next_ = tokens.sealed("cursor", viewer, edge, asking) if edge else ""
    return _rows(viewer, found[:size], led, organisation_id, today), next_


def _seen(viewer: Viewer, records: set[int], today: date) -> dict[int, int]:
    """Those of the records that are shown, each with the one that leads; nobody whose identity was erased on schedule."""
    led = leaders({*Identity.objects.filter(worker_id__in=records).values_list("worker_id", flat=True)})
    if viewer.role == "employer":
        return led
    seen = {*scope.people(viewer, today).filter(pk__in={*led.values()}).values_list("pk", flat=True)}
    return {record: leader for record, leader in led.items() if leader in seen}


def _rows(viewer: Viewer, keys: list[int], led: dict[int, int], organisation: int, today: date) -> tuple[Leaver, ...]:
    names = dict(Identity.objects.filter(worker_id__in=keys).values_list("worker_id", "name_sealed"))
    spells = Left(organisation, today).rows().filter(worker_id__in=keys).order_by("ended_on")
    last = {spell.worker_id: spell for spell in spells}
    opens = viewer.role != "employer"
    return tuple(Leaver(vault().open(IDENTITY, "name", key, names[key]), last[key], led[key] if opens else None) for key in keys)
