"""The phone of an account: sealed for its own row, and found by keyed hash."""

from __future__ import annotations

from typing import Any

from guildhall.office.models import Account
from guildhall.office.vault import vault

TABLE, COLUMN = "office.account", "phone"


def phone_fields(account_id: int, phone: str) -> dict[str, Any]:
    """The columns of an account that hold a phone; no phone empties both. `phone` has its one form already (normalise_phone)."""
    if not phone:
        return {"phone_sealed": None, "phone_hash": None}
    return {"phone_sealed": vault().seal(TABLE, COLUMN, account_id, phone), "phone_hash": phone_hash(phone)}


def phone_hash(phone: str) -> bytes:
    """What `phone_hash` of an account holds for a phone."""
    return vault().keyed_hash("phone", phone)


def phone_of(account: Account) -> str:
    """The phone of an account in full; empty where it has none."""
    return vault().open(TABLE, COLUMN, account.pk, account.phone_sealed) if account.phone_sealed else ""
