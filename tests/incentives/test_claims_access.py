"""Who sees which claims, who may do what with one, and what an employer is never told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from guildhall.incentives.engine.states import MOVES, STATES
from guildhall.incentives.models import Claim
from guildhall.incentives.operations import appeals, bundles, checking, lodging, looking, paying, receiving, review
from guildhall.incentives.queries import benefits, claims, payments
from guildhall.incentives.queries.benefits import OF_THE_PERSON
from guildhall.incentives.queries.standing import CONSENT
from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.kernel.tables import Text
from guildhall.office.models import AuditEvent, Mandate, Notice
from guildhall.office.queries.attachments import attachments
from guildhall.office.queries.mandates import tasks_of
from guildhall.office.queries.notices import facts_of
from guildhall.registry.engine.purposes import BY_KEY
from guildhall.registry.models import EmploymentSpell, Place, PlaceSuccessor, Worker
from guildhall.registry.operations.consents import give_consent, withdraw_consent
from guildhall.web.viewer import PUBLIC, Viewer, system
from tests.incentives.desk import BENEFIT, FACTS, NOW, TODAY, Desk, answer, desk
from tests.world import LONG_AGO

__all__ = ["desk"]
WORDING = BY_KEY[CONSENT].version


def _sees(viewer: Viewer, claim: Claim) -> bool:
    try:
        claims.claim(viewer, claim.pk, TODAY, NOW)
    except NotFound:
        return False
    return True


def test_a_claim_is_seen_by_its_person_the_officers_of_the_place_and_the_auditor(desk: Desk) -> None:
    claim, world = desk.lodged(), desk.world
    assert all(_sees(viewer, claim) for viewer in (desk.worker, desk.officer, desk.second, desk.auditor))
    roles = ("assessor", "arrears_officer", "planner", "administrator", "broker", "employer", "college")
    others = [world.viewer(who) for who in roles]
    others += [world.viewer("claims_officer", world.west), world.viewer("worker", world.west), world.viewer("colleague"), PUBLIC]
    others += [world.viewer("counter")]  # acts for the person, but not for benefits
    assert [viewer.role for viewer in others if _sees(viewer, claim)] == []


def test_a_draft_is_nobodys_but_the_claimants(desk: Desk) -> None:
    claim = desk.draft()
    assert _sees(desk.worker, claim)
    assert not _sees(desk.officer, claim)
    assert not _sees(desk.auditor, claim)


def test_every_verb_is_closed_to_those_who_do_not_see_the_claim(desk: Desk) -> None:
    claim = desk.lodged()
    stranger, now = desk.world.viewer("claims_officer", desk.world.west), desk.now
    calls: list[Any] = [
        lambda by: lodging.say(claim_id=claim.pk, said={}, by=by, now=now),
        lambda by: lodging.give_account(claim_id=claim.pk, number="62220000", holder="x", bank="y", by=by, now=now),
        lambda by: lodging.submit(claim_id=claim.pk, by=by, now=now),
        lambda by: lodging.withdraw(claim_id=claim.pk, by=by, now=now),
        lambda by: receiving.accept(claim_id=claim.pk, by=by, now=now),
        lambda by: receiving.send_back(claim_id=claim.pk, defects=[("paper_missing", "")], by=by, now=now),
        lambda by: checking.check(claim_id=claim.pk, by=by, now=now),
        lambda by: review.approve(claim_id=claim.pk, check_id=1, by=by, now=now),
        lambda by: review.confirm(claim_id=claim.pk, by=by, now=now),
        lambda by: review.reject(claim_id=claim.pk, reason="x", by=by, now=now),
        lambda by: review.refuse(claim_id=claim.pk, reason="x", by=by, now=now),
        lambda by: review.reopen(claim_id=claim.pk, reason="x", by=by, now=now),
        lambda by: paying.publish(claim_ids=[claim.pk], by=by, now=now),
        lambda by: appeals.appeal(claim_id=claim.pk, grounds="x", by=by, now=now),
        lambda by: appeals.decide_appeal(claim_id=claim.pk, uphold=True, answer="x", by=by, now=now),
        lambda by: appeals.recall(claim_id=claim.pk, reason="x", by=by, now=now),
        lambda by: appeals.decide_recall(claim_id=claim.pk, confirm=True, by=by, now=now),
        lambda by: appeals.note_repaid(claim_id=claim.pk, reason="x", by=by, now=now),
        lambda by: bundles.agree(claim_id=claim.pk, wording=WORDING, by=by, now=now),
        lambda by: bundles.decline(claim_id=claim.pk, by=by, now=now),
    ]
    for call in calls:
        for by in (stranger, desk.world.viewer("colleague"), desk.employer, desk.world.viewer("planner"), PUBLIC):
            with pytest.raises(NotFound):
                call(by)
    for call in calls[4:12]:
        with pytest.raises(NotFound):
            call(desk.worker)
        with pytest.raises(NotFound):
            call(desk.auditor)
    assert desk.again(claim).state == "lodged"


def test_a_merger_of_districts_leaves_no_claim_without_an_office(desk: Desk) -> None:
    claim = desk.lodged()
    later = TODAY + timedelta(days=30)
    Place.objects.filter(pk="tiny-harbour").update(valid_until=later)
    PlaceSuccessor.objects.create(
        place_id="tiny-harbour", successor_id="tiny-west", effective_on=later, scope="whole", source="x", status="assumed"
    )
    west = desk.world.viewer("claims_officer", desk.world.west)
    assert not _sees(west, claim)
    assert claims.claim(west, claim.pk, later, NOW).row.claim.pk == claim.pk


def test_an_officer_at_the_counter_lodges_under_a_mandate_for_benefits_and_does_not_decide(desk: Desk) -> None:
    held = desk.world.harbour.grants["claims_officer"]
    given = Mandate.objects.create(
        kind="counter", agent=held.account, worker_id=desk.world.harbour.worker, purpose="benefits", consent="spoken", given_at=desk.now,
        valid_from=LONG_AGO, valid_until=TODAY + timedelta(days=1),
    )  # fmt: skip
    acting = Viewer(
        desk.officer.name, "claims_officer", held.account_id, held.pk, given.worker_id, scopes=tasks_of("benefits"), mandate=given.pk
    )
    claim = desk.lodged(by=acting)
    assert (claim.mandate_id, claim.lodged_by) == (given.pk, desk.officer.name)
    with pytest.raises(GuildhallError, match="colleague|同事"):
        receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    with pytest.raises(NotFound):
        receiving.accept(claim_id=claim.pk, by=acting, now=desk.now)
    with pytest.raises(NotFound):
        bundles.agree(claim_id=claim.pk, wording=WORDING, by=acting, now=desk.now)


def _bundle(desk: Desk, by: Viewer | None = None) -> Claim:
    row = bundles.bundle(benefit=BENEFIT, subjects=[desk.certificate], by=by or desk.employer, now=desk.now)
    return row.claims.get()


def test_an_employer_asks_the_worker_agrees_and_the_claim_goes_its_own_way(desk: Desk) -> None:
    claim = _bundle(desk)
    assert (claim.state, claim.payee, claim.organisation_id) == ("asked", "worker", desk.world.harbour.organisation)
    assert facts_of(Notice.objects.get(template="claim_asked"))["employer"] == Text("第7301号", "第7301号")
    with pytest.raises(GuildhallError):
        lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    bundles.agree(claim_id=claim.pk, wording=WORDING, by=desk.worker, now=desk.now)
    assert desk.again(claim).state == "draft"
    lodging.say(claim_id=claim.pk, said={"paid_in_full": True}, by=desk.employer, now=desk.now)
    lodging.give_account(claim_id=claim.pk, number="6222000011112222", holder="晏雨蘅", bank="匠城银行", by=desk.worker, now=desk.now)
    lodged, left = bundles.submit_bundle(bundle_id=claim.bundle_id or 0, by=desk.employer, now=desk.now)
    assert (lodged, left) == (1, {})
    receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)


def test_an_employer_never_sees_or_changes_what_the_worker_answered(desk: Desk) -> None:
    """Each writes apart; the worker's word goes before the employer's, and of the worker's own life an employer is asked nothing."""
    claim = _bundle(desk)
    bundles.agree(claim_id=claim.pk, wording=WORDING, by=desk.worker, now=desk.now)
    lodging.say(claim_id=claim.pk, said={"drawing_benefit": True, "urgent_shown": True}, by=desk.worker, now=desk.now)
    lodging.say(claim_id=claim.pk, said={"urgent_shown": None, "paid_in_full": True}, by=desk.employer, now=desk.now)
    assert claims.claim(desk.employer, claim.pk, TODAY, desk.now).said == {"paid_in_full": True}
    everything = {"drawing_benefit": True, "urgent_shown": True, "paid_in_full": True}
    assert claims.claim(desk.worker, claim.pk, TODAY, desk.now).said == everything
    for name in OF_THE_PERSON & {given.name for given in benefits.asked(BENEFIT)}:
        with pytest.raises(GuildhallError):
            lodging.say(claim_id=claim.pk, said={name: None}, by=desk.employer, now=desk.now)
    lodging.say(claim_id=claim.pk, said={"paid_in_full": False}, by=desk.worker, now=desk.now)
    assert claims.claim(desk.employer, claim.pk, TODAY, desk.now).said == {"paid_in_full": True}, "what it wrote, and no more"
    lodging.give_account(claim_id=claim.pk, number="6222000011112222", holder="晏雨蘅", bank="匠城银行", by=desk.worker, now=desk.now)
    lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    assert claims.claim(desk.employer, claim.pk, TODAY, desk.now).said == {"paid_in_full": True}
    assert claims.claim(desk.officer, claim.pk, TODAY, desk.now).said == {**everything, "paid_in_full": False}


