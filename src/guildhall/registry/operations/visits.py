"""Bringing a filled visit sheet in: each row is applied under the leave to act that it names, or says why it is not.

What has changed becomes a correction request, which an officer decides; a wish is noted; what was signed becomes a consent, or leave
to act for another year. The broker and the person both stand in every event. The same sheet twice changes nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.kernel.tables import Text
from guildhall.kernel.workbooks import Workbook
from guildhall.office.models import Mandate
from guildhall.office.operations.audit import record
from guildhall.office.operations.mandates import give_mandate
from guildhall.office.queries.mandates import tasks_of, usable
from guildhall.registry.engine.cells.problems import Wrong
from guildhall.registry.engine.purposes import BY_KEY
from guildhall.registry.engine.roster.rows import CellFault, Rejected
from guildhall.registry.engine.visits import MOST_ROWS, VisitRow, read_visits
from guildhall.registry.models import Identity, ImportBatch, RejectedRow, Wish, Worker, vault
from guildhall.registry.models.sealed import TABLE
from guildhall.registry.models.staged import seal_cells
from guildhall.registry.operations.consents import give_signed
from guildhall.registry.operations.corrections import lodge
from guildhall.registry.queries.care import called_so, within_reach
from guildhall.registry.queries.merged import leader, one_person
from guildhall.registry.queries.visits import known
from guildhall.web.viewer import Viewer

WISHES = "registry.wishes"
RENEWED_WITHIN = timedelta(days=30)
"""How long after its end a mandate is given anew by a sheet (assumption: a visit or two late). Later it is given as the first one was,
by name and identity number.
"""
CHANGED, ACCEPTED, UNCHANGED = "changed", "accepted", "unchanged"


@dataclass(frozen=True)
class Applying:
    """A sheet while it is applied: the batch, who brought it, and when."""

    batch: ImportBatch
    by: Viewer
    now: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)


def bring_visits(*, workbook: Workbook, content: bytes, by: Viewer, now: datetime) -> ImportBatch:
    """Applies a filled sheet of the broker's and gives the batch with its counts; its rejected rows say what to mend.

    All of it or nothing: a power cut leaves the registry as it was. Raises NotFound for whoever is no broker or acts for somebody,
    FaultsFound for a file that is no such sheet, and GuildhallError for one with too many rows.
    """
    today = timezone.localdate(now)
    if by.role != "broker" or by.mandate:
        raise NotFound(_("There is no such page"), why=_("only brokers bring visit sheets in"))
    visits = read_visits(workbook, known(today))
    if visits.read > MOST_ROWS:
        told = {"n": visits.read, "most": MOST_ROWS}
        raise GuildhallError(_("The sheet has %(n)s visits, %(most)s at most") % told, next=_("split it into several files"))
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            kind="visits",
            place=by.place,
            name=workbook.name,
            sha256=hashlib.sha256(content).hexdigest(),
            as_of=max((row.visited_on for row in visits.rows), default=today),
            mapping=dict(visits.columns),
            encoding=workbook.encoding,
            state="applying",
            brought_by=by.name,
            brought_at=now,
        )
        work, counts, rejected = Applying(batch, by, now), Counter[str](), list(visits.rejected)
        for row in visits.rows:
            try:
                with transaction.atomic():
                    counts[_apply(work, row)] += 1
            except _Refused as refused:
                rejected.append(refused.row)
        _finish(work, counts, sorted(rejected, key=lambda row: row.number), visits.header)
    return batch


class _Refused(Exception):  # noqa: N818  # a finding about a row, not an error of the program
    """A row that could not be applied; nothing of it is kept."""

    def __init__(self, work: Applying, row: VisitRow, field: str, wrong: Wrong) -> None:
        super().__init__(wrong.problem.code)
        problem, column = wrong.problem, work.batch.mapping.get(field, "")
        fault = CellFault(field, column, "", problem.code, problem.what, problem.next)
        self.row = Rejected(row.number, (fault,), row.cells)


def _finish(work: Applying, counts: Counter[str], rejected: list[Rejected], header: tuple[str, ...]) -> None:
    batch = work.batch
    kept = [
        RejectedRow(
            batch=batch,
            row=row.number,
            faults=[fault.as_json() for fault in row.faults],
            cells_sealed=seal_cells(batch.pk, row.number, row.cells),
        )
        for row in rejected
    ]
    RejectedRow.objects.bulk_create(kept)
    batch.accepted, batch.changed, batch.unchanged = (counts[name] for name in (ACCEPTED, CHANGED, UNCHANGED))
    batch.rejected = len(rejected)
    batch.rows = batch.position = batch.accepted + batch.changed + batch.unchanged + batch.rejected
    batch.forecast = {"header": list(header)}
    batch.state, batch.finished_at = "done", work.now
    batch.save()
    details = {"rows": batch.rows, "accepted": batch.accepted, "changed": batch.changed, "unchanged": batch.unchanged}
    record(
        subject=work.by.name, action="registry.bring_visits", by=work.by, now=work.now, batch=batch.pk,
        details={**details, "rejected": batch.rejected, "sha256": batch.sha256},
    )  # fmt: skip


def _apply(work: Applying, row: VisitRow) -> str:
    """What became of a row. Raises _Refused."""
    mandate = _mandate(work, row)
    acting = replace(work.by, place="", worker=leader(mandate.worker_id), scopes=tasks_of(mandate.purpose), mandate=mandate.pk)
    outcomes = {
        *_corrections(work, row, acting),
        *(_wish(work, kind, row, acting) for kind in row.wishes),
        *(_consent(work, purpose, row, acting) for purpose in row.consents),
        UNCHANGED if mandate.given_at != work.now else ACCEPTED,
    }
    return next(name for name in (ACCEPTED, CHANGED, UNCHANGED) if name in outcomes)


def _mandate(work: Applying, row: VisitRow) -> Mandate:
    """The leave to act under which a row is applied: the one it names, or the one the person gave anew by signature."""
    found = Mandate.objects.filter(pk=row.mandate, kind="broker", agent_id=work.by.account or 0).first()
    if found is None:
        raise _Refused(work, row, "mandate", Wrong("visit_mandate"))
    if not called_so(one_person(found.worker_id), row.name):
        raise _Refused(work, row, "name", Wrong("visit_name"))
    if found.revoked_at:
        raise _Refused(work, row, "mandate", Wrong("visit_withdrawn"))
    if not within_reach(work.by, found.worker_id, work.today):
        raise _Refused(work, row, "mandate", Wrong("visit_moved"))
    if row.until:
        if found.valid_until < work.today - RENEWED_WITHIN:
            raise _Refused(work, row, "mandate", Wrong("visit_long_over"))
        return _anew(work, row, found, row.until)
    if not found.valid_from <= row.visited_on < found.valid_until or not usable(work.today).filter(pk=found.pk).exists():
        raise _Refused(work, row, "mandate", Wrong("visit_ran_out"))
    return found


def _anew(work: Applying, row: VisitRow, before: Mandate, until: date) -> Mandate:
    if until <= work.today or until > work.today + timedelta(days=366):
        raise _Refused(work, row, "until", Wrong("visit_term"))
    later = Mandate.objects.filter(agent=before.agent, worker_id=before.worker_id, kind="broker", purpose=before.purpose)
    if standing := usable(work.today).filter(pk__in=later.values("pk"), valid_until__gte=until).order_by("pk").first():
        return standing
    note = _("visit sheet %(number)s, row %(row)s") % {"number": work.batch.pk, "row": row.number}
    return give_mandate(
        worker_id=before.worker_id, purpose=before.purpose, consent="signed", note=note, until=until, by=work.by, now=work.now
    )


def _corrections(work: Applying, row: VisitRow, acting: Viewer) -> list[str]:
    """Requests for what has changed; an officer decides on them."""
    worker = Worker.objects.select_related("identity").get(pk=acting.worker or 0)
    wanted = []
    if row.phone and row.phone != _phone(worker.identity):
        wanted.append(("phone", f"registry.identity:{worker.pk}:phone", row.phone))
    if row.residence and row.residence != worker.residence_id:
        wanted.append(("residence", f"registry.workers:{worker.pk}:residence", row.residence))
    return [_lodge(work, row, acting, *each) for each in wanted]


def _lodge(work: Applying, row: VisitRow, acting: Viewer, field: str, subject: str, wanted: str) -> str:
    why = _("said on a visit on %(day)s (sheet %(number)s)") % {"day": row.visited_on, "number": work.batch.pk}
    try:
        lodge(subject=subject, wanted=wanted, why=why, by=acting, now=work.now)
    except AlreadyDone:  # a request about it waits for its answer
        return UNCHANGED
    except GuildhallError as refused:
        raise _Refused(work, row, field, Wrong("visit_refused", why=refused.what)) from None
    return ACCEPTED


def _wish(work: Applying, kind: str, row: VisitRow, acting: Viewer) -> str:
    """Notes what the person wants; one open wish of a kind, whose words may change."""
    worker = acting.worker or 0
    found = Wish.objects.select_for_update().filter(worker__in=one_person(worker), kind=kind, closed_at=None).first()
    outcome = CHANGED if found else ACCEPTED
    if found and (not row.note or row.note == _note(found)):
        return UNCHANGED
    wish = found or Wish.objects.create(
        worker_id=worker, kind=kind, said_on=row.visited_on, mandate_id=acting.mandate, batch_id=work.batch.pk
    )
    wish.note_sealed = vault().seal(WISHES, "note", wish.pk, row.note) if row.note else None
    wish.said_on, wish.mandate_id, wish.batch_id = row.visited_on, acting.mandate, work.batch.pk
    wish.save()
    details: dict[str, Any] = {"wish": wish.pk, "kind": kind}
    record(subject=f"worker:{worker}", action="registry.note_wish", by=acting, now=work.now, details=details)
    return outcome


def _note(wish: Wish) -> str:
    return vault().open(WISHES, "note", wish.pk, wish.note_sealed) if wish.note_sealed else ""


def _consent(work: Applying, purpose: str, row: VisitRow, acting: Viewer) -> str:
    sheet = f"import {work.batch.pk}, row {row.number}"
    try:
        give_signed(worker_id=acting.worker or 0, purpose=purpose, wording=BY_KEY[purpose].version, sheet=sheet, by=acting, now=work.now)
    except AlreadyDone:
        return UNCHANGED
    except GuildhallError as refused:
        raise _Refused(work, row, "consents", Wrong("visit_refused", why=refused.what)) from None
    return ACCEPTED


def _phone(identity: Identity) -> str:
    return vault().open(TABLE, "phone", identity.pk, identity.phone_sealed) if identity.phone_sealed else ""


def said(batch: ImportBatch) -> Text:
    """The line that says what became of a sheet; the four add up to the rows read."""
    counts = (batch.rows, batch.accepted, batch.changed, batch.unchanged, batch.rejected)
    zh = "读取 {} 行：新增 {}，更改 {}，未变 {}，退回 {}"
    return Text(zh.format(*counts), "{} read: {} accepted, {} changed, {} unchanged, {} rejected".format(*counts))


def note_sheet(*, people: int, by: Viewer, now: datetime) -> None:
    """Notes that a broker was handed a sheet with the names of people in care."""
    record(subject=by.name, action="registry.print_visit_sheet", by=by, now=now, details={"people": people})
