"""Two ways to run a command: within the test, on its database, and as a program with an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from guildhall import city as packs
from guildhall.cli import main
from guildhall.kernel.runs import Folder
from tests import shown

PROGRAM = Path(sys.executable).with_name("guildhall")
KEYS = {"GUILDHALL_SECRET_KEY": "tests only " * 5, "GUILDHALL_IDENTITY_KEY": "5e" * 32, "GUILDHALL_AUDIT_KEY": "a5" * 32}


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]


@pytest.fixture
def guildhall(var: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process."""
    monkeypatch.setenv("GUILDHALL_VAR", str(var))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "guildhall.project.settings")

    def run(*arguments: str | Path) -> Ran:
        code = 0
        with translation.override("zh-hans"):
            try:
                main([str(argument) for argument in arguments])
            except SystemExit as end:
                code = int(end.code or 0)
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a program: the tiny city and a var/ that does not exist yet."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("GUILDHALL_", "DATABASE_URL"))}
    return {**plain, "GUILDHALL_VAR": str(tmp_path / "var"), "GUILDHALL_CITY": "tiny", "LANG": "zh_CN.UTF-8"}


@pytest.fixture
def program(environment: dict[str, str]) -> Command:
    """Runs a command as a person would."""

    def run(*arguments: str | Path, **settings: str) -> Ran:
        command = [str(PROGRAM), *map(str, arguments)]
        done = subprocess.run(command, env=environment | settings, capture_output=True, text=True, check=False)
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def loaded(db: None, tmp_path: Path) -> Folder:
    """The small city, in the database of the test."""
    from guildhall.overview.load import load_city
    from guildhall.web.viewer import system
    from tests.planted import once

    folder = shown.write(tmp_path / "elsewhere" / "city", packs.load("tiny"), kind="city")
    now = datetime(2026, 1, 30, tzinfo=UTC)
    once("small city, from a folder", lambda: load_city(folder, mode="demonstration", by=system("test"), now=now))
    return folder
