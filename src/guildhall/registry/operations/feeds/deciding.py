"""A chunk of a feed beside what is on record: a few questions for the whole chunk, then each row decided, then all of it written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from guildhall.office import bulk
from guildhall.registry.engine.cells.findings import CellFault
from guildhall.registry.engine.decisions import OUTCOMES, REJECTED
from guildhall.registry.engine.feeds.decisions import (
    APPOINTED,
    NOT_ON_RECORD,
    NOTES,
    REPORTED,
    Claim,
    Decision,
    Fact,
    Held,
    Known,
    Paper,
    Rules,
    Spell,
    StagedRow,
    decide,
    not_on_record,
    told,
)
from guildhall.registry.engine.identity import masked
from guildhall.registry.models import (
    Certificate,
    CertificateNumber,
    ClaimedCertificate,
    Identity,
    ImportBatch,
    InsuranceSpell,
    Organisation,
    ReportedFact,
    vault,
)
from guildhall.registry.models.sealed import TABLE
from guildhall.registry.models.staged import Outcome
from guildhall.registry.operations.imports.recorded import hold, keys_of, records_of
from guildhall.registry.operations.imports.writing import change
from guildhall.registry.queries.feeds import day_of
from guildhall.registry.queries.merged import leaders

NUMBERS = "registry.certificate_numbers"


@dataclass(frozen=True)
class Hashed:
    """Rows and the keyed hashes of their numbers, in the same order; made before any lock is held."""

    rows: Sequence[StagedRow]
    numbers: list[bytes]
    certificates: list[bytes | None]

    @classmethod
    def of(cls, rows: Sequence[StagedRow]) -> Hashed:
        """The hashes of a chunk."""
        held = vault()
        people = held.keyed_hashes("identity_number", [row.identity_number for row in rows])
        papers = held.keyed_hashes("certificate_number", [row.values.get("certificate_number") for row in rows])
        return cls(rows, [number for number in people if number], papers)


@dataclass
class Recorded:
    """People on record by the hash of their number, and whose the certificates are that rows name."""

    people: dict[bytes, Known] = field(default_factory=dict)
    holders: dict[bytes, int] = field(default_factory=dict)


@dataclass
class Plan:
    """What a chunk does. Added things come with the person and the row; changes are {model: {key: {column: value}}}."""

    added: list[tuple[int, Fact | Spell | Paper, StagedRow]] = field(default_factory=list)
    numbered: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    changes: dict[Any, dict[int, dict[str, Any]]] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    rejected: list[tuple[StagedRow, tuple[CellFault, ...]]] = field(default_factory=list)
    only_there: int = 0

    def counts(self) -> Counter[str]:
        """Rows by outcome."""
        return Counter(OUTCOMES[outcome] for _, _, outcome, _, _ in self.outcomes)

    def noted(self) -> Counter[str]:
        """Rows by what was told of them."""
        return Counter(name for _, _, _, notes, _ in self.outcomes for bit, name in enumerate(NOTES) if notes & 1 << bit)


def rules_of(batch: ImportBatch) -> Rules:
    """What holds for a whole file."""
    assert batch.as_of is not None
    last = day_of(batch.kind)
    employers = Organisation.objects.filter(kind="enterprise").values_list("pk", flat=True) if batch.kind == "certificates" else ()
    return Rules(batch.kind, batch.as_of.isoformat(), bool(last and batch.as_of < last), frozenset(employers))


def recorded(hashed: Hashed, kind: str, *, lock: bool) -> Recorded:
    """Everybody on record whom the rows name, with what the feed is about. With `lock` nobody else changes them meanwhile."""
    keys = keys_of(list(dict.fromkeys(hashed.numbers)))
    workers = sorted(set(keys.values()))
    if lock:
        hold(workers)
    people = {
        worker: Known(worker, vault().open(TABLE, "name", worker, name))
        for worker, name in bulk.found(Identity, ["worker_id", "name_sealed"], "worker_id", workers)
        if name
    }
    records, _merged = records_of(people)
    _READ[kind](records)
    found = {number: people[worker] for number, worker in keys.items() if worker in people}
    return Recorded(found, _holders([number for number in dict.fromkeys(hashed.certificates) if number]))


def _add_facts(records: Mapping[int, Known]) -> None:
    columns = ["worker_id", "id", "kind", "detail", "organisation_id", "started_on", "ended_on", "as_of"]
    for worker, *said in sorted(bulk.found(ReportedFact, columns, "worker_id", sorted(records))):
        records[worker].facts.append(Fact(*said))


def _add_spells(records: Mapping[int, Known]) -> None:
    columns = ["worker_id", "spell_id", "scheme", "organisation_id", "started_on", "ended_on"]
    for worker, *said in sorted(bulk.found(InsuranceSpell, columns, "worker_id", sorted(records)), key=lambda row: row[1]):
        records[worker].spells.append(Spell(*said))


def _add_papers(records: Mapping[int, Known]) -> None:
    """Certificates with their numbers, and what employers claimed."""
    columns = ["worker_id", "certificate_id", "level", "occupation", "issuer_id", "issued_on", "valid_until"]
    rows = sorted(bulk.found(Certificate, columns, "worker_id", sorted(records)), key=lambda row: row[1])
    numbers = dict(bulk.found(CertificateNumber, ["certificate_id", "number_hash"], "certificate_id", [row[1] for row in rows]))
    for worker, key, *said in rows:
        number = numbers.get(key)
        records[worker].papers.append(Paper(key, bytes(number) if number is not None else None, *said))
    columns = ["worker_id", "id", "number_hash", "level", "occupation", "issued_on", "confirmed_id"]
    for worker, key, number, *said in sorted(bulk.found(ClaimedCertificate, columns, "worker_id", sorted(records)), key=lambda row: row[1]):
        records[worker].claims.append(Claim(key, bytes(number) if number is not None else None, *said))


_READ = {"certificates": _add_papers, "insurance": _add_spells} | dict.fromkeys(REPORTED, _add_facts)


def _holders(numbers: list[bytes]) -> dict[bytes, int]:
    """The person who holds each certificate, by its number."""
    known = bulk.found(CertificateNumber, ["certificate_id", "number_hash"], "number_hash", numbers)
    keys = {certificate: bytes(number) for certificate, number in known}
    holders = dict(bulk.found(Certificate, ["certificate_id", "worker_id"], "certificate_id", sorted(keys)))
    into = leaders(set(holders.values()))
    return {keys[certificate]: into[worker] for certificate, worker in holders.items()}


def planned(hashed: Hashed, known: Recorded, rules: Rules, columns: Mapping[str, str], keys: Iterator[int]) -> Plan:
    """Decides every row of a chunk, in order. `known` is left as the rows say."""
    plan = Plan()
    for row, number, certificate in zip(hashed.rows, hashed.numbers, hashed.certificates, strict=True):
        person = known.people.get(number)
        held = Held(certificate, known.holders.get(certificate) if certificate else None)
        made = decide(row, person, held, rules, lambda: next(keys)) if person else not_on_record()
        worker = person.worker if person and made.outcome != REJECTED else 0
        plan.outcomes.append((worker, row.number, made.outcome, made.notes, bytes.fromhex(row.digest)))
        if made.faults:
            value = masked(row.identity_number)
            plan.rejected.append((row, tuple(told(fault, columns, value) for fault in made.faults)))
            plan.only_there += made.faults[0].code == NOT_ON_RECORD
        elif certificate:
            known.holders[certificate] = worker
        _gather(plan, worker, row, made, certificate)
    return plan


def _gather(plan: Plan, worker: int, row: StagedRow, made: Decision, certificate: bytes | None) -> None:
    if made.seen is not None:
        plan.seen.append(made.seen)
    if made.added:
        plan.added.append((worker, made.added, row))
    for thing, changed in made.changes:
        said = dict(changed)
        if isinstance(thing, Paper):
            if said.pop("number", None) or thing.new:
                plan.numbered[thing.key] = row.values["certificate_number"], certificate or b""
            if "level" in said:
                said["kind"] = _kind(said["level"])
        is_new = thing.key is None or (isinstance(thing, Paper) and thing.new)
        if said and not is_new:  # what is new is written as it stands when the chunk has been decided
            plan.changes.setdefault(MODELS[type(thing)], {}).setdefault(thing.key or 0, {}).update(said)


MODELS: dict[type, Any] = {Fact: ReportedFact, Spell: InsuranceSpell, Paper: Certificate, Claim: ClaimedCertificate}


def _kind(level: str) -> str:
    return "appointment" if level in APPOINTED else "skill_level"


def write(plan: Plan, batch: ImportBatch, rules: Rules, now: datetime) -> None:
    """Adds and changes the rows of a chunk. Call it inside the transaction that moves the checkpoint."""
    _add(plan, batch)
    _add_numbers(plan)
    for model in (Certificate, InsuranceSpell, ReportedFact, ClaimedCertificate):
        change(model, plan.changes.get(model, {}), batch, now)
    said_again(plan, rules)


def said_again(plan: Plan, rules: Rules) -> None:
    """Moves the day on which facts were last said; what they say stays as it was, so nothing is superseded."""
    ReportedFact.objects.filter(pk__in=plan.seen, as_of__lt=rules.as_of).update(as_of=rules.as_of)


def _add(plan: Plan, batch: ImportBatch) -> None:
    facts = [(worker, thing) for worker, thing, _ in plan.added if isinstance(thing, Fact)]
    spells = [(worker, thing) for worker, thing, _ in plan.added if isinstance(thing, Spell)]
    papers = [(worker, thing, row) for worker, thing, row in plan.added if isinstance(thing, Paper)]
    if facts:
        names = ("kind", "detail", "organisation_id", "started_on", "ended_on", "as_of")
        bulk.insert(ReportedFact, _table(facts, names, batch))
    if spells:
        bulk.insert(InsuranceSpell, _table(spells, ("scheme", "organisation_id", "started_on", "ended_on"), batch))
    if papers:
        names = ("level", "occupation", "issuer_id", "source", "issued_on", "valid_until")
        rows = _table([(worker, thing) for worker, thing, _ in papers], names, batch)
        keys = pa.array([thing.key for _, thing, _ in papers], pa.int64())
        kinds = pa.array([_kind(thing.level) for _, thing, _ in papers])
        bulk.insert(Certificate, rows.append_column("certificate_id", keys).append_column("kind", kinds))
        for _, thing, row in papers:
            plan.numbered[thing.key] = row.values["certificate_number"], thing.number or b""


def _table(things: Sequence[tuple[int, Any]], names: Sequence[str], batch: ImportBatch) -> pa.Table:
    columns = {
        name: pa.array([getattr(thing, name) for _, thing in things], pa.int64() if name.endswith("_id") else pa.string()) for name in names
    }
    workers = pa.array([worker for worker, _ in things], pa.int64())
    return pa.table({"worker_id": workers, **columns, "batch_id": pa.array([batch.pk] * len(things), pa.int64())})


def _add_numbers(plan: Plan) -> None:
    """What is printed on certificates, sealed for the key of each."""
    if not plan.numbered:
        return
    keys = sorted(plan.numbered, key=lambda key: plan.numbered[key][1])
    columns = {
        "certificate_id": pa.array(keys, pa.int64()),
        "number_sealed": pa.array(vault().seal_column(NUMBERS, "number", keys, [plan.numbered[key][0] for key in keys]), pa.binary()),
        "number_hash": pa.array([plan.numbered[key][1] for key in keys], pa.binary()),
    }
    bulk.insert(CertificateNumber, pa.table(columns))
