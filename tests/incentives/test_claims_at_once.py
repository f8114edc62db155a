"""Many at once: whatever comes between what, one certificate is paid once; on either database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from django.db.models import Sum

from guildhall.incentives.models import BenefitGrant, Claim, Payment
from guildhall.incentives.operations import lodging, paying, receiving, review
from guildhall.kernel.errors import GuildhallError
from guildhall.office.operations.audit import record
from tests.incentives.desk import BENEFIT, SAID, Desk, answer, opened
from tests.threads import alone, at_once, shared_database

MANY = 32


@pytest.fixture
def desk(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk on a database that commits."""
    return opened(monkeypatch)


def _tried(work: Callable[[], object]) -> Callable[[], bool]:
    """Whether a work was done, or refused in words; any other error is a fault."""

    def one() -> bool:
        try:
            work()
        except GuildhallError:
            return False
        return True

    return one


def _draft(desk: Desk, n: int) -> Claim:
    """A draft beside others of the same certificate, as several windows and agents leave them."""
    worker = desk.worker.worker
    claim = Claim.objects.create(
        benefit=BENEFIT, kind="certificate", subject=desk.certificate, once=f"{BENEFIT}:certificate:{desk.certificate}", worker_id=worker,
        payee="worker", place_id=desk.world.harbour.homes[0], state="draft", since=desk.now.date(), begun_by=f"account:{n}",
        begun_at=desk.now,
    )  # fmt: skip
    lodging.say(claim_id=claim.pk, said=SAID, by=desk.worker, now=desk.now)
    return lodging.give_account(claim_id=claim.pk, number=f"62220000{n:08d}", holder="晏", bank="行", by=desk.worker, now=desk.now)


def _whole_way(desk: Desk, claim: int) -> None:
    """Everything from lodging to the batch for one claim, as far as it goes."""
    lodging.submit(claim_id=claim, by=desk.worker, now=desk.now)
    receiving.accept(claim_id=claim, by=desk.officer, now=desk.now)
    seen = Claim.objects.get(pk=claim).checks.latest("number")
    review.approve(claim_id=claim, check_id=seen.pk, by=desk.officer, now=desk.now)
    paying.publish(claim_ids=[claim], by=desk.officer, now=desk.now)


def test_of_32_claims_for_one_certificate_one_is_paid(desk: Desk, tmp_path: Path) -> None:
    drafts = [_draft(desk, n).pk for n in range(MANY)]
    record(subject=f"worker:{desk.worker.worker}", action="registry.view", by=desk.officer, now=desk.now)
    with shared_database(tmp_path):
        done = at_once([_tried(partial(_whole_way, desk, claim)) for claim in drafts])
        assert sum(done) == 1
        desk.later(10)
        made = at_once([_tried(partial(paying.make_batch, by=by, now=desk.now)) for by in (desk.officer, desk.second, desk.third) * 4])
        assert sum(made) == 1
        alone(lambda: _pay(desk))
        found = alone(
            lambda: (
                list(Claim.objects.filter(state="paid").values_list("pk", flat=True)),
                Payment.objects.count(),
                Payment.objects.aggregate(total=Sum("amount_fen"))["total"],
                BenefitGrant.objects.filter(revoked_on=None).count(),
            )
        )
    assert len(found[0]) == 1
    assert found[1:] == (1, 150_000, 1)


def _pay(desk: Desk) -> None:
    batch = Payment.objects.get().batch
    sender = desk.third if batch.made_by != desk.third.name else desk.second
    paying.send_batch(batch_id=batch.pk, by=sender, now=desk.now)
    paying.reconcile(batch_id=batch.pk, content=answer(batch, "paid"), name="a.csv", by=sender, now=desk.now)


def test_claims_begun_at_once_for_one_certificate_leave_one_live(desk: Desk, tmp_path: Path) -> None:
    def claim() -> None:
        found = lodging.begin(benefit=BENEFIT, subject=desk.certificate, by=desk.worker, now=desk.now)
        lodging.give_account(claim_id=found.pk, number="6222000011112222", holder="晏", bank="行", by=desk.worker, now=desk.now)
        lodging.submit(claim_id=found.pk, by=desk.worker, now=desk.now)

    with shared_database(tmp_path):
        assert sum(at_once([_tried(claim) for _ in range(8)])) == 1
        assert alone(lambda: Claim.objects.filter(state="lodged").count()) == 1


@pytest.mark.parametrize(("level", "occupation"), [("L4", "2-02-38"), ("L3", "6-20-01-01")], ids=["same level", "limit of the year"])
def test_two_officers_who_decide_two_certificates_at_once_do_not_pass_the_limit(
    desk: Desk, tmp_path: Path, level: str, occupation: str
) -> None:
    """Of two claims for different certificates, only one of which may be granted, the second hears that the rule says otherwise by now."""
    claims = [desk.accepted(), desk.accepted(subject=desk.another_certificate(555, level=level, occupation=occupation))]
    assert [desk.check(claim).outcome for claim in claims] == ["entitled", "entitled"]

    def approve(claim: Claim, by: object) -> None:
        review.approve(claim_id=claim.pk, check_id=desk.check(claim).pk, by=by, now=desk.now)  # type: ignore[arg-type]

    works = [_tried(partial(approve, claim, by)) for claim, by in zip(claims, (desk.officer, desk.second), strict=True)]
    with shared_database(tmp_path):
        assert sorted(at_once(works)) == [False, True]
        assert alone(lambda: BenefitGrant.objects.count()) == 1


def test_withdrawing_and_paying_at_once_do_one_of_the_two(desk: Desk, tmp_path: Path) -> None:
    claim = desk.noticed()
    desk.later(10)
    works = [
        _tried(partial(lodging.withdraw, claim_id=claim.pk, by=desk.worker, now=desk.now)),
        _tried(partial(paying.make_batch, by=desk.officer, now=desk.now)),
    ]
    with shared_database(tmp_path):
        assert sum(at_once(works)) == 1
        state = alone(lambda: Claim.objects.get(pk=claim.pk).state)
        payments = alone(lambda: Payment.objects.count())
    assert (state, payments) in (("withdrawn", 0), ("batched", 1))


def test_an_answer_that_comes_twice_at_once_pays_once(desk: Desk, tmp_path: Path) -> None:
    claim, batch = desk.sent()
    content = answer(batch, "paid")
    work = partial(paying.reconcile, batch_id=batch.pk, content=content, name="a.csv", by=desk.officer, now=desk.now)
    with shared_database(tmp_path):
        with suppress(GuildhallError):
            at_once([work] * 4)
        verbs = alone(lambda: [step.verb for step in Claim.objects.get(pk=claim.pk).steps.all()])
    assert verbs.count("pay") == 1
