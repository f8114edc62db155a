"""One person's record as a page shows it: who, the level and how it came about, history, sources, and what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from guildhall.kernel.territory import holds
from guildhall.registry import tables
from guildhall.registry.engine import minors
from guildhall.registry.engine.identity import masked
from guildhall.registry.models import (
    Alias,
    Certificate,
    ClaimedCertificate,
    EmploymentSpell,
    FormerName,
    Identity,
    IdentityDocument,
    ImportBatch,
    InsuranceSpell,
    LoadBatch,
    Organisation,
    Place,
    ReportedFact,
    Worker,
    vault,
)
from guildhall.registry.queries import changes, responsible_today, scope
from guildhall.registry.queries.merged import leader, led_by
from guildhall.registry.queries.people.fields import ALL, GRADUATIONS, OWN, PART_OF_COLUMN, PART_OF_TABLE, UNCONFIRMED, shown_of, shown_to
from guildhall.registry.queries.people.rows import IDENTITY, age_on, opened
from guildhall.registry.queries.people.walk import ORDINALS
from guildhall.registry.queries.records import no_such_person
from guildhall.registry.queries.vouched import UNDENIED
from guildhall.web.viewer import Viewer

RECORDED = {
    Certificate: tables.CERTIFICATES.name,
    ClaimedCertificate: "registry.claimed_certificates",
    EmploymentSpell: tables.EMPLOYMENT.name,
    InsuranceSpell: tables.INSURANCE.name,
    ReportedFact: "registry.reported_facts",
}
"""The tables by which changes of rows are remembered."""
CERTIFICATE_NUMBERS, CLAIMS, DOCUMENTS = tables.CERTIFICATE_NUMBERS.name, "registry.claimed_certificates", "registry.identity_documents"


@dataclass(frozen=True)
class Origin:
    """Where a row comes from: the file or load, and the day its content speaks of."""

    name: str
    kind: str
    as_of: date | None


@dataclass(frozen=True)
class Source:
    """Where what is said today comes from: the row's origin and, where it was changed since, when and by which file; by an officer where
    that is None.
    """

    origin: Origin
    changed_at: datetime | None = None
    changed_by: Origin | None = None


@dataclass(frozen=True)
class Held:
    """A certificate or an appointment. `state` is `decides` (the level), `holds`, `ended` or `to_come`."""

    row: Certificate
    number: str
    state: str
    source: Source


@dataclass(frozen=True)
class Claimed:
    """A certificate that an employer's roster names; it decides nothing until an issuer confirms it."""

    row: ClaimedCertificate
    number: str
    source: Source


@dataclass(frozen=True)
class Job:
    """A spell of employment or of insurance, or what another authority reports. What the person denies does not last."""

    row: Any
    lasts: bool
    source: Source


@dataclass(frozen=True)
class Paper:
    """Another document by which the person is known, its number masked."""

    row: IdentityDocument
    number: str


@dataclass(frozen=True)
class Record:
    """One of the records that are the same person."""

    worker_id: int
    name: str
    number: str
    leads: bool
    merged_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Past:
    """What a part of the record said until a moment."""

    part: str
    column: str
    value: str | None
    place: Place | None
    until: datetime
    origin: Origin | None


@dataclass(frozen=True)
class Person:
    """Everything of one person that the viewer's role is shown; parts it is not shown are empty. `shown` names those it is.

    `origin` is where the record itself comes from, `changed` says of its parts that were changed since by whom that was.

    `confirmed` is false where an employer is shown no more than its own roster said.
    """

    worker: Worker
    shown: frozenset[str]
    name: str
    number: str
    phone: str
    age: int
    level: str
    certificates: tuple[Held, ...] = ()
    claims: tuple[Claimed, ...] = ()
    employment: tuple[Job, ...] = ()
    insurance: tuple[Job, ...] = ()
    reported: tuple[Job, ...] = ()
    documents: tuple[Paper, ...] = ()
    former_names: tuple[tuple[str, datetime], ...] = ()
    records: tuple[Record, ...] = ()
    past: tuple[Past, ...] = ()
    responsible: Place | None = None
    origin: Origin | None = None
    changed: Mapping[str, Source] = field(default_factory=dict)
    confirmed: bool = True

    @property
    def is_minor(self) -> bool:
        return "birth" in self.shown and self.age < minors.OF_AGE

    @property
    def employers(self) -> tuple[Organisation, ...]:
        """Whom the person works for now, as far as shown."""
        return tuple({job.row.organisation_id: job.row.organisation for job in self.employment if job.lasts}.values())


