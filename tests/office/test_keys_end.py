"""Keys for programs end where an account is closed or its owner begins anew, and a reopened account has none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from guildhall.kernel.errors import NotFound
from guildhall.office.models import Account, AuditEvent, Grant
from guildhall.office.operations import accounts, sessions, tokens
from guildhall.office.viewers import viewer_in
from guildhall.web.viewer import Viewer
from tests import people

LAND = frozenset({"west"})


@pytest.fixture
def west(db: None) -> Viewer:
    return people.viewer("administrator", place="west")


@pytest.fixture
def lin(db: None) -> Grant:
    return people.grant("assessor", place="west")


def keys_of(held: Grant, now: datetime) -> list[str]:
    until = timezone.localdate(now) + timedelta(days=30)
    by = viewer_in(held)
    return [tokens.issue_token(name=name, scopes=["people"], until=until, by=by, now=now)[1] for name in ("payroll", "desk")]


def _forget(account: Account, by: Viewer, now: datetime) -> None:
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={})
    sessions.forget_factors(account=account, by=by, now=now)


def _close_and_reopen(account: Account, by: Viewer, now: datetime) -> None:
    terms: Any = partial(dict, account_id=account.pk, reason="lent to others", land=LAND, by=by, now=now)
    accounts.close_account(**terms())
    accounts.reopen_account(**terms())


def _invite(account: Account, by: Viewer, now: datetime) -> None:
    Account.objects.filter(pk=account.pk).update(email="lin@guildhall.example")
    accounts.send_invitation(account_id=account.pk, land=LAND, link=str, by=by, now=now)


@pytest.mark.parametrize("done", [_forget, _close_and_reopen, _invite])
def test_keys_end_with_an_event_each(west: Viewer, lin: Grant, now: datetime, done: Callable[..., None]) -> None:
    keys = keys_of(lin, now)
    assert all(tokens.viewer_with(key, now) for key in keys)
    done(lin.account, west, now)
    assert not any(tokens.viewer_with(key, now) for key in keys)
    events = AuditEvent.objects.filter(chain=f"account:{lin.account_id}", action="office.revoke_token", actor=west.name)
    assert events.count() == len(keys)


def test_nobody_else_ends_the_keys_of_an_account(lin: Grant, now: datetime) -> None:
    keys_of(lin, now)
    with pytest.raises(NotFound):
        tokens.revoke_all(account=lin.account, by=people.viewer("auditor", place="west"), now=now)
