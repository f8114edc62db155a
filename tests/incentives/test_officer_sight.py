"""What officers and the public are shown: the office of today, what is proposed beside the rule, the letter sent, and whose batches."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from guildhall.cli.claiming import publish_anew
from guildhall.incentives.engine import bank
from guildhall.incentives.models import Claim, PaymentBatch
from guildhall.incentives.operations import appeals, review
from guildhall.incentives.operations.demonstration import page as pdf
from guildhall.incentives.pages.policy import _headline, _is_drawn, _span, not_worked_out
from guildhall.incentives.pages.what_if import Choice, Slider, _wrong
from guildhall.incentives.queries import claims, payments
from guildhall.incentives.queries.claims import Proposal
from guildhall.incentives.queries.policy import Outcome
from guildhall.kernel.disclosure import WITHHELD
from guildhall.kernel.errors import FaultsFound, GuildhallError
from guildhall.office.operations import attachments
from guildhall.web.viewer import Viewer
from tests import clock, people
from tests.incentives.desk import Desk, desk
from tests.incentives.test_officer_pages import DOCUMENT, _as, _page, office
from tests.shown import computed, shown

__all__ = ["computed", "desk", "office", "shown"]
pytestmark = pytest.mark.usefixtures("shown")
MERGED = "tiny-south"
"""A county that became part of the harbour district."""


def _noticed(office: Desk) -> Claim:
    office.now = clock.moment()
    office.facts["issued_on"] = clock.today()
    claim = office.lodged()
    today = clock.today()
    Claim.objects.update(state="noticed", amount_fen=150_000, notice_from=today, notice_until=today, place_id=MERGED)
    return claim


def test_a_notice_names_the_office_of_today_and_the_former_district_beside_it(office: Desk) -> None:
    claim = _noticed(office)
    (row,) = claims.notice_board(clock.today())
    assert (row.office.name.zh, row.office.former and row.office.former.zh) == ("港区", "南县")
    page = unescape(Client().get("/en/notice-board/?place=tiny-harbour").content.decode())
    assert f"No. {claim.pk}" in page
    assert "Harbour" in page
    assert "(formerly South)" in page
    assert "(formerly South)" in _english(office.officer, "claim_review", claim.pk)


def _english(viewer: Viewer, name: str, *args: Any, query: str = "") -> str:
    with override("en"):
        return _page(viewer, name, *args, query=query)


@pytest.mark.parametrize(("number", "said"), [("9999", "No claim with the number 9999"), ("abc", "“abc” is not the number")])
def test_a_number_that_is_not_on_notice_is_said_to_be_none(office: Desk, number: str, said: str) -> None:
    _noticed(office)
    page = unescape(Client().get(f"/en/notice-board/?number={number}").content.decode())
    assert said in page


def test_batches_of_a_merged_district_are_its_successors_and_mixed_ones_are_not(office: Desk) -> None:
    claim, batch = office.batched()
    PaymentBatch.objects.update(place_id="tiny")
    Claim.objects.update(place_id=MERGED)
    day = clock.today()
    assert [row.pk for row in payments.batches(office.officer, day)] == [batch.pk]
    assert not payments.batches(people.viewer("claims_officer", place=office.world.west.place), day)
    Claim.objects.filter(pk=claim.pk).update(place_id="tiny-west")
    assert not payments.batches(office.officer, day), "a batch that pays another district's claims is not this one's"


@pytest.mark.parametrize(
    ("rule", "amount", "said"),
    [(1_000_000, 2_000_000, "+100 %"), (150_000, 100_000, "−33 %"), (None, 600_000, ""), (150_000, 150_000, "+0 %")],
)
def test_a_proposal_says_by_how_much_it_differs(rule: int | None, amount: int, said: str) -> None:
    assert Proposal(rule, amount).more == said


def test_the_second_officer_sees_the_amounts_in_the_queue_and_beside_confirm(office: Desk) -> None:
    claim = office.accepted()
    given: dict[str, Any] = {"claim_id": claim.pk, "check_id": office.check(claim).pk, "by": office.officer, "now": office.now}
    review.approve(**given, amount_fen=100_000, reason="部分材料不符", basis=(DOCUMENT,))
    told = "rule ¥1,500.00 → approved ¥1,000.00 (−33 %)"
    assert told in _english(office.second, "claims_queue", query="?work=second")
    page = _english(office.second, "claim_review", claim.pk)
    assert page.index(told) < page.index("Confirm the approval")
    assert page.count(told) == 2
    assert claims.rows_of(office.worker, [office.again(claim)], clock.today())[0].proposal is None, "not for the claimant"


def test_the_letter_shown_is_the_letter_sent_and_the_paper_of_the_group_is_marked(office: Desk) -> None:
    claim = office.accepted()
    mine = _english(office.officer, "claim_review", claim.pk)
    assert "The letter the claimant reads" in mine
    paper = attachments.add(
        subject=f"claim:{claim.pk}", worker_id=None, title="毕业证", content=pdf("SAMPLE"), name="a.pdf", by=office.officer, now=office.now
    )
    own = {"payee": "organisation", "kind": "spell", "organisation_id": office.world.harbour.organisation, "shown_by": paper.pk}
    Claim.objects.filter(pk=claim.pk).update(**own)
    form = {"action": "refuse", "preview": "1", "refuse-reason": "其为困难人员名单外", "refuse-basis": "《某文》"}
    shown = _as(office.officer).post(f"/en/claims/{claim.pk}/", form)
    told = unescape(shown.content.decode()).split("<blockquote>")[1].split("</blockquote>")[0]
    assert "The letter the employer reads" in unescape(shown.content.decode())
    assert "其为困难人员名单外" not in told
    assert "what concerns the person is told to that person alone" in told
    assert "brought by the employer to show that the hire is of the group" in unescape(shown.content.decode())


def test_history_calls_the_claimant_so(office: Desk) -> None:
    page = _english(office.officer, "claim_review", office.accepted().pk)
    assert "the claimant" in page
    assert "another account" not in page


def test_what_cites_no_document_is_told_how_one_is_cited(office: Desk) -> None:
    claim = office.accepted()
    given: dict[str, Any] = {"claim_id": claim.pk, "check_id": office.check(claim).pk, "by": office.officer, "now": office.now}
    with override("en"), pytest.raises(GuildhallError) as refused:
        review.approve(**given, amount_fen=100_000, reason="x", basis=("as discussed",))
    assert "《title》" in refused.value.next
    assert "〔2025〕11号" in refused.value.next


def test_a_bank_answer_of_a_header_alone_is_not_taken_and_no_two_next_steps_are_given() -> None:
    header = b"batch,line,amount,outcome,reason\n"
    with pytest.raises(FaultsFound) as refused:
        bank.answers(header, "a.csv", batch=1, sent={1: 100}, known={}, language="en")
    assert [(fault.what, fault.next) for fault in refused.value.faults] == [("it holds a header and not one line", "")]
    for broken in (b"batch,line\n1,1\n", header + b'1,1,1.00,"paid,\n'):
        with pytest.raises(FaultsFound) as refused:
            bank.answers(broken, "a.csv", batch=1, sent={1: 100}, known={}, language="en")
        assert {fault.next for fault in refused.value.faults} == {""}
        assert refused.value.next == "ask the bank for the whole file anew"


def test_the_headline_of_budgets_does_not_say_that_all_is_covered_where_some_have_none(office: Desk) -> None:
    office.noticed()
    Claim.objects.update(benefit="startup_grant")
    year, path = office.now.year, reverse("budgets")
    given = {"place": office.world.harbour.place, "benefit": "hiring_subsidy", "amount": "9,000", "document": "渝财〔2026〕1号"}
    assert _as(office.officer).post(f"{path}?year={year}", given).status_code == 302
    page = _english(office.officer, "budgets", query=f"?year={year}")
    assert "one benefit has none" in page
    assert "cover what is decided" not in page


def test_a_demonstration_of_an_earlier_day_puts_something_on_notice_again(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = office.approved()
    monkeypatch.setattr("guildhall.cli.claiming._viewer", lambda name: office.officer if name == "claims-1" else office.auditor)
    assert publish_anew(office.now) == 1
    assert office.again(claim).state == "noticed"
    assert publish_anew(office.now + timedelta(hours=1)) == 0, "while one is on notice, none is added"


def test_an_objection_names_nobody_but_the_claimant(office: Desk) -> None:
    claim = office.refused()
    appeals.appeal(claim_id=claim.pk, grounds="我参保了", by=office.worker, now=office.now)
    steps = claims.claim(office.third, claim.pk, clock.today(), office.now).steps
    assert [step.who.en for step in steps if step.title.en in ("begun", "lodged", "objected to")] == ["the claimant"] * 3


# planners


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("certificate", "X: 577 people are entitled"),
        ("spell", "X: employers are entitled for 577 people they hired"),
        ("year", "X: 577 employers are entitled"),
        ("business", "X: 577 owners of businesses are entitled"),
    ],
)
def test_the_headline_says_who_is_counted(kind: str, said: str) -> None:
    with override("en"):
        assert _headline("X", kind, _outcome(people=577)) == said


def test_hidden_parts_have_a_place_in_the_chart() -> None:
    part = _outcome(low=WITHHELD, high=WITHHELD)
    assert _is_drawn(part)
    assert (_span("month", part).shown, _span("month", part).high) == ("∗", 0)
    assert not _is_drawn(_outcome(low=0, high=0))


def _outcome(**more: object) -> Outcome:
    none = dict.fromkeys(("cases", "entitled", "refused", "undetermined", "low", "high", "unpriced"), 0)
    return Outcome(**{"part": "2025-03", **none, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?value=abc", ["“abc” is no value that can be asked about; shown is ¥1,500.00."]),
        ("?figure=99&value=150000", ["“99” is no figure of this benefit; shown is “amount”."]),
        ("?figure=0&value=150000", []),
        ("", []),
    ],
)
def test_what_was_asked_and_is_not_shown_is_said(query: str, said: list[str]) -> None:
    figure: Any = SimpleNamespace(parameter=SimpleNamespace(unit="fen"), value=150_000)
    with override("en"):
        found = _wrong(RequestFactory().get(f"/{query}"), Choice(0, figure, "amount", ""), Slider(0, 1, 1, 150_000, 100, ""), True)
    assert found == said


def test_a_day_that_was_not_worked_out_is_said() -> None:
    run: Any = SimpleNamespace(on=date(2026, 1, 30))
    with override("en"):
        (said,) = not_worked_out(RequestFactory().get("/?on=2023-01-05&against=2026-01-30"), [run])
    assert said.startswith("Nothing was worked out for 2023-01-05")
