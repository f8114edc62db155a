"""Background work as a queue in the database: put in, leased, renewed, finished, or tried again.

A lease is a promise for a while: whoever holds it renews it, and when it runs out another takes the job up. So a worker that is
killed leaves nothing running for ever, and every kind of job must be able to go on from where it stopped.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from guildhall.kernel.errors import GuildhallError
from guildhall.office.models import Job

LEASE = timedelta(seconds=90)
"""How long a worker may be silent before another takes its job up."""
ATTEMPTS = 6
"""How often a job is begun before it counts as failed."""
LONGEST_PAUSE = timedelta(hours=6)
LONGEST_ERROR = 500


class LeaseLost(GuildhallError):
    """The job is no longer the caller's: its lease ran out, and another may be at work on it."""


def enqueue(*, kind: str, key: str, arguments: Mapping[str, Any], now: datetime, run_after: datetime | None = None) -> Job:
    """A job that waits, or the one of this kind and key that is waiting or running already: there is never a second.

    `arguments` holds keys and plain values, no personal data. Call it in the transaction that makes the work necessary.
    """
    for _ in range(3):  # the one that is there may end between the attempt and the look
        try:
            with transaction.atomic():
                return Job.objects.create(kind=kind, key=key, arguments=dict(arguments), created_at=now, run_after=run_after or now)
        except IntegrityError:
            if found := Job.objects.filter(kind=kind, key=key, state__in=("waiting", "running")).first():
                return found
    raise GuildhallError("The work could not be queued", why=f"jobs {kind} {key} come and go too quickly", next="try again")


def lease(*, worker: str, now: datetime, kinds: Collection[str]) -> Job | None:
    """The job of these kinds that has waited longest, now the caller's until its lease runs out; None where none is due.

    Takes up jobs whose worker has been silent for too long. One that has ended its worker ATTEMPTS times counts as failed.
    """
    while _due(now, kinds).exists():  # a look takes no lock; only where something is due do workers queue for one
        with transaction.atomic():
            found = _locked(_due(now, kinds)).order_by("run_after", "pk").first()
            if found is None:
                return None
            if found.attempts < ATTEMPTS:
                return _taken(found, worker, now)
            _end(found, "failed", now, "its worker ended without a word, every time")
    return None


def _due(now: datetime, kinds: Collection[str]) -> QuerySet[Job]:
    due = Q(state="waiting", run_after__lte=now) | Q(state="running", leased_until__lte=now)
    return Job.objects.filter(due, kind__in=kinds)


def _locked(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """On PostgreSQL others pass over what is locked; on SQLite whoever writes is alone."""
    return jobs.select_for_update(skip_locked=True) if connection.features.has_select_for_update_skip_locked else jobs


def _taken(job: Job, worker: str, now: datetime) -> Job:
    job.state, job.leased_by, job.leased_until = "running", worker, now + LEASE
    job.attempts += 1
    job.save(update_fields=["state", "leased_by", "leased_until", "attempts"])
    return job


def heartbeat(*, job: Job, worker: str, now: datetime, progress: tuple[int, int] | None = None) -> None:
    """Renews the lease, and writes how much is done of how much. Raises LeaseLost."""
    told = dict(zip(("done", "total"), progress, strict=True)) if progress else {}
    _ours(job, worker, {"leased_until": now + LEASE, **told})


def finish(*, job: Job, worker: str, now: datetime) -> None:
    """The job is done. Raises LeaseLost where it is no longer the caller's to say so."""
    ended = {"state": "done", "finished_at": now, "leased_by": "", "leased_until": None, "error": ""}
    _ours(job, worker, {**ended, "done": Greatest(F("done"), F("total"))})


def fail(*, job: Job, worker: str, now: datetime, error: str) -> datetime | None:
    """The job did not succeed: it waits for longer after every attempt, and after ATTEMPTS has failed.

    Gives the moment of the next attempt, or None. `error` holds no personal data. Raises LeaseLost.
    """
    told = {"error": error[:LONGEST_ERROR], "leased_by": "", "leased_until": None}
    if job.attempts >= ATTEMPTS:
        _ours(job, worker, {**told, "state": "failed", "finished_at": now})
        return None
    again = now + pause(job.attempts)
    _ours(job, worker, {**told, "state": "waiting", "run_after": again})
    return again


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 1, 4, 16, 64 minutes, and so on up to six hours."""
    return min(timedelta(minutes=4 ** (attempts - 1)), LONGEST_PAUSE)


def give_back(*, job: Job, worker: str, now: datetime) -> None:
    """The worker is stopping: another goes on at once, and the attempt does not count. Raises LeaseLost."""
    free = {"state": "waiting", "run_after": now, "leased_by": "", "leased_until": None}
    _ours(job, worker, {**free, "attempts": job.attempts - 1})


def _ours(job: Job, worker: str, values: dict[str, Any]) -> None:
    """Changes a job that the worker still holds. Raises LeaseLost."""
    if not Job.objects.filter(pk=job.pk, leased_by=worker, state="running").update(**values):
        raise LeaseLost(f"Job {job.kind} {job.key} is no longer ours", why="its lease ran out", next="leave it to whoever took it up")


def _end(job: Job, state: str, now: datetime, error: str) -> None:
    job.state, job.finished_at, job.leased_by, job.leased_until, job.error = state, now, "", None, error
    job.save(update_fields=["state", "finished_at", "leased_by", "leased_until", "error"])


def try_again(*, kind: str, key: str, now: datetime) -> Job:
    """Puts failed work into the queue anew. Raises GuildhallError where none of this kind and key has failed."""
    failed = Job.objects.filter(kind=kind, key=key, state="failed").order_by("-pk").first()
    if failed is None:
        raise GuildhallError(f"No job {kind} {key} has failed", next="see what has with `guildhall work --list`")
    return enqueue(kind=kind, key=key, arguments=failed.arguments, now=now)


def forget_done(*, before: datetime) -> int:
    """Removes jobs that were done before a moment, failed ones not; their number."""
    return Job.objects.filter(state="done", finished_at__lt=before).delete()[0]
