"""Consents: what a person has agreed to, and who has agreed to a purpose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.registry.engine.minors import Band
from guildhall.registry.engine.purposes import BY_KEY, PURPOSES, Purpose
from guildhall.registry.models import Alias, Consent, Worker
from guildhall.registry.queries import minors, scope
from guildhall.registry.queries.merged import leader, one_person
from guildhall.web.viewer import Viewer

TABLE, COLUMN = "registry.consents", "guardian"


@dataclass(frozen=True)
class Standing:
    """One purpose, and how a person stands to it: agreed since when, and withdrawn when before that."""

    purpose: Purpose
    given_at: datetime | None
    by_guardian: bool
    history: tuple[Consent, ...]


@dataclass(frozen=True)
class Consents:
    """All purposes for one person, and how old they are where it matters: a child of under 14 does not agree alone."""

    worker: Worker
    band: Band
    rows: tuple[Standing, ...]

    @property
    def alone(self) -> bool:
        """Whether the person may agree without a guardian (Personal Information Protection Law art. 31)."""
        return self.band != "under_14"


def consents(viewer: Viewer, worker_id: int, today: date) -> Consents:
    """Every purpose and how a person stands to it. Raises NotFound for whom the viewer may not see."""
    worker = scope.people(viewer, today).filter(pk=leader(worker_id)).first()
    if worker is None or viewer.role == "employer":
        raise NotFound(_("There is no such person"), next=_("go back to your desk"))
    rows = list(Consent.objects.filter(worker__in=one_person(worker_id)).order_by("-given_at", "-pk"))
    return Consents(worker, minors.band(worker, today), tuple(_standing(purpose, rows) for purpose in PURPOSES))


def _standing(purpose: Purpose, rows: list[Consent]) -> Standing:
    history = tuple(row for row in rows if row.purpose == purpose.key)
    live = next((row for row in history if row.withdrawn_at is None), None)
    return Standing(purpose, live.given_at if live else None, bool(live and live.guardian_sealed), history)


def agreed(purpose: str, *, person: str = "pk") -> Q:
    """Workers who have agreed to a purpose and not withdrawn, also under a record that was merged into theirs.

    `person` is the path to the worker's key from the rows that are filtered.
    """
    if purpose not in BY_KEY or not BY_KEY[purpose].needs_consent:
        raise ValueError(f"there is no consent to {purpose}")
    live = Consent.objects.filter(purpose=purpose, withdrawn_at=None)
    merged = Alias.objects.filter(merged_into=OuterRef(person), worker__in=live.values("worker"))
    return Q(Exists(live.filter(worker=OuterRef(person)))) | Q(Exists(merged))


def agreed_on(purpose: str, worker_id: int) -> datetime | None:
    """When a person agreed to a purpose and did not withdraw since, under any of their records; None where that is not so."""
    live = Consent.objects.filter(worker__in=one_person(worker_id), purpose=purpose, withdrawn_at=None)
    return live.order_by("given_at").values_list("given_at", flat=True).first()


def has_agreed(purpose: str, worker_id: int) -> bool:
    """Whether a person has agreed to a purpose and not withdrawn, under any of their records."""
    return Consent.objects.filter(worker__in=one_person(worker_id), purpose=purpose, withdrawn_at=None).exists()


def had_agreed(purpose: str, worker_id: int, at: datetime) -> bool:
    """Whether a person's consent to a purpose stood at a moment, under any of their records."""
    rows = Consent.objects.filter(worker__in=one_person(worker_id), purpose=purpose, given_at__lte=at)
    return rows.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at)).exists()
