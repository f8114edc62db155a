"""Terms of a claim's steps: dated figures of the pack, provisional where the calendar is, binding in production once confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from guildhall.city import load
from guildhall.incentives.engine import terms
from guildhall.incentives.models import Claim, Verdict
from guildhall.incentives.operations import appeals, deadlines, lodging, paying, receiving
from guildhall.incentives.queries import terms as held
from guildhall.kernel.calendar import Answer
from guildhall.kernel.errors import GuildhallError
from guildhall.office.models import AuditEvent, Notice
from guildhall.office.operations import audit
from guildhall.office.queries.notices import facts_of
from guildhall.web.viewer import system
from tests.incentives.desk import TODAY, Desk, answer, desk

__all__ = ["desk"]
CITY = system("command:deadlines")


def _told(template: str) -> dict[str, Any]:
    return facts_of(Notice.objects.get(template=template, worker_id__isnull=False, channel="app"))


@pytest.mark.parametrize("pack", ["chongqing", "tiny"])
def test_a_pack_sets_every_term_with_document_and_status(pack: str) -> None:
    instrument = load(pack).instrument[held.INSTRUMENT]
    names = {entry.name.removesuffix("_working_days").removesuffix("_days") for entry in instrument.entries}
    assert names == {*terms.TERMS, terms.RECONSIDER}
    assert all(entry.document and entry.version.status for entry in instrument.entries)


@pytest.mark.django_db
def test_the_pack_decides_by_the_day_the_term_began(monkeypatch: pytest.MonkeyPatch) -> None:
    found = held.term_of("returned", TODAY)
    assert found is not None
    assert (found.days, found.working, found.status, found.confirmed) == (15, True, "generated", False)
    early = held.term_of("returned", date(2001, 1, 1))
    assert early is not None
    assert early.status == "assumed", "before the first version the engine's own stands"
    entries = {entry.digest: None for entry in load("tiny").instrument[held.INSTRUMENT].of("returned_working_days")}
    monkeypatch.setattr(held, "confirmations", lambda: entries)
    again = held.term_of("returned", TODAY)
    assert again is not None
    assert again.confirmed


def test_in_production_a_term_nobody_confirmed_ends_nothing_by_itself(desk: Desk, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = desk.lodged()
    receiving.send_back(claim_id=claim.pk, defects=[("account_missing", "")], by=desk.officer, now=desk.now)
    with pytest.raises(GuildhallError, match="ended|期限"):
        lodging.lapse(claim_id=claim.pk, by=desk.officer, now=desk.now)
    desk.later(60)
    settings.DEMONSTRATION = False
    assert lodging.lapse_due(by=CITY, now=desk.now) == 0
    assert desk.again(claim).state == "returned"
    lodging.lapse(claim_id=claim.pk, by=desk.officer, now=desk.now)
    assert desk.again(claim).state == "lapsed"


def test_in_production_a_confirmed_term_ends_a_claim(desk: Desk, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = desk.lodged()
    receiving.send_back(claim_id=claim.pk, defects=[("account_missing", "")], by=desk.officer, now=desk.now)
    desk.later(60)
    settings.DEMONSTRATION = False
    entries = {entry.digest: None for entry in load("tiny").instrument[held.INSTRUMENT].entries}
    monkeypatch.setattr(held, "confirmations", lambda: entries)
    assert lodging.lapse_due(by=CITY, now=desk.now) == 1


def test_a_refusal_names_both_remedies_each_with_its_own_day(desk: Desk) -> None:
    claim = desk.refused()
    told = _told("claim_refused")
    assert told["until"] == "2026-03-31"
    for words in ("复核", "行政复议", "不必先申请复核", "2026-03-31"):
        assert words in str(told["body"]), words
    appeals.appeal(claim_id=claim.pk, grounds="不服", by=desk.worker, now=desk.now)
    desk.later(20)
    appeals.decide_appeal(claim_id=claim.pk, uphold=False, answer="无误", by=desk.second, now=desk.now)
    body = str(_told("claim_appeal_dismissed")["body"])
    assert "2026-03-31" in body, "the day runs from the refusal"
    assert "由未参与的人员复核" not in body, "it was reviewed here"


def test_a_day_in_a_year_without_holidays_is_provisional_and_moves_later_only(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    claim = desk.refused()
    told = _told("claim_refused")
    assert "暂定" in str(told["until"])
    verdict = Verdict.objects.get(claim=claim)
    day = verdict.remedy_until
    assert day is not None
    for shift, expected in ((2, day + timedelta(2)), (-5, day + timedelta(2))):
        _published(monkeypatch, day + timedelta(shift))
        deadlines.recompute_deadlines(by=CITY, now=desk.now)
        verdict.refresh_from_db()
        assert (verdict.remedy_until, desk.again(claim).due_on) == (expected, expected)
    (moved,) = Notice.objects.filter(template="claim_term_moved", channel="app")
    assert facts_of(moved)["due"] == str(day + timedelta(2)), "told once, of the day it moved to"


def _published(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """As if by the holidays published every running term ended on a day."""
    monkeypatch.setattr(deadlines, "due_on", lambda state, since: day)
    monkeypatch.setattr(deadlines, "due", lambda claim: Answer(day, provisional=False))


def _returned(desk: Desk) -> Claim:
    claim = desk.lodged()
    receiving.send_back(claim_id=claim.pk, defects=[("account_missing", "")], by=desk.officer, now=desk.now)
    return claim


def _failed(desk: Desk) -> Claim:
    claim, batch = desk.sent()
    paying.reconcile(batch_id=batch.pk, content=answer(batch, "returned", "户名不符"), name="a.csv", by=desk.officer, now=desk.now)
    return claim


@pytest.mark.parametrize("reach", [_returned, _failed, Desk.refused, Desk.recalled])
def test_a_claimants_term_is_never_brought_forward_and_told_where_it_moves(
    desk: Desk, reach: Callable[[Desk], Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = reach(desk)
    day = desk.again(claim).due_on
    assert day is not None
    _published(monkeypatch, day - timedelta(3))
    assert deadlines.recompute_deadlines(by=CITY, now=desk.now) == 0
    assert desk.again(claim).due_on == day
    assert not Notice.objects.filter(template="claim_term_moved").exists()
    _published(monkeypatch, day + timedelta(3))
    assert deadlines.recompute_deadlines(by=CITY, now=desk.now) > 0
    assert desk.again(claim).due_on == day + timedelta(3)
    assert _told("claim_term_moved")["due"] == str(day + timedelta(3))


def test_the_offices_own_term_moves_both_ways_and_nobody_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = desk.lodged()
    _published(monkeypatch, TODAY)
    assert deadlines.recompute_deadlines(by=CITY, now=desk.now) == 1
    assert desk.again(claim).due_on == TODAY
    assert not Notice.objects.filter(template="claim_term_moved").exists()


def test_deadlines_go_on_where_they_were_stopped_and_hold_no_two_claims_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [desk.lodged(), desk.lodged(subject=desk.another_certificate(555))]
    _published(monkeypatch, TODAY + timedelta(20))
    written, locked = audit.record, list[int]()

    def record(**told: Any) -> None:
        if locked:
            raise KeyboardInterrupt
        locked.append(1)
        written(**told)

    monkeypatch.setattr(deadlines, "PAGE", 1)
    monkeypatch.setattr(deadlines, "record", record)
    with pytest.raises(KeyboardInterrupt):
        deadlines.recompute_deadlines(by=CITY, now=desk.now)
    assert [desk.again(claim).due_on == TODAY + timedelta(20) for claim in both] == [True, False], "each is moved by itself"
    monkeypatch.setattr(deadlines, "record", written)
    assert deadlines.recompute_deadlines(by=CITY, now=desk.now) == 1
    assert AuditEvent.objects.filter(action="incentives.move_deadlines").count() == 2
