"""The cast: people who sign in, by role. Each is made when asked for, with one grant that holds on any test day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.test import Client

from guildhall.office.backends import PATH
from guildhall.office.models import STAFF, Account, Grant
from guildhall.office.viewers import GRANT, PROVED, viewer_in
from guildhall.web.viewer import Viewer

LONG_AGO = date(2000, 1, 1)


def grant(role: str, *, name: str = "", **where: Any) -> Grant:
    """An account with one role: `place=` for staff, `organisation_id=` for employer and college, `worker_id=` for a worker."""
    kind = "staff" if role in STAFF else "public"
    username = name or f"{role}-{Account.objects.count() + 1}"
    account = Account.objects.create(username=username, kind=kind, name=username, created_at=datetime(2000, 1, 1, tzinfo=UTC))
    return Grant.objects.create(account=account, role=role, granted_by="test", valid_from=LONG_AGO, **where)


def viewer(role: str, **where: Any) -> Viewer:
    """The viewer of a new account in one role."""
    return viewer_in(grant(role, **where))


def signed_in(held: Grant) -> Client:
    """A browser in which the grant's account has signed in and chosen that role."""
    client = Client()
    client.force_login(held.account, backend=PATH)
    session = client.session
    session[GRANT] = held.pk
    session[PROVED] = held.account_id  # the second factor of staff
    session.save()
    return client
