"""An employer's pages: names only by what it put on record or by consent, batches that wait for answers, and claims of its own."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from guildhall.incentives.models import BenefitGrant, Bundle, Candidate, CandidateRun, Claim, EmployerYear, Statement, Verdict
from guildhall.incentives.operations import appeals, bundles, lodging, receiving, review
from guildhall.incentives.operations.outreach import ask_staff
from guildhall.incentives.queries import benefits, facts, roster
from guildhall.incentives.queries.candidates import EMPLOYER_MAY_KNOW, named_to_employer
from guildhall.incentives.queries.roster import Narrowed
from guildhall.incentives.queries.sealed import said_in
from guildhall.kernel.errors import AlreadyDone, NotFound
from guildhall.office.models import AuditEvent, Grant, Notice
from guildhall.registry.models import Certificate, Consent, EmploymentSpell, ReportedFact
from guildhall.web.viewer import system
from tests import clock, people
from tests.incentives.desk import BENEFIT, NOW, TODAY, Desk, desk
from tests.incentives.test_worker_pages import PAPER
from tests.world import World
from tests.world import build as build_world

__all__ = ["desk"]

REFUND = "job_stabilisation_refund"
EVERY = "job_expansion_subsidy"


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def spell(world: World) -> EmploymentSpell:
    return EmploymentSpell.objects.get(worker_id=world.harbour.worker, organisation_id=world.harbour.organisation)


def candidate(world: World, **more: Any) -> Candidate:
    run, _ = CandidateRun.objects.get_or_create(on=TODAY, defaults={"rulebook": "x", "begun_at": NOW, "finished_at": NOW})
    side = world.harbour
    told = {"benefit": EVERY, "kind": "spell", "worker_id": side.worker, "organisation_id": side.organisation, "place_id": side.homes[0]}
    return Candidate.objects.create(**({"run": run, "key": spell(world).pk, "state": "likely", "since": TODAY} | told | more))


def agree(world: World) -> None:
    given = {"wording": f"{EMPLOYER_MAY_KNOW}/1", "given_at": NOW, "given_by": "account:1"}
    Consent.objects.create(worker_id=world.harbour.worker, purpose=EMPLOYER_MAY_KNOW, **given)


def names(world: World, monkeypatch: pytest.MonkeyPatch, group: str) -> set[tuple[str, str, str]]:
    found = roster.roster(world.viewer("employer"), on=TODAY, today=TODAY)
    return {(one.rule.name, one.name, one.right) for part in found.benefits for one in getattr(part, group)}


def test_what_other_authorities_know_names_nobody_before_the_person_agrees(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody hired in the year of graduation: the rule says yes, the employer is told nothing; after the consent it is."""
    from tests.incentives.golden import chongqing

    monkeypatch.setattr(benefits, "parameters", chongqing)
    EmploymentSpell.objects.filter(pk=spell(world).pk).update(started_on=date(2025, 9, 1))
    monkeypatch.setattr(facts, "of_subject", lambda *_args, **_more: _graduate(spell(world)))
    assert names(world, monkeypatch, "likely") == set()
    agree(world)
    name = world.harbour.name(world.harbour.worker)
    assert (EVERY, name, "agreed") in names(world, monkeypatch, "likely")
    EmploymentSpell.objects.filter(pk=spell(world).pk).update(doubtful=True)
    assert names(world, monkeypatch, "likely") == set(), "a doubted job opens nothing, whatever was agreed to"


def _graduate(hired: EmploymentSpell) -> dict[str, object]:
    known = {
        "spell_id": hired.pk,
        "place": "cq-500103",
        "birth_month": date(2003, 1, 1),
        "hired_on": date(2025, 9, 1),
        "contract": "regular",
    }
    grants = dict.fromkeys(("hiring_grants", "expansion_grants", "insurance_grants", "graduate_grants", "months_before"), 0)
    found = {"graduate": True, "graduated_on": date(2025, 7, 1), "graduates_as_of": TODAY, "applied_on": TODAY, "granted_on": TODAY}
    return {**known, **grants, **found}