def test_an_answer_the_worker_takes_out_is_out_whoever_wrote_it(desk: Desk) -> None:
    claim = _bundle(desk)
    bundles.agree(claim_id=claim.pk, wording=WORDING, by=desk.worker, now=desk.now)
    lodging.say(claim_id=claim.pk, said={"paid_in_full": True}, by=desk.employer, now=desk.now)
    lodging.say(claim_id=claim.pk, said={"paid_in_full": None}, by=desk.worker, now=desk.now)
    assert claims.claim(desk.worker, claim.pk, TODAY, desk.now).said == {}


def test_whoever_agreed_before_is_asked_nothing_and_whoever_declines_is_left_alone(desk: Desk) -> None:
    give_consent(worker_id=desk.world.harbour.worker, purpose=CONSENT, wording=WORDING, by=desk.worker, now=desk.now)
    assert _bundle(desk).state == "draft"
    with pytest.raises(AlreadyDone):
        _bundle(desk)


def test_an_employer_neither_writes_the_account_of_a_workers_claim_nor_withdraws_it(desk: Desk) -> None:
    give_consent(worker_id=desk.world.harbour.worker, purpose=CONSENT, wording=WORDING, by=desk.worker, now=desk.now)
    claim = _bundle(desk)
    account: dict[str, Any] = {"claim_id": claim.pk, "number": "6222000011112222", "holder": "公司", "bank": "行", "now": desk.now}
    with pytest.raises(GuildhallError, match="person|本人"):
        lodging.give_account(by=desk.employer, **account)
    lodging.give_account(by=desk.worker, **account)
    lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    with pytest.raises(GuildhallError, match="person|本人"):
        lodging.withdraw(claim_id=claim.pk, by=desk.employer, now=desk.now)
    assert "withdraw" not in {move.verb for move in claims.claim(desk.employer, claim.pk, TODAY, desk.now).may}
    lodging.withdraw(claim_id=claim.pk, by=desk.worker, now=desk.now)


