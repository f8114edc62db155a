"""Accounts of people of the city: begun by themselves with a phone or the unified identity; what they may see comes with a claim."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from guildhall.office.models import Account
from guildhall.office.operations.audit import record
from guildhall.office.operations.sessions import itself
from guildhall.office.phones import phone_fields, phone_hash


def account_of_phone(*, phone: str, language: str, now: datetime) -> Account:
    """The account of whoever holds a phone, begun where there is none. Whoever calls this has seen the code that was sent to it.

    An account that was closed is given back as it is: the door refuses it.
    """
    found = Account.objects.filter(kind="public", phone_hash=phone_hash(phone)).first()
    return found or _begin_with(phone, language, now)


def _begin_with(phone: str, language: str, now: datetime) -> Account:
    try:
        with transaction.atomic():
            account = begin(way="code", language=language, now=now)
            for column, value in phone_fields(account.pk, phone).items():
                setattr(account, column, value)
            account.save(update_fields=["phone_sealed", "phone_hash"])
    except IntegrityError:  # begun a moment ago in another browser
        return Account.objects.get(kind="public", phone_hash=phone_hash(phone))
    return account


def begin(*, way: str, language: str, now: datetime) -> Account:
    """A new account of the public, without a role and without a password. `way` is what it signs in with: `code` or `identity`."""
    with transaction.atomic():
        account = Account(username=f"person-{secrets.token_hex(8)}", kind="public", language=language, created_at=now)
        account.set_unusable_password()
        account.save()
        record(subject=f"account:{account.pk}", action="office.begin_account", by=itself(account), now=now, details={"way": way})
    return account
