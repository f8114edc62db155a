"""Papers people bring: taken when they are safe, sealed, looked at by the scanner where there is one, and removed.

Whether someone may add to or see a subject is for the domain that owns the subject: it says so through `visible`, a function from
viewer, key and day to yes or no, one per kind of subject, which the project hangs in (settings.OFFICE_VISIBLE). So it says until when
a paper may be taken away (settings.OFFICE_REMOVABLE).
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office import strongroom
from guildhall.office.models import Attachment
from guildhall.office.operations.audit import record
from guildhall.office.operations.notices import notify
from guildhall.office.operations.work import enqueue
from guildhall.office.papers import fit
from guildhall.office.queries.attachments import attachment, is_removable, subject_visible
from guildhall.web.viewer import Viewer

MOST_PER_SUBJECT = 20
LONGEST_TITLE = 100
SCAN_SECONDS = 120
Verdict = Literal["clean", "refused"]


def add(*, subject: str, worker_id: int | None, title: str, content: bytes, name: str, by: Viewer, now: datetime) -> Attachment:
    """Takes a paper for a subject such as `correction:12`, seals it in a file of its own, and records who brought it.

    What the file is called (`name`) is neither believed nor kept: people's names and numbers stand in it. `title` says what the paper
    is. Raises NotFound where `by` may not see the subject; papers.Unfit or pdf.Active where the paper cannot be taken; GuildhallError
    where the subject has as many papers as it may.
    """
    if not subject_visible(by, subject, now):
        raise NotFound(_("There is nothing to add a paper to"), next=_("go back to your desk"))
    paper = fit(content, most=settings.PAPER_BYTES)
    file = strongroom.put(paper.content)  # before the row: a file without a row is swept, a row without a file would be a loss
    try:
        with transaction.atomic():
            if Attachment.objects.filter(subject=subject, removed_at=None).count() >= MOST_PER_SUBJECT:
                raise GuildhallError(_("No more papers can be added here"), next=_("remove one that is not needed"))
            row = Attachment.objects.create(
                subject=subject,
                worker_id=worker_id,
                title=" ".join(title.split())[:LONGEST_TITLE],
                media_type=paper.media_type,
                size=len(paper.content),
                sha256=sha256(paper.content).hexdigest(),
                file=file,
                added_by=by.name,
                added_at=now,
            )
            _record(row, "add", by, now)
            if settings.SCANNER:
                enqueue(kind="scan", key=f"paper {row.pk}", arguments={}, now=now)
    except BaseException:
        strongroom.remove(file)
        raise
    return row


def take_out(*, attachment_id: int, by: Viewer, now: datetime) -> tuple[Attachment, bytes]:
    """A paper with its content, for whoever may see its subject; that it was opened is an event of the person's.

    Raises NotFound where the viewer may not see it, where it has been removed, or where the scanner has not found it clean yet.
    """
    row = attachment(by, attachment_id, now)
    if row.scan == "refused" or settings.SCANNER and row.scan != "clean":
        raise NotFound(_("This paper cannot be opened yet"), why=_("it has not been found safe"), next=_("try again in some minutes"))
    content = strongroom.get(row.file)
    _record(row, "open", by, now)
    return row, content


def remove(*, attachment_id: int, by: Viewer, now: datetime, reason: str = "") -> Attachment:
    """Takes a paper away for good: its file is destroyed, the row says when. Whoever brought it, or the city's machinery, may.

    Raises NotFound for a paper the viewer may not see, and GuildhallError for one that somebody else brought, or that something rests on.
    """
    with transaction.atomic():
        row = attachment(by, attachment_id, now)
        if by.role != "system" and row.added_by != by.name:
            raise GuildhallError(_("Only whoever brought a paper can remove it"), next=_("ask them, or leave it"))
        if by.role != "system" and not is_removable(row):
            raise GuildhallError(
                _("This paper can no longer be removed"),
                why=_("what was lodged rests on it"),
                next=_("it is destroyed once it need not be kept any longer"),
            )
        _destroy(row, now)
        _record(row, "remove", by, now, reason)
    return row


def scan_waiting(
    *, by: Viewer, clock: Callable[[], datetime], most: int = 100, progress: Callable[[int, int], None] | None = None
) -> dict[Verdict, int]:
    """Shows papers that wait to the scanner in the settings, and notes what it said; counts by verdict. Does nothing without one.

    A scanner that fails or takes too long leaves the paper waiting. What it refuses is destroyed, and whose it was is told.
    """
    counts: dict[Verdict, int] = {"clean": 0, "refused": 0}
    waiting = list(Attachment.objects.filter(scan="waiting", removed_at=None).order_by("pk")[:most]) if settings.SCANNER else []
    for n, row in enumerate(waiting):
        if verdict := _verdict(strongroom.get(row.file)):
            settle(attachment_id=row.pk, verdict=verdict, by=by, now=clock())
            counts[verdict] += 1
        if progress:
            progress(n + 1, len(waiting))
    return counts


def settle(*, attachment_id: int, verdict: Verdict, by: Viewer, now: datetime) -> Attachment:
    """Notes what the scanner said of a paper. Raises AlreadyDone where it has been said."""
    with transaction.atomic():
        row = Attachment.objects.select_for_update().get(pk=attachment_id)
        if row.scan != "waiting" or row.removed_at:
            raise AlreadyDone("The paper has been looked at already")
        row.scan = verdict
        row.save(update_fields=["scan"])
        if verdict == "refused":
            _destroy(row, now)
            _tell(row, now)
        _record(row, f"scan_{verdict}", by, now)
    return row


def _verdict(content: bytes) -> Verdict | None:
    """What the scanner says of a content on its standard input: 0 clean, 1 refused, anything else nothing."""
    try:
        ran = subprocess.run(settings.SCANNER, input=content, capture_output=True, timeout=SCAN_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    verdicts: dict[int, Verdict] = {0: "clean", 1: "refused"}
    return verdicts.get(ran.returncode)


def _destroy(row: Attachment, now: datetime) -> None:
    row.removed_at = now
    row.save(update_fields=["removed_at"])
    transaction.on_commit(lambda: strongroom.remove(row.file))


def _tell(row: Attachment, now: datetime) -> None:
    if row.worker_id:
        notify(key=f"attachment:{row.pk}:refused", template="paper_refused", facts={"title": row.title}, now=now, worker_id=row.worker_id)


def _record(row: Attachment, verb: str, by: Viewer, now: datetime, reason: str = "") -> None:
    """The event stands in the chain of the person the paper is about, or else of its subject."""
    chain = f"worker:{row.worker_id}" if row.worker_id else row.subject
    details = {"attachment": row.pk, "subject": row.subject, "kind": row.media_type, "sha256": row.sha256}
    record(subject=chain, action=f"office.{verb}_attachment", by=by, now=now, reason=reason, details=details)
