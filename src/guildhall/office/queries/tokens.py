"""Keys for programs, as their owner sees them."""

from __future__ import annotations

from datetime import date

from guildhall.office.models import ApiToken
from guildhall.web.viewer import Viewer

TASKS = {
    "employer": ("people",),
    "assessor": ("people",),
    "claims_officer": ("people",),
    "arrears_officer": ("people",),
}
"""Tasks a program can be given, by role: those that open a route of the interface. Other roles have nothing that a program could do
for them."""


def offered(viewer: Viewer) -> tuple[str, ...]:
    """The tasks that a viewer can give to a program: those of the role, within what was delegated; none while acting for somebody."""
    return () if viewer.mandate else tuple(task for task in TASKS.get(viewer.role, ()) if viewer.may(task))


def tokens(viewer: Viewer, today: date) -> list[ApiToken]:
    """The keys of the viewer's account, those that hold first, then the latest; nothing while acting for somebody."""
    rows = ApiToken.objects.filter(account_id=0 if viewer.mandate else viewer.account or 0).select_related("grant").order_by("-pk")
    return sorted(rows, key=lambda token: not holds(token, today))


def holds(token: ApiToken, today: date) -> bool:
    """Whether a key opens anything today."""
    return token.revoked_at is None and token.expires_on > today
