"""Background work: one worker to a job, taken up again when a worker dies, tried again when it fails."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from guildhall.kernel.errors import GuildhallError
from guildhall.office.models import Job
from guildhall.office.operations import work
from guildhall.office.operations.work import ATTEMPTS, LEASE, LeaseLost, enqueue, fail, finish, forget_done, give_back, heartbeat, lease
from tests.threads import alone, at_once, shared_database

NOW = datetime(2026, 1, 30, 2, 0, tzinfo=UTC)
SOON, LATE = NOW + LEASE / 2, NOW + LEASE
KINDS = ["import", "seal"]


def queue(key: str = "1", *, kind: str = "import", now: datetime = NOW, run_after: datetime | None = None) -> Job:
    return enqueue(kind=kind, key=key, arguments={"batch": 7}, now=now, run_after=run_after)


def held(worker: str = "one", now: datetime = NOW) -> Job:
    found = lease(worker=worker, now=now, kinds=KINDS)
    assert found
    return found


@pytest.mark.django_db
def test_what_has_waited_longest_comes_first_and_what_is_for_later_waits() -> None:
    queue("later", run_after=NOW + timedelta(hours=1))
    queue("second", now=NOW)
    queue("first", now=NOW - timedelta(minutes=1))
    queue("of no worker", kind="other", now=NOW - timedelta(hours=1))
    assert [held().key, held().key] == ["first", "second"]
    assert lease(worker="one", now=NOW, kinds=KINDS) is None
    assert held(now=NOW + timedelta(hours=1)).key == "first"  # silent for an hour


@pytest.mark.django_db
def test_the_same_work_is_queued_once_until_it_has_ended() -> None:
    first = queue()
    assert queue().pk == first.pk
    taken = held()
    assert queue().pk == first.pk
    finish(job=taken, worker="one", now=SOON)
    assert queue().pk != first.pk


@pytest.mark.django_db
def test_a_job_is_its_workers_until_the_lease_runs_out() -> None:
    queue()
    taken = held("one")
    assert taken.arguments == {"batch": 7}
    assert lease(worker="two", now=LATE - timedelta(seconds=1), kinds=KINDS) is None
    again = held("two", LATE)
    assert (again.pk, again.attempts) == (taken.pk, 2)
    for late in (
        partial(heartbeat, job=taken, worker="one", now=LATE),
        partial(finish, job=taken, worker="one", now=LATE),
        partial(fail, job=taken, worker="one", now=LATE, error="x"),
        partial(give_back, job=taken, worker="one", now=LATE),
    ):
        with pytest.raises(LeaseLost):
            late()
    finish(job=again, worker="two", now=LATE)
    assert Job.objects.get().state == "done"


@pytest.mark.django_db
def test_a_worker_that_gives_signs_of_life_keeps_its_job() -> None:
    queue()
    taken = held("one")
    heartbeat(job=taken, worker="one", now=SOON, progress=(3, 10))
    assert lease(worker="two", now=LATE, kinds=KINDS) is None
    now = Job.objects.get()
    assert (now.done, now.total) == (3, 10)
    finish(job=taken, worker="one", now=LATE)
    assert Job.objects.get().done == 10


@pytest.mark.django_db
def test_work_that_fails_is_tried_again_after_longer_and_longer_and_then_no_more() -> None:
    queue()
    pauses, now = [], NOW
    for attempt in range(1, ATTEMPTS + 1):
        taken = held(now=now)
        assert taken.attempts == attempt
        again = fail(job=taken, worker="one", now=now, error="the disk is full")
        if again:
            assert lease(worker="one", now=again - timedelta(seconds=1), kinds=KINDS) is None
            pauses.append((again - now) / timedelta(minutes=1))
            now = again
    assert pauses == [1, 4, 16, 64, 256]
    ended = Job.objects.get()
    assert (ended.state, ended.error, ended.leased_by) == ("failed", "the disk is full", "")
    assert work.pause(20) == work.LONGEST_PAUSE
    assert work.try_again(kind="import", key="1", now=now).state == "waiting"
    with pytest.raises(GuildhallError, match="No job seal 9 has failed"):
        work.try_again(kind="seal", key="9", now=now)


@pytest.mark.django_db
def test_a_job_that_ends_every_worker_counts_as_failed() -> None:
    queue()
    now = NOW
    for _ in range(ATTEMPTS):
        held(now=now)
        now += LEASE
    assert lease(worker="one", now=now, kinds=KINDS) is None
    ended = Job.objects.get()
    assert (ended.state, ended.error) == ("failed", "its worker ended without a word, every time")


@pytest.mark.django_db
def test_a_worker_that_stops_gives_its_job_back_at_once() -> None:
    queue()
    give_back(job=held("one"), worker="one", now=NOW)
    again = held("two")
    assert again.attempts == 1


@pytest.mark.django_db
def test_jobs_that_are_done_are_forgotten_and_failed_ones_kept() -> None:
    queue("done")
    finish(job=held(), worker="one", now=NOW)
    queue("failed")
    Job.objects.filter(key="failed").update(state="failed", finished_at=NOW)
    assert forget_done(before=NOW) == 0
    assert forget_done(before=SOON) == 1
    assert Job.objects.get().key == "failed"


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_have_the_same_job(tmp_path: Path) -> None:
    jobs, workers = 30, 4
    for n in range(jobs):
        queue(str(n))

    def take(worker: str) -> list[int]:
        taken = []
        while found := lease(worker=worker, now=NOW, kinds=KINDS):
            taken.append(found.pk)
            finish(job=found, worker=worker, now=NOW)
        return taken

    with shared_database(tmp_path):
        taken = at_once([partial(take, f"worker {n}") for n in range(workers)])
        assert alone(lambda: Job.objects.filter(state="done", attempts=1).count()) == jobs
    assert set(Counter(pk for part in taken for pk in part).values()) == {1}
    assert sum(map(len, taken)) == jobs


@pytest.mark.django_db(transaction=True)
def test_of_two_that_queue_the_same_at_once_one_finds_the_others(tmp_path: Path) -> None:
    with shared_database(tmp_path):
        found = at_once([lambda: queue().pk] * 4)
    assert len(set(found)) == 1
