"""`guildhall serve` before there is anything to show."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ports that would have been served."""
    ports: list[int] = []
    monkeypatch.setattr(sys.modules["guildhall.cli.demo"], "serve_pages", lambda port, **_: ports.append(port))
    return ports


@pytest.mark.django_db
def test_an_empty_folder_is_served_with_a_word_about_what_to_run(guildhall: Command, served: list[int]) -> None:
    ran = guildhall("serve", "--port", "8123")
    assert "There is nothing to show yet" in ran.err
    assert "guildhall demo --no-serve" in ran.err
    assert served == [8123]


@pytest.mark.django_db
def test_a_built_city_is_served_without_a_word(guildhall: Command, served: list[int], var: Path, computed: Path) -> None:
    for name in ("snapshots", "results", "current.json"):
        (var / name).symlink_to(computed / name)
    ran = guildhall("serve")
    assert "Next:" not in ran.err
    assert served == [8000]
