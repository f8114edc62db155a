"""`guildhall work`: background work, what is done by the clock, and the one worker that runs beside a web server."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from guildhall.cli import feeds
from guildhall.cli.candidates import search_candidates
from guildhall.cli.keeping import move_deadlines, search_duplicates
from guildhall.cli.policy import work_out_policy
from guildhall.cli.records import migrate_database
from guildhall.cli.retention import deliver, erase, scan
from guildhall.cli.rosters import bring
from guildhall.cli.terminal import give_way, start_django
from guildhall.kernel.errors import AlreadyDone, GuildhallError

if TYPE_CHECKING:
    from guildhall.office.models import Job
    from guildhall.web.viewer import Viewer

Arguments = dict[str, Any]
Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
Handler = Callable[..., None]
"""A function of `arguments`, `by`, `clock` and `progress`. It can be run again from where it stopped, and calls `progress` often."""

POLL = 1.0
"""Seconds between two looks for work."""
TOLD = 2.0
"""Seconds after which progress is written into the database."""
GRACE = 10.0
"""Seconds a worker may take to stop."""
KEPT = timedelta(days=7)
"""How long jobs that are done stay listed."""


def seal(*, arguments: Arguments, by: Viewer, clock: Clock, progress: Progress) -> None:
    """Seals what was recorded since the last seal."""
    from guildhall.office.operations import audit

    seal_what_is_new(audit.seal, clock())


def seal_what_is_new(seal: Callable[..., object], now: datetime) -> bool:
    """Whether there was anything to seal."""
    try:
        seal(now=now)
    except AlreadyDone:
        return False
    return True


def check(*, arguments: Arguments, by: Viewer, clock: Clock, progress: Progress) -> None:
    """Verifies the whole chain and keeps what was found for the auditor's page. Raises GuildhallError where something was altered."""
    from guildhall.cli.audit import verified
    from guildhall.office.operations.audit import note_check

    begun = time.perf_counter()
    found = verified(progress=progress)
    note_check(found=found, by=by, now=clock(), seconds=time.perf_counter() - begun)
    if not found.proven:
        raise GuildhallError("The audit chain was altered", next="run `guildhall audit verify`")


def tidy(*, arguments: Arguments, by: Viewer, clock: Clock, progress: Progress) -> None:
    """Forgets jobs that were done a week ago."""
    from guildhall.office.operations.work import forget_done

    forget_done(before=clock() - KEPT)


HANDLERS: dict[str, Handler] = {
    "seal": seal,
    "import": bring,
    "feed": feeds.bring,
    "check": check,
    "tidy": tidy,
    "duplicates": search_duplicates,
    "deadlines": move_deadlines,
    "candidates": search_candidates,
    "policy": work_out_policy,
    "deliver": deliver,
    "scan": scan,
    "erase": erase,
}
"""What each kind of job does."""


@dataclass(frozen=True)
class Periodic:
    """Work that is done by the clock of the city: once in every `every`, a part of a day, counted from `offset` after midnight."""

    kind: str
    every: timedelta
    offset: timedelta = timedelta()

    def slot(self, moment: datetime) -> str:
        """The stretch of time that a moment lies in: two moments of one stretch are one job."""
        from django.utils import timezone

        local = timezone.localtime(moment).replace(tzinfo=None) - self.offset
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        begun = midnight + (local - midnight) // self.every * self.every
        return (begun + self.offset).isoformat(timespec="minutes")


PERIODIC = (
    Periodic("seal", timedelta(hours=1)),
    Periodic("check", timedelta(days=1), timedelta(hours=3)),
    Periodic("tidy", timedelta(days=1), timedelta(hours=4)),
    Periodic("duplicates", timedelta(days=1), timedelta(hours=2)),
    Periodic("deadlines", timedelta(days=1), timedelta(hours=1)),
    Periodic("candidates", timedelta(days=1), timedelta(hours=3, minutes=30)),
    Periodic("policy", timedelta(days=1), timedelta(hours=4, minutes=30)),
    Periodic("deliver", timedelta(minutes=10)),
    Periodic("scan", timedelta(minutes=30)),
    Periodic("erase", timedelta(days=1), timedelta(hours=2, minutes=30)),
)


def schedule(now: datetime) -> None:
    """Queues what the clock asks for and has not been queued in this stretch of time."""
    from guildhall.office.operations.work import enqueue
    from guildhall.office.queries.work import is_known

    for entry in PERIODIC:
        key = entry.slot(now)
        if not is_known(entry.kind, key):
            enqueue(kind=entry.kind, key=key, arguments={}, now=now)


