"""The small city as a folder on disk, and the verb that loads it.

Models are imported inside the fixtures: this file is read before Django is set up.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guildhall.kernel.runs import Folder
from tests.registry import folders

if TYPE_CHECKING:
    from collections.abc import Callable

    from guildhall.registry.operations import LoadReport

    Load = Callable[..., LoadReport]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return folders.write(tmp_path / "city")


@pytest.fixture
def load(now: datetime) -> Load:
    from guildhall.overview.load import load_city
    from guildhall.web.viewer import system

    return partial(load_city, mode="demonstration", by=system("test"), now=now)
