"""A claim from its first line to the counter: begun, filled in, lodged, completed once, withdrawn; by the claimant or whoever acts for one.

A mandate for benefits lets an officer at the counter or a broker do all of this for a person; the claim keeps under which mandate.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives.engine.defects import normal_account
from guildhall.incentives.engine.states import BEFORE, BY_VERB, CLAIMANT, LIVE, UNDER_WAY, WRITABLE
from guildhall.incentives.engine.subjects import BY_MONTHS, month_of
from guildhall.incentives.models import Claim, Step, Verdict
from guildhall.incentives.operations.granting import revoke
from guildhall.incentives.operations.moving import allow, locked, take
from guildhall.incentives.queries import benefits, inputs, neutral
from guildhall.incentives.queries.claimable import Claimable, claimable
from guildhall.incentives.queries.instalments import first_open, refuse_covered
from guildhall.incentives.queries.sealed import Said, account_of, said_apart, seal_account, seal_said
from guildhall.incentives.queries.standing import actors, chain, claim_seen
from guildhall.incentives.queries.terms import pay_by, term_of
from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.office.models import Attachment
from guildhall.office.operations import attachments
from guildhall.office.operations.audit import record, wait_in_line
from guildhall.web.viewer import Viewer

MOST_DRAFTS = 50
LONGEST_HOLDER, LONGEST_BANK = 100, 100
DISPUTED = ("refused", "appealed", "recalled", "recall_appealed")
"""States in which the claimant may add papers to what was decided."""


def begin(*, benefit: str, subject: str, by: Viewer, now: datetime) -> Claim:
    """A claim for a benefit, for one thing of the claimant's own: a certificate, an employment, a year, a business by its key.

    Nothing is lodged yet. What is paid without asking the city's machinery may begin for an organisation, which then gives an account and
    lodges it. Raises NotFound for a benefit that is not claimed here or what is not the claimant's own, AlreadyDone where a
    live claim for the same stands, GuildhallError where too many drafts lie about.
    """
    with transaction.atomic():
        wait_in_line(by)
        found = claimable(by, benefit, subject, timezone.localdate(now))
        if Claim.objects.filter(begun_by=by.name, state="draft", bundle=None).count() >= MOST_DRAFTS:
            raise GuildhallError(_("Too many claims are begun and not lodged"), next=_("lodge or withdraw some of them first"))
        refuse_second(found)
        return create(found, "begin", by, now)


def refuse_second(found: Claimable) -> None:
    """Raises AlreadyDone where what is paid once is claimed already, or a claim for this very thing is being written or not paid yet."""
    same = Claim.objects.filter(benefit=found.benefit, kind=found.kind, subject=found.subject)
    live = Claim.objects.filter(once=found.once, state__in=LIVE)
    if found.organisation is not None:  # what the person itself or other employers claimed is not for this one to find out
        same, live = same.filter(organisation_id=found.organisation), live.filter(organisation_id=found.organisation)
    if same.filter(state__in=(*BEFORE, *UNDER_WAY)).exists() or live.exists():
        why = _("it is paid by months: one claim at a time, and the next one begins where the last that was paid ends")
        what, why = (_("A claim for this hire is under way"), why) if found.benefit in BY_MONTHS else (_("This is claimed already"), "")
        raise AlreadyDone(what, why=why, next=_("see the claim that stands; withdraw it to begin anew"))


def create(found: Claimable, verb: str, by: Viewer, now: datetime, **more: object) -> Claim:
    """The row of a new claim with its first step and event."""
    today = timezone.localdate(now)
    claim = Claim.objects.create(
        benefit=found.benefit, kind=found.kind, subject=found.subject, once=found.once, worker_id=found.worker,
        organisation_id=found.organisation, payee=found.payee, place_id=found.place, state=BY_VERB[verb].after, since=today,
        begun_by=by.name, begun_at=now, mandate_id=by.mandate, **more,
    )  # fmt: skip
    Step.objects.create(claim=claim, verb=verb, state=claim.state, at=now, by=by.name)
    details = {
        "claim": claim.pk,
        "benefit": claim.benefit,
        "kind": claim.kind,
        "subject": claim.subject,
        "before": "",
        "after": claim.state,
    }
    record(subject=chain(claim), action=f"incentives.{verb}", by=by, now=now, details=details)
    return claim


def say(*, claim_id: int, said: Mapping[str, Said], by: Viewer, now: datetime) -> Claim:
    """Writes facts into a claim that is not lodged or was returned; what was said before under other names stays. None takes one out.

    Only what the rule asks of the claim can be said (`benefits.asked`). What an employer writes in its worker's claim stands apart: neither
    does it change what the worker said, nor see it. Raises NotFound, and GuildhallError for any other input or a value of another type.
    """
    with transaction.atomic():
        claim = _writable(claim_id, by, now)
        for_worker = neutral.is_for_worker(by, claim)
        checked = benefits.checked_said(claim.benefit, said, of_employer=for_worker)
        own, by_employer = said_apart(claim)
        left = {name: value for name, value in by_employer.items() if for_worker or checked.get(name, value) is not None}
        if for_worker:
            claim.said_sealed = seal_said(claim, own, _kept(left, checked))
        else:
            claim.said_sealed = seal_said(claim, _kept(own, checked), left)
        claim.save(update_fields=["said_sealed"])
        _note(claim, by, now, {"inputs": sorted(said)})
        return claim


def _kept(before: Mapping[str, Said], said: Mapping[str, Said]) -> dict[str, Said]:
    return {name: value for name, value in {**before, **said}.items() if value is not None}


def give_account(*, claim_id: int, number: str, holder: str, bank: str, by: Viewer, now: datetime) -> Claim:
    """Writes down into which account the money goes; of a payment that came back, so that it is paid anew.

    Raises NotFound, and GuildhallError for a number that is none, without a holder and a bank, or for the employer of a worker who is paid.
    """
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        refuse_employer(claim, by)
        digits = normal_account(number)
        holder, bank = " ".join(holder.split())[:LONGEST_HOLDER], " ".join(bank.split())[:LONGEST_BANK]
        if not digits or not holder or not bank:
            raise GuildhallError(
                _("The account is not complete"),
                why=_("a number of 8 to 32 digits, the name it is held in and the bank are needed"),
                next=_("copy them from the card or the passbook"),
            )
        sealed = seal_account(claim, digits, holder, bank)
        if claim.state == "failed":
            take(claim, "redirect", by=by, now=now, **sealed)
            return claim
        _refuse_unwritable(claim, by)
        for name, value in sealed.items():
            setattr(claim, name, value)
        claim.save(update_fields=[*sealed])
        _note(claim, by, now, {"account": True})
        return claim


def refuse_employer(claim: Claim, by: Viewer) -> None:
    """Raises GuildhallError for an employer in a claim that its worker is paid by: it lodges and completes, and no more."""
    if by.role == "employer" and claim.payee == "worker":
        raise GuildhallError(
            _("Only the person can do this"),
            why=_("the claim is the person's own, and so is the money"),
            next=_("ask the person to do it, or to come to the counter"),
        )


def add_paper(*, claim_id: int, title: str, content: bytes, name: str, by: Viewer, now: datetime, shows_group: bool = False) -> Attachment:
    """Attaches a paper to a claim that is not lodged, was returned, or is objected to.

    With `shows_group` it is the employer's own document that the person is of those the benefit is for. Raises NotFound, and what
    attachments.add raises.
    """
    claim = claim_seen(by, claim_id, timezone.localdate(now))
    if claim.state not in WRITABLE and not (claim.state in DISPUTED and CLAIMANT in actors(by, claim)):
        _refuse_unwritable(claim, by)
    worker = claim.worker_id if claim.payee == "worker" else None
    with transaction.atomic():
        paper = attachments.add(subject=f"claim:{claim.pk}", worker_id=worker, title=title, content=content, name=name, by=by, now=now)
        if shows_group and neutral.is_about_hire(by, claim) and claim.state in WRITABLE:
            Claim.objects.filter(pk=claim.pk).update(shown_by=paper.pk)
    return paper


def submit(*, claim_id: int, by: Viewer, now: datetime) -> Claim:
    """Lodges a claim, or lodges it again completed: from today its term runs.

    The place responsible, what is paid once and by when the instrument has it paid are settled now, from the facts of the day. An employer
    lodges for a hire only what the person agreed to, or what a paper of its own shows; what was lodged so goes on. Raises NotFound,
    GuildhallError without that, without an account or for months that are covered, AlreadyDone where another live claim stands.
    """
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        verb = "mend" if claim.state == "returned" else "submit"
        allow(claim, verb, by)
        if account_of(claim) is None:
            raise GuildhallError(_("No account is given"), next=_("say into which account the money goes"))
        if by.role == "employer" and verb == "submit" and not neutral.may_lodge(claim):
            raise GuildhallError(
                _("Neither has the person agreed, nor is a document of your own added that shows the group"),
                why=_("the claim asks what other offices know of the person, and the answer would tell you"),
                next=_("ask the person to agree on the page of consents, or add your own document that shows whom you hired"),
            )
        month = first_open(claim.benefit, claim.subject) if verb == "submit" else month_of(claim.once)
        refuse_covered(claim, month)
        changes: dict[str, Any] = (
            {} if verb == "mend" else {"lodged_by": by.name, "lodged_at": now, "mandate_id": by.mandate, **_settled(claim, month, now)}
        )
        take(claim, verb, by=by, now=now, told=("claim_lodged", {}), **changes)
        return claim


def _settled(claim: Claim, month: int, now: datetime) -> dict[str, object]:
    """The place responsible on this day, what is paid once, of what is paid by months from which one on, and by when it is to be paid."""
    known = inputs.inputs(claim, timezone.localdate(now))
    where = known.get("place")
    settled: dict[str, object] = {"once": inputs.paid_once(claim, month), "pay_by": pay_by(claim.benefit, known)}
    return settled | ({"place_id": where} if isinstance(where, str) and inputs.is_known(where) else {})


def withdraw(*, claim_id: int, reason: str = "", by: Viewer, now: datetime) -> Claim:
    """Ends a claim that is not yet with the bank.

    Raises NotFound, AlreadyDone, and GuildhallError once it is paid or being paid, or for the employer of a worker whose claim it is.
    """
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        refuse_employer(claim, by)
        take(claim, "withdraw", by=by, now=now, reason=reason, told=("claim_withdrawn", {}))
        Verdict.objects.filter(claim=claim, state__in=("proposed", "final")).update(state="set_aside")
        revoke(claim, now)
        return claim


def lapse_due(*, by: Viewer, now: datetime, most: int = 500) -> int:
    """Ends claims that were returned and not completed within their term; how many. For the city's machinery alone.

    In production a term that nobody confirmed ends nothing by itself: an officer does, one by one.
    """
    today, ended = timezone.localdate(now), 0
    for key in list(Claim.objects.filter(state="returned", due_on__lt=today).order_by("pk").values_list("pk", flat=True)[:most]):
        with transaction.atomic():
            claim = locked(key, by, now)
            term = term_of("returned", claim.since)
            binding = settings.DEMONSTRATION or (term is not None and term.confirmed)
            if binding and claim.state == "returned" and claim.due_on and claim.due_on < today:
                take(claim, "lapse", by=by, now=now, told=("claim_lapsed", {}))
                ended += 1
    return ended


def lapse(*, claim_id: int, by: Viewer, now: datetime) -> Claim:
    """An officer ends a claim that was returned and not completed in time. Raises NotFound, AlreadyDone, GuildhallError before that."""
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        allow(claim, "lapse", by)
        if claim.due_on is None or claim.due_on >= timezone.localdate(now):
            raise GuildhallError(_("The term has not ended"), why=_("the claim can still be completed"), next=_("wait until it has"))
        take(claim, "lapse", by=by, now=now, told=("claim_lapsed", {}))
        return claim


def _writable(claim_id: int, by: Viewer, now: datetime) -> Claim:
    claim = locked(claim_id, by, now)
    _refuse_unwritable(claim, by)
    return claim


def _refuse_unwritable(claim: Claim, by: Viewer) -> None:
    allow(claim, "mend" if claim.state == "returned" else "submit", by)


def _note(claim: Claim, by: Viewer, now: datetime, what: Mapping[str, object]) -> None:
    record(subject=chain(claim), action="incentives.say", by=by, now=now, details={"claim": claim.pk, **what})
