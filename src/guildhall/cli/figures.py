"""Commands on figures: compute them over a snapshot, print them beside what was published."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from guildhall.cli.records import migrate_database
from guildhall.cli.terminal import pack_name, start_django, step, var
from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.kernel.runs import Folder, Run

MOVED = """The pack has changed since the snapshot was made.
Why: published values are those of the pack now, expected and computed ones come from before; they do not belong together.
Next: `guildhall demo --no-serve`, or load the records again, then `guildhall snapshot` and `guildhall run figures`"""


@click.group()
def run() -> None:
    """Run an engine over a snapshot."""


@run.command("figures")
@click.option(
    "--snapshot",
    "path",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A snapshot's folder; the newest one by default.",
)
def run_figures(path: Path | None) -> None:
    """Compute every figure; steps whose inputs have not changed are not run again."""
    snapshot = Folder.open(path or newest_snapshot())
    if snapshot.manifest.kind != "snapshot":
        raise GuildhallError(
            f"{snapshot.path} is not a snapshot",
            why=f"it is a folder of kind {snapshot.manifest.kind}",
            next="load it with `guildhall load`, then run `guildhall snapshot`",
        )
    compute(snapshot)


def newest_snapshot() -> Path:
    """The snapshot made last. Raises NotFound where there is none."""
    from guildhall.kernel.errors import NotFound

    found = [manifest.parent for manifest in (var() / "snapshots").glob("*/manifest.json")]
    if not found:
        raise NotFound("There is no snapshot yet", next="run `guildhall snapshot`, or `guildhall demo --no-serve`")
    return max(found, key=lambda folder: (folder / "manifest.json").stat().st_mtime)


def compute(snapshot: Folder) -> None:
    """Runs the figures over a snapshot and makes them the ones that pages show, if the snapshot stands where pages look for it."""
    from guildhall.city import load
    from guildhall.overview.operations import compute_figures

    var().mkdir(parents=True, exist_ok=True, mode=0o700)
    shown = snapshot.path.resolve() == var() / "snapshots" / snapshot.manifest.id
    with step("figures") as report:
        made = compute_figures(snapshot=snapshot, city=load(pack_name()), results=var() / "results", progress=report)
    if shown:
        show(snapshot, made)
    click.echo(f"run {made.id} over snapshot {snapshot.manifest.id}{'' if made.computed else ' (unchanged)'}", err=True)
    if not shown:
        click.echo(
            f"Pages do not show it: {snapshot.path} is none of {var() / 'snapshots'}. The results are in {made.folder.path}", err=True
        )


def show(snapshot: Folder, made: Run) -> None:
    """Makes the figures the ones that pages show; that is an event, so the records are asked for."""
    start_django()
    migrate_database()
    from guildhall.overview.operations.publishing import publish
    from guildhall.web.viewer import system

    with suppress(AlreadyDone):
        publish(var=var(), snapshot=snapshot, figures=made, by=system("command:run figures"), now=datetime.now(UTC))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A list of objects instead of a table.")
def figures(as_json: bool) -> None:
    """Print every figure: published, expected at this scale, computed, and where each comes from."""
    start_django()
    from guildhall.overview.queries import figures_as_json, results
    from guildhall.web.viewer import PUBLIC

    moved = results(viewer=PUBLIC).pack_moved
    rows = [{**row, "pack_moved": moved} for row in figures_as_json(viewer=PUBLIC)]
    if moved:
        click.echo(MOVED, err=True)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    click.echo(f"{'figure':<34}{'published':>14}{'expected':>14}{'computed':>14}  unit, whether fitted")
    for row in rows:
        click.echo(f"{row['id']:<34}{_cell(row['published'])}{_cell(row['expected'])}{_cell(row['computed'])}  {_tail(row)}")


def _cell(value: Any) -> str:
    text = "—" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return f"{text:>14}"


def _tail(row: dict[str, Any]) -> str:
    return f"{row['unit']}{', calibrated' if row['calibrated'] else ''}"
