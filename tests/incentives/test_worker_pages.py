"""A worker's pages: what is mine and why not another, as of any day; and a claim from its first line to the objection."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from guildhall.incentives import tables
from guildhall.incentives.engine.facts.rows import value
from guildhall.incentives.models import BenefitGrant, Business, Candidate, CandidateRun, Claim, Verdict
from guildhall.incentives.operations import appeals, bundles, checking, lodging, paying, receiving, review
from guildhall.incentives.queries import answers, benefits, facts
from guildhall.incentives.queries.answers import before_sending
from guildhall.incentives.queries.candidates import CELL, COLUMN, cell_of, shown_to_employers
from guildhall.incentives.queries.hints import hints_about
from guildhall.incentives.queries.holdings import held_about
from guildhall.kernel.errors import NotFound
from guildhall.office.models import AuditEvent, Grant, Mandate, Notice
from guildhall.office.vault import vault
from guildhall.office.viewers import MANDATE
from guildhall.registry.engine.purposes import BY_KEY
from guildhall.registry.models import EmploymentSpell
from guildhall.registry.queries.looks import WHAT
from guildhall.registry.queries.people.fields import ALL, SHOWN
from guildhall.rules.parameters import Parameters
from guildhall.web.viewer import Viewer
from tests import clock, people
from tests.incentives.desk import BENEFIT, FACTS, SAID, TODAY, Desk, answer, desk
from tests.incentives.golden import chongqing
from tests.world import LONG_AGO

__all__ = ["desk"]

pytestmark = pytest.mark.usefixtures("shown")
PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
THEN = date(2025, 6, 30)
COLUMNS = {column.name: column for column in tables.CERTIFICATE_FACTS.columns}


@pytest.fixture
def mine(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose facts are the person's one certificate, fresh on the day asked about, under rules that last to this day."""
    desk.facts |= {**SAID, "insured_as_of": clock.today(), "issued_on": clock.today() - timedelta(days=100)}
    desk.now = clock.moment()
    monkeypatch.setattr(benefits, "parameters", _lasting)
    told = facts.of_person

    def of_person(viewer: Viewer, worker_id: int, *, on: date, today: date, applied: date | None = None, said: Any = ()) -> Any:
        told(viewer, worker_id, on=on, today=today, applied=applied, said=said)  # whom the viewer does not see is not found
        row = {"grants_in_year": 0, "ordinary_grants_in_year": 0, "paid_in_full": True, **FACTS, **desk.facts}
        row |= {"certificate_id": int(desk.certificate), "worker_id": worker_id, "applied_on": on, "granted_on": on}
        row |= {one["fact"]: value(COLUMNS[one["fact"]], one["value"]) for one in said if row.get(one["fact"]) is None}
        return {tables.CERTIFICATE_FACTS.name: [row], tables.HIRE_FACTS.name: [], tables.BUSINESS_FACTS.name: []}

    monkeypatch.setattr(facts, "of_person", of_person)
    return desk


def _lasting() -> Parameters:
    """The parameters of Chongqing, those that ended with 2025 as if they went on."""
    found = chongqing()
    last = date(2026, 1, 1)
    rules = {
        rule: {
            name: replace(one, versions=tuple(replace(v, valid_until=None) if v.valid_until == last else v for v in one.versions))
            for name, one in named.items()
        }
        for rule, named in found.rules.items()
    }
    return Parameters(rules, found.mode, found.links)


def _as(viewer: Viewer) -> Client:
    return people.signed_in(Grant.objects.get(pk=viewer.grant or 0))


def _page(viewer: Viewer, name: str, *args: Any, query: str = "", language: str = "en") -> str:
    with override(language):
        address = reverse(name, args=args)
    response = _as(viewer).get(address + query)
    assert response.status_code == 200, (name, response.status_code)
    return unescape(response.content.decode())


def _sent(viewer: Viewer, name: str, *args: Any, **form: Any) -> tuple[int, str]:
    with override("en"):
        address = reverse(name, args=args)
    response = _as(viewer).post(address, form)
    return response.status_code, unescape(response.content.decode()) or response.headers.get("Location", "")