class Stopping(Exception):  # noqa: N818  # not an error: the worker is asked to end
    """The worker ends; the job goes back into the queue."""


class Worker:
    """Takes jobs one at a time until it is told to stop. `name` is what its leases are under."""

    def __init__(self, clock: Clock, say: Callable[[str], None]) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.clock, self.say = clock, say
        self.stopping = threading.Event()

    def run(self, *, once: bool) -> None:
        """Works until told to stop, or with `once` until nothing is due."""
        while not self.stopping.is_set():
            found = self._next()
            if found:
                self.do(found)
            elif once:
                return
            else:
                self.stopping.wait(POLL)

    def _next(self) -> Job | None:
        """The next job; None also where the database cannot be asked just now, which is said."""
        from django.db import Error, connection

        from guildhall.office.operations.work import lease

        try:
            schedule(self.clock())
            return lease(worker=self.name, now=self.clock(), kinds=[*HANDLERS])
        except Error as error:
            self.say(f"✕ the database cannot be asked: {type(error).__name__}")
            connection.close()
            self.stopping.wait(GRACE)
            return None

    def do(self, job: Job) -> None:
        """Does one job, and writes down how it ended; where that cannot be written, its lease will run out."""
        from django.db import Error, connection

        from guildhall.office.operations import work

        begun = time.perf_counter()
        try:
            if self._do(job):
                self.say(f"{job.kind} {job.key} {time.perf_counter() - begun:.1f} s")
        except work.LeaseLost as lost:
            self.say(f"✕ {lost}")
        except Error as error:
            self.say(f"✕ {job.kind} {job.key}: the database cannot be asked: {type(error).__name__}")
            connection.close()

    def _do(self, job: Job) -> bool:
        """Whether the job is done; one that is not has gone back into the queue, or has failed. Raises LeaseLost."""
        from guildhall.office.operations import work
        from guildhall.web.viewer import system

        try:
            with self._held(job) as progress:
                HANDLERS[job.kind](arguments=job.arguments, by=system("work"), clock=self.clock, progress=progress)
        except Stopping:
            work.give_back(job=job, worker=self.name, now=self.clock())
        except work.LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001  # whatever one job runs into, the next one must be done
            self._failed(job, error)
        else:
            work.finish(job=job, worker=self.name, now=self.clock())
            return True
        return False

    def _failed(self, job: Job, error: Exception) -> None:
        """Says where it happened, and writes it down without the error's own words: those may name a person."""
        from guildhall.office.operations import work

        told = error.what if isinstance(error, GuildhallError) else type(error).__name__
        again = work.fail(job=job, worker=self.name, now=self.clock(), error=told)
        then = f"tried again at {again:%H:%M:%S} UTC" if again else f"not tried again: `guildhall work --again {job.kind} {job.key}`"
        frames = "" if isinstance(error, GuildhallError) else "".join(traceback.format_tb(error.__traceback__))
        self.say(f"✕ {job.kind} {job.key}: {told}; {then}\n{frames}".rstrip())

    @contextmanager
    def _held(self, job: Job) -> Iterator[Progress]:
        """Renews the lease from a thread beside the work; the work learns through its `progress` that it must stop."""
        held = _Held(self, job)
        beating = threading.Thread(target=held.beat, daemon=True)
        beating.start()
        try:
            yield held.progress
        finally:
            held.over.set()
            beating.join()


class _Held:
    """A lease while its job is done. Only the thread beside the work writes: the work may be reading in a state where nothing can be."""

    def __init__(self, worker: Worker, job: Job) -> None:
        self.worker, self.job = worker, job
        self.over, self.lost = threading.Event(), threading.Event()
        self.reached: tuple[int, int] | None = None

    def beat(self) -> None:
        """Renews the lease three times in its span, and writes how far the job is, until it is over or another has it."""
        from django.db import Error, connection

        from guildhall.office.operations.work import LEASE, LeaseLost

        renewed, written = time.monotonic(), self.reached
        try:
            while not self.over.wait(min(TOLD, LEASE.total_seconds() / 3)):
                reached = self.reached
                if reached == written and time.monotonic() - renewed < LEASE.total_seconds() / 3:
                    continue
                try:
                    self._renew(reached)
                    renewed, written = time.monotonic(), reached
                except LeaseLost:
                    self.lost.set()
                    return
                except Error:  # the database is busy or away: the lease still runs for a while
                    connection.close()
        finally:
            connection.close()

    def _renew(self, progress: tuple[int, int] | None) -> None:
        from guildhall.office.operations.work import heartbeat

        heartbeat(job=self.job, worker=self.worker.name, now=self.worker.clock(), progress=progress)

    def progress(self, done: int, total: int) -> None:
        """Takes note of how far the job is. Raises LeaseLost or Stopping where it must not go on."""
        if self.lost.is_set():
            from guildhall.office.operations.work import LeaseLost

            raise LeaseLost(f"Job {self.job.kind} {self.job.key} is no longer ours", why="its lease ran out")
        if self.worker.stopping.is_set():
            raise Stopping
        self.reached = (done, total)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, and end.")
