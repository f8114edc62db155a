"""What every step has in common: the claim locked, the table of steps asked, the step kept, the event written, people told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guildhall.incentives.engine.states import APPEALS, BY_VERB, FOUR_EYES, OFFICER, OTHER, SECOND, STATES, step
from guildhall.incentives.engine.subjects import BY_MONTHS
from guildhall.incentives.models import Claim, Step
from guildhall.incentives.operations.telling import tell
from guildhall.incentives.queries import neutral
from guildhall.incentives.queries.standing import actors, chain, claims_seen, is_party, no_such_claim
from guildhall.incentives.queries.terms import due, last_day
from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.office.engine.notices import Fact
from guildhall.office.operations.audit import record
from guildhall.office.operations.reasons import no_personal_data
from guildhall.web.viewer import Viewer

LONGEST_REASON = 500


def locked(claim_id: int, by: Viewer, now: datetime) -> Claim:
    """A claim that `by` may see, locked until the transaction ends. Raises NotFound."""
    claim = Claim.objects.select_for_update().filter(pk=claim_id).first()
    if claim is None or not claims_seen(by, timezone.localdate(now)).filter(pk=claim_id).exists():
        raise no_such_claim()
    return claim


def take(
    claim: Claim,
    verb: str,
    *,
    by: Viewer,
    now: datetime,
    reason: str = "",
    details: Mapping[str, object] | None = None,
    told: tuple[str, Mapping[str, Fact]] | None = None,
    **changes: Any,
) -> Step:
    """Moves a locked claim along one step of the table, with what changes in it, and keeps, records and tells that.

    `told` is the template of a notice with the facts it needs beside number and benefit. `reason` holds no number of anybody. Raises
    GuildhallError where the table does not let `by` take the step now, AlreadyDone where it was taken, or where another live claim stands
    for the same thing.
    """
    allow(claim, verb, by)
    if len(reason) > LONGEST_REASON:
        raise GuildhallError(_("The reason is too long"), next=_("use at most %(n)s characters") % {"n": LONGEST_REASON})
    no_personal_data(reason)
    before, move = claim.state, BY_VERB[verb]
    changes |= {"state": move.after, "since": timezone.localdate(now)}
    for name, value in changes.items():
        setattr(claim, name, value)
    ends = due(claim)
    claim.due_on = None if ends is None else ends.value
    try:
        with transaction.atomic():
            claim.save(update_fields=[*changes, "due_on"])
            row = Step.objects.create(claim=claim, verb=verb, state=move.after, at=now, by=by.name, reason=reason.strip())
    except IntegrityError:
        raise _taken(claim, verb, neutral.is_about_person(by, claim)) from None
    described = {"claim": claim.pk, "benefit": claim.benefit, "before": before, "after": move.after, **(details or {})}
    record(subject=chain(claim), action=f"incentives.{verb}", by=by, now=now, reason=reason.strip(), details=described)
    if told:
        template, facts = told
        tell(claim, template, facts, now=now, key=f"claim:{claim.pk}:{row.pk}")
    return row


def allow(claim: Claim, verb: str, by: Viewer) -> None:
    """Raises where the table does not let `by` take a step now: AlreadyDone where it leads to where the claim stands already."""
    standing = actors(by, claim)
    if step(verb, claim.state, standing):
        return
    move = BY_VERB[verb]
    official = by.role == "claims_officer" and not by.mandate and {OFFICER, SECOND, OTHER}.intersection(move.by)
    if not official and not standing.intersection(move.by):
        raise no_such_claim()
    if claim.state in move.before:
        raise _not_yours(verb, by, claim)
    if claim.state == move.after:
        raise AlreadyDone(_("This has been done already"), next=_("see how the claim stands now"))
    raise GuildhallError(
        _("This cannot be done with the claim now"),
        why=_("it stands at “%(state)s”") % {"state": STATES[claim.state].in_(get_language() or "zh-hans")},
        next=_("see how the claim stands now"),
    )


def _not_yours(verb: str, by: Viewer, claim: Claim) -> GuildhallError:
    """Why an officer who sees a claim does not take this step of it."""
    if is_party(by, claim):
        why = _("you lodged it, or it concerns you")
    elif verb in FOUR_EYES:
        why = _("you decided before; four eyes are needed")
    elif verb in APPEALS:
        why = _("whoever took part before does not decide on the objection")
    else:
        return no_such_claim()
    return GuildhallError(_("A colleague must do this"), why=why, next=_("ask another claims officer of your office"))


def _taken(claim: Claim, verb: str, about_person: bool) -> AlreadyDone:
    if verb == "return":
        return AlreadyDone(
            _("The claim was returned before"),
            why=_("everything that is missing is said at once; a claim is returned only once"),
            next=_("take it up, or refuse it and say why"),
        )
    if claim.benefit in BY_MONTHS:
        return AlreadyDone(
            _("Another claim for this hire is under way, or for the same months"),
            why=_("it is paid by months: one claim at a time, and each month once"),
            next=_("see that claim; lodge this one once that is paid"),
        )
    if about_person:
        return AlreadyDone(
            _("The claim cannot be taken"),
            why=_("a benefit is paid once for each person"),
            next=_("the person can learn more at the counter"),
        )
    return AlreadyDone(
        _("Another claim for the same thing is under way, or was paid"),
        why=_("a benefit is paid once for each certificate, employment, business or year"),
        next=_("see that claim; where it was refused, object to it"),
    )


def due_on(state: str, since: date) -> date | None:
    """By when the term ends that begins with a state; None where it has none."""
    found = last_day(state, since)
    return None if found is None else found.value
