"""`guildhall retention`, and the background work around papers and messages: delivering, scanning, erasing on schedule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from guildhall.cli.records import migrate_database
from guildhall.cli.terminal import start_django, step

if TYPE_CHECKING:
    from guildhall.overview.operations.retention import Erased
    from guildhall.web.viewer import Viewer

Arguments = dict[str, Any]
Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]


def deliver(*, arguments: Arguments, by: Viewer, clock: Clock, progress: Progress) -> None:
    """Hands over the text messages and mails whose time has come."""
    from guildhall.office.operations.notices import deliver

    deliver(clock=clock, progress=progress)


def scan(*, arguments: Arguments, by: Viewer, clock: Clock, progress: Progress) -> None:
    """Shows papers that wait to the scanner, where there is one."""
    from guildhall.office.operations.attachments import scan_waiting

    scan_waiting(by=by, clock=clock, progress=progress)


def erase(*, arguments: Arguments, by: Viewer, clock: Clock, progress: Progress) -> None:
    """Erases what is due today."""
    from django.utils import timezone

    from guildhall.overview.operations.retention import erase_due

    erase_due(on=timezone.localdate(clock()), by=by, clock=clock, progress=progress)


@click.command()
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="Day whose schedule is carried out; today by default, no later one.")
@click.option("--dry-run", is_flag=True, help="Only count what is due; any day may be asked for.")
def retention(on: datetime | None, dry_run: bool) -> None:
    """Erase what is no longer to be kept, as the page on retention says; killed and run again, it goes on."""
    start_django()
    migrate_database()
    from django.utils import timezone

    from guildhall.kernel.errors import GuildhallError
    from guildhall.overview.operations.retention import due, erase_due
    from guildhall.web.viewer import system

    by, today = system("command:retention"), timezone.localdate()
    day = on.date() if on else today
    if dry_run:
        _show(due(on=day, by=by), f"due on {day}")
        return
    if day > today:
        why, then = "what is erased cannot be brought back", "leave --on out, or add --dry-run"
        raise GuildhallError(f"{day} is still to come", why=why, next=then)
    with step("retention") as report:
        done = erase_due(on=day, by=by, clock=lambda: datetime.now(UTC), progress=report)
    _show(done, f"dealt with as of {day}")


def _show(found: list[Erased], what: str) -> None:
    """One line for each rule, then the sum."""
    from guildhall.overview.queries.retention import RULES

    ends = {rule.key: rule for rule in RULES}
    for erased in found:
        rule = ends[erased.rule]
        click.echo(f"  {erased.rows:>9,}  {erased.rule:<28} {rule.then:<8} {rule.what.en}")
    rows, rules = sum(erased.rows for erased in found), len(found)
    click.echo(f"{rows:,} {'row' if rows == 1 else 'rows'} {what}, under {rules} {'rule' if rules == 1 else 'rules'}")
