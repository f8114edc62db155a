"""The review by a claims officer, with the trace beside the evidence: approved or refused, with a second officer where it must be.

What the rule says is asked again at that moment, with everything about the person held still, so that what was granted a second ago counts.
A verdict may go against the rule, never without a reason and a document it rests on, never above the cap of the national text (or, where
there is none, above what the rule gives) unless a document is cited that allows it, and then never by one officer alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.incentives.models import Check, Claim, Step, Verdict
from guildhall.incentives.operations.checking import latest, run
from guildhall.incentives.operations.granting import grant, revoke
from guildhall.incentives.operations.moving import LONGEST_REASON, allow, due_on, locked, take
from guildhall.incentives.operations.stating import refuse_unsaid, state, take_back
from guildhall.incentives.operations.telling import money
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.inputs import paid_once
from guildhall.incentives.queries.sealed import VERDICTS, check_text, seal_words, told_in
from guildhall.incentives.queries.terms import remedies, until
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.money import LARGEST
from guildhall.office.engine import citing
from guildhall.office.engine.notices import Fact
from guildhall.registry.operations.people import hold
from guildhall.web.pack import city
from guildhall.web.viewer import Viewer

MOST_BASIS = 20
UNSEEN = ("unverified", "assumed")
"""How well a figure is known for which nobody has seen the document."""
CITE = gettext_lazy("name one on file by its number, or another as 《title》 with its number, such as 《…》（渝人社规〔2025〕11号）第三条")


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

    What differs from the rule rests on documents that `basis` cites, one in a line; above the cap or, where the rule has none, above what
    it gives, and where that is not known, `uplift` cites the document that allows it. At or above the amount in the settings, and wherever
    it differs from the rule, the claim then waits for a second officer. Raises NotFound, AlreadyDone, and GuildhallError where the rule
    says something else by now, or an amount, a reason or a document is missing.
    """
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        allow(claim, "approve", by)
        found = _asked_again(claim, Check.objects.filter(pk=check_id, claim=claim).first(), by, now)
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
    """The documents that an approval against the rule rests on. Raises GuildhallError without one, or above the bound without its own."""
    lines, allowed = lines_of(basis), uplift.strip()
    _need_document(lines, claim.benefit)
    has_cap = benefits.rule_of(claim.benefit).result.cap is not None
    most = json.loads(check_text(found, "decision") or "{}").get("cap") if has_cap else found.value_fen
    if (most is None or amount > most) and not cites_document(allowed, claim.benefit):
        above = _("The amount is above the cap") if has_cap else _("The amount is above what the rule gives")
        unknown = _("The cap for this case is not known") if has_cap else _("The rule gives no amount for this case")
        raise GuildhallError(
            unknown if most is None else above,
            why=_("no more is paid than the text allows, unless a document raises it"),
            next=_("lower the amount, or cite the document that allows it: %(how)s") % {"how": CITE},
        )
    return lines_of([*lines, allowed])


def _need_document(lines: Sequence[str], benefit: str) -> None:
    if not any(cites_document(line, benefit) for line in lines):
        raise GuildhallError(
            _("It cites no document"),
            why=_("a decision against the rule rests on a document, not on words alone"),
            next=str(CITE),
        )


def lines_of(basis: Sequence[str]) -> list[str]:
    """The lines of a basis that say something, each once."""
    return list(dict.fromkeys(line.strip() for line in basis if line.strip()))[:MOST_BASIS]


def cites_document(line: str, benefit: str) -> bool:
    """Whether a line names a document: by title and number, or one by which the pack of the city knows at least one figure for certain."""
    if citing.cites_fully(line):
        return True
    instrument = city().instrument.get(benefit)
    held = {entry.document for entry in instrument.entries if entry.version.status not in UNSEEN} if instrument else set()
    names = [name for one in held if one for name in (one.number, one.title.zh, one.title.en) if name]
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
        _confirmed(verdict, _asked_again(claim, verdict.check_of, by, now), by, now)
        _grant(claim, verdict, "confirm", by, now)
        return verdict


def reject(*, claim_id: int, reason: str, by: Viewer, now: datetime) -> Claim:
    """A second officer hands an approval or a refusal back with a reason. Raises NotFound, AlreadyDone, GuildhallError."""
    _need_reason(reason, True)
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        allow(claim, "reject", by)
        verdict = Verdict.objects.select_for_update().get(claim=claim, state="proposed")
        verdict.state, verdict.confirmed_by, verdict.confirmed_at = "set_aside", by.name, now
        verdict.save(update_fields=["state", "confirmed_by", "confirmed_at"])
        take(claim, "reject", by=by, now=now, reason=reason, details={"verdict": verdict.pk})
        if not Step.objects.filter(claim=claim, verb="accept").exists():  # whoever does not refuse it as incomplete takes it up
            state(claim, timezone.localdate(now))
        return claim


