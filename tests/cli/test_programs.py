"""What only a program of its own can show: modes, keys, first starts, two at once."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from guildhall import city
from tests.cli.conftest import KEYS, PROGRAM, Command

PRODUCTION = {"GUILDHALL_MODE": "production", **KEYS}


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("mode", ["prod", "Production", "", "demo"])
def test_only_two_modes_are_known(program: Command, tmp_path: Path, mode: str) -> None:
    ran = program("demo", "--no-serve", GUILDHALL_MODE=mode)
    assert ran.code == 1
    assert f"GUILDHALL_MODE is {mode!r}" in ran.err
    assert "demonstration and production" in ran.err
    assert everything(tmp_path) == []


@pytest.mark.parametrize("options", [(), ("--fresh",)])
def test_no_demonstration_in_production(program: Command, tmp_path: Path, options: tuple[str, ...]) -> None:
    kept = tmp_path / "var" / "snapshots" / "kept"
    kept.mkdir(parents=True)
    ran = program("demo", "--no-serve", *options, **PRODUCTION)
    assert ran.code == 1
    assert "There is no demonstration in production mode" in ran.err
    assert everything(tmp_path) == ["var", "var/snapshots", "var/snapshots/kept"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"GUILDHALL_IDENTITY_KEY": "5e" * 31}, "GUILDHALL_IDENTITY_KEY is not 64 hexadecimal digits"),
        ({"GUILDHALL_IDENTITY_KEY": "xy" * 32}, "GUILDHALL_IDENTITY_KEY is not 64 hexadecimal digits"),
        ({"GUILDHALL_IDENTITY_KEY": ""}, "GUILDHALL_IDENTITY_KEY is not set"),
        ({"GUILDHALL_AUDIT_KEY": "a5" * 31}, "GUILDHALL_AUDIT_KEY is not 64 hexadecimal digits"),
        ({"GUILDHALL_AUDIT_KEY": ""}, "GUILDHALL_AUDIT_KEY is not set"),
        ({"GUILDHALL_AUDIT_PUBLIC_KEYS": "5e"}, "GUILDHALL_AUDIT_PUBLIC_KEYS names '5e'"),
        ({"GUILDHALL_SECRET_KEY": "s" * 49}, "GUILDHALL_SECRET_KEY is shorter than 50 characters"),
        ({"GUILDHALL_DEBUG": "1"}, "GUILDHALL_DEBUG is set in production mode"),
    ],
)
def test_production_takes_no_weak_settings(program: Command, settings: dict[str, str], said: str) -> None:
    ran = program("migrate", **(PRODUCTION | settings))
    assert ran.code == 1
    assert said in ran.err
    assert "Next: " in ran.err


def test_production_begins_with_an_empty_var_that_is_private(program: Command, tmp_path: Path) -> None:
    ran = program("migrate", **PRODUCTION)
    assert ran.code == 0, ran.err
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
    assert (tmp_path / "var" / "guildhall.sqlite3").exists()


@pytest.mark.slow
def test_snapshot_on_a_new_var_says_that_nothing_is_loaded(program: Command) -> None:
    ran = program("snapshot")
    assert ran.code == 1
    assert "Nothing is loaded yet" in ran.err


def test_fresh_touches_no_database_outside_var(program: Command, tmp_path: Path) -> None:
    elsewhere = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(elsewhere)) as other:
        other.execute("CREATE TABLE theirs (kept TEXT)")
    before, held = everything(tmp_path), elsewhere.read_bytes()
    ran = program("demo", "--fresh", "--no-serve", DATABASE_URL=f"sqlite:///{elsewhere}")
    assert ran.code == 1
    assert "DATABASE_URL points to another database" in ran.err
    assert [name for name in everything(tmp_path) if name not in ("var", "var/lock") and not name.startswith("var/keys")] == before
    assert elsewhere.read_bytes() == held


@pytest.mark.slow
def test_two_demonstrations_at_once_build_one_city_and_a_fresh_one_keeps_the_keys(
    program: Command, environment: dict[str, str], tmp_path: Path
) -> None:
    command = [str(PROGRAM), "demo", "--no-serve", "--scale", "1"]
    both = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("waiting until it is done" in text for text in said) == 1
    assert len(everything(tmp_path / "var" / "snapshots")) > 0
    keys = {path.name: path.read_text() for path in (tmp_path / "var" / "keys").iterdir()}
    assert {name: len(text) for name, text in keys.items()} == {"audit.key": 64, "identity.key": 64, "session.key": 64}
    ran = program("demo", "--fresh", "--no-serve", "--scale", "1")
    assert ran.code == 0, ran.err
    assert "unchanged" not in ran.err
    assert {path.name: path.read_text() for path in (tmp_path / "var" / "keys").iterdir()} == keys


TALKATIVE = """
from guildhall.cli import guildhall, main

@guildhall.command()
def much() -> None:
    for _ in range(9999):
        print("x" * 99)

main(["much"])
"""


def test_reader_who_has_seen_enough_gets_no_traceback() -> None:
    with subprocess.Popen([sys.executable, "-c", TALKATIVE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "x" * 99 + "\n"
        process.stdout.close()
        assert process.stderr.read() == ""


def test_a_check_that_finds_faults_fails(program: Command, tmp_path: Path) -> None:
    """`make check` stands on these exit codes."""
    assert program("city", "check", "tiny").code == 0
    damaged = tmp_path / "damaged"
    shutil.copytree(Path(city.__file__).parent / "packs" / "tiny", damaged)
    (damaged / "levels.csv").write_text("level\n", encoding="utf-8")
    ran = program("city", "check", damaged)
    assert ran.code == 1
    assert "found" in ran.err


def test_an_untranslated_text_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    from guildhall import cli
    from guildhall.web import messages

    monkeypatch.setattr(messages, "check", lambda: ["“Hello” is not translated"])
    with pytest.raises(SystemExit) as left:
        cli.main(["messages", "check"])
    assert left.value.code == 1
