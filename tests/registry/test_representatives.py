"""Who stands on the licence claims the organisation and gives tasks to people on the roster; leavers lose them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.models import Account, AuditEvent, Grant, Notice
from guildhall.office.operations.delegations import delegate
from guildhall.office.operations.public import take_record_back
from guildhall.office.phones import phone_fields
from guildhall.office.viewers import live_grants, viewer_in
from guildhall.registry.models import Alias, EmploymentSpell, Organisation, Representative
from guildhall.registry.operations.claims import release_claim
from guildhall.registry.operations.delegations import TRIES, colleague
from guildhall.registry.operations.leavers import left
from guildhall.registry.operations.representatives import REFUSED, Proof, claim_organisation, confirm_representative
from guildhall.registry.queries.colleagues import delegates
from guildhall.registry.queries.representatives import standing
from guildhall.web.viewer import Viewer, system
from tests import clock
from tests.world import World, build, sign_in

PHONE = "13911112222"
SYSTEM = system("command:import")


@pytest.fixture
def world(db: None) -> World:
    return build(sessions=False)


@pytest.fixture
def works(world: World) -> int:
    """An enterprise of Harbour that nobody has claimed."""
    made = Organisation.objects.create(
        organisation_id=7399, code="91500000MADEUP7399", kind="enterprise", name_zh="新厂", above_scale=False, place_id="tiny-park-1",
        sector="manufacturing", source="made-up", status="generated",
    )  # fmt: skip
    return made.pk


@pytest.fixture
def proof(world: World) -> Proof:
    """What stands on the card of Harbour's student, who founded a company, and the phone given at the counter."""
    side = world.harbour
    return Proof(side.name(side.student), side.number(side.student), PHONE)


def founder(phone: str = PHONE) -> Viewer:
    """Someone who signs in with a phone and has no role yet."""
    account = Account.objects.create(
        username="person-new", kind="public", created_at=datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone())
    )
    Account.objects.filter(pk=account.pk).update(**phone_fields(account.pk, phone))
    return Viewer(f"account:{account.pk}", "none", account.pk)


def test_what_the_counter_wrote_down_lets_the_representative_in(world: World, works: int, proof: Proof, now: datetime, on: date) -> None:
    officer = world.viewer("assessor")
    row = confirm_representative(organisation_id=works, proof=proof, by=officer, now=now)
    assert (row.source, row.ended_at) == ("counter", None)
    found = standing(officer, works, on)
    assert (found.name, found.claimed_on) == (proof.name, None)
    assert proof.number not in found.number
    grant = claim_organisation(code=" 91500000madeup7399 ", proof=replace(proof, phone=""), by=founder(), now=now)
    assert (grant.role, grant.organisation_id, grant.is_representative) == ("employer", works, True)
    assert standing(officer, works, on).claimed_on == on
    told = "".join(f"{event.details}{event.reason}" for event in AuditEvent.objects.all())
    assert not any(mark in told for mark in (proof.name, proof.number, PHONE))
    with pytest.raises(AlreadyDone):
        confirm_representative(organisation_id=works, proof=proof, by=officer, now=now)


def test_a_person_who_claimed_the_own_record_needs_no_phone(world: World, works: int, now: datetime) -> None:
    side = world.harbour
    proof = Proof(side.name(side.worker), side.number(side.worker), PHONE)
    confirm_representative(organisation_id=works, proof=proof, by=world.viewer("claims_officer"), now=now)
    assert claim_organisation(code="91500000MADEUP7399", proof=proof, by=world.viewer("worker"), now=now).organisation_id == works


def test_a_college_gets_the_role_of_a_college(world: World, proof: Proof, now: datetime) -> None:
    side = world.harbour
    confirm_representative(organisation_id=side.college, proof=proof, by=world.viewer("assessor"), now=now)
    assert not live_grants(side.grants["college"].account_id, now.date()).exists(), "who was on record before is out"
    assert claim_organisation(code=f"ORG{side.college}", proof=proof, by=founder(), now=now).role == "college"


