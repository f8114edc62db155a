"""What a chunk does, written: whole columns at a time, what was said before kept beside each change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import models as rows

from guildhall.office import bulk
from guildhall.registry.models import (
    ClaimedCertificate,
    EmploymentSpell,
    FormerName,
    Identity,
    ImportBatch,
    Superseded,
    Worker,
    identity_fields,
    sealed_identity,
    vault,
)
from guildhall.registry.operations.history import former_names, superseded_rows
from guildhall.registry.operations.imports.deciding import Plan

CLAIMS = "registry.claimed_certificates"


def write(plan: Plan, batch: ImportBatch, now: datetime) -> None:
    """Adds and changes the rows of a chunk. Call it inside the transaction that moves the checkpoint."""
    _add_people(plan, batch)
    _add_stays(plan, batch)
    _add_claims(plan, batch)
    change(Worker, plan.workers, batch, now)
    change(Identity, {key: identity_fields(key, **values) for key, values in plan.identities.items()}, batch, now)
    change(EmploymentSpell, plan.stay_changes, batch, now)
    change(ClaimedCertificate, plan.claim_changes, batch, now)


def _add_people(plan: Plan, batch: ImportBatch) -> None:
    """New people; identities in the order of their hashes, so that two officers on PostgreSQL never wait for each other in a circle."""
    if not plan.people:
        return
    people = sorted(plan.people, key=lambda entry: entry[2])
    keys = [worker for _, worker, _, _ in people]
    rows = [row for row, _, _, _ in people]
    columns = {
        "worker_id": pa.array(keys, pa.int64()),
        "birth_month": [row.birth_month for row in rows],
        "sex": [row.sex for row in rows],
        "education": [row.education or "unknown" for row in rows],
        "migrant": [row.migrant or "unknown" for row in rows],
        "standing": ["worker"] * len(rows),
        "residence": [row.residence or plan.home for row in rows],
        "weight": pa.array([1] * len(rows), pa.int64()),
        "batch_id": pa.array([batch.pk] * len(rows), pa.int64()),
    }
    bulk.insert(Worker, pa.table(columns))
    numbers = [row.identity_number for row in rows]
    hashed = [number for _, _, number, _ in people], [phone for _, _, _, phone in people]
    bulk.insert(Identity, sealed_identity(keys, [row.name for row in rows], numbers, [row.phone for row in rows], hashed=hashed))


def _add_stays(plan: Plan, batch: ImportBatch) -> None:
    if not plan.stays:
        return
    workers, stays = zip(*plan.stays, strict=True)
    columns = {
        "worker_id": pa.array(workers, pa.int64()),
        "organisation_id": pa.array([batch.organisation_id] * len(stays), pa.int64()),
        "occupation": pa.array([stay.occupation for stay in stays], pa.string()),
        "contract": [stay.contract for stay in stays],
        "started_on": [stay.started_on for stay in stays],
        "ended_on": pa.array([stay.ended_on for stay in stays], pa.string()),
        "doubtful": pa.array([stay.doubtful for stay in stays], pa.bool_()),
        "batch_id": pa.array([batch.pk] * len(stays), pa.int64()),
    }
    bulk.insert(EmploymentSpell, pa.table(columns))


def _add_claims(plan: Plan, batch: ImportBatch) -> None:
    """Claims, each number sealed for the key its row will have."""
    if not plan.claims:
        return
    keys = bulk.allocate(ClaimedCertificate, len(plan.claims))
    workers, numbers, hashes, claims = zip(*plan.claims, strict=True)
    columns = {
        "id": pa.array(keys, pa.int64()),
        "worker_id": pa.array(workers, pa.int64()),
        "number_sealed": pa.array(vault().seal_column(CLAIMS, "number", keys, numbers), pa.binary()),
        "number_hash": pa.array(hashes, pa.binary()),
        "level": [claim.level for claim in claims],
        "occupation": pa.array([claim.occupation for claim in claims], pa.string()),
        "issued_on": pa.array([claim.issued_on for claim in claims], pa.string()),
        "said_by_id": pa.array([batch.organisation_id] * len(claims), pa.int64()),
        "confirmed_id": pa.array([claim.confirmed_id for claim in claims], pa.int64()),
        "batch_id": pa.array([batch.pk] * len(claims), pa.int64()),
    }
    bulk.insert(ClaimedCertificate, pa.table(columns))


def change(model: type[rows.Model], changes: Mapping[int, Mapping[str, Any]], batch: ImportBatch, now: datetime) -> None:
    """Changes rows, and keeps what they said."""
    if not changes:
        return
    attribute = {field.column: field.attname for field in model._meta.concrete_fields}
    held = model._default_manager.in_bulk(list(changes))
    before = [(held[key], {attribute[column]: value for column, value in values.items()}) for key, values in sorted(changes.items())]
    Superseded.objects.bulk_create(superseded_rows(before=before, now=now, batch=batch.pk), batch_size=500)
    if model is Identity:
        FormerName.objects.bulk_create(former_names(before=before, now=now, batch=batch.pk), batch_size=500)
    bulk.update(model, changes)