@pytest.mark.parametrize("reach", [Desk.lodged, Desk.paid])
def test_an_employer_does_not_find_out_by_ticking_what_a_worker_claimed_itself(desk: Desk, reach: Any) -> None:
    own = reach(desk)
    claim = _bundle(desk)
    assert claim.state == "asked", "as if nothing had been claimed"
    bundles.agree(claim_id=claim.pk, wording=WORDING, by=desk.worker, now=desk.now)
    lodging.give_account(claim_id=claim.pk, number="6222000011112222", holder="x", bank="y", by=desk.worker, now=desk.now)
    with pytest.raises(AlreadyDone) as refused:
        lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    words = f"{refused.value.what} {refused.value.why} {refused.value.next}"
    assert not any(told in words for told in ("under way", "was paid", "办理中", "已发放", "另一件"))
    assert desk.again(own).state in ("lodged", "paid")
    with pytest.raises(AlreadyDone):
        _bundle(desk)


def _hires(desk: Desk, count: int) -> list[str]:
    """So many people whom the employer hired."""
    side = desk.world.harbour
    pattern, spell = Worker.objects.get(pk=side.worker), EmploymentSpell.objects.get(pk=side.keys["spell"])
    fields = {field.attname: getattr(pattern, field.attname) for field in Worker._meta.concrete_fields if not field.primary_key}
    hired = Worker.objects.bulk_create([Worker(**fields) for _ in range(count)])
    told = {"organisation_id": side.organisation, "started_on": TODAY - timedelta(days=300), "contract": spell.contract}
    return [str(row.pk) for row in EmploymentSpell.objects.bulk_create([EmploymentSpell(worker_id=one.pk, **told) for one in hired])]


