"""The accounts of a demonstration: opened and given their roles anew whenever its city is built, the same people every time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from guildhall.kernel.errors import GuildhallError
from guildhall.office.demonstration import PREFIX
from guildhall.office.models import STAFF, Account, Grant
from guildhall.office.operations.audit import record
from guildhall.office.queries.accounts import WISH_HOLDS
from guildhall.web.viewer import Viewer


@dataclass(frozen=True)
class Part:
    """One of the people: the name to sign in with (without its prefix), the name of the person, and the role with where it holds."""

    username: str
    name: str
    role: str = ""
    place: str = ""
    organisation_id: int | None = None
    worker_id: int | None = None

    @property
    def kind(self) -> str:
        return "staff" if self.role in STAFF else "public"

    @property
    def where(self) -> dict[str, object]:
        return {"place": self.place, "organisation_id": self.organisation_id, "worker_id": self.worker_id}


def play(*, parts: Iterable[Part], by: Viewer, now: datetime, today: date) -> int:
    """Opens an account for each part that has none, gives it the part's role, and ends roles of an earlier cast; how many changed.

    Refused in production, where no made-up person has an account. Raises GuildhallError.
    """
    if not settings.DEMONSTRATION:
        raise GuildhallError("There is no demonstration in production mode", next="open accounts for the people who work here")
    wanted = list(parts)
    with transaction.atomic():
        gone = Grant.objects.filter(granted_by=by.name, revoked_at=None).exclude(
            account__username__in=[PREFIX + one.username for one in wanted]
        )
        ended = sum(_revoke(grant, by, now) for grant in gone)
        for part in wanted:  # first all that ends, then what begins: two people may change places
            ended += sum(_revoke(grant, by, now) for grant in _other_roles(part, by))
        return ended + sum(_open(part, by, now, today) for part in wanted)


def _other_roles(part: Part, by: Viewer) -> list[Grant]:
    live = Grant.objects.filter(account__username=PREFIX + part.username, granted_by=by.name, revoked_at=None)
    return list(live.exclude(role=part.role, **part.where) if part.role else live)


def _open(part: Part, by: Viewer, now: datetime, today: date) -> int:
    """1 where an account or a role had to be made."""
    account = Account.objects.filter(username=PREFIX + part.username).first()
    if account is None:
        account = Account(username=PREFIX + part.username, kind=part.kind, name=part.name, created_at=now)
        account.set_unusable_password()
        account.save()
        record(subject=f"account:{account.pk}", action="office.open_account", by=by, now=now, details={"demonstration": True})
    held = Grant.objects.filter(account=account, role=part.role, granted_by=by.name, revoked_at=None, **part.where)
    if not part.role or held.exists() or _taken(part):
        return 0
    grant = Grant.objects.create(
        account=account,
        role=part.role,
        is_representative=part.role in ("employer", "college"),
        granted_by=by.name,
        valid_from=today - WISH_HOLDS - timedelta(days=1),  # each has been in office for long enough to confirm what another asks
        **part.where,
    )
    record(subject=f"account:{account.pk}", action="office.give_role", by=by, now=now, details={"grant": grant.pk, "role": part.role})
    return 1


def _taken(part: Part) -> bool:
    """Whether somebody who played with the demonstration has claimed this record or organisation, which only one account may hold."""
    live = Grant.objects.filter(role=part.role, revoked_at=None)
    if part.role == "worker":
        return live.filter(worker_id=part.worker_id).exists()
    return bool(part.organisation_id) and live.filter(organisation_id=part.organisation_id, is_representative=True).exists()


def _revoke(grant: Grant, by: Viewer, now: datetime) -> int:
    grant.revoked_at = now
    grant.save(update_fields=["revoked_at"])
    record(subject=f"account:{grant.account_id}", action="office.revoke_role", by=by, now=now, details={"grant": grant.pk})
    return 1
