"""The review by a claims officer, with the trace beside the evidence: approved, with a second officer where it must be, or refused.

What the rule says is asked again at that moment, with everything about the person held still, so that what was granted a second ago counts.
A verdict may differ from the rule, never without a reason and a document it rests on, never above the cap of the national text unless a
document is cited that allows it, and then never by one officer alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives.models import Check, Claim, Step, Verdict
from guildhall.incentives.operations.checking import latest, run
from guildhall.incentives.operations.granting import grant, revoke
from guildhall.incentives.operations.moving import LONGEST_REASON, allow, due_on, locked, take
from guildhall.incentives.operations.stating import refuse_unsaid, take_back
from guildhall.incentives.operations.telling import money
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.sealed import VERDICTS, check_text, seal_words
from guildhall.incentives.queries.terms import remedies, until
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.money import LARGEST
from guildhall.office.engine.notices import Fact
from guildhall.registry.operations.people import hold
from guildhall.web.pack import city
from guildhall.web.viewer import Viewer

MOST_BASIS = 20
DOCUMENT = re.compile(r"《[^》]+》|[〔\[（(]\d{4}[〕\]）)]\s*第?\d+\s*号?|第\d+号")
"""A title between its marks, or a number with its year, as documents of offices are cited."""


def approve(
    *,
    claim_id: int,
    check_id: int,
    by: Viewer,
    now: datetime,
    amount_fen: int | None = None,
    reason: str = "",
    basis: Sequence[str] = (),
    uplift: str = "",
) -> Verdict:
    """Approves a claim as the rule says, or another amount with a reason; `check_id` is the check the officer looked at.

    What differs from the rule rests on documents that `basis` cites, one in a line; above the cap, or where the cap is not known, `uplift`
    cites the document that allows it. At or above the amount in the settings, and wherever it differs from the rule, the claim then
    waits for a second officer. Raises NotFound, AlreadyDone, and GuildhallError where the rule says something else by now, or an amount,
    a reason or a document is missing.
    """
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        allow(claim, "approve", by)
        found = _asked_again(claim, check_id, by, now)
        amount = found.value_fen if amount_fen is None else amount_fen
        if amount is None or not 0 < amount <= LARGEST:
            raise GuildhallError(_("No amount is given"), why=_("the rule gives none"), next=_("enter the amount, and say why"))
        differs = found.outcome != "entitled" or amount != found.value_fen
        _need_reason(reason, differs)
        rests = cited(claim, basis, uplift, amount, found) if differs else []
        second = differs or amount >= settings.CLAIM_SECOND_FEN
        verdict = _verdict(claim, "approval", "proposed" if second else "final", found, by, now, amount, differs, reason, rests)
        if second:
            take(claim, "propose", by=by, now=now, details=_described(verdict))
        else:
            _grant(claim, verdict, "approve", by, now)
        return verdict


def cited(claim: Claim, basis: Sequence[str], uplift: str, amount: int, found: Check) -> list[str]:
    """The documents that an approval against the rule rests on. Raises GuildhallError without one, or above the cap without its own."""
    lines = lines_of(basis)
    if not any(cites_document(line, claim.benefit) for line in lines):
        raise GuildhallError(
            _("It cites no document"),
            why=_("an approval that differs from the rule rests on a document, not on words alone"),
            next=_("name the document by its number or title, and the article"),
        )
    cap = json.loads(check_text(found, "decision") or "{}").get("cap")
    has_cap = benefits.rule_of(claim.benefit).result.cap is not None
    allowed = uplift.strip()
    if has_cap and (cap is None or amount > cap) and not cites_document(allowed, claim.benefit):
        raise GuildhallError(
            _("The amount is above the cap") if cap is not None else _("The cap for this case is not known"),
            why=_("no more is paid than the national text allows, unless a document raises it"),
            next=_("lower the amount, or cite the document that allows it"),
        )
    return lines_of([*lines, allowed])


def lines_of(basis: Sequence[str]) -> list[str]:
    """The lines of a basis that say something, each once."""
    return list(dict.fromkeys(line.strip() for line in basis if line.strip()))[:MOST_BASIS]


def cites_document(line: str, benefit: str) -> bool:
    """Whether a line names a document: by number or title as such are written, or as the pack of the city names its own."""
    if DOCUMENT.search(line):
        return True
    instrument = city().instrument.get(benefit)
    held = instrument.documents.values() if instrument else ()
    names = [name for one in held for name in (one.number, one.title.zh, one.title.en) if name]
    return any(name in line for name in names)


def confirm(*, claim_id: int, by: Viewer, now: datetime) -> Verdict:
    """A second officer confirms an approval. The rule is asked again: where it says something else by now, the claim goes back.

    Raises NotFound, AlreadyDone, and GuildhallError for the first officer, or where the rule has changed its answer.
    """
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        allow(claim, "confirm", by)
        verdict = Verdict.objects.select_for_update().get(claim=claim, state="proposed", what="approval")
        assert verdict.check_of is not None
        found = _asked_again(claim, verdict.check_of.pk, by, now)
        verdict.state, verdict.confirmed_by, verdict.confirmed_at, verdict.check_of = "final", by.name, now, found
        verdict.save(update_fields=["state", "confirmed_by", "confirmed_at", "check_of"])
        _grant(claim, verdict, "confirm", by, now)
        return verdict


def reject(*, claim_id: int, reason: str, by: Viewer, now: datetime) -> Claim:
    """A second officer hands an approval back with a reason. Raises NotFound, AlreadyDone, GuildhallError."""
    _need_reason(reason, True)
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        allow(claim, "reject", by)
        verdict = Verdict.objects.select_for_update().get(claim=claim, state="proposed", what="approval")
        verdict.state, verdict.confirmed_by, verdict.confirmed_at = "set_aside", by.name, now
        verdict.save(update_fields=["state", "confirmed_by", "confirmed_at"])
        take(claim, "reject", by=by, now=now, reason=reason, details={"verdict": verdict.pk})
        return claim


def refuse(*, claim_id: int, reason: str, by: Viewer, now: datetime, basis: Sequence[str] = (), untrue: Collection[str] = ()) -> Verdict:
    """Refuses a claim: people are told the reason, what it rests on, until when and before whom they can object.

    Without `basis` it rests on the documents of the conditions that failed. `untrue` names what the claim says and proved false: it is
    known no longer. A claim that was never taken up is refused only when it came back incomplete. Raises NotFound, AlreadyDone, and
    GuildhallError without a reason or anything it rests on, or for what the claim does not say.
    """
    _need_reason(reason, True)
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        allow(claim, "refuse", by)
        if claim.state == "lodged" and not Step.objects.filter(claim=claim, verb="return").exists():
            raise GuildhallError(
                _("A claim that lacks something is first returned"),
                why=_("everybody may complete a claim once"),
                next=_("return it with all that is missing"),
            )
        found = latest(claim)
        rests = lines_of(basis) or basis_of(claim, found)
        if not rests:
            raise GuildhallError(_("It does not say what the refusal rests on"), next=_("name the document and the article"))
        differs = found is not None and found.outcome != "refused"
        verdict = _verdict(claim, "refusal", "final", found, by, now, None, differs, reason, rests)
        verdict.remedy_until, verdict.untrue = due_on("refused", timezone.localdate(now)), refuse_unsaid(claim, untrue)
        verdict.save(update_fields=["remedy_until", "untrue"])
        facts: dict[str, Fact] = {
            "reason": reason.strip(),
            "basis": "；".join(rests),
            "until": until("refused", timezone.localdate(now)),
            "body": remedies(timezone.localdate(now)),
        }
        take(claim, "refuse", by=by, now=now, details=_described(verdict) | {"untrue": verdict.untrue}, told=("claim_refused", facts))
        take_back(claim, verdict.untrue)
        return verdict


def basis_of(claim: Claim, found: Check | None) -> list[str]:
    """The documents and articles that the failed conditions of a check rest on, else those of the rule; not what is no document at hand."""
    named: list[str] = []
    if found is not None and (text := check_text(found, "decision")):
        failed = [condition for condition in json.loads(text)["conditions"] if condition["state"] is False]
        every = (operand for condition in failed for operand in condition["operands"] if operand.get("document"))
        operands = [operand for operand in every if operand.get("status") != "unverified"]
        named = [" ".join(part for part in (operand["document"], operand.get("article", "")) if part) for operand in operands]
    return list(dict.fromkeys(named)) or list(benefits.rule_of(claim.benefit).basis)


def reopen(*, claim_id: int, reason: str, by: Viewer, now: datetime) -> Claim:
    """Takes a claim on public notice back into review after an objection, with the reason. Raises NotFound, AlreadyDone, GuildhallError."""
    _need_reason(reason, True)
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        take(
            claim,
            "reopen",
            by=by,
            now=now,
            reason=reason,
            told=("claim_reopened", {}),
            amount_fen=None,
            notice_from=None,
            notice_until=None,
        )
        Verdict.objects.filter(claim=claim, what="approval", state="final").update(state="set_aside")
        revoke(claim, now)
        return claim


def _asked_again(claim: Claim, check_id: int, by: Viewer, now: datetime) -> Check:
    """What the rule says now, with the person held; it must be what the officer saw."""
    if claim.worker_id is not None:
        hold(worker_id=claim.worker_id)
    seen = Check.objects.filter(pk=check_id, claim=claim).first()
    found = run(claim, by, now)
    if seen is None or (seen.outcome, seen.value_fen) != (found.outcome, found.value_fen):
        raise GuildhallError(
            _("The rule says something else by now"),
            why=_("facts, parameters or grants have changed since the check that was looked at"),
            next=_("have it checked again and look at what changed; a second officer hands it back"),
        )
    return found


def _grant(claim: Claim, verdict: Verdict, verb: str, by: Viewer, now: datetime) -> None:
    assert verdict.amount_fen is not None
    told = ("claim_approved", {"amount": money(verdict.amount_fen)})
    take(claim, verb, by=by, now=now, details=_described(verdict), told=told, amount_fen=verdict.amount_fen)
    grant(claim, verdict, timezone.localdate(now))


def _verdict(
    claim: Claim,
    what: str,
    state: str,
    found: Check | None,
    by: Viewer,
    now: datetime,
    amount: int | None,
    differs: bool,
    reason: str,
    basis: Sequence[str] = (),
) -> Verdict:
    verdict = Verdict.objects.create(
        claim=claim, what=what, state=state, check_of=found, amount_fen=amount, differs=differs, basis=list(basis), proposed_by=by.name,
        proposed_at=now,
    )  # fmt: skip
    if reason.strip():
        verdict.told_sealed = seal_words(VERDICTS, "told", verdict.pk, reason.strip())
        verdict.save(update_fields=["told_sealed"])
    return verdict


def _described(verdict: Verdict) -> dict[str, object]:
    check = verdict.check_of.number if verdict.check_of else None
    return {"verdict": verdict.pk, "amount": verdict.amount_fen, "differs": verdict.differs, "check": check}


def _need_reason(reason: str, needed: bool) -> None:
    if needed and not reason.strip():
        raise GuildhallError(_("There is no reason"), why=_("the claimant has a right to it"), next=_("say it in a sentence"))
    if len(reason) > LONGEST_REASON:
        raise GuildhallError(_("The reason is too long"), next=_("use at most %(n)s characters") % {"n": LONGEST_REASON})
