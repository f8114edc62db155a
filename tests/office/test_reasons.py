"""What is written into events in somebody's own words holds no number of anybody, whichever verb keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from guildhall.kernel.errors import GuildhallError
from guildhall.office.models import AuditEvent
from guildhall.office.operations import accounts, audit, delegations, mandates
from tests import people

LAND = frozenset({"west"})
TOLD = ["called ５００１０１ 1990-0101 123X", "phone 138 0013 8000", "1 3 8-0-0-1-3-8-0-0-0"]


@pytest.mark.django_db
@pytest.mark.parametrize("told", TOLD)
def test_no_verb_of_the_office_keeps_a_number_of_somebody(now: datetime, told: str) -> None:
    by, held = people.viewer("administrator", place="west"), people.grant("assessor", place="west")
    officer, boss = people.viewer("assessor", place="west"), people.viewer("employer", organisation_id=5, is_representative=True)
    until = timezone.localdate(now) + timedelta(days=2)
    given: dict[str, Any] = {"land": LAND, "by": by, "now": now, "reason": told}
    verbs: list[Callable[[], object]] = [
        partial(accounts.close_account, account_id=held.account_id, **given),
        partial(accounts.revoke_role, grant_id=held.pk, **given),
        partial(accounts.end_role, grant_id=held.pk, until=until, **given),
        partial(delegations.revoke_delegation, grant_id=held.pk, reason=told, by=boss, now=now),
        partial(audit.begin_copy, reason=told, by=by, now=now),
        partial(mandates.give_mandate, worker_id=1, purpose="jobs", consent="signed", note=told, until=until, by=officer, now=now),
    ]
    for verb in verbs:
        with override("en"), pytest.raises(GuildhallError, match="cannot be kept"):
            verb()
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_days_and_short_numbers_are_kept(now: datetime) -> None:
    by, held = people.viewer("administrator", place="west"), people.grant("assessor", place="west")
    accounts.revoke_role(grant_id=held.pk, reason="moved on 2026-11-20, letter 114", land=LAND, by=by, now=now)
    assert AuditEvent.objects.get(action="office.revoke_role").reason.startswith("moved on 2026-11-20")
