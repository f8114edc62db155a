"""Who decides on a claim and on what: no party of it, nobody alone against the rule, nobody who was overruled, nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from guildhall.city import load as load_pack
from guildhall.incentives.models import BenefitGrant, Business, Check, Claim, Statement, Verdict
from guildhall.incentives.operations import appeals, checking, lodging, paying, receiving, review
from guildhall.incentives.queries import benefits, claims, inputs
from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.office.models import Mandate, Notice
from guildhall.office.queries.mandates import tasks_of
from guildhall.web.viewer import Viewer
from tests.incentives.desk import BENEFIT, DOCUMENT, TODAY, Desk, answer, desk, opened
from tests.incentives.test_hires_of_employers import _accepted as hire_accepted
from tests.threads import alone, at_once, shared_database
from tests.world import LONG_AGO

__all__ = ["desk"]


def _tried(work: Callable[[], object]) -> bool:
    try:
        work()
    except GuildhallError:
        return False
    return True


# against the rule


def test_what_the_rule_grants_is_refused_on_a_document_by_two_officers(desk: Desk) -> None:
    claim = desk.accepted()
    told: dict[str, Any] = {"claim_id": claim.pk, "by": desk.officer, "now": desk.now, "reason": "证书系伪造"}
    for basis in ((), ("领导意见",), ("《随便》",)):
        with pytest.raises(GuildhallError, match="document|文件"):
            review.refuse(basis=basis, **told)
    assert desk.again(claim).state == "accepted"
    verdict = review.refuse(basis=[DOCUMENT], **told)
    assert (verdict.state, verdict.differs, desk.again(claim).state) == ("proposed", True, "refusing")
    assert not Notice.objects.filter(template="claim_refused").exists()
    assert claims.claim(desk.worker, claim.pk, TODAY, desk.now).verdicts == ()
    with pytest.raises(GuildhallError, match="colleague|同事"):
        review.confirm_refusal(claim_id=claim.pk, by=desk.officer, now=desk.now)
    review.confirm_refusal(claim_id=claim.pk, by=desk.second, now=desk.now)
    verdict.refresh_from_db()
    assert (verdict.state, verdict.confirmed_by, desk.again(claim).state) == ("final", desk.second.name, "refused")
    assert verdict.remedy_until == date(2026, 3, 31)
    assert Notice.objects.filter(template="claim_refused").exists()


def test_a_refusal_that_is_handed_back_leaves_the_claim_in_review(desk: Desk) -> None:
    claim = desk.accepted()
    review.refuse(claim_id=claim.pk, reason="不实", basis=[DOCUMENT], by=desk.officer, now=desk.now)
    assert {move.verb for move in claims.claim(desk.second, claim.pk, TODAY, desk.now).may} == {"confirm_refusal", "reject"}
    assert {move.verb for move in claims.claim(desk.officer, claim.pk, TODAY, desk.now).may} == set()
    review.reject(claim_id=claim.pk, reason="依据不足", by=desk.second, now=desk.now)
    assert (desk.again(claim).state, Verdict.objects.get().state) == ("accepted", "set_aside")
    review.approve(claim_id=claim.pk, check_id=desk.check(claim).pk, by=desk.officer, now=desk.now)
    assert desk.again(claim).state == "approved"


def test_whoever_hands_back_the_refusal_of_what_was_completed_takes_it_up(desk: Desk) -> None:
    claim = desk.lodged()
    receiving.send_back(claim_id=claim.pk, defects=[("paper_missing", "")], by=desk.officer, now=desk.now)
    lodging.submit(claim_id=claim.pk, by=desk.worker, now=desk.now)
    review.refuse(claim_id=claim.pk, reason="材料不齐", basis=[DOCUMENT], by=desk.officer, now=desk.now)
    assert desk.again(claim).state == "refusing"
    review.reject(claim_id=claim.pk, reason="材料齐全", by=desk.second, now=desk.now)
    assert (desk.again(claim).state, {*Statement.objects.values_list("claim_id", flat=True)}) == ("accepted", {claim.pk})


def test_the_rule_is_asked_again_at_the_refusal(desk: Desk) -> None:
    desk.facts["insured_months"] = 11
    claim = desk.accepted()
    desk.facts["insured_months"] = 14
    for basis in ((), (DOCUMENT,)):
        with pytest.raises(GuildhallError, match="by now|现在"):
            review.refuse(claim_id=claim.pk, reason="参保月数不足", basis=basis, by=desk.officer, now=desk.now)
    assert checking.check(claim_id=claim.pk, by=desk.officer, now=desk.now).outcome == "entitled"
    review.refuse(claim_id=claim.pk, reason="参保月数不足", basis=[DOCUMENT], by=desk.officer, now=desk.now)
    desk.facts["insured_months"] = 11
    with pytest.raises(GuildhallError, match="by now|现在"):
        review.confirm_refusal(claim_id=claim.pk, by=desk.second, now=desk.now)


def test_an_employer_does_not_see_that_a_refusal_is_proposed(desk: Desk) -> None:
    claim = hire_accepted(desk, hard_to_employ=True)
    assert desk.check(claim).outcome == "entitled"
    review.refuse(claim_id=claim.pk, reason="他处已领", basis=[DOCUMENT], by=desk.officer, now=desk.now)
    found = claims.claim(desk.employer, claim.pk, TODAY, desk.now)
    assert (found.row.said.en, found.row.due_on, found.verdicts) == ("taken up, in review", None, ())
    review.confirm_refusal(claim_id=claim.pk, by=desk.second, now=desk.now)
    found = claims.claim(desk.employer, claim.pk, TODAY, desk.now)
    assert found.row.said.en == "refused"
    assert not any("officer" in step.title.en for step in found.steps)


def test_who_was_overruled_does_not_refuse_again(desk: Desk) -> None:
    claim = desk.refused()
    appeals.appeal(claim_id=claim.pk, grounds="错", by=desk.worker, now=desk.now)
    appeals.decide_appeal(claim_id=claim.pk, uphold=True, answer="对", by=desk.third, now=desk.now)
    checking.check(claim_id=claim.pk, by=desk.officer, now=desk.now)
    again: dict[str, Any] = {"claim_id": claim.pk, "reason": "仍不符合", "basis": [DOCUMENT], "now": desk.now}
    with pytest.raises(GuildhallError, match="colleague|同事"):
        review.refuse(by=desk.officer, **again)
    review.refuse(by=desk.second, **again)
    with pytest.raises(GuildhallError, match="colleague|同事"):
        review.confirm_refusal(claim_id=claim.pk, by=desk.officer, now=desk.now)
    review.confirm_refusal(claim_id=claim.pk, by=desk.third, now=desk.now)
    assert desk.again(claim).state == "refused"


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("《随便》", False),
        ("凭记忆，未见文件", False),
        ("第1号", False),
        ("这件事是(2024)3", False),
        ("人社部发〔2017〕40号", False),
        ("渝府办发〔2023〕57号", True),
        ("《另一份通知》（渝人社发〔2025〕9号）第二条", True),
        ("《另一份通知》", False),
    ],
)
def test_a_document_is_one_on_file_that_was_seen_or_has_title_and_number(line: str, is_one: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "city", lambda: load_pack("chongqing"))
    assert review.cites_document(line, BENEFIT) is is_one


@pytest.mark.parametrize(("gives", "amount", "above"), [(500_000, 500_000, False), (500_000, 500_001, True), (None, 1, True)])
def test_without_a_cap_the_amount_the_rule_gives_is_the_bound(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, gives: int | None, amount: int, above: bool
) -> None:
    claim = desk.accepted()
    rule = benefits.rule_of(BENEFIT)
    monkeypatch.setattr(benefits, "rule_of", lambda name: replace(rule, result=replace(rule.result, cap=None)))
    found = Check(claim=claim, outcome="refused", value_fen=gives)
    if above:
        with pytest.raises(GuildhallError, match="amount|金额"):
            review.cited(claim, [DOCUMENT], "", amount, found)
    assert review.cited(claim, [DOCUMENT], DOCUMENT if above else "", amount, found) == [DOCUMENT]


# parties


def _acting(desk: Desk, until: int = 100) -> Viewer:
    """The officer at the counter, under a mandate of the worker for benefits."""
    held = desk.world.harbour.grants["claims_officer"]
    given = Mandate.objects.create(
        kind="counter", agent=held.account, worker_id=desk.world.harbour.worker, purpose="benefits", consent="spoken", given_at=desk.now,
        valid_from=LONG_AGO, valid_until=TODAY + timedelta(days=until),
    )  # fmt: skip
    return Viewer(
        desk.officer.name, "claims_officer", held.account_id, held.pk, given.worker_id, scopes=tasks_of("benefits"), mandate=given.pk
    )


def test_who_completed_a_claim_for_the_person_does_not_decide_on_it(desk: Desk) -> None:
    acting = _acting(desk)
    claim = desk.lodged()
    receiving.send_back(claim_id=claim.pk, defects=[("account_wrong", "")], by=desk.second, now=desk.now)
    lodging.give_account(claim_id=claim.pk, number="9999 0000 1111 2222", holder="X", bank="Y", by=acting, now=desk.now)
    lodging.submit(claim_id=claim.pk, by=acting, now=desk.now)
    Mandate.objects.all().delete()
    assert claims.queue(desk.officer, TODAY, work="first").rows == ()
    with pytest.raises(GuildhallError, match="colleague|同事"):
        receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    receiving.accept(claim_id=claim.pk, by=desk.second, now=desk.now)


@pytest.mark.parametrize("ended", [True, False])
def test_who_held_a_mandate_since_the_claim_began_does_not_decide_on_it(desk: Desk, ended: bool) -> None:
    claim = desk.lodged()
    _acting(desk)
    if ended:
        Mandate.objects.update(revoked_at=desk.now + timedelta(hours=1))
    with pytest.raises(GuildhallError, match="colleague|同事"):
        receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    Mandate.objects.update(revoked_at=desk.now - timedelta(hours=1))
    receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)


def test_who_gave_another_account_pays_it_in_no_batch(desk: Desk) -> None:
    acting = _acting(desk)
    claim, other = desk.lodged(), desk.lodged(subject=desk.another_certificate(555))
    for one in (claim, other):
        receiving.accept(claim_id=one.pk, by=desk.second, now=desk.now)
    review.approve(claim_id=claim.pk, check_id=desk.check(claim).pk, by=desk.second, now=desk.now)
    paying.publish(claim_ids=[claim.pk], by=desk.second, now=desk.now)
    desk.later(10)
    batch = paying.make_batch(by=desk.third, now=desk.now)
    paying.send_batch(batch_id=batch.pk, by=desk.second, now=desk.now)
    paying.reconcile(batch_id=batch.pk, content=answer(batch, "returned", "户名不符"), name="a.csv", by=desk.second, now=desk.now)
    lodging.give_account(claim_id=claim.pk, number="9999 0000 1111 2222", holder="X", bank="Y", by=acting, now=desk.now)
    Mandate.objects.all().delete()
    desk.later(1)
    with pytest.raises(GuildhallError):
        paying.make_batch(by=desk.officer, now=desk.now)
    batch = paying.make_batch(by=desk.second, now=desk.now)
    with pytest.raises(GuildhallError, match="colleague|同事"):
        paying.send_batch(batch_id=batch.pk, by=desk.officer, now=desk.now)
    assert paying.send_batch(batch_id=batch.pk, by=desk.third, now=desk.now).state == "sent"


# once


def _spouses(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[Claim]:
    """Two accepted claims of one household for a start-up grant, which was not known to be one when they were lodged."""
    desk.now = desk.now.replace(year=2025, month=7, day=10)
    told: dict[str, Any] = {
        "place": "cq-500113", "birth_month": date(1986, 5, 1), "kind": "micro", "first_business": True, "legal_representative": True,
        "returning_migrant": True, "local_household": True, "insured_employees": 3, "insured_as_of": desk.now.date(), "closed_on": None,
        "registered_on": date(2024, 6, 1), "applied_on": date(2025, 7, 1), "household_grants": 0,
    }  # fmt: skip
    monkeypatch.setattr(inputs, "recorded", lambda claim, applied, on: told)
    lodged = []
    for viewer in (desk.worker, desk.world.viewer("colleague")):
        home = desk.world.harbour.homes[0]
        own = Business.objects.create(worker_id=viewer.worker or 0, place_id=home, kind="micro", registered_on=date(2024, 6, 1))
        claim = lodging.begin(benefit="startup_grant", subject=str(own.pk), by=viewer, now=desk.now)
        lodging.give_account(claim_id=claim.pk, number="6222000011112222", holder="x", bank="y", by=viewer, now=desk.now)
        lodged.append(lodging.submit(claim_id=claim.pk, by=viewer, now=desk.now))
    for claim in lodged:
        receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
        assert desk.check(claim).outcome == "entitled"
    return lodged


def _approve(desk: Desk, claim: Claim, by: Viewer) -> None:
    review.approve(claim_id=claim.pk, check_id=desk.check(claim).pk, by=by, now=desk.now)


def test_one_household_is_granted_once_however_late_it_is_known(desk: Desk, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.CLAIM_SECOND_FEN = 10**9
    first, second = _spouses(desk, monkeypatch)
    Business.objects.update(household=7)
    _approve(desk, first, desk.officer)
    assert desk.again(first).once == "startup_grant:household:7"
    with pytest.raises(AlreadyDone):
        _approve(desk, second, desk.second)
    assert (desk.again(second).state, BenefitGrant.objects.count()) == ("accepted", 1)


def test_one_household_is_paid_once_where_it_is_known_after_the_approval(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.CLAIM_SECOND_FEN = 10**9
    both = _spouses(desk, monkeypatch)
    for claim in both:
        _approve(desk, claim, desk.officer)
    paying.publish(claim_ids=[claim.pk for claim in both], by=desk.officer, now=desk.now)
    Business.objects.update(household=7)
    desk.later(20)
    with pytest.raises(AlreadyDone, match=rf"{both[1].pk}"):
        paying.make_batch(by=desk.officer, now=desk.now)
    assert paying.make_batch(by=desk.officer, now=desk.now, claim_ids=[both[0].pk]).count == 1
    with pytest.raises(AlreadyDone):
        paying.make_batch(by=desk.officer, now=desk.now)


@pytest.fixture
def committing(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk on a database that commits."""
    return opened(monkeypatch)


