"""A benefit paid by the months of a job: one claim at a time for a hire, each month once, told clearly and held by the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from guildhall.incentives.engine.subjects import month_of
from guildhall.incentives.models import BenefitGrant, Claim, Payment, Statement
from guildhall.incentives.operations import appeals, lodging, paying, receiving, review
from guildhall.incentives.queries import roster
from guildhall.incentives.queries.about import about
from guildhall.incentives.queries.instalments import first_open
from guildhall.kernel.errors import AlreadyDone, GuildhallError
from tests.incentives.desk import TODAY, Desk, answer, desk, opened
from tests.incentives.test_hiring_subsidies import OF_2025
from tests.threads import alone, at_once, shared_database

__all__ = ["desk"]
BENEFIT = "social_insurance_subsidy"
GROUP = {"graduate": True, "graduated_on": date(2025, 7, 1), "paid_months": 12}


def _facts(desk: Desk) -> None:
    """A graduate of 2025 hired by a small manufacturer; months granted are counted from the grants."""
    days = {f"{feed}_as_of": TODAY for feed in ("insured", "hardship", "graduates", "unemployed")}
    desk.now = datetime(2025, 10, 15, 2, 0, tzinfo=UTC)
    told = {name: value for name, value in {**OF_2025, **GROUP, **days}.items() if name != "applied_on"}
    desk.facts = {name: value for name, value in told.items() if name not in ("contribution_months", "individual_contributions")}


def _begun(desk: Desk, months: int | None = 6) -> Claim:
    claim = lodging.begin(benefit=BENEFIT, subject=_spell(desk), by=desk.employer, now=desk.now)
    more: dict[str, Any] = {"claim_id": claim.pk, "by": desk.employer, "now": desk.now}
    if months is not None:
        lodging.say(said={"contribution_months": months, "individual_contributions": 300_000}, **more)
    return lodging.give_account(number="6222000011112222", holder="单位", bank="行", **more)


def _lodged(desk: Desk, months: int | None = 6) -> Claim:
    return lodging.submit(claim_id=_begun(desk, months).pk, by=desk.employer, now=desk.now)


def _paid(desk: Desk, months: int = 6) -> Claim:
    claim = _lodged(desk, months)
    receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    desk.facts |= {"insurance_grants": BenefitGrant.objects.count(), "insurance_months": _granted()}
    check = desk.check(claim)
    assert (check.outcome, check.value_fen) == ("entitled", 75_000)
    review.approve(claim_id=claim.pk, check_id=check.pk, by=desk.officer, now=desk.now)
    paying.publish(claim_ids=[claim.pk], by=desk.officer, now=desk.now)
    desk.later(12)
    batch = paying.make_batch(by=desk.officer, now=desk.now)
    paying.send_batch(batch_id=batch.pk, by=desk.second, now=desk.now)
    paying.reconcile(batch_id=batch.pk, content=answer(batch, "paid"), name="a.csv", by=desk.officer, now=desk.now)
    return desk.again(claim)


def _granted() -> int:
    return sum(months or 0 for months in BenefitGrant.objects.filter(revoked_on=None).values_list("months", flat=True))


def _spell(desk: Desk) -> str:
    return str(desk.world.harbour.keys["spell"])


@pytest.fixture
def months(desk: Desk) -> Desk:
    _facts(desk)
    desk.agree("employer_hires")
    return desk


def test_a_second_claim_waits_until_the_first_is_paid_and_then_goes_on_with_the_next_month(months: Desk) -> None:
    first = _lodged(months)
    with pytest.raises(AlreadyDone) as refused:
        _begun(months)
    assert refused.value.why
    lodging.withdraw(claim_id=first.pk, by=months.employer, now=months.now)
    first = _paid(months)
    assert first.grant is not None
    assert (first.once, first.grant.months) == (f"{BENEFIT}:spell:{_spell(months)}", 6)
    months.facts |= {"insurance_grants": 1, "insurance_months": 6}
    second = _lodged(months)
    assert (second.once, month_of(second.once)) == (f"{first.once}:from:7", 7)
    assert about(second).en.endswith("from month 7 of the job")


def test_what_a_claim_says_of_its_own_months_is_not_known_of_the_job(months: Desk) -> None:
    first = _lodged(months)
    receiving.accept(claim_id=first.pk, by=months.officer, now=months.now)
    assert not Statement.objects.filter(fact__in=("contribution_months", "individual_contributions")).exists()


def test_months_that_are_covered_are_refused_at_lodging_by_name(months: Desk) -> None:
    first = _paid(months, 6)
    months.facts |= {"insurance_grants": 1, "insurance_months": 6}
    second = _paid(months, 3)
    appeals.recall(claim_id=first.pk, reason="x", by=months.officer, now=months.now)
    appeals.decide_recall(claim_id=first.pk, confirm=True, by=months.second, now=months.now)
    assert first_open(BENEFIT, _spell(months)) == 10, "while it is disputed, its months stay covered"
    appeals.note_repaid(claim_id=first.pk, reason="收款单", by=months.officer, now=months.now)
    assert first_open(BENEFIT, _spell(months)) == 1
    third = _begun(months, 8)
    with pytest.raises(GuildhallError) as refused:
        lodging.submit(claim_id=third.pk, by=months.employer, now=months.now)
    assert "7" in refused.value.what
    assert "6" in refused.value.next
    lodging.say(claim_id=third.pk, said={"contribution_months": 6}, by=months.employer, now=months.now)
    assert month_of(lodging.submit(claim_id=third.pk, by=months.employer, now=months.now).once) == 1
    assert month_of(months.again(second).once) == 7


def test_months_granted_before_there_were_claims_are_covered(months: Desk) -> None:
    known = {"benefit": BENEFIT, "spell_id": int(_spell(months)), "worker_id": months.world.harbour.worker}
    BenefitGrant.objects.create(**known, months=4, amount=1, granted_on=TODAY - timedelta(200), source="recorded")
    assert month_of(_lodged(months).once) == 5


def test_the_database_itself_holds_one_claim_under_way_for_a_hire(months: Desk) -> None:
    first = _lodged(months)
    row = {field.attname: getattr(first, field.attname) for field in Claim._meta.concrete_fields if not field.primary_key}
    with pytest.raises(IntegrityError, match="under_way|benefit"), transaction.atomic():
        Claim.objects.create(**{**row, "once": f"{first.once}:from:7"})


def test_a_hire_is_offered_again_only_while_a_month_more_can_be_claimed(months: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from guildhall.incentives.queries import benefits

    rule, held = benefits.rule_of(BENEFIT), benefits.parameters()
    known = {**months.facts, "applied_on": TODAY.replace(year=2025, month=10), "insurance_grants": 1}
    for granted, outcome in ((11, "undetermined"), (12, "refused")):
        found = roster._decided(rule, {**known, "insurance_months": granted}, held, date(2025, 10, 20))
        assert found.outcome == outcome, granted
    _paid(months, 6)
    assert (BENEFIT, _spell(months)) not in roster._claims(months.employer, [int(_spell(months))])


MANY = 8


@pytest.fixture
def committed(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk on a database that commits."""
    found = opened(monkeypatch)
    _facts(found)
    found.agree("employer_hires")
    return found