@click.option("--list", "listed", is_flag=True, help="Print what waits, runs, or has failed, and end.")
@click.option("--again", nargs=2, metavar="KIND KEY", help="Queue a failed job anew, and end.")
@click.option("--beside", type=int, help="End when this process, which started the worker, has ended.")
def work(once: bool, listed: bool, again: tuple[str, str] | None, beside: int | None) -> None:
    """Do background work: seals, notices, imports, what the clock asks for."""
    start_django()
    give_way()
    if beside is None:  # a server has brought the schema up to date before it starts its worker
        migrate_database()
    if listed or again:
        queue_again(again) if again else print_jobs()
        return
    if beside is None:
        from guildhall.office import production

        production.refuse()
    worker = Worker(lambda: datetime.now(UTC), _say_failures if beside else _say)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stopping.set())
    if beside:
        threading.Thread(target=_end_with, args=(beside, worker), daemon=True).start()
    worker.run(once=once)


def _say(line: str) -> None:
    click.echo(f"  {line}", err=True)


def _say_failures(line: str) -> None:
    if line.startswith("✕"):
        _say(line)


def _end_with(process: int, worker: Worker) -> None:
    """Stops the worker when the process that started it has ended; one that does not stop in time is ended."""
    while os.getppid() == process:
        time.sleep(POLL)
    worker.stopping.set()
    time.sleep(GRACE)
    os._exit(1)  # what it held is taken up by another when the lease runs out


def queue_again(named: tuple[str, str]) -> None:
    """Queues a failed job anew."""
    from guildhall.office.operations.work import try_again

    job = try_again(kind=named[0], key=named[1], now=datetime.now(UTC))
    click.echo(f"{job.kind} {job.key} waits")


def print_jobs() -> None:
    """Every job that is not done: its state, how far it is, and what went wrong."""
    from guildhall.office.queries.work import unfinished

    for job in unfinished():
        far = f"{job.done:,} of {job.total:,}" if job.total else "—"
        click.echo(f"{job.state:<8} {job.kind:<12} {job.key:<28} {far:>20}  attempts {job.attempts}  {job.error}".rstrip())


@contextmanager
def one_beside() -> Iterator[None]:
    """A worker process beside this one: started again when it ends, and stopped at the end.

    It watches this process too, so that it ends even where this one is killed.
    """
    ending = threading.Event()
    keeping = threading.Thread(target=_keep, args=(ending,), daemon=True)
    keeping.start()
    try:
        yield
    finally:
        ending.set()
        keeping.join()


def _keep(ending: threading.Event) -> None:
    """Starts a worker as often as one ends; one that cannot start must not keep a core busy with trying."""
    while not ending.is_set():
        worker = _start()
        while not (has_ended := _has_ended(worker)) and not ending.wait(POLL / 4):
            pass
        if not has_ended:
            _stop(worker)
        ending.wait(POLL * 2)


def _start() -> int:
    """A new worker, in a process group of its own so that Ctrl-C reaches it only through the server.

    `subprocess` would wait for a pipe to close that the server's own processes, forked meanwhile, hold open for ever.
    """
    command = [sys.executable, "-c", "from guildhall.cli import main; main()", "work", "--beside", str(os.getpid())]
    nothing = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    return os.posix_spawn(sys.executable, command, os.environ, file_actions=nothing, setpgroup=0)


def _has_ended(process: int) -> bool:
    """Whether a child has ended; asked once more, it would be nobody's."""
    return os.waitpid(process, os.WNOHANG)[0] == process


def _stop(process: int) -> None:
    """Asks a child to end, and ends it when it takes too long."""
    os.kill(process, signal.SIGTERM)
    until = time.monotonic() + GRACE
    while not _has_ended(process):
        if time.monotonic() > until:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            return
        time.sleep(0.1)
