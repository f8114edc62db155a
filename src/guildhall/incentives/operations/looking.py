"""Looking at a claim, which leaves a trace with the person whose it is; and showing an account in clear, with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives.models import Claim
from guildhall.incentives.queries.claims import Full, claim
from guildhall.incentives.queries.sealed import account_of
from guildhall.incentives.queries.standing import chain, claim_seen, no_such_claim
from guildhall.kernel.errors import GuildhallError
from guildhall.office.engine.free_text import holds_number
from guildhall.office.engine.notices import Fact
from guildhall.office.operations.audit import record
from guildhall.office.operations.looks import note_look
from guildhall.office.operations.notices import notify
from guildhall.registry.operations.people import LONGEST_NOTE, REASONS, REVEAL, check_pace
from guildhall.registry.queries import looks
from guildhall.registry.queries.authorities import behind
from guildhall.registry.queries.merged import leader
from guildhall.web.viewer import Viewer

OPENED = "incentives.open_claim"
BENEFITS = "incentives.open_benefits"
ACCOUNT = "account"


def look(*, claim_id: int, by: Viewer, now: datetime) -> Full:
    """One claim as far as `by` may see it; that an officer or an auditor looked is recorded once a day. Raises NotFound."""
    found = claim(by, claim_id, timezone.localdate(now), now)
    if by.role in ("claims_officer", "auditor") or by.mandate:
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        row = found.row.claim
        note_look(subject=chain(row), action=OPENED, by=by, now=now, since=midnight, details={"claim": row.pk})
    return found


def note_benefits(*, worker_id: int, by: Viewer, now: datetime) -> None:
    """Records, once a day, that an officer looked at what a person is entitled to. Call it once the person was seen."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    note_look(subject=f"worker:{leader(worker_id)}", action=BENEFITS, by=by, now=now, since=midnight)


def reveal_account(*, claim_id: int, reason: str, by: Viewer, now: datetime, note: str = "") -> str:
    """The account of a claim in clear, for the officer who reviews it; recorded with the reason and told to the person.

    `reason` is one of registry.operations.people.REASONS. Raises NotFound for anybody else or where no account is kept, GuildhallError
    without a reason, and TooOften.
    """
    if reason not in REASONS or len(note) > LONGEST_NOTE or holds_number(note):
        raise GuildhallError(_("No reason is given"), next=_("choose why the number is needed"))
    with transaction.atomic():
        row = claim_seen(by, claim_id, timezone.localdate(now))
        account = account_of(row)
        if by.role != "claims_officer" or by.mandate or account is None:
            raise no_such_claim()
        check_pace(by, now)
        details = {"field": ACCOUNT, "reason": reason, "claim": row.pk}
        event = record(subject=chain(row), action=REVEAL, by=by, now=now, reason=note.strip() or reason, details=details)
        _tell(row, event.pk, reason, by, now)
    return account.number


def _tell(row: Claim, event: int, reason: str, by: Viewer, now: datetime) -> None:
    if row.payee == "worker" and row.worker_id is not None:
        facts: dict[str, Fact] = {"on": f"{timezone.localtime(now):%Y-%m-%d %H:%M}", "who": behind([by.name])[by.name]}
        facts |= {"field": looks.FIELDS[ACCOUNT], "reason": looks.REASONS[reason]}
        notify(key=f"reveal:{event}", template="number_revealed", facts=facts, now=now, worker_id=leader(row.worker_id))
