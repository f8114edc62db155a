"""`guildhall import feed`: a file of another authority into the registry, reconciled with what is on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guildhall.cli import brought
from guildhall.cli.brought import OUTCOMES, goes_on, write_rejected
from guildhall.cli.records import FILE, migrate_database, seal_batch
from guildhall.cli.rosters import SOME_REJECTED, seldom_collected
from guildhall.cli.terminal import Report, give_way, start_django, step
from guildhall.registry.engine.feeds import CONTRACTS

if TYPE_CHECKING:
    from guildhall.registry.models import ImportBatch
    from guildhall.web.viewer import Viewer

NOTED = {
    "other_name": "rows: on record under another name, which was left",
    "confirms": "rows: a certificate that an employer named is confirmed by it",
    "newer_end": "rows: ended by a newer file, and left so",
}


@click.command()
@click.argument("kind", type=click.Choice(sorted(CONTRACTS)))
@click.argument("file", type=FILE)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day the file speaks of, where it does not say so itself.")
@click.option("--correction", is_flag=True, help="Take a file that is older than what is on record: it corrects what was said of its day.")
@click.option("--ends", type=int, metavar="N", help="Confirm that N on record have ended, where a file leaves out more than 20 % of them.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.option(
    "--rejected",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the rows that were not taken; beside FILE, as NAME.rejected.xlsx, by default.",
)
def feed(
    kind: str, file: Path, as_of: datetime | None, correction: bool, ends: int | None, dry_run: bool, as_json: bool, rejected: Path | None
) -> None:
    """Import a file of another authority; killed and run again, it goes on. Exits 3 where rows were rejected."""
    start_django()
    give_way()
    migrate_database()
    from guildhall.registry.operations import feeds
    from guildhall.skills.queries import known_occupations
    from guildhall.web.viewer import system

    by, now = system("command:import feed"), datetime.now(UTC)
    with seldom_collected(), step("reading"):
        batch = feeds.bring(
            content=file.read_bytes(),
            name=file.name,
            kind=kind,
            as_of=as_of.date() if as_of else None,
            occupations=known_occupations,
            by=by,
            now=now,
            correction=correction,
            trial=dry_run,
            untold=not dry_run,
        )
    if dry_run:
        _foretell(batch, by, now, as_json, rejected)
    else:
        _apply(batch, by, now, ends, as_json, rejected or file.with_name(f"{file.stem}.rejected.xlsx"))


def bring(*, arguments: dict[str, Any], by: Viewer, clock: Callable[[], datetime], progress: Report) -> None:
    """The background job that reads or applies a large file of another authority."""
    from guildhall.registry.operations import feeds
    from guildhall.skills.queries import known_occupations

    with seldom_collected():
        feeds.run(arguments=arguments, by=by, clock=clock, progress=progress, occupations=known_occupations)


def _foretell(batch: ImportBatch, by: Viewer, now: datetime, as_json: bool, rejected: Path | None) -> None:
    """What would happen; nothing stays of it."""
    from guildhall.registry.operations import feeds, imports
    from guildhall.registry.queries import imports as queries

    try:
        with step("comparing") as report:
            forecast = feeds.foresee(batch=batch, by=by, now=now, progress=report)
        written = write_rejected(batch, rejected) if rejected else None
        faults = dict(queries.rejected_rows(batch, size=batch.rows))
        faults |= {entry["row"]: queries.faults_of(entry["faults"]) for entry in forecast["contrary"]}
        sides = {"ended": forecast["would_end"], "only_there": forecast["not_on_record"]}
        if feeds.is_many(forecast["would_end"], forecast["lasting"]):
            click.echo(
                f"  {forecast['would_end']} of {forecast['lasting']} on record would end: --ends {forecast['would_end']} confirms it",
                err=True,
            )
        _tell(batch, forecast["counts"], faults, forecast["notes"], written, as_json, sides, dry_run=True)
    finally:
        imports.discard(batch=batch, by=by, now=now)


def _apply(batch: ImportBatch, by: Viewer, now: datetime, ends: int | None, as_json: bool, rejected: Path) -> None:
    """Applies the file and says what became of each row."""
    from guildhall.registry.engine.feeds.decisions import NOTES
    from guildhall.registry.operations import feeds, imports
    from guildhall.registry.queries import imports as queries

    goes_on(batch)
    done = batch
    try:
        if batch.state != "done":
            with seldom_collected(), step("registry") as report:
                done = feeds.apply(batch=batch, by=by, now=now, ends=ends, progress=report)
    except feeds.ManyEnd:
        imports.discard(batch=batch, by=by, now=now)
        raise
    seal_batch()
    written = write_rejected(done, rejected)
    if written or not queries.has_cells(done):
        imports.tell(batch=done, by=by, now=now)
    counts = {name: getattr(done, name) for name in OUTCOMES}
    noted = {name: len(rows) for name, rows in queries.noted(done, NOTES).items()}
    faults = dict(queries.rejected_rows(done, size=done.rows))
    _tell(done, counts, faults, noted, written, as_json, done.forecast["reconciled"], dry_run=False)


HELD_BACK = {
    "none_taken": "rows: none could be taken, so this file ends nobody",
    "unmatched": "rejected rows: no identity number can be read in them; they may be about anybody, so this file ends nobody",
}
FORETOLD = {"ended": "on record: no longer in the file, and would end on its day"}
SIDES = {
    "ended": "on record: no longer in the file, and ended on its day",
    "only_here": "on record and not in the file; left as they are",
    "only_there": "rows: about people who are not on record",
}


def _tell(
    batch: ImportBatch,
    counts: dict[str, int],
    faults: dict[int, list[Any]],
    notes: dict[str, int],
    written: Path | None,
    as_json: bool,
    sides: dict[str, int],
    *,
    dry_run: bool,
) -> None:
    """What is odd about the file, every fault by row, what was noted, the two sides beside each other; the counts last."""
    held_back = batch.forecast.get("held_back", {})
    summary = f"{batch.rows} read: " + ", ".join(f"{counts[name]} {name}" for name in OUTCOMES)
    if as_json:
        whole = {
            "feed": batch.kind,
            "as_of": str(batch.as_of),
            "read": batch.rows,
            **counts,
            "reconciled": sides,
            "held_back": held_back,
            "dry_run": dry_run,
        }
        more = {"import": None if dry_run else batch.pk, "notes": notes, **brought.as_json(batch, faults)}
        click.echo(json.dumps({**whole, **more, "rejected_file": str(written or "") or None}, ensure_ascii=False, indent=1))
        click.echo(summary, err=True)
    else:
        for line in (
            *brought.lines(batch, faults),
            *brought.noted(notes, NOTED),
            *brought.noted({name: sides.get(name, 0) for name in SIDES}, SIDES | (FORETOLD if dry_run else {})),
            *brought.noted(held_back, HELD_BACK),
        ):
            click.echo(line)
        if written:
            click.echo(f"The rejected rows are in {written}: correct them there and import that file with --as-of {batch.as_of}.")
        click.echo(summary)
    if counts["rejected"]:
        raise click.exceptions.Exit(SOME_REJECTED)
