"""An employer's claims for people it hired: lodged by consent or its own paper, and answered without telling what others know."""

from __future__ import annotations

from typing import Any

import pytest

from guildhall.incentives.models import Claim
from guildhall.incentives.operations import appeals, bundles, lodging, receiving, review
from guildhall.incentives.queries import benefits, claims
from guildhall.incentives.queries.neutral import NOT_GRANTED, asks_others
from guildhall.incentives.tables import HIRE_FACTS
from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.office.models import Notice
from guildhall.office.queries.notices import facts_of
from guildhall.registry.operations.consents import withdraw_consent
from tests.incentives.desk import TODAY, Desk, desk
from tests.incentives.test_hiring_subsidies import BASE
from tests.incentives.test_worker_pages import PAPER

__all__ = ["desk"]
HIRING = "hiring_subsidy"


def _begun(desk: Desk, **facts: Any) -> Claim:
    days = {f"{feed}_as_of": TODAY for feed in ("insured", "hardship", "graduates", "unemployed")}
    desk.facts = {**BASE, **days, **facts}
    claim = lodging.begin(benefit=HIRING, subject=str(desk.world.harbour.keys["spell"]), by=desk.employer, now=desk.now)
    lodging.give_account(claim_id=claim.pk, number="6222000011112222", holder="x", bank="y", by=desk.employer, now=desk.now)
    return claim


def _accepted(desk: Desk, **facts: Any) -> Claim:
    desk.agree("employer_hires")
    claim = _begun(desk, **facts)
    lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    return desk.again(claim)


def _told(desk: Desk, template: str) -> dict[str, Any]:
    return facts_of(Notice.objects.get(template=template, account=desk.world.harbour.grants["employer"].account))


def test_every_benefit_for_a_hire_asks_what_others_know() -> None:
    rules = [rule for rule in benefits.rulebook().values() if rule.facts == HIRE_FACTS.name and rule.channel == "claim"]
    assert rules
    for rule in rules:
        assert asks_others(rule), rule.name


@pytest.mark.parametrize("right", ["employer_hires", "paper"])
def test_a_claim_for_a_hire_is_lodged_by_consent_or_by_the_employers_own_paper(desk: Desk, right: str) -> None:
    claim = _begun(desk)
    more: dict[str, Any] = {"claim_id": claim.pk, "by": desk.employer, "now": desk.now}
    lodging.add_paper(title="合同", content=PAPER, name="a.pdf", **more)
    with pytest.raises(GuildhallError, match="agreed|同意"):
        lodging.submit(**more)
    assert desk.again(claim).state == "draft"
    if right == "paper":
        lodging.add_paper(title="就业创业证", content=PAPER, name="b.pdf", shows_group=True, **more)
    else:
        desk.agree(right)
    lodging.submit(**more)
    assert desk.again(claim).state == "lodged"


def test_the_consent_to_lodging_ones_own_benefits_opens_no_claim_for_a_hire(desk: Desk) -> None:
    """In its words the employer learns nothing on record; being known as one it can claim for is a consent of its own."""
    claim = _begun(desk)
    desk.agree("employer_claims")
    with pytest.raises(GuildhallError, match="agreed|同意"):
        lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    desk.agree("employer_hires")
    lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    assert desk.again(claim).state == "lodged"


def test_the_consent_to_being_known_lodges_none_of_the_persons_own_benefits(desk: Desk) -> None:
    desk.agree("employer_hires")
    bundles.bundle(benefit="skill_upgrade_subsidy", subjects=[desk.certificate], by=desk.employer, now=desk.now)
    assert Claim.objects.get().state == "asked"


def test_what_was_lodged_goes_on_after_the_consent_is_withdrawn(desk: Desk) -> None:
    desk.agree("employer_hires")
    claim = _begun(desk)
    lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    receiving.send_back(claim_id=claim.pk, defects=[("paper_missing", "")], by=desk.officer, now=desk.now)
    withdraw_consent(worker_id=desk.world.harbour.worker, purpose="employer_hires", by=desk.worker, now=desk.now)
    lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    assert desk.again(claim).state == "lodged"


