"""`guildhall audit` and `guildhall work` as commands, and the worker beside a server as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Command, Ran

NOW = datetime(2026, 1, 30, 2, 0, tzinfo=UTC)


def write(count: int) -> None:
    from guildhall.office.operations.audit import record
    from guildhall.web.viewer import system

    for n in range(count):
        record(subject=f"worker:{n % 2}", action="registry.reveal", by=system("test"), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_what_is_sealed_is_proven_and_what_is_not_is_counted(guildhall: Command, var: Path) -> None:
    empty = guildhall("audit", "verify")
    assert (empty.code, empty.out.splitlines()[0]) == (0, "0 events not yet sealed")
    write(5)
    assert guildhall("audit", "seal").out.startswith("seal 1 over 5 events up to event ")
    write(2)
    ran = guildhall("audit", "verify")
    assert ran.code == 0
    assert "5 events up to seal 1 of" in ran.out
    assert "as they were written" in ran.out
    assert "2 events not yet sealed" in ran.out
    assert (var / "seals.jsonl").exists()
    told = json.loads(guildhall("audit", "verify", "--json").out)
    assert (told["proven"], told["events"], told["sealed"], told["not_yet_sealed"]) == (True, 7, 5, 2)
    assert told["key"] in ran.out
    guildhall("audit", "seal")
    assert guildhall("audit", "seal").out == "Nothing was recorded since the last seal\n"


@pytest.mark.django_db(transaction=True)
def test_damage_exits_1_and_is_kept_for_the_auditor(guildhall: Command, var: Path) -> None:
    from django.db import connection

    from guildhall.office.models import AuditCheck
    from tests.append_only import without_triggers

    write(5)
    guildhall("audit", "seal")
    with without_triggers(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE office_auditevent SET reason = 'x' WHERE chain = 'worker:1' AND position = 1")
    ran = guildhall("audit", "verify")
    assert ran.code == 1
    assert "changed: event " in ran.out
    assert "worker:1 #1" in ran.out
    assert "not all as they were written" in ran.out
    told = guildhall("audit", "verify", "--json", "--seals", var / "seals.jsonl")
    assert told.code == 1
    assert [damage["chain"] for damage in json.loads(told.out)["damages"]] == ["worker:1"]
    assert [len(check.damages) for check in AuditCheck.objects.all()] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_what_is_due_is_done_once(guildhall: Command) -> None:
    from guildhall.office.models import AuditCheck, Job, Seal

    write(3)
    ran = guildhall("work", "--once")
    assert ran.code == 0, ran.err
    assert Seal.objects.count() == 1
    assert AuditCheck.objects.count() == 1
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    assert guildhall("work", "--list").out == ""


@pytest.mark.django_db(transaction=True)
def test_work_that_fails_is_told_without_the_words_of_the_error(guildhall: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from guildhall.office.models import Job
    from guildhall.office.operations.work import enqueue

    def spoiled(**_: object) -> None:
        raise ValueError(PERSON)

    work = sys.modules["guildhall.cli.work"]
    monkeypatch.setitem(work.HANDLERS, "spoiled", spoiled)
    monkeypatch.setattr(work, "PERIODIC", ())
    enqueue(kind="spoiled", key="7", arguments={}, now=NOW)
    ran = guildhall("work", "--once")
    assert "✕ spoiled 7: ValueError; tried again at" in ran.err
    assert PERSON not in ran.err
    listed = guildhall("work", "--list").out
    assert listed.split()[:3] == ["waiting", "spoiled", "7"]
    assert listed.rstrip().endswith("attempts 1  ValueError")
    Job.objects.update(state="failed")
    assert guildhall("work", "--again", "spoiled", "7").out == "spoiled 7 waits\n"
    assert "No job spoiled 8 has failed" in guildhall("work", "--again", "spoiled", "8").err


def test_a_stretch_of_time_is_that_of_the_citys_clock() -> None:
    from datetime import timedelta

    from guildhall.cli.work import Periodic

    hourly, nightly = Periodic("seal", timedelta(hours=1)), Periodic("check", timedelta(days=1), timedelta(hours=3))
    assert hourly.slot(datetime(2026, 1, 30, 2, 59, tzinfo=UTC)) == "2026-01-30T10:00"
    assert nightly.slot(datetime(2026, 1, 29, 18, 59, tzinfo=UTC)) == "2026-01-29T03:00"
    assert nightly.slot(datetime(2026, 1, 29, 19, 0, tzinfo=UTC)) == "2026-01-30T03:00"


PERSON = "张三 500101199001011234"
SERVER = """
import os, time
from guildhall.cli.work import one_beside
with one_beside():
    server = os.getpid()
    if os.fork() == 0:  # as the web server forks its own processes while the worker is being started
        while os.getppid() == server:
            time.sleep(0.1)
        os._exit(0)
    time.sleep(60)
