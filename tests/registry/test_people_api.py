"""Routes of people: each answers what it declares, to a key of a role that sees people, and shows nobody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from guildhall.office.models import AuditEvent

if TYPE_CHECKING:
    from tests.world import World


@pytest.fixture
def world(db: None, shown: None) -> World:
    from tests.world import build

    return build(sessions=False)


def ask(world: World, who: str, path: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {world.key(who)}"}
    if body is None:
        return Client().get(f"/api/v1/{path}", headers=headers)
    return Client().post(f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)


def test_a_person_is_found_and_read(world: World) -> None:
    side = world.harbour
    found = ask(world, "assessor", "people/search", {"text": side.number(side.worker)}).json()
    assert (found["count"], found["more"], found["recognised"], found["next"]) == (1, False, "identity_number", "")
    row = found["items"][0]
    assert (row["worker_id"], row["name"], row["level"], row["employers"]) == (
        side.worker,
        side.name(side.worker),
        "L4",
        [side.organisation],
    )
    assert side.number(side.worker) not in json.dumps(found), "numbers are masked"
    person = ask(world, "assessor", f"people/{side.worker}").json()
    assert [held["state"] for held in person["certificates"]] == ["decides"]
    assert sorted(AuditEvent.objects.filter(chain=f"worker:{side.worker}").values_list("action", flat=True)) == [
        "registry.search",
        "registry.view",
    ]


def test_a_role_reads_its_own_parts_alone(world: World) -> None:
    side = world.harbour
    person = ask(world, "employer", f"people/{side.worker}").json()
    assert (person["residence"], person["standing"], person["level"]) == (None, None, "L4")
    person = ask(world, "arrears_officer", f"people/{side.worker}").json()
    assert (person["level"], person["certificates"], person["residence"]) == (None, [], side.homes[0])


@pytest.mark.parametrize("who", ["assessor", "claims_officer", "arrears_officer", "employer"])
def test_no_list_shows_whom_the_role_is_not_led_to(world: World, who: str) -> None:
    hidden = world.hidden_from(who)
    for side in world.sides:
        paths: list[tuple[str, dict[str, Any] | None]] = [
            ("people/search", {"text": side.name(side.worker)[:2]}),
            ("people/search", {"text": side.number(side.worker)}),
            ("people/search", {"organisation": side.organisation}),
            ("people/search", {"place": side.homes[0], "text": side.name(side.worker)}),
            (f"people/{side.worker}", None),
            (f"organisations/{side.organisation}/people", None),
        ]
        for path, body in paths:
            said = ask(world, who, path, body).content.decode()
            assert [mark for mark in hidden if mark in said and mark != path.rpartition("/")[2]] == [], path


def test_a_page_goes_on_for_the_key_that_got_it(world: World) -> None:
    side = world.harbour
    body = {"organisation": side.organisation, "size": 1}
    first = ask(world, "assessor", "people/search", body).json()
    second = ask(world, "assessor", "people/search", body | {"after": first["next"]}).json()
    assert [row["worker_id"] for page in (first, second) for row in page["items"]] == [side.worker, side.second]
    assert ask(world, "claims_officer", "people/search", body | {"after": first["next"]}).status_code == 404
    assert str(side.worker) not in first["next"]


@pytest.mark.parametrize(
    ("body", "why"), [({}, "nothing"), ({"text": "w"}, "short"), ({"text": "王"}, "surname_where"), ({"standing": "student"}, "broad")]
)
def test_too_little_is_said(world: World, body: dict[str, Any], why: str) -> None:
    found = ask(world, "assessor", "people/search", body).json()
    assert (found["items"], found["not_sought"]) == ([], why)


def test_without_a_key_there_is_nothing_to_read(world: World) -> None:
    for path in (f"people/{world.harbour.worker}", f"organisations/{world.harbour.organisation}/people"):
        assert Client().get(f"/api/v1/{path}").status_code == 401
        assert ask(world, "delegate", path).status_code == 404, "a key without the task"
    assert not AuditEvent.objects.filter(action__startswith="registry.").exists()
