"""Money: batches by two officers, what came back, objections, claims back with four eyes, budgets, hints, and what is erased when."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from guildhall.incentives.engine import bank, terms
from guildhall.incentives.engine.defects import masked_account, masked_name, normal_account
from guildhall.incentives.engine.hints import Seen, hints
from guildhall.incentives.models import Appeal, BenefitGrant, Check, Claim, Payment, PaymentBatch, Verdict
from guildhall.incentives.operations import appeals, budgets, checking, lodging, paying, review
from guildhall.incentives.operations.deadlines import recompute_deadlines
from guildhall.incentives.queries import claims, payments
from guildhall.kernel.calendar import SpecialDay, WorkCalendar
from guildhall.kernel.errors import AlreadyDone, FaultsFound, GuildhallError, NotFound
from guildhall.office import strongroom
from guildhall.office.models import Attachment, AuditEvent, Notice
from guildhall.office.queries.notices import facts_of
from guildhall.overview.operations.retention import erase_due
from guildhall.web.viewer import system
from tests.incentives.desk import BENEFIT, TODAY, Desk, answer, desk

__all__ = ["desk"]


# batches


def test_a_batch_has_totals_and_a_digest_and_two_officers(desk: Desk) -> None:
    claim, batch = desk.batched()
    assert (batch.count, batch.total_fen, len(batch.digest)) == (1, 150_000, 64)
    with pytest.raises(GuildhallError, match="colleague|同事"):
        paying.send_batch(batch_id=batch.pk, by=desk.officer, now=desk.now)
    with pytest.raises(GuildhallError):
        paying.bank_file(batch_id=batch.pk, by=desk.officer, now=desk.now)
    paying.send_batch(batch_id=batch.pk, by=desk.second, now=desk.now)
    text = paying.bank_file(batch_id=batch.pk, by=desk.officer, now=desk.now).decode("utf-8-sig")
    assert text.splitlines()[1] == f"{batch.pk},1,晏雨蘅,6222000011112222,1500.00,技能提升补贴"
    assert AuditEvent.objects.filter(action="incentives.take_bank_file").exists()
    with pytest.raises(AlreadyDone):
        paying.cancel_batch(batch_id=batch.pk, reason="x", by=desk.second, now=desk.now)
    for stranger in (desk.worker, desk.auditor, desk.employer, desk.world.viewer("claims_officer", desk.world.west)):
        with pytest.raises(NotFound):
            paying.bank_file(batch_id=batch.pk, by=stranger, now=desk.now)
    assert [row.claim_id for row in payments.lines(desk.auditor, batch.pk, TODAY)] == [claim.pk]


def test_nothing_is_paid_before_its_notice_is_over(desk: Desk) -> None:
    claim = desk.noticed()
    with pytest.raises(GuildhallError):
        paying.make_batch(by=desk.officer, now=desk.now)
    desk.later(6)
    with pytest.raises(GuildhallError):
        paying.make_batch(by=desk.officer, now=desk.now, claim_ids=[claim.pk])  # the last day of the notice
    desk.later(1)
    with pytest.raises(GuildhallError):
        paying.make_batch(by=desk.officer, now=desk.now, claim_ids=[claim.pk, 999])
    assert paying.make_batch(by=desk.officer, now=desk.now, claim_ids=[claim.pk]).count == 1


def test_a_batch_that_was_touched_underneath_is_not_sent(desk: Desk) -> None:
    claim, batch = desk.batched()
    Claim.objects.filter(pk=claim.pk).update(account_hash=b"another")
    with pytest.raises(GuildhallError, match="not what was put together|不一致"):
        paying.send_batch(batch_id=batch.pk, by=desk.second, now=desk.now)
    paying.cancel_batch(batch_id=batch.pk, reason="账户被改动", by=desk.second, now=desk.now)
    assert desk.again(claim).state == "noticed"
    assert Payment.objects.get().state == "cancelled"
    assert paying.make_batch(by=desk.officer, now=desk.now).count == 1


def test_what_comes_back_is_paid_anew_into_another_account(desk: Desk) -> None:
    claim, batch = desk.sent()
    paying.reconcile(batch_id=batch.pk, content=answer(batch, "returned", "户名不符"), name="a.csv", by=desk.officer, now=desk.now)
    assert desk.again(claim).state == "failed"
    assert facts_of(Notice.objects.get(template="claim_failed", channel="app"))["reason"] == bank.RETURNED["name"]
    assert Notice.objects.filter(template="claim_failed", channel="sms").exists()
    lodging.give_account(claim_id=claim.pk, number="6222000099998888", holder="晏雨蘅", bank="匠城银行", by=desk.worker, now=desk.now)
    again = paying.make_batch(by=desk.second, now=desk.now)
    paying.send_batch(batch_id=again.pk, by=desk.officer, now=desk.now)
    paying.reconcile(batch_id=again.pk, content=answer(again, "paid"), name="a.csv", by=desk.officer, now=desk.now)
    assert desk.again(claim).state == "paid"
    assert [row.state for row in Payment.objects.order_by("pk")] == ["returned", "paid"]
    assert PaymentBatch.objects.filter(state="settled").count() == 2
    assert "changed" in {hint.kind for hint in claims.claim(desk.officer, claim.pk, TODAY, desk.now).hints}


def test_the_database_itself_refuses_a_second_payment(desk: Desk) -> None:
    claim = desk.paid()
    row = Payment.objects.get()
    other = Claim.objects.get(pk=claim.pk)
    other.pk, other.once, other.state, other.grant = None, "other", "noticed", None
    other.save()
    for claim_id, once in ((claim.pk, "another"), (other.pk, claim.once)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.create(batch_id=row.batch_id, line=7, claim_id=claim_id, once=once, amount_fen=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=other.pk).update(once=claim.once)


def test_a_shortage_is_reported_and_holds_nothing_back(desk: Desk) -> None:
    place = desk.world.harbour.place
    terms_of = {"place": place, "benefit": BENEFIT, "year": 2026, "document": "渝财〔2026〕1号", "now": desk.now}
    with pytest.raises(NotFound):
        budgets.set_budget(amount_fen=1, by=desk.world.viewer("claims_officer", desk.world.west), **terms_of)  # type: ignore[arg-type]
    budgets.set_budget(amount_fen=100_000, by=desk.officer, **terms_of)  # type: ignore[arg-type]
    desk.noticed()
    (found,) = payments.budgets(desk.officer, 2026, TODAY)
    assert (found.paid, found.committed, found.short, found.left) == (0, 150_000, 50_000, 0)
    desk.later(10)
    assert paying.make_batch(by=desk.officer, now=desk.now).total_fen == 150_000
    budgets.set_budget(amount_fen=400_000, by=desk.officer, **terms_of)  # type: ignore[arg-type]
    (found,) = payments.budgets(desk.auditor, 2026, TODAY)
    assert (found.short, found.left) == (0, 250_000)


# objections, claims back


def test_a_refusal_can_be_objected_to_once_and_somebody_else_decides(desk: Desk) -> None:
    claim = desk.refused()
    with pytest.raises(GuildhallError):
        appeals.appeal(claim_id=claim.pk, grounds=" ", by=desk.worker, now=desk.now)
    row = appeals.appeal(claim_id=claim.pk, grounds="参保记录不全，已补缴", by=desk.worker, now=desk.now)
    assert not row.late
    assert b"\xe5\x8f\x82" not in bytes(row.grounds_sealed)
    with pytest.raises(GuildhallError, match="colleague|同事"):
        appeals.decide_appeal(claim_id=claim.pk, uphold=True, answer="x", by=desk.officer, now=desk.now)
    appeals.decide_appeal(claim_id=claim.pk, uphold=False, answer="记录无误", by=desk.second, now=desk.now)
    assert desk.again(claim).state == "refused"
    with pytest.raises(AlreadyDone):
        appeals.appeal(claim_id=claim.pk, grounds="还是不服", by=desk.worker, now=desk.now)
    found = claims.claim(desk.worker, claim.pk, TODAY, desk.now).verdicts[0]
    assert (found.told, found.grounds, found.answer) == ("参保月数不足", "参保记录不全，已补缴", "记录无误")


def test_an_objection_that_is_upheld_sends_the_claim_back_to_be_paid(desk: Desk) -> None:
    claim = desk.refused()
    appeals.appeal(claim_id=claim.pk, grounds="记录已更正", by=desk.worker, now=desk.now)
    appeals.decide_appeal(claim_id=claim.pk, uphold=True, answer="更正属实", by=desk.second, now=desk.now)
    fresh = checking.check(claim_id=claim.pk, by=desk.third, now=desk.now)
    review.approve(claim_id=claim.pk, check_id=fresh.pk, by=desk.third, now=desk.now)
    assert desk.again(claim).state == "approved"
    assert Verdict.objects.get(what="refusal").state == "set_aside"


def test_one_that_comes_late_is_taken_and_marked(desk: Desk) -> None:
    claim = desk.refused()
    desk.later(61)
    assert appeals.appeal(claim_id=claim.pk, grounds="住院", by=desk.worker, now=desk.now).late


def test_no_objection_revives_a_claim_while_another_for_the_same_lives(desk: Desk) -> None:
    first = desk.refused()
    desk.lodged()
    with pytest.raises(AlreadyDone):
        appeals.appeal(claim_id=first.pk, grounds="不服", by=desk.worker, now=desk.now)
    assert not Appeal.objects.exists()


def test_money_is_claimed_back_with_four_eyes_and_can_be_objected_to(desk: Desk) -> None:
    claim = desk.recalled()
    assert claim.state == "recalled"
    assert BenefitGrant.objects.get().revoked_on is not None
    told = facts_of(Notice.objects.get(template="claim_recalled", channel="app"))
    assert told["reason"] == "证书被撤销"
    appeals.appeal(claim_id=claim.pk, grounds="证书有效", by=desk.worker, now=desk.now)
    with pytest.raises(GuildhallError, match="colleague|同事"):
        appeals.decide_appeal(claim_id=claim.pk, uphold=True, answer="x", by=desk.second, now=desk.now)
    appeals.decide_appeal(claim_id=claim.pk, uphold=True, answer="核实有效", by=desk.third, now=desk.now)
    assert desk.again(claim).state == "paid"
    assert BenefitGrant.objects.get().revoked_on is None


def test_who_proposes_a_claim_back_does_not_confirm_it(desk: Desk) -> None:
    claim = desk.paid()
    appeals.recall(claim_id=claim.pk, reason="重复领取", by=desk.officer, now=desk.now)
    with pytest.raises(GuildhallError, match="colleague|同事"):
        appeals.decide_recall(claim_id=claim.pk, confirm=True, by=desk.officer, now=desk.now)
    with pytest.raises(GuildhallError):
        appeals.decide_recall(claim_id=claim.pk, confirm=False, by=desk.second, now=desk.now)
    appeals.decide_recall(claim_id=claim.pk, confirm=False, reason="不成立", by=desk.second, now=desk.now)
    assert desk.again(claim).state == "paid"


def test_what_was_paid_back_can_be_claimed_anew(desk: Desk) -> None:
    claim = desk.recalled()
    with pytest.raises(AlreadyDone):
        desk.lodged()
    appeals.note_repaid(claim_id=claim.pk, reason="财政专户收讫", by=desk.officer, now=desk.now)
    assert Payment.objects.get().state == "repaid"
    desk.now += timedelta(days=1)
    assert desk.lodged().state == "lodged"


# hints, deadlines, retention


def test_hints_say_why_and_refuse_nothing(desk: Desk) -> None:
    claim = desk.lodged()
    assert claims.claim(desk.officer, claim.pk, TODAY, desk.now).hints == ()
    colleague, neighbour = desk.world.viewer("colleague"), desk.world.viewer("worker", desk.world.neighbour)
    desk.lodged(by=colleague, subject=str(desk.world.harbour.second))
    other = desk.lodged(by=neighbour, subject=str(desk.world.neighbour.worker))
    found = claims.claim(desk.officer, claim.pk, TODAY, desk.now).hints
    assert [hint.kind for hint in found] == ["account"]
    assert other.pk in found[0].claims
    assert claims.claim(desk.worker, claim.pk, TODAY, desk.now).hints == ()
    assert [hint.kind for hint in hints(Seen(issued_on=TODAY, lodged_on=TODAY + timedelta(days=3), issuer_elsewhere=True))] == ["quick"]
    assert {hint.kind for hint in hints(Seen(paper_claims=(5,), same_issuer_that_day=12, agent_claims=30))} == {"paper", "rush", "agent"}


def test_the_same_file_in_two_claims_is_a_hint(desk: Desk, var: Path) -> None:
    claim, other = desk.draft(), desk.draft(subject=desk.another_certificate(555))
    paper = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    for one in (claim, other):
        lodging.add_paper(claim_id=one.pk, title="劳动合同", content=paper, name="x.pdf", by=desk.worker, now=desk.now)
    for one in (claim, other):
        lodging.submit(claim_id=one.pk, by=desk.worker, now=desk.now)
    found = claims.claim(desk.officer, claim.pk, TODAY, desk.now)
    assert [hint.kind for hint in found.hints] == ["paper"]
    assert [row.title for row in found.papers] == ["劳动合同"]
    with pytest.raises(NotFound):
        lodging.add_paper(claim_id=claim.pk, title="x", content=paper, name="x.pdf", by=desk.world.viewer("colleague"), now=desk.now)
    with pytest.raises(GuildhallError):
        lodging.add_paper(claim_id=claim.pk, title="x", content=paper, name="x.pdf", by=desk.worker, now=desk.now)


def test_terms_move_when_a_calendar_is_published(desk: Desk) -> None:
    claim = desk.lodged()
    Claim.objects.filter(pk=claim.pk).update(due_on=date(2026, 2, 1))
    with pytest.raises(NotFound):
        recompute_deadlines(by=desk.officer, now=desk.now)
    assert recompute_deadlines(by=system("command:x"), now=desk.now) == 1
    assert desk.again(claim).due_on == date(2026, 2, 6)
    calendar = WorkCalendar.of([SpecialDay(date(2026, 1, 1), "holiday", "x", "x", "official")])
    assert terms.notice_until(calendar, date(2026, 1, 31), 5).value == date(2026, 2, 6)
    late = terms.due(calendar, terms.TERMS["lodged"], date(2026, 12, 30))
    assert late is not None
    assert late.provisional


def test_contents_go_in_time_and_what_was_paid_stays(desk: Desk, var: Path) -> None:
    paid = desk.paid()
    refused_certificate = desk.another_certificate(555)
    desk.facts["insured_months"] = 11
    refused = desk.accepted(subject=refused_certificate)
    review.refuse(claim_id=refused.pk, reason="不符合", by=desk.officer, now=desk.now)
    desk.facts["insured_months"] = 14
    draft = desk.draft(subject=desk.another_certificate(556))
    Attachment.objects.create(
        subject=f"claim:{draft.pk}",
        title="x",
        media_type="image/png",
        size=1,
        sha256="",
        file=strongroom.put(b"x"),
        added_by="x",
        added_at=desk.now,
    )

    def erase(year: int) -> None:
        erase_due(on=date(year, 6, 1), by=system("test"), clock=lambda: datetime(year, 6, 1, tzinfo=UTC))

    erase(2027)
    assert not Claim.objects.filter(pk=draft.pk).exists()
    assert Attachment.objects.get(subject=f"claim:{draft.pk}").removed_at
    assert desk.again(refused).account_sealed
    erase(2030)
    assert desk.again(refused).account_sealed is None
    assert {bytes(row.inputs_sealed) for row in Check.objects.filter(claim=refused)} == {b""}
    assert desk.again(paid).account_sealed
    erase(2037)
    row = desk.again(paid)
    assert (row.account_sealed, row.account_hash, row.amount_fen, row.state) == (None, None, 150_000, "paid")
    assert Check.objects.filter(claim=paid).exclude(inputs_sealed=b"").count() == 0
    assert json.loads(AuditEvent.objects.filter(action="incentives.check").earliest("pk").details)["outcome"] == "entitled"


# pure


def test_accounts_and_names_are_masked_and_read_as_typed() -> None:
    assert normal_account("６２２２ 0000-1111 2222") == "6222000011112222"
    assert [normal_account(text) for text in ("", "1234567", "abc", "1" * 33)] == [""] * 4
    assert (masked_account("6222000011112222"), masked_account("")) == ("****2222", "")
    assert [masked_name(name) for name in ("王", "王二", "欧阳娜娜", "")] == ["王*", "王*", "欧**", ""]


def test_a_file_for_the_bank_is_no_formula_and_its_digest_tells_lines_apart() -> None:
    text = bank.order(3, [(1, "=cmd", "62220000", 5, "+x")]).decode("utf-8-sig")
    assert text.splitlines() == ["batch,line,name,account,amount,note", "3,1,'=cmd,62220000,0.05,'+x"]
    lines = [bank.Line(1, 7, 100, b"a"), bank.Line(2, 8, 200, b"b")]
    assert (
        len(
            {
                bank.digest(3, lines),
                bank.digest(4, lines),
                bank.digest(3, lines[:1]),
                bank.digest(3, [bank.Line(1, 7, 100, b"c"), lines[1]]),
            }
        )
        == 4
    )
    with pytest.raises(FaultsFound) as told:
        bank.answers(
            b"batch,line,amount,outcome,reason\n3,1,1.00,paid,\n3,1,1.00,paid,\n3,2,x,nope,\n",
            "a.csv",
            batch=3,
            sent={1: 100, 2: 200},
            known={},
            language="en",
        )
    assert [fault.column for fault in told.value.faults] == ["line", "amount", "outcome"]
