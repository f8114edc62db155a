"""`guildhall import roster`: an employer's roster into the registry, with every fault by row."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guildhall.cli import brought
from guildhall.cli.brought import OUTCOMES, goes_on, write_rejected
from guildhall.cli.records import FILE, migrate_database, seal_batch
from guildhall.cli.terminal import Report, give_way, start_django, step
from guildhall.kernel.errors import GuildhallError

if TYPE_CHECKING:
    from guildhall.registry.models import ImportBatch
    from guildhall.web.viewer import Viewer

SELDOM = (500_000, 20, 50)
"""Thresholds of Python's search for circles of objects."""
SOME_REJECTED = 3
"""The exit code of an import that ended and left rows out."""


@click.command()
@click.argument("file", type=FILE)
@click.option("--organisation", "code", required=True, metavar="CODE", help="Code of the organisation whose roster it is.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.option("--sheet", default="", metavar="NAME", help="The sheet to read, where several look like rosters.")
@click.option(
    "--column", "columns", multiple=True, metavar="HEADER=FIELD", help="What a column means; again for further ones; =FIELD for none."
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day the roster speaks of; the one written above its header by default, else today.",
)
@click.option(
    "--rejected",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the rows that were not taken; beside FILE, as NAME.rejected.xlsx, by default.",
)
def roster(
    file: Path, code: str, dry_run: bool, as_json: bool, sheet: str, columns: tuple[str, ...], as_of: datetime | None, rejected: Path | None
) -> None:
    """Import a roster (.xlsx, .xls, .csv); killed and run again, it goes on. Exits 3 where rows were rejected."""
    mapping = _mapping(columns)
    start_django()
    give_way()
    migrate_database()
    from guildhall.registry.queries.imports import organisation_called
    from guildhall.skills.queries import known_occupations
    from guildhall.web.viewer import system

    by, now = system("command:import roster"), datetime.now(UTC)
    owner = organisation_called(by, code)
    with seldom_collected(), step("reading"):
        batch = _staged(
            path=file,
            organisation=owner.pk,
            as_of=as_of.date() if as_of else None,
            occupations=known_occupations,
            mapping=mapping,
            sheet=sheet,
            by=by,
            now=now,
            trial=dry_run,
            untold=not dry_run,
        )
    if dry_run:
        _foretell(batch, by, now, as_json, rejected)
    else:
        _bring(batch, by, now, as_json, rejected or file.with_name(f"{file.stem}.rejected.xlsx"))


def _staged(**how: Any) -> ImportBatch:
    """The roster staged. Raises GuildhallError that names `--sheet` where a sheet has to be chosen."""
    from guildhall.registry.engine.roster import NotATable
    from guildhall.registry.operations import imports

    try:
        return imports.stage_roster(**how)
    except NotATable as unfit:
        if not unfit.chooses:
            raise
        what, why, _next = unfit.said("en")
        names = " or ".join(f'--sheet "{name}"' for name in unfit.sheets) or "--sheet NAME"
        raise GuildhallError(what, why=why, next=f"nothing was taken; choose a sheet with {names}") from unfit


def _mapping(columns: tuple[str, ...]) -> dict[str, str]:
    """{field: header} as the command says."""
    from guildhall.registry.engine.roster import FIELDS

    told = [column.rpartition("=") for column in columns]
    for header, sign, field in told:
        if not sign or field not in FIELDS:
            raise click.BadParameter(f"{header}{sign}{field}: HEADER=FIELD, the field one of {', '.join(FIELDS)}", param_hint="--column")
    return {field: header for header, _, field in told}


@contextmanager
def seldom_collected() -> Iterator[None]:
    """An import makes millions of objects and no circles of them: looking for circles all the time costs a fifth of it."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def bring(*, arguments: dict[str, Any], by: Viewer, clock: Callable[[], datetime], progress: Report) -> None:
    """The background job that reads or applies a large roster."""
    from guildhall.registry.operations import imports
    from guildhall.skills.queries import known_occupations

    with seldom_collected():
        imports.run(arguments=arguments, by=by, clock=clock, progress=progress, occupations=known_occupations)


def _foretell(batch: ImportBatch, by: Viewer, now: datetime, as_json: bool, rejected: Path | None) -> None:
    """What would happen; nothing stays of it."""
    from guildhall.registry.operations import imports
    from guildhall.registry.queries import imports as queries

    try:
        with step("comparing") as report:
            forecast = imports.foresee(batch=batch, by=by, now=now, progress=report)
        written = write_rejected(batch, rejected) if rejected else None
        faults = dict(queries.rejected_rows(batch, size=batch.rows))
        faults |= {entry["row"]: queries.faults_of(entry["faults"]) for entry in forecast["contrary"]}
        _tell(batch, forecast["counts"], faults, forecast["notes"], written, as_json, dry_run=True)
    finally:
        imports.discard(batch=batch, by=by, now=now)


def _bring(batch: ImportBatch, by: Viewer, now: datetime, as_json: bool, rejected: Path) -> None:
    """Applies the batch and says what became of each row."""
    from guildhall.registry.operations import imports
    from guildhall.registry.queries import imports as queries

    goes_on(batch)
    done = batch
    if batch.state != "done":
        with seldom_collected(), step("registry") as report:
            done = imports.apply(batch=batch, by=by, now=now, progress=report)
    seal_batch()
    written = write_rejected(done, rejected)
    if written or not queries.has_cells(done):
        imports.tell(batch=done, by=by, now=now)
    counts = {name: getattr(done, name) for name in OUTCOMES}
    noted = {name: len(rows) for name, rows in queries.noted(done).items()}
    _tell(done, counts, dict(queries.rejected_rows(done, size=done.rows)), noted, written, as_json, dry_run=False)


def _tell(
    batch: ImportBatch,
    counts: dict[str, int],
    faults: dict[int, list[Any]],
    notes: dict[str, int],
    written: Path | None,
    as_json: bool,
    *,
    dry_run: bool,
) -> None:
    """What is odd about the file, every fault by row, what was noted, where the rejected rows are; the counts last."""
    summary = f"{batch.rows} read: " + ", ".join(f"{counts[name]} {name}" for name in OUTCOMES)
    if as_json:
        whole = {
            "as_of": str(batch.as_of),
            "as_of_from": batch.mapping.get("day", "given"),
            "read": batch.rows,
            **counts,
            "dry_run": dry_run,
            "import": None if dry_run else batch.pk,
            "notes": notes,
        }
        told = whole | brought.as_json(batch, faults) | {"rejected_file": str(written or "") or None}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        click.echo(summary, err=True)
    else:
        click.echo(f"day       {batch.as_of}: {DAY_FROM[batch.mapping.get('day', 'given')]}")
        for line in (*brought.lines(batch, faults), *brought.noted(notes, NOTED)):
            click.echo(line)
        if written:
            click.echo(f"The rejected rows are in {written}: correct them there and import that file with --as-of {batch.as_of}.")
        click.echo(summary)
    if counts["rejected"]:
        raise click.exceptions.Exit(SOME_REJECTED)


DAY_FROM = {
    "file": "the roster speaks of it, as written above its header",
    "none": "today, as the roster names no day; give another one with --as-of",
    "given": "the roster speaks of it, as given",
}
NOTED = {
    "elsewhere": "rows: also employed elsewhere, which is lawful and on record",
    "renamed": "rows: recorded under another name before; the name was changed",
    "kept": "rows: something differs from the record and was left: it is newer, was changed on a paper, or is not the employer's to change",
    "start_assumed": "rows: no first day at work; the day of the roster stands for it",
    "left": "rows: on record as having left; give the day of the new start",
    "certificate_elsewhere": "rows: the certificate is on record with another person",
    "certificate_on_record": "rows: the certificate is on record with its issuer",
}
