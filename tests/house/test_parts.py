"""A missing part of the machine skips with a line that says how to get it; with CI=true it fails."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests import parts, postgres, promises
from tests.house.tree import REPOSITORY


@pytest.fixture(params=["chromium", "postgresql"])
def absent(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a part that this machine is made to lack."""
    name = str(request.param)
    monkeypatch.setattr(parts, name, lambda: None)
    return name


def test_missing_part_skips_and_says_how_to_get_it(
    absent: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert parts.main(absent) == parts.SKIPPED
    assert f"skipped: {absent} is not installed. Next: apt install" in capsys.readouterr().err


def test_missing_part_fails_where_nothing_may_be_skipped(
    absent: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    assert parts.main(absent) == 1
    assert "failed:" in capsys.readouterr().err


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_suite_on_postgresql_is_skipped_or_failed_without_it(ci: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "postgresql", lambda: None)
    monkeypatch.setenv("CI", ci)
    assert postgres.main(["false"]) == code


def test_trials_that_take_long_to_make_are_left_out_of_the_quick_suite_alone() -> None:
    chosen = re.findall(r'-m "([^"]+)"', (REPOSITORY / "Makefile").read_text(encoding="utf-8"))
    held = [path for path in (REPOSITORY / "tests").rglob(promises.NAME) if any(promises.left_out(path, markers) for markers in chosen)]
    assert len(held) == 2
    assert [markers for markers in chosen if promises.left_out(held[0], markers)] == ["not slow and not browser and not postgres"]
    assert not promises.left_out(Path("test_api.py"), "not slow")


def test_bare_make_lists_its_targets() -> None:
    listed = subprocess.run(["make"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    names = [line.split()[0] for line in listed.splitlines()[1:]]
    assert names[:2] == ["demo", "setup"]
    assert {"test", "test-slow", "test-postgres", "browser", "check", "bench", "lock"} <= set(names)


def test_the_ci_script_is_sound_shell_and_runs_every_part() -> None:
    script = REPOSITORY / ".ci" / "run"
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert "parts=(test test-slow test-postgres browser check)" in script.read_text(encoding="utf-8")
