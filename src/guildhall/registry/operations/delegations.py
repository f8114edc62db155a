"""Finding the colleague to whom a representative gives tasks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.office.models import AuditEvent, Grant
from guildhall.office.operations.audit import record
from guildhall.office.queries.delegations import is_representative
from guildhall.registry.engine.identity import normalise_number
from guildhall.registry.models import Identity, vault
from guildhall.registry.queries import scope
from guildhall.registry.queries.care import called_so
from guildhall.registry.queries.merged import leader, one_person
from guildhall.web.viewer import Viewer

MISSED = "registry.colleague_not_found"
TRIES = 20


def colleague(*, name: str, number: str, by: Viewer, now: datetime) -> Grant:
    """The role by which somebody who works for the representative's organisation today holds the own record.

    Raises NotFound for anyone but the representative, and GuildhallError where nobody is found, which of the reasons is not told.
    """
    if not is_representative(by):
        raise NotFound(_("There is no such page"), why=_("only the legal representative gives tasks to others"))
    since = now - timedelta(hours=1)
    if AuditEvent.objects.filter(chain=by.name, action=MISSED, at__gt=since).count() >= TRIES:
        raise GuildhallError(_("Too many people were asked for in vain"), next=_("go on in an hour"))
    found = _claim(name, number, by, now)
    if found is None:
        record(subject=by.name, action=MISSED, by=by, now=now)
        raise GuildhallError(
            _("No colleague of this name and number can be given tasks"),
            why=_("the person must be on the organisation's roster, and must have signed in and claimed the own record"),
            next=_("bring the roster up to date, or ask the person to sign in first"),
        )
    return found


def _claim(name: str, number: str, by: Viewer, now: datetime) -> Grant | None:
    hashed = vault().keyed_hash("identity_number", normalise_number(number))
    record_ = Identity.objects.filter(number_hash=hashed).values_list("worker_id", flat=True).first()
    if record_ is None or not called_so(one_person(record_), name):
        return None
    if not _works_here(leader(record_), by, now):
        return None
    held = Grant.objects.filter(role="worker", revoked_at=None, worker_id__in=one_person(record_))
    return held.filter(account__is_active=True, account__kind="public").order_by("pk").first()


def _works_here(worker: int, by: Viewer, now: datetime) -> bool:
    """Whether the person works for the viewer's organisation today; a college's staff do so by a spell of employment like any other."""
    employer = Viewer(by.name, "employer", by.account, by.grant, organisation=by.organisation)
    return scope.people(employer, timezone.localdate(now)).filter(pk=worker).exists()