def _group(page: str, heading: str) -> str:
    """The card under a heading; empty where there is none."""
    found = re.search(rf"<h2>{heading}</h2>(.*?)</section>", page, re.DOTALL)
    return found[1] if found else ""


# what is mine


def test_a_deduction_does_not_take_the_headline_from_what_is_nearly_there(mine: Desk) -> None:
    mine.facts |= {"insured_months": 9, "listed_qualification": True, "deducted_already": False}
    page = _page(mine.worker, "benefits")
    assert "no money is paid out" in _group(page, "Yours")
    assert "Nearly: 3 months short of the Skill-upgrade subsidy" in page


def test_what_is_mine_says_amount_ground_and_what_to_do(mine: Desk) -> None:
    page = _page(mine.worker, "benefits")
    card = _group(page, "Yours")
    assert "Skill-upgrade subsidy" in card
    assert "¥1,500.00" in card
    assert "Claim it" in card
    assert "渝府办发〔2023〕57号" in card
    assert "1 benefit is yours" in page
    chinese = _page(mine.worker, "benefits", language="zh-hans")
    assert "技能提升补贴" in chinese
    assert "1,500.00元" in chinese


def test_nearly_says_by_how_much_and_from_when(mine: Desk) -> None:
    mine.facts["insured_months"] = 9
    page = _page(mine.worker, "benefits")
    near = _group(page, "Nearly")
    assert "3 months" in near
    assert "¥1,500.00" in near
    assert re.search(r"from <time>\d{4}-\d\d-\d\d</time> at the earliest", near)
    assert "Nearly: 3 months short of the Skill-upgrade subsidy" in page
    assert not _group(page, "Yours")


def test_not_says_the_condition_with_its_source(mine: Desk) -> None:
    mine.facts |= {"issued_on": clock.today() - timedelta(days=500)}
    page = _group(_page(mine.worker, "benefits"), "Not, because")
    assert "applied for within 12 months of issue" in page
    assert "2024-01-01" in page or "from " in page


def test_what_cannot_be_said_says_what_is_missing_and_who_can_supply_it(mine: Desk) -> None:
    mine.facts |= {"insured_as_of": clock.today() - timedelta(days=400)}
    page = _group(_page(mine.worker, "benefits"), "Cannot say yet, needs")
    assert "the social insurance authority sends it" in _page(mine.worker, "benefit", BENEFIT, "certificate", mine.certificate)
    assert "what another authority has not sent" in page
    assert "no rule in force was found" in page  # the deduction waits for the tax authority


def test_a_record_that_contradicts_itself_is_said_with_who_puts_it_right(mine: Desk) -> None:
    mine.facts["insurance_contradicts"] = True
    page = _page(mine.worker, "benefit", BENEFIT, "certificate", mine.certificate)
    needs = _group(page, r"What is missing, and who can supply it\?")
    assert "employment counter has to put it right" in needs
    assert "two spells of insurance with one employer overlap; the counter asks the social insurance agency which is right" in needs
    assert "the social insurance authority sends it" not in page
    page = _page(mine.worker, "benefit", BENEFIT, "certificate", mine.certificate, language="zh-hans")
    assert "有关记录互相矛盾：同一单位的两段参保记录有重叠的月份；由服务窗口请社会保险经办机构核实更正" in page


def test_a_past_day_is_answered_by_the_rules_of_that_day_and_begins_no_claim(mine: Desk) -> None:
    mine.facts |= {"issued_on": date(2025, 5, 12), "insured_as_of": THEN}
    page = _page(mine.worker, "benefits", query=f"?on={THEN}")
    assert "¥1,500.00" in _group(page, "Yours")
    assert "Claim it" not in page
    assert "by the rules of that day" in page


@pytest.mark.parametrize("day", ["2999-01-01", "1800-01-01", "yesterday", "2025-02-30"])
def test_a_day_that_cannot_be_asked_about_is_said_beside_the_field(mine: Desk, day: str) -> None:
    page = _page(mine.worker, "benefits", query=f"?on={day}")
    assert 'role="alert"' in page
    assert _as(mine.worker).get(reverse("benefit", args=[BENEFIT, "certificate", mine.certificate]) + f"?on={day}").status_code == 404


