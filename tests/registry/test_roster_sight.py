"""What a roster may do to somebody who did not ask for it: what its employer comes to see, what the person is told and can say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from guildhall.registry import models
from tests.world import World, build


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with override("en"):
        yield build()


def test_a_person_with_an_imported_row_opens_the_own_page(world: World) -> None:
    side = world.harbour
    batch = side.keys["roster done"]
    models.EmploymentSpell.objects.filter(worker_id=side.worker).update(batch_id=batch)
    models.Certificate.objects.filter(worker_id=side.worker).update(batch_id=batch)
    page = world.client("worker").get("/en/me/")
    assert page.status_code == 200
    assert "roster-harbour.xlsx" in page.content.decode()
