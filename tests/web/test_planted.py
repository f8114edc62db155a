"""Rows that are put back are the rows that were built."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests import planted, world
from tests.web.test_access import contents


def test_what_asks_for_a_database_is_run_on_both(db: None, request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("database")


def test_what_asks_for_none_is_run_once(request: pytest.FixtureRequest) -> None:
    assert not request.node.get_closest_marker("database")


def test_what_is_put_back_is_what_was_built(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planted, "_kept", {})
    empty = contents()
    with transaction.atomic():
        first, built = world.build(sessions=False), contents()
        transaction.set_rollback(True)
    assert contents() == empty != built
    second = world.build(sessions=False)
    assert contents() == built
    assert (second, second is first) == (first, False)
    assert second.harbour.grants["worker"] is not first.harbour.grants["worker"]


def test_beside_other_rows_it_is_built_as_ever(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planted, "_kept", {"one": ("kept", {})})
    world.plant_places()
    assert planted.once("one", lambda: "built") == "built"