def test_whoever_does_not_know_all_of_it_is_told_nothing(world: World, works: int, proof: Proof, now: datetime) -> None:
    confirm_representative(organisation_id=works, proof=proof, by=world.viewer("assessor"), now=now)
    somebody, said = founder("13900000000"), set[str]()
    tries: list[tuple[str, Proof]] = [
        ("91500000MADEUP7399", proof),
        ("91500000MADEUP0000", proof),
        ("91500000MADEUP7399", replace(proof, name="别人")),
        ("91500000MADEUP7399", replace(proof, number=world.harbour.number(world.harbour.worker))),
        ("ORG7301", proof),
    ]
    for code, given in tries:
        with pytest.raises(GuildhallError) as refused:
            claim_organisation(code=code, proof=given, by=somebody, now=now)
        said.add(str(refused.value))
    assert len(said) == 1, "which part was wrong is not told"
    assert AuditEvent.objects.filter(action=REFUSED).count() == len(tries)
    with pytest.raises(GuildhallError) as waits:
        claim_organisation(code="91500000MADEUP7399", proof=proof, by=somebody, now=now + timedelta(hours=1))
    assert str(waits.value) not in said, "after five in a day the account waits"
    assert not Grant.objects.filter(organisation_id=works).exists()
    with pytest.raises(GuildhallError) as later:
        claim_organisation(code="91500000MADEUP7399", proof=proof, by=somebody, now=now + timedelta(days=1, minutes=1))
    assert str(later.value) in said


@pytest.mark.parametrize("who", ["assessor", "administrator", "planner", "counter"])
def test_staff_and_those_who_act_for_others_claim_no_organisation(world: World, works: int, proof: Proof, now: datetime, who: str) -> None:
    confirm_representative(organisation_id=works, proof=proof, by=world.viewer("assessor"), now=now)
    with pytest.raises(NotFound):
        claim_organisation(code="91500000MADEUP7399", proof=proof, by=world.viewer(who), now=now)


@pytest.mark.parametrize("who", ["administrator", "planner", "auditor", "broker", "employer", "worker", "counter"])
def test_only_officers_confirm_and_only_in_their_places(world: World, works: int, proof: Proof, now: datetime, who: str) -> None:
    for by in (world.viewer(who), world.viewer("assessor", world.west)):
        with pytest.raises(NotFound):
            confirm_representative(organisation_id=works, proof=proof, by=by, now=now)
    assert not Representative.objects.exists()


@pytest.mark.parametrize("spoilt", [{"name": " "}, {"number": "990101198605011234"}, {"phone": "none"}])
def test_what_cannot_be_right_is_not_written_down(world: World, works: int, proof: Proof, now: datetime, spoilt: dict[str, str]) -> None:
    with pytest.raises(GuildhallError):
        confirm_representative(organisation_id=works, proof=replace(proof, **spoilt), by=world.viewer("assessor"), now=now)
    assert not Representative.objects.exists()


def test_a_new_representative_follows_the_old_and_the_record_of_both_stays(world: World, works: int, proof: Proof, now: datetime) -> None:
    officer, side = world.viewer("assessor"), world.harbour
    confirm_representative(organisation_id=works, proof=proof, by=officer, now=now)
    first = claim_organisation(code="91500000MADEUP7399", proof=proof, by=founder(), now=now)
    heir = Proof(side.name(side.worker), side.number(side.worker), "13955556666")
    confirm_representative(organisation_id=works, proof=heir, by=officer, now=now)
    first.refresh_from_db()
    assert first.revoked_at == now
    assert [row.ended_at for row in Representative.objects.order_by("pk")] == [now, None]
    with pytest.raises(GuildhallError):
        claim_organisation(code="91500000MADEUP7399", proof=proof, by=viewer_in(first), now=now)
    claim_organisation(code="91500000MADEUP7399", proof=heir, by=world.viewer("worker"), now=now)


# colleagues


def ask_for(world: World, worker: int, by: Viewer, now: datetime, **spoilt: str) -> int:
    """The account of a colleague."""
    side = next(side for side in world.sides if worker in side.people)
    given: dict[str, Any] = {"name": side.name(worker), "number": side.number(worker)} | spoilt
    return colleague(by=by, now=now, **given).account_id


def test_a_colleague_is_on_the_roster_and_has_claimed_the_own_record(world: World, now: datetime) -> None:
    boss, side = world.viewer("employer"), world.harbour
    assert ask_for(world, side.second, boss, now) == side.grants["colleague"].account_id
    for worker, spoilt in (
        (side.second, {"name": "别人"}),
        (side.student, {}),
        (world.neighbour.second, {}),
        (world.west.second, {}),
    ):
        with pytest.raises(GuildhallError):
            ask_for(world, worker, boss, now, **spoilt)
    side.grants["colleague"].account.is_active = False
    side.grants["colleague"].account.save()
    with pytest.raises(GuildhallError):
        ask_for(world, side.second, boss, now)
    assert AuditEvent.objects.filter(chain=boss.name).count() == 5


