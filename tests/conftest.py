"""What every test stands on: a var/ of its own per worker, the tiny city, fixed keys, and dates that are arguments."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import hypothesis
import pytest

KEPT = ("GUILDHALL_SHARED_DATA",)
"""Settings a developer may bring along; every other GUILDHALL_* is dropped so that no machine's habits reach a test."""


def _settle() -> Path:
    """Points the settings at a temporary var/ before Django reads them; each xdist worker calls this for itself."""
    for name in [name for name in os.environ if name.startswith("GUILDHALL_") and name not in KEPT]:
        del os.environ[name]
    var = Path(tempfile.mkdtemp(prefix="guildhall-test-"))
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    os.environ |= {
        "GUILDHALL_VAR": str(var),
        "GUILDHALL_CITY": "tiny",
        "GUILDHALL_SECRET_KEY": "tests only " * 5,
        "GUILDHALL_IDENTITY_KEY": "5e" * 32,
        "GUILDHALL_AUDIT_KEY": "a5" * 32,
    }
    return var


VAR = _settle()

# The settings are read here, after _settle, so that pytest-django finds them configured. The variable that names them does not
# stay: a worker of pytest-xdist would inherit it and read the settings before it has a var/ of its own.
os.environ["DJANGO_SETTINGS_MODULE"] = "guildhall.project.settings"
from django.conf import settings  # noqa: E402

assert VAR.resolve() == settings.VAR, "the settings were read before tests/conftest.py could point them at a temporary folder"
del os.environ["DJANGO_SETTINGS_MODULE"]

from django.utils import translation  # noqa: E402

from tests.append_only import let_flush  # noqa: E402
from tests.promises import left_out  # noqa: E402
from tests.shown import browser, computed, records, shown  # noqa: E402

__all__ = ["browser", "computed", "records", "shown"]

let_flush()

# The same examples every time and on any machine, however busy it is.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("house")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves out what takes seconds to collect where nobody asked for it; None lets pytest decide."""
    return left_out(collection_path, config.option.markexpr) or None


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses by it
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what asks for a database: everything else answers the same whichever it is, and is not run on the second one."""
    for item in items:
        if item.get_closest_marker("django_db") or {"db", "transactional_db"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker("database")


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the collector of cycles need not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_sessionfinish() -> None:
    """At the end everything is given back, or libraries report that it leaked."""
    gc.unfreeze()


@pytest.fixture(autouse=True)
def no_language() -> None:
    """No language is chosen yet: Django's test client leaves that of the last page it asked for, in whichever test that was."""
    translation.deactivate()


@pytest.fixture
def on() -> date:
    """The day tests happen on: the reference date of the tiny city."""
    return date(2026, 1, 30)


@pytest.fixture
def now() -> datetime:
    """The moment tests happen at."""
    return datetime(2026, 1, 30, 2, 0, tzinfo=UTC)


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty var/ for one test, in the settings too."""
    monkeypatch.setattr(settings, "VAR", tmp_path)
    return tmp_path


@pytest.fixture
def shared_data() -> Path:
    """The folder of reference data beside the checkout. Skips where there is none, as it is on a plain clone."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("GUILDHALL_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip("no folder of reference data beside the checkout (GUILDHALL_SHARED_DATA)")
    return folder


@pytest.fixture(autouse=True)
def places_of_their_own() -> None:
    """No test reads the jurisdictions of another: a process keeps them for as long as the places on record look the same."""
    if standing := sys.modules.get("guildhall.registry.queries.standing"):
        standing.forget_places()
