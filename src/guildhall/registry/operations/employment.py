"""Employment that an employer reported: the person is told of it, and says whether it is so.

Until somebody else confirms it, the employer sees no more of the person than its own roster said (queries.vouched).
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
from guildhall.registry import tables
from guildhall.registry.engine.corrections import OTHER
from guildhall.registry.models import CorrectionRequest, EmploymentSpell, Identity, ImportBatch
from guildhall.registry.operations import corrections
from guildhall.registry.queries.merged import leaders, one_person
from guildhall.registry.queries.vouched import said_by_employers, unconfirmed
from guildhall.web.viewer import Viewer


def tell_of_employment(*, batch: ImportBatch, begun: Sequence[tuple[int, str]], now: datetime) -> None:
    """Tells people of jobs that an employer's roster began for them: (record, first day). What an officer brings is not told of.

    Call it in the transaction that writes them.
    """
    if not begun or batch.pk not in said_by_employers([batch.pk]):
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
    """The worker says that an employment on the own record is so: from now on the employer sees the record as that of its people.

    Raises NotFound for what is not the worker's own, also for whoever acts for them, and AlreadyDone where nothing is to be confirmed.
    """
    with transaction.atomic():
        spell = EmploymentSpell.objects.select_for_update().get(pk=own_spell(spell_id, by).pk)
        if spell.pk not in unconfirmed(one_person(spell.worker_id), timezone.localdate(now)):
            raise AlreadyDone(_("This is confirmed already"), next=_("nothing needs to be done"))
        spell.confirmed_at = now
        spell.save(update_fields=["confirmed_at"])
        details = {"spell": spell.pk, "organisation": spell.organisation_id}
        record(subject=f"worker:{spell.worker_id}", action="registry.confirm_employment", by=by, now=now, details=details)


def deny_employment(*, spell_id: int, by: Viewer, now: datetime) -> CorrectionRequest:
    """The worker says that an employment on the own record is not so: a request for correction, which an officer answers.

    Raises NotFound as `confirm_employment` does, and what `corrections.lodge` raises.
    """
    spell = own_spell(spell_id, by)
    subject = f"{tables.EMPLOYMENT.name}:{spell.pk}:{OTHER}"
    return corrections.lodge(subject=subject, wanted="", why=_("I do not work there. Only the employer says so."), by=by, now=now)


def own_spell(spell_id: int, by: Viewer) -> EmploymentSpell:
    """An employment on the worker's own record. Raises NotFound for anybody else's, and for whoever acts for the worker."""
    records = one_person(by.worker) if by.worker and by.role == "worker" and not by.mandate else ()
    spell = EmploymentSpell.objects.filter(pk=spell_id, worker_id__in=records).first() if records else None
    if spell is None:
        raise NotFound(_("There is no such employment on your record"), next=_("see what is on record about you"))
    return spell
