"""Consent is given knowingly for one purpose by the person it is about, or for a child of under 14 by a guardian; and withdrawn at will."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.engine.notices import Fact
from guildhall.office.operations.audit import record
from guildhall.office.operations.notices import notify
from guildhall.office.queries.mandates import usable
from guildhall.registry.engine.purposes import BY_KEY, Purpose
from guildhall.registry.models import Consent, Worker, vault
from guildhall.registry.queries import minors, scope
from guildhall.registry.queries.consents import COLUMN, TABLE
from guildhall.registry.queries.merged import leader, one_person
from guildhall.registry.queries.records import kept_by
from guildhall.web.viewer import Viewer

LONGEST = 100


@dataclass(frozen=True)
class Guardian:
    """Who agrees for a child: the name, what they are to the child, and the document they showed."""

    name: str
    relation: str
    document: str


def give_consent(*, worker_id: int, purpose: str, wording: str, by: Viewer, now: datetime) -> Consent:
    """The person agrees to one purpose, in the wording that was shown (`Purpose.version`).

    Nobody agrees for somebody else: not an officer, and not whoever acts under a mandate. Raises NotFound for any other than the
    person, GuildhallError for a child of under 14 or for another wording than today's, AlreadyDone where it has been given.
    """
    wanted = _asked(purpose)
    with transaction.atomic():
        worker = _self(worker_id, by, now)
        if minors.band(worker, timezone.localdate(now)) == "under_14":
            raise GuildhallError(
                _("Under 14, a guardian must agree"),
                why=_("the law asks for a guardian's consent (Personal Information Protection Law, art. 31)"),
                next=_("come to the district's counter together, and bring both identity documents"),
            )
        if wording != wanted.version:
            raise GuildhallError(_("The wording has changed since the page was opened"), next=_("read it again, then decide"))
        return _give(worker, wanted, None, by, now)


def give_for_child(*, worker_id: int, purpose: str, guardian: Guardian, by: Viewer, now: datetime) -> Consent:
    """A guardian agrees for a child of under 14, before an officer who keeps the record and saw the guardian's document.

    Raises NotFound for an officer who does not keep the record, GuildhallError where the person is 14 or older or the guardian is not
    named, AlreadyDone where it has been given.
    """
    wanted = _asked(purpose)
    told = {name: " ".join(value.split())[:LONGEST] for name, value in asdict(guardian).items()}
    if not all(told.values()):
        raise GuildhallError(_("The guardian is not fully named"), next=_("give the name, the relation and the document"))
    with transaction.atomic():
        worker = kept_by(by, worker_id, now)
        if minors.band(worker, timezone.localdate(now)) != "under_14":
            raise GuildhallError(_("This person is 14 or older and decides alone"), next=_("let them agree themselves"))
        return _give(worker, wanted, told, by, now)


def give_signed(*, worker_id: int, purpose: str, wording: str, sheet: str, by: Viewer, now: datetime) -> Consent:
    """The person agreed by signing a sheet, which the broker whom they gave leave to act brings in: the signature agrees, not the broker.

    `sheet` says where the paper can be looked up. Raises NotFound for whoever is no broker acting for this very person, GuildhallError
    for a child of under 14 or for another wording than was printed, AlreadyDone where it has been given.
    """
    wanted, today = _asked(purpose), timezone.localdate(now)
    with transaction.atomic():
        held = usable(today).filter(pk=by.mandate or 0, kind="broker", agent_id=by.account or 0).first()
        if held is None or by.worker is None or {worker_id, held.worker_id} - set(one_person(by.worker)):
            raise NotFound(_("There is no such person"), next=_("go back to your desk"))
        worker = Worker.objects.select_for_update().get(pk=leader(worker_id))
        if minors.band(worker, today) == "under_14":
            raise GuildhallError(_("Under 14, a guardian must agree"), next=_("come to the district's counter together"))
        if wording != wanted.version:
            raise GuildhallError(_("The sheet carries another wording than today's"), next=_("print the sheet anew and have it signed"))
        row = _give(worker, wanted, None, by, now)
        details = {"consent": row.pk, "sheet": sheet}
        record(subject=f"worker:{row.worker_id}", action="registry.keep_signature", by=by, now=now, details=details)
    return row


def withdraw_consent(*, worker_id: int, purpose: str, by: Viewer, now: datetime) -> Consent:
    """The person takes a consent back; what was done before stays as it was (Personal Information Protection Law art. 15).

    Raises NotFound for any other than the person, and AlreadyDone where nothing is in force.
    """
    wanted = _asked(purpose)
    with transaction.atomic():
        worker = _self(worker_id, by, now)
        rows = Consent.objects.select_for_update().filter(worker__in=one_person(worker.pk), purpose=purpose, withdrawn_at=None)
        found = list(rows)
        if not found:
            raise AlreadyDone(_("You have not agreed to this, or have withdrawn already"), next=_("see the list of purposes"))
        for row in found:  # each of several records of one person may carry a consent of its own
            row.withdrawn_at = now
            row.save(update_fields=["withdrawn_at"])
            _note(row, "registry.withdraw_consent", by, now)
        _tell(found[-1], "consent_withdrawn", wanted, now)
    return found[-1]


def _asked(purpose: str) -> Purpose:
    if purpose not in BY_KEY or not BY_KEY[purpose].needs_consent:
        raise NotFound(_("There is no such purpose"), next=_("see the list of purposes"))
    return BY_KEY[purpose]


def _self(worker_id: int, by: Viewer, now: datetime) -> Worker:
    """The person's own record, locked. Raises NotFound for anybody else, and for whoever acts for the person."""
    own = by.role == "worker" and not by.mandate and by.worker is not None and worker_id in one_person(by.worker)
    seen = scope.people(by, timezone.localdate(now)).filter(pk=leader(worker_id)) if own else None
    found = seen.first() if seen is not None else None
    if found is None:
        raise NotFound(_("There is no such person"), next=_("go back to your desk"))
    return Worker.objects.select_for_update().get(pk=found.pk)


def _give(worker: Worker, purpose: Purpose, guardian: dict[str, str] | None, by: Viewer, now: datetime) -> Consent:
    if Consent.objects.filter(worker__in=one_person(worker.pk), purpose=purpose.key, withdrawn_at=None).exists():
        raise _given_already()
    try:
        with transaction.atomic():
            row = Consent.objects.create(worker=worker, purpose=purpose.key, wording=purpose.version, given_at=now, given_by=by.name)
    except IntegrityError:  # two windows at once
        raise _given_already() from None
    if guardian:
        row.guardian_sealed = vault().seal(TABLE, COLUMN, row.pk, json.dumps(guardian, ensure_ascii=False))
        row.save(update_fields=["guardian_sealed"])
    _note(row, "registry.give_consent", by, now)
    _tell(row, "consent_given", purpose, now)
    return row


def _given_already() -> AlreadyDone:
    return AlreadyDone(_("You have agreed to this already"), next=_("see the list of purposes"))


def _note(row: Consent, action: str, by: Viewer, now: datetime) -> None:
    details = {"consent": row.pk, "purpose": row.purpose, "wording": row.wording, "guardian": bool(row.guardian_sealed)}
    record(subject=f"worker:{row.worker_id}", action=action, by=by, now=now, details=details)


def _tell(row: Consent, template: str, purpose: Purpose, now: datetime) -> None:
    facts: dict[str, Fact] = {"purpose": purpose.title, "on": str(timezone.localdate(now))}
    notify(key=f"consent:{row.pk}:{template}", template=template, facts=facts, now=now, worker_id=row.worker_id)
