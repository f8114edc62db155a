"""Who may see what papers are attached to: one answer per kind of subject, asked by the office through settings.OFFICE_VISIBLE."""

from __future__ import annotations

from datetime import date

from guildhall.office.queries import parameters
from guildhall.office.queries.mandates import WHOLE
from guildhall.registry.engine.corrections import subject
from guildhall.registry.models import CorrectionRequest, IdentityDocument
from guildhall.registry.queries.corrections import may_be_about
from guildhall.registry.queries.merged import leader
from guildhall.registry.queries.records import is_registrar
from guildhall.registry.queries.scope import organisations_of, people
from guildhall.web.viewer import Viewer


def worker(viewer: Viewer, key: int, today: date) -> bool:
    """Papers about a person: the person, whoever acts for them in the matter of the record, and officers who keep it. No employer,
    and no other officer.
    """
    return (viewer.mandate is None or viewer.may(WHOLE)) and _reaches(viewer, key, today)


def _reaches(viewer: Viewer, key: int, today: date) -> bool:
    own = viewer.role == "worker" or viewer.mandate is not None
    return (own or is_registrar(viewer)) and people(viewer, today).filter(pk=leader(key)).exists()


def correction(viewer: Viewer, key: int, today: date) -> bool:
    """Papers of a correction request: as of the person who lodged it; whoever acts, of those in the matter."""
    found = CorrectionRequest.objects.filter(pk=key).first()
    if found is None or viewer.mandate and not may_be_about(viewer, subject(found.subject)):
        return False
    return _reaches(viewer, found.worker_id, today)


def document(viewer: Viewer, key: int, today: date) -> bool:
    """Papers of an identity document: as of the person whose it is."""
    found = IdentityDocument.objects.filter(pk=key).first()
    return found is not None and worker(viewer, found.worker_id, today)


def organisation(viewer: Viewer, key: int, today: date) -> bool:
    """Papers of an organisation: its own people, and officers in whose jurisdiction it stands."""
    return organisations_of(viewer, today).filter(pk=key).exists()


VISIBLE = {"worker": worker, "correction": correction, "document": document, "organisation": organisation, "parameter": parameters.visible}