@pytest.mark.parametrize("count", [51, pytest.param(1_000, marks=pytest.mark.slow)])
def test_an_employer_ticks_as_many_hires_as_a_bundle_takes(desk: Desk, count: int) -> None:
    for n in range(2):
        row = bundles.bundle(benefit="hiring_subsidy", subjects=_hires(desk, count), by=desk.employer, now=desk.now)
        assert row.claims.filter(state="draft").count() == count, n
    lodging.begin(benefit="hiring_subsidy", subject=str(desk.world.harbour.keys["spell"]), by=desk.employer, now=desk.now)


def test_declining_needs_no_reason(desk: Desk) -> None:
    claim = _bundle(desk)
    bundles.decline(claim_id=claim.pk, by=desk.worker, now=desk.now)
    assert desk.again(claim).state == "withdrawn"


def test_an_employer_ticks_its_own_people_only_and_needs_the_task(desk: Desk) -> None:
    for subject in (str(desk.world.neighbour.worker), str(desk.world.west.worker), "0"):
        with pytest.raises(NotFound):
            bundles.bundle(benefit=BENEFIT, subjects=[subject], by=desk.employer, now=desk.now)
    with pytest.raises(NotFound):
        _bundle(desk, by=desk.delegate("jobs"))
    assert _bundle(desk, by=desk.delegate("claims"))


def test_an_employer_never_hears_why_nor_what_was_decided(desk: Desk) -> None:
    claim = _bundle(desk)
    desk.facts["insured_months"] = 11
    bundles.agree(claim_id=claim.pk, wording=WORDING, by=desk.worker, now=desk.now)
    lodging.give_account(claim_id=claim.pk, number="6222000011112222", holder="晏雨蘅", bank="匠城银行", by=desk.worker, now=desk.now)
    lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    review.refuse(claim_id=claim.pk, reason="参保月数不足", by=desk.officer, now=desk.now)
    found = claims.claim(desk.employer, claim.pk, TODAY, desk.now)
    assert (found.row.said.en, found.row.amount_fen, found.verdicts, found.checks, found.steps) == ("settled", None, (), (), ())
    assert (found.account, found.holder, found.said, found.may) == ("", "", {}, ())
    account = desk.world.harbour.grants["employer"].account
    told = set(Notice.objects.filter(account=account).values_list("template", flat=True))
    assert told == {"claim_lodged", "claim_accepted"}
    with pytest.raises(NotFound):
        appeals.appeal(claim_id=claim.pk, grounds="x", by=desk.employer, now=desk.now)
    assert attachments(desk.employer, f"claim:{claim.pk}", desk.now) == []


