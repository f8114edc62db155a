"""Commands that keep the records of people in order: the search for duplicates, and deadlines worked out again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from guildhall.cli.records import migrate_database
from guildhall.cli.terminal import start_django, step

if TYPE_CHECKING:
    from guildhall.web.viewer import Viewer

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a line.")
def duplicates(as_json: bool) -> None:
    """Search for records that may be one person, and put the pairs before the officers; decides nothing."""
    start_django()
    migrate_database()
    from guildhall.registry.operations.duplicates import find
    from guildhall.web.viewer import system

    with step("duplicates") as report:
        found = find(by=system("command:duplicates"), now=datetime.now(UTC), progress=report)
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    click.echo(
        f"{found.found:,} pairs: {found.proposed:,} new, {found.changed:,} changed, {found.unchanged:,} unchanged; "
        f"{found.withdrawn:,} withdrawn; {found.opened:,} identities opened to compare numbers"
    )


@click.command()
def deadlines() -> None:
    """Work out the deadlines of open corrections and of claims again, as after a year's holidays were published."""
    start_django()
    migrate_database()
    from guildhall.incentives.operations.deadlines import recompute_deadlines as of_claims
    from guildhall.registry.operations.corrections import recompute_deadlines
    from guildhall.web.viewer import system

    by, now = system("command:deadlines"), datetime.now(UTC)
    moved = recompute_deadlines(by=by, now=now) + of_claims(by=by, now=now)
    click.echo(f"{moved:,} {'deadline' if moved == 1 else 'deadlines'} moved")


def search_duplicates(*, arguments: dict[str, Any], by: Viewer, clock: Clock, progress: Progress) -> None:
    """The search for duplicates as background work."""
    from guildhall.registry.operations.duplicates import run

    run(arguments=arguments, by=by, clock=clock, progress=progress)


def move_deadlines(*, arguments: dict[str, Any], by: Viewer, clock: Clock, progress: Progress) -> None:
    """Deadlines worked out again as background work; claims that were returned and not completed in time end."""
    from guildhall.incentives.operations.deadlines import recompute_deadlines as of_claims
    from guildhall.incentives.operations.lodging import lapse_due
    from guildhall.registry.operations.corrections import recompute_deadlines

    recompute_deadlines(by=by, now=clock())
    of_claims(by=by, now=clock())
    while lapse_due(by=by, now=clock()):
        progress(0, 0)
