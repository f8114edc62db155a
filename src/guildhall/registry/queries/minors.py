"""How old a person on record is where it matters: to the day, from the number where the month alone does not say."""

from __future__ import annotations

from datetime import date

from guildhall.registry.engine.minors import Band, band_of, band_of_month, born_in
from guildhall.registry.models import Identity, Worker, vault

TABLE, COLUMN = "registry.identity", "identity_number"


def band(worker: Worker, on: date) -> Band:
    """Where a person stands on a day. The number is opened only in the one month in which it depends on the day of birth."""
    found = band_of_month(worker.birth_month, on)
    return found if found != "undetermined" else _by_number(worker, on)


def _by_number(worker: Worker, on: date) -> Band:
    """Undetermined still where the number is no resident number, or speaks of another month than the record."""
    identity = Identity.objects.filter(pk=worker.pk).first()
    number = vault().open(TABLE, COLUMN, worker.pk, identity.number_sealed) if identity else ""
    born = born_in(number)
    return band_of(born, on) if born and born.replace(day=1) == worker.birth_month.replace(day=1) else "undetermined"
