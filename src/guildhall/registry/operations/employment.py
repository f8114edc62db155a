"""Employment that a roster reported of somebody whom its bringer had not seen before: the person is told, and says whether it is so.

Until the person or lasting insurance confirms it, it opens nothing, and the employer sees no more of the person than its own roster
said (queries.vouched).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, NotFound
from guildhall.kernel.tables import Text
from guildhall.office import bulk
from guildhall.office.operations.audit import record
from guildhall.office.operations.notices import Told, notify_each
from guildhall.registry.models import CorrectionRequest, EmploymentSpell, Identity, ImportBatch, Worker
from guildhall.registry.operations import corrections
from guildhall.registry.operations.history import supersede
from guildhall.registry.queries.merged import leader, leaders, one_person
from guildhall.registry.queries.vouched import unconfirmed
from guildhall.web.viewer import Viewer


def tell_of_employment(*, batch: ImportBatch, begun: Sequence[tuple[int, str]], now: datetime) -> None:
    """Tells people of doubtful jobs that a roster began for them: (record, first day). Call it in the transaction that writes them."""
    if not begun:
        return
    assert batch.organisation is not None
    employer = Text(batch.organisation.name_zh, batch.organisation.name_en or batch.organisation.name_zh)
    into = leaders({worker for worker, _start in begun})
    phones = dict(bulk.found(Identity, ["worker_id", "phone_hash"], "worker_id", sorted({*into.values()})))
    told = [
        Told(
            f"employment:{batch.pk}:{worker}:{start}",
            into[worker],
            {"employer": employer, "start": start},
            ("app", "sms") if phones.get(into[worker]) is not None else ("app",),
        )
        for worker, start in begun
    ]
    notify_each(template="employment_reported", told=told, now=now)


def confirm_employment(*, spell_id: int, by: Viewer, now: datetime) -> None:
    """The worker says that an employment on the own record is so: from now on it opens what employment opens, to the employer too.

    Whoever works is no job seeker any more. Raises NotFound for what is not the worker's own, also for whoever acts for them, and
    AlreadyDone where nothing is to be confirmed.
    """
    with transaction.atomic():
        spell = _unconfirmed(spell_id, by, now)
        spell.confirmed_at, spell.doubtful = now, False
        spell.save(update_fields=["confirmed_at", "doubtful"])
        worker = Worker.objects.get(pk=leader(spell.worker_id))
        if worker.standing == "job_seeker":
            supersede(row=worker, changes={"standing": "worker"}, now=now)
        _record(spell, "registry.confirm_employment", by, now)


def deny_employment(*, spell_id: int, by: Viewer, now: datetime) -> CorrectionRequest:
    """The worker says that an employment on the own record is not so: it counts as none, and an officer is asked to void it.

    Raises as `confirm_employment` does, and what `corrections.lodge_denial` raises.
    """
    with transaction.atomic():
        spell = _unconfirmed(spell_id, by, now)
        spell.denied_at = now
        spell.save(update_fields=["denied_at"])
        _record(spell, "registry.deny_employment", by, now)
        return corrections.lodge_denial(spell_id=spell.pk, why=_("I do not work there."), by=by, now=now)


def _unconfirmed(spell_id: int, by: Viewer, now: datetime) -> EmploymentSpell:
    """A spell of the worker's own that waits for an answer, locked. Raises NotFound and AlreadyDone."""
    spell = EmploymentSpell.objects.select_for_update().get(pk=own_spell(spell_id, by).pk)
    if spell.pk not in unconfirmed(one_person(spell.worker_id), timezone.localdate(now)):
        raise AlreadyDone(_("Nothing is asked about this employment"), next=_("where it is wrong, ask for a correction"))
    return spell


def _record(spell: EmploymentSpell, action: str, by: Viewer, now: datetime) -> None:
    details = {"spell": spell.pk, "organisation": spell.organisation_id}
    record(subject=f"worker:{spell.worker_id}", action=action, by=by, now=now, details=details)


def own_spell(spell_id: int, by: Viewer) -> EmploymentSpell:
    """An employment on the worker's own record. Raises NotFound for anybody else's, and for whoever acts for the worker."""
    records = one_person(by.worker) if by.worker and by.role == "worker" and not by.mandate else ()
    spell = EmploymentSpell.objects.filter(pk=spell_id, worker_id__in=records).first() if records else None
    if spell is None:
        raise NotFound(_("There is no such employment on your record"), next=_("see what is on record about you"))
    return spell