def test_the_trace_names_every_condition_and_every_document(mine: Desk) -> None:
    page = _page(mine.worker, "benefit", BENEFIT, "certificate", mine.certificate)
    for words in ("insured for at least 12 months", "applied for within 12 months of issue", "渝府办发〔2023〕57号", "press"):
        assert words in page
    assert len(re.findall(r'<li class="y">', page)) >= len(benefits.rule_of(BENEFIT).conditions)


def test_a_deduction_is_never_shown_as_money(mine: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mine.facts |= {"listed_qualification": True, "deducted_already": False}
    page = _page(mine.worker, "benefits")
    card = re.search(r"Continuing-education deduction for a certificate</b>(.*?)</li>", page, re.DOTALL)
    assert card
    assert "no money is paid out" in card[1]
    assert "tax authority" in card[1]
    assert "attestation" in card[1]
    assert "Claim it" not in card[1]
    assert "no money is paid out" not in page.replace(card[1], "")
    one = _page(mine.worker, "benefit", "continuing_education_deduction", "certificate", mine.certificate)
    assert "No money is paid out" in one


def test_what_was_granted_is_not_offered_again(mine: Desk) -> None:
    BenefitGrant.objects.create(
        benefit=BENEFIT, worker_id=mine.worker.worker, certificate_id=int(mine.certificate), level="L4", occupation="6-20-01-01",
        amount=150_000, granted_on=clock.today() - timedelta(days=3), source="recorded",
    )  # fmt: skip
    page = _page(mine.worker, "benefits")
    assert "¥1,500.00" in _group(page, "Received already")
    assert "Claim it" not in page


def test_somebody_without_anything_on_record_is_told_so(desk: Desk) -> None:
    student = people.viewer("worker", worker_id=desk.world.harbour.keys["child"])
    assert "Nothing is on record that a benefit could be for" in _page(student, "benefits")


# who sees it


def test_an_officer_sees_it_through_the_person_and_leaves_a_trace(mine: Desk) -> None:
    worker = mine.worker.worker
    assert "¥1,500.00" in _page(mine.officer, "person_benefits", worker)
    page = _page(mine.officer, "person_benefit", worker, BENEFIT, "certificate", mine.certificate)
    assert "Claim it" not in page
    looks = AuditEvent.objects.filter(chain=f"worker:{worker}", action="incentives.open_benefits")
    assert looks.count() == 1
    assert "incentives.open_benefits" in WHAT
    for stranger in (mine.world.viewer("claims_officer", mine.world.west), mine.employer, mine.world.viewer("planner"), mine.auditor):
        assert _as(stranger).get(reverse("person_benefits", args=[worker])).status_code == 404
    assert looks.count() == 1


def test_an_assessor_is_not_told_by_the_reasons_what_the_record_does_not_show(mine: Desk) -> None:
    worker, assessor = mine.worker.worker, mine.world.viewer("assessor")
    for name, rest in (("person_benefits", ()), ("person_benefit", (BENEFIT, "certificate", mine.certificate))):
        assert _as(assessor).get(reverse(name, args=[worker, *rest])).status_code == 404
    with override("en"):
        link = reverse("person_benefits", args=[worker])
    assert link not in _page(assessor, "person", worker)
    assert link in _page(mine.officer, "person", worker)
    with pytest.raises(NotFound):
        facts.of_person(assessor, worker or 0, on=TODAY, today=TODAY)
    assert {role for role in facts.READERS if role in SHOWN} == {role for role, parts in SHOWN.items() if parts.get("reported") == ALL}


def test_a_mandate_opens_it_only_for_benefits(mine: Desk) -> None:
    held = mine.world.harbour.mandates["counter"]
    client = people.signed_in(mine.world.harbour.grants["assessor"])
    session = client.session
    session[MANDATE] = held.pk
    session.save()
    assert client.get(reverse("benefits")).status_code == 404
    Mandate.objects.filter(pk=held.pk).update(purpose="benefits")
    assert client.get(reverse("benefits")).status_code == 200
    assert client.get(reverse("claims")).status_code == 200


def test_nobody_reads_a_benefit_of_somebody_elses_certificate(mine: Desk) -> None:
    for key in (mine.world.harbour.second, mine.world.west.worker, 10**18):
        assert _as(mine.worker).get(reverse("benefit", args=[BENEFIT, "certificate", key])).status_code == 404
    for benefit, kind in (("nothing", "certificate"), (BENEFIT, "business"), ("hiring_subsidy", "spell")):
        assert _as(mine.worker).get(reverse("benefit", args=[benefit, kind, mine.certificate])).status_code == 404


def test_what_an_employer_claimed_for_itself_is_told_and_no_more(mine: Desk) -> None:
    assert "What employers claimed" not in _page(mine.worker, "benefits")
    side = mine.world.harbour
    claim = lodging.begin(benefit="hiring_subsidy", subject=str(side.keys["spell"]), by=mine.employer, now=mine.now)
    assert "What employers claimed" not in _page(mine.worker, "benefits")
    lodging.give_account(claim_id=claim.pk, number="62220000111122", holder="x", bank="y", by=mine.employer, now=mine.now)
    mine.agree("employer_hires")
    lodging.submit(claim_id=claim.pk, by=mine.employer, now=mine.now)
    for page in (_page(mine.worker, "benefits"), _page(mine.worker, "claims")):
        assert "第7301号 claimed it on" in re.sub("<[^>]*>", "", page)
    assert _as(mine.worker).get(reverse("claim_mine", args=[claim.pk])).status_code == 404


def test_what_the_search_by_night_found_is_told_with_why_and_when(mine: Desk) -> None:
    assert "has not run yet" in _group(_page(mine.worker, "benefits"), "What the city found for you")
    run = CandidateRun.objects.create(on=clock.today(), rulebook="x", begun_at=mine.now, finished_at=mine.now)
    assert "found nothing" in _group(_page(mine.worker, "benefits"), "What the city found for you")
    side = mine.world.harbour
    row = Candidate(
        run=run, benefit=BENEFIT, kind="certificate", key=int(mine.certificate), worker_id=side.worker, place_id=side.homes[0],
        state="near", since=clock.today() - timedelta(days=9), turns_on=clock.today() + timedelta(days=90),
    )  # fmt: skip
    told = '{"holds": ["level"], "open": [], "fails": ["insured"]}'
    row.why_sealed = vault().seal(*COLUMN, CELL.format(*cell_of(row)), told)
    row.save()
    card = _group(_page(mine.worker, "benefits"), "What the city found for you")
    for words in ("Skill-upgrade subsidy", "nearly", f"{row.since}", f"{row.turns_on}", "✕", "None. What other offices know"):
        assert words in card
    spell = EmploymentSpell.objects.get(worker_id=side.worker, organisation_id=side.organisation).pk
    hire = {"run": run, "kind": "spell", "key": spell, "worker_id": side.worker, "organisation_id": side.organisation}
    for benefit, is_open in (("hiring_subsidy", False), ("job_expansion_subsidy", True)):
        more = {"benefit": benefit, "open_to_employer": is_open, "place_id": side.homes[0], "state": "likely", "since": clock.today()}
        Candidate.objects.create(**hire, **more)
    card = _group(_page(mine.worker, "benefits"), "What the city found for you")
    assert "put on record itself" in card
    assert card.count("for having hired you") == 1, "what others know is named to nobody without consent"
    mine.agree("employer_hires")
    card = _group(_page(mine.worker, "benefits"), "What the city found for you")
    assert f"because you agreed to it on {timezone.localdate(mine.now)}" in card
    assert card.count("for having hired you") == 2
    assert "What the city found" not in _page(mine.worker, "benefits", query="?on=2025-06-30"), "it speaks of the last search alone"
    EmploymentSpell.objects.filter(pk=spell).update(ended_on=clock.today())
    assert shown_to_employers(mine.worker, clock.today()) == []
    for who in (mine.employer, mine.officer, mine.auditor):
        assert shown_to_employers(who, clock.today()) == []


# a claim


def _begun(mine: Desk) -> Claim:
    status, where = _sent(mine.worker, "claim_begin", benefit=BENEFIT, subject=mine.certificate)
    assert status == 302
    claim = Claim.objects.get()
    assert where.endswith(f"/me/claims/{claim.pk}/facts/")
    return claim


def test_a_claim_from_the_button_to_the_office(mine: Desk) -> None:
    del mine.facts["drawing_benefit"]
    mine.facts["employer_here"] = False  # now the rule asks whether unemployment benefit is drawn
    claim = _begun(mine)
    page = _page(mine.worker, "claim_said", claim.pk)
    assert "Drew unemployment benefit" in page.partition("<details")[0]
    assert _sent(mine.worker, "claim_said", claim.pk, drawing_benefit="yes", save="1")[1].endswith("/papers/")
    paper = SimpleUploadedFile("p.pdf", PAPER, "application/pdf")
    assert _sent(mine.worker, "claim_papers", claim.pk, title="Labour contract", file=paper)[0] == 302
    assert "Labour contract" in _page(mine.worker, "claim_papers", claim.pk)
    status, page = _sent(mine.worker, "claim_account", claim.pk, number="12", holder="晏雨蘅", bank="匠城银行")
    assert (status, 'role="alert"' in page) == (200, True)
    assert _sent(mine.worker, "claim_account", claim.pk, number="6222 0000 1111 2222", holder="晏雨蘅", bank="匠城银行")[0] == 302
    page = _page(mine.worker, "claim_check", claim.pk)
    assert "The automatic check would say: met: ¥1,500.00" in page
    assert "****2222" in page
    assert "62220000" not in page
    assert _sent(mine.worker, "claim_check", claim.pk)[0] == 302
    assert Claim.objects.get().state == "lodged"
    page = _page(mine.worker, "claim_mine", claim.pk)
    for words in ("The office takes it up", "5 working days", "lodged, to be taken up", "****2222", "Labour contract"):
        assert words in page
    assert "1 claim is on its way" in _page(mine.worker, "claims")
    assert "lodged, to be taken up" in _group(_page(mine.worker, "benefits"), "Claimed, on its way")


def test_pressing_twice_leads_to_the_claim_that_stands(mine: Desk) -> None:
    claim = _begun(mine)
    assert _sent(mine.worker, "claim_begin", benefit=BENEFIT, subject=mine.certificate)[1].endswith(f"/me/claims/{claim.pk}/")
    assert Claim.objects.count() == 1


def test_what_the_rule_refuses_may_be_sent_and_the_page_says_so(mine: Desk) -> None:
    mine.facts["insured_months"] = 9
    claim = _begun(mine)
    lodging.give_account(claim_id=claim.pk, number="62220000111122", holder="x", bank="y", by=mine.worker, now=mine.now)
    page = _page(mine.worker, "claim_check", claim.pk)
    assert "The rule says no today" in page
    assert "3 months" in page
    assert _sent(mine.worker, "claim_check", claim.pk)[0] == 302
    assert Claim.objects.get().state == "lodged"


def test_sending_without_an_account_is_refused_in_words(mine: Desk) -> None:
    claim = _begun(mine)
    status, page = _sent(mine.worker, "claim_check", claim.pk)
    assert status == 200
    assert "say into which account the money goes" in page


def test_money_is_typed_in_yuan_and_wrong_answers_stand_beside_the_field(mine: Desk) -> None:
    status, _where = _sent(mine.worker, "claim_begin", benefit="training_subsidy", subject=mine.certificate)
    assert status == 302
    claim = Claim.objects.get()
    wrong = {"listed_cost": "12万", "training_days": "-3", "training_started_on": "soon", "training": "dance", "trained": "perhaps"}
    status, page = _sent(mine.worker, "claim_said", claim.pk, save="1", **wrong)
    assert status == 200
    assert page.count('class="said"') == len(wrong)
    assert "write digits with at most two decimals" in page
    good = {
        "listed_cost": "１，２３４．５０元",
        "training_days": "20",
        "training_started_on": "2026-05-01",
        "training": "catalogue",
        "trained": "yes",
    }
    assert _sent(mine.worker, "claim_said", claim.pk, later="1", **good)[0] == 302
    page = _page(mine.worker, "claim_said", claim.pk)
    assert 'value="1234.50"' in page
    assert "¥1,234.50" in _page(mine.worker, "claim_check", claim.pk)
    assert "a course of the published catalogue" in _page(mine.worker, "claim_check", claim.pk)


def test_only_what_this_rule_asks_of_a_claim_can_be_said(mine: Desk) -> None:
    claim = _begun(mine)
    page = _page(mine.worker, "claim_said", claim.pk)
    assert 'name="insured_months"' not in page
    assert 'name="listed_cost"' not in page
    assert _sent(mine.worker, "claim_said", claim.pk, insured_months="99", save="1")[0] == 302
    assert "99" not in _page(mine.worker, "claim_check", claim.pk).partition("automatic check")[0].partition("The claim</h2>")[2]


def test_a_returned_claim_shows_all_defects_and_is_completed_once(mine: Desk) -> None:
    claim = mine.lodged()
    receiving.send_back(claim_id=claim.pk, defects=[("paper_missing", "劳动合同"), ("account_wrong", "")], by=mine.officer, now=mine.now)
    page = _page(mine.worker, "claim_mine", claim.pk)
    for words in ("a paper is missing", "劳动合同", "the number of the account is wrong", "Complete it", "15 working days"):
        assert words in page
    assert "The office found missing" in _page(mine.worker, "claim_papers", claim.pk)
    assert "1 claim waits for you" in _page(mine.worker, "claims")
    assert _sent(mine.worker, "claim_check", claim.pk)[0] == 302
    assert Claim.objects.get().state == "lodged"
    assert _as(mine.worker).get(reverse("claim_check", args=[claim.pk])).status_code == 404  # it is with the office again


def test_a_refusal_says_why_and_until_when_to_object(mine: Desk) -> None:
    claim = mine.refused()
    page = _page(mine.worker, "claim_mine", claim.pk)
    for words in ("参保月数不足", "You may object until", "Object", "an officer who took no part", "administrative reconsideration"):
        assert words in page
    assert _sent(mine.worker, "claim_object", claim.pk, grounds="")[0] == 200
    assert _sent(mine.worker, "claim_object", claim.pk, grounds="I was insured elsewhere too")[0] == 302
    assert Claim.objects.get().state == "appealed"
    appeals.decide_appeal(claim_id=claim.pk, uphold=False, answer="查无记录", by=mine.third, now=mine.now)
    page = _page(mine.worker, "claim_mine", claim.pk)
    assert "I was insured elsewhere too" in page
    assert "查无记录" in page
    status, page = _sent(mine.worker, "claim_object", claim.pk, grounds="again")
    assert status == 200
    assert "objected to already" in page


def test_a_refused_claim_says_everywhere_until_when_to_object(mine: Desk) -> None:
    claim = mine.refused()
    until = Verdict.objects.get().remedy_until
    with override("en"):
        objection = reverse("claim_object", args=[claim.pk])
    page = _page(mine.worker, "claims")
    assert f"A decision can be objected to until {until}" in page
    for where in (page, _page(mine.worker, "benefits"), _page(mine.worker, "benefit", BENEFIT, "certificate", mine.certificate)):
        assert objection in where
        assert f"You may object until {until}" in where
    assert _page(mine.worker, "claim_object", claim.pk).count(">provisional<") <= 1
    appeals.appeal(claim_id=claim.pk, grounds="x", by=mine.worker, now=mine.now)
    appeals.decide_appeal(claim_id=claim.pk, uphold=False, answer="查无记录", by=mine.third, now=mine.now)
    assert objection not in _page(mine.worker, "claims"), "each decision can be objected to once"


def test_a_refusal_names_every_condition_that_fails_and_only_documents_at_hand(mine: Desk) -> None:
    mine.facts |= {"insured_months": 3, "employer_here": False, "issued_on": clock.today() - timedelta(days=500)}
    claim = mine.refused()
    page = _page(mine.worker, "claim_mine", claim.pk)
    card = page.partition("By the rule, these conditions do not hold:")[2].partition("</ul>")[0]
    assert "insured for at least 12 months" in card
    assert "applied for within 12 months of issue" in card
    assert "Recalled" not in page
    assert "凭记忆" not in "".join(Verdict.objects.get().basis)
    assert Verdict.objects.get().basis


def test_the_step_of_facts_asks_for_what_is_unknown_also_where_the_rule_says_no(mine: Desk) -> None:
    mine.facts |= {"insured_months": 3, "paid_in_full": None, "issued_on": date(2024, 3, 1)}
    claim = _begun(mine)
    unknown = [line for line in before_sending(mine.worker, claim.pk, clock.today()).decision.conditions if line.state is None]
    wanted = {one.name for line in unknown for one in line.missing} & {given.name for given in benefits.asked(BENEFIT)}
    page = _page(mine.worker, "claim_said", claim.pk).partition("<details")[0]
    assert wanted
    assert all(f'name="{name}"' in page for name in wanted)


def test_a_wrong_account_is_said_beside_the_field_and_another_holder_is_warned_of(mine: Desk) -> None:
    claim = _begun(mine)
    status, page = _sent(mine.worker, "claim_account", claim.pk, number="12ab", holder="晏雨蘅", bank="行")
    assert status == 200
    assert page.count('class="said"') == 2
    given = {"number": "6222000011112222", "bank": "匠城银行"}
    assert _sent(mine.worker, "claim_account", claim.pk, holder="别人", **given)[0] == 302
    assert "held in another name" in _page(mine.worker, "claim_check", claim.pk)
    lodging.submit(claim_id=claim.pk, by=mine.worker, now=mine.now)
    assert "holder" in {hint.kind for hint in hints_about(mine.again(claim), clock.today())}
    lodging.withdraw(claim_id=claim.pk, by=mine.worker, now=mine.now)
    second = mine.draft()
    assert "held in another name" not in _page(mine.worker, "claim_check", second.pk)
    assert "holder" not in {hint.kind for hint in hints_about(second, clock.today())}


def test_a_printed_page_says_whom_it_is_about_and_keeps_the_names(mine: Desk) -> None:
    mine.facts |= {"insured_as_of": clock.today() - timedelta(days=400)}
    for name, args in (("benefits", ()), ("benefit", (BENEFIT, "certificate", mine.certificate))):
        page = _page(mine.worker, name, *args)
        head = page.partition('class="facts onpaper"')[2].partition("</dl>")[0]
        assert "晏雨蘅" in head
        assert "*" in head
        assert head.count(str(clock.today())) == 2
    assert 'summary class="kept"' in _page(mine.worker, "benefits")


def test_what_is_held_of_a_claim_is_in_words(mine: Desk) -> None:
    mine.accepted()
    tables_ = {one.table: one for one in held_about(mine.worker.worker or 0)}
    words = str([row for name in ("incentives.claims", "incentives.checks", "incentives.statements") for row in tables_[name].rows])
    assert "失业保险金：否" in words
    assert "insured for at least 12 months" in words
    for code in ("drawing_benefit", "'true'", "paid_in_full", '"conditions"'):
        assert code not in words


def test_withdrawing_asks_first(mine: Desk) -> None:
    claim = mine.lodged()
    assert "It ends at once" in _page(mine.worker, "claim_withdraw", claim.pk)
    assert Claim.objects.get().state == "lodged"
    assert _sent(mine.worker, "claim_withdraw", claim.pk, reason="")[0] == 302
    assert Claim.objects.get().state == "withdrawn"
    assert "No claim is on its way" in _page(mine.worker, "claims")


def test_money_that_came_back_goes_into_another_account(mine: Desk) -> None:
    claim, batch = mine.sent()
    paying.reconcile(batch_id=batch.pk, content=answer(batch, "returned", "户名不符"), name="a.csv", by=mine.officer, now=mine.now)
    assert Claim.objects.get().state == "failed"
    assert "Give another account" in _page(mine.worker, "claim_mine", claim.pk)
    form = {"number": "6222000033334444", "holder": "晏雨蘅", "bank": "匠城银行"}
    assert _sent(mine.worker, "claim_account", claim.pk, **form)[1].endswith(f"/me/claims/{claim.pk}/")
    assert Claim.objects.get().state == "noticed"


def test_an_employers_wish_is_answered_by_the_person_alone(mine: Desk) -> None:
    bundles.bundle(benefit=BENEFIT, subjects=[mine.certificate], by=mine.employer, now=mine.now)
    claim = Claim.objects.get()
    assert "Answer your employer" in _page(mine.worker, "claim_mine", claim.pk)
    page = _page(mine.worker, "claim_agree", claim.pk)
    assert "第7301号" in page
    assert "I agree that the employer I work for lodges claims" in page
    assert "By what is on record the rule would say:" in page
    status, page = _sent(mine.worker, "claim_agree", claim.pk, said="yes", wording="employer_claims/0")
    assert (status, "wording has changed" in page) == (200, True)
    assert _sent(mine.worker, "claim_agree", claim.pk, said="yes", wording=BY_KEY["employer_claims"].version)[0] == 302
    assert Claim.objects.get().state == "draft"
    assert _as(mine.worker).get(reverse("claim_agree", args=[claim.pk])).status_code == 404


def test_an_employers_wish_may_be_declined(mine: Desk) -> None:
    bundles.bundle(benefit=BENEFIT, subjects=[mine.certificate], by=mine.employer, now=mine.now)
    claim = Claim.objects.get()
    assert _sent(mine.worker, "claim_agree", claim.pk, said="no")[0] == 302
    assert Claim.objects.get().state == "withdrawn"


def test_claims_of_somebody_else_are_not_found(mine: Desk) -> None:
    claim = mine.lodged()
    other = mine.world.viewer("colleague")
    for name in (
        "claim_mine",
        "claim_said",
        "claim_papers",
        "claim_account",
        "claim_check",
        "claim_withdraw",
        "claim_object",
        "claim_agree",
    ):
        assert _as(other).get(reverse(name, args=[claim.pk])).status_code == 404, name
        assert _as(mine.employer).get(reverse(name, args=[claim.pk])).status_code == 404, name
    with pytest.raises(NotFound):
        answers.before_sending(mine.employer, claim.pk, clock.today())
    assert _as(other).post(reverse("claim_begin"), {"benefit": BENEFIT, "subject": mine.certificate}).status_code == 404


def test_a_notice_leads_to_its_claim(mine: Desk) -> None:
    claim = mine.lodged()
    assert f"/me/claims/{claim.pk}/" in _page(mine.worker, "notices")
    assert Notice.objects.filter(template="claim_lodged").exists()


def test_one_person_is_answered_in_a_tenth_of_a_second(desk: Desk) -> None:
    for key in (1, 2):
        desk.another_certificate(8_800_000 + key)
    Business.objects.create(worker_id=desk.worker.worker or 0, place_id="tiny-harbour", kind="micro", registered_on=LONG_AGO)
    answers.answers(desk.worker, desk.worker.worker or 0, on=clock.today(), today=clock.today())
    began = time.process_time()
    found = answers.answers(desk.worker, desk.worker.worker or 0, on=clock.today(), today=clock.today())
    assert time.process_time() - began < 0.1
    assert len(found) == 3 * 5 + 4


def test_a_check_is_shown_to_the_claimant_once_it_was_made(mine: Desk) -> None:
    mine.facts["insured_months"] = 11
    claim = mine.accepted()
    assert checking.latest(claim)
    page = _page(mine.worker, "claim_mine", claim.pk)
    assert "What did the automatic check say?" in page
    review.refuse(claim_id=claim.pk, reason="x", by=mine.officer, now=mine.now)
    assert "Why was it refused?" in _page(mine.worker, "claim_mine", claim.pk)
