"""`guildhall audit`: prove that nothing in the record was altered, and seal what is new."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guildhall.cli.records import migrate_database
from guildhall.cli.terminal import start_django, step
from guildhall.kernel.errors import AlreadyDone

if TYPE_CHECKING:
    from guildhall.office.queries.verification import Verification

SHOWN = 50
"""Damages printed; `--json` prints all."""


@click.group()
def audit() -> None:
    """The audit chain: verify it, seal it."""


@audit.command()
@click.option(
    "--seals",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
    help="A copy of the seals to believe, such as one that an auditor took away; that of GUILDHALL_SEALS by default.",
)
@click.option("--json", "as_json", is_flag=True, help="One object instead of lines.")
@click.pass_context
def verify(context: click.Context, seals: Path | None, as_json: bool) -> None:
    """Prove every event up to the last seal; exits 1 where anything was altered."""
    start_django()
    migrate_database()
    begun = time.perf_counter()
    with step("audit chain") as report:
        found = verified(seals, report)
    seconds = time.perf_counter() - begun
    _note(found, seconds)
    if as_json:
        click.echo(json.dumps({**found.values(), "seconds": round(seconds, 3)}, ensure_ascii=False, indent=1))
    else:
        _print(found)
    context.exit(0 if found.proven else 1)


def verified(seals: Path | None = None, progress: Callable[[int, int], None] | None = None) -> Verification:
    """The verification of this installation, with the rows that imports keep."""
    from guildhall.office.queries.verification import verify as run
    from guildhall.registry.queries.imports import batch_proof

    return run(seals=seals, batch_proofs=batch_proof, progress=progress, now=datetime.now(UTC))


def _note(found: Verification, seconds: float) -> None:
    from guildhall.office.operations.audit import note_check
    from guildhall.web.viewer import system

    note_check(found=found, by=system("command:audit verify"), now=datetime.now(UTC), seconds=seconds)


def _print(found: Verification) -> None:
    for damage in found.damages[:SHOWN]:
        click.echo(f"{click.style(damage.kind, fg='red', bold=True)}: {damage}")
    if len(found.damages) > SHOWN:
        click.echo(f"… and {len(found.damages) - SHOWN:,} more; `--json` prints all")
    sealed = found.events - found.unsealed
    if found.last:
        state = "as they were written" if found.proven else "not all as they were written"
        click.echo(f"{_events(sealed)} up to seal {found.last.seal} of {found.last.moment:%Y-%m-%d %H:%M:%S} UTC: {state}")
    click.echo(f"{_events(found.unsealed)} not yet sealed")
    if found.batches:
        click.echo(
            f"{found.batches:,} batches hold the rows that their events vouch for" if found.proven else f"{found.batches:,} batches seen"
        )
    if found.waiting:
        click.echo(f"{found.waiting:,} seals are not in the copy outside yet; `guildhall audit seal` adds them")
    click.echo(f"copy of the seals {found.file}, key {found.key}")


def _events(count: int) -> str:
    return f"{count:,} event{'' if count == 1 else 's'}"


@audit.command()
@click.option("--new-copy", metavar="REASON", help="Begin a new copy outside where the one before is gone; why is kept as an event.")
def seal(new_copy: str | None) -> None:
    """Seal what was recorded since the last seal, and bring the copy outside up to date."""
    start_django()
    migrate_database()
    from guildhall.office.operations.audit import begin_copy
    from guildhall.office.operations.audit import seal as run
    from guildhall.web.viewer import system

    now = datetime.now(UTC)
    try:
        made = run(now=now) if new_copy is None else begin_copy(reason=new_copy, by=system("command:audit seal"), now=now)
    except AlreadyDone as nothing:
        click.echo(nothing.what)
    else:
        click.echo(f"seal {made.seal_id} over {_events(made.events)} up to event {made.last_event}")
