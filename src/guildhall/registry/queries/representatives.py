"""The legal representative of an organisation, as an officer at the counter sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.office.models import Grant
from guildhall.registry.engine.identity import masked
from guildhall.registry.models import Organisation, Representative, vault
from guildhall.registry.queries import scope
from guildhall.web.viewer import Viewer

TABLE = "registry.representative"


@dataclass(frozen=True)
class Standing:
    """An organisation, who represents it by the licence, and since when that person's account acts for it."""

    organisation: Organisation
    row: Representative | None
    name: str
    number: str
    claimed_on: date | None


def standing(viewer: Viewer, organisation_id: int, today: date) -> Standing:
    """Who represents an organisation in the viewer's places, the number masked. Raises NotFound."""
    rows = scope.organisations_of(viewer, today) if viewer.role in scope.THROUGH and not viewer.mandate else Organisation.objects.none()
    organisation = rows.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound(_("There is no such organisation"), why=_("or it lies in a place that is not yours"))
    row = Representative.objects.filter(organisation=organisation, ended_at=None).first()
    claimed = Grant.objects.filter(organisation_id=organisation_id, is_representative=True, revoked_at=None).first()
    name = vault().open(TABLE, "name", row.pk, row.name_sealed) if row else ""
    number = masked(vault().open(TABLE, "identity_number", row.pk, row.number_sealed)) if row else ""
    return Standing(organisation, row, name, number, claimed.valid_from if claimed else None)