"""


@pytest.mark.slow
def test_the_worker_beside_a_server_comes_again_and_ends_with_it(program: Command, environment: dict[str, str], tmp_path: Path) -> None:
    def workers() -> list[int]:
        return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and _beside(path, server.pid)]

    migrated: Ran = program("migrate")
    assert migrated.code == 0, migrated.err
    server = subprocess.Popen([sys.executable, "-c", SERVER], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        first = _awaited(workers)
        os.kill(first[0], signal.SIGKILL)
        assert _awaited(lambda: [one for one in workers() if one not in first])
    finally:
        server.kill()
        server.communicate()
    _awaited(lambda: not workers())


def _beside(process: Path, parent: int) -> bool:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"--beside" in words and words[words.index(b"--beside") + 1] == str(parent).encode()


def _awaited(look: Callable[[], list[int] | bool]) -> list[int]:
    """What the look gives as soon as it gives anything, within 30 seconds."""
    for _ in range(300):
        if found := look():
            return found if isinstance(found, list) else []
        time.sleep(0.1)
    raise AssertionError("it did not come")


READING = """
import sys, time
import django; django.setup()
from datetime import UTC, datetime
from guildhall.cli.work import Worker
from guildhall.office.bulk import one_state
from guildhall.office.models import Job
from guildhall.office.operations.work import enqueue
work = sys.modules["guildhall.cli.work"]
work.PERIODIC, work.TOLD = (), 0.1
enqueue(kind="job", key="1", arguments={}, now=datetime(2026, 1, 30, tzinfo=UTC))
def job(*, arguments, by, clock, progress):
    with one_state():
        for n in range(4):
            progress(n, 10); time.sleep(0.2)
    print(Job.objects.values_list("done", "total").get())
work.HANDLERS = {"job": job}
Worker(lambda: datetime(2026, 1, 30, 1, tzinfo=UTC), print).run(once=True)
print(Job.objects.values_list("state", "attempts").get())
"""


def test_work_that_reads_one_state_of_the_database_tells_how_far_it_is(program: Command, environment: dict[str, str]) -> None:
    """A snapshot for the search by night is read where nothing can be written, least of all by the work itself."""
    program("migrate")
    environment |= {"DJANGO_SETTINGS_MODULE": "guildhall.project.settings"}
    ran = subprocess.run([sys.executable, "-c", READING], env=environment, check=False, capture_output=True, text=True)
    lines = ran.stdout.splitlines()
    assert (lines[0], lines[-1]) == ("(3, 10)", "('done', 1)"), ran


KILLED = """
import os, signal, sys, time
import django; django.setup()
from datetime import UTC, datetime, timedelta
from django.core.management import call_command
from guildhall.cli.work import Worker
from guildhall.office.operations import work as queue
work = sys.modules["guildhall.cli.work"]
queue.LEASE, work.PERIODIC = timedelta(seconds=0.6), ()
done = sys.argv[1]
def job(*, arguments, by, clock, progress):
    with open(done, "a") as file:
        file.write(f"{os.getpid()}\\n")
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    for n in range(15):  # longer than the lease: the worker must renew it
        time.sleep(0.1); progress(n, 15)
    with open(done, "a") as file:
        file.write("done\\n")
work.HANDLERS = {"job": job}
Worker(lambda: datetime(2026, 1, 30, tzinfo=UTC) + timedelta(seconds=time.monotonic()), print).run(once=sys.argv[2] != "killed")
"""


@pytest.mark.slow
def test_the_job_of_a_killed_worker_is_done_by_another_once(program: Command, environment: dict[str, str], tmp_path: Path) -> None:
    environment |= {"DJANGO_SETTINGS_MODULE": "guildhall.project.settings"}
    program("migrate")
    queue = (
        "import django; django.setup(); from datetime import UTC, datetime; from guildhall.office.operations.work import enqueue; "
        "enqueue(kind='job', key='1', arguments={}, now=datetime(2026, 1, 30, tzinfo=UTC))"
    )
    subprocess.run([sys.executable, "-c", queue], env=environment, check=True)

    def worker(how: str) -> list[str]:
        return [sys.executable, "-c", KILLED, str(tmp_path / "done"), how]

    assert subprocess.run(worker("killed"), env=environment, check=False, capture_output=True).returncode == -signal.SIGKILL
    time.sleep(0.7)
    both = [subprocess.Popen(worker("alive"), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    lines = (tmp_path / "done").read_text().splitlines()
    assert len(lines) == 3, (lines, said)
    assert lines[-1] == "done"
