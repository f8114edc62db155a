"""What somebody may do so often is counted one by one, however many requests come at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connections
from django.utils import timezone

from guildhall.kernel.errors import GuildhallError
from guildhall.office.models import AuditEvent
from guildhall.office.operations.audit import record
from guildhall.registry.operations import mandates, representatives
from guildhall.registry.operations.people import REVEAL, REVEALS_AN_HOUR, reveal
from guildhall.registry.operations.representatives import Proof
from tests.world import World, build


def _reveal(world: World, now: datetime) -> tuple[Callable[[], object], str, int]:
    by = world.viewer("assessor")
    return (
        partial(reveal, worker_id=world.harbour.second, field="identity_number", reason="counter", by=by, now=now),
        REVEAL,
        REVEALS_AN_HOUR,
    )


def _act(world: World, now: datetime) -> tuple[Callable[[], object], str, int]:
    given = {"name": "nobody", "number": "1", "purpose": "jobs", "consent": "signed", "until": timezone.localdate(now) + timedelta(days=1)}
    return partial(mandates.act_for, by=world.viewer("assessor"), now=now, **given), mandates.MISSED, mandates.TRIES  # type: ignore[arg-type]


def _claim(world: World, now: datetime) -> tuple[Callable[[], object], str, int]:
    work = partial(representatives.claim_organisation, code="no", proof=Proof("nobody", "1"), by=world.viewer("worker"), now=now)
    return work, representatives.REFUSED, representatives.TRIES


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.parametrize("asked", [_reveal, _act, _claim])
def test_requests_at_once_pass_no_limit(now: datetime, asked: Callable[..., tuple[Callable[[], object], str, int]]) -> None:
    world = build(sessions=False)
    work, action, most = asked(world, now)
    by = work.keywords["by"]  # type: ignore[attr-defined]
    for _ in range(most - 1):
        record(subject=by.name, action=action, by=by, now=now)

    def one(_: int) -> None:
        try:
            work()
        except GuildhallError:
            return
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(6)))
    assert AuditEvent.objects.filter(actor=by.name, action=action).count() == most
