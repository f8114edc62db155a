"""Coming to act for somebody: the person is found by name and identity number, and whoever asks for others in vain is slowed down."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.office.models import AuditEvent, Mandate
from guildhall.office.operations import mandates
from guildhall.office.operations.audit import record, wait_in_line
from guildhall.office.queries.mandates import kind_of
from guildhall.registry.queries.care import person_called
from guildhall.registry.queries.merged import one_person
from guildhall.web.viewer import Viewer

MISSED = "registry.person_not_found"
TRIES = 20
"""People an account may ask for in vain within an hour."""


class NobodyCalledSo(GuildhallError):
    """Name and number do not agree, or not with anybody within reach; which of these is not told."""


def act_for(*, name: str, number: str, purpose: str, consent: str, note: str = "", until: date, by: Viewer, now: datetime) -> Mandate:
    """Leave to act for the person of this name and identity number, who lives or works where `by` is responsible.

    Raises NotFound for a role that acts for nobody, NobodyCalledSo where nobody is found, and what `mandates.give_mandate` raises.
    """
    if not kind_of(by) or by.mandate:
        raise NotFound(_("There is no such page"), why=_("your role acts for nobody"))
    with transaction.atomic():
        wait_in_line(by)
        _check_tries(by, now)
        found = person_called(by, name, number, timezone.localdate(now))
        if found is None:
            record(subject=by.name, action=MISSED, by=by, now=now)
    if found is None:  # said after what was tried is on record
        raise NobodyCalledSo(
            _("Nobody of this name and number is in your places"),
            why=_("name and identity number must both be as on the card"),
            next=_("compare them with the card; who lives elsewhere goes to the counter there"),
        )
    return mandates.give_mandate(worker_id=found.pk, purpose=purpose, consent=consent, note=note, until=until, by=by, now=now)


def withdraw(*, mandate_id: int, by: Viewer, now: datetime) -> Mandate:
    """Leave that the person takes back, whichever of their records it was given for, or that the agent gives back."""
    records = one_person(by.worker) if by.worker and not by.mandate else ()
    return mandates.withdraw_mandate(mandate_id=mandate_id, records=records, by=by, now=now)


def _check_tries(by: Viewer, now: datetime) -> None:
    since = now - timedelta(hours=1)
    if AuditEvent.objects.filter(chain=by.name, action=MISSED, at__gt=since).count() >= TRIES:
        raise GuildhallError(
            _("Too many people were asked for in vain"),
            why=_("names and numbers are not to be guessed"),
            next=_("go on in an hour; where that stops your work, ask the administrator"),
        )
