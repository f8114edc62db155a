"""Who someone is, for an officer who is about to change it: the name in clear, numbers masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from guildhall.registry import tables
from guildhall.registry.engine.identity import masked
from guildhall.registry.models import Identity, IdentityDocument, NumberChange, Worker, vault
from guildhall.registry.queries import scope
from guildhall.registry.queries.merged import leader, one_person
from guildhall.registry.queries.records import is_registrar, no_such_person
from guildhall.web.viewer import Viewer


@dataclass(frozen=True)
class Paper:
    """A document with its number masked."""

    row: IdentityDocument
    number: str

    @property
    def key(self) -> str:
        """Its key as a form sends it."""
        return str(self.row.pk)


@dataclass(frozen=True)
class Known:
    """What a person is known by; `change` is another identity number that waits for a second officer, `wanted` the same, masked."""

    worker: Worker
    name: str
    number: str
    phone: str
    documents: tuple[Paper, ...]
    change: NumberChange | None
    wanted: str

    @property
    def standing(self) -> list[Paper]:
        """The documents that have not ended."""
        return [paper for paper in self.documents if paper.row.ended_at is None]


def known(viewer: Viewer, worker_id: int, today: date) -> Known:
    """What a person is known by, for an officer who may change it. Raises NotFound."""
    worker = scope.people(viewer, today).filter(pk=leader(worker_id)).first() if is_registrar(viewer) else None
    if worker is None:
        raise no_such_person()
    row, held, table = Identity.objects.get(pk=worker.pk), vault(), tables.IDENTITY.name
    papers = IdentityDocument.objects.filter(worker__in=one_person(worker.pk)).order_by("ended_at", "pk")
    change = NumberChange.objects.filter(worker=worker, state="proposed").first()
    return Known(
        worker,
        held.open(table, "name", worker.pk, row.name_sealed),
        masked(held.open(table, "identity_number", worker.pk, row.number_sealed)),
        masked(held.open(table, "phone", worker.pk, row.phone_sealed)) if row.phone_sealed else "",
        tuple(Paper(paper, masked(held.open("registry.identity_documents", "number", paper.pk, paper.number_sealed))) for paper in papers),
        change,
        masked(held.open("registry.number_changes", "identity_number", worker.pk, change.number_sealed)) if change else "",
    )
