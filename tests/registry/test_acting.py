"""Acting for somebody: found by name and number within reach, seen by the person, stopped and taken back with the next page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.office.models import AuditEvent, Mandate
from guildhall.office.queries.mandates import tasks_of
from guildhall.registry.models import Alias, FormerName, vault
from guildhall.registry.models.sealed import TABLE
from guildhall.registry.operations.mandates import TRIES, NobodyCalledSo, act_for, withdraw
from guildhall.registry.queries.care import in_care, reach
from guildhall.registry.queries.corrections import correctable
from guildhall.registry.queries.looks import looks
from guildhall.web.viewer import Viewer
from tests import clock
from tests.world import ACTING, Side, World, build


@pytest.fixture
def world(db: None) -> World:
    return build()


def leave(by: Viewer, side: Side, worker: int, now: datetime, **spoilt: str) -> Mandate:
    given = {"name": side.name(worker), "number": side.number(worker), "purpose": "jobs", "consent": "signed"} | spoilt
    return act_for(until=timezone.localdate(now) + timedelta(days=1), by=by, now=now, **given)


@pytest.mark.parametrize("who", ["assessor", "claims_officer", "arrears_officer", "broker"])
def test_people_are_found_in_ones_own_places_alone(world: World, now: datetime, who: str) -> None:
    by = world.viewer(who)
    assert leave(by, world.harbour, world.harbour.second, now).worker_id == world.harbour.second
    assert leave(by, world.neighbour, world.neighbour.second, now)
    with pytest.raises(NobodyCalledSo):
        leave(by, world.west, world.west.second, now)


def test_name_and_number_must_both_be_right_and_which_is_wrong_is_not_told(world: World, now: datetime) -> None:
    by, side = world.viewer("assessor"), world.harbour
    said = set()
    for spoilt in ({"name": "别人"}, {"number": side.number(side.student)}, {"number": ""}, {"number": "\0"}, {"name": ""}):
        with pytest.raises(NobodyCalledSo) as refused:
            leave(by, side, side.second, now, **spoilt)
        said.add(str(refused.value))
    with pytest.raises(NobodyCalledSo) as foreign:
        leave(by, world.west, world.west.second, now)
    assert said == {str(foreign.value)}
    events = AuditEvent.objects.filter(chain=by.name, action="registry.person_not_found")
    assert events.count() == 6
    assert "".join(f"{event.details}{event.reason}" for event in events) == "{}" * 6


def test_a_person_is_also_known_by_a_former_name_and_a_merged_record(world: World, now: datetime) -> None:
    by, side = world.viewer("assessor"), world.harbour
    sealed = vault().seal(TABLE, "name", side.second, "旧名")
    FormerName.objects.create(worker_id=side.second, name_sealed=sealed, until=now)
    assert leave(by, side, side.second, now, name="旧 名").worker_id == side.second
    Alias.objects.create(worker_id=side.student, merged_into_id=side.second, reason="same person", merged_at=now)
    assert leave(by, side, side.student, now, purpose="training").worker_id == side.second


def test_whoever_guesses_is_slowed_down(world: World, now: datetime) -> None:
    by, side = world.viewer("broker"), world.harbour
    for _ in range(TRIES):
        with pytest.raises(NobodyCalledSo):
            leave(by, side, side.second, now, name="别人")
    with pytest.raises(GuildhallError) as waits:
        leave(by, side, side.second, now + timedelta(minutes=59))
    assert not isinstance(waits.value, NobodyCalledSo)
    assert leave(by, side, side.second, now + timedelta(minutes=61))


@pytest.mark.parametrize("who", ["planner", "administrator", "auditor", "employer", "worker", *ACTING])
def test_other_roles_reach_nobody(world: World, now: datetime, on: date, who: str) -> None:
    by = world.viewer(who)
    assert not reach(by, on).exists()
    with pytest.raises(NotFound):
        leave(by, world.harbour, world.harbour.second, now)


def test_a_broker_sees_the_people_in_care_by_name_and_nobody_elses(world: World, now: datetime) -> None:
    today = clock.today()
    by, side = world.viewer("broker"), world.harbour
    Mandate.objects.create(
        kind="broker", agent=side.grants["broker"].account, worker_id=side.second, purpose="jobs", consent="spoken", given_at=now,
        valid_from=date(2026, 1, 1), valid_until=date(2026, 2, 1),
    )  # fmt: skip
    rows = in_care(by, today)
    assert [(row.name, row.holds) for row in rows] == [(side.name(side.worker), True), (side.name(side.second), False)]
    assert side.number(side.worker) not in {row.number for row in rows}
    assert in_care(world.viewer("broker", world.west), today)[0].name == world.west.name(world.west.worker)
    assert in_care(world.viewer("care"), today) == []


def test_the_person_takes_back_what_any_of_their_records_gave(world: World) -> None:
    now = clock.moment()
    side = world.harbour
    Alias.objects.create(worker_id=side.student, merged_into_id=side.worker, reason="same person", merged_at=now)
    mandate = Mandate.objects.create(
        kind="broker", agent=side.grants["broker"].account, worker_id=side.student, purpose="jobs", consent="spoken", given_at=now,
        valid_from=date(2026, 1, 1), valid_until=date(2046, 2, 1),
    )  # fmt: skip
    with pytest.raises(NotFound):
        withdraw(mandate_id=mandate.pk, by=world.viewer("worker", world.neighbour), now=now)
    assert withdraw(mandate_id=mandate.pk, by=world.viewer("worker"), now=now).revoked_at == now


# pages


def test_whoever_acts_sees_for_whom_on_every_page_and_stops_with_one_button(world: World, shown: Path) -> None:
    broker, side = world.client("broker"), world.harbour
    assert "Stop acting" not in broker.get("/en/mandates/").content.decode()
    mandate = side.mandates["care"]
    assert broker.post(f"/en/mandates/{mandate.pk}/act/").status_code == 302
    for page in ("/en/desk/", "/en/", "/en/me/agents/"):
        said = broker.get(page).content.decode()
        assert f"You act for <b>{side.name(side.worker)}</b>" in said
        assert "Stop acting" in said
    assert broker.get("/en/mandates/").status_code == 404, "who acts for a person opens the person's doors and no other"
    assert broker.post("/en/mandates/stop/").status_code == 302
    assert broker.get("/en/mandates/").status_code == 200
    told = AuditEvent.objects.filter(chain=f"worker:{side.worker}").order_by("position").values_list("action", "actor", "role")
    done = ("office.begin_acting", "registry.view", "office.stop_acting")
    assert list(told) == [(action, f"account:{mandate.agent_id}", "broker") for action in done]


def test_acting_that_begins_where_roles_are_chosen_is_on_record_as_well(world: World, shown: Path) -> None:
    broker, side = world.client("broker"), world.harbour
    mandate, chain = side.mandates["care"], AuditEvent.objects.filter(chain=f"worker:{side.worker}").order_by("position")
    for choice in (f"mandate:{mandate.pk}", f"mandate:{mandate.pk}", f"grant:{side.grants['broker'].pk}"):
        assert broker.post("/en/role/", {"choice": choice}).status_code == 302
    told = [(event.action, event.actor, event.role) for event in chain]
    assert told == [(f"office.{verb}_acting", f"account:{mandate.agent_id}", "broker") for verb in ("begin", "stop")]


@pytest.mark.parametrize("page", ["/en/me/", "/en/me/held/", "/en/me/looked/", "/en/me/correct/", "/en/me/consents/", "/en/me/agents/"])
def test_whoever_reads_under_a_mandate_leaves_a_look_that_the_person_sees(world: World, shown: Path, page: str) -> None:
    officer, side = world.client("counter"), world.harbour
    for _ in range(2):
        assert officer.get(page).status_code == 200
    (look,) = AuditEvent.objects.filter(chain=f"worker:{side.worker}", action="registry.view")
    assert (look.role, look.on_behalf) == ("assessor", f"worker:{side.worker}")
    assert f'"mandate":{side.mandates["counter"].pk}' in look.details.replace(" ", "")
    assert [one.at for one in looks(side.worker).rows] == [look.at]


def test_the_person_alone_leaves_no_look_on_their_own_pages(world: World, shown: Path) -> None:
    assert world.client("worker").get("/en/me/agents/").status_code == 200
    assert not AuditEvent.objects.filter(chain=f"worker:{world.harbour.worker}", action="registry.view").exists()


def test_the_person_sees_who_acts_and_ends_it_at_once(world: World, shown: Path) -> None:
    person, agent, side = world.client("worker"), world.client("care"), world.harbour
    said = person.get("/en/me/agents/").content.decode()
    assert "broker harbour" in said
    assert "assessor harbour" in said
    assert agent.get("/en/me/agents/").status_code == 200
    assert "Take back" not in agent.get("/en/me/agents/").content.decode(), "an agent takes nothing back in the person's name"
    assert person.post("/en/me/agents/", {"mandate": side.mandates["care"].pk}).status_code == 302
    assert agent.get("/en/me/agents/").status_code == 302
    assert AuditEvent.objects.filter(chain=f"worker:{side.worker}", action="office.withdraw_mandate").count() == 1


def test_what_is_typed_wrong_is_said_and_kept_in_the_form(world: World, shown: Path) -> None:
    officer, side = world.client("assessor"), world.harbour
    form = {"name": side.name(side.second), "number": "1", "purpose": "jobs", "consent": "signed", "last": str(clock.today())}
    said = officer.post("/en/mandates/", form).content.decode()
    assert "Nobody of this name and number is in your places" in said
    assert 'value="1"' in said
    empty = officer.post("/en/mandates/", {}).content.decode()
    assert empty.count('class="field wrong"') == 5
    assert officer.post("/en/mandates/", form | {"number": side.number(side.second)}).status_code == 302
    assert Mandate.objects.latest("pk").worker_id == side.second


OPENED = {
    "certificates": {"correct"},
    "wages": {"correct"},
    "record": {"correct", "held", "looked", "consents", "agents"},
}


@pytest.mark.parametrize("purpose", OPENED)
def test_a_purpose_opens_the_pages_it_needs_and_no_other(world: World, shown: Path, purpose: str) -> None:
    """PIPL art. 6: no more than the matter needs. A shut page is not there, and no door to it is shown."""
    officer, side = world.client("counter"), world.harbour
    Mandate.objects.filter(pk=side.mandates["counter"].pk).update(purpose=purpose)
    desk = officer.get("/en/desk/").content.decode()
    for page in ("correct", "held", "looked", "consents", "agents"):
        opens = page in OPENED[purpose]
        assert officer.get(f"/en/me/{page}/").status_code == (200 if opens else 404), page
        assert page == "correct" or opens == (f'href="/en/me/{page}/"' in desk), page


@pytest.mark.parametrize(("purpose", "seen"), [("certificates", "certificates"), ("wages", "employment")])
def test_a_purpose_shows_its_own_part_of_the_record(world: World, shown: Path, purpose: str, seen: str) -> None:
    officer, side = world.client("counter"), world.harbour
    Mandate.objects.filter(pk=side.mandates["counter"].pk).update(purpose=purpose)
    page = officer.get("/en/me/").content.decode()
    parts = {"certificates": "my level", "employment": "Where do I work?"}
    assert {part for part, said in parts.items() if said in page} == {seen}
    items = {item.subject.part.table for item in correctable(acting(side, purpose))}
    assert items == {"registry.identity", "registry.workers", *{f"registry.{table}" for table in TABLES[purpose]}}
    columns = {item.subject.part.column for item in correctable(acting(side, purpose)) if "workers" in str(item.subject)}
    assert columns == {"residence"}


TABLES = {"certificates": ("certificates",), "wages": ("employment_spells",)}


def acting(side: Side, purpose: str) -> Viewer:
    held, mandate = side.grants["assessor"], side.mandates["counter"]
    scopes = tasks_of(purpose)
    return Viewer("account:1", "assessor", held.account_id, held.pk, mandate.worker_id, scopes=scopes, mandate=mandate.pk)
