"""What a claim says beside what records know: records win, the officer sees both, and the claim adds what nothing else knows."""

from __future__ import annotations

from datetime import date

import pytest

from guildhall.incentives.models import Business, Claim, Training
from guildhall.incentives.operations import lodging, receiving
from guildhall.incentives.queries import claims
from guildhall.incentives.queries.inputs import denied, inputs
from guildhall.incentives.queries.sealed import Said
from tests.incentives.desk import TODAY, Desk, desk

__all__ = ["desk"]


def _business(desk: Desk, **known: object) -> Claim:
    side = desk.world.harbour
    found = Business.objects.create(
        worker_id=side.worker,
        place_id=side.homes[0],
        kind="micro",
        registered_on=date(2024, 1, 1),
        insured_employees=3,
        household=7,
        **known,
    )
    return lodging.begin(benefit="startup_grant", subject=str(found.pk), by=desk.worker, now=desk.now)


def _lodged(desk: Desk, claim: Claim, **said: Said) -> Claim:
    more = {"claim_id": claim.pk, "by": desk.worker, "now": desk.now}
    lodging.say(said=said, **more)  # type: ignore[arg-type]
    lodging.give_account(number="6222000011112222", holder="x", bank="y", **more)  # type: ignore[arg-type]
    lodging.submit(**more)  # type: ignore[arg-type]
    return desk.again(claim)


@pytest.mark.parametrize(("known", "said", "told"), [(False, True, False), (True, False, True), (None, True, True), (False, None, False)])
def test_a_claim_never_beats_the_record(desk: Desk, known: bool | None, said: bool | None, told: bool) -> None:
    claim = _lodged(desk, _business(desk, first_business=known), first_business=said)
    assert inputs(claim, TODAY)["first_business"] is told
    receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    assert inputs(desk.again(claim), TODAY)["first_business"] is told


def test_the_officer_sees_what_the_claim_says_beside_what_is_on_record(desk: Desk) -> None:
    claim = _lodged(desk, _business(desk, first_business=False), first_business=True, returning_migrant=True)
    assert denied(claim, TODAY) == {"first_business": (True, False)}
    (hint,) = (one for one in claims.claim(desk.officer, claim.pk, TODAY, desk.now).hints if one.kind == "record")
    assert hint.said.en.endswith(": yes; on record: no")
    assert hint.said.zh.endswith("：是；记录为否")
    assert claims.claim(desk.worker, claim.pk, TODAY, desk.now).hints == ()


def test_course_cost_and_days_are_those_on_record(desk: Desk) -> None:
    Training.objects.create(
        worker_id=desk.world.harbour.worker, certificate_id=int(desk.certificate), kind="catalogue", started_on=date(2025, 3, 1), days=5,
        listed_cost=100_000,
    )  # fmt: skip
    claim = lodging.begin(benefit="training_subsidy", subject=desk.certificate, by=desk.worker, now=desk.now)
    said: dict[str, Said] = {
        "trained": True,
        "training": "off_catalogue",
        "training_days": 60,
        "listed_cost": 9_000_000,
        "school_leaver": True,
    }
    claim = _lodged(desk, claim, **said)
    told = inputs(claim, TODAY)
    assert (told["training"], told["training_days"], told["listed_cost"], told["school_leaver"]) == ("catalogue", 5, 100_000, True)
    words = [hint.said.en for hint in claims.claim(desk.officer, claim.pk, TODAY, desk.now).hints]
    assert any("¥90,000.00" in line and "¥1,000.00" in line for line in words)
    assert any("a course outside the catalogue" in line for line in words)


def test_what_follows_from_a_day_said_follows_from_the_day_on_record(desk: Desk) -> None:
    """Whether somebody had a job when the course began is worked out on the day of the course, whatever the claim calls that day."""
    Training.objects.create(
        worker_id=desk.world.harbour.worker, certificate_id=int(desk.certificate), kind="catalogue", started_on=date(2025, 3, 1), days=5
    )
    claim = lodging.begin(benefit="training_subsidy", subject=desk.certificate, by=desk.worker, now=desk.now)
    claim = _lodged(desk, claim, training_started_on=date(2018, 1, 1))
    told = inputs(claim, TODAY)
    assert (told["training_started_on"], told["employed"]) == (date(2025, 3, 1), True)


def test_a_day_that_only_the_claim_knows_decides_what_follows_from_it(desk: Desk) -> None:
    claim = lodging.begin(benefit="training_subsidy", subject=desk.certificate, by=desk.worker, now=desk.now)
    assert "employed" not in inputs(claim, TODAY)
    claim = _lodged(desk, claim, training_started_on=date(2018, 1, 1))
    assert inputs(claim, TODAY)["employed"] is False, "the job began in 2019"
