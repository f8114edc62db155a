"""Whether someone knows a part of their own number: a second look before something weighty is done."""

from __future__ import annotations

import hmac
from collections.abc import Collection

from guildhall.registry.engine.identity import normalise_number
from guildhall.registry.models import Identity, vault

TABLE, COLUMN = "registry.identity", "identity_number"
ENDING = 4


def number_ends_with(records: Collection[int], ending: str) -> bool:
    """Whether one of the records' identity numbers ends with these four characters, however they were typed."""
    given = normalise_number(ending)
    if len(given) != ENDING:
        return False
    numbers = [vault().open(TABLE, COLUMN, row.pk, row.number_sealed) for row in Identity.objects.filter(pk__in=records)]
    return any([hmac.compare_digest(number[-ENDING:].encode(), given.encode()) for number in numbers])
