"""A person takes along all that is held about them: in full, after confirming who they are, as an event of their own."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.holdings import Held
from guildhall.kernel.tables import Text
from guildhall.office import strongroom
from guildhall.office.models import Attachment
from guildhall.office.operations.audit import record
from guildhall.office.operations.looks import times
from guildhall.office.operations.notices import notify
from guildhall.office.papers import ENDINGS
from guildhall.overview.engine.takeaway import packed
from guildhall.overview.queries.holdings import all_about, records_of
from guildhall.registry.queries.confirming import number_ends_with
from guildhall.web.viewer import Viewer

TAKE, REFUSE = "overview.take_held", "overview.refuse_held"
MOST_WRONG = 5
"""Wrong confirmations within an hour, after which the person waits."""
MOST_PAPERS = 60 * 2**20
"""Bytes of papers that come along; the table lists all of them, and each can be opened by itself."""


def take_all(*, ending: str, by: Viewer, now: datetime, kept: Mapping[str, Text]) -> bytes:
    """Everything held about the person as a ZIP, for the person alone; `ending` are the last four characters of the identity number.

    The number is asked for because a screen left open would otherwise hand over what is worth most. Raises NotFound for anybody else,
    GuildhallError where the characters are wrong, or were wrong too often within the hour.
    """
    records = records_of(by, timezone.localdate(now), in_person=True)
    subject = f"worker:{records[0]}"
    if times(action=REFUSE, by=by, since=now - timedelta(hours=1), most=MOST_WRONG) >= MOST_WRONG:
        raise GuildhallError(_("That was wrong too often"), next=_("wait an hour, or ask at the counter"))
    if not number_ends_with(records, ending):
        record(subject=subject, action=REFUSE, by=by, now=now)
        raise GuildhallError(
            _("These are not the last four characters of your identity number"), next=_("look at your identity card and write them again")
        )
    tables = all_about(by, timezone.localdate(now), in_full=True)
    content = packed(tables, moment=now, kept=kept, papers=_papers(records))
    _tell(subject, records[0], tables, by, now)
    return content


def _tell(subject: str, worker_id: int, tables: list[Held], by: Viewer, now: datetime) -> None:
    details = {"tables": len(tables), "rows": sum(len(table.rows) for table in tables)}
    event = record(subject=subject, action=TAKE, by=by, now=now, details=details)
    facts = {"on": f"{timezone.localtime(now):%Y-%m-%d %H:%M}"}
    notify(key=f"held:{event.pk}", template="held_downloaded", facts=facts, now=now, worker_id=worker_id)


def _papers(records: tuple[int, ...]) -> dict[str, bytes]:
    """The papers the person brought and that may be opened, as many as fit."""
    found: dict[str, bytes] = {}
    room = MOST_PAPERS
    rows = Attachment.objects.filter(worker_id__in=records, removed_at=None).exclude(scan="refused").order_by("pk")
    for row in rows.filter(scan="clean") if settings.SCANNER else rows:
        if (room := room - row.size) < 0:
            break
        with suppress(strongroom.Lost):  # the table lists it all the same
            found[f"{row.pk}.{ENDINGS[row.media_type]}"] = strongroom.get(row.file)
    return found
