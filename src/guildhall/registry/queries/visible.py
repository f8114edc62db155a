"""Who may see what papers are attached to: one answer per kind of subject, asked by the office through settings.OFFICE_VISIBLE."""

from __future__ import annotations

from datetime import date

from guildhall.registry.models import CorrectionRequest, IdentityDocument
from guildhall.registry.queries.scope import organisations_of, people
from guildhall.web.viewer import Viewer


def worker(viewer: Viewer, key: int, today: date) -> bool:
    """Papers about a person: whoever may see the person."""
    return people(viewer, today).filter(pk=key).exists()


def correction(viewer: Viewer, key: int, today: date) -> bool:
    """Papers of a correction request: the person who lodged it, and officers who may see that person."""
    request = CorrectionRequest.objects.filter(pk=key).first()
    return request is not None and viewer.role != "employer" and worker(viewer, request.worker_id, today)


def document(viewer: Viewer, key: int, today: date) -> bool:
    """Papers of an identity document: the person, and officers who may see that person."""
    found = IdentityDocument.objects.filter(pk=key).first()
    return found is not None and viewer.role != "employer" and worker(viewer, found.worker_id, today)


def organisation(viewer: Viewer, key: int, today: date) -> bool:
    """Papers of an organisation: its own people, and officers in whose jurisdiction it stands."""
    return organisations_of(viewer, today).filter(pk=key).exists()


VISIBLE = {"worker": worker, "correction": correction, "document": document, "organisation": organisation}
