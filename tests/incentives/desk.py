"""A claims desk for tests: the small world, facts that a rule is told, and a claim taken to any point of its way in one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from guildhall.incentives.models import Check, Claim, EmployerYear, PaymentBatch
from guildhall.incentives.operations import appeals, checking, lodging, paying, receiving, review
from guildhall.incentives.queries import benefits, inputs
from guildhall.registry import models as registry
from guildhall.registry.engine.purposes import BY_KEY
from guildhall.registry.operations.consents import give_consent
from guildhall.rules.parameters import Link, Parameters
from guildhall.web.viewer import Viewer
from tests import people
from tests.incentives.golden import chongqing
from tests.world import World, build

NOW = datetime(2026, 1, 30, 2, 0, tzinfo=UTC)
TODAY = date(2026, 1, 30)
BENEFIT = "skill_upgrade_subsidy"
DOCUMENT = "《稳就业政策措施》（渝府办发〔2023〕57号）"
"""A document as it is cited."""
FACTS: dict[str, Any] = {
    "place": "cq-500103",
    "birth_month": date(1986, 5, 1),
    "kind": "skill_level",
    "level": "L4",
    "occupation": "6-20-01-01",
    "issued_on": date(2025, 5, 12),
    "insured_months": 14,
    "insured": True,
    "insured_as_of": TODAY,
    "employer_here": True,
    "same_level_grants": 0,
    "higher_level_grants": 0,
    "training_subsidies": 0,
    "paid_in_full": True,
    "very_short_shown": False,
    "urgent_shown": False,
}
PLACES = ("tiny-harbour", "tiny-east", "tiny-south", "tiny-west")
"""Districts of the small world, which the parameters take for places of Chongqing."""
SAID: dict[str, Any] = {"drawing_benefit": False, "paid_in_full": True, "very_short_shown": False, "urgent_shown": False}
FROM_RECORDS = inputs.recorded
INSURED_SINCE = date(2024, 12, 1)


@dataclass
class Desk:
    """Who works and who claims, at a moment; each verb takes a claim one step on.

    Facts come from rows: the certificate, the insurance and the job of the world's worker. `facts` are told in their place where a test
    is about something else than where they come from.
    """

    world: World
    facts: dict[str, Any] = field(default_factory=dict)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.worker = self.world.viewer("worker")
        self.officer = self.world.viewer("claims_officer")
        place = self.world.harbour.place
        self.second = people.viewer("claims_officer", place=place)
        self.third = people.viewer("claims_officer", place=place)
        self.employer = self.world.viewer("employer")
        self.auditor = self.world.viewer("auditor")

    @property
    def certificate(self) -> str:
        return str(self.world.harbour.worker)

    def recorded(self, claim: Claim, applied: date, on: date) -> dict[str, Any]:
        """The facts on record, but for those that the test sets."""
        return {**FROM_RECORDS(claim, applied, on), **self.facts}

    def draft(self, by: Viewer | None = None, subject: str = "", account: str = "6222 0000 1111 2222") -> Claim:
        by = by or self.worker
        claim = lodging.begin(benefit=BENEFIT, subject=subject or self.certificate, by=by, now=self.now)
        lodging.say(claim_id=claim.pk, said=SAID, by=by, now=self.now)
        lodging.give_account(claim_id=claim.pk, number=account, holder="晏雨蘅", bank="匠城银行", by=by, now=self.now)
        return claim

    def lodged(self, by: Viewer | None = None, subject: str = "", **more: Any) -> Claim:
        claim = self.draft(by, subject, **more)
        return lodging.submit(claim_id=claim.pk, by=by or self.worker, now=self.now)

    def accepted(self, **more: Any) -> Claim:
        claim = self.lodged(**more)
        receiving.accept(claim_id=claim.pk, by=self.officer, now=self.now)
        return self.again(claim)

    def check(self, claim: Claim) -> Check:
        found = checking.latest(claim)
        assert found
        return found

    def approved(self, **more: Any) -> Claim:
        claim = self.accepted(**more)
        review.approve(claim_id=claim.pk, check_id=self.check(claim).pk, by=self.officer, now=self.now)
        return self.again(claim)

    def noticed(self, **more: Any) -> Claim:
        claim = self.approved(**more)
        paying.publish(claim_ids=[claim.pk], by=self.officer, now=self.now)
        return self.again(claim)

    def batched(self, **more: Any) -> tuple[Claim, PaymentBatch]:
        claim = self.noticed(**more)
        self.later(10)
        batch = paying.make_batch(by=self.officer, now=self.now)
        return self.again(claim), batch

    def sent(self, **more: Any) -> tuple[Claim, PaymentBatch]:
        claim, batch = self.batched(**more)
        paying.send_batch(batch_id=batch.pk, by=self.second, now=self.now)
        return self.again(claim), batch

    def paid(self, **more: Any) -> Claim:
        claim, batch = self.sent(**more)
        paying.reconcile(batch_id=batch.pk, content=answer(batch, "paid"), name="answer.csv", by=self.officer, now=self.now)
        return self.again(claim)

    def refused(self) -> Claim:
        """Refused for too few months insured; the register is corrected after that."""
        self.facts["insured_months"] = 11
        claim = self.accepted()
        review.refuse(claim_id=claim.pk, reason="参保月数不足", by=self.officer, now=self.now)
        self.facts["insured_months"] = FACTS["insured_months"]
        return self.again(claim)

    def recalled(self) -> Claim:
        claim = self.paid()
        appeals.recall(claim_id=claim.pk, reason="证书被撤销", by=self.officer, now=self.now)
        appeals.decide_recall(claim_id=claim.pk, confirm=True, by=self.second, now=self.now)
        return self.again(claim)

    def later(self, days: int) -> None:
        self.now += timedelta(days=days)

    @staticmethod
    def again(claim: Claim) -> Claim:
        return Claim.objects.get(pk=claim.pk)

    def another_certificate(self, key: int, worker: int = 0, level: str = "L3", occupation: str = "2-02-38") -> str:
        """A second certificate of the worker, or one of somebody else."""
        registry.Certificate.objects.create(
            certificate_id=key, worker_id=worker or self.world.harbour.worker, kind="skill_level", level=level, occupation=occupation,
            issuer_id=self.world.harbour.college, source="public_body", issued_on=date(2025, 6, 1),
        )  # fmt: skip
        return str(key)

    def paid_premiums(self, *years: int) -> None:
        """What the employer paid in years is on record."""
        for year in years:
            EmployerYear.objects.create(
                organisation_id=self.world.harbour.organisation, year=year, premiums=1_000_000, insured_average=20, laid_off=0,
                months_paid=12, as_of=TODAY,
            )  # fmt: skip

    def agree(self, purpose: str) -> None:
        """The worker agrees to a purpose."""
        wording = BY_KEY[purpose].version
        give_consent(worker_id=self.world.harbour.worker, purpose=purpose, wording=wording, by=self.worker, now=self.now)

    def delegate(self, scopes: str) -> Viewer:
        """Somebody to whom the employer's representative gave tasks."""
        return people.viewer("employer", organisation_id=self.world.harbour.organisation, scopes=scopes)