def test_whoever_guesses_at_colleagues_is_slowed_down(world: World, now: datetime) -> None:
    boss = world.viewer("employer")
    for _ in range(TRIES):
        with pytest.raises(GuildhallError):
            ask_for(world, world.harbour.student, boss, now)
    with override("en"), pytest.raises(GuildhallError, match="in vain"):
        ask_for(world, world.harbour.second, boss, now + timedelta(minutes=59))
    assert ask_for(world, world.harbour.second, boss, now + timedelta(minutes=61))


@pytest.mark.parametrize("who", ["delegate", "assessor", "worker", "none"])
def test_only_the_representative_asks_for_colleagues(world: World, now: datetime, who: str) -> None:
    by = world.viewer(who) if who != "none" else Viewer("account:1", "none", 1)
    with pytest.raises(NotFound):
        ask_for(world, world.harbour.second, by, now)


def test_a_leaver_is_out_whichever_record_the_spell_was_of(world: World, now: datetime, on: date) -> None:
    boss, side = world.viewer("employer"), world.harbour
    account = ask_for(world, side.second, boss, now)
    delegate(account_id=account, scopes=["roster"], until=on + timedelta(days=30), by=boss, now=now)
    assert [row.name for row in delegates(boss, on) if row.holds] == [side.name(side.second), ""]
    # The roster knows the person under another record, which was found to be the same one.
    Alias.objects.create(worker_id=side.student, merged_into_id=side.second, reason="same person", merged_at=now)
    spell = EmploymentSpell.objects.create(
        worker_id=side.student, organisation_id=side.organisation, contract="regular", started_on=date(2020, 1, 1)
    )
    assert left(organisation_id=side.college, ended={spell.worker_id: on}, by=SYSTEM, now=now) == 0
    assert left(organisation_id=side.organisation, ended={spell.worker_id: on}, by=SYSTEM, now=now) == 0, "works there by another spell"
    EmploymentSpell.objects.filter(worker_id__in=(side.student, side.second)).update(ended_on=on)
    assert (
        left(organisation_id=side.organisation, ended={spell.worker_id: on, side.worker: on + timedelta(days=3)}, by=SYSTEM, now=now) == 1
    )
    assert not live_grants(account, on).filter(organisation_id=side.organisation).exists()
    assert left(organisation_id=side.organisation, ended={}, by=SYSTEM, now=now) == 0


def test_a_record_taken_back_takes_with_it_what_its_holder_was_given(world: World, now: datetime, on: date) -> None:
    """Whoever claimed another's record by mistake was given tasks as that person: none of them outlives the claim."""
    boss, side = world.viewer("employer"), world.harbour
    account = ask_for(world, side.second, boss, now)
    given = delegate(account_id=account, scopes=["roster"], until=on + timedelta(days=30), by=boss, now=now)
    assert given.rests_on == side.second
    release_claim(worker_id=side.second, reason="somebody else", by=world.viewer("assessor"), now=now)
    assert not live_grants(account, on).exists()
    told = AuditEvent.objects.filter(action="office.revoke_delegation").values_list("chain", flat=True)
    assert set(told) == {f"account:{account}", f"organisation:{side.organisation}"}
    assert Notice.objects.filter(account=account, template="role_ended").exists()
    assert live_grants(boss.account or 0, on).filter(pk=boss.grant or 0).exists(), "what rests on nobody's record stands"


def test_a_leaver_is_out_also_where_the_account_no_longer_holds_the_record(world: World, now: datetime, on: date) -> None:
    boss, side = world.viewer("employer"), world.harbour
    account = ask_for(world, side.second, boss, now)
    delegate(account_id=account, scopes=["roster"], until=on + timedelta(days=30), by=boss, now=now)
    Grant.objects.filter(account=account, role="worker").update(revoked_at=now)
    EmploymentSpell.objects.filter(worker_id=side.second).update(ended_on=on)
    assert left(organisation_id=side.organisation, ended={side.second: on}, by=SYSTEM, now=now) == 1
    assert not live_grants(account, on).exists()