def _tried(work: Callable[[], object]) -> Callable[[], bool]:
    def one() -> bool:
        try:
            work()
        except GuildhallError:
            return False
        return True

    return one


def test_of_many_claims_for_one_hire_at_once_one_is_lodged_and_after_it_one_for_the_months_that_follow(
    committed: Desk, tmp_path: Path
) -> None:
    drafts = _drafts(committed)
    submit = [_tried(partial(lodging.submit, claim_id=key, by=committed.employer, now=committed.now)) for key in drafts]
    with shared_database(tmp_path):
        assert sum(at_once(submit)) == 1
        assert alone(lambda: Claim.objects.filter(state="lodged").count()) == 1
    Claim.objects.filter(state__in=("draft", "lodged")).update(state="withdrawn")
    _paid(committed)
    committed.facts |= {"insurance_grants": 1, "insurance_months": 6}
    drafts = _drafts(committed)
    submit = [_tried(partial(lodging.submit, claim_id=key, by=committed.employer, now=committed.now)) for key in drafts]
    (tmp_path / "again").mkdir()
    with shared_database(tmp_path / "again"):
        assert sum(at_once(submit)) == 1
        assert alone(lambda: [month_of(row.once) for row in Claim.objects.filter(state="lodged")]) == [7]
    assert Payment.objects.count() == 1


def _drafts(desk: Desk) -> list[int]:
    """Drafts for one hire beside one another, as several windows leave them."""
    first = _begun(desk)
    row = {field.attname: getattr(first, field.attname) for field in Claim._meta.concrete_fields if not field.primary_key}
    rows = [first, *(Claim.objects.create(**{**row, "said_sealed": b""}) for _ in range(MANY - 1))]
    for claim in rows[1:]:
        more: dict[str, Any] = {"claim_id": claim.pk, "by": desk.employer, "now": desk.now}
        lodging.say(said={"contribution_months": 6, "individual_contributions": 300_000}, **more)
        lodging.give_account(number="6222000011112222", holder="单位", bank="行", **more)
    return [claim.pk for claim in rows]
