"""Leave to act for a person: given by the person, used by an officer at the counter or by a broker, withdrawn by the person at any time.

The law behind it: acting for another needs that person's leave, with matter and term (Civil Code, articles 161 to 165 and 173);
consent to handle personal data is given knowingly for a purpose and can be withdrawn as easily (Personal Information Protection
Law, articles 13 to 16). So a mandate names purpose, term and how consent was given; whoever acts under it, every event names both.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.engine.notices import Fact
from guildhall.office.models import Account, Mandate
from guildhall.office.models.accounts import CONSENTS
from guildhall.office.operations.audit import record
from guildhall.office.operations.notices import notify
from guildhall.office.operations.reasons import no_personal_data
from guildhall.office.queries.mandates import ACTS_AS, PURPOSES, kind_of
from guildhall.office.viewers import live_grants
from guildhall.web import words
from guildhall.web.viewer import Viewer

LONGEST = {"counter": timedelta(days=7), "broker": timedelta(days=366)}
"""At the counter a matter is done in a visit or two; consent to a broker is asked for anew each year."""
LONGEST_NOTE = 200


def give_mandate(*, worker_id: int, purpose: str, consent: str, note: str = "", until: date, by: Viewer, now: datetime) -> Mandate:
    """Leave for the account of `by` to act for a person, who is told of it. Whoever calls this has found the person by name and number.

    `until` is the first day it no longer holds; `consent` says how it was given (signed, spoken, message), `note` where that can be
    looked up, without names. Raises NotFound for a role that acts for nobody, AlreadyDone where the same leave holds as long already,
    GuildhallError for a purpose or consent that is not in the lists, a day that is past or too far off, and a note that is too long
    or holds a number of somebody.
    """
    today, kind = timezone.localdate(now), kind_of(by)
    _check(kind, purpose, consent, note, until, today)
    with transaction.atomic():
        agent = Account.objects.select_for_update().get(pk=by.account or 0)
        if not live_grants(agent.pk, today).filter(pk=by.grant or 0, role__in=ACTS_AS[kind]).exists():
            raise _nothing_to_act_in()
        held = Mandate.objects.filter(agent=agent, worker_id=worker_id, kind=kind, purpose=purpose, revoked_at=None, valid_until__gte=until)
        if held.exists():
            raise AlreadyDone(_("You may act for this person until then already"), next=_("see the list"))
        mandate = Mandate.objects.create(
            kind=kind, agent=agent, worker_id=worker_id, purpose=purpose, consent=consent, consent_note=note.strip(), given_at=now,
            valid_from=today, valid_until=until,
        )  # fmt: skip
        _note(mandate, "office.give_mandate", by, now)
        facts: dict[str, Fact] = {"purpose": words.both("matter", purpose), "agent": agent.name, "until": str(until - timedelta(days=1))}
        notify(key=f"mandate:{mandate.pk}:given", template="mandate_given", facts=facts, now=now, worker_id=worker_id)
    return mandate


def withdraw_mandate(*, mandate_id: int, records: Collection[int] = (), by: Viewer, now: datetime) -> Mandate:
    """Leave that is taken back: by the person themselves, whose `records` are all that is theirs, or given back by who had it.

    Over at once: whoever acts under it is out with the next page. Nobody who acts for a person takes back what that person gave to
    others. Raises NotFound for a mandate of others, AlreadyDone for one that is over.
    """
    with transaction.atomic():
        rows = Mandate.objects.select_for_update().filter(pk=mandate_id)
        if by.role == "worker" and not by.mandate and by.worker in records:
            rows = rows.filter(worker_id__in=records)
        else:
            rows = rows.filter(agent_id=by.account or 0)
        mandate = rows.first()
        if mandate is None:
            raise NotFound(_("There is no such leave to act"), next=_("see the list"))
        if mandate.revoked_at or mandate.valid_until <= timezone.localdate(now):
            raise AlreadyDone(_("It is over already"))
        mandate.revoked_at = now
        mandate.save(update_fields=["revoked_at"])
        own = by.account == mandate.agent_id
        _note(mandate, "office.give_back_mandate" if own else "office.withdraw_mandate", by, now)
        facts: dict[str, Fact] = {"purpose": words.both("matter", mandate.purpose), "on": str(timezone.localdate(now))}
        key = f"mandate:{mandate.pk}:ended"
        notify(key=f"{key}:person", template="mandate_ended", facts=facts, now=now, worker_id=mandate.worker_id)
        if not own:
            notify(key=f"{key}:agent", template="mandate_ended", facts=facts, now=now, account=mandate.agent_id)
    return mandate


def begin_acting(*, mandate_id: int, by: Viewer, now: datetime) -> Mandate:
    """Notes that the agent now acts under a mandate of theirs; the session then says so. Raises NotFound."""
    today = timezone.localdate(now)
    rows = Mandate.objects.filter(agent_id=by.account or 0, revoked_at=None, valid_from__lte=today, valid_until__gt=today)
    mandate = rows.filter(pk=mandate_id, kind=kind_of(by)).first()
    if mandate is None:
        raise NotFound(_("There is no such leave to act"), why=_("or it is over"), next=_("see the list"))
    _note(mandate, "office.begin_acting", by, now)
    return mandate


def stop_acting(*, by: Viewer, now: datetime) -> None:
    """Notes that the agent no longer acts for the person; the mandate itself stands. Raises AlreadyDone for who acts for nobody."""
    if not by.mandate:
        raise AlreadyDone(_("You act for nobody"))
    _note(Mandate.objects.get(pk=by.mandate), "office.stop_acting", by, now)


def _check(kind: str, purpose: str, consent: str, note: str, until: date, today: date) -> None:
    if not kind:
        raise _nothing_to_act_in()
    if purpose not in PURPOSES or consent not in CONSENTS:
        raise GuildhallError(_("It is not said for what, or how the person agreed"), next=_("choose both from the lists"))
    if len(note) > LONGEST_NOTE:
        raise GuildhallError(_("The note is too long"), next=_("say in a few words where the consent is kept"))
    no_personal_data(note)
    if until <= today:
        raise GuildhallError(_("That day is past"), next=_("choose a later one"))
    if until > today + LONGEST[kind]:
        told = {"days": LONGEST[kind].days}
        raise GuildhallError(
            _("That is too far ahead"), why=_("leave to act lasts %(days)s days at most") % told, next=_("choose an earlier day")
        )


def _nothing_to_act_in() -> NotFound:
    return NotFound(_("There is no such page"), why=_("your role acts for nobody"))


def _note(mandate: Mandate, action: str, by: Viewer, now: datetime) -> None:
    """One event about the person: who acts, as what, for what, until when."""
    details = {
        "mandate": mandate.pk,
        "kind": mandate.kind,
        "agent": mandate.agent_id,
        "purpose": mandate.purpose,
        "consent": mandate.consent,
        "until": str(mandate.valid_until),
    }
    record(subject=f"worker:{mandate.worker_id}", action=action, by=by, now=now, details=details)
