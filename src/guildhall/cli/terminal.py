"""What every command shares: starting Django when a command needs it, and a progress bar per step."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

Report = Callable[[int, int], None]
"""Called with how much is done and how much there is in all."""
BEHIND = 10
"""How far bulk work stands behind the pages when both want the processor: the kernel then gives it about a tenth."""


def var() -> Path:
    """The folder for everything a running city writes."""
    return Path(os.environ.get("GUILDHALL_VAR", "var")).resolve()


def pack_name() -> str:
    """The city pack in force: a built-in name or a folder."""
    return os.environ.get("GUILDHALL_CITY", "chongqing")


def start_django() -> None:
    """Makes models and settings usable; commands that need neither start faster without. The command line speaks English."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guildhall.project.settings")
    import django
    from django.utils import translation

    django.setup()
    translation.activate("en")


def give_way() -> None:
    """Lets readers come first: what takes minutes runs at a lower priority than the web server beside it."""
    os.setpriority(os.PRIO_PROCESS, 0, max(BEHIND, os.getpriority(os.PRIO_PROCESS, 0)))


@contextmanager
def alone() -> Iterator[None]:
    """Lets one process at a time build in var/; a second one says that it waits."""
    with (var() / "lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo(f"  Another `guildhall demo` is building in {var()}; waiting until it is done", err=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def step(label: str) -> Iterator[Report]:
    """One line for a step: a bar that fills while it runs, then how long it took."""
    begun = time.perf_counter()
    shown = -1

    def report(done: int, total: int) -> None:
        nonlocal shown
        tenths = 40 * done // max(total, 1)
        if tenths != shown and sys.stderr.isatty():
            shown = tenths
            click.echo(f"\r  {label:<34} {'█' * tenths}{'░' * (40 - tenths)}", nl=False, err=True)

    report(0, 1)
    try:
        yield report
    except BaseException:
        click.echo(f"\r  {label:<34} ✕{' ' * 42}", err=True)
        raise
    click.echo(f"\r  {label:<34} ✓ {time.perf_counter() - begun:5.1f} s{' ' * 34}", err=True)


def counted(number: int, what: str) -> str:
    """So many of something: one fault, three faults, written with digits."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def skipped(label: str) -> None:
    """The line of a step whose inputs have not changed."""
    click.echo(f"  {label:<34} · unchanged", err=True)
