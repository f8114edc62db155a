"""A city into the registry and out again on SQLite, beside the same rows put into bare tables; the vault beside Fernet.

`python -m bench.registry FOLDER load|bare|snapshot|vault` prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.measuring import peak_mb

FIELDS = 200_000


def _registry(var: Path) -> None:
    """Django on a new database under `var`."""
    os.environ |= {"GUILDHALL_VAR": str(var), "DJANGO_SETTINGS_MODULE": "guildhall.project.settings", "GUILDHALL_MODE": "demonstration"}
    os.environ.pop("DATABASE_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _load(folder: Path) -> float:
    from guildhall.kernel.runs import Folder
    from guildhall.overview.load import load_city
    from guildhall.web.viewer import system

    begun = time.perf_counter()
    load_city(Folder.open(folder), mode="demonstration", by=system("bench"), now=datetime(2026, 1, 30, tzinfo=UTC))
    return time.perf_counter() - begun


def load(folder: Path, var: Path) -> dict[str, float]:
    """Checked, sealed, constrained and indexed, in resumable chunks."""
    _registry(var)
    return {"seconds": _load(folder), "peak_mb": peak_mb()}


def bare(folder: Path, var: Path) -> dict[str, float]:
    """The limit: the same rows as they are, in one transaction, into tables without key, index, constraint or sealing."""
    from guildhall.kernel.runs import Folder

    source = Folder.open(folder)
    begun = time.perf_counter()
    with sqlite3.connect(var / "bare.sqlite3") as connection:
        for name in source.manifest.tables:
            rows = [tuple(str(v) if hasattr(v, "year") else v for v in row.values()) for row in source.read(name).to_pylist()]
            columns = source.read(name).num_columns
            connection.execute(f'create table "{name}" ({", ".join(f"c{n}" for n in range(columns))})')
            connection.executemany(f'insert into "{name}" values ({", ".join("?" * columns)})', rows)  # noqa: S608  # names of our tables
    return {"seconds": time.perf_counter() - begun, "peak_mb": peak_mb()}


def snapshot(folder: Path, var: Path) -> dict[str, float]:
    """Rows to Parquet, identity left behind."""
    _registry(var)
    _load(folder)
    from guildhall.overview.snapshot import make

    begun = time.perf_counter()
    make(var / "snapshots")
    return {"seconds": time.perf_counter() - begun, "peak_mb": peak_mb()}


def vault(folder: Path, var: Path) -> dict[str, float]:
    """Fields a second on one core: sealed for their cell, opened, hashed; and sealed by Fernet."""
    from cryptography.fernet import Fernet

    from guildhall.office.vault import Vault

    ours, peer = Vault("5e" * 32), Fernet(Fernet.generate_key())
    rows, values = list(range(FIELDS)), ["990101199001150071"] * FIELDS
    sealed = ours.seal_column("t", "c", rows, values)

    def rate(work: Callable[[], object]) -> float:
        begun = time.perf_counter()
        work()
        return FIELDS / (time.perf_counter() - begun)

    return {
        "seal": rate(lambda: ours.seal_column("t", "c", rows, values)),
        "open": rate(lambda: [ours.open("t", "c", row, value) for row, value in zip(rows, sealed, strict=True) if value]),
        "hash": rate(lambda: ours.keyed_hashes("c", list(values))),
        "fernet": rate(lambda: [peer.encrypt(value.encode()) for value in values]),
    }


WAYS = {"load": load, "bare": bare, "snapshot": snapshot, "vault": vault}


def main() -> None:
    with tempfile.TemporaryDirectory() as var:
        print(json.dumps(WAYS[sys.argv[2]](Path(sys.argv[1]), Path(var))))


if __name__ == "__main__":
    main()
