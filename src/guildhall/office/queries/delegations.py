"""Who acts for an organisation, as its representative sees it."""

from __future__ import annotations

from datetime import date

from guildhall.office.models import Grant
from guildhall.web.viewer import Viewer

SCOPES: dict[str, tuple[str, ...]] = {"employer": ("roster", "people", "claims"), "college": ()}
"""Tasks that a representative can give away, by role: those that open a page for it. A college has none yet."""


def is_representative(viewer: Viewer) -> bool:
    """Whether the viewer holds all of an organisation's role, as its legal representative does, and nobody's mandate or token."""
    if viewer.role not in ("employer", "college") or viewer.scopes or viewer.mandate or not viewer.grant:
        return False
    return Grant.objects.filter(pk=viewer.grant, is_representative=True).exists()


def delegations(viewer: Viewer, today: date) -> list[Grant]:
    """What the viewer's organisation has given to whom, what holds first, then the latest; nothing for anyone but the representative."""
    if not is_representative(viewer):
        return []
    rows = Grant.objects.filter(organisation_id=viewer.organisation, is_representative=False).select_related("account").order_by("-pk")
    return sorted(rows, key=lambda grant: not holds(grant, today))


def has_delegates(organisation_id: int) -> bool:
    """Whether anybody was ever given tasks of an organisation that have not been taken back."""
    return Grant.objects.filter(organisation_id=organisation_id, is_representative=False, revoked_at=None).exists()


def holds(grant: Grant, today: date) -> bool:
    """Whether a grant holds today."""
    return grant.revoked_at is None and grant.valid_from <= today and (grant.valid_until is None or grant.valid_until > today)
