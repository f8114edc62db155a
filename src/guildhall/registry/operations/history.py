"""The registry forgets nothing: what a column said is written down before it says something else, in the same transaction.

Every change of a recorded value goes through here, one row at a time (`supersede`) or in bulk (`superseded_rows`, whose rows
the caller adds beside the change). What names a person stays sealed as it was: the sealed bytes are kept with the table, the
row and the column they were sealed for, so nothing is opened to be remembered and a value moved elsewhere still does not open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models as fields
from django.db import transaction

from guildhall.registry import models, tables

SEARCHED = ("name_two", "name_three", "initials_two", "initials_three")
"""Columns by which a name is found."""
UNTOLD = frozenset({"batch_id"})
"""Columns that say how a row came in, not what it says."""


@dataclass(frozen=True)
class Recorded:
    """How changes of one model are remembered: the table's name, who it speaks of, its sealed columns as the vault calls them.

    `found_by` are columns computed from a sealed one (hashes, search keys): they change with it and are not remembered apart.
    """

    table: str
    person: str = "worker_id"
    sealed: Mapping[str, str] = field(default_factory=dict)
    found_by: frozenset[str] = frozenset()


RECORDED: Mapping[type[fields.Model], Recorded] = {
    models.Worker: Recorded(tables.WORKERS.name),
    models.Identity: Recorded(
        tables.IDENTITY.name,
        sealed={"name_sealed": "name", "number_sealed": "identity_number", "phone_sealed": "phone"},
        found_by=frozenset({"number_hash", "phone_hash", *SEARCHED}),
    ),
    models.IdentityDocument: Recorded(
        "registry.identity_documents", sealed={"number_sealed": "number"}, found_by=frozenset({"number_hash"})
    ),
    models.Certificate: Recorded(tables.CERTIFICATES.name),
    models.CertificateNumber: Recorded(
        tables.CERTIFICATE_NUMBERS.name, "certificate.worker_id", {"number_sealed": "number"}, frozenset({"number_hash"})
    ),
    models.ClaimedCertificate: Recorded(
        "registry.claimed_certificates", sealed={"number_sealed": "number"}, found_by=frozenset({"number_hash"})
    ),
    models.EmploymentSpell: Recorded(tables.EMPLOYMENT.name),
    models.InsuranceSpell: Recorded(tables.INSURANCE.name),
    models.ReportedFact: Recorded("registry.reported_facts"),
    models.Organisation: Recorded(tables.ORGANISATIONS.name, ""),
}
"""Every model whose rows say something about somebody and may be put right."""


def supersede(*, row: fields.Model, changes: Mapping[str, Any], now: datetime, batch: int | None = None) -> tuple[str, ...]:
    """Changes a recorded row and keeps what it said; the columns that changed, none where it said all this already.

    `changes` names columns as the model's attributes do (`residence_id`, `name_sealed`). The row is read again under a lock, so
    that of two who change it at once each remembers what the other wrote; `row` itself is brought up to date. The caller checks
    that the change is allowed and records the event.
    """
    model = type(row)
    with transaction.atomic():
        held = model._default_manager.select_for_update().get(pk=row.pk)
        changed = {name: value for name, value in changes.items() if not _same(held, name, value)}
        if changed:
            models.Superseded.objects.bulk_create(superseded_rows(before=[(held, changed)], now=now, batch=batch))
            models.FormerName.objects.bulk_create(former_names(before=[(held, changed)], now=now, batch=batch))
            model._default_manager.filter(pk=row.pk).update(**changed)
    for name, value in changed.items():
        setattr(row, name, value)
    return tuple(sorted(changed.keys() - RECORDED[model].found_by))


def superseded_rows(
    *, before: Iterable[tuple[fields.Model, Mapping[str, Any]]], now: datetime, batch: int | None = None
) -> list[models.Superseded]:
    """What to keep of rows that a bulk verb is about to change, for one `bulk_create` in the transaction of the change.

    Each pair is a row as it stands, locked by the caller, and its changes by attribute; what is equal is left out. A sealed
    column counts as changed when it is named: the caller has compared its hash.
    """
    return [kept for row, changes in before for kept in _kept(row, changes, now, batch)]


def former_names(
    *, before: Iterable[tuple[fields.Model, Mapping[str, Any]]], now: datetime, batch: int | None = None
) -> list[models.FormerName]:
    """What keeps people findable by the names they had, where a bulk verb is about to change some; beside `superseded_rows`."""
    return [
        models.FormerName(
            worker_id=row.pk,
            name_sealed=bytes(row.name_sealed),
            until=now,
            batch_id=batch,
            **{word: getattr(row, word) for word in SEARCHED},
        )
        for row, changes in before
        if isinstance(row, models.Identity) and "name_sealed" in changes
    ]


def opened(row: models.Superseded) -> str | None:
    """What the column said, in plain words; only for those who may know it."""
    if row.value_sealed is None:
        said: str | None = row.value
        return said
    return models.vault().open(row.table, row.column, row.row, row.value_sealed)


def _kept(row: fields.Model, changes: Mapping[str, Any], now: datetime, batch: int | None) -> Iterable[models.Superseded]:
    how = RECORDED[type(row)]
    for name in changes:
        was = getattr(row, name)
        if name in how.found_by or name in UNTOLD or (name not in how.sealed and was == changes[name]):
            continue
        sealed = name in how.sealed
        yield models.Superseded(
            table=how.table,
            row=row.pk,
            worker_id=_person(row, how.person),
            column=how.sealed.get(name, name),
            value=None if sealed or was is None else _text(was),
            value_sealed=bytes(was) if sealed and was is not None else None,
            until=now,
            batch_id=batch,
        )


def _person(row: Any, path: str) -> int | None:
    for name in filter(None, path.split(".")):
        row = getattr(row, name)
    return row if path else None


def _text(value: object) -> str:
    """A plain value in one spelling: dates as ISO, truth as `true` and `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _same(row: fields.Model, name: str, value: Any) -> bool:
    """Whether the column says this already; two sealed values are compared by what they hold."""
    was, how = getattr(row, name), RECORDED[type(row)]
    if name not in how.sealed or was is None or value is None:
        return bool(was == value)
    vault, cell = models.vault(), (how.table, how.sealed[name], row.pk)
    return vault.open(*cell, was) == vault.open(*cell, value)