def answer(batch: PaymentBatch, outcome: str, reason: str = "", changed: Mapping[str, str] | None = None) -> bytes:
    """The bank's answer to every line of a batch."""
    lines = ["batch,line,amount,outcome,reason"]
    for payment in batch.payments.order_by("line"):
        cells = {"batch": str(batch.pk), "line": str(payment.line), "amount": f"{payment.amount_fen / 100:.2f}"}
        cells |= changed or {}
        lines.append(f"{cells['batch']},{cells['line']},{cells['amount']},{outcome},{reason}")
    return "\n".join(lines).encode()


@pytest.fixture
def desk(db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk on a database of its own test."""
    return opened(monkeypatch)


@cache
def parameters() -> Parameters:
    """Those of Chongqing, as if grants went on in 2026, for which no instrument was found: the desk works in that year."""
    held = chongqing()
    given = held.of(BENEFIT)
    versions = tuple(replace(one, value=True) if one.holds_on(TODAY) else one for one in given["open"].versions)
    rules = {**held.rules, BENEFIT: {**given, "open": replace(given["open"], versions=versions)}}
    return Parameters(rules, held.mode, (*held.links, *(Link(place, "50", None, None) for place in PLACES)))


def opened(monkeypatch: pytest.MonkeyPatch) -> Desk:
    found = Desk(build(sessions=False))
    _plant(found.world)
    monkeypatch.setattr(benefits, "parameters", parameters)
    monkeypatch.setattr(inputs, "recorded", found.recorded)
    return found


def _plant(world: World) -> None:
    """What the rule asks of the worker: the certificate of last spring, insured for fourteen months, as the authority said today."""
    registry.Certificate.objects.filter(pk=world.harbour.worker).update(issued_on=FACTS["issued_on"])
    registry.Feed.objects.create(kind="insurance", state="connected", as_of=TODAY)
    registry.InsuranceSpell.objects.create(
        worker_id=world.harbour.worker, organisation_id=world.harbour.organisation, scheme="unemployment", started_on=INSURED_SINCE
    )