def test_when_consent_is_withdrawn_the_employer_no_longer_sees_the_claim(desk: Desk) -> None:
    claim = _bundle(desk)
    bundles.agree(claim_id=claim.pk, wording=WORDING, by=desk.worker, now=desk.now)
    assert _sees(desk.employer, claim)
    withdraw_consent(worker_id=desk.world.harbour.worker, purpose=CONSENT, by=desk.worker, now=desk.now)
    assert not _sees(desk.employer, claim)
    assert _sees(desk.worker, claim)


def test_what_an_employer_claims_itself_is_its_own(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    spell = desk.world.harbour.keys["spell"]
    claim = lodging.begin(benefit="hiring_subsidy", subject=str(spell), by=desk.employer, now=desk.now)
    assert (claim.payee, claim.once) == ("organisation", f"hiring_subsidy:person:{desk.world.harbour.worker}")
    with pytest.raises(NotFound):
        lodging.begin(benefit="hiring_subsidy", subject=str(spell), by=desk.worker, now=desk.now)
    assert not _sees(desk.worker, claim)
    desk.paid_premiums(2024)
    year = lodging.begin(benefit="job_stabilisation_refund", subject="2025", by=desk.employer, now=desk.now)
    assert (year.subject, year.worker_id) == (f"{desk.world.harbour.organisation}-2025", None)
    desk.facts = {"place": FACTS["place"]}
    lodging.give_account(claim_id=year.pk, number="6222000011112222", holder="第7301号", bank="匠城银行", by=desk.employer, now=desk.now)
    lodging.submit(claim_id=year.pk, by=desk.employer, now=desk.now)
    receiving.accept(claim_id=year.pk, by=desk.officer, now=desk.now)
    assert desk.check(year).outcome == "refused"


def test_the_queue_has_the_deadlines_first_and_goes_on_page_by_page(desk: Desk) -> None:
    first = desk.lodged()
    desk.later(1)
    second = desk.lodged(subject=desk.another_certificate(555))
    today = TODAY + timedelta(days=1)
    page = claims.queue(desk.officer, today, size=1)
    assert ([row.claim.pk for row in page.rows], page.waiting) == ([first.pk], 2)
    rest = claims.queue(desk.officer, today, size=1, after=page.next)
    assert ([row.claim.pk for row in rest.rows], rest.next) == ([second.pk], "")
    assert claims.queue(desk.officer, TODAY + timedelta(days=60)).overdue == 2
    assert claims.queue(desk.world.viewer("claims_officer", desk.world.west), today).rows == ()
    for viewer in (desk.worker, desk.employer, PUBLIC):
        with pytest.raises(NotFound):
            claims.queue(viewer, today)
    with pytest.raises(NotFound):
        claims.queue(desk.officer, today, after="nonsense")


def test_the_auditor_reads_names_masked_and_changes_nothing(desk: Desk) -> None:
    claim = desk.accepted()
    found = claims.claim(desk.auditor, claim.pk, TODAY, desk.now)
    assert found.row.who == "晏**"
    assert found.holder == "晏**"
    assert found.may == ()
    assert found.checks
    with pytest.raises(NotFound):
        payments.refuse_others(desk.auditor)


def test_the_public_notice_shows_the_first_character_and_no_number(desk: Desk) -> None:
    claim = desk.noticed()
    (line,) = claims.notice_board(TODAY)
    assert (line.number, line.who.zh, line.amount_fen, str(line.until)) == (claim.pk, "晏**", 150_000, "2026-02-05")
    assert claims.notice_board(TODAY + timedelta(days=7)) == []


def test_what_may_be_done_is_what_the_table_says(desk: Desk) -> None:
    claim = desk.lodged()
    may = {move.verb for move in claims.claim(desk.officer, claim.pk, TODAY, desk.now).may}
    assert may == {"return", "accept", "refuse", "propose_refusal"}
    assert {move.verb for move in claims.claim(desk.worker, claim.pk, TODAY, desk.now).may} == {"withdraw"}
    assert {state for move in MOVES for state in (*move.before, move.after)} == set(STATES)
    reached, known = {"draft", "asked"}, set[str]()
    while reached - known:
        known |= reached
        reached |= {move.after for move in MOVES if set(move.before) & known}
    assert reached == set(STATES), "every state can be reached"


def test_looking_leaves_a_trace_and_an_account_is_shown_with_a_reason(desk: Desk) -> None:
    claim = desk.lodged()
    found = looking.look(claim_id=claim.pk, by=desk.officer, now=desk.now)
    looking.look(claim_id=claim.pk, by=desk.officer, now=desk.now)
    assert (found.account, found.holder) == ("****2222", "晏雨蘅")
    looks = AuditEvent.objects.filter(chain=f"worker:{claim.worker_id}", action="incentives.open_claim")
    assert [event.actor for event in looks] == [desk.officer.name]
    with pytest.raises(GuildhallError):
        looking.reveal_account(claim_id=claim.pk, reason="", by=desk.officer, now=desk.now)
    for stranger in (desk.auditor, desk.employer, desk.world.viewer("assessor"), desk.world.viewer("claims_officer", desk.world.west)):
        with pytest.raises(NotFound):
            looking.reveal_account(claim_id=claim.pk, reason="claim", by=stranger, now=desk.now)
    assert looking.reveal_account(claim_id=claim.pk, reason="claim", by=desk.officer, now=desk.now) == "6222000011112222"
    assert Notice.objects.filter(template="number_revealed", worker_id=claim.worker_id).count() == 1
    assert "6222000011112222" not in " ".join(event.details for event in AuditEvent.objects.all())


def test_what_is_paid_without_asking_the_city_begins_and_the_employer_lodges(desk: Desk) -> None:
    desk.paid_premiums(2024)
    key = desk.world.harbour.organisation
    city = system("work")
    claim = lodging.begin(benefit="job_stabilisation_refund", subject=f"{key}-2025", by=city, now=desk.now)
    assert [row.claim.pk for row in claims.claims_of(desk.employer, TODAY)] == [claim.pk]
    lodging.give_account(claim_id=claim.pk, number="6222000011112222", holder="第7301号", bank="匠城银行", by=desk.employer, now=desk.now)
    assert lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now).state == "lodged"
    for benefit, subject in ((BENEFIT, desk.certificate), ("job_stabilisation_refund", f"{key}-x"), ("job_stabilisation_refund", "0-2025")):
        with pytest.raises(NotFound):
            lodging.begin(benefit=benefit, subject=subject, by=city, now=desk.now)


def test_what_officers_note_among_themselves_is_not_read_to_the_claimant(desk: Desk) -> None:
    claim = desk.noticed()
    review.reopen(claim_id=claim.pk, reason="邻居反映", by=desk.officer, now=desk.now)
    reasons = {taken.reason for taken in claims.claim(desk.worker, claim.pk, TODAY, desk.now).steps}
    assert reasons == {""}
    assert "邻居反映" in {taken.reason for taken in claims.claim(desk.second, claim.pk, TODAY, desk.now).steps}


def test_whoever_lodged_for_somebody_may_still_take_in_what_the_bank_says(desk: Desk) -> None:
    claim, batch = desk.sent()
    Claim.objects.filter(pk=claim.pk).update(lodged_by=desk.third.name)
    paying.reconcile(batch_id=batch.pk, content=answer(batch, "paid"), name="a.csv", by=desk.third, now=desk.now)
    assert desk.again(claim).state == "paid"