def test_what_another_employer_claimed_for_the_person_is_not_found_out_by_beginning(desk: Desk) -> None:
    first = _accepted(desk)
    Claim.objects.filter(pk=first.pk).update(organisation_id=desk.world.neighbour.organisation, subject="0")
    second = _begun(desk)
    with pytest.raises(AlreadyDone) as refused:
        lodging.submit(claim_id=second.pk, by=desk.employer, now=desk.now)
    words = f"{refused.value.what} {refused.value.why} {refused.value.next}"
    assert "under way" not in words
    assert "另一件" not in words


def test_a_refusal_tells_an_employer_nothing_that_others_know(desk: Desk) -> None:
    claim = _accepted(desk, hard_to_employ=False, graduate=False, graduated_on=None, registered_unemployed=False, hiring_grants=1)
    assert desk.check(claim).outcome == "refused"
    words = "已由其他单位领取，且不是就业困难人员"
    review.refuse(claim_id=claim.pk, reason=words, basis=["渝人社发〔2023〕1号"], by=desk.officer, now=desk.now)
    found = claims.claim(desk.employer, claim.pk, TODAY, desk.now)
    assert found.checks == ()
    assert [judged.told for judged in found.verdicts] == [NOT_GRANTED.zh]
    told = _told(desk, "claim_refused")
    assert "困难" not in str(told)
    assert "其他单位" not in str(told)
    assert claims.claim(desk.officer, claim.pk, TODAY, desk.now).verdicts[0].told.startswith("已由其他单位")
    appeals.appeal(claim_id=claim.pk, grounds="不服", by=desk.employer, now=desk.now)
    appeals.decide_appeal(claim_id=claim.pk, uphold=False, answer="他处已领", by=desk.second, now=desk.now)
    assert "他处" not in str(_told(desk, "claim_appeal_dismissed"))
    (judged,) = claims.claim(desk.employer, claim.pk, TODAY, desk.now).verdicts
    assert (judged.answer, judged.grounds) == ("", "不服")
    assert judged.basis == benefits.basis(HIRING), "which condition failed is not to be read from the documents"


def test_a_refusal_names_what_fails_of_the_employers_own_facts(desk: Desk) -> None:
    claim = _accepted(desk, insured_months=2, longest_run=2, paid_months=2, insuring=False, hiring_grants=1)
    review.refuse(claim_id=claim.pk, reason="x", by=desk.officer, now=desk.now)
    told = claims.claim(desk.employer, claim.pk, TODAY, desk.now).verdicts[0].told
    assert "连续缴纳社会保险" in told
    assert "领过" not in told


def test_no_amount_is_told_before_the_grant(desk: Desk, settings: Any) -> None:
    settings.CLAIM_SECOND_FEN = 300_000
    claim = _accepted(desk, hard_to_employ=True)
    check = desk.check(claim)
    assert (check.outcome, check.value_fen) == ("entitled", 600_000)
    review.approve(claim_id=claim.pk, check_id=check.pk, by=desk.officer, now=desk.now)
    assert desk.again(claim).state == "proposed"
    found = claims.claim(desk.employer, claim.pk, TODAY, desk.now)
    assert (found.row.said.en, found.row.amount_fen, found.row.due_on, found.verdicts) == ("taken up, in review", None, None, ())
    assert not any("officer" in step.title.en for step in found.steps)
    review.reject(claim_id=claim.pk, reason="再看材料", by=desk.second, now=desk.now)
    assert claims.claim(desk.employer, claim.pk, TODAY, desk.now).verdicts == ()
    review.approve(claim_id=claim.pk, check_id=desk.check(claim).pk, by=desk.officer, now=desk.now)
    review.confirm(claim_id=claim.pk, by=desk.second, now=desk.now)
    assert claims.claim(desk.employer, claim.pk, TODAY, desk.now).row.amount_fen == 600_000


def test_an_objection_that_was_upheld_is_seen_and_still_tells_nothing(desk: Desk) -> None:
    claim = _accepted(desk, hiring_grants=1, hard_to_employ=True)
    review.refuse(claim_id=claim.pk, reason="他处已领", by=desk.officer, now=desk.now)
    appeals.appeal(claim_id=claim.pk, grounds="不服", by=desk.employer, now=desk.now)
    appeals.decide_appeal(claim_id=claim.pk, uphold=True, answer="他处未领", by=desk.second, now=desk.now)
    (judged,) = claims.claim(desk.employer, claim.pk, TODAY, desk.now).verdicts
    assert judged.appeal is not None
    assert (judged.verdict.state, judged.appeal.state, judged.answer) == ("set_aside", "upheld", "")
    assert "他处" not in judged.told
