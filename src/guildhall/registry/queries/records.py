"""Who keeps people's records: which officers may change one, and which records they may change."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.office.models import Grant
from guildhall.registry.models import Worker
from guildhall.registry.queries import scope
from guildhall.registry.queries.merged import leader, one_person
from guildhall.web.viewer import Viewer

REGISTRARS = ("assessor", "claims_officer")
"""Roles that keep the record: whoever sees a person through the residence. An arrears officer reads it and changes nothing."""


def is_registrar(viewer: Viewer) -> bool:
    """Whether the viewer keeps records in their own name: not while acting for someone under a mandate."""
    return viewer.role == "system" or (viewer.role in REGISTRARS and not viewer.mandate)


def kept_by(viewer: Viewer, worker_id: int, now: datetime) -> Worker:
    """The record that leads for a person, for an officer who may change it. Raises NotFound for anybody else."""
    found = scope.people(viewer, timezone.localdate(now)).filter(pk=leader(worker_id)) if is_registrar(viewer) else None
    row = found.first() if found is not None else None
    if row is None:
        raise no_such_person()
    return row


def held_since(worker_id: int) -> date | None:
    """The day since which an account holds a record of the person; None where none does."""
    held = Grant.objects.filter(role="worker", worker_id__in=one_person(worker_id), revoked_at=None).order_by("valid_from")
    return held.values_list("valid_from", flat=True).first()


def no_such_person() -> NotFound:
    """What is said of a person who does not exist, or whom the viewer may not see."""
    return NotFound(_("There is no such person"), why=_("or it is not one for the role you are in"), next=_("search for the person"))
