"""`guildhall demo` and `guildhall serve`: the demonstration city from nothing to the browser."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path

import click

from guildhall import __version__
from guildhall.cli.cast import demonstration_accounts
from guildhall.cli.city import Scale
from guildhall.cli.claiming import demonstration_claims
from guildhall.cli.figures import compute
from guildhall.cli.policy import as_of, decide
from guildhall.cli.records import load_folder, migrate_database
from guildhall.cli.samples import demonstration_feeds, demonstration_samples
from guildhall.cli.terminal import alone, pack_name, skipped, start_django, step, var
from guildhall.cli.work import one_beside
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.runs import Folder, digest

THREADS = 3
"""Per server process. Pages are drawn by one core, so more threads would only compete; connections kept open hold none."""
PORT = click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port on the loopback address.")
NO_WORK = click.option("--no-work", is_flag=True, help="Leave background work to `guildhall work` elsewhere.")


@click.command()
@PORT
@click.option("--scale", type=Scale(), default="0.01", show_default=True, help="Share of the city's people.")
@click.option("--seed", type=int, default=7, show_default=True, help="Seed of the synthetic people.")
@click.option("--fresh", is_flag=True, help="Forget what an earlier start has built.")
@click.option("--no-serve", is_flag=True, help="Do all but serve.")
@NO_WORK
def demo(port: int, scale: Decimal, seed: int, fresh: bool, no_serve: bool, no_work: bool) -> None:
    """Build, load, snapshot, compute and serve the demonstration city; steps whose inputs have not changed are skipped."""
    start_django()
    refuse_in_production()
    with alone():
        if fresh:
            forget()
        folder = build_city(scale, seed)
        demonstration_accounts()
        demonstration_samples(folder)
        demonstration_feeds(folder)
        demonstration_claims()
    if not no_serve:
        serve_pages(port, work=not no_work)


def refuse_in_production() -> None:
    """Raises GuildhallError where the mode is production: made-up people never come near real ones."""
    from django.conf import settings

    if not settings.DEMONSTRATION:
        raise GuildhallError(
            "There is no demonstration in production mode",
            why="it makes people up and replaces the records of the registry",
            next="`guildhall serve` shows what has been computed; to demonstrate, use no GUILDHALL_MODE and a GUILDHALL_VAR of its own",
        )


def forget() -> None:
    """Removes everything an earlier demonstration built. Keys stay: another database may be sealed under them.

    Raises GuildhallError where the records stand in a database that is not the one under var/.
    """
    from django.conf import settings

    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3") or Path(database["NAME"]).resolve() != var() / "guildhall.sqlite3":
        raise GuildhallError(
            "--fresh forgets only what stands under GUILDHALL_VAR",
            why="DATABASE_URL points to another database, which is not deleted from here",
            next="leave --fresh out: the demonstration replaces the records by itself, as `guildhall load FOLDER --replace` does",
        )
    for name in ("city", "snapshots", "results", "static", "samples"):
        shutil.rmtree(var() / name, ignore_errors=True)
    for file in (*var().glob("guildhall.sqlite3*"), var() / "current.json", var() / "seals.jsonl"):
        file.unlink(missing_ok=True)


def build_city(scale: Decimal, seed: int) -> Folder:
    """Pack → synthetic city → registry → snapshot → figures and policy; the folder of the synthetic city."""
    folder = synthetic_city(scale, seed)
    snapshot = registered_snapshot(folder)
    compute(snapshot)
    decide(snapshot, as_of(snapshot))
    return folder


def synthetic_city(scale: Decimal, seed: int) -> Folder:
    """The synthetic city of the pack in force; made only if this pack, scale, seed and version have not been made before."""
    from guildhall.city import load
    from guildhall.synth import VERSION, build

    city = load(pack_name())
    build_id = digest([city.digest, str(scale), seed, __version__, VERSION])[:16]
    path = var() / "city" / build_id
    try:
        folder = Folder.open(path)
    except GuildhallError:
        with step("synthetic city") as report:
            return build(city, scale=scale, seed=seed, out=path, progress=report)
    skipped("synthetic city")
    return folder


def registered_snapshot(folder: Folder) -> Folder:
    """The snapshot of a registry that holds the records of `folder`."""
    from datetime import date

    from guildhall.overview.snapshot import make

    load_folder(folder.path, replace=True)
    with step("snapshot") as report:
        return make(root=var() / "snapshots", as_of=date.fromisoformat(folder.manifest.as_of), progress=report)


@click.command()
@PORT
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Server processes.")
@NO_WORK
def serve(port: int, host: str, workers: int, no_work: bool) -> None:
    """Serve the pages over what has been computed, with one process for background work beside them."""
    start_django()
    from guildhall.office import production

    migrate_database()
    production.refuse()
    say_what_is_missing()
    serve_pages(port, host=host, workers=workers, work=not no_work)


def say_what_is_missing() -> None:
    """One line where there is nothing to show yet, or what there is cannot be read: the pages can only repeat it."""
    from guildhall.web.current import NotBuiltYet, current

    try:
        current()
    except NotBuiltYet as missing:
        click.echo(f"\n  {missing.what}: {missing.why}. Next: {missing.next}", err=True)


def serve_pages(port: int, *, host: str = "127.0.0.1", workers: int = 2, work: bool = True) -> None:
    """Runs the web server until it is stopped, and beside it a worker that ends with it."""
    from django.utils import translation
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    _ensure_free(host, port)
    translation.deactivate()  # each reader's request chooses its own language
    address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}/"  # a passkey is bound to a name, not to a number
    click.echo(f"\n  Guildhall is at {click.style(address, bold=True)}   (Ctrl-C stops it)\n", err=True)
    target = "guildhall.project.wsgi:application"
    with one_beside() if work else nullcontext():
        Granian(
            target,
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            log_access=False,
            log_level=LogLevels.warning,
        ).serve()


def _ensure_free(host: str, port: int) -> None:
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise GuildhallError(
                f"Port {port} is taken", why=str(error), next=f"stop what uses it, or name another: make demo PORT={port + 1}"
            ) from None