def refuse(*, claim_id: int, reason: str, by: Viewer, now: datetime, basis: Sequence[str] = (), untrue: Collection[str] = ()) -> Verdict:
    """Refuses a claim: people are told the reason, what it rests on, until when and before whom they can object.

    The rule is asked again: where it says that all holds, the refusal rests on a document that `basis` cites and waits for a second
    officer. Else it rests on the documents of the conditions that failed where `basis` names none. `untrue` names what the claim says and
    proved false: it is known no longer. A claim that was never taken up is refused only when it came back incomplete. Raises NotFound,
    AlreadyDone, and GuildhallError without a reason or anything it rests on, for what the claim does not say, where the rule says
    something else than at the last check, and for whoever refused the claim before and was overruled.
    """
    _need_reason(reason, True)
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        allow(claim, "refuse", by)
        _refuse_not_returned(claim)
        _refuse_overruled(claim, by)
        found = _asked_again(claim, seen, by, now) if (seen := latest(claim)) else run(claim, by, now)
        rests, against = lines_of(basis) or basis_of(claim, found), found.outcome == "entitled"
        if against:
            _need_document(lines_of(basis), claim.benefit)
        if not rests:
            raise GuildhallError(_("It does not say what the refusal rests on"), next=_("name the document and the article"))
        stands, differs = "proposed" if against else "final", found.outcome != "refused"
        verdict = _verdict(claim, "refusal", stands, found, by, now, None, differs, reason, rests)
        verdict.untrue = refuse_unsaid(claim, untrue)
        verdict.save(update_fields=["untrue"])
        if against:
            take(claim, "propose_refusal", by=by, now=now, details=_described(verdict) | {"untrue": verdict.untrue})
        else:
            _refuse(claim, verdict, "refuse", by, now)
        return verdict


def confirm_refusal(*, claim_id: int, by: Viewer, now: datetime) -> Verdict:
    """A second officer confirms a refusal against the rule, which the claimant then hears of. The rule is asked again, as by `confirm`.

    Raises NotFound, AlreadyDone, and GuildhallError for the first officer, for whoever was overruled before, or where the rule has
    changed its answer.
    """
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        allow(claim, "confirm_refusal", by)
        _refuse_overruled(claim, by)
        verdict = Verdict.objects.select_for_update().get(claim=claim, state="proposed", what="refusal")
        _confirmed(verdict, _asked_again(claim, verdict.check_of, by, now), by, now)
        _refuse(claim, verdict, "confirm_refusal", by, now)
        return verdict


def _refuse_not_returned(claim: Claim) -> None:
    if claim.state == "lodged" and not Step.objects.filter(claim=claim, verb="return").exists():
        raise GuildhallError(
            _("A claim that lacks something is first returned"),
            why=_("everybody may complete a claim once"),
            next=_("return it with all that is missing"),
        )


def _refuse_overruled(claim: Claim, by: Viewer) -> None:
    """Raises GuildhallError for whoever took part in a refusal of the claim that was set aside after an objection."""
    part = Q(proposed_by=by.name) | Q(confirmed_by=by.name)
    if Verdict.objects.filter(part, claim=claim, what="refusal", appeal__state="upheld").exists():
        raise GuildhallError(
            _("A colleague must do this"),
            why=_("you refused the claim before, and that was set aside after an objection"),
            next=_("ask another claims officer of your office"),
        )


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


def _asked_again(claim: Claim, seen: Check | None, by: Viewer, now: datetime) -> Check:
    """What the rule says now, with the person held; it must be what the officer saw."""
    if claim.worker_id is not None:
        hold(worker_id=claim.worker_id)
    found = run(claim, by, now)
    if seen is None or (seen.outcome, seen.value_fen) != (found.outcome, found.value_fen):
        raise GuildhallError(
            _("The rule says something else by now"),
            why=_("facts, parameters or grants have changed since the check that was looked at"),
            next=_("have it checked again and look at what changed; a second officer hands it back"),
        )
    return found


def _confirmed(verdict: Verdict, found: Check, by: Viewer, now: datetime) -> None:
    verdict.state, verdict.confirmed_by, verdict.confirmed_at, verdict.check_of = "final", by.name, now, found
    verdict.save(update_fields=["state", "confirmed_by", "confirmed_at", "check_of"])


def _refuse(claim: Claim, verdict: Verdict, verb: str, by: Viewer, now: datetime) -> None:
    """Lets a refusal stand: from today one can object."""
    today = timezone.localdate(now)
    verdict.remedy_until = due_on("refused", today)
    verdict.save(update_fields=["remedy_until"])
    facts: dict[str, Fact] = {"reason": told_in(verdict), "basis": "；".join(verdict.basis)}
    facts |= {"until": until("refused", today), "body": remedies(today)}
    take(claim, verb, by=by, now=now, details=_described(verdict) | {"untrue": verdict.untrue}, told=("claim_refused", facts))
    take_back(claim, verdict.untrue)


def _grant(claim: Claim, verdict: Verdict, verb: str, by: Viewer, now: datetime) -> None:
    """Lets an approval stand. What is paid once may be known by now to be wider than at the lodging: the household, the person."""
    assert verdict.amount_fen is not None
    told = ("claim_approved", {"amount": money(verdict.amount_fen)})
    take(claim, verb, by=by, now=now, details=_described(verdict), told=told, amount_fen=verdict.amount_fen, once=paid_once(claim))
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
