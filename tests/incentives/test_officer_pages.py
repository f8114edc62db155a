"""The officers' pages: the queue, the review with the trace beside the evidence, payments, budgets, the public notice, the counter."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guildhall.incentives.engine.defects import DEFECTS
from guildhall.incentives.models import Budget, Check, Claim, Rulebook, Verdict
from guildhall.incentives.operations import appeals, lodging, paying, receiving
from guildhall.incentives.operations.moving import due_on
from guildhall.incentives.queries import claims, payments
from guildhall.incentives.queries.terms import due, pay_by
from guildhall.incentives.queries.waiting import waiting
from guildhall.office.models import AuditEvent, Grant, Mandate, Notice
from guildhall.office.queries.notices import facts_of
from guildhall.office.viewers import MANDATE
from guildhall.web.navigation import Waiting
from guildhall.web.viewer import Viewer
from tests import clock, people
from tests.incentives.desk import BENEFIT, DOCUMENT, Desk, answer, desk

__all__ = ["desk"]

pytestmark = pytest.mark.usefixtures("shown")


@pytest.fixture
def office(desk: Desk) -> Desk:
    """A desk whose facts are fresh on the day on which pages are asked."""
    desk.facts["insured_as_of"] = clock.today()
    return desk


def _as(viewer: Viewer) -> Client:
    return people.signed_in(Grant.objects.get(pk=viewer.grant or 0))


def _page(viewer: Viewer, name: str, *args: Any, query: str = "") -> str:
    response = _as(viewer).get(reverse(name, args=args) + query)
    assert response.status_code == 200, (name, response.status_code)
    return unescape(response.content.decode())


def _sent(viewer: Viewer, name: str, *args: Any, **form: Any) -> tuple[int, str]:
    response = _as(viewer).post(reverse(name, args=args), form)
    return response.status_code, unescape(response.content.decode())


def _step(viewer: Viewer, claim: Claim, action: str, **form: Any) -> tuple[int, str]:
    return _sent(viewer, "claim_review", claim.pk, action=action, **form)


def _rows(page: str) -> list[int]:
    return [int(key) for key in re.findall(r'<th scope="row"><a href="/zh-hans/claims/(\d+)/"', page)]


# the queue


def test_the_queue_shows_what_waits_by_kind_of_work_and_to_whom(office: Desk) -> None:
    claim = office.accepted()
    assert _rows(_page(office.officer, "claims_queue")) == [claim.pk]
    assert _rows(_page(office.officer, "claims_queue", query="?work=second")) == []
    assert _step(office.officer, claim, "approve", **_amount(claim, "1000", "部分材料不符", DOCUMENT))[0] == 302
    assert _rows(_page(office.officer, "claims_queue", query="?work=second")) == []  # proposed it
    assert _rows(_page(office.second, "claims_queue", query="?work=second")) == [claim.pk]
    assert _rows(_page(office.auditor, "claims_queue", query="?work=second")) == [claim.pk]
    assert _rows(_page(office.officer, "claims_queue", query="?state=proposed")) == [claim.pk]
    assert _rows(_page(office.officer, "claims_queue", query="?state=proposed&benefit=startup_grant")) == []


def test_what_was_returned_and_not_completed_in_time_waits_for_an_officer(office: Desk) -> None:
    claim = office.lodged()
    receiving.send_back(claim_id=claim.pk, defects=[("paper_missing", "")], by=office.officer, now=office.now)
    due = office.again(claim).due_on
    assert due is not None
    before = claims.queue(office.officer, due, work="first")
    assert (before.waiting, before.overdue) == (0, 0), "the claimant has its day"
    day = due + timedelta(days=1)
    found = claims.queue(office.officer, day, work="first")
    assert ([row.claim.pk for row in found.rows], found.waiting, found.overdue, found.works["first"]) == ([claim.pk], 1, 1, 1)
    assert found.rows[0].may_be_ended
    assert waiting(office.officer, day)["claims_queue"] == Waiting(1, 1)
    office.now = clock.moment()
    assert due < clock.today()
    page = _page(office.officer, "claims_queue")
    assert _rows(page) == [claim.pk]
    assert "可终止或继续等待" in page
    assert "是否终止" in _page(office.officer, "claim_review", claim.pk)
    assert _step(office.officer, claim, "lapse")[0] == 302
    assert _rows(_page(office.officer, "claims_queue")) == []


def test_a_list_without_deadlines_goes_on_where_it_stopped(office: Desk) -> None:
    first = office.lodged()
    lodging.withdraw(claim_id=first.pk, by=office.worker, now=office.now)
    second = office.lodged()
    lodging.withdraw(claim_id=second.pk, by=office.worker, now=office.now)
    page = claims.queue(office.officer, clock.today(), state="withdrawn", size=1)
    assert ([row.claim.pk for row in page.rows], page.next) == ([second.pk], str(second.pk))
    rest = claims.queue(office.officer, clock.today(), state="withdrawn", after=page.next, size=1)
    assert ([row.claim.pk for row in rest.rows], rest.next) == ([first.pk], "")


# the review


def _amount(claim: Claim, yuan: str, reason: str = "", basis: str = "") -> dict[str, Any]:
    more = {"approve-basis": basis} if basis else {}
    return more | {
        "approve-check_id": Check.objects.filter(claim=claim).latest("number").pk,
        "approve-amount": yuan,
        "approve-reason": reason,
    }


def test_the_trace_stands_beside_the_evidence_and_is_made_again(office: Desk) -> None:
    claim = office.accepted()
    page = _page(office.officer, "claim_review", claim.pk)
    check = office.check(claim)
    assert check.rulebook_id[:12] in page
    assert "逐字节一致" in page
    for said in ("渝府办发〔2023〕57号", "本市登记", "申领中填写", "1,500.00元"):
        assert said in page, said
    assert "****2222" in page
    assert "6222000011112222" not in page
    assert AuditEvent.objects.filter(action="incentives.open_claim").exists()


def test_a_stored_decision_that_was_changed_is_not_decided_on(office: Desk) -> None:
    claim = office.accepted()
    Rulebook.objects.update(content="{}")
    page = _page(office.officer, "claim_review", claim.pk)
    assert "已存内容被改动过" in page
    assert "逐字节一致" not in page


def test_an_auditor_reads_masked_names_and_decides_nothing(office: Desk) -> None:
    claim = office.accepted()
    page = _page(office.auditor, "claim_review", claim.pk)
    assert "晏雨蘅" not in page
    assert "<textarea" not in page
    assert _step(office.auditor, claim, "refuse")[0] == 404
    assert _as(office.auditor).get(reverse("account_shown", args=[claim.pk])).status_code == 404


def test_a_claim_goes_from_the_counter_to_the_approval_by_forms_alone(office: Desk) -> None:
    claim = office.lodged()
    assert _step(office.officer, claim, "accept")[0] == 302
    assert _step(office.officer, claim, "approve", **_amount(claim, "1500"))[0] == 302
    assert office.again(claim).state == "approved"
    assert _step(office.officer, claim, "publish")[0] == 302
    assert _step(office.officer, claim, "reopen", **{"reopen-reason": "有人反映已离职"})[0] == 302
    assert office.again(claim).state == "accepted"


def test_a_claim_is_returned_once_with_everything_ticked(office: Desk) -> None:
    claim = office.lodged()
    status, page = _step(office.officer, claim, "return")
    assert (status, office.again(claim).state) == (200, "lodged")
    assert "只能退回一次" in page
    status, page = _step(office.officer, claim, "return", **{"return-paper_missing_note": "劳动合同", "return-other": "on"})
    assert status == 200
    assert page.count('class="said"') == 2  # one wrote without ticking, one ticked without a word
    given = {"return-paper_missing": "on", "return-paper_missing_note": "劳动合同", "return-account_wrong": "on"}
    assert _step(office.officer, claim, "return", **given)[0] == 302
    assert office.again(claim).state == "returned"
    told = str(facts_of(Notice.objects.filter(template="claim_returned")[0])["defects"])
    assert all(DEFECTS[code].zh in told for code in ("paper_missing", "account_wrong"))
    lodging.submit(claim_id=claim.pk, by=office.worker, now=office.now)
    page = _page(office.officer, "claim_review", claim.pk)
    assert 'value="return"' not in page
    assert 'value="refuse"' in page


def test_another_amount_needs_a_reason_and_another_officer(office: Desk) -> None:
    claim = office.accepted()
    for yuan, reason in (("", ""), ("no", ""), ("0", ""), ("1000", "")):
        status, page = _step(office.officer, claim, "approve", **_amount(claim, yuan, reason))
        assert (status, "said" in page) == (200, True), yuan
    assert office.again(claim).state == "accepted"
    assert _step(office.officer, claim, "approve", **_amount(claim, "1000", "按实际支出"))[0] == 200, "it cites no document"
    assert _step(office.officer, claim, "approve", **_amount(claim, "1600", "按实际支出", DOCUMENT))[0] == 200, "above the cap"
    assert _step(office.officer, claim, "approve", **_amount(claim, "1000", "按实际支出", DOCUMENT))[0] == 302
    assert office.again(claim).state == "proposed"
    page = _page(office.officer, "claim_review", claim.pk)
    assert "同一账号不能兼任" in page
    assert _step(office.officer, claim, "confirm")[0] == 404
    assert _step(office.second, claim, "reject")[0] == 200  # without a reason
    assert _step(office.second, claim, "confirm")[0] == 302
    assert (office.again(claim).state, office.again(claim).amount_fen) == ("approved", 100_000)


def test_a_refusal_is_prefilled_by_the_rule_and_shown_as_the_letter_it_is(office: Desk) -> None:
    office.facts["insured_months"] = 3
    claim = office.accepted()
    page = _page(office.officer, "claim_review", claim.pk)
    assert "以下条件不符合" in page
    assert "渝府办发〔2023〕57号" in page or "人社部发" in page
    words = {"refuse-reason": "参保只有 3 个月，须满 12 个月。", "refuse-basis": "人社部发〔2025〕18号 第一条"}
    status, page = _step(office.officer, claim, "refuse", preview="1", **words)
    assert (status, office.again(claim).state) == (200, "accepted")
    assert "理由：参保只有 3 个月，须满 12 个月。" in page
    assert _step(office.officer, claim, "refuse", **words)[0] == 302
    verdict = Verdict.objects.get()
    assert (verdict.basis, verdict.remedy_until is not None) == (["人社部发〔2025〕18号 第一条"], True)
    told = facts_of(Notice.objects.filter(template="claim_refused")[0])
    assert str(verdict.remedy_until) in str(told["until"]), "with the word provisional where the day may move"
    assert told["reason"] == "参保只有 3 个月，须满 12 个月"


def test_a_refusal_against_the_rule_is_confirmed_on_the_page_by_a_second_officer(office: Desk) -> None:
    claim = office.accepted()
    assert _step(office.officer, claim, "check")[0] == 302
    assert office.check(claim).outcome == "entitled"
    page = _page(office.officer, "claim_review", claim.pk)
    assert "再由第二人复核" in page
    assert re.search(r'<textarea[^>]*name="refuse-basis"[^>]*>\s*</textarea>', page), "no document is put into the officer's mouth"
    words = {"refuse-reason": "证书系伪造", "refuse-basis": "领导意见"}
    assert _step(office.officer, claim, "refuse", **words)[0] == 200, "it cites no document"
    assert _step(office.officer, claim, "refuse", **{**words, "refuse-basis": DOCUMENT})[0] == 302
    assert office.again(claim).state == "refusing"
    assert _rows(_page(office.second, "claims_queue", query="?work=second")) == [claim.pk]
    assert "同一账号不能兼任" in _page(office.officer, "claim_review", claim.pk)
    assert 'value="confirm_refusal"' in _page(office.second, "claim_review", claim.pk)
    assert _step(office.second, claim, "confirm_refusal")[0] == 302
    assert office.again(claim).state == "refused"


def test_an_objection_is_answered_by_an_officer_who_took_no_part(office: Desk) -> None:
    claim = office.refused()
    appeals.appeal(claim_id=claim.pk, grounds="我有 14 个月", by=office.worker, now=office.now)
    assert _rows(_page(office.officer, "appeals")) == []
    assert _rows(_page(office.second, "appeals")) == [claim.pk]
    assert "未参与" in _page(office.officer, "claim_review", claim.pk)
    assert _step(office.officer, claim, "uphold", **{"appeal-answer": "x"})[0] == 404
    status, page = _step(office.second, claim, "dismiss")
    assert (status, "said" in page) == (200, True)
    assert _step(office.second, claim, "uphold", **{"appeal-answer": "参保记录已更正"})[0] == 302
    assert office.again(claim).state == "accepted"


def test_money_is_claimed_back_by_two_officers(office: Desk) -> None:
    claim = office.paid()
    assert _step(office.officer, claim, "recall")[0] == 200
    assert _step(office.officer, claim, "recall", **{"recall-reason": "证书被撤销"})[0] == 302
    assert _step(office.officer, claim, "confirm_recall")[0] == 404
    assert _step(office.second, claim, "confirm_recall")[0] == 302
    assert _step(office.second, claim, "repay", **{"repay-reason": "缴款书已核对"})[0] == 302
    assert office.again(claim).state == "repaid"


def test_a_hint_names_other_claims_and_decides_nothing(office: Desk) -> None:
    claims_of = [office.lodged()]
    side = office.world.harbour
    for key, worker in ((9_990_001, side.second), (9_990_002, side.student)):
        claimant = office.world.viewer("colleague") if worker == side.second else people.viewer("worker", worker_id=worker)
        claims_of.append(office.lodged(by=claimant, subject=office.another_certificate(key, worker)))
    page = _page(office.officer, "claim_review", claims_of[0].pk)
    assert "同一收款账户用于 3 人的申领" in page
    assert f"/claims/{claims_of[1].pk}/" in page
    assert 'value="accept"' in page


def test_an_account_is_shown_with_a_reason_and_the_person_is_told(office: Desk) -> None:
    claim = office.lodged()
    assert "6222000011112222" not in _page(office.officer, "account_shown", claim.pk)
    status, page = _sent(office.officer, "account_shown", claim.pk, reason="claim", note="")
    assert (status, "6222000011112222" in page) == (200, True)
    assert Notice.objects.filter(template="number_revealed").exists()
    assert _as(office.world.viewer("claims_officer", office.world.west)).get(reverse("account_shown", args=[claim.pk])).status_code == 404


# money


def test_a_batch_goes_to_the_bank_and_its_answer_comes_back(office: Desk) -> None:
    office.noticed()
    assert "1,500.00元" in _page(office.officer, "payments")
    assert _sent(office.officer, "payments", batch="1")[0] == 200  # nothing ticked
    assert _sent(office.officer, "payments", every="1")[0] == 302
    (batch,) = payments.batches(office.officer, clock.today())
    assert batch.digest in _page(office.officer, "payment_batch", batch.pk)
    assert _sent(office.officer, "payment_batch", batch.pk, action="send")[0] == 200
    assert _sent(office.officer, "payment_file", batch.pk)[0] != 200
    assert _sent(office.second, "payment_batch", batch.pk, action="send")[0] == 302
    file = _as(office.officer).post(reverse("payment_file", args=[batch.pk]))
    assert "6222000011112222" in file.content.decode("utf-8-sig")
    wrong = SimpleUploadedFile("answer.csv", answer(batch, "paid", changed={"line": "7"}))
    status, page = _sent(office.officer, "payment_batch", batch.pk, action="answer", file=wrong)
    assert (status, "第“7”行未曾发送" in page) == (200, True)
    assert re.search(r'<th scope="row">第 2 行</th>\s*<td data-th="列">line</td>', page)
    back = SimpleUploadedFile("answer.csv", answer(batch, "returned", "户名不符"))
    assert _sent(office.officer, "payment_batch", batch.pk, action="answer", file=back)[0] == 302
    page = _page(office.officer, "payment_batch", batch.pk)
    assert "户名不符" in page
    assert Claim.objects.get().state == "failed"
    assert "银行退回" in _page(office.officer, "payments")


def test_claims_are_put_on_notice_by_ticking_and_a_batch_is_taken_apart(office: Desk) -> None:
    claim = office.approved()
    assert _sent(office.officer, "payments", publish="1")[0] == 200
    assert _sent(office.officer, "payments", publish="1", claim=[claim.pk])[0] == 302
    assert office.again(claim).state == "noticed"
    Claim.objects.update(notice_until=office.now.date())
    assert _sent(office.officer, "payments", batch="1", claim=[claim.pk])[0] == 302
    (batch,) = payments.batches(office.officer, clock.today())
    assert _sent(office.second, "payment_batch", batch.pk, action="cancel")[0] == 200
    assert _sent(office.second, "payment_batch", batch.pk, action="cancel", reason="多了一笔")[0] == 302
    assert office.again(claim).state == "noticed"
    assert _sent(office.auditor, "payments", every="1")[0] == 404


def test_a_budget_is_noted_and_a_shortage_reported(office: Desk) -> None:
    office.noticed()
    year, place = office.now.year, office.world.harbour.place
    assert "没有登记预算" in _page(office.officer, "budgets", query=f"?year={year}")
    given = {"place": place, "benefit": BENEFIT, "amount": "1,000", "document": "渝财〔2026〕1号"}
    path = reverse("budgets") + f"?year={year}"
    for wrong in ({"amount": "many"}, {"document": ""}, {"place": "tiny-west"}):
        assert _as(office.officer).post(path, {**given, **wrong}).status_code == 200
    assert _as(office.officer).post(path, given).status_code == 302
    assert Budget.objects.get().amount_fen == 100_000
    page = _page(office.auditor, "budgets", query=f"?year={year}")
    assert "500.00元" in page
    assert "不足" in page
    assert _as(office.auditor).post(path, given).status_code == 404


# the public


def test_the_public_notice_hides_names_and_says_how_to_object(office: Desk) -> None:
    office.now = clock.moment()
    office.facts["issued_on"] = clock.today()
    claim = office.lodged()
    Claim.objects.update(state="noticed", amount_fen=150_000, notice_from=clock.today(), notice_until=clock.today())
    page = unescape(Client().get(reverse("notice_board")).content.decode())
    assert "晏**" in page
    assert "晏雨蘅" not in page
    assert "如何提出异议" in page
    for query, found in ((f"?number={claim.pk}", 1), ("?number=x", 0), ("?place=tiny-harbour", 1), ("?place=tiny-west", 0)):
        assert Client().get(reverse("notice_board") + query).content.decode().count('<th scope="row">') == found, query
    assert Client().get(reverse("notice_board") + "?place=nowhere").status_code == 404


# the counter


def test_an_officer_lodges_for_a_person_under_a_mandate_on_record(office: Desk) -> None:
    side, client = office.world.harbour, _as(office.officer)
    path = reverse("claim_at_counter")
    card = {"name": side.name(side.worker), "number": side.number(side.worker), "consent": "signed", "note": "签字单 7"}
    assert client.post(path, {**card, "name": "某某"}).status_code == 200
    assert not Mandate.objects.filter(purpose="benefits").exists()
    assert client.post(path, card).status_code == 302
    held = Mandate.objects.get(purpose="benefits")
    assert (held.worker_id, client.session[MANDATE]) == (side.worker, held.pk)
    assert client.get(reverse("claims_queue")).status_code == 404  # acts for the person now, and decides nothing


def test_whoever_lodged_at_the_counter_does_not_decide(office: Desk) -> None:
    claim = office.lodged()
    Claim.objects.update(lodged_by=office.officer.name)
    assert _rows(_page(office.officer, "claims_queue")) == []
    assert "您提交了这件申领" in _page(office.officer, "claim_review", claim.pk)
    assert _step(office.officer, claim, "accept")[0] == 404
    assert _step(office.second, claim, "accept")[0] == 302


def test_doors_of_the_review_are_closed_to_everybody_else(office: Desk) -> None:
    claim, batch = office.sent()
    west = office.world.viewer("claims_officer", office.world.west)
    for viewer in (west, office.worker, office.employer, office.world.viewer("planner")):
        for name, key in (("claim_review", claim.pk), ("payment_batch", batch.pk)):
            assert _as(viewer).get(reverse(name, args=[key])).status_code == 404
    assert _rows(_page(west, "claims_queue", query="?state=batched")) == []


# by when it is to be paid


def test_paying_is_due_after_the_notice_and_by_the_day_of_the_text(office: Desk) -> None:
    claim = office.noticed()
    assert claim.notice_until is not None
    assert claim.due_on == due_on("noticed", claim.notice_until), "the term begins with the end of the notice"
    Claim.objects.filter(pk=claim.pk).update(pay_by=claim.notice_until + timedelta(days=1))
    row = office.again(claim)
    ends = due(row)
    assert ends is not None
    assert (ends.value, ends.provisional) == (row.pay_by, False)
    Claim.objects.filter(pk=claim.pk).update(state="failed")
    ends = due(office.again(claim))
    assert ends is not None
    assert ends.value > claim.notice_until + timedelta(days=1), "what the claimant has to do is not cut short"


def test_the_day_of_the_text_is_noted_when_a_claim_is_lodged(office: Desk) -> None:
    known = {"hired_on": date(2025, 7, 14), "place": "cq-500103"}
    assert pay_by("social_insurance_subsidy", known) == date(2026, 12, 31)
    assert pay_by("social_insurance_subsidy", {**known, "hired_on": date(2026, 7, 14)}) is None, "nothing of 2026 is on file"
    assert pay_by("social_insurance_subsidy", {}) is None
    assert pay_by(BENEFIT, known) is None


def test_what_is_to_be_paid_stands_by_its_deadline_and_late_payments_are_counted(office: Desk) -> None:
    first = office.noticed()
    row = {field.attname: getattr(first, field.attname) for field in Claim._meta.concrete_fields if not field.primary_key}
    second = Claim.objects.create(**{**row, "subject": "777", "once": "other", "grant_id": None})
    Claim.objects.update(notice_until=first.notice_from)
    Claim.objects.filter(pk=first.pk).update(due_on=clock.today() + timedelta(days=3))
    Claim.objects.filter(pk=second.pk).update(due_on=clock.today() - timedelta(days=1), pay_by=clock.today() - timedelta(days=1))
    page = _page(office.officer, "payments")
    assert _ticks(page) == [second.pk, first.pk]
    assert page.count("clock late") == 1
    assert f"{clock.today() - timedelta(days=1)}" in page
    assert waiting(office.officer, clock.today())["payments"] == Waiting(2, 1)
    office.now = clock.moment()
    batch = paying.make_batch(by=office.officer, now=office.now, claim_ids=[second.pk])
    Claim.objects.filter(pk=second.pk).update(due_on=clock.today() - timedelta(days=1))
    (found,) = payments.open_batches(office.officer, clock.today(), 10)
    assert (found.batch, found.due_on, found.overdue) == (batch, clock.today() - timedelta(days=1), True)
    assert waiting(office.officer, clock.today())["payments"] == Waiting(2, 1), "late with the bank counts as well"
    assert "clock late" in _page(office.officer, "payments")


def _ticks(page: str) -> list[int]:
    return [int(key) for key in re.findall(r'name="claim" value="(\d+)"', page)]
