"""The way of a claim: lodged, returned once, checked by rule, reviewed by four eyes, put on notice, paid; each step recorded and told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from guildhall.incentives.engine.states import MOVES
from guildhall.incentives.engine.terms import TERMS
from guildhall.incentives.models import BenefitGrant, Check, Claim, Rulebook, Statement, Verdict
from guildhall.incentives.operations import appeals, checking, lodging, paying, receiving, review
from guildhall.incentives.queries import benefits, claims, inputs
from guildhall.incentives.queries.sealed import seal_check
from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.models import AuditEvent, Notice
from guildhall.office.queries.notices import facts_of
from guildhall.rules.parameters import Parameters
from guildhall.web.viewer import system
from tests.house.tree import REPOSITORY
from tests.incentives.desk import BENEFIT, DOCUMENT, TODAY, Desk, answer, desk, parameters

__all__ = ["desk"]


def _told(template: str) -> list[Notice]:
    return list(Notice.objects.filter(template=template).order_by("pk"))


def test_a_claim_goes_from_the_first_line_to_the_money(desk: Desk) -> None:
    claim = desk.paid()
    assert claim.state == "paid"
    assert claim.amount_fen == 150_000
    verbs = [step.verb for step in claim.steps.order_by("pk")]
    assert verbs == ["begin", "submit", "accept", "approve", "publish", "batch", "pay"]
    chain = AuditEvent.objects.filter(chain=f"worker:{claim.worker_id}", action__startswith="incentives.")
    assert {f"incentives.{verb}" for verb in verbs} <= {event.action for event in chain}
    told = set(Notice.objects.filter(worker_id=claim.worker_id).values_list("template", flat=True))
    assert {"claim_lodged", "claim_accepted", "claim_approved", "claim_noticed", "claim_paid"} <= told
    grant = BenefitGrant.objects.get()
    assert (grant.benefit, grant.certificate_id, grant.amount, grant.level) == (BENEFIT, int(claim.subject), 150_000, "L4")


@pytest.mark.parametrize("urgent", [True, False, None])
def test_a_grant_keeps_whether_its_occupation_counted_as_urgent(desk: Desk, urgent: bool | None) -> None:
    desk.facts["urgent_shown"] = urgent
    desk.approved()
    assert BenefitGrant.objects.get().shortage is urgent


def test_a_grant_keeps_what_the_list_in_force_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    held = parameters().of(BENEFIT)
    listed = held["urgent_occupations"]
    versions = tuple(replace(one, value=("2-02-38",)) if one.holds_on(date(2025, 5, 12)) else one for one in listed.versions)
    rules = {BENEFIT: {**held, "urgent_occupations": replace(listed, versions=versions)}}
    monkeypatch.setattr(benefits, "parameters", lambda: Parameters(rules, "demonstration", parameters().links))
    desk.facts["urgent_shown"] = None
    desk.approved()
    assert BenefitGrant.objects.get().shortage is True


def test_no_personal_word_stands_in_an_event(desk: Desk) -> None:
    claim = desk.paid()
    text = " ".join(event.details + event.reason for event in AuditEvent.objects.all())
    for secret in ("6222000011112222", "晏雨蘅", "匠城银行"):
        assert secret not in text
    assert b"6222000011112222" not in bytes(claim.account_sealed or b"")


def test_what_is_claimed_must_be_ones_own(desk: Desk) -> None:
    for subject in (str(desk.world.west.worker), str(desk.world.harbour.second), "0", "x", "٣"):
        with pytest.raises(NotFound):
            lodging.begin(benefit=BENEFIT, subject=subject, by=desk.worker, now=desk.now)
    for benefit in ("no_such_benefit", "self_employed_relief", "continuing_education_deduction"):
        with pytest.raises(NotFound):
            lodging.begin(benefit=benefit, subject=desk.certificate, by=desk.worker, now=desk.now)
    for by in (desk.officer, desk.employer, desk.auditor, desk.world.viewer("planner")):
        with pytest.raises(NotFound):
            lodging.begin(benefit=BENEFIT, subject=desk.certificate, by=by, now=desk.now)


def test_a_claim_says_only_what_the_rule_asks_of_it(desk: Desk) -> None:
    claim = desk.draft()
    for said in ({"insured_months": 99}, {"applied_on": TODAY}, {"drawing_benefit": "yes"}, {"nothing": 1}):
        with pytest.raises(GuildhallError):
            lodging.say(claim_id=claim.pk, said=said, by=desk.worker, now=desk.now)
    offered = {found.name for found in benefits.asked(BENEFIT)}
    assert "drawing_benefit" in offered
    assert offered.isdisjoint({"insured_months", "applied_on", "granted_on", "level"})


def test_an_account_is_needed_and_must_be_one(desk: Desk) -> None:
    claim = lodging.begin(benefit=BENEFIT, subject=desk.certificate, by=desk.worker, now=desk.now)
    with pytest.raises(GuildhallError, match="account|账户"):
        lodging.submit(claim_id=claim.pk, by=desk.worker, now=desk.now)
    for number in ("", "123", "62220000111122AB"):
        with pytest.raises(GuildhallError):
            lodging.give_account(claim_id=claim.pk, number=number, holder="x", bank="y", by=desk.worker, now=desk.now)


def test_a_claim_is_returned_once_with_everything_that_is_missing(desk: Desk) -> None:
    claim = desk.lodged()
    assert claim.due_on == date(2026, 2, 6)
    with pytest.raises(GuildhallError):
        receiving.send_back(claim_id=claim.pk, defects=[], by=desk.officer, now=desk.now)
    receiving.send_back(
        claim_id=claim.pk, defects=[("paper_missing", "劳动合同"), ("account_of_another", "")], by=desk.officer, now=desk.now
    )
    found = claims.claim(desk.worker, claim.pk, TODAY, desk.now)
    assert found.defects == (("paper_missing", "劳动合同"), ("account_of_another", ""))
    assert "劳动合同" in str(facts_of(_told("claim_returned")[0])["defects"])
    lodging.give_account(claim_id=claim.pk, number="6222000011113333", holder="晏雨蘅", bank="匠城银行", by=desk.worker, now=desk.now)
    lodging.submit(claim_id=claim.pk, by=desk.worker, now=desk.now)
    with pytest.raises(AlreadyDone):
        receiving.send_back(claim_id=claim.pk, defects=[("paper_missing", "")], by=desk.officer, now=desk.now)
    assert desk.again(claim).state == "lodged"
    review.refuse(claim_id=claim.pk, reason="补正后材料仍不齐", basis=[DOCUMENT], by=desk.officer, now=desk.now)
    assert desk.again(claim).state == "refusing", "the rule says that all of it holds: a second officer looks at it"


def test_what_lacks_something_is_returned_before_it_is_refused(desk: Desk) -> None:
    claim = desk.lodged()
    with pytest.raises(GuildhallError, match="first returned|先"):
        review.refuse(claim_id=claim.pk, reason="材料不齐", by=desk.officer, now=desk.now)


def test_a_claim_not_completed_in_time_ends_and_can_be_made_anew(desk: Desk) -> None:
    claim = desk.lodged()
    receiving.send_back(claim_id=claim.pk, defects=[("paper_missing", "")], by=desk.officer, now=desk.now)
    assert lodging.lapse_due(by=system("work"), now=desk.now) == 0
    late = desk.now + timedelta(days=40)
    assert lodging.lapse_due(by=system("work"), now=late) == 1
    assert desk.again(claim).state == "lapsed"
    desk.now = late
    assert desk.lodged().state == "lodged"


def test_a_decision_is_kept_and_made_again_to_the_same_bytes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = desk.accepted()
    row = desk.check(claim)
    assert (row.outcome, row.value_fen) == ("entitled", 150_000)
    monkeypatch.setattr(benefits, "parameters", lambda: pytest.fail("a replay asks nothing of today's parameters"))
    desk.facts["insured_months"] = 1
    found = checking.replay(check_id=row.pk, by=desk.auditor, now=desk.now)
    assert found.same
    assert json.loads(found.again)["outcome"] == "entitled"
    event = AuditEvent.objects.filter(action="incentives.check").last()
    assert event
    assert json.loads(event.details)["decision"] == row.decision_digest
    with pytest.raises(NotFound):
        checking.replay(check_id=row.pk, by=desk.worker, now=desk.now)
    kept = Check.objects.get(pk=row.pk).inputs_digest
    Check.objects.filter(pk=row.pk).update(inputs_digest="0" * 64, decision_digest="0" * 64)
    assert checking.replay(check_id=row.pk, by=desk.auditor, now=desk.now).same, "what counts is the event of the day"
    Check.objects.filter(pk=row.pk).update(inputs_digest=kept, inputs_sealed=seal_check(claim.pk, row.number, "inputs", "{}"))
    with pytest.raises(GuildhallError, match="changed|改"):
        checking.replay(check_id=row.pk, by=desk.auditor, now=desk.now)
    Check.objects.filter(pk=row.pk).update(inputs_sealed=row.inputs_sealed)
    Rulebook.objects.filter(pk=row.rulebook_id).update(content="{}")
    with pytest.raises(GuildhallError, match="changed|改"):
        checking.replay(check_id=row.pk, by=desk.auditor, now=desk.now)


def test_the_rule_is_asked_again_at_the_approval(desk: Desk) -> None:
    claim = desk.accepted()
    seen = desk.check(claim)
    desk.facts["insured_months"] = 3
    with pytest.raises(GuildhallError, match="by now|现在"):
        review.approve(claim_id=claim.pk, check_id=seen.pk, by=desk.officer, now=desk.now)
    fresh = checking.check(claim_id=claim.pk, by=desk.officer, now=desk.now)
    assert fresh.outcome == "refused"
    with pytest.raises(GuildhallError):
        review.approve(claim_id=claim.pk, check_id=fresh.pk, by=desk.officer, now=desk.now)
    verdict = review.refuse(claim_id=claim.pk, reason="参保不足十二个月", by=desk.officer, now=desk.now)
    assert verdict.basis
    assert not verdict.differs
    told = facts_of(_told("claim_refused")[0])
    assert told["basis"]
    assert told["reason"] == "参保不足十二个月"
    assert told["until"] == str(verdict.remedy_until) == "2026-03-31"
    assert told["body"]


@pytest.mark.parametrize(("age", "outcome"), [(45, "entitled"), (46, "undetermined")])
def test_an_objection_decided_100_days_later_rests_on_the_data_of_the_application(desk: Desk, age: int, outcome: str) -> None:
    desk.facts["insured_as_of"] = TODAY - timedelta(days=age)
    claim = desk.refused()
    assert (desk.check(claim).outcome == "undetermined") is (outcome == "undetermined")
    appeals.appeal(claim_id=claim.pk, grounds="已足额缴费", by=desk.worker, now=desk.now)
    desk.later(100)
    appeals.decide_appeal(claim_id=claim.pk, uphold=True, answer="重新审核", by=desk.third, now=desk.now)
    assert checking.check(claim_id=claim.pk, by=desk.officer, now=desk.now).outcome == outcome


def test_a_verdict_that_differs_from_the_rule_has_a_reason_and_two_officers(desk: Desk) -> None:
    claim = desk.accepted()
    seen = desk.check(claim).pk
    with pytest.raises(GuildhallError, match="reason|理由"):
        review.approve(claim_id=claim.pk, check_id=seen, amount_fen=120_000, by=desk.officer, now=desk.now)
    told: dict[str, Any] = {"reason": "已在他处领取部分", "basis": [f"{DOCUMENT} 第三条"]}
    verdict = review.approve(claim_id=claim.pk, check_id=seen, amount_fen=120_000, by=desk.officer, now=desk.now, **told)
    assert verdict.differs
    assert verdict.basis == [f"{DOCUMENT} 第三条"]
    assert desk.again(claim).state == "proposed"
    with pytest.raises(GuildhallError, match="colleague|同事"):
        review.confirm(claim_id=claim.pk, by=desk.officer, now=desk.now)
    review.confirm(claim_id=claim.pk, by=desk.second, now=desk.now)
    assert (desk.again(claim).state, desk.again(claim).amount_fen) == ("approved", 120_000)


def test_what_differs_from_the_rule_cites_a_document_and_stays_under_the_cap(desk: Desk) -> None:
    claim = desk.accepted()
    asked: dict[str, object] = {"claim_id": claim.pk, "check_id": desk.check(claim).pk, "by": desk.officer, "now": desk.now, "reason": "x"}
    for basis in ((), ("  ",), ("领导同意",), ("《随便》",), ("第1号",), ("这件事是(2024)3",), ("渝府办发〔2023〕57号",)):
        with pytest.raises(GuildhallError, match="document|文件"):
            review.approve(amount_fen=120_000, basis=basis, **asked)  # type: ignore[arg-type]
    cites = {"basis": [DOCUMENT]}
    for amount in (150_001, 10**9):
        with pytest.raises(GuildhallError, match="cap|上限"):
            review.approve(amount_fen=amount, **cites, **asked)  # type: ignore[arg-type]
        with pytest.raises(GuildhallError, match="cap|上限"):
            review.approve(amount_fen=amount, uplift="领导同意", **cites, **asked)  # type: ignore[arg-type]
    assert not Verdict.objects.filter(claim=claim).exists()
    verdict = review.approve(amount_fen=180_000, uplift="《紧缺职业提高标准的通知》渝人社发〔2025〕9号", **cites, **asked)  # type: ignore[arg-type]
    assert (verdict.state, verdict.basis) == ("proposed", [DOCUMENT, "《紧缺职业提高标准的通知》渝人社发〔2025〕9号"])


def test_a_cap_that_is_not_known_is_no_leave_to_pay_anything(desk: Desk) -> None:
    desk.facts["level"] = None
    claim = desk.accepted()
    assert desk.check(claim).outcome == "undetermined"
    asked: dict[str, object] = {"claim_id": claim.pk, "check_id": desk.check(claim).pk, "by": desk.officer, "now": desk.now, "reason": "x"}
    with pytest.raises(GuildhallError, match="cap|上限"):
        review.approve(amount_fen=150_000, basis=[DOCUMENT], **asked)  # type: ignore[arg-type]


def test_above_the_amount_in_the_settings_a_second_officer_decides(desk: Desk, settings: object) -> None:
    settings.CLAIM_SECOND_FEN = 150_000  # type: ignore[attr-defined]
    claim = desk.approved()
    assert claim.state == "proposed"
    assert not BenefitGrant.objects.exists()
    review.reject(claim_id=claim.pk, reason="合同看不清", by=desk.second, now=desk.now)
    assert desk.again(claim).state == "accepted"
    review.approve(claim_id=claim.pk, check_id=desk.check(claim).pk, by=desk.officer, now=desk.now)
    review.confirm(claim_id=claim.pk, by=desk.second, now=desk.now)
    assert desk.again(claim).state == "approved"
    assert [row.state for row in Verdict.objects.order_by("pk")] == ["set_aside", "final"]


def test_one_who_lodged_for_somebody_or_is_the_person_does_not_decide(desk: Desk) -> None:
    claim = desk.lodged()
    Claim.objects.filter(pk=claim.pk).update(lodged_by=desk.officer.name)
    with pytest.raises(GuildhallError, match="colleague|同事"):
        receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    receiving.accept(claim_id=claim.pk, by=desk.second, now=desk.now)


def test_a_claim_can_be_withdrawn_until_it_is_with_the_bank(desk: Desk) -> None:
    claim = desk.noticed()
    lodging.withdraw(claim_id=claim.pk, by=desk.worker, now=desk.now)
    assert BenefitGrant.objects.get().revoked_on == TODAY
    with pytest.raises(AlreadyDone):
        lodging.withdraw(claim_id=claim.pk, by=desk.worker, now=desk.now)
    claim, _batch = desk.batched()
    with pytest.raises(GuildhallError):
        lodging.withdraw(claim_id=claim.pk, by=desk.worker, now=desk.now)


def test_an_objection_in_the_notice_sends_a_claim_back_into_review(desk: Desk) -> None:
    claim = desk.noticed()
    assert [line.number for line in claims.notice_board(TODAY)] == [claim.pk]
    review.reopen(claim_id=claim.pk, reason="有人反映证书不实", by=desk.officer, now=desk.now)
    claim = desk.again(claim)
    assert (claim.state, claim.amount_fen, claim.notice_until) == ("accepted", None, None)
    assert claims.notice_board(TODAY) == []
    review.approve(claim_id=claim.pk, check_id=desk.check(claim).pk, by=desk.officer, now=desk.now)
    assert BenefitGrant.objects.filter(revoked_on=None).count() == 1


def test_one_thing_is_claimed_once_at_a_time(desk: Desk) -> None:
    claim = desk.draft()
    with pytest.raises(AlreadyDone):
        desk.draft()
    lodging.submit(claim_id=claim.pk, by=desk.worker, now=desk.now)
    with pytest.raises(AlreadyDone):
        desk.draft()
    lodging.withdraw(claim_id=claim.pk, by=desk.worker, now=desk.now)
    assert desk.lodged().pk != claim.pk


def test_deadlines_that_reach_into_a_year_without_a_calendar_are_provisional(desk: Desk) -> None:
    claim = desk.lodged()
    assert not claims.claim(desk.worker, claim.pk, TODAY, desk.now).row.provisional
    year_end = desk.now.replace(year=2040)
    Claim.objects.filter(pk=claim.pk).update(since=year_end.date())
    assert claims.claim(desk.worker, claim.pk, TODAY, desk.now).row.provisional


def test_every_step_of_the_table_has_words_for_the_record() -> None:
    from guildhall.office.engine.actions import ACTIONS

    assert {f"incentives.{move.verb}" for move in MOVES} <= ACTIONS.keys()


def test_checks_are_never_changed(desk: Desk) -> None:
    claim = desk.accepted()
    first = desk.check(claim)
    desk.facts["insured_months"] = 13
    second = checking.check(claim_id=claim.pk, by=desk.officer, now=desk.now)
    assert (first.number, second.number) == (1, 2)
    assert first.inputs_digest != second.inputs_digest
    assert Check.objects.get(pk=first.pk).decision_digest == first.decision_digest


def test_the_answer_of_the_bank_is_taken_whole_or_not_at_all(desk: Desk) -> None:
    claim, batch = desk.sent()
    for bad in ({"line": "9"}, {"batch": "999"}, {"amount": "1.00"}, {"line": "x"}):
        with pytest.raises(GuildhallError):
            paying.reconcile(batch_id=batch.pk, content=answer(batch, "paid", changed=bad), name="a.csv", by=desk.officer, now=desk.now)
    for outcome in ("maybe", "returned"):
        with pytest.raises(GuildhallError):
            paying.reconcile(batch_id=batch.pk, content=answer(batch, outcome), name="a.csv", by=desk.officer, now=desk.now)
    assert desk.again(claim).state == "batched"
    counts = paying.reconcile(batch_id=batch.pk, content=answer(batch, "成功"), name="a.csv", by=desk.officer, now=desk.now)
    assert counts == {"paid": 1, "returned": 0, "waiting": 0}
    assert paying.reconcile(batch_id=batch.pk, content=answer(batch, "paid"), name="a.csv", by=desk.officer, now=desk.now) == counts
    with pytest.raises(GuildhallError):
        paying.reconcile(batch_id=batch.pk, content=answer(batch, "returned", "户名不符"), name="a.csv", by=desk.officer, now=desk.now)


def test_facts_come_from_the_records_and_a_claim_says_only_what_they_cannot(desk: Desk) -> None:
    claim = desk.accepted()
    told = inputs.inputs(desk.again(claim), TODAY)
    assert (told["level"], told["occupation"], told["applied_on"], told["drawing_benefit"]) == ("L4", "2-02-38", TODAY, False)
    row = desk.check(claim)
    assert row.outcome == "entitled"
    assert checking.replay(check_id=row.pk, by=desk.auditor, now=desk.now).same
    assert Statement.objects.get(fact="drawing_benefit").value == "false"
    desk.paid_premiums(2024)
    year = lodging.begin(benefit="job_stabilisation_refund", subject="2025", by=desk.employer, now=desk.now)
    assert inputs.inputs(year, TODAY)["premiums"] == 1_000_000
    hire = lodging.begin(benefit="hiring_subsidy", subject=str(desk.world.harbour.keys["spell"]), by=desk.employer, now=desk.now)
    assert inputs.inputs(hire, TODAY)["contract"] == "regular"


def test_the_page_on_the_way_of_a_claim_says_what_the_table_says() -> None:
    page = (REPOSITORY / "docs" / "method" / "claims.md").read_text(encoding="utf-8")
    for move in MOVES:
        before = ", ".join(f"`{state}`" for state in move.before) or "—"
        assert f"| {move.title.en} · {move.title.zh} | {before} | `{move.after}` | {', '.join(move.by)} |" in page
    for state, term in TERMS.items():
        assert f"| `{state}`: {term.title.en} | {term.words.en} | {term.status} |" in page
