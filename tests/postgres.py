"""A private PostgreSQL for one command: `python -m tests.postgres COMMAND …` runs it with DATABASE_URL set.

The server lives in a temporary folder, listens on a Unix socket there and nowhere else, and goes when the command ends,
however it ends. PostgreSQL refuses to run as root, so under root it runs as nobody.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests import parts

USER = "guildhall"
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=50")
"""Nothing here has to survive a crash."""


def _as_somebody() -> list[str]:
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--pdeathsig=INT", "--"] if os.geteuid() == 0 else []


@contextmanager
def server() -> Iterator[str]:
    """The DATABASE_URL of a new, empty PostgreSQL. Raises SystemExit where none is installed or it does not start."""
    programs = parts.postgresql()
    if programs is None:
        raise SystemExit(parts.missing("postgresql"))
    home = Path(tempfile.mkdtemp(prefix="guildhall-pg-"))
    try:
        if os.geteuid() == 0:
            os.chown(home, pwd.getpwnam("nobody").pw_uid, -1)
        with _running(programs, home) as url:
            yield url
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _running(programs: Path, home: Path) -> Iterator[str]:
    data, log, port = home / "data", home / "log", str(20000 + secrets.randbelow(20000))
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run([*_as_somebody(), *initdb], check=True, stdout=subprocess.DEVNULL, cwd=home)
    options = [part for setting in SPEED for part in ("-c", setting)]
    command = [str(programs / "postgres"), "-D", str(data), "-k", str(home), "-p", port, *options]
    with log.open("wb") as output, subprocess.Popen([*_as_somebody(), *command], stdout=output, stderr=output, cwd=home) as process:
        try:
            _wait(process, home / f".s.PGSQL.{port}", log)
            yield f"postgres://{USER}@{quote(str(home), safe='')}:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # fast shutdown: open sessions are cut
            process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], socket: Path, log: Path) -> None:
    """Returns when the server answers. Raises SystemExit with its log when it ended or took 30 seconds."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        if socket.exists() and "ready to accept connections" in log.read_text(errors="replace"):
            return
        time.sleep(0.05)
    raise SystemExit(f"PostgreSQL did not start. Its log:\n{log.read_text(errors='replace')[-2000:]}")


def main(command: list[str]) -> int:
    """Runs `command` against a private server; its exit code. A missing PostgreSQL skips, or fails with CI=true."""
    if skipped := parts.main("postgresql"):
        return 0 if skipped == parts.SKIPPED else skipped
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with server() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
