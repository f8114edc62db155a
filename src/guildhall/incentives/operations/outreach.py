"""What officers take along of whom the rules found, each time recorded; and an employer's question to its staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives.models import Candidate
from guildhall.incentives.queries.asking import EVERY, asked_staff_at
from guildhall.incentives.queries.candidates import EMPLOYER_MAY_KNOW, Unclaimed, outreach, unclaimed
from guildhall.incentives.queries.roster import refuse_others
from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.kernel.tables import Text
from guildhall.office.operations.audit import record, wait_in_line
from guildhall.office.operations.looks import note_look
from guildhall.office.operations.notices import Told, notify_each
from guildhall.registry.queries import organisation, published, scope
from guildhall.registry.queries.consents import agreed
from guildhall.registry.queries.merged import leader
from guildhall.registry.queries.naming import names_of_people
from guildhall.web.viewer import Viewer

OUTREACH = "incentives.take_outreach"
TEMPLATE = "hires_asked"


@dataclass(frozen=True)
class Listed:
    """Somebody to tell of a benefit."""

    row: Candidate
    name: str


def take_unclaimed(*, by: Viewer, now: datetime) -> Unclaimed:
    """The counts by district to take along; recorded. Raises NotFound, and GuildhallError where nothing was searched yet."""
    found = unclaimed(by, timezone.localdate(now))
    if found is None:
        raise nothing_yet()
    details = {"on": found.on.isoformat(), "places": len(found.places), "benefits": len(found.benefits)}
    with transaction.atomic():
        record(subject=by.name, action="incentives.take_unclaimed", by=by, now=now, details=details)
    return found


def take_outreach(*, by: Viewer, now: datetime) -> list[Listed]:
    """The people of the jurisdiction to tell of benefits, to take along. Recorded once for the list, and with each person who is on it.

    Raises NotFound, and GuildhallError where there is nobody to tell.
    """
    rows = outreach(by, timezone.localdate(now))
    if not rows:
        raise nothing_yet()
    people = sorted({leader(row.worker_id) for row in rows if row.worker_id is not None})
    digest = sha256("\n".join(f"{row.worker_id}:{row.benefit}:{row.subject}" for row in rows).encode()).hexdigest()
    with transaction.atomic():
        wait_in_line(by)
        details = {"on": rows[0].run.on.isoformat(), "rows": len(rows), "people": len(people), "digest": digest}
        record(subject=by.name, action=OUTREACH, by=by, now=now, details=details)
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        for worker in people:
            note_look(subject=f"worker:{worker}", action=OUTREACH, by=by, now=now, since=midnight)
    names = names_of_people(people)
    return [Listed(row, names.get(leader(row.worker_id or 0), "")) for row in rows]


def ask_staff(*, by: Viewer, now: datetime) -> int:
    """Asks everybody who works for an employer whether it may know when it can claim for having hired them; how many were asked.

    All are asked, whoever they are, so that being asked says nothing of anybody; who agreed already is not asked again. Raises NotFound
    for others, AlreadyDone where staff were asked within half a year, GuildhallError where all have agreed.
    """
    refuse_others(by)
    today = timezone.localdate(now)
    with transaction.atomic():
        wait_in_line(by)
        subject = f"organisation:{by.organisation}"
        last = asked_staff_at(by)
        if last is not None and last > now - EVERY:
            raise AlreadyDone(_("Your staff were asked within the last half year"), next=_("those who agree are shown by name"))
        staff = {row["leads"] for row in published.staff(by, today)}
        willing = {*scope.people(by, today).filter(agreed(EMPLOYER_MAY_KNOW), pk__in=staff).values_list("pk", flat=True)}
        own = organisation(by, by.organisation or 0)
        facts = {"employer": Text(own.name_zh, own.name_en or own.name_zh)}
        told = [Told(f"hires:{by.organisation}:{today}:{worker}", worker, facts) for worker in sorted(staff - willing)]
        if not told:
            raise GuildhallError(_("There is nobody left to ask"), next=_("those who agreed are shown by name"))
        notify_each(template=TEMPLATE, told=told, now=now)
        record(subject=subject, action="incentives.ask_staff", by=by, now=now, details={"people": len(told)})
    return len(told)


def nothing_yet() -> GuildhallError:
    """What is said where there is no list."""
    return GuildhallError(_("There is nothing to take along"), why=_("nobody was found in the last search, or none has ended yet"))
