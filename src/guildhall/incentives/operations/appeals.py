"""Objections to a refusal or to being claimed back, decided by an officer who took no part; and the claim back itself, with four eyes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives.models import Appeal, Claim, Payment, Verdict
from guildhall.incentives.operations import stating
from guildhall.incentives.operations.granting import restore, revoke
from guildhall.incentives.operations.moving import LONGEST_REASON, allow, due_on, locked, take
from guildhall.incentives.operations.telling import money
from guildhall.incentives.queries.sealed import APPEALS, VERDICTS, seal_words, told_in
from guildhall.incentives.queries.terms import decided_on, remedies, until
from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.office.engine.notices import Fact
from guildhall.web.viewer import Viewer


def appeal(*, claim_id: int, grounds: str, by: Viewer, now: datetime) -> Appeal:
    """Objects to the refusal of a claim, or to its being claimed back; each decision can be objected to once.

    One that comes after the term is taken all the same and marked: whoever decides sees that it is late. Raises NotFound, AlreadyDone
    where it was objected to or where another claim for the same is live, GuildhallError without grounds.
    """
    _need(grounds)
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        verb = "appeal_recall" if claim.state in ("recalled", "recall_appealed") else "appeal"
        allow(claim, verb, by)
        what = "recall" if verb == "appeal_recall" else "refusal"
        verdict = Verdict.objects.select_for_update().filter(claim=claim, what=what, state="final").order_by("-pk").first()
        if verdict is None or Appeal.objects.filter(verdict=verdict).exists():
            raise AlreadyDone(_("This decision was objected to already"), next=_("the answer says where to turn from there"))
        late = verdict.remedy_until is not None and timezone.localdate(now) > verdict.remedy_until
        row = Appeal.objects.create(verdict=verdict, lodged_by=by.name, lodged_at=now, late=late)
        row.grounds_sealed = seal_words(APPEALS, "grounds", row.pk, grounds.strip())
        row.save(update_fields=["grounds_sealed"])
        take(claim, verb, by=by, now=now, details={"verdict": verdict.pk, "late": late}, told=("claim_appealed", {}))
        return row


def decide_appeal(*, claim_id: int, uphold: bool, answer: str, by: Viewer, now: datetime) -> Appeal:
    """Decides on an objection, by an officer who took no part in the claim: upheld, the decision is set aside.

    A refusal that is set aside sends the claim back into review; a claim back that is set aside leaves the money where it is. What the
    decision had found untrue is known again. Raises NotFound, AlreadyDone, and GuildhallError for whoever took part, without an answer, or
    where what was granted since bars the benefit that would stand again.
    """
    _need(answer)
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        verb = ("uphold" if uphold else "dismiss") + ("_recall_appeal" if claim.state == "recall_appealed" else "")
        allow(claim, verb, by)
        row = Appeal.objects.select_for_update().select_related("verdict").get(verdict__claim=claim, state="open")
        row.state, row.decided_by, row.decided_at = "upheld" if uphold else "dismissed", by.name, now
        row.answer_sealed = seal_words(APPEALS, "answer", row.pk, answer.strip())
        row.save(update_fields=["state", "decided_by", "decided_at", "answer_sealed"])
        if uphold:
            row.verdict.state = "set_aside"
            row.verdict.save(update_fields=["state"])
            if verb == "uphold_recall_appeal":
                restore(claim, timezone.localdate(now))
        template = "claim_appeal_upheld" if uphold else "claim_appeal_dismissed"
        facts: dict[str, Fact] = {"answer": answer.strip(), "body": remedies(decided_on(row.verdict), objection=False)}
        take(claim, verb, by=by, now=now, details={"verdict": row.verdict_id}, told=(template, facts))
        if uphold:
            stating.restore(claim, row.verdict.untrue)
        return row


def recall(*, claim_id: int, reason: str, by: Viewer, now: datetime, untrue: Collection[str] = ()) -> Verdict:
    """Proposes to claim back what was paid, with the reason; a second officer decides. `untrue` names what the claim says and proved false.

    Raises NotFound, AlreadyDone, GuildhallError.
    """
    _need(reason)
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        allow(claim, "recall", by)
        verdict = Verdict.objects.create(
            claim=claim, what="recall", state="proposed", amount_fen=claim.amount_fen, proposed_by=by.name, proposed_at=now,
            untrue=stating.refuse_unsaid(claim, untrue),
        )  # fmt: skip
        verdict.told_sealed = seal_words(VERDICTS, "told", verdict.pk, reason.strip())
        verdict.save(update_fields=["told_sealed"])
        take(claim, "recall", by=by, now=now, details={"verdict": verdict.pk, "amount": claim.amount_fen, "untrue": verdict.untrue})
        return verdict


def decide_recall(*, claim_id: int, confirm: bool, reason: str = "", by: Viewer, now: datetime) -> Verdict:
    """A second officer claims the money back, which takes back what was found untrue, or drops it with a reason.

    Raises NotFound, AlreadyDone, GuildhallError.
    """
    if not confirm:
        _need(reason)
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        verb = "confirm_recall" if confirm else "drop_recall"
        allow(claim, verb, by)
        verdict = Verdict.objects.select_for_update().get(claim=claim, what="recall", state="proposed")
        verdict.state, verdict.confirmed_by, verdict.confirmed_at = "final" if confirm else "set_aside", by.name, now
        verdict.remedy_until = due_on("recalled", timezone.localdate(now)) if confirm else None
        verdict.save(update_fields=["state", "confirmed_by", "confirmed_at", "remedy_until"])
        if not confirm:
            take(claim, verb, by=by, now=now, reason=reason, details={"verdict": verdict.pk})
            return verdict
        facts: dict[str, Fact] = {
            "amount": money(verdict.amount_fen or 0),
            "reason": told_in(verdict),
            "until": until("recalled", timezone.localdate(now)),
            "body": remedies(timezone.localdate(now)),
        }
        take(claim, verb, by=by, now=now, details={"verdict": verdict.pk, "untrue": verdict.untrue}, told=("claim_recalled", facts))
        revoke(claim, now)
        stating.take_back(claim, verdict.untrue)
        return verdict


def note_repaid(*, claim_id: int, reason: str, by: Viewer, now: datetime) -> Claim:
    """Notes that the money came back; `reason` says by which receipt, without numbers of anybody. Raises NotFound, AlreadyDone."""
    _need(reason)
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        take(claim, "repay", by=by, now=now, reason=reason, told=("claim_repaid", {}))
        Payment.objects.filter(claim=claim, state="paid").update(state="repaid")
        return claim


def _need(words: str) -> None:
    if not words.strip():
        raise GuildhallError(_("It does not say why"), next=_("say it in a sentence"))
    if len(words) > LONGEST_REASON:
        raise GuildhallError(_("The reason is too long"), next=_("use at most %(n)s characters") % {"n": LONGEST_REASON})
