"""Who may act for whom: as the person sees it, and as those see it who act."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from guildhall.office.models import Grant, Mandate
from guildhall.office.queries.accounts import holding
from guildhall.web.viewer import Viewer

PURPOSES = ("record", "certificates", "training", "jobs", "benefits", "wages")
"""Matters in which one may act for a person."""
OWN, WHOLE, CONTACT, CERTIFICATES, EMPLOYMENT, INSURANCE, REPORTED, CLAIMS = (
    "own", "whole", "contact", "certificates", "employment", "insurance", "reported", "claims"
)  # fmt: skip
"""What a purpose can open: the person's own page and corrections; everything held, who looked, consents and mandates; phone and
residence; the parts of the record; and claims for money.
"""
TASKS: Mapping[str, frozenset[str]] = {
    "record": frozenset({OWN, WHOLE, CONTACT, CERTIFICATES, EMPLOYMENT, INSURANCE, REPORTED}),
    "certificates": frozenset({OWN, CONTACT, CERTIFICATES}),
    "training": frozenset({OWN, CONTACT, CERTIFICATES, EMPLOYMENT}),
    "jobs": frozenset({OWN, CONTACT, CERTIFICATES, EMPLOYMENT}),
    "benefits": frozenset({OWN, CONTACT, CERTIFICATES, EMPLOYMENT, INSURANCE, REPORTED, CLAIMS}),
    "wages": frozenset({OWN, CONTACT, EMPLOYMENT, INSURANCE}),
}
"""What each purpose opens to whoever acts: no more of the record than the matter needs (PIPL art. 6)."""
ACTS_AS = {"counter": ("assessor", "claims_officer", "arrears_officer"), "broker": ("broker",)}
"""In which roles each kind of mandate is used."""


def kind_of(viewer: Viewer) -> str:
    """The kind of mandate that a viewer's role can be given; empty for a role that acts for nobody."""
    return next((kind for kind, roles in ACTS_AS.items() if viewer.role in roles), "")


def tasks_of(purpose: str) -> frozenset[str]:
    """What a mandate of this purpose opens; of one that is not known any more, the person's own page and nothing on it."""
    return TASKS.get(purpose, frozenset({OWN}))


def usable(today: date) -> QuerySet[Mandate]:
    """Mandates that hold today, of agents who still hold the role they were given in."""
    rows = Mandate.objects.filter(valid_from__lte=today, valid_until__gt=today, revoked_at=None, agent__is_active=True)
    ways = Q()
    for kind, roles in ACTS_AS.items():
        ways |= Q(Exists(Grant.objects.filter(holding(today), account=OuterRef("agent"), role__in=roles)), kind=kind)
    return rows.filter(ways)


def given_to(viewer: Viewer) -> QuerySet[Mandate]:
    """What the viewer's account was ever given in the kind of its role, the latest first; nothing for other roles."""
    return Mandate.objects.filter(agent_id=viewer.account or 0, kind=kind_of(viewer)).order_by("-pk")


def given_by(viewer: Viewer, records: Collection[int]) -> QuerySet[Mandate]:
    """What a person ever gave, the latest first; `records` are all that is theirs. For the person, and for whoever acts for them."""
    own = viewer.worker in records and (viewer.role == "worker" or viewer.mandate)
    return Mandate.objects.filter(worker_id__in=records if own else ()).select_related("agent").order_by("-pk")
