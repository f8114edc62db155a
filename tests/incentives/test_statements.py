"""What a claim says and an officer saw on paper is known from then on; what is found untrue is taken back, and may stand again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from guildhall.incentives.models import Claim, Statement
from guildhall.incentives.operations import appeals, checking, lodging, receiving, review
from guildhall.incentives.queries import facts
from guildhall.incentives.queries.sealed import seal_said
from guildhall.kernel.errors import GuildhallError
from guildhall.office.models import AuditEvent, Grant
from tests import people
from tests.incentives.desk import DOCUMENT, TODAY, Desk, desk

__all__ = ["desk"]
FACT = "drawing_benefit"


def _stated(desk: Desk) -> dict[str, tuple[str, int | None]]:
    rows = Statement.objects.filter(subject="certificate", subject_id=int(desk.certificate))
    return {row.fact: (row.value, row.claim_id) for row in rows if row.fact == FACT}


def _known(desk: Desk) -> object:
    """As every rule about the certificate is told it, for the person's page and for figures."""
    return facts.of_subject(desk.world.viewer("worker"), "certificate", int(desk.certificate), on=TODAY, today=TODAY)[FACT]


def _another(desk: Desk, said: bool) -> Claim:
    """A claim for another benefit of the same certificate, taken up."""
    claim = lodging.begin(benefit="training_subsidy", subject=desk.certificate, by=desk.worker, now=desk.now)
    more: dict[str, Any] = {"claim_id": claim.pk, "by": desk.worker, "now": desk.now}
    lodging.give_account(number="6222000011112222", holder="x", bank="y", **more)
    claim = Claim.objects.get(pk=claim.pk)
    Claim.objects.filter(pk=claim.pk).update(said_sealed=seal_said(claim, {FACT: said}))
    lodging.submit(**more)
    receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    return desk.again(claim)


def test_what_was_taken_up_is_known_with_its_claim(desk: Desk) -> None:
    claim = desk.lodged()
    assert (_stated(desk), _known(desk)) == ({}, None), "what nobody saw on paper is not known"
    receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    assert (_stated(desk), _known(desk)) == ({FACT: ("false", claim.pk)}, False)
    assert Statement.objects.get(fact=FACT).said_on == TODAY


def test_a_refusal_takes_back_what_it_found_untrue_and_nothing_else(desk: Desk) -> None:
    claim = desk.refused()
    assert _known(desk) is False, "refused for another reason, what was seen on paper stays known"
    appeals.appeal(claim_id=claim.pk, grounds="不服", by=desk.worker, now=desk.now)
    appeals.decide_appeal(claim_id=claim.pk, uphold=True, answer="重新审核", by=desk.second, now=desk.now)
    checking.check(claim_id=claim.pk, by=desk.third, now=desk.now)
    told: dict[str, Any] = {"reason": "正在领取失业金", "basis": [DOCUMENT], "untrue": [FACT]}
    verdict = review.refuse(claim_id=claim.pk, by=desk.third, now=desk.now, **told)
    assert _known(desk) is False, "a proposal takes nothing back"
    verdict = review.confirm_refusal(claim_id=claim.pk, by=desk.second, now=desk.now)
    assert (verdict.untrue, _stated(desk), _known(desk)) == ([FACT], {}, None)
    appeals.appeal(claim_id=claim.pk, grounds="不服", by=desk.worker, now=desk.now)
    fourth = people.viewer("claims_officer", place=desk.world.harbour.place)
    appeals.decide_appeal(claim_id=claim.pk, uphold=True, answer="经查未领取", by=fourth, now=desk.now)
    assert _stated(desk) == {FACT: ("false", claim.pk)}, "the finding was set aside"
    assert AuditEvent.objects.filter(action="incentives.confirm_refusal", details__contains=FACT).exists()


def test_a_claim_back_takes_back_once_a_second_officer_confirms_it(desk: Desk) -> None:
    claim = desk.paid()
    appeals.recall(claim_id=claim.pk, reason="材料不实", untrue=[FACT], by=desk.officer, now=desk.now)
    assert _known(desk) is False, "a proposal takes nothing back"
    appeals.decide_recall(claim_id=claim.pk, confirm=True, by=desk.second, now=desk.now)
    assert (_stated(desk), _known(desk)) == ({}, None)
    appeals.appeal(claim_id=claim.pk, grounds="材料属实", by=desk.worker, now=desk.now)
    appeals.decide_appeal(claim_id=claim.pk, uphold=True, answer="属实", by=desk.third, now=desk.now)
    assert _stated(desk) == {FACT: ("false", claim.pk)}


def test_what_an_earlier_claim_says_otherwise_stands_again(desk: Desk) -> None:
    first = desk.accepted()
    second = _another(desk, True)
    assert _stated(desk) == {FACT: ("true", second.pk)}, "what was said last stands"
    review.refuse(claim_id=second.pk, reason="材料不实", basis=["x"], untrue=[FACT], by=desk.officer, now=desk.now)
    assert _stated(desk) == {FACT: ("false", first.pk)}


def test_a_value_found_untrue_does_not_come_back_with_an_earlier_claim_that_says_the_same(desk: Desk) -> None:
    desk.accepted()
    second = _another(desk, False)
    review.refuse(claim_id=second.pk, reason="材料不实", basis=["x"], untrue=[FACT], by=desk.officer, now=desk.now)
    assert _stated(desk) == {}


def test_only_what_the_claim_says_can_be_found_untrue(desk: Desk) -> None:
    claim = desk.accepted()
    with pytest.raises(GuildhallError):
        review.refuse(claim_id=claim.pk, reason="x", untrue=["insured_months"], by=desk.officer, now=desk.now)
    assert desk.again(claim).state == "accepted"


def test_the_officer_ticks_what_proved_untrue_and_the_claimant_reads_it(desk: Desk) -> None:
    desk.facts["insured_months"] = 3
    claim = desk.accepted()
    client = people.signed_in(Grant.objects.get(pk=desk.officer.grant or 0))
    address = reverse("claim_review", args=[claim.pk])
    assert re.search(rf'name="refuse-untrue" value="{FACT}"', client.get(address).content.decode())
    sent = {"action": "refuse", "refuse-reason": "正在领取失业金", "refuse-basis": DOCUMENT, "refuse-untrue": FACT}
    client.post(address, {"action": "check"})
    assert client.post(address, sent).status_code == 302
    assert _stated(desk) == {}
    worker = people.signed_in(Grant.objects.get(pk=desk.worker.grant or 0))
    page = worker.get(reverse("claim_mine", args=[claim.pk])).content.decode()
    assert "经查不实" in page
    assert "申请日在领失业保险金：否" in page
