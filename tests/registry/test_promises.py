"""Routes of people keep what the API's document says, to a key of a role that sees people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from guildhall.project.wsgi import application
from tests.promises import one_connection

if TYPE_CHECKING:
    from tests.world import World

__all__ = ["one_connection"]

document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application).include(path_regex="people")


@pytest.fixture
def world(db: None, shown: None) -> World:
    from tests.world import build

    return build(sessions=False)


@pytest.mark.slow
@pytest.mark.usefixtures("one_connection")
@document.parametrize()
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_route_of_people_keeps_its_promise(world: World, case: Any) -> None:
    for who in ("assessor", "planner"):
        case.call_and_validate(headers={"Authorization": f"Bearer {world.key(who)}"})
