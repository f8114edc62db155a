"""The small city as a folder on disk, and the verb that loads it.

Models are imported inside the fixtures: this file is read before Django is set up.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from guildhall.kernel.runs import Folder
from tests.registry import folders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from guildhall.registry.models import ImportBatch
    from guildhall.registry.operations import LoadReport
    from guildhall.web.viewer import Viewer

    Load = Callable[..., LoadReport]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return folders.write(tmp_path / "city")


@pytest.fixture
def load(now: datetime) -> Load:
    from guildhall.overview.load import load_city
    from guildhall.web.viewer import system

    return partial(load_city, mode="demonstration", by=system("test"), now=now)


@pytest.fixture
def on_record(db: None, tmp_path: Path, load: Load) -> None:
    """The small city in the database; loaded by the first who asks, and put back for everyone after."""
    from tests.planted import once

    once("city by hand", lambda: load(folders.write(tmp_path / "city")))


@pytest.fixture
def stage(now: datetime) -> Any:
    """Brings a file of another authority as far as its rows are staged."""
    from guildhall.registry.operations import feeds
    from tests.registry.feed_files import BY, JAN, TODAY, content

    def do(kind: str, *rows: Sequence[str], as_of: date = JAN, by: Viewer = BY, **how: Any) -> ImportBatch:
        from guildhall.skills.queries import known_occupations

        later = max(now, now + (as_of - TODAY))
        return feeds.bring(
            content=content(kind, rows), name=f"{kind}.csv", kind=kind, as_of=as_of, occupations=known_occupations, by=by, now=later, **how
        )

    return do


@pytest.fixture
def bring(stage: Any, now: datetime) -> Any:
    """Brings one in to the end."""
    from guildhall.registry.operations import feeds
    from tests.registry.feed_files import BY, JAN, TODAY

    def do(kind: str, *rows: Sequence[str], as_of: date = JAN, by: Viewer = BY, ends: int | None = None, **how: Any) -> ImportBatch:
        return feeds.apply(batch=stage(kind, *rows, as_of=as_of, by=by, **how), by=by, now=max(now, now + (as_of - TODAY)), ends=ends)

    return do
