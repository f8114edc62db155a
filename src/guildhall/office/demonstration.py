"""Accounts of the demonstration: told by their names, so that production can refuse every one of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from guildhall.office.models import Account

PREFIX = "demo-"
"""No other account may be called so; the demonstration makes no account that is not."""
OF_DEMONSTRATION = Q(username__startswith=PREFIX)
BEHIND = ("claimant-", "former-")
"""Begin the names of accounts that nobody is meant to play: they made the claims that the others find, or decided on them long ago."""
TRIES: Mapping[str, Any] = {
    "claims-1": gettext_lazy("reviews claims, takes one up, returns or refuses one; makes payment batches"),
    "claims-3": gettext_lazy("confirms what the other officer of the district proposed, and sends batches to the bank"),
    "claims-2": gettext_lazy("sees the claims of the next district, and none of this one"),
    "claims-city": gettext_lazy("took part in little, and so decides on objections; brings in files of other authorities"),
    "planner": gettext_lazy("sees what benefits cost and whom they reach"),
    "employer-2": gettext_lazy("hired graduates in 2025; some agreed that it sees by name for whom it can claim"),
    "employer-3": gettext_lazy("had a claim of its own refused and can object"),
    "employer-4": gettext_lazy("asked a worker whether it may claim for them"),
    "worker-3": gettext_lazy("was three insured months short of a subsidy on 30 June 2025: choose that day on the page of benefits"),
    "worker-4": gettext_lazy("was paid a subsidy in 2024"),
    "worker-5": gettext_lazy("was refused a subsidy some days ago and can object"),
    "worker-6": gettext_lazy("has a claim to complete, which came back with all that is missing"),
    "worker-7": gettext_lazy("was asked by the employer whether it may claim for them"),
}
"""What can be tried with whom, by the name without the prefix."""


def is_of_demonstration(account: Account) -> bool:
    """Whether the account belongs to the demonstration."""
    return str(account.username).startswith(PREFIX)


def may_sign_in(account: Account) -> bool:
    """Whether the account may sign in at all: it is open, and in production it is no account of the demonstration."""
    return account.is_active and (settings.DEMONSTRATION or not is_of_demonstration(account))


def accounts() -> QuerySet[Account]:
    """The accounts of the demonstration that are open and there to be played, in the order in which they were made."""
    behind = reduce(or_, (Q(username__startswith=PREFIX + name) for name in BEHIND))
    return Account.objects.filter(OF_DEMONSTRATION, is_active=True).exclude(behind).order_by("pk")


def tries(account: Account) -> str:
    """What can be tried with an account of the demonstration, in words; nothing where that is plain."""
    return str(TRIES.get(str(account.username).removeprefix(PREFIX), ""))