def person(viewer: Viewer, worker_id: int, today: date) -> Person:
    """One person by any of the records that are theirs. Raises NotFound for whom the viewer may not see."""
    shown = shown_to(viewer)
    worker = scope.people(viewer, today).filter(pk=leader(worker_id)).select_related("residence", "identity").first()
    if worker is None or "name" not in shown:
        raise no_such_person()
    return _Reader(viewer, worker, today, shown_of(viewer, [worker.pk], today)[worker.pk]).read()


@dataclass
class _Reader:
    """Reads the parts of one record that a role is shown."""

    viewer: Viewer
    worker: Worker
    today: date
    shown: Mapping[str, str]
    records: tuple[int, ...] = ()
    origins: dict[int | None, Origin] = field(default_factory=dict)

    def read(self) -> Person:
        self.records = led_by(self.worker.pk)
        who = opened(self.worker.identity)
        certificates = self._certificates() if "level" in self.shown or "certificates" in self.shown else ()
        jobs = self._jobs(EmploymentSpell, "employment")
        return Person(
            self.worker,
            frozenset(self.shown),
            who.name,
            number=masked(who.number) if "number" in self.shown else "",
            phone=masked(who.phone) if "phone" in self.shown else "",
            age=age_on(self.worker, who.number, self.today),
            level=self._level(certificates),
            certificates=certificates if "certificates" in self.shown else (),
            claims=tuple(self._claims()),
            employment=jobs,
            insurance=self._jobs(InsuranceSpell, "insurance"),
            reported=self._jobs(ReportedFact, "reported"),
            documents=tuple(self._documents()),
            former_names=tuple(self._former_names()),
            records=tuple(self._records()),
            past=tuple(self._past()),
            responsible=responsible_today(self.viewer, self.worker.residence_id, self.today) if "residence" in self.shown else None,
            origin=self._origin(self.worker.batch_id) if self.shown is not UNCONFIRMED else None,
            changed=self._changed(),
            confirmed=self.shown is not UNCONFIRMED,
        )

    def _mine(self, rows: QuerySet[Any], part: str, organisation: str = "organisation_id") -> QuerySet[Any]:
        """The rows of this person, narrowed to the viewer's own organisation where no more is shown; none where the part is not."""
        how = self.shown.get(part)
        if not how:
            return rows.none()
        found = rows.filter(worker_id__in=self.records)
        if how == OWN:
            return found.filter(**{organisation: self.viewer.organisation or 0})
        return found.filter(kind="graduate") if how == GRADUATIONS else found

    def _certificates(self) -> tuple[Held, ...]:
        rows = list(Certificate.objects.filter(worker_id__in=self.records).select_related("issuer", "number").order_by("-issued_on", "-pk"))
        in_force = [row for row in rows if holds(row.issued_on, row.valid_until, self.today)]
        top = max((ORDINALS[row.level] for row in in_force), default=None)
        deciding = next((row for row in reversed(in_force) if ORDINALS[row.level] == top), None)
        return tuple(Held(row, self._number(row), _state(row, deciding, self.today), self._source(row)) for row in rows)

    def _number(self, row: Certificate) -> str:
        number = getattr(row, "number", None)
        return masked(vault().open(CERTIFICATE_NUMBERS, "number", row.pk, number.number_sealed)) if number else ""

    def _level(self, certificates: Iterable[Held]) -> str:
        """The level today: of the certificate that decides; L0 for an apprentice who holds none."""
        if "level" not in self.shown:
            return ""
        decided = next((held.row.level for held in certificates if held.state == "decides"), "")
        if decided:
            return decided
        spells = EmploymentSpell.objects.filter(UNDENIED, worker_id__in=self.records, contract="apprentice")
        lasting = any(holds(*ends, self.today) for ends in spells.values_list("started_on", "ended_on"))
        return tables.LEVELS[0] if lasting else ""

    def _claims(self) -> Iterator[Claimed]:
        rows = self._mine(ClaimedCertificate.objects.select_related("said_by", "confirmed"), "claims", "said_by_id").order_by("pk")
        for row in rows:
            number = masked(vault().open(CLAIMS, "number", row.pk, row.number_sealed)) if row.number_sealed else ""
            yield Claimed(row, number, self._source(row))

    def _jobs(self, model: Any, part: str) -> tuple[Job, ...]:
        rows = self._mine(model.objects.select_related("organisation"), part).order_by("-started_on", "-pk")
        if model is EmploymentSpell and self.viewer.role == "employer":
            rows = rows.filter(UNDENIED)
        return tuple(Job(row, self._lasts(row), self._source(row)) for row in rows)

    def _lasts(self, row: Any) -> bool:
        return holds(row.started_on, row.ended_on, self.today) and getattr(row, "denied_at", None) is None

    def _documents(self) -> Iterator[Paper]:
        for row in self._mine(IdentityDocument.objects.all(), "documents").order_by("ended_at", "pk"):
            yield Paper(row, masked(vault().open(DOCUMENTS, "number", row.pk, row.number_sealed)))

    def _former_names(self) -> Iterator[tuple[str, datetime]]:
        for row in self._mine(FormerName.objects.all(), "former_names").order_by("-until", "-pk"):
            yield vault().open(IDENTITY, "name", row.worker_id, row.name_sealed), row.until

    def _records(self) -> Iterator[Record]:
        """The records that were merged, where there is more than one."""
        if len(self.records) < 2 or "records" not in self.shown:
            return
        merged = {row.worker_id: row for row in Alias.objects.filter(worker_id__in=self.records)}
        rows = {row.pk: opened(row) for row in Identity.objects.filter(worker_id__in=self.records)}
        for key in self.records:
            alias = merged.get(key)
            told = (alias.merged_at, alias.reason) if alias else (None, "")
            yield Record(key, rows[key].name, masked(rows[key].number), alias is None, *told)

    def _past(self) -> Iterator[Past]:
        if "superseded" not in self.shown:
            return
        told = self.told
        homes = {change.said for change in told if change.column == "residence_id" and change.said}
        places = Place.objects.in_bulk(list(homes))
        for change in told:
            part = PART_OF_COLUMN.get((change.table, change.column)) or PART_OF_TABLE.get(change.table, "")
            if self.shown.get(part) == ALL:
                origin = self._origin(change.batch) if change.batch else None
                place = places.get(change.said or "") if change.column == "residence_id" else None
                yield Past(part, change.column, change.said, place, change.until, origin)

    @cached_property
    def told(self) -> list[changes.Change]:
        """What the records said before, the latest first."""
        return changes.of_records(self.records)

    @cached_property
    def latest(self) -> dict[tuple[str, int], changes.Change]:
        """The latest change of each row."""
        return {(change.table, change.row): change for change in reversed(self.told)}

    def _changed(self) -> dict[str, Source]:
        """The latest change of each part of the leading record that is shown whole; names are `name`."""
        found: dict[str, Source] = {}
        for change in self.told:
            part = PART_OF_COLUMN.get((change.table, change.column), "")
            part = "name" if part == "former_names" else part
            if "superseded" in self.shown and change.row == self.worker.pk and self.shown.get(part) == ALL:
                found.setdefault(part, self._as_changed(self._origin(self.worker.batch_id), change))
        return found

    def _source(self, row: Any) -> Source:
        """Where a row comes from, and who changed it since."""
        origin = self._origin(row.batch_id)
        changed = self.latest.get((RECORDED[type(row)], row.pk)) if "superseded" in self.shown else None
        return self._as_changed(origin, changed) if changed else Source(origin)

    def _as_changed(self, origin: Origin, change: changes.Change) -> Source:
        return Source(origin, change.until, self._origin(change.batch) if change.batch else None)

    def _origin(self, batch: int | None) -> Origin:
        """The file that brought a row, or the load; asked for once."""
        if batch not in self.origins:
            self.origins[batch] = _origin_of(batch, self.viewer)
        return self.origins[batch]


def _state(row: Certificate, deciding: Certificate | None, today: date) -> str:
    if row == deciding:
        return "decides"
    if row.issued_on > today:
        return "to_come"
    return "holds" if holds(row.issued_on, row.valid_until, today) else "ended"


def _origin_of(batch: int | None, viewer: Viewer) -> Origin:
    """Where a batch comes from; an employer is not told what the files of others are called."""
    brought = ImportBatch.objects.filter(pk=batch).first() if batch else None
    if brought:
        others = viewer.role == "employer" and brought.organisation_id != viewer.organisation
        return Origin("" if others else brought.name, brought.kind, brought.as_of or brought.brought_at.date())
    load = LoadBatch.objects.order_by("-pk").values("manifest").first()
    said = load["manifest"].get("as_of") if load else None
    return Origin("", "load" if load else "entered", date.fromisoformat(said) if said else None)