def test_of_two_approvals_of_one_household_at_once_one_stands(
    committing: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    desk, settings.CLAIM_SECOND_FEN = committing, 10**9
    both = _spouses(desk, monkeypatch)
    Business.objects.update(household=7)
    works = [partial(_tried, partial(_approve, desk, claim, by)) for claim, by in zip(both, (desk.officer, desk.second), strict=True)]
    with shared_database(tmp_path):
        assert sorted(at_once(works)) == [False, True]
        assert alone(lambda: BenefitGrant.objects.count()) == 1


# what stands again


@pytest.mark.parametrize("since", [True, False])
def test_a_grant_stands_again_only_beside_what_does_not_exclude_it(desk: Desk, since: bool) -> None:
    claim = desk.recalled()
    desk.facts["same_level_grants"] = int(since)
    appeals.appeal(claim_id=claim.pk, grounds="证书有效", by=desk.worker, now=desk.now)
    decide = partial(appeals.decide_appeal, claim_id=claim.pk, uphold=True, answer="核实有效", by=desk.third, now=desk.now)
    if since:
        with pytest.raises(GuildhallError, match="since|其后|之后"):
            decide()
    else:
        decide()
    assert BenefitGrant.objects.filter(claim=claim, revoked_on=None).exists() is not since
    assert desk.again(claim).state == ("recall_appealed" if since else "paid")
