"""Accounts of people of the city: begun by themselves with a phone or the unified identity; what they may see comes with a claim."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from guildhall.office.models import Account, Grant
from guildhall.office.operations.audit import record
from guildhall.office.operations.delegations import end_with_record
from guildhall.office.operations.sessions import cut, itself
from guildhall.office.phones import phone_fields, phone_hash
from guildhall.web.viewer import Viewer


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


def is_public(account_id: int) -> bool:
    """Whether an account is an open one of the public: only such an account claims a record."""
    return Account.objects.filter(pk=account_id, kind="public", is_active=True).exists()


def give_record(*, worker_id: int, account: int, by: Viewer, now: datetime) -> Grant:
    """The role of a worker on one record, for an account of the public. Whoever calls this has matched the identity.

    Raises IntegrityError where an account holds the record already: the database lets a record be claimed once.
    """
    grant = Grant.objects.create(
        account_id=account, role="worker", worker_id=worker_id, granted_by=by.name, given_at=now, valid_from=timezone.localdate(now)
    )
    record(subject=f"account:{account}", action="office.claim_record", by=by, now=now, details={"grant": grant.pk})
    return grant


def holders(*, records: Collection[int]) -> list[Grant]:
    """The live roles of a worker on these records, the one longest held first."""
    return list(Grant.objects.filter(role="worker", worker_id__in=records, revoked_at=None).order_by("valid_from", "pk"))


def take_record_back(
    *, records: Collection[int], phones: Collection[bytes], by: Viewer, now: datetime, stays: int | None = None
) -> list[int]:
    """Takes the role of a worker on these records from whoever holds it, with what was given for organisations on their strength, and
    ends the sessions; the accounts that held it, each once.

    An account that signs in by one of `phones` (hashes: those on record) loses that phone: whoever holds it begins another account.
    `stays` is the account that stays with the person by another record of theirs: it keeps what it does for organisations.
    Whoever calls this has looked whether `by` may, and records it with the person.
    """
    held = list(Grant.objects.select_for_update().filter(role="worker", worker_id__in=records, revoked_at=None).order_by("pk"))
    for grant in held:
        grant.revoked_at = now
        grant.save(update_fields=["revoked_at"])
        details = {"grant": grant.pk, "role": "worker"}
        record(subject=f"account:{grant.account_id}", action="office.revoke_role", by=by, now=now, details=details)
        account = Account.objects.select_for_update().get(pk=grant.account_id)
        if account.phone_hash is not None and bytes(account.phone_hash) in phones:
            _detach(account, by, now)
        cut(account=account, by=by, now=now)
    accounts = list(dict.fromkeys(grant.account_id for grant in held))
    end_with_record(records=records, accounts=accounts, stays=stays, by=by, now=now)
    return accounts


def detach_phone(*, records: Collection[int], phone: bytes, by: Viewer, now: datetime) -> int | None:
    """Takes a phone (its hash) from the account that holds one of these records and signs in by it; that account, if there is one."""
    account = (
        Account.objects.select_for_update(of=("self",))
        .filter(grants__role="worker", grants__worker_id__in=records, grants__revoked_at=None, phone_hash=phone)
        .first()
    )
    if account is None:
        return None
    _detach(account, by, now)
    cut(account=account, by=by, now=now)
    return account.pk


def _detach(account: Account, by: Viewer, now: datetime) -> None:
    for column, value in phone_fields(account.pk, "").items():
        setattr(account, column, value)
    account.save(update_fields=["phone_sealed", "phone_hash"])
    record(subject=f"account:{account.pk}", action="office.detach_phone", by=by, now=now)
