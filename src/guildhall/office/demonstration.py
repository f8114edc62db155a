"""Accounts of the demonstration: told by their names, so that production can refuse every one of them."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q, QuerySet

from guildhall.office.models import Account

PREFIX = "demo-"
"""No other account may be called so; the demonstration makes no account that is not."""
OF_DEMONSTRATION = Q(username__startswith=PREFIX)


def is_of_demonstration(account: Account) -> bool:
    """Whether the account belongs to the demonstration."""
    return str(account.username).startswith(PREFIX)


def may_sign_in(account: Account) -> bool:
    """Whether the account may sign in at all: it is open, and in production it is no account of the demonstration."""
    return account.is_active and (settings.DEMONSTRATION or not is_of_demonstration(account))


def accounts() -> QuerySet[Account]:
    """The accounts of the demonstration that are open, in the order in which they were made."""
    return Account.objects.filter(OF_DEMONSTRATION, is_active=True).order_by("pk")
