"""`guildhall candidates`: whom the rules find by themselves, searched through a snapshot of its own; and the same by night."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from guildhall.cli.records import migrate_database
from guildhall.cli.terminal import start_django, step, var
from guildhall.kernel.errors import AlreadyDone, GuildhallError

if TYPE_CHECKING:
    from guildhall.incentives.operations.candidates import Tally
    from guildhall.web.viewer import Viewer

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
FOLDER = "candidates"
"""Under `var/`: the snapshot that a search reads, gone once it has ended."""


@click.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day the rules are asked about; today by default.")
@click.option("--again", is_flag=True, help="Search that day anew.")
def candidates(on: datetime | None, again: bool) -> None:
    """Search for the people and employers whom benefits may be for, and list them; decides nothing."""
    start_django()
    migrate_database()
    from django.utils import timezone

    from guildhall.incentives.operations.candidates import begin_anew
    from guildhall.web.viewer import system

    by, now = system("command:candidates"), datetime.now(UTC)
    day = on.date() if on else timezone.localdate(now)
    if day > timezone.localdate(now):
        raise GuildhallError(f"{day} is to come", next="name a day up to today")
    if again:
        begin_anew(on=day, by=by, now=now)
    with step("candidates") as report:
        found = searched(day, by, now, report)
    counts = ", ".join(f"{n:,} {state.replace('_', ' ')}" for state, n in found.states.items()) or "nobody"
    click.echo(f"{day}: {counts}; {found.told:,} people told for the first time")


def search_candidates(*, arguments: dict[str, Any], by: Viewer, clock: Clock, progress: Progress) -> None:
    """The search as background work: once for each day, going on where it was stopped."""
    from django.utils import timezone

    from guildhall.incentives.queries.candidates import latest
    from guildhall.registry.queries.scope import people

    now = clock()
    today, last = timezone.localdate(now), latest()
    if (last and last.on >= today) or not people(by, today).exists():
        return
    try:
        searched(today, by, now, progress)
    except AlreadyDone:
        return


def searched(on: date, by: Viewer, now: datetime, progress: Progress) -> Tally:
    """A snapshot of the present records, searched, and deleted."""
    from guildhall.incentives.operations.candidates import search
    from guildhall.overview.snapshot import make

    folder = make(root=var() / FOLDER, as_of=on, progress=progress)
    try:
        found = search(folder=folder, on=on, by=by, now=now, progress=progress)
    except AlreadyDone:
        shutil.rmtree(var() / FOLDER, ignore_errors=True)
        raise
    shutil.rmtree(var() / FOLDER, ignore_errors=True)
    return found
