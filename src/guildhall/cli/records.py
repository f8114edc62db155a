"""Commands on records: the database's schema, bulk loads, imports of real files, snapshots."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from guildhall.cli.terminal import pack_name, start_django, step, var
from guildhall.kernel.errors import AlreadyDone

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def migrate_database() -> None:
    """Brings the database's schema up to this version."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


@click.command()
def migrate() -> None:
    """Bring the database's schema up to this version."""
    start_django()
    with step("database schema"):
        migrate_database()


@click.command()
@click.argument("folder", type=FOLDER, required=False)
@click.option("--replace", is_flag=True, help="Clear the records of another folder first (demonstration mode only).")
@click.option("--abandon", is_flag=True, help="Clear what a load that was not finished brought in; without FOLDER, do no more.")
def load(folder: Path | None, replace: bool, abandon: bool) -> None:
    """Load a folder of tables, such as a synthetic city, into the registry; killed and run again, it goes on."""
    if folder is None and not abandon:
        raise click.UsageError("Missing argument 'FOLDER'.")
    start_django()
    if abandon:
        abandon_load()
    if folder:
        load_folder(folder, replace=replace)


def abandon_load() -> None:
    """Clears the rows of a load that was not finished and says how many."""
    from guildhall.overview.load import abandon_city
    from guildhall.web.viewer import system

    migrate_database()
    cleared = abandon_city(by=system("command:load"), now=datetime.now(UTC))
    click.echo(f"{cleared:,} rows of an unfinished load were cleared.")


def load_folder(folder: Path, *, replace: bool) -> None:
    """Loads every domain's tables of a folder, with one bar."""
    from django.conf import settings

    from guildhall.kernel.runs import Folder
    from guildhall.overview.load import load_city
    from guildhall.web.viewer import system

    migrate_database()
    by, now = system("command:load"), datetime.now(UTC)
    with step("registry") as report:
        done = load_city(Folder.open(folder), mode=settings.MODE, by=by, now=now, replace=replace, progress=report)
    seal_batch()
    for table, rows in done.cleared.items():
        click.echo(f"  {rows:,} imported rows of {table} were cleared with the city they stood in: import them again", err=True)


def seal_batch() -> None:
    """A seal over the batch that was just brought in."""
    from guildhall.office.operations.audit import seal

    with suppress(AlreadyDone):
        seal(now=datetime.now(UTC))


@click.group("import")
def import_() -> None:
    """Load real files: the classification of occupations, the list of townships."""


@import_.command()
@click.argument("file", type=FILE)
def occupations(file: Path) -> None:
    """Load the classification of occupations from a CSV FILE; every oddity is reported by row."""
    start_django()
    from guildhall.skills.operations import import_occupations
    from guildhall.web.viewer import system

    migrate_database()
    by, now = system("command:import occupations"), datetime.now(UTC)
    _show(import_occupations(content=file.read_bytes(), name=file.name, by=by, now=now))
    seal_batch()


@import_.command()
@click.argument("file", type=FILE)
def townships(file: Path) -> None:
    """Load townships from a CSV FILE and report what later mergers of districts did to them."""
    start_django()
    from guildhall.registry.operations import import_townships
    from guildhall.web.viewer import system

    migrate_database()
    by, now = system("command:import townships"), datetime.now(UTC)
    _show(import_townships(content=file.read_bytes(), name=file.name, by=by, now=now))
    seal_batch()


def _show(report: Any) -> None:
    for line in report.lines():
        click.echo(line)
    click.echo(report.summary())


@click.command()
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="Date the snapshot speaks of; the pack's reference date by default.")
def snapshot(on: datetime | None) -> None:
    """Write the records out as Parquet tables with a manifest; identity never leaves the registry."""
    start_django()
    migrate_database()
    from guildhall.city import load as load_pack
    from guildhall.overview.snapshot import make

    as_of = on.date() if on else load_pack(pack_name()).reference_date
    with step("snapshot") as report:
        folder = make(root=var() / "snapshots", as_of=as_of, progress=report)
    click.echo(str(folder.path))
