"""What is on record of the people a chunk of rows speaks of: a few questions for the whole chunk, none for a single row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db import connection

from guildhall.office import bulk
from guildhall.registry import tables
from guildhall.registry.engine.decisions import Claim, Numbers, Person, Staged, Stay
from guildhall.registry.models import (
    Alias,
    Certificate,
    CertificateNumber,
    ClaimedCertificate,
    EmploymentSpell,
    Identity,
    IdentityDocument,
    ImportBatch,
    InsuranceSpell,
    Worker,
    vault,
)
from guildhall.registry.models.sealed import TABLE
from guildhall.registry.operations.imports.settled import Value, settled
from guildhall.registry.queries.merged import leaders
from guildhall.registry.queries.scope import seen_among
from guildhall.web.viewer import Viewer

EARLIER = "earlier_identity_number"
P = TypeVar("P")


@dataclass(frozen=True)
class Hashed:
    """Rows and the keyed hashes of their numbers, in the same order; made before any lock is held."""

    rows: Sequence[Staged]
    numbers: list[bytes]
    phones: list[bytes | None]
    certificates: list[bytes | None]

    @classmethod
    def of(cls, rows: Sequence[Staged]) -> Hashed:
        """The hashes of a chunk."""
        held = vault()
        return cls(
            rows,
            [number for number in held.keyed_hashes("identity_number", [row.identity_number for row in rows]) if number],
            held.keyed_hashes("phone", [row.phone for row in rows]),
            held.keyed_hashes("certificate_number", [row.certificate_number for row in rows]),
        )


@dataclass
class Recorded:
    """People on record by the hash of their number, and who holds the certificates that rows name."""

    people: dict[bytes, Person] = field(default_factory=dict)
    held: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    merged: dict[int, list[int]] = field(default_factory=dict)

    def records_of(self, worker: int) -> list[int]:
        """Every record of a person: the leading one and those merged into it."""
        return [worker, *self.merged.get(worker, ())]

    def numbers(self, phone: bytes | None, certificate: bytes | None) -> Numbers:
        """The hashes of a row, and who holds its certificate."""
        return Numbers(phone, certificate, self.held.get(certificate) if certificate else None)


@dataclass(frozen=True)
class Whose:
    """For whom people are looked up: the organisation, the imports of it, the day its file speaks of, and who brings it on which day."""

    organisation: int
    own: frozenset[int]
    as_of: str
    by: Viewer
    today: date

    @classmethod
    def of(cls, batch: ImportBatch, by: Viewer, today: date) -> Whose:
        """That of a batch."""
        assert batch.organisation_id is not None
        own = ImportBatch.objects.filter(organisation_id=batch.organisation_id).values_list("pk", flat=True)
        return cls(batch.organisation_id, frozenset(own), batch.as_of.isoformat() if batch.as_of else "", by, today)


def recorded(hashed: Hashed, whose: Whose, *, lock: bool) -> Recorded:
    """Everybody on record whom the rows name. With `lock` nobody else changes them until the transaction ends."""
    keys = keys_of(list(dict.fromkeys(hashed.numbers)))
    workers = sorted(set(keys.values()))
    if lock:
        hold(workers)
    people = _people(workers)
    records, merged = records_of(people)
    if whose.by.role != "employer":
        for record in seen_among(whose.by, records, whose.today):
            records[record].known = True
    kept = settled(records, whose.as_of)
    for worker, person in people.items():
        person.settled = {column for column in OF_A_PERSON if (OF_A_PERSON[column], worker, column) in kept}
    _add_stays(records, whose, kept)
    _add_insurance(records, whose)
    _add_claims(records, whose)
    certificates = list(dict.fromkeys(filter(None, hashed.certificates)))
    return Recorded({number: people[worker] for number, worker in keys.items()}, _held(certificates), merged)


def hold(workers: Sequence[int]) -> None:
    """Lets nobody else change these people until the transaction ends; in the order of their keys, given so."""
    if workers and connection.vendor == "postgresql":
        list(Worker.objects.select_for_update().filter(pk__in=workers).order_by("pk").values_list("pk", flat=True))


def keys_of(numbers: list[bytes]) -> dict[bytes, int]:
    """The record of each number that is known: by the number of today or an earlier one, and past any merger of records."""
    found = {bytes(number): worker for worker, number in bulk.found(Identity, ["worker_id", "number_hash"], "number_hash", numbers)}
    rest = [number for number in numbers if number not in found]
    documents = bulk.found(IdentityDocument, ["worker_id", "number_hash", "kind", "ended_at"], "number_hash", rest) if rest else ()
    found |= {bytes(number): worker for worker, number, kind, ended in documents if kind == EARLIER and ended is None}
    into = leaders(set(found.values()))
    return {number: into[worker] for number, worker in found.items()}


def _people(workers: Sequence[int]) -> dict[int, Person]:
    open_, found = vault().open, dict[int, Person]()
    known = bulk.found(Worker, ["worker_id", "education", "migrant", "standing", "residence", "batch_id"], "worker_id", workers)
    identities = {row[0]: row for row in bulk.found(Identity, ["worker_id", "name_sealed", "phone_hash"], "worker_id", workers)}
    for worker, education, migrant, standing, residence, batch in known:
        _, name, phone = identities[worker]
        found[worker] = Person(
            worker,
            open_(TABLE, "name", worker, name),
            bytes(phone) if phone is not None else None,
            education,
            migrant,
            standing,
            residence,
            brought=batch,
        )
    return found


def records_of(people: Mapping[int, P]) -> tuple[dict[int, P], dict[int, list[int]]]:
    """Every record of these people and whose it is; and the records merged into each leading one."""
    merged: dict[int, list[int]] = {}
    for record, into in bulk.found(Alias, ["worker_id", "merged_into_id"], "merged_into_id", sorted(people)):
        merged.setdefault(into, []).append(record)
    return dict(people) | {record: people[into] for into, records in merged.items() for record in records}, merged


OF_A_PERSON = {"name": TABLE, "phone": TABLE} | dict.fromkeys(("education", "migrant", "residence"), tables.WORKERS.name)
FROM_FILES = ("started_on", "ended_on", "occupation", "contract")
STAY = ["spell_id", "worker_id", "organisation_id", "started_on", "ended_on", "occupation", "contract", "batch_id", "doubtful", "denied_at"]


def _add_stays(people: dict[int, Person], whose: Whose, kept: frozenset[Value]) -> None:
    employer = whose.by.role == "employer"
    for key, worker, organisation, start, end, occupation, contract, batch, doubtful, denied in _ordered(EmploymentSpell, STAY, people):
        person, lasts = people[worker], (end is None or end > whose.as_of) and denied is None
        if organisation == whose.organisation:
            fixed = {column for column in FROM_FILES if (tables.EMPLOYMENT.name, key, column) in kept}
            person.stays.append(Stay(key, start, end, occupation, contract, fixed, bool(doubtful or denied)))
            person.known = person.known or employer and lasts and not doubtful
            own = person.brought in whose.own and (batch == person.brought or not doubtful)
            person.trusted = person.trusted or lasts and (batch is None or own)
        elif lasts and start <= whose.as_of:
            person.elsewhere = True


def _add_insurance(people: dict[int, Person], whose: Whose) -> None:
    """When the organisation paid insurance."""
    columns = ["worker_id", "organisation_id", "started_on", "ended_on"]
    for worker, organisation, begun, over in bulk.found(InsuranceSpell, columns, "worker_id", sorted(people)):
        if organisation == whose.organisation:
            people[worker].paid = (*people[worker].paid, (begun, over))


CLAIM = ["id", "worker_id", "said_by_id", "number_hash", "level", "occupation", "issued_on", "confirmed_id"]


def _add_claims(people: dict[int, Person], whose: Whose) -> None:
    """Claims by number, whoever made them; those without a number only where this organisation made them."""
    for key, worker, organisation, number, level, occupation, issued, confirmed in _ordered(ClaimedCertificate, CLAIM, people):
        if number is not None or organisation == whose.organisation:
            claims = people[worker].claims
            claims[bytes(number) if number is not None else None] = Claim(key, level, occupation, issued, confirmed)


def _ordered(model: type[EmploymentSpell | ClaimedCertificate], columns: list[str], people: dict[int, Person]) -> Iterable[tuple[Any, ...]]:
    """Rows of these people by key, so that the same rows are met in the same order on either database."""
    return sorted(bulk.found(model, columns, "worker_id", sorted(people)), key=lambda row: row[0])


def _held(numbers: list[bytes]) -> dict[bytes, tuple[int, int]]:
    """Who holds the certificates of these numbers, by the issuing authorities' records: (certificate, worker)."""
    keys = {
        certificate: bytes(number)
        for certificate, number in bulk.found(CertificateNumber, ["certificate_id", "number_hash"], "number_hash", numbers)
    }
    holders = dict(bulk.found(Certificate, ["certificate_id", "worker_id"], "certificate_id", sorted(keys)))
    into = leaders(set(holders.values()))
    return {keys[certificate]: (certificate, into[worker]) for certificate, worker in holders.items()}
