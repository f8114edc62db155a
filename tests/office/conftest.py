"""A copy of the seals for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the seals of this test are written outside the database."""
    file = tmp_path / "outside" / "seals.jsonl"
    monkeypatch.setattr(settings, "SEALS", str(file))
    return file
