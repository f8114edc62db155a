"""The audit chain verified on SQLite, beside a bare pass over the same rows; and events recorded one by one.

`python -m bench.audit EVENTS verify|scan|record` prints one line of JSON. Events lie in chains of about ten, as those of people
do, and a seal stands after every fifty thousand.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.measuring import peak_mb

PER_CHAIN, PER_SEAL = 10, 50_000
BEGAN = datetime(2026, 1, 30, 2, 0, tzinfo=UTC)
COLUMNS = "chain, position, at, actor, role, on_behalf, action, reason, details, batch, previous, digest"


def _office(var: Path) -> None:
    """Django on a new database under `var`."""
    os.environ |= {"GUILDHALL_VAR": str(var), "DJANGO_SETTINGS_MODULE": "guildhall.project.settings", "GUILDHALL_MODE": "demonstration"}
    for name in ("DATABASE_URL", "GUILDHALL_SEALS", "GUILDHALL_AUDIT_KEY"):
        os.environ.pop(name, None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _events(first: int, count: int, heads: dict[str, tuple[int, bytes]]) -> Iterator[tuple[Any, ...]]:
    """Rows as `record` writes them."""
    from guildhall.office.engine.chain import START, chained, told

    for n in range(first, first + count):
        chain, at = f"worker:{n * 7919 % (first // PER_CHAIN + count // PER_CHAIN)}", BEGAN + timedelta(seconds=n)
        position, previous = heads.get(chain, (0, START))
        fields: dict[str, Any] = {
            "chain": chain, "position": position + 1, "at": at, "actor": f"account:{n % 300}", "role": "assessor", "on_behalf": "",
            "action": "registry.reveal", "reason": "核对技能等级证书", "details": '{"column":"identity_number"}', "batch": None,
        }  # fmt: skip
        digest = chained(previous, told(**fields))
        heads[chain] = (position + 1, digest)
        yield (*({**fields, "at": at.replace(tzinfo=None).isoformat(" ")}.values()), previous, digest)


def _fill(events: int) -> None:
    """That many events with their heads and seals, past `record`."""
    from django.db import connection, transaction

    from guildhall.office.models import ChainHead
    from guildhall.office.operations.audit import seal

    heads: dict[str, tuple[int, bytes]] = {}
    marks = ", ".join(["%s"] * 12)
    for first in range(0, events, PER_SEAL):
        rows = list(_events(first, min(PER_SEAL, events - first), heads))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO office_auditevent ({COLUMNS}) VALUES ({marks})", rows)  # noqa: S608  # our own columns
        seal(now=BEGAN + timedelta(seconds=first + PER_SEAL))
    ChainHead.objects.bulk_create([ChainHead(chain=c, position=p, digest=d) for c, (p, d) in heads.items()], batch_size=5000)


def verify(events: int) -> dict[str, float]:
    """Everything that `guildhall audit verify` does."""
    from guildhall.office.queries.verification import verify as run

    _fill(events)
    begun = time.perf_counter()
    found = run(progress=lambda done, total: None)
    seconds = time.perf_counter() - begun
    assert found.proven, found.damages[:3]
    assert (found.events, found.unsealed) == (events, 0)
    return {"rate": events / seconds, "seconds": seconds, "peak_mb": peak_mb()}


def scan(events: int) -> dict[str, float]:
    """The limit: the same rows fetched, and one hash over each, held against nothing."""
    from guildhall.office.queries.verification import _Pages

    _fill(events)
    begun = time.perf_counter()
    for rows in _Pages().up_to(None):
        for _event, _chain, _position, told, previous, _digest in rows:
            sha256(previous + told).digest()
    seconds = time.perf_counter() - begun
    return {"rate": events / seconds, "seconds": seconds}


def record(events: int) -> dict[str, float]:
    """Events through the verb, each in a transaction of its own."""
    from guildhall.office.operations.audit import record as add
    from guildhall.web.viewer import system

    by = system("bench")
    begun = time.perf_counter()
    for n in range(events):
        add(subject=f"worker:{n // PER_CHAIN}", action="registry.reveal", by=by, now=BEGAN, reason="核对技能等级证书")
    return {"rate": events / (time.perf_counter() - begun)}


WAYS: dict[str, Callable[[int], dict[str, float]]] = {"verify": verify, "scan": scan, "record": record}


def main() -> None:
    with tempfile.TemporaryDirectory() as var:
        _office(Path(var))
        print(json.dumps(WAYS[sys.argv[2]](int(sys.argv[1]))))


if __name__ == "__main__":
    main()
