"""A chunk of staged rows beside what is on record: what each row does, gathered into what is to be written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guildhall.kernel.territory import Edge
from guildhall.registry import tables
from guildhall.registry.engine.decisions import (
    ACCEPTED,
    NOTES,
    OUTCOMES,
    REJECTED,
    Claim,
    Decision,
    Person,
    Rules,
    Staged,
    Stay,
    decide,
    newcomer,
    told,
)
from guildhall.registry.engine.roster import CellFault
from guildhall.registry.models import ImportBatch, Place, PlaceParent
from guildhall.registry.models.staged import Outcome
from guildhall.registry.operations.imports.recorded import Hashed, Recorded
from guildhall.registry.queries.feeds import day_of

Keys = Callable[[int], Iterator[int]]
"""Gives as many keys for new people as asked for."""


@dataclass
class Plan:
    """What a chunk does, in columns of the database. Changes are {key: {column: value}}.

    `people` are new: row, key, hashes of number and phone. `stays` and `claims` come with the person, claims also with number and hash.
    `leavers` are those who no longer work for the organisation from a day on.
    """

    home: str
    people: list[tuple[Staged, int, bytes, bytes | None]] = field(default_factory=list)
    stays: list[tuple[int, Stay]] = field(default_factory=list)
    claims: list[tuple[int, str | None, bytes | None, Claim]] = field(default_factory=list)
    workers: dict[int, dict[str, Any]] = field(default_factory=dict)
    identities: dict[int, dict[str, Any]] = field(default_factory=dict)
    stay_changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    claim_changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    rejected: list[tuple[Staged, tuple[CellFault, ...]]] = field(default_factory=list)
    leavers: dict[str, set[int]] = field(default_factory=dict)

    def counts(self) -> Counter[str]:
        """Rows by outcome."""
        return Counter(OUTCOMES[outcome] for _, _, outcome, _, _ in self.outcomes)

    def noted(self) -> Counter[str]:
        """Rows by what was told of them."""
        tally = Counter(notes for _, _, _, notes, _ in self.outcomes)
        return Counter({name: sum(count for notes, count in tally.items() if notes & 1 << bit) for bit, name in enumerate(NOTES)})


def rules_of(batch: ImportBatch, *, officer: bool, today: date) -> Rules:
    """What holds for a whole batch. Someone of whose home a file says nothing lives in the city, in no township that was guessed."""
    edges = PlaceParent.objects.values_list("place_id", "parent_id", "relation", "valid_from", "valid_until")
    above = _above(Edge(*edge) for edge in edges)
    assert batch.as_of is not None
    insured_on = (day_of("insurance", today) or today).isoformat()
    return Rules(batch.as_of.isoformat(), officer, city_of(batch.place, above), above, frozenset(tables.CERTIFIED), insured_on)


def _above(edges: Iterator[Edge]) -> dict[str, frozenset[str]]:
    """Every place a place has ever lain in, at any depth."""
    parents: dict[str, set[str]] = {}
    for edge in edges:
        parents.setdefault(edge.place_id, set()).add(edge.parent_id)
    found: dict[str, frozenset[str]] = {}

    def climb(place: str) -> frozenset[str]:
        if place not in found:
            found[place] = frozenset()
            found[place] = frozenset(parents.get(place, ())).union(*(climb(parent) for parent in parents.get(place, ())))
        return found[place]

    return {place: climb(place) for place in parents}


def city_of(place: str, above: Mapping[str, frozenset[str]]) -> str:
    """The city a place lies in."""
    cities = set(Place.objects.filter(kind="city").values_list("pk", flat=True))
    return min(cities & {place, *above.get(place, ())}, default=None) or min(cities, default=place)


def planned(hashed: Hashed, known: Recorded, rules: Rules, columns: Mapping[str, str], keys: Keys) -> Plan:
    """Decides every row of a chunk, in order. `known` is left as the rows say."""
    plan = Plan(rules.home)
    fresh = keys(len(set(hashed.numbers) - known.people.keys()))
    for row, number, phone, certificate in zip(hashed.rows, hashed.numbers, hashed.phones, hashed.certificates, strict=True):
        person = known.people.get(number) or newcomer(row, 0, phone, rules)
        begun = person.new
        made = decide(row, person, known.numbers(phone, certificate), rules)
        if begun and made.outcome == ACCEPTED:
            person.worker = next(fresh)
            known.people[number] = person
            plan.people.append((row, person.worker, number, phone))
        if made.faults:
            plan.rejected.append((row, tuple(told(fault, columns, row) for fault in made.faults)))
        _note(plan, row, person, made, certificate)
        if left := _left_on(person, made):
            plan.leavers.setdefault(left, set()).update(known.records_of(person.worker))
    return plan


def _left_on(person: Person, made: Decision) -> str:
    """The first day on which someone whose spell was ended works for the organisation no more; empty where they still do."""
    if not made.stay or not made.stay.ended_on or (made.stay_changes and "ended_on" not in made.stay_changes):
        return ""
    return "" if any(stay.overlaps(made.stay.ended_on, None) for stay in person.stays) else made.stay.ended_on


def _note(plan: Plan, row: Staged, person: Person, made: Decision, certificate: bytes | None) -> None:
    """Gathers what one row does."""
    worker = 0 if made.outcome == REJECTED else person.worker
    plan.outcomes.append((worker, row.number, made.outcome, made.notes, bytes.fromhex(row.digest)))
    if made.worker:
        plan.workers.setdefault(worker, {}).update(made.worker)
    if made.identity:
        plan.identities.setdefault(worker, {}).update(made.identity)
    if made.stay:
        _gather(plan.stays, plan.stay_changes, (worker, made.stay), made.stay, made.stay_changes)
    if made.claim:
        _gather(plan.claims, plan.claim_changes, (worker, row.certificate_number, certificate, made.claim), made.claim, made.claim_changes)


def _gather(new: list[Any], changes: dict[int, dict[str, Any]], entry: Any, held: Stay | Claim, changed: dict[str, Any]) -> None:
    """Something new is written as it stands when the chunk is decided; something on record has its changed columns gathered."""
    if not changed:
        new.append(entry)
    elif held.key is not None:
        changes.setdefault(held.key, {}).update(changed)