def test_whoever_agreed_is_not_named_for_what_the_rule_refuses(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another employer's grant for this person is never told by way of a refusal."""
    from tests.incentives.golden import chongqing

    monkeypatch.setattr(benefits, "parameters", chongqing)
    monkeypatch.setattr(facts, "of_subject", lambda *_args, **_more: {**_graduate(spell(world)), "hiring_grants": 1})
    EmploymentSpell.objects.filter(pk=spell(world).pk).update(started_on=date(2025, 9, 1))
    agree(world)
    assert {rule for rule, _name, right in names(world, monkeypatch, "refused") if right == "agreed"} == set()
    assert EVERY not in {rule for rule, _name, _right in names(world, monkeypatch, "likely")}


def test_no_fact_of_another_authority_or_employer_is_read_for_an_employer(world: World) -> None:
    side = world.harbour
    ReportedFact.objects.create(worker_id=side.worker, kind="hardship", detail="hard_to_employ", started_on=date(2020, 1, 1), as_of=TODAY)
    viewer = world.viewer("employer")
    from guildhall.registry.queries import published

    rows = published.of_staff(viewer, published.staff(viewer, TODAY), TODAY)
    for row in rows.values():
        assert row["registry.reported_facts"] == []
        assert {spent["organisation_id"] for spent in row["registry.insurance_spells"]} <= {side.organisation}
    Statement.objects.all().delete()
    found = roster.roster(viewer, on=TODAY, today=TODAY)
    assert all(part.at_least is None for part in found.benefits), "two people are too few for any count"


def test_candidates_by_name_are_those_the_employer_can_work_out_or_was_let_know(world: World) -> None:
    hidden = candidate(world)
    viewer = world.viewer("employer")
    assert named_to_employer(viewer) == []
    known = candidate(world, benefit="key_group_hiring_relief", open_to_employer=True)
    assert named_to_employer(viewer) == [known]
    agree(world)
    assert {*named_to_employer(viewer)} == {known, hidden}
    Candidate.objects.filter(pk=hidden.pk).update(state="off")
    assert named_to_employer(viewer) == [known], "agreed to know what can be claimed, and no more"
    EmploymentSpell.objects.filter(pk=spell(world).pk).update(doubtful=True)
    assert named_to_employer(viewer) == []
    for who in ("delegate", "worker", "claims_officer", "college"):
        with pytest.raises(NotFound):
            named_to_employer(world.viewer(who))


def test_a_clerk_with_the_task_sees_what_the_representative_sees(world: World) -> None:
    Grant.objects.filter(pk=world.harbour.grants["delegate"].pk).update(scopes="claims")
    assert world.client("delegate").get(reverse("employer_benefits")).status_code == 200
    Grant.objects.filter(pk=world.harbour.grants["delegate"].pk).update(scopes="roster people")
    assert world.client("delegate").get(reverse("employer_benefits")).status_code == 404


def test_all_staff_are_asked_alike_and_once(world: World) -> None:
    viewer = world.viewer("employer")
    agree(world)
    assert ask_staff(by=viewer, now=NOW) == 1, "one of two has agreed"
    assert [notice.worker_id for notice in Notice.objects.filter(template="hires_asked")] == [world.harbour.second]
    with pytest.raises(AlreadyDone):
        ask_staff(by=viewer, now=NOW)
    assert AuditEvent.objects.filter(action="incentives.ask_staff").count() == 1
    for who in ("delegate", "worker", "planner"):
        with pytest.raises(NotFound):
            ask_staff(by=world.viewer(who), now=NOW)


# several at once


def test_a_batch_for_workers_waits_for_their_answers(world: World) -> None:
    client, side = world.client("employer"), world.harbour
    address = reverse("employer_batch_new", args=["training_subsidy"])
    page = client.get(f"{address}?everybody=on&tick=all").content.decode()
    assert side.name(side.worker) in page
    assert len(re.findall(r'name="subject"[^>]* checked', page)) == 2
    assert not re.findall(r'name="subject"[^>]* checked', client.get(f"{address}?everybody=on&tick=none").content.decode())
    assert 'role="alert"' in client.post(address, {}).content.decode(), "nobody is ticked"
    answer = client.post(address, {"subject": [str(side.worker), str(side.second)]})
    made = Bundle.objects.latest("pk")
    assert answer.headers["Location"] == reverse("employer_batch", args=[made.pk])
    assert {*made.claims.values_list("state", flat=True)} == {"asked"}
    page = client.get(reverse("employer_batch", args=[made.pk])).content.decode()
    assert side.name(side.second) in page
    assert client.post(reverse("employer_batch", args=[made.pk]), {"do": "send"}).status_code == 302
    assert {*made.claims.values_list("state", flat=True)} == {"asked"}, "nothing is sent without an answer"
    bundles.decline(claim_id=made.claims.get(worker_id=side.worker).pk, by=world.viewer("worker"), now=NOW)
    page = client.get(reverse("employer_batch", args=[made.pk])).content.decode()
    assert side.name(side.worker) not in page, "who declined is not shown to have done so"


def test_a_list_to_tick_holds_whom_the_rule_may_fit_and_is_searched_by_name(desk: Desk) -> None:
    """At the desk's day a certificate of 2025 may fit; one too old, one of a level without a grant, and a name not asked for do not."""
    side = desk.world.harbour
    Certificate.objects.filter(worker_id__in=(side.worker, side.second)).update(issued_on=date(2025, 5, 12), level="L4")
    old, high = desk.another_certificate(901), desk.another_certificate(902)
    Certificate.objects.filter(pk=old).update(issued_on=date(2023, 9, 1))
    Certificate.objects.filter(pk=high).update(level="L1")
    every = {row.key for row in roster.tickable(desk.employer, BENEFIT, TODAY)}
    fitting = {row.key for row in roster.tickable(desk.employer, BENEFIT, TODAY, Narrowed(fitting=True))}
    assert {int(old), int(high)} <= every
    assert fitting == every - {int(old), int(high)}
    client = people.signed_in(Grant.objects.get(pk=desk.employer.grant or 0))
    address = reverse("employer_batch_new", args=[BENEFIT])
    assert f'value="{old}"' in client.get(address, {"everybody": "on"}).content.decode()
    page = client.get(address, {"name": side.name(side.second)}).content.decode()
    assert side.name(side.second) in page
    assert f"</label>{side.name(side.worker)}" not in page
    assert f'value="{side.worker}"' not in page


def test_the_day_of_the_last_question_is_shown_instead_of_the_button(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.moment()
    client = people.signed_in(Grant.objects.get(pk=desk.employer.grant or 0))
    with override("en"):
        ask = f'action="{reverse("employer_ask")}"'
    assert ask in _page(client, "employer_benefits")
    ask_staff(by=desk.employer, now=now)
    page = _page(client, "employer_benefits")
    assert ask not in page
    assert f"You asked all staff on {timezone.localdate(now)}" in page
    assert f"You may ask again from {timezone.localdate(now) + timedelta(180)}" in page


def test_nobody_is_asked_whose_job_is_doubted(desk: Desk) -> None:
    EmploymentSpell.objects.filter(worker_id=desk.world.harbour.worker).update(doubtful=True)
    assert [row.key for row in roster.tickable(desk.employer, BENEFIT, TODAY)] == [desk.world.harbour.second]
    with pytest.raises(NotFound):
        bundles.bundle(benefit=BENEFIT, subjects=[desk.certificate], by=desk.employer, now=desk.now)


def test_the_employers_own_claims_go_with_one_account(world: World) -> None:
    client, side = world.client("employer"), world.harbour
    client.post(reverse("employer_batch_new", args=["hiring_subsidy"]), {"subject": str(side.keys["hire"])})
    made = Bundle.objects.latest("pk")
    address = reverse("employer_batch", args=[made.pk])
    left = client.post(address, {"do": "send"})
    assert left.status_code == 200
    assert 'role="alert"' in left.content.decode(), "no account is given"
    assert client.post(address, {"do": "account", "number": "1"}).status_code == 200
    client.post(address, {"do": "account", "number": "6222000011112222", "holder": "单位", "bank": "匠城银行"})
    claim = Claim.objects.get(bundle=made)
    one = reverse("employer_claim", args=[claim.pk])
    client.post(one, {"do": "say", "contract_from": "2025-01-01", "contract_until": "2027-01-01", "open_ended": "no"})
    page = client.get(one).content.decode()
    assert "2027-01-01" in page
    assert "shows_group" in page
    left = client.post(address, {"do": "send"})
    assert left.status_code == 200
    assert 'role="alert"' in left.content.decode(), "neither the person agreed nor a paper shows it"
    paper = {"do": "paper", "title": "就业创业证", "file": SimpleUploadedFile("p.pdf", PAPER, "application/pdf"), "shows_group": "on"}
    assert client.post(one, paper).status_code == 302
    assert client.post(address, {"do": "send"}).status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.payee) == ("lodged", "organisation")
    assert client.post(one, {"do": "say"}).status_code == 404, "what is lodged is not written in"


def test_an_employer_does_not_write_the_account_of_a_worker(world: World) -> None:
    asked = world.harbour.keys["claim asked"]
    client = world.client("employer")
    assert client.get(reverse("employer_claim", args=[asked])).status_code == 200
    account = {"do": "account", "number": "6222000011112222", "holder": "x", "bank": "y"}
    assert client.post(reverse("employer_claim", args=[asked]), account).status_code == 404


def test_a_day_that_is_to_come_is_refused_on_the_page(world: World) -> None:
    page = world.client("employer").get(reverse("employer_benefits"), {"on": "2090-01-01"})
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()


def test_the_page_of_a_workers_claim_neither_shows_nor_asks_what_is_the_workers(desk: Desk) -> None:
    desk.agree("employer_claims")
    made = bundles.bundle(benefit=BENEFIT, subjects=[desk.certificate], by=desk.employer, now=desk.now)
    claim = made.claims.get()
    lodging.say(claim_id=claim.pk, said={"drawing_benefit": True, "urgent_shown": True}, by=desk.worker, now=desk.now)
    client = people.signed_in(Grant.objects.get(pk=desk.employer.grant or 0))
    address = reverse("employer_claim", args=[claim.pk])
    page = client.get(address).content.decode()
    assert "drawing_benefit" not in page
    assert 'name="urgent_shown"' in page
    assert re.search(r'value="yes"[^>]*checked', page) is None, "what the worker answered is not filled in"
    assert client.post(address, {"do": "say", "urgent_shown": "", "paid_in_full": "yes"}).status_code == 302
    assert said_in(desk.again(claim)) == {"drawing_benefit": True, "urgent_shown": True, "paid_in_full": True}
    lodging.give_account(claim_id=claim.pk, number="6222000011112222", holder="晏雨蘅", bank="匠城银行", by=desk.worker, now=desk.now)
    lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    page = _page(client, "employer_claim", claim.pk)
    assert "contributions to unemployment insurance are paid in full" in page
    assert "drew unemployment benefit" not in page
    assert "6222" not in page


def test_a_batch_says_from_the_start_that_consent_or_a_paper_is_needed(desk: Desk) -> None:
    side = desk.world.harbour
    made = bundles.bundle(benefit="hiring_subsidy", subjects=[str(side.keys["spell"])], by=desk.employer, now=desk.now)
    claim = made.claims.get()
    lodging.give_account(claim_id=claim.pk, number="6222000011112222", holder="单位", bank="行", by=desk.employer, now=desk.now)
    client = people.signed_in(Grant.objects.get(pk=desk.employer.grant or 0))
    page = _page(client, "employer_batch", made.pk)
    with override("en"):
        paper = f"{reverse('employer_claim', args=[claim.pk])}#papers"
        address = reverse("employer_batch", args=[made.pk])
        refused = unescape(client.post(address, {"do": "send"}).content.decode())
    assert "the person's consent, or your own document that shows the group" in page
    assert paper in page
    assert "Neither has the person agreed, nor is a document of your own added" in refused
    more: dict[str, Any] = {"claim_id": claim.pk, "by": desk.employer, "now": desk.now}
    lodging.add_paper(title="证", content=PAPER, name="a.pdf", shows_group=True, **more)
    assert "the person's consent" not in _page(client, "employer_batch", made.pk)
    lodging.submit(**more)
    page = _page(client, "employer_claim", claim.pk)
    assert "Text(" not in page
    for words in ("What is in it?", "证", "2222", "What happened so far?"):
        assert words in page, words


def test_a_claim_is_withdrawn_on_a_page_of_its_own_and_only_while_it_can_be(desk: Desk) -> None:
    desk.paid_premiums(2025)
    claim = lodging.begin(benefit=REFUND, subject="2026", by=desk.employer, now=desk.now)
    client = people.signed_in(Grant.objects.get(pk=desk.employer.grant or 0))
    with override("en"):
        one, address = (reverse(name, args=[claim.pk]) for name in ("employer_claim", "employer_withdraw"))
    assert client.post(one, {"do": "withdraw"}).status_code == 404, "not with one click"
    assert address in _page(client, "employer_claim", claim.pk)
    assert "It ends at once" in _page(client, "employer_withdraw", claim.pk)
    assert desk.again(claim).state == "draft"
    assert client.post(address, {"reason": ""}).headers["Location"] == one
    assert desk.again(claim).state == "withdrawn"
    assert address not in _page(client, "employer_claim", claim.pk)
    assert client.get(address).status_code == 404


# what was decided, and the objection to it


def _page(client: Client, name: str, *args: int) -> str:
    with override("en"):
        response = client.get(reverse(name, args=args))
    assert response.status_code == 200, name
    return unescape(response.content.decode())


@pytest.mark.usefixtures("shown")
def test_an_employer_reads_why_its_claim_was_refused_and_objects(desk: Desk) -> None:
    """The refund of its own year: reason, document, last day and body; then the objection, a paper for it, and the answer."""
    client = people.signed_in(Grant.objects.get(pk=desk.employer.grant or 0))
    desk.paid_premiums(2025)
    claim = lodging.begin(benefit=REFUND, subject="2026", by=desk.employer, now=desk.now)
    lodging.give_account(claim_id=claim.pk, number="6222000011112222", holder="单位", bank="行", by=desk.employer, now=desk.now)
    lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    with override("en"):
        objection = reverse("employer_object", args=[claim.pk])
    assert client.get(objection).status_code == 404, "nothing is decided yet"
    review.refuse(claim_id=claim.pk, reason="裁员超过比例", basis=["人社部发〔2025〕18号 二"], by=desk.officer, now=desk.now)
    page = _page(client, "employer_claim", claim.pk)
    verdict = Verdict.objects.get()
    for words in (
        "Why was it refused?",
        "裁员超过比例",
        "人社部发〔2025〕18号 二",
        f"You may object until {verdict.remedy_until}",
        objection,
    ):
        assert words in page
    assert "administrative reconsideration" in page
    assert "裁员超过比例" in _page(client, "employer_object", claim.pk)
    assert 'role="alert"' in client.post(objection, {"grounds": ""}).content.decode()
    assert client.post(objection, {"grounds": "两人是自愿离职"}).status_code == 302
    claim.refresh_from_db()
    assert claim.state == "appealed"
    paper = {"do": "paper", "title": "离职申请", "file": SimpleUploadedFile("p.pdf", PAPER, "application/pdf")}
    assert client.post(reverse("employer_claim", args=[claim.pk]), paper).status_code == 302
    page = _page(client, "employer_claim", claim.pk)
    for words in ("两人是自愿离职", "离职申请", "an officer who took no part", "It is being looked at"):
        assert words in page
    assert objection not in page
    appeals.decide_appeal(claim_id=claim.pk, uphold=False, answer="名册显示为裁减", by=desk.second, now=desk.now)
    page = _page(client, "employer_claim", claim.pk)
    assert "It was dismissed" in page
    assert "here the decision stands" in page
    assert "Papers for the objection" not in page
    assert "名册显示为裁减" in page
    assert objection not in page, "each decision can be objected to once"
    assert client.post(objection, {"grounds": "again"}).status_code == 200


@pytest.mark.usefixtures("shown")
def test_nobody_objects_for_another_organisation_or_to_what_is_a_workers(desk: Desk) -> None:
    claim = desk.refused()
    client = people.signed_in(Grant.objects.get(pk=desk.employer.grant or 0))
    assert client.get(reverse("employer_object", args=[claim.pk])).status_code == 404
    Claim.objects.filter(pk=claim.pk).update(organisation_id=desk.world.harbour.organisation)
    desk.agree("employer_claims")
    assert client.get(reverse("employer_claim", args=[claim.pk])).status_code == 200
    assert client.get(reverse("employer_object", args=[claim.pk])).status_code == 404
    with pytest.raises(NotFound):
        lodging.add_paper(claim_id=claim.pk, title="x", content=PAPER, name="a.pdf", by=desk.employer, now=desk.now)


# years of the organisation


def test_a_year_that_was_granted_is_not_claimed_again_and_is_shown_so(desk: Desk) -> None:
    own = desk.world.harbour.organisation
    EmployerYear.objects.create(
        organisation_id=own, year=2025, premiums=1_000_000, insured_average=20, laid_off=0, months_paid=12, as_of=date(2026, 1, 10)
    )

    def year() -> roster.Year:
        (found,) = roster.roster(desk.employer, on=TODAY, today=TODAY).years
        return found

    assert (year().year, year().claim, year().grant) == (2026, None, None)
    grant = BenefitGrant.objects.create(benefit=REFUND, organisation_id=own, year=2026, amount=600_000, granted_on=TODAY, source="recorded")
    assert (year().open, year().grant) == (False, grant)
    with pytest.raises(AlreadyDone):
        lodging.begin(benefit=REFUND, subject="2026", by=desk.employer, now=desk.now)
    with pytest.raises(AlreadyDone):
        lodging.begin(benefit=REFUND, subject=f"{own}-2026", by=system("claims"), now=desk.now)
    desk.paid_premiums(2024, 2026)
    for far in ("2099", "2027", "2024"):
        with pytest.raises(NotFound):
            lodging.begin(benefit=REFUND, subject=far, by=desk.employer, now=desk.now)
    lodging.begin(benefit=REFUND, subject="2025", by=desk.employer, now=desk.now)
    BenefitGrant.objects.filter(pk=grant.pk).update(revoked_on=TODAY)
    claim = lodging.begin(benefit=REFUND, subject="2026", by=desk.employer, now=desk.now)
    assert (year().open, year().claim) == (False, claim)
    with pytest.raises(AlreadyDone):
        lodging.begin(benefit=REFUND, subject="2026", by=desk.employer, now=desk.now)
    lodging.withdraw(claim_id=claim.pk, by=desk.employer, now=desk.now)
    assert year().claim is None, "what was withdrawn does not stand for the year"
