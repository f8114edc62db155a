"""Power cuts: an import is killed at ten random moments, on either database, and run again each time; two officers at once."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from guildhall.kernel.runs import Folder
from guildhall.synth.rosters import made_roster
from tests.registry.test_load import new_database

ROWS, KILLS, SEED = 90, 10, 20261120
STATEMENTS = 60
"""About as many as an import of this size makes between two kills."""

BEGIN = """
import json, os, random, signal, sys
import django; django.setup()
from datetime import date, datetime, UTC
from pathlib import Path
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from guildhall.kernel.runs import Folder
from guildhall.office.operations import audit
from guildhall.office.queries.verification import verify
from guildhall.overview.load import load_city
from guildhall.registry import models
from guildhall.registry.operations import imports
from guildhall.registry.operations.imports import staging
from guildhall.registry.queries.imports import batch_proof
from guildhall.skills.queries import known_occupations
from guildhall.web.viewer import system
from tests.registry.rosters import state

folder, file, given = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
now, by = datetime(2026, 1, 30, 2, tzinfo=UTC), system("command:import roster")
staging.CHUNK_ROWS = 7
call_command("migrate", verbosity=0)
load_city(Folder.open(folder), mode="demonstration", by=by, now=now)

def fork(work):
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    work()
    os._exit(0)
"""
KILLED = """
def bring():
    batch = imports.stage_roster(path=file, organisation=1, as_of=date(2026, 1, 30), occupations=known_occupations, by=by, now=now)
    imports.apply(batch=batch, by=by, now=now)

def killed(left):
    def count(execute, sql, params, many, context):
        nonlocal left
        left -= 1
        found = execute(sql, params, many, context)
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    with connection.execute_wrapper(count):
        bring()

def child(work):
    return os.waitpid(fork(work), 0)[1]

deaths = 0
for moment in given:
    deaths += child(lambda: killed(moment)) == signal.SIGKILL
    for batch in models.ImportBatch.objects.all():
        assert batch.position == batch.accepted + batch.changed + batch.unchanged + batch.rejected
        assert batch.accepted == models.Worker.objects.filter(batch_id=batch.pk).count(), "a row was torn from its checkpoint"
    assert models.Worker.objects.count() == models.Identity.objects.count()
    assert verify(batch_proofs=batch_proof).proven
if not models.ImportBatch.objects.filter(state="done").exists():
    assert child(bring) == 0
audit.seal(now=now)
found = verify(batch_proofs=batch_proof)
[batch] = models.ImportBatch.objects.values("state", "rows", "accepted", "changed", "unchanged", "rejected")
events = audit.AuditEvent.objects.filter(action="registry.import_roster").count()
rejected = list(models.RejectedRow.objects.order_by("row").values_list("row", flat=True))
whole = {"state": state(), "batch": batch, "events": events, "proven": found.proven, "batches": found.batches, "rejected": rejected}
print(json.dumps([deaths, whole], default=str))
"""


TWO = """
from tests.registry.rosters import brought, full

before = system("command:before")
imports.apply(batch=brought([full(n) for n in range(200, 208)], by=before, now=now), by=before, now=now)
officers = {}
for phone in given:
    rows = [full(n, phone=phone) for n in (*range(100, 160), *range(200, 208))]
    by = system(f"command:officer-{phone}")
    officers[phone] = by, brought(rows[:: -1 if officers else 1], by=by, now=now)
work = [(lambda by=by, batch=batch: imports.apply(batch=batch, by=by, now=now)) for by, batch in officers.values()]
ended = [os.waitpid(pid, 0)[1] for pid in [fork(each) for each in work]]
found = verify(batch_proofs=batch_proof)
counts = list(models.ImportBatch.objects.exclude(brought_by=before.name).values_list("state", "position", "accepted", "changed"))
print(json.dumps({"ended": ended, "state": state(), "counts": counts, "proven": found.proven}, default=str))
"""


def run(name: str, script: str, folder: Folder, tmp_path: Path, given: list[Any]) -> Any:
    """What a script says that runs in a process and on a database of its own."""
    settings = {"DJANGO_SETTINGS_MODULE": "guildhall.project.settings", "GUILDHALL_VAR": str(tmp_path / name)}
    environment = {**os.environ, **settings, "DATABASE_URL": new_database(f"roster_{name}", tmp_path)}
    command = [sys.executable, "-c", BEGIN + script, str(folder.path), str(tmp_path / "roster.xlsx"), json.dumps(given)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.slow
@pytest.mark.database
def test_killed_at_ten_moments_nothing_is_lost_and_nothing_doubled(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "roster.xlsx").write_bytes(made_roster(rows=ROWS, faults=11, places=("西区石桥镇",), occupations=("电工",)).content)
    moments = random.Random(SEED).choices(range(3, STATEMENTS), k=KILLS)  # noqa: S311  # the same moments every time
    deaths, killed = run("killed", KILLED, folder, tmp_path, moments)
    _, straight = run("straight", KILLED, folder, tmp_path, [])
    assert deaths >= KILLS - 2, "the moments are to fall inside the import"
    assert killed == straight
    assert (killed["events"], killed["proven"], killed["batches"], len(killed["rejected"])) == (1, True, 1, 11)
    assert killed["batch"]["rows"] == ROWS
    assert killed["batch"]["state"] == "done"


@pytest.mark.slow
@pytest.mark.database
def test_two_officers_bring_the_same_people_at_once(folder: Folder, tmp_path: Path) -> None:
    """Each person once, each change kept: what the one wrote is on record, or stands among what was said before."""
    phones = ["13711110000", "13722220000"]
    found = run("two", TWO, folder, tmp_path, phones)
    assert found["ended"] == [0, 0]
    people = [person for person in found["state"]["people"] if person[2] in phones]
    assert len(people) == len({person[0] for person in people}) == 68
    assert len([stay for stay in found["state"]["stays"] if stay[4] == "2021-03-01"]) == 68
    assert len(found["state"]["claims"]) == 68
    kept = [value for _, _, column, value in found["state"]["before"] if column == "phone"]
    assert len(kept) == 60 + 8 + 8, "the phone that one officer wrote first is kept where the other wrote over it"
    assert [(state, position) for state, position, *_ in found["counts"]] == [("done", 68), ("done", 68)]
    assert [sum(column) for column in list(zip(*found["counts"], strict=True))[2:]] == [60, 76]
    assert found["proven"]
