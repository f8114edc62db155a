"""Trials of the API against its own document are made when pytest collects them; that takes seconds, so only where slow ones run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

NAME = "test_promises.py"
"""The modules that hold such trials and nothing else."""


def left_out(path: Path, markers: str) -> bool:
    """Whether a module need not be read where `-m` chooses by these markers."""
    return path.name == NAME and "not slow" in markers


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keeps the test's connection open between requests, as Django's own test client does."""
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