def test_a_representation_ends_with_the_record_that_was_its_second_fact(world: World, works: int, now: datetime, on: date) -> None:
    side, officer = world.harbour, world.viewer("assessor")
    proof = Proof(side.name(side.worker), side.number(side.worker), PHONE)
    confirm_representative(organisation_id=works, proof=proof, by=officer, now=now)
    grant = claim_organisation(code="91500000MADEUP7399", proof=proof, by=world.viewer("worker"), now=now)
    assert grant.rests_on == side.worker
    release_claim(worker_id=side.worker, reason="somebody else", by=officer, now=now)
    assert not live_grants(grant.account_id, on).exists()
    again = claim_organisation(code="91500000MADEUP7399", proof=proof, by=founder(), now=now)
    assert (again.rests_on, live_grants(again.account_id, on).get()) == (None, again), "a phone shown at the counter stands by itself"


def test_a_representation_that_a_new_phone_leaves_to_the_record_ends_with_it(world: World, now: datetime, on: date) -> None:
    """The officer writes down another phone of the same person: from then on it is the record that vouches."""
    side, officer = world.harbour, world.viewer("assessor")
    worker = side.grants["worker"]
    Account.objects.filter(pk=worker.account_id).update(**phone_fields(worker.account_id, PHONE))
    proof = Proof(side.name(side.worker), side.number(side.worker), PHONE)
    confirm_representative(organisation_id=side.organisation, proof=proof, by=officer, now=now)
    grant = claim_organisation(code=f"ORG{side.organisation}", proof=proof, by=world.viewer("worker"), now=now)
    assert grant.rests_on is None
    confirm_representative(organisation_id=side.organisation, proof=replace(proof, phone="13955556666"), by=officer, now=now)
    grant.refresh_from_db()
    assert (grant.revoked_at, grant.rests_on) == (None, side.worker)


def test_of_two_accounts_of_one_person_the_one_that_stays_keeps_its_tasks(world: World, now: datetime, on: date) -> None:
    boss, side = world.viewer("employer"), world.harbour
    account = ask_for(world, side.second, boss, now)
    given = delegate(account_id=account, scopes=["roster"], until=on + timedelta(days=30), by=boss, now=now)
    terms: dict[str, Any] = {"phones": (), "by": SYSTEM, "now": now}
    take_record_back(records=[side.second], stays=account, **terms)
    assert live_grants(account, on).get() == given
    take_record_back(records=[side.second], stays=None, **terms)
    assert not live_grants(account, on).exists(), "also where nobody holds the record any more"


# pages


def test_from_the_counter_to_a_colleague_who_acts_and_is_out_again(world: World, works: int, shown: Path) -> None:
    """An officer confirms, the person claims; another representative gives tasks to a colleague and takes them back."""
    sign_in(world)
    side, last = world.harbour, str(clock.today() + timedelta(days=30))
    counter, founder_, boss = world.client("assessor"), world.client("worker"), world.client("employer")
    card = {"name": side.name(side.worker), "number": side.number(side.worker)}
    page = f"/en/organisations/{works}/representative/"
    assert counter.post(page, card | {"phone": PHONE}).status_code == 302
    assert side.name(side.worker) in counter.get(page).content.decode()
    assert side.number(side.worker) not in counter.get(page).content.decode()
    claimed = founder_.post("/en/organisations/claim/", card | {"code": "91500000MADEUP7399"})
    assert claimed.headers["Location"] == "/en/delegations/"
    assert "You act for the organisation now." in founder_.get("/en/delegations/").content.decode()
    colleague_ = {"name": side.name(side.second), "number": side.number(side.second)}
    assert boss.post("/en/delegations/", colleague_ | {"scopes": ["roster", "people"], "last": last}).status_code == 302
    given = Grant.objects.latest("pk")
    assert (given.scopes, given.valid_until) == ("roster people", date.fromisoformat(last) + timedelta(days=1))
    said = boss.get("/en/delegations/").content.decode()
    assert side.name(side.second) in said
    assert last in said
    again = boss.post("/en/delegations/", colleague_ | {"scopes": ["roster"], "last": last}).content.decode()
    assert "acts for the organisation already" in again
    assert boss.post("/en/delegations/", {"grant": given.pk}).status_code == 302
    assert not live_grants(given.account_id, clock.today()).filter(pk=given.pk).exists()
