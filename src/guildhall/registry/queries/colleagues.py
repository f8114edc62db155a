"""Who acts for an organisation, by name, as its representative sees it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from guildhall.office.models import Grant
from guildhall.office.queries.delegations import delegations, holds
from guildhall.registry.models import Identity, vault
from guildhall.registry.models.sealed import TABLE
from guildhall.web.viewer import Viewer


@dataclass(frozen=True)
class Delegate:
    """A delegation and the name of whoever has it; empty where the account has given up its record."""

    grant: Grant
    name: str
    holds: bool


def delegates(viewer: Viewer, today: date) -> list[Delegate]:
    """The delegations of the viewer's organisation with names, what holds first; nothing for anyone but the representative."""
    rows = delegations(viewer, today)
    names = names_of_accounts(row.account_id for row in rows)
    return [Delegate(row, names.get(row.account_id, ""), holds(row, today)) for row in rows]


def names_of_accounts(accounts: Iterable[int]) -> dict[int, str]:
    """The names of the people whose records the accounts have claimed, opened for the page alone."""
    rows = Grant.objects.filter(role="worker", account__in=list(accounts)).values_list("account_id", "worker_id")
    claimed = {account: worker for account, worker in rows if worker is not None}
    sealed = dict(Identity.objects.filter(worker_id__in=claimed.values()).values_list("worker_id", "name_sealed"))
    return {account: vault().open(TABLE, "name", worker, sealed[worker]) for account, worker in claimed.items() if worker in sealed}
