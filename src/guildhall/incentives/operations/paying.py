"""From the approval to the bank: the public notice, batches with totals and a digest made by one officer and sent by another, and the file.

A shortage of funds holds nothing back here: it is reported (`queries.payments.budgets`), and only an instrument whose own text allows a
waiting list may keep one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guildhall.incentives.engine import bank, terms
from guildhall.incentives.engine.states import LIVE
from guildhall.incentives.models import Claim, Payment, PaymentBatch
from guildhall.incentives.operations.moving import locked, take
from guildhall.incentives.operations.telling import money
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.inputs import paid_once
from guildhall.incentives.queries.payments import batch_seen, payable, refuse_others
from guildhall.incentives.queries.sealed import PAYMENTS, account_of, seal_words
from guildhall.incentives.queries.standing import chain, parties
from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.office.operations.audit import record
from guildhall.web.pack import city
from guildhall.web.viewer import Viewer

MOST = 5_000
"""Payments in one batch."""


def publish(*, claim_ids: Collection[int], by: Viewer, now: datetime) -> int:
    """Puts approved claims on public notice for the days in the settings; how many. Raises NotFound, AlreadyDone, GuildhallError."""
    today = timezone.localdate(now)
    until = terms.notice_until(city().calendar, today, settings.CLAIM_NOTICE_DAYS).value
    with transaction.atomic():
        for claim in _in_order([locked(key, by, now) for key in sorted(set(claim_ids))]):
            told = ("claim_noticed", {"until": str(until)})
            take(claim, "publish", by=by, now=now, details={"until": str(until)}, told=told, notice_from=today, notice_until=until)
    return len(set(claim_ids))


def make_batch(*, by: Viewer, now: datetime, claim_ids: Collection[int] | None = None) -> PaymentBatch:
    """A batch of what may be paid: every claim of the jurisdiction whose notice is over, or those named among them.

    Of two batches made at once each claim is in one. Raises NotFound for whoever pays nothing out, and GuildhallError where nothing is
    to be paid, or something named is not.
    """
    refuse_others(by)
    today = timezone.localdate(now)
    with transaction.atomic():
        keys = payable(by, today) if claim_ids is None else payable(by, today).filter(pk__in=claim_ids)
        found = list(Claim.objects.select_for_update().filter(pk__in=keys.values("pk"), state="noticed").order_by("pk")[:MOST])
        own = parties(by, found)
        found = [claim for claim in found if claim.pk not in own]
        _refuse_none_or_fewer(found, claim_ids)
        batch = PaymentBatch.objects.create(
            place_id=by.place or found[0].place_id, count=len(found), total_fen=sum(claim.amount_fen or 0 for claim in found),
            made_by=by.name, made_at=now,
        )  # fmt: skip
        lines = _lines(batch, _in_order(found), by, now)
        batch.digest = bank.digest(batch.pk, lines)
        batch.save(update_fields=["digest"])
        _record(batch, "make_batch", by, now)
    return batch


def _refuse_none_or_fewer(found: Sequence[Claim], wanted: Collection[int] | None) -> None:
    if wanted is not None and len(found) < len(set(wanted)):
        raise GuildhallError(
            _("Some of these claims cannot be paid now"),
            why=_("their notice is not over, they are in a batch already, or a colleague must pay them"),
            next=_("look at the list of what is to be paid, and choose again"),
        )
    if not found:
        raise GuildhallError(
            _("Nothing is to be paid"), why=_("no claim has come to the end of its public notice"), next=_("come back later")
        )


def _lines(batch: PaymentBatch, claims: Sequence[Claim], by: Viewer, now: datetime) -> list[bank.Line]:
    lines = []
    for number, claim in enumerate(claims, 1):
        assert claim.amount_fen is not None
        settled = _paid_once(claim)
        take(claim, "batch", by=by, now=now, details={"batch": batch.pk, "line": number}, once=settled)
        lines.append(bank.Line(number, claim.pk, claim.amount_fen, bytes(claim.account_hash or b"")))
    rows = [
        Payment(batch=batch, line=line.line, claim_id=line.claim, once=claim.once, amount_fen=line.amount_fen)
        for line, claim in zip(lines, claims, strict=True)
    ]
    try:
        with transaction.atomic():
            Payment.objects.bulk_create(rows)
    except IntegrityError:
        raise AlreadyDone(
            _("Something in this batch was paid before"),
            why=_("what is paid once has a payment that waits or was made; nothing was put into a batch"),
            next=_("look for the other claim, and claim back or refuse one of them"),
        ) from None
    return lines


def _paid_once(claim: Claim) -> str:
    """What a claim is paid once by as known today. Raises AlreadyDone, with its number, where that stands in another live claim."""
    settled = paid_once(claim)
    if Claim.objects.filter(once=settled, state__in=LIVE).exclude(pk=claim.pk).exists():
        raise AlreadyDone(
            _("Claim %(n)s is for what another one is granted for") % {"n": claim.pk},
            why=_("by now both are known to be of one household or one person, and it is paid once"),
            next=_("take one of them back into review; make the batch without it"),
        )
    return settled


def send_batch(*, batch_id: int, by: Viewer, now: datetime) -> PaymentBatch:
    """A second officer, who is a party of no claim in it, sends a batch, once what it would pay is what was put together.

    Raises NotFound, AlreadyDone, GuildhallError.
    """
    with transaction.atomic():
        batch = _locked(batch_id, by, now, "made")
        if batch.made_by == by.name:
            raise GuildhallError(_("A colleague must do this"), why=_("you put the batch together"), next=_("ask another claims officer"))
        if parties(by, Claim.objects.filter(payments__batch=batch)):
            why = _("you lodged a claim in it, acted for somebody in it, or it concerns you")
            raise GuildhallError(_("A colleague must do this"), why=why, next=_("ask another claims officer"))
        _refuse_changed(batch)
        batch.state, batch.sent_by, batch.sent_at = "sent", by.name, now
        batch.save(update_fields=["state", "sent_by", "sent_at"])
        _record(batch, "send_batch", by, now)
    return batch


def cancel_batch(*, batch_id: int, reason: str, by: Viewer, now: datetime) -> PaymentBatch:
    """Takes a batch apart that was not sent; its claims are to be paid as before. Raises NotFound, AlreadyDone, GuildhallError."""
    if not reason.strip():
        raise GuildhallError(_("There is no reason"), next=_("say in a few words why the batch is taken apart"))
    with transaction.atomic():
        batch = _locked(batch_id, by, now, "made")
        Payment.objects.filter(batch=batch).update(state="cancelled", settled_at=now)
        claims = Claim.objects.select_for_update().filter(payments__batch=batch, state="batched").order_by("pk")
        for claim in _in_order(list(claims)):
            take(claim, "unbatch", by=by, now=now, reason=reason, details={"batch": batch.pk})
        batch.state = "cancelled"
        batch.save(update_fields=["state"])
        _record(batch, "cancel_batch", by, now, reason.strip())
    return batch


def bank_file(*, batch_id: int, by: Viewer, now: datetime) -> bytes:
    """The file for the bank of a batch that was sent, accounts in full; taking it along is an event. Raises NotFound, GuildhallError."""
    refuse_others(by)
    with transaction.atomic():
        batch = batch_seen(by, batch_id, timezone.localdate(now))
        if batch.state not in ("sent", "settled"):
            raise GuildhallError(_("The batch has not been sent"), next=_("have a second officer send it first"))
        _refuse_changed(batch)
        rows = []
        for payment in Payment.objects.filter(batch=batch).select_related("claim").order_by("line"):
            account = account_of(payment.claim)
            assert account is not None
            rows.append((payment.line, account.holder, account.number, payment.amount_fen, benefits.title(payment.claim.benefit).zh))
        _record(batch, "take_bank_file", by, now)
    return bank.order(batch.pk, rows)


def reconcile(*, batch_id: int, content: bytes, name: str, by: Viewer, now: datetime) -> dict[str, int]:
    """Takes in the bank's answer: each line it names is paid or came back with a reason. Counts by outcome, and of lines that still wait.

    The answer may come in parts; what it repeats of what is known changes nothing. Raises NotFound, FaultsFound where a line was not
    sent, has another amount, or contradicts an earlier answer: then nothing of the file is taken.
    """
    refuse_others(by)
    with transaction.atomic():
        batch = _locked(batch_id, by, now, "sent", "settled")
        payments = {row.line: row for row in Payment.objects.select_for_update().filter(batch=batch).order_by("pk")}
        sent = {line: row.amount_fen for line, row in payments.items()}
        known = {line: "paid" if row.state == "repaid" else row.state for line, row in payments.items()}
        language = get_language() or "zh-hans"
        answers = bank.answers(content, name, batch=batch.pk, sent=sent, known=known, language=language)
        fresh = [(payments[answer.line], answer) for answer in answers if payments[answer.line].state == "waiting"]
        claims = Claim.objects.select_for_update().in_bulk([payment.claim_id for payment, _answer in fresh])
        for payment, answer in sorted(fresh, key=lambda pair: chain(claims[pair[0].claim_id])):
            _settle(claims[payment.claim_id], payment, answer, by, now)
        counts = {state: sum(row.state == state for row in payments.values()) for state in ("paid", "returned", "waiting")}
        if not counts["waiting"] and batch.state == "sent":
            batch.state, batch.settled_at = "settled", now
            batch.save(update_fields=["state", "settled_at"])
        _record(batch, "reconcile", by, now, details={**counts, "new": len(fresh)})
    return counts


def _settle(claim: Claim, payment: Payment, answer: bank.Answer, by: Viewer, now: datetime) -> None:
    payment.state, payment.settled_at = answer.outcome, now
    if answer.outcome == "returned":
        payment.code, payment.reason_sealed = bank.code_of(answer.reason), seal_words(PAYMENTS, "reason", payment.pk, answer.reason)
    payment.save(update_fields=["state", "code", "reason_sealed", "settled_at"])
    details = {"batch": payment.batch_id, "line": payment.line, "amount": payment.amount_fen}
    if answer.outcome == "paid":
        take(claim, "pay", by=by, now=now, details=details, told=("claim_paid", {"amount": money(payment.amount_fen)}))
    else:
        take(claim, "bounce", by=by, now=now, details=details, told=("claim_failed", {"reason": bank.RETURNED[payment.code]}))


def _refuse_changed(batch: PaymentBatch) -> None:
    """Raises GuildhallError where the lines are not those the batch was made of: an account or an amount was changed underneath."""
    rows = Payment.objects.filter(batch=batch).select_related("claim").order_by("line")
    lines = [bank.Line(row.line, row.claim_id, row.amount_fen, bytes(row.claim.account_hash or b"")) for row in rows]
    if bank.digest(batch.pk, lines) != batch.digest or sum(line.amount_fen for line in lines) != batch.total_fen:
        raise GuildhallError(
            _("The batch is not what was put together"),
            why=_("a payment, an amount or an account is another than when it was made"),
            next=_("take it apart and make it anew; tell the auditor"),
        )


def _locked(batch_id: int, by: Viewer, now: datetime, *states: str) -> PaymentBatch:
    refuse_others(by)
    batch_seen(by, batch_id, timezone.localdate(now))
    batch = PaymentBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state not in states:
        raise AlreadyDone(_("This has been done with the batch already"), next=_("see how it stands now"))
    return batch


def _in_order(claims: list[Claim]) -> list[Claim]:
    """By the chains their events go to: whoever writes to several chains does so in one order, so that nobody waits in a circle."""
    return sorted(claims, key=lambda claim: (chain(claim), claim.pk))


def _record(batch: PaymentBatch, verb: str, by: Viewer, now: datetime, reason: str = "", details: dict[str, object] | None = None) -> None:
    told = {"batch": batch.pk, "count": batch.count, "total": batch.total_fen, "digest": batch.digest, **(details or {})}
    record(subject=f"payments:{batch.place_id}", action=f"incentives.{verb}", by=by, now=now, reason=reason, details=told)
